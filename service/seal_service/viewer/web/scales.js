// Millimetres made visible: grid, scales along the edges, scale bar.

import { sizeMm, toMm, toScreen } from "./geometry.js";
import { FONT, stroke } from "./pen.js";

/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Pane} Pane */
/** @typedef {import("./types").SealData} SealData */
/** @typedef {CanvasRenderingContext2D} Context */

const SCALE_DEPTH = 20;

/**
 * Lines each millimetre (when they do not crowd), each five, each ten; scales along the edges.
 * @param {Context} context
 * @param {SealData} data
 * @param {Frame} frame
 * @param {Pane} pane
 * @param {{scales: boolean}} options
 */
export function grid(context, data, frame, pane, options = { scales: true }) {
  const size = sizeMm(data);
  const step = [1, 5, 10].find((mm) => mm * frame.scale >= 7) ?? 10;
  const [left, top] = toMm(frame, pane.left, pane.top);
  const [right, bottom] = toMm(frame, pane.left + pane.width, pane.top + pane.height);
  const x = lines(Math.max(left, -size.width / 2), Math.min(right, size.width / 2), step);
  const y = lines(Math.max(top, -size.height / 2), Math.min(bottom, size.height / 2), step);
  const [x0, y0] = toScreen(frame, -size.width / 2, -size.height / 2);
  const [x1, y1] = toScreen(frame, size.width / 2, size.height / 2);
  context.save();
  context.lineWidth = 1;
  for (const mm of x) {
    context.strokeStyle = gridColour(mm);
    const at = Math.round(toScreen(frame, mm, 0)[0]) + 0.5;
    stroke(context, { x: at, y: y0 }, { x: at, y: y1 });
  }
  for (const mm of y) {
    context.strokeStyle = gridColour(mm);
    const at = Math.round(toScreen(frame, 0, mm)[1]) + 0.5;
    stroke(context, { x: x0, y: at }, { x: x1, y: at });
  }
  if (options.scales) scales(context, frame, pane, step);
  context.restore();
}

/**
 * @param {Context} context
 * @param {Frame} frame
 * @param {Pane} pane
 * @param {number} step
 */
function scales(context, frame, pane, step) {
  const [left, top] = toMm(frame, pane.left, pane.top);
  const [right, bottom] = toMm(frame, pane.left + pane.width, pane.top + pane.height);
  context.fillStyle = "rgba(255, 255, 255, 0.9)";
  context.fillRect(pane.left, pane.top, pane.width, SCALE_DEPTH);
  context.fillRect(pane.left, pane.top, SCALE_DEPTH, pane.height);
  context.strokeStyle = context.fillStyle = "#3a4150";
  context.font = FONT.replace("12px", "10px");
  const named = 5 * frame.scale >= 24 ? 5 : 10;
  for (const mm of lines(left, right, step)) {
    const x = Math.round(toScreen(frame, mm, 0)[0]) + 0.5;
    if (x < pane.left + SCALE_DEPTH) continue;
    stroke(context, { x, y: pane.top }, { x, y: pane.top + tick(mm) });
    if (mm % named === 0) context.fillText(String(mm), x + 2, pane.top + 17);
  }
  for (const mm of lines(top, bottom, step)) {
    const y = Math.round(toScreen(frame, 0, mm)[1]) + 0.5;
    if (y < pane.top + SCALE_DEPTH) continue;
    stroke(context, { x: pane.left, y }, { x: pane.left + tick(mm), y });
    if (mm % named === 0) context.fillText(String(mm), pane.left + 2, y - 2);
  }
  context.fillText("mm", pane.left + 2, pane.top + 13);
}

/** @param {number} mm */
function tick(mm) {
  return mm % 10 === 0 ? 10 : mm % 5 === 0 ? 7 : 4;
}

/** @param {number} mm */
function gridColour(mm) {
  return `rgba(30, 70, 140, ${mm % 10 === 0 ? 0.42 : mm % 5 === 0 ? 0.26 : 0.12})`;
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} step
 */
function lines(from, to, step) {
  const found = [];
  for (let mm = Math.ceil(from / step) * step; mm <= to; mm += step) found.push(mm);
  return found;
}

/**
 * A bar of a round length, so that no picture is without a scale.
 * @param {Context} context
 * @param {Frame} frame
 * @param {Pane} pane
 */
export function scaleBar(context, frame, pane) {
  const mm = [10, 5, 2, 1, 0.5].find((length) => length * frame.scale <= Math.max(60, pane.width / 5)) ?? 0.2;
  const x = pane.left + 12;
  const y = pane.top + pane.height - 12;
  const end = x + mm * frame.scale;
  context.save();
  context.font = FONT;
  for (const [colour, width] of /** @type {[string, number][]} */ ([["rgba(255,255,255,0.9)", 4], ["#1f2733", 1.5]])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x, y - 5);
    context.lineTo(x, y);
    context.lineTo(end, y);
    context.lineTo(end, y - 5);
    context.stroke();
  }
  context.fillStyle = "#1f2733";
  context.fillText(`${mm} mm`, x + 4, y - 5);
  context.restore();
}
