// The canvas: its size, its panes, and when it is drawn again.

import { frameOf, panesOf, toScreen } from "./geometry.js";
import { arrows, cross, foldGuide, ruler } from "./marks.js";
import { paintScene } from "./paint.js";
import { chip } from "./pen.js";
import { grid, scaleBar } from "./scales.js";
import { strokeMarks } from "./stroke_marks.js";
import { say } from "./words.js";

/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Pane} Pane */
/** @typedef {import("./types").Pictures} Pictures */
/** @typedef {import("./types").SealData} SealData */
/** @typedef {import("./types").State} State */
/** @typedef {import("./types").Store} Store */

/**
 * @typedef {object} Stage
 * @property {() => Pane[]} panes
 * @property {(pane: Pane) => Frame} frame
 * @property {(pictures: Pictures) => void} setPictures
 * @property {(point: {xMm: number, yMm: number} | null) => void} setPointer where the pointer is on the seal
 * @property {(px: number) => void} setLift how far the magnifier floats above a finger
 * @property {() => void} invalidate
 * @property {() => void} destroy
 */

// More device pixels than this cost time and show nothing.
const MAX_RATIO = 3;
const MAX_LENS_PX = 110;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {SealData} data
 * @param {Store} store
 * @returns {Stage}
 */
export function createStage(canvas, data, store) {
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("this browser has no 2D canvas");
  /** @type {Pictures | null} */
  let pictures = null;
  /** @type {{xMm: number, yMm: number} | null} */
  let pointer = null;
  let lift = 0;
  let width = 0;
  let height = 0;
  let ratio = 1;
  let asked = 0;

  const measure = () => {
    ratio = Math.min(MAX_RATIO, window.devicePixelRatio || 1);
    width = canvas.clientWidth;
    height = canvas.clientHeight;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    // A resized canvas is empty; waiting for the next frame would show it.
    draw();
  };
  const panes = () => {
    const pair = store.get().mode === "side" && data.moving !== null;
    return panesOf(width, height, pair, data);
  };
  const frame = (/** @type {Pane} */ pane) => frameOf(pane, store.get(), data);

  const draw = () => {
    asked = 0;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = "#e4e7ed";
    context.fillRect(0, 0, width, height);
    if (!pictures) return;
    panes().forEach((pane, index) => drawPane(/** @type {Pictures} */ (pictures), pane, index));
  };

  /**
   * @param {Pictures} drawn
   * @param {Pane} pane
   * @param {number} index
   */
  const drawPane = (drawn, pane, index) => {
    const state = store.get();
    const scene = { data, pictures: drawn, state, ratio };
    const at = frame(pane);
    context.save();
    context.beginPath();
    context.rect(pane.left, pane.top, pane.width, pane.height);
    context.clip();
    paintScene(context, scene, at, index);
    marksOver(at, pane);
    names(state, pane, index);
    scaleBar(context, at, pane);
    if (state.mode === "side" && pointer && !state.lens) {
      cross(context, ...toScreen(at, pointer.xMm, pointer.yMm));
    }
    if (state.lens) lens(scene, at, pane, index);
    context.restore();
  };

  /**
   * @param {Frame} at
   * @param {Pane} pane
   */
  const marksOver = (at, pane) => {
    const state = store.get();
    if (state.grid) grid(context, data, at, pane);
    if (state.mode === "arrows") arrows(context, data, state, at);
    strokeMarks(context, data, state, at);
    if (state.mode === "fold" && state.foldGuide) {
      foldGuide(context, state, at, pane, {
        reference: say(state.language, "reference"),
        moving: say(state.language, "moving"),
      });
    }
    if (state.ruler) ruler(context, state, at, pane);
  };

  /**
   * Say whose seal is shown where only one is.
   * @param {State} state
   * @param {Pane} pane
   * @param {number} index
   */
  const names = (state, pane, index) => {
    if (state.mode !== "side" && state.mode !== "blink") return;
    const moving = state.mode === "side" ? index === 1 : state.blinkPhase === 1;
    const words = say(state.language, moving ? "moving" : "reference");
    chip(context, words, pane.left, pane.top + (state.grid ? 36 : 18), pane);
  };

  /**
   * The scene about one point, enlarged, within a ring.
   * @param {import("./paint.js").Scene} scene
   * @param {Frame} at
   * @param {Pane} pane
   * @param {number} index
   */
  const lens = (scene, at, pane, index) => {
    const { lensXMm, lensYMm, lensPower } = scene.state;
    const radius = Math.min(MAX_LENS_PX, 0.3 * Math.min(pane.width, pane.height));
    const [x, onSeal] = toScreen(at, lensXMm, lensYMm);
    const y = onSeal - (lift ? radius + lift : 0);
    const scale = at.scale * lensPower;
    const enlarged = { x: x - scale * lensXMm, y: y - scale * lensYMm, scale };
    context.save();
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = "#e4e7ed";
    context.fill();
    context.save();
    context.clip();
    const view = { left: x - radius, top: y - radius, width: 2 * radius, height: 2 * radius };
    paintScene(context, scene, enlarged, index);
    if (scene.state.grid) grid(context, data, enlarged, view, { scales: false });
    if (scene.state.mode === "arrows") arrows(context, data, scene.state, enlarged);
    strokeMarks(context, data, scene.state, enlarged);
    context.restore();
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.lineWidth = 4;
    context.strokeStyle = "rgba(24, 32, 46, 0.85)";
    context.stroke();
    context.lineWidth = 1.5;
    context.strokeStyle = "#fff";
    context.stroke();
    context.restore();
  };

  const watcher = new ResizeObserver(measure);
  watcher.observe(canvas);
  const stage = {
    panes,
    frame,
    setPictures(/** @type {Pictures} */ loaded) {
      pictures = loaded;
      measure();
    },
    setPointer(/** @type {{xMm: number, yMm: number} | null} */ point) {
      pointer = point;
      stage.invalidate();
    },
    setLift(/** @type {number} */ px) {
      lift = px;
    },
    invalidate() {
      asked ||= requestAnimationFrame(draw);
    },
    destroy() {
      cancelAnimationFrame(asked);
      watcher.disconnect();
      pictures = null;
    },
  };
  store.subscribe(stage.invalidate);
  return stage;
}
