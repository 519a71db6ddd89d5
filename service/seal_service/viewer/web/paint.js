// Each display mode: what is drawn of the two seals, in millimetres. Marks over it are in marks.js.

import { movingHalf } from "./fold_line.js";
import { sizeMm } from "./geometry.js";

/** @typedef {import("./types").Drawable} Drawable */
/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Pane} Pane */
/** @typedef {import("./types").Pictures} Pictures */
/** @typedef {import("./types").SealData} SealData */
/** @typedef {import("./types").Source} Source */
/** @typedef {import("./types").State} State */
/** @typedef {CanvasRenderingContext2D} Context */

/**
 * What a painter needs to know.
 * @typedef {object} Scene
 * @property {SealData} data
 * @property {Pictures} pictures
 * @property {State} state
 * @property {number} ratio device pixels a CSS pixel
 */

/**
 * Draw one pane's scene: the `index`th of the mode's panes.
 * @param {Context} context
 * @param {Scene} scene
 * @param {Frame} frame
 * @param {number} index
 */
export function paintScene(context, scene, frame, index) {
  const { ratio, state } = scene;
  context.save();
  context.setTransform(
    ratio * frame.scale, 0, 0, ratio * frame.scale, ratio * frame.x, ratio * frame.y,
  );
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  paper(context, scene, frame);
  switch (state.mode) {
    case "side":
      one(context, scene, state.sideSource, index === 1);
      break;
    case "blink":
      one(context, scene, state.blinkSource, state.blinkPhase === 1);
      break;
    case "transparent":
      transparent(context, scene);
      break;
    case "fold":
      folded(context, scene);
      break;
    case "overlay":
      context.globalCompositeOperation = "multiply";
      layer(context, scene, scene.pictures.covered);
      layer(context, scene, scene.pictures.referenceBlue);
      layer(context, scene, scene.pictures.movingOrange);
      break;
    case "difference":
      layer(context, scene, scene.pictures.covered);
      layer(context, scene, scene.pictures.referencePale);
      layer(context, scene, scene.pictures.heat);
      break;
    case "arrows":
      layer(context, scene, scene.pictures.referencePale);
      break;
  }
  context.restore();
}

/**
 * The source that is drawn: the one asked for, or ink where there is no photograph of both.
 * @param {Pictures} pictures
 * @param {Source} asked
 * @returns {Source}
 */
export function sourceShown(pictures, asked) {
  const both = pictures.referencePhoto && (pictures.movingPhoto || !pictures.movingRed);
  return asked === "photo" && both ? "photo" : "ink";
}

/**
 * White paper under the inks, with a thin rim.
 * @param {Context} context
 * @param {Scene} scene
 * @param {Frame} frame
 */
function paper(context, scene, frame) {
  const { width, height } = sizeMm(scene.data);
  context.save();
  context.shadowColor = "rgba(20, 28, 45, 0.22)";
  context.shadowBlur = 12 * scene.ratio;
  context.shadowOffsetY = 2 * scene.ratio;
  context.fillStyle = "#fff";
  context.fillRect(-width / 2, -height / 2, width, height);
  context.restore();
  context.strokeStyle = "rgba(20, 28, 45, 0.14)";
  context.lineWidth = 1 / frame.scale;
  context.strokeRect(-width / 2, -height / 2, width, height);
}

/**
 * @param {Context} context
 * @param {Scene} scene
 * @param {Source} source
 * @param {boolean} moving
 */
function one(context, scene, source, moving) {
  layer(context, scene, seal(scene.pictures, source, moving));
  if (moving && sourceShown(scene.pictures, source) === "ink") {
    context.save();
    // What shows through the print is still worth seeing.
    context.globalCompositeOperation = "multiply";
    layer(context, scene, scene.pictures.covered);
    context.restore();
  }
}

/**
 * @param {Context} context
 * @param {Scene} scene
 */
function transparent(context, scene) {
  const { level, transparentSource: source } = scene.state;
  if (sourceShown(scene.pictures, source) === "photo") {
    one(context, scene, source, false);
    context.globalAlpha = level;
    one(context, scene, source, true);
    return;
  }
  context.globalCompositeOperation = "multiply";
  context.globalAlpha = 1 - level;
  one(context, scene, source, false);
  context.globalAlpha = level;
  one(context, scene, source, true);
}

/**
 * Half the reference, half the moving seal. The cut is a clip path, so it lies between pixels where it must.
 * @param {Context} context
 * @param {Scene} scene
 */
function folded(context, scene) {
  const { width, height } = sizeMm(scene.data);
  one(context, scene, scene.state.foldSource, false);
  context.save();
  context.beginPath();
  for (const [x, y] of movingHalf(scene.state)) context.lineTo(x, y);
  context.closePath();
  context.clip();
  context.fillStyle = "#fff";
  context.fillRect(-width / 2, -height / 2, width, height);
  one(context, scene, scene.state.foldSource, true);
  context.restore();
}

/**
 * @param {Pictures} pictures
 * @param {Source} asked
 * @param {boolean} moving
 */
function seal(pictures, asked, moving) {
  const photo = sourceShown(pictures, asked) === "photo";
  if (moving) return photo ? pictures.movingPhoto : pictures.movingRed;
  return photo ? pictures.referencePhoto : pictures.referenceRed;
}

/**
 * @param {Context} context
 * @param {Scene} scene
 * @param {Drawable | null} picture
 */
function layer(context, scene, picture) {
  if (!picture) return;
  const { width, height } = sizeMm(scene.data);
  context.drawImage(picture, -width / 2, -height / 2, width, height);
}
