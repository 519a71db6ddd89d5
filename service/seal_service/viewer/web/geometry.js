// Millimetres on the seal to CSS pixels on the canvas, and back.

/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Pane} Pane */
/** @typedef {import("./types").SealData} SealData */
/** @typedef {import("./types").State} State */

const MARGIN_PX = 26;
const GAP_PX = 10;
const MIN_ZOOM = 0.5;
const MAX_ZOOM = 24;

/**
 * The reference grid's size in millimetres.
 * @param {SealData} data
 */
export function sizeMm(data) {
  return { width: data.widthPx / data.pxPerMm, height: data.heightPx / data.pxPerMm };
}

/**
 * Divide the canvas: two panes for a pair (beside or above each other, whichever shows more), else one.
 * @param {number} width
 * @param {number} height
 * @param {boolean} pair
 * @param {SealData} data
 * @returns {Pane[]}
 */
export function panesOf(width, height, pair, data) {
  if (!pair) return [{ left: 0, top: 0, width, height }];
  const across = { left: 0, top: 0, width: (width - GAP_PX) / 2, height };
  const down = { left: 0, top: 0, width, height: (height - GAP_PX) / 2 };
  return fitScale(across, data) >= fitScale(down, data)
    ? [across, { ...across, left: across.width + GAP_PX }]
    : [down, { ...down, top: down.height + GAP_PX }];
}

/**
 * Pixels a millimetre at which the whole seal fits the pane.
 * @param {Pane} pane
 * @param {SealData} data
 */
export function fitScale(pane, data) {
  const size = sizeMm(data);
  return Math.min(
    Math.max(1, pane.width - 2 * MARGIN_PX) / size.width,
    Math.max(1, pane.height - 2 * MARGIN_PX) / size.height,
  );
}

/**
 * Where the seal lies in a pane.
 * @param {Pane} pane
 * @param {State} state
 * @param {SealData} data
 * @returns {Frame}
 */
export function frameOf(pane, state, data) {
  const scale = fitScale(pane, data) * state.zoom;
  return {
    x: pane.left + pane.width / 2 - scale * state.centreXMm,
    y: pane.top + pane.height / 2 - scale * state.centreYMm,
    scale,
  };
}

/**
 * @param {Frame} frame
 * @param {number} xMm
 * @param {number} yMm
 * @returns {[number, number]}
 */
export function toScreen(frame, xMm, yMm) {
  return [frame.x + frame.scale * xMm, frame.y + frame.scale * yMm];
}

/**
 * @param {Frame} frame
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
export function toMm(frame, x, y) {
  return [(x - frame.x) / frame.scale, (y - frame.y) / frame.scale];
}

/** @param {number} zoom */
export function clampedZoom(zoom) {
  return Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom));
}

/**
 * Zoom so that the point of the seal under the pointer stays under it.
 * @param {State} state
 * @param {Frame} frame
 * @param {number} x
 * @param {number} y
 * @param {number} factor
 * @returns {Partial<State>}
 */
export function zoomedAbout(state, frame, x, y, factor) {
  const zoom = clampedZoom(state.zoom * factor);
  const kept = state.zoom / zoom;
  const [xMm, yMm] = toMm(frame, x, y);
  return {
    zoom,
    centreXMm: xMm + (state.centreXMm - xMm) * kept,
    centreYMm: yMm + (state.centreYMm - yMm) * kept,
  };
}

/**
 * The pane that holds a point; the first where none does.
 * @param {Pane[]} panes
 * @param {number} x
 * @param {number} y
 */
export function paneAt(panes, x, y) {
  const found = panes.find(
    (p) => x >= p.left && x < p.left + p.width && y >= p.top && y < p.top + p.height,
  );
  return found ?? /** @type {Pane} */ (panes[0]);
}
