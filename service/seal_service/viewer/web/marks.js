// What is drawn over the seals in CSS pixels: fold guide, arrows, ruler, the pointer's cross.

import { visibleLine } from "./fold_line.js";
import { toScreen } from "./geometry.js";
import { ACCENT, chip, chipWidth, disc, rounded, stroke } from "./pen.js";

/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Pane} Pane */
/** @typedef {import("./types").SealData} SealData */
/** @typedef {import("./types").State} State */
/** @typedef {CanvasRenderingContext2D} Context */

export const SHIFT_LIMITS_MM = [0.08, 0.15];
export const SHIFT_COLOURS = ["#1e8c3c", "#d98c00", "#cd141e"];

/**
 * The line, its two handles to turn it and its grip to move it, and whose half is whose.
 * @param {Context} context
 * @param {State} state
 * @param {Frame} frame
 * @param {Pane} pane
 * @param {{reference: string, moving: string}} names
 */
export function foldGuide(context, state, frame, pane, names) {
  const line = visibleLine(state, frame, pane);
  if (!line) return;
  const { start, end, middle, along, normal } = line;
  context.save();
  context.lineWidth = 1;
  context.strokeStyle = "rgba(11, 87, 208, 0.75)";
  context.setLineDash([7, 5]);
  stroke(context, start, end);
  context.setLineDash([]);
  for (const handle of [start, end]) disc(context, handle.x, handle.y, 9);
  grip(context, middle, along);
  const at = { x: end.x - 46 * along.x, y: end.y - 46 * along.y };
  for (const [name, side] of /** @type {[string, number][]} */ ([
    [names.moving, state.movingSide],
    [names.reference, -state.movingSide],
  ])) {
    // A plate is wider than high: beside a steep line it stands further off, or it would cover the line and the other name.
    const half = chipWidth(context, name) / 2;
    const away = side * (10 + Math.max(14, Math.abs(normal.x) * half));
    chip(context, name, at.x + away * normal.x, at.y + away * normal.y, pane);
  }
  context.restore();
}

/**
 * @param {Context} context
 * @param {{x: number, y: number}} at
 * @param {{x: number, y: number}} along
 */
function grip(context, at, along) {
  context.save();
  context.translate(at.x, at.y);
  context.rotate(Math.atan2(along.y, along.x));
  context.globalAlpha = 0.85;
  context.fillStyle = "#fff";
  context.strokeStyle = ACCENT;
  context.lineWidth = 1.5;
  rounded(context, -15, -7, 30, 14, 7);
  context.fill();
  context.stroke();
  for (const y of [-2, 2]) stroke(context, { x: -6, y }, { x: 6, y });
  context.restore();
}

/**
 * Displacements, drawn larger by the state's factor.
 * @param {Context} context
 * @param {SealData} data
 * @param {State} state
 * @param {Frame} frame
 */
export function arrows(context, data, state, frame) {
  context.save();
  context.lineWidth = 2;
  context.lineCap = "round";
  for (const arrow of data.arrows) {
    const [x, y] = toScreen(frame, arrow.xMm, arrow.yMm);
    const dx = arrow.dxMm * frame.scale * state.arrowScale;
    const dy = arrow.dyMm * frame.scale * state.arrowScale;
    context.strokeStyle = context.fillStyle = shiftColour(Math.hypot(arrow.dxMm, arrow.dyMm));
    context.beginPath();
    context.arc(x, y, 2.5, 0, 2 * Math.PI);
    context.fill();
    const length = Math.hypot(dx, dy);
    if (length < 3) continue;
    stroke(context, { x, y }, { x: x + dx, y: y + dy });
    const tip = Math.min(8, 0.6 * length);
    for (const side of [-0.45, 0.45]) {
      const angle = Math.atan2(dy, dx) + Math.PI + side;
      const from = { x: x + dx, y: y + dy };
      stroke(context, from, { x: from.x + tip * Math.cos(angle), y: from.y + tip * Math.sin(angle) });
    }
  }
  context.restore();
}

/** @param {number} sizeMm */
export function shiftColour(sizeMm) {
  const place = SHIFT_LIMITS_MM.filter((limit) => sizeMm >= limit).length;
  return /** @type {string} */ (SHIFT_COLOURS[place]);
}

/**
 * A measuring line with two ends to drag.
 * @param {Context} context
 * @param {State} state
 * @param {Frame} frame
 * @param {Pane} pane
 */
export function ruler(context, state, frame, pane) {
  const [x0, y0] = toScreen(frame, state.rulerX0Mm, state.rulerY0Mm);
  const [x1, y1] = toScreen(frame, state.rulerX1Mm, state.rulerY1Mm);
  const length = rulerMm(state);
  context.save();
  for (const [colour, width] of /** @type {[string, number][]} */ ([["#fff", 4], ["#111827", 1.5]])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    stroke(context, { x: x0, y: y0 }, { x: x1, y: y1 });
  }
  const across = length > 0 ? { x: -(y1 - y0) / frame.scale / length, y: (x1 - x0) / frame.scale / length } : { x: 0, y: 0 };
  const step = frame.scale >= 5 ? 1 : 5;
  for (let mm = step; mm < length; mm += step) {
    const share = mm / length;
    const at = { x: x0 + share * (x1 - x0), y: y0 + share * (y1 - y0) };
    const reach = mm % 5 === 0 ? 6 : 3;
    stroke(context, at, { x: at.x + reach * across.x, y: at.y + reach * across.y });
  }
  for (const [x, y] of /** @type {const} */ ([[x0, y0], [x1, y1]])) disc(context, x, y, 7, "#111827");
  chip(context, `${length.toFixed(2)} mm`, (x0 + x1) / 2 - 18 * across.x, (y0 + y1) / 2 - 18 * across.y, pane);
  context.restore();
}

/** @param {State} state */
export function rulerMm(state) {
  return Math.hypot(state.rulerX1Mm - state.rulerX0Mm, state.rulerY1Mm - state.rulerY0Mm);
}

/**
 * A cross where the pointer is, on every pane.
 * @param {Context} context
 * @param {number} x
 * @param {number} y
 */
export function cross(context, x, y) {
  context.save();
  context.strokeStyle = ACCENT;
  context.lineWidth = 1;
  stroke(context, { x: x - 9, y }, { x: x - 3, y });
  stroke(context, { x: x + 3, y }, { x: x + 9, y });
  stroke(context, { x, y: y - 9 }, { x, y: y - 3 });
  stroke(context, { x, y: y + 3 }, { x, y: y + 9 });
  context.restore();
}
