// What a measured fold says of every stroke: ticks beside the line, so that the strokes themselves stay visible.

import { axesOf } from "./fold_line.js";
import { toScreen } from "./geometry.js";
import { stroke } from "./pen.js";

/** @typedef {import("./types").FoldMarks} FoldMarks */
/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").SealData} SealData */
/** @typedef {import("./types").State} State */
/** @typedef {import("./words.js").Word} Word */

// From the line; about where the pictures of `sealmatch fold` have them.
const TICK_MM = { near: 0.7, far: 1.5 };
// Far below what a hand can set: a line that was moved is no longer the one that was measured.
const SAME = 1e-4;

export const STROKE_COLOURS = {
  on: "#1e8c3c",
  broken: "#cd141e",
  extra: "#c87800",
  unknown: "#8c9098",
};

/** @type {Record<string, keyof typeof STROKE_COLOURS>} */
const KINDS = { continuous: "on", shifted: "broken", missing: "broken", extra: "extra" };

/**
 * The measured fold that the line lies on.
 * @param {SealData} data
 * @param {Readonly<State>} state
 * @returns {FoldMarks | undefined}
 */
export function foldShown(data, state) {
  if (state.mode !== "fold") return undefined;
  return data.folds?.find(
    (fold) =>
      Math.abs(fold.angleDeg - state.foldAngleDeg) < SAME && Math.abs(fold.offsetMm - state.foldOffsetMm) < SAME,
  );
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {SealData} data
 * @param {State} state
 * @param {Frame} frame
 */
export function strokeMarks(context, data, state, frame) {
  const fold = foldShown(data, state);
  if (!fold) return;
  const { along, normal } = axesOf(fold.angleDeg);
  context.save();
  const width = Math.max(3, frame.scale / 5);
  const at = (/** @type {number} */ t, /** @type {number} */ away) => {
    const out = fold.offsetMm + away;
    const [x, y] = toScreen(frame, t * along.x + out * normal.x, t * along.y + out * normal.y);
    return { x, y };
  };
  for (const { atMm, status } of fold.strokes) {
    const colour = STROKE_COLOURS[KINDS[status] ?? "unknown"];
    // A white edge, or red is not seen on red ink.
    for (const [style, wide] of /** @type {[string, number][]} */ ([["#fff", width + 3], [colour, width]])) {
      context.strokeStyle = style;
      context.lineWidth = wide;
      for (const side of [-1, 1]) stroke(context, at(atMm, side * TICK_MM.near), at(atMm, side * TICK_MM.far));
    }
  }
  context.restore();
}
