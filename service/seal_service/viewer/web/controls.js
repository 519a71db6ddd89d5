// Buttons and sliders: each shows a part of the state and changes it.

import { element, freshId } from "./dom.js";
import { icon } from "./icons.js";
import { clampedZoom } from "./geometry.js";
import { SHORTCUTS, sourceKey, switched, withOtherSource } from "./keyboard.js";
import { isOffered, keyTargets, MODES } from "./store.js";
import { say } from "./words.js";

/** @typedef {import("./types").SealData} SealData */
/** @typedef {import("./types").State} State */
/** @typedef {import("./types").Store} Store */
/** @typedef {import("./words.js").Word} Word */
/** A piece of the page, and how it follows the state.
 * @typedef {{node: HTMLElement, follow: (state: Readonly<State>) => void}} Part */
/** @typedef {"foldAngleDeg" | "foldOffsetMm" | "level" | "blinkHz" | "arrowScale" | "lensPower"} Amount */

/** @type {Record<State["keyTarget"], Word>} */
export const KEY_WORDS = {
  fold: "keysFold",
  level: "keysLevel",
  lens: "keysLens",
  rulerStart: "keysRulerStart",
  rulerEnd: "keysRulerEnd",
  pan: "keysPan",
};

/**
 * The row of display modes.
 * @param {SealData} data
 * @param {Store} store
 * @returns {Part}
 */
export function modeBar(data, store) {
  const node = element("div", { class: "sv-modes", role: "group" });
  const parts = MODES.map((mode, place) => {
    const words = element("span");
    const made = element("button", { type: "button", class: "sv-mode", "data-mode": mode });
    made.append(icon(mode), words, element("kbd", { "aria-hidden": "true" }, String(place + 1)));
    made.addEventListener("click", () => store.set({ mode }));
    const offered = isOffered(data, mode);
    made.disabled = !offered;
    node.append(made);
    return (/** @type {Readonly<State>} */ state) => {
      words.textContent = say(state.language, mode);
      made.setAttribute("aria-pressed", String(state.mode === mode));
      made.title = offered ? `${words.textContent} (${place + 1})` : say(state.language, "unavailable");
    };
  });
  return {
    node,
    follow(state) {
      node.setAttribute("aria-label", say(state.language, "modes"));
      for (const part of parts) part(state);
    },
  };
}

/**
 * Zoom buttons that lie on the picture.
 * @param {Store} store
 * @returns {Part}
 */
export function zoomBar(store) {
  const zoom = (/** @type {number} */ factor) => () => store.set({ zoom: clampedZoom(store.get().zoom * factor) });
  return group("sv-zoom", "tools", [
    button("plus", "zoomIn", SHORTCUTS.zoomIn, zoom(1.25)),
    button("minus", "zoomOut", SHORTCUTS.zoomOut, zoom(0.8)),
    button("fit", "fit", SHORTCUTS.fit, () => store.set({ zoom: 1, centreXMm: 0, centreYMm: 0 })),
  ]);
}

/**
 * The tools that every mode has.
 * @param {Store} store
 * @param {boolean} photos whether there is a choice between photograph and ink
 * @param {() => void} help
 * @returns {Part}
 */
export function toolBar(store, photos, help) {
  const flip = (/** @type {"lens" | "grid" | "ruler"} */ key) => () => store.set({ [key]: !store.get()[key] });
  return group("sv-tools", "tools", [
    button("lens", "lens", SHORTCUTS.lens, flip("lens"), (state) => state.lens),
    button("grid", "grid", SHORTCUTS.grid, flip("grid"), (state) => state.grid),
    button("ruler", "ruler", SHORTCUTS.ruler, flip("ruler"), (state) => state.ruler),
    ...(photos ? [sourceButton(store)] : []),
    button("help", "help", SHORTCUTS.help, help),
  ]);
}

/** @param {Store} store @returns {Part} */
function sourceButton(store) {
  const toggle = () => {
    const change = withOtherSource(store.get());
    if (change) store.set(change);
  };
  const part = button("source", "source", SHORTCUTS.source, toggle, (state) => {
    const key = sourceKey(state);
    return key !== null && state[key] === "photo";
  });
  return shownWhen(part, (state) => sourceKey(state) !== null);
}

/**
 * What the present mode and tools can be set to.
 * @param {SealData} data
 * @param {Store} store
 * @returns {Part}
 */
