// The fold line: a cut at any angle and offset; which half is whose; how a pointer turns and moves it.

/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Pane} Pane */
/** @typedef {import("./types").State} State */
/** @typedef {Pick<State, "foldAngleDeg" | "foldOffsetMm" | "movingSide">} Fold */
/** @typedef {"start" | "end" | "line"} Grip */

const HANDLE_INSET_PX = 20;
const FAR_MM = 500;

/**
 * Unit vectors along the line and along its normal.
 * @param {number} angleDeg
 */
export function axesOf(angleDeg) {
  const angle = (angleDeg * Math.PI) / 180;
  const along = { x: Math.cos(angle), y: Math.sin(angle) };
  return { along, normal: { x: -along.y, y: along.x } };
}

/**
 * The same cut with its angle in [0, 180): half a turn reverses the normal, so offset and side change sign.
 * @param {Fold} fold
 * @returns {Fold}
 */
export function normalised(fold) {
  const turned = ((fold.foldAngleDeg % 360) + 360) % 360;
  if (turned < 180) return { ...fold, foldAngleDeg: turned };
  return {
    foldAngleDeg: turned - 180,
    foldOffsetMm: fold.foldOffsetMm === 0 ? 0 : -fold.foldOffsetMm,
    movingSide: fold.movingSide === 1 ? -1 : 1,
  };
}

/**
 * Corners, in mm, of the half-plane that the moving seal takes.
 * @param {Fold} fold
 * @returns {[number, number][]}
 */
export function movingHalf(fold) {
  const { along, normal } = axesOf(fold.foldAngleDeg);
  const x = fold.foldOffsetMm * normal.x;
  const y = fold.foldOffsetMm * normal.y;
  const deep = FAR_MM * fold.movingSide;
  return [
    [x - FAR_MM * along.x, y - FAR_MM * along.y],
    [x + FAR_MM * along.x, y + FAR_MM * along.y],
    [x + FAR_MM * along.x + deep * normal.x, y + FAR_MM * along.y + deep * normal.y],
    [x - FAR_MM * along.x + deep * normal.x, y - FAR_MM * along.y + deep * normal.y],
  ];
}

/**
 * The visible part of the line on screen, inset so that its handles can be held; null when it is out of view.
 * @param {Fold} fold
 * @param {Frame} frame
 * @param {Pane} pane
 */
export function visibleLine(fold, frame, pane) {
  const { along, normal } = axesOf(fold.foldAngleDeg);
  const x = frame.x + frame.scale * fold.foldOffsetMm * normal.x;
  const y = frame.y + frame.scale * fold.foldOffsetMm * normal.y;
  const low = [pane.left + HANDLE_INSET_PX, pane.top + HANDLE_INSET_PX];
  const high = [pane.left + pane.width - HANDLE_INSET_PX, pane.top + pane.height - HANDLE_INSET_PX];
  let from = -Infinity;
  let to = Infinity;
  for (const [at, step, least, most] of /** @type {[number, number, number, number][]} */ ([
    [x, along.x, low[0], high[0]],
    [y, along.y, low[1], high[1]],
  ])) {
    if (Math.abs(step) < 1e-9) {
      if (at < least || at > most) return null;
      continue;
    }
    const a = (least - at) / step;
    const b = (most - at) / step;
    from = Math.max(from, Math.min(a, b));
    to = Math.min(to, Math.max(a, b));
  }
  if (to - from < 2 * HANDLE_INSET_PX) return null;
  const middle = (from + to) / 2;
  return {
    start: { x: x + from * along.x, y: y + from * along.y },
    end: { x: x + to * along.x, y: y + to * along.y },
    middle: { x: x + middle * along.x, y: y + middle * along.y },
    along,
    normal,
  };
}

/**
 * Which part of the line a pointer at (x, y) takes hold of.
 * @param {Fold} fold
 * @param {Frame} frame
 * @param {Pane} pane
 * @param {number} x
 * @param {number} y
 * @param {number} reachPx
 * @returns {Grip | null}
 */
export function gripAt(fold, frame, pane, x, y, reachPx) {
  const line = visibleLine(fold, frame, pane);
  if (!line) return null;
  for (const grip of /** @type {("start" | "end")[]} */ (["start", "end"])) {
    if (Math.hypot(x - line[grip].x, y - line[grip].y) <= reachPx + 6) return grip;
  }
  const { along, normal } = line;
  const away = (x - line.middle.x) * normal.x + (y - line.middle.y) * normal.y;
  const onward = (x - line.middle.x) * along.x + (y - line.middle.y) * along.y;
  const half = Math.hypot(line.end.x - line.start.x, line.end.y - line.start.y) / 2;
  return Math.abs(away) <= reachPx && Math.abs(onward) <= half ? "line" : null;
}

/**
 * The offset at which the line goes through a point.
 * @param {number} angleDeg
 * @param {number} xMm
 * @param {number} yMm
 */
export function offsetThrough(angleDeg, xMm, yMm) {
  const { normal } = axesOf(angleDeg);
  return xMm * normal.x + yMm * normal.y;
}

/**
 * Turn the line about a pivot until its start or end points at (xMm, yMm).
 * @param {Fold} fold
 * @param {{xMm: number, yMm: number}} pivot
 * @param {"start" | "end"} grip
 * @param {number} xMm
 * @param {number} yMm
 * @returns {Fold}
 */
export function turnedTowards(fold, pivot, grip, xMm, yMm) {
  const sign = grip === "end" ? 1 : -1;
  const foldAngleDeg =
    (Math.atan2(sign * (yMm - pivot.yMm), sign * (xMm - pivot.xMm)) * 180) / Math.PI;
  const foldOffsetMm = offsetThrough(foldAngleDeg, pivot.xMm, pivot.yMm);
  return { ...fold, foldAngleDeg, foldOffsetMm };
}
