// Mouse, pen and touch on the canvas: pan, pinch, wheel, and dragging of fold, ruler and magnifier.

import { gripAt, offsetThrough, turnedTowards } from "./fold_line.js";
import { paneAt, toMm, toScreen, zoomedAbout } from "./geometry.js";

/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Pane} Pane */
/** @typedef {import("./types").State} State */
/** @typedef {import("./types").Store} Store */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {{x: number, y: number}} Point */
/** What a press took hold of, and how it moves on: from the press to the pointer's new place.
 * @typedef {{name: string, move: (at: Point) => void}} Drag */

const MOUSE_REACH_PX = 9;
const TOUCH_REACH_PX = 20;
const FINGER_PX = 18;
const WHEEL_STEP = 0.0016;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Stage} stage
 * @param {Store} store
 * @param {AbortSignal} signal removes every listener
 */
export function listenToPointer(canvas, stage, store, signal) {
  /** @type {Map<number, Point>} */
  const pressed = new Map();
  /** @type {Drag | null} */
  let drag = null;

  const place = (/** @type {MouseEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const reach = (/** @type {PointerEvent} */ event) =>
    event.pointerType === "mouse" ? MOUSE_REACH_PX : TOUCH_REACH_PX;

  canvas.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    pressed.set(event.pointerId, place(event));
    drag = pressed.size === 2 ? null : dragFrom(stage, store, place(event), reach(event), event.pointerType === "mouse");
    if (event.pointerType !== "mouse") follow(event);
    event.preventDefault();
  }, { signal });

  canvas.addEventListener("pointermove", (event) => {
    const before = pressed.get(event.pointerId);
    const at = place(event);
    if (before) {
      const other = [...pressed].find(([id]) => id !== event.pointerId);
      pressed.set(event.pointerId, at);
      if (other) pinch(stage, store, before, at, other[1]);
      else drag?.move(at);
    } else {
      canvas.style.cursor = cursorAt(stage, store, at, reach(event));
    }
    follow(event);
  }, { signal });

  const release = (/** @type {PointerEvent} */ event) => {
    pressed.delete(event.pointerId);
    drag = null;
    stage.setLift(0);
    if (event.pointerType !== "mouse") stage.setPointer(null);
  };
  canvas.addEventListener("pointerup", release, { signal });
  canvas.addEventListener("pointercancel", release, { signal });
  canvas.addEventListener("pointerleave", () => {
    if (pressed.size === 0) stage.setPointer(null);
  }, { signal });

  // The cross and the magnifier go where the pointer is.
  const follow = (/** @type {PointerEvent} */ event) => {
    const at = place(event);
    const [xMm, yMm] = toMm(stage.frame(paneAt(stage.panes(), at.x, at.y)), at.x, at.y);
    stage.setPointer({ xMm, yMm });
    const free = event.pointerType === "mouse" ? !drag || drag.name === "pan" : drag?.name === "lens";
    if (!store.get().lens || !free) return;
    stage.setLift(event.pointerType === "mouse" ? 0 : FINGER_PX);
    store.set({ lensXMm: xMm, lensYMm: yMm });
  };

  canvas.addEventListener("wheel", (event) => {
    // Without focus the wheel belongs to the page, or nobody could scroll past the picture.
    if (document.activeElement !== canvas && !event.ctrlKey) return;
    event.preventDefault();
    const at = place(event);
    const frame = stage.frame(paneAt(stage.panes(), at.x, at.y));
    const pixels = event.deltaMode === 1 ? 30 * event.deltaY : event.deltaY;
    const factor = Math.exp(-WHEEL_STEP * Math.max(-300, Math.min(300, pixels)));
    store.set(zoomedAbout(store.get(), frame, at.x, at.y, factor));
  }, { passive: false, signal });

  canvas.addEventListener("dblclick", (event) => {
    const at = place(event);
    const frame = stage.frame(paneAt(stage.panes(), at.x, at.y));
    store.set(zoomedAbout(store.get(), frame, at.x, at.y, event.shiftKey ? 0.5 : 2));
  }, { signal });
}

/**
 * What a press at a point takes hold of.
 * @param {Stage} stage
 * @param {Store} store
 * @param {Point} from
 * @param {number} reachPx
 * @param {boolean} mouse
 * @returns {Drag}
 */