export function settings(data, store) {
  const reach = Math.round(Math.hypot(data.widthPx, data.heightPx) / data.pxPerMm / 2);
  const swap = () => store.set({ movingSide: store.get().movingSide === 1 ? -1 : 1 });
  const guide = () => store.set({ foldGuide: !store.get().foldGuide });
  const pause = () => store.set({ blinking: !store.get().blinking });
  const target = () => {
    const targets = keyTargets(store.get());
    store.set({ keyTarget: targets[(targets.indexOf(store.get().keyTarget) + 1) % targets.length] });
  };
  const fold = (/** @type {Part} */ part) => shownWhen(part, (state) => state.mode === "fold");
  const blink = (/** @type {Part} */ part) => shownWhen(part, (state) => state.mode === "blink");
  return group("sv-settings", "tools", [
    fold(slider(store, "foldAngleDeg", "angle", { min: 0, max: 179.5, step: 0.5, unit: "°" })),
    fold(slider(store, "foldOffsetMm", "offset", { min: -reach, max: reach, step: 0.05, unit: "mm" })),
    fold(named(button("swap", "swap", SHORTCUTS.swap, swap))),
    fold(button("guide", "guide", SHORTCUTS.guide, guide, (state) => state.foldGuide)),
    shownWhen(
      slider(store, "level", "level", { min: 0, max: 1, step: 0.01, unit: "%", times: 100 }),
      (state) => state.mode === "transparent",
    ),
    blink(pauseButton(pause)),
    blink(named(button("swap", "switchSeal", SHORTCUTS.switchSeal, () => store.set(switched(store.get()))))),
    blink(slider(store, "blinkHz", "rate", { min: 0.5, max: 2.5, step: 0.1, unit: "Hz" })),
    shownWhen(
      slider(store, "arrowScale", "arrowScale", { min: 2, max: 30, step: 1, unit: "×" }),
      (state) => state.mode === "arrows",
    ),
    shownWhen(
      slider(store, "lensPower", "lensPower", { min: 1.5, max: 10, step: 0.5, unit: "×" }),
      (state) => state.lens,
    ),
    shownWhen(targetButton(target), (state) => keyTargets(state).length > 1),
  ]);
}

/** @param {() => void} target @returns {Part} */
function targetButton(target) {
  const words = element("span");
  const node = element("button", { type: "button", class: "sv-button sv-target" });
  node.append(icon("keys"), words, element("kbd", { "aria-hidden": "true" }, "T"));
  node.addEventListener("click", target);
  return {
    node,
    follow(state) {
      words.textContent = `${say(state.language, "keysMove")} ${say(state.language, KEY_WORDS[state.keyTarget])}`;
    },
  };
}

/** @param {() => void} pause @returns {Part} */
function pauseButton(pause) {
  const words = element("span");
  const node = element("button", { type: "button", class: "sv-button sv-named", "data-tool": "pause" });
  node.addEventListener("click", pause);
  return {
    node,
    follow(state) {
      words.textContent = say(state.language, state.blinking ? "pause" : "play");
      node.replaceChildren(icon(state.blinking ? "pause" : "play"), words);
    },
  };
}

/**
 * @param {string} picture
 * @param {Word} word
 * @param {string} key
 * @param {() => void} doing
 * @param {((state: Readonly<State>) => boolean) | null} pressed
 * @returns {Part}
 */
function button(picture, word, key, doing, pressed = null) {
  const words = element("span", { class: "sv-label" });
  const node = element("button", { type: "button", class: "sv-button", "data-tool": word }, icon(picture), words);
  node.addEventListener("click", doing);
  return {
    node,
    follow(state) {
      words.textContent = say(state.language, word);
      node.title = `${words.textContent} (${key.toUpperCase()})`;
      if (pressed) node.setAttribute("aria-pressed", String(pressed(state)));
    },
  };
}

/**
 * Show a button's name beside its icon.
 * @param {Part} part
 */
function named(part) {
  part.node.classList.add("sv-named");
  return part;
}

/**
 * @param {Store} store
 * @param {Amount} key
 * @param {Word} word
 * @param {{min: number, max: number, step: number, unit: string, times?: number}} range
 * @returns {Part}
 */
function slider(store, key, word, { min, max, step, unit, times = 1 }) {
  const id = freshId();
  const words = element("label", { for: id });
  const limits = { min: String(min), max: String(max), step: String(step) };
  const input = element("input", { type: "range", id, ...limits, "data-amount": key });
  const shown = element("output", { for: id });
  input.addEventListener("input", () => store.set({ [key]: input.valueAsNumber }));
  const digits = times * step < 0.1 ? 2 : times * step < 1 ? 1 : 0;
  return {
    node: element("div", { class: "sv-slider" }, words, input, shown),
    follow(state) {
      words.textContent = say(state.language, word);
      input.value = String(state[key]);
      const said = `${(times * state[key]).toFixed(digits)}\u2009${unit}`;
      shown.textContent = said;
      input.setAttribute("aria-valuetext", said);
    },
  };
}

/**
 * @param {string} name
 * @param {Word} label
 * @param {Part[]} parts
 * @returns {Part}
 */
function group(name, label, parts) {
  const node = element("div", { class: name, role: "group" }, ...parts.map((part) => part.node));
  return {
    node,
    follow(state) {
      node.setAttribute("aria-label", say(state.language, label));
      for (const part of parts) part.follow(state);
    },
  };
}

/**
 * @param {Part} part
 * @param {(state: Readonly<State>) => boolean} when
 * @returns {Part}
 */
function shownWhen(part, when) {
  return {
    node: part.node,
    follow(state) {
      part.node.hidden = !when(state);
      part.follow(state);
    },
  };
}
