// Keys, while the component has the focus.

import { clampedZoom } from "./geometry.js";
import { keyTargets, MODES, isOffered } from "./store.js";

/** @typedef {import("./types").SealData} SealData */
/** @typedef {import("./types").State} State */
/** @typedef {import("./types").Store} Store */

/** @type {Record<string, readonly [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Every shortcut that is no arrow key, for the keyboard and for the help that lists them. */
export const SHORTCUTS = /** @type {const} */ ({
  target: "t",
  swap: "x",
  guide: "l",
  pause: " ",
  switchSeal: "b",
  lens: "m",
  weaker: ",",
  stronger: ".",
  grid: "g",
  ruler: "r",
  source: "c",
  zoomIn: "+",
  zoomOut: "-",
  fit: "0",
  help: "?",
});

/**
 * @param {HTMLElement} root
 * @param {SealData} data
 * @param {Store} store
 * @param {{help: () => void, pictureFocused: () => boolean}} doings
 * @param {AbortSignal} signal
 */
export function listenToKeys(root, data, store, doings, signal) {
  root.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.defaultPrevented) return;
    const field = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (field || (event.target instanceof Element && event.target.closest("dialog"))) return;
    const step = ARROWS[event.key];
    let change;
    if (step) {
      // Buttons leave the arrow keys to the page, so that it can be scrolled.
      if (!doings.pictureFocused()) return;
      change = moved(store.get(), step, event.shiftKey ? 10 : 1, event.ctrlKey);
    } else if (event.ctrlKey) {
      return;
    } else if (event.key === SHORTCUTS.help) {
      doings.help();
    } else if (event.key === SHORTCUTS.pause && !doings.pictureFocused()) {
      return;
    } else {
      change = changeFor(data, store.get(), event.key.toLowerCase());
      if (!change) return;
    }
    event.preventDefault();
    if (change) store.set(change);
  }, { signal });
}

/**
 * @param {State} state
 * @param {readonly [number, number]} step
 * @param {number} times
 * @param {boolean} pan
 * @returns {Partial<State>}
 */
function moved(state, [dx, dy], times, pan) {
  const mm = (0.1 * times) / Math.max(1, state.zoom / 2);
  switch (pan ? "pan" : state.keyTarget) {
    case "fold":
      return {
        foldAngleDeg: state.foldAngleDeg + dx * times,
        foldOffsetMm: state.foldOffsetMm + dy * 0.1 * times,
      };
    case "level":
      // Whole per cents: sums of 0.01 would drift from what is said.
      return { level: Math.round(100 * state.level + (dx - dy) * times) / 100 };
    case "lens":
      return { lensXMm: state.lensXMm + 5 * dx * mm, lensYMm: state.lensYMm + 5 * dy * mm };
    case "rulerStart":
      return { rulerX0Mm: state.rulerX0Mm + dx * mm, rulerY0Mm: state.rulerY0Mm + dy * mm };
    case "rulerEnd":
      return { rulerX1Mm: state.rulerX1Mm + dx * mm, rulerY1Mm: state.rulerY1Mm + dy * mm };
    case "pan":
      return { centreXMm: state.centreXMm + 10 * dx * mm, centreYMm: state.centreYMm + 10 * dy * mm };
  }
}

/**
 * @param {SealData} data
 * @param {State} state
 * @param {string} key
 * @returns {Partial<State> | null}
 */
function changeFor(data, state, key) {
  const mode = MODES[Number(key) - 1];
  if (mode) return isOffered(data, mode) ? { mode } : null;
  switch (key) {
    case SHORTCUTS.target: {
      const targets = keyTargets(state);
      return { keyTarget: targets[(targets.indexOf(state.keyTarget) + 1) % targets.length] };
    }
    case SHORTCUTS.swap:
      return state.mode === "fold" ? { movingSide: state.movingSide === 1 ? -1 : 1 } : null;
    case SHORTCUTS.guide:
      return { foldGuide: !state.foldGuide };
    case SHORTCUTS.pause:
      return state.mode === "blink" ? { blinking: !state.blinking } : null;
    case SHORTCUTS.switchSeal:
      return state.mode === "blink" ? switched(state) : null;
    case SHORTCUTS.lens:
      return { lens: !state.lens };
    case SHORTCUTS.weaker:
      return { lensPower: state.lensPower - 0.5 };
    case SHORTCUTS.stronger:
      return { lensPower: state.lensPower + 0.5 };
    case SHORTCUTS.grid:
      return { grid: !state.grid };
    case SHORTCUTS.ruler:
      return { ruler: !state.ruler };
    case SHORTCUTS.source:
      return withOtherSource(state);
    case SHORTCUTS.zoomIn:
    case "=":
      return { zoom: clampedZoom(state.zoom * 1.25) };
    case SHORTCUTS.zoomOut:
      return { zoom: clampedZoom(state.zoom / 1.25) };
    case SHORTCUTS.fit:
      return { zoom: 1, centreXMm: 0, centreYMm: 0 };
    default:
      return null;
  }
}

/**
 * Show the other seal and stay there.
 * @param {State} state
 * @returns {Partial<State>}
 */
export function switched(state) {
  return { blinking: false, blinkPhase: state.blinkPhase === 0 ? 1 : 0 };
}

/**
 * The name of the state that says what the mode's seals are drawn from; null where there is no choice.
 * @param {State} state
 */
export function sourceKey(state) {
  switch (state.mode) {
    case "side":
      return "sideSource";
    case "transparent":
      return "transparentSource";
    case "blink":
      return "blinkSource";
    case "fold":
      return "foldSource";
    default:
      return null;
  }
}

/**
 * @param {State} state
 * @returns {Partial<State> | null}
 */
export function withOtherSource(state) {
  const key = sourceKey(state);
  return key && { [key]: state[key] === "photo" ? "ink" : "photo" };
}
