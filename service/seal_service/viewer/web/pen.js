// Strokes that several marks are made of.

/** @typedef {import("./types").Pane} Pane */
/** @typedef {CanvasRenderingContext2D} Context */

export const FONT = '12px system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
export const ACCENT = "#0b57d0";

/**
 * @param {Context} context
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 */
export function stroke(context, from, to) {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

/**
 * @param {Context} context
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 * @param {number} radius
 */
export function rounded(context, left, top, width, height, radius) {
  context.beginPath();
  context.moveTo(left + radius, top);
  context.arcTo(left + width, top, left + width, top + height, radius);
  context.arcTo(left + width, top + height, left, top + height, radius);
  context.arcTo(left, top + height, left, top, radius);
  context.arcTo(left, top, left + width, top, radius);
  context.closePath();
}

/**
 * @param {Context} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 */
export function disc(context, x, y, radius, colour = ACCENT) {
  context.save();
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = "rgba(255, 255, 255, 0.9)";
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
  context.beginPath();
  context.arc(x, y, 2, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.restore();
}

/**
 * How wide a name's plate is.
 * @param {Context} context
 * @param {string} words
 */
export function chipWidth(context, words) {
  context.save();
  context.font = `600 ${FONT}`;
  const { width } = context.measureText(words);
  context.restore();
  return width + 16;
}

/**
 * A name on a small plate, kept within the pane.
 * @param {Context} context
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {Pane} pane
 */
export function chip(context, words, x, y, pane) {
  context.save();
  context.font = `600 ${FONT}`;
  const width = chipWidth(context, words);
  const left = Math.min(pane.left + pane.width - width - 4, Math.max(pane.left + 4, x - width / 2));
  const top = Math.min(pane.top + pane.height - 26, Math.max(pane.top + 4, y - 11));
  context.fillStyle = "rgba(24, 32, 46, 0.86)";
  rounded(context, left, top, width, 22, 11);
  context.fill();
  context.fillStyle = "#fff";
  context.textBaseline = "middle";
  context.fillText(words, left + 8, top + 11.5);
  context.restore();
}