function dragFrom(stage, store, from, reachPx, mouse) {
  const pane = paneAt(stage.panes(), from.x, from.y);
  const frame = stage.frame(pane);
  const state = store.get();
  if (state.ruler) {
    for (const end of /** @type {const} */ ([0, 1])) {
      const [x, y] = toScreen(frame, state[`rulerX${end}Mm`], state[`rulerY${end}Mm`]);
      if (Math.hypot(x - from.x, y - from.y) <= reachPx + 3) return rulerDrag(store, frame, end);
    }
  }
  if (state.mode === "fold" && state.foldGuide) {
    const grip = gripAt(state, frame, pane, from.x, from.y, reachPx);
    if (grip === "line") return slideDrag(store, frame, from);
    if (grip) return turnDrag(store, frame, grip);
  }
  // A finger cannot hover: it carries the magnifier instead of the picture.
  if (state.lens && !mouse) return { name: "lens", move: () => undefined };
  return panDrag(store, frame, from);
}

/**
 * @param {Store} store
 * @param {Frame} frame
 * @param {0 | 1} end
 * @returns {Drag}
 */
function rulerDrag(store, frame, end) {
  const move = (/** @type {Point} */ at) => {
    const [xMm, yMm] = toMm(frame, at.x, at.y);
    store.set(end === 0 ? { rulerX0Mm: xMm, rulerY0Mm: yMm } : { rulerX1Mm: xMm, rulerY1Mm: yMm });
  };
  return { name: "ruler", move };
}

/**
 * Move the fold across itself, by as much as the pointer moved across it.
 * @param {Store} store
 * @param {Frame} frame
 * @param {Point} from
 * @returns {Drag}
 */
function slideDrag(store, frame, from) {
  const { foldAngleDeg, foldOffsetMm } = store.get();
  const before = offsetThrough(foldAngleDeg, ...toMm(frame, from.x, from.y));
  const move = (/** @type {Point} */ at) => {
    const now = offsetThrough(foldAngleDeg, ...toMm(frame, at.x, at.y));
    store.set({ foldOffsetMm: foldOffsetMm + now - before });
  };
  return { name: "slide", move };
}

/**
 * Turn the fold about the point of it that is nearest to the seal's centre.
 * @param {Store} store
 * @param {Frame} frame
 * @param {"start" | "end"} grip
 * @returns {Drag}
 */
function turnDrag(store, frame, grip) {
  const fold = store.get();
  const angle = (fold.foldAngleDeg * Math.PI) / 180;
  const pivot = { xMm: -fold.foldOffsetMm * Math.sin(angle), yMm: fold.foldOffsetMm * Math.cos(angle) };
  const move = (/** @type {Point} */ at) => {
    const { foldAngleDeg, foldOffsetMm, movingSide } = turnedTowards(fold, pivot, grip, ...toMm(frame, at.x, at.y));
    store.set({ foldAngleDeg, foldOffsetMm, movingSide });
  };
  return { name: "turn", move };
}

/**
 * @param {Store} store
 * @param {Frame} frame
 * @param {Point} from
 * @returns {Drag}
 */
function panDrag(store, frame, from) {
  const { centreXMm, centreYMm } = store.get();
  const move = (/** @type {Point} */ at) => {
    store.set({
      centreXMm: centreXMm - (at.x - from.x) / frame.scale,
      centreYMm: centreYMm - (at.y - from.y) / frame.scale,
    });
  };
  return { name: "pan", move };
}

/**
 * Zoom and move with two fingers, of which one moved.
 * @param {Stage} stage
 * @param {Store} store
 * @param {Point} before
 * @param {Point} after
 * @param {Point} still
 */
function pinch(stage, store, before, after, still) {
  const far = Math.hypot(after.x - still.x, after.y - still.y);
  const was = Math.hypot(before.x - still.x, before.y - still.y);
  if (was < 1 || far < 1) return;
  const x = (before.x + still.x) / 2;
  const y = (before.y + still.y) / 2;
  const pane = paneAt(stage.panes(), still.x, still.y);
  store.set(zoomedAbout(store.get(), stage.frame(pane), x, y, far / was));
  const { scale } = stage.frame(pane);
  const { centreXMm, centreYMm } = store.get();
  store.set({
    centreXMm: centreXMm - (after.x - before.x) / 2 / scale,
    centreYMm: centreYMm - (after.y - before.y) / 2 / scale,
  });
}

/**
 * @param {Stage} stage
 * @param {Store} store
 * @param {Point} at
 * @param {number} reachPx
 */
function cursorAt(stage, store, at, reachPx) {
  const { name } = dragFrom(stage, store, at, reachPx, true);
  if (name === "pan") return store.get().lens ? "crosshair" : "grab";
  return name === "slide" ? "move" : "pointer";
}
