// The component's state: defaults, what each value may be, and who hears of a change.

import { clampedZoom, sizeMm } from "./geometry.js";
import { normalised } from "./fold_line.js";

/** @typedef {import("./types").KeyTarget} KeyTarget */
/** @typedef {import("./types").Mode} Mode */
/** @typedef {import("./types").SealData} SealData */
/** @typedef {import("./types").State} State */
/** @typedef {import("./types").Store} Store */

/** @type {readonly Mode[]} */
export const MODES = ["side", "overlay", "transparent", "blink", "fold", "difference", "arrows"];

// Nothing may flash more than three times a second (WCAG 2.3.1).
const BLINK_HZ = [0.5, 2.5];

/** @type {State} */
const DEFAULTS = {
  mode: "side",
  language: "en",
  zoom: 1,
  centreXMm: 0,
  centreYMm: 0,
  foldAngleDeg: 45,
  foldOffsetMm: 0,
  movingSide: 1,
  foldGuide: true,
  level: 0.5,
  blinkHz: 1,
  blinking: true,
  blinkPhase: 0,
  arrowScale: 12,
  lens: false,
  lensPower: 3,
  lensXMm: 0,
  lensYMm: 0,
  grid: false,
  ruler: false,
  rulerX0Mm: -10,
  rulerY0Mm: 0,
  rulerX1Mm: 10,
  rulerY1Mm: 0,
  sideSource: "photo",
  transparentSource: "photo",
  blinkSource: "photo",
  foldSource: "ink",
  keyTarget: "pan",
};

/** @type {Partial<Record<keyof State, readonly (string | number)[]>>} */
const CHOICES = {
  mode: MODES,
  language: ["en", "zh"],
  movingSide: [1, -1],
  blinkPhase: [0, 1],
  sideSource: ["photo", "ink"],
  transparentSource: ["photo", "ink"],
  blinkSource: ["photo", "ink"],
  foldSource: ["photo", "ink"],
  keyTarget: ["fold", "level", "lens", "rulerStart", "rulerEnd", "pan"],
};

/**
 * Whether a mode has something to show.
 * @param {SealData} data
 * @param {Mode} mode
 */
export function isOffered(data, mode) {
  if (mode === "side") return true;
  if (!data.moving) return false;
  // Arrows and folds would invent a comparison where the alignment is only a guess.
  return (mode !== "arrows" && mode !== "fold") || data.trusted;
}

/**
 * What the arrow keys can move, the likeliest first.
 * @param {State} state
 * @returns {KeyTarget[]}
 */
export function keyTargets(state) {
  /** @type {KeyTarget[]} */
  const targets = [];
  if (state.mode === "fold") targets.push("fold");
  if (state.mode === "transparent") targets.push("level");
  if (state.lens) targets.push("lens");
  if (state.ruler) targets.push("rulerStart", "rulerEnd");
  return [...targets, "pan"];
}

/**
 * @param {SealData} data
 * @param {Partial<State>} first
 * @returns {Store}
 */
export function createStore(data, first) {
  /** @type {((state: Readonly<State>) => void)[]} */
  const listeners = [];
  let state = merged(data, { ...DEFAULTS }, first);
  return {
    get: () => state,
    set(change) {
      const next = merged(data, state, change);
      const changed = Object.keys(next).some((key) => !Object.is(valueOf(next, key), valueOf(state, key)));
      if (!changed) return;
      state = next;
      for (const listener of listeners) listener(state);
    },
    subscribe(listener) {
      listeners.push(listener);
    },
  };
}

/**
 * @param {object} state
 * @param {string} key
 * @returns {unknown}
 */
function valueOf(state, key) {
  return /** @type {Record<string, unknown>} */ (state)[key];
}

/**
 * Apply a change: refuse what means nothing, keep numbers within their limits.
 * @param {SealData} data
 * @param {State} state
 * @param {Partial<State>} change
 * @returns {State}
 */
function merged(data, state, change) {
  for (const key of Object.keys(change)) refuseNonsense(data, key, valueOf(change, key));
  const size = sizeMm(data);
  const reach = Math.hypot(size.width, size.height) / 2;
  const next = { ...state, ...change };
  Object.assign(next, normalised(next));
  next.zoom = clampedZoom(next.zoom);
  next.foldOffsetMm = within(next.foldOffsetMm, -reach, reach);
  next.level = within(next.level, 0, 1);
  next.blinkHz = within(next.blinkHz, BLINK_HZ[0], BLINK_HZ[1]);
  next.arrowScale = within(next.arrowScale, 2, 30);
  next.lensPower = within(next.lensPower, 1.5, 10);
  next.centreXMm = within(next.centreXMm, -size.width / 2, size.width / 2);
  next.centreYMm = within(next.centreYMm, -size.height / 2, size.height / 2);
  for (const key of /** @type {const} */ (["lensXMm", "rulerX0Mm", "rulerX1Mm"])) {
    next[key] = within(next[key], -size.width / 2, size.width / 2);
  }
  for (const key of /** @type {const} */ (["lensYMm", "rulerY0Mm", "rulerY1Mm"])) {
    next[key] = within(next[key], -size.height / 2, size.height / 2);
  }
  // A mode or tool that comes or goes takes the arrow keys with it.
  const targets = keyTargets(next);
  const came = targets.filter((target) => !keyTargets(state).includes(target));
  const asked = change.keyTarget;
  if (asked && targets.includes(asked)) next.keyTarget = asked;
  else if (came[0]) next.keyTarget = came[0];
  else if (!targets.includes(next.keyTarget) || next.mode !== state.mode) {
    next.keyTarget = /** @type {KeyTarget} */ (targets[0]);
  }
  return next;
}

/**
 * @param {SealData} data
 * @param {string} key
 * @param {unknown} value
 */
function refuseNonsense(data, key, value) {
  if (!(key in DEFAULTS)) throw new RangeError(`no such state: ${key}`);
  const choices = /** @type {Record<string, readonly unknown[] | undefined>} */ (CHOICES)[key];
  const model = valueOf(DEFAULTS, key);
  const fits = choices
    ? choices.includes(value)
    : typeof value === typeof model && (typeof value !== "number" || Number.isFinite(value));
  if (!fits) throw new RangeError(`${key} cannot be ${String(value)}`);
  if (key === "mode" && !isOffered(data, /** @type {Mode} */ (value))) {
    throw new RangeError(`nothing to show in mode ${String(value)}`);
  }
}

/**
 * @param {number} value
 * @param {number | undefined} least
 * @param {number | undefined} most
 */
function within(value, least = -Infinity, most = Infinity) {
  return Math.min(most, Math.max(least, value));
}
