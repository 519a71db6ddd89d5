// The canvas component: two seals, compared in every way that a person judges with.
//
// mount(element, data, options) fills an element and returns a view; types.d.ts describes all three. The component
// knows nothing of the page around it: no globals, no storage, no network, no element outside its own. The page
// brings seal_view.css.

import { caption, legend } from "./captions.js";
import { modeBar, settings, toolBar, zoomBar } from "./controls.js";
import { element as make, freshId } from "./dom.js";
import { helpOverlay } from "./help.js";
import { listenToKeys } from "./keyboard.js";
import { loadPictures } from "./pictures.js";
import { listenToPointer } from "./pointer.js";
import { createStage } from "./stage.js";
import { createStore } from "./store.js";
import { say } from "./words.js";

/** @typedef {import("./types").Options} Options */
/** @typedef {import("./types").SealData} SealData */
/** @typedef {import("./types").SealView} SealView */

/**
 * @param {HTMLElement} element is filled; what was in it is removed
 * @param {SealData} data
 * @param {Options} options
 * @returns {SealView}
 */
export function mount(element, data, options = {}) {
  checkData(data);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const first = { ...options.state, ...(options.language && { language: options.language }) };
  const store = createStore(data, { ...(calm && { blinking: false }), ...first });
  const listening = new AbortController();

  const captionId = freshId();
  const canvas = make("canvas", { tabindex: "0", role: "application", "aria-describedby": captionId });
  const notice = make("p", { class: "sv-notice", role: "note" });
  const help = helpOverlay();
  const words = caption(captionId);
  const photos = Boolean(data.reference.photo && (data.moving?.photo || !data.moving));
  const bar = modeBar(data, store);
  const zoom = zoomBar(store);
  const tools = toolBar(store, photos, help.open);
  const choices = settings(data, store);
  const colours = legend(data);
  const parts = [bar, zoom, tools, choices, colours, words, help];
  const root = make("div", { class: "sv", role: "group" });
  root.append(
    bar.node,
    notice,
    make("div", { class: "sv-body" }, make("div", { class: "sv-stage" }, canvas, zoom.node), tools.node),
    choices.node,
    colours.node,
    words.node,
    help.node,
  );
  element.replaceChildren(root);

  const stage = createStage(canvas, data, store);
  listenToPointer(canvas, stage, store, listening.signal);
  const doings = { help: help.open, pictureFocused: () => document.activeElement === canvas };
  listenToKeys(root, data, store, doings, listening.signal);

  /** @type {unknown} */
  let failure = null;
  const follow = () => {
    const state = store.get();
    const { language } = state;
    root.lang = language === "zh" ? "zh-CN" : "en";
    root.setAttribute("aria-label", say(language, "component"));
    canvas.setAttribute("aria-label", say(language, "component"));
    const problem = failure ? "broken" : !data.moving ? "noMoving" : data.trusted ? null : "untrusted";
    notice.hidden = problem === null;
    notice.textContent = problem ? say(language, problem) : "";
    for (const part of parts) part.follow(state);
  };
  blink(store, listening.signal);
  store.subscribe(follow);
  if (options.onChange) store.subscribe(options.onChange);
  follow();

  const ready = loadPictures(data).then(
    (pictures) => {
      if (!listening.signal.aborted) stage.setPictures(pictures);
    },
    (/** @type {unknown} */ error) => {
      failure = error;
      follow();
      throw error;
    },
  );
  return {
    ready,
    show: store.set,
    state: store.get,
    destroy() {
      listening.abort();
      words.stop();
      stage.destroy();
      root.remove();
    },
  };
}

/**
 * Change seals as long as the state says so.
 * @param {import("./types").Store} store
 * @param {AbortSignal} signal stops it for good
 */
function blink(store, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let before = "";
  const schedule = () => {
    const { mode, blinking, blinkHz, blinkPhase } = store.get();
    const now = [mode, blinking, blinkHz, blinkPhase].join();
    // Any other change, a drag for instance, must not put the next change of seals off.
    if (now === before) return;
    before = now;
    clearTimeout(timer);
    if (signal.aborted) return;
    if (mode !== "blink" || !blinking) return;
    timer = setTimeout(() => store.set({ blinkPhase: store.get().blinkPhase === 0 ? 1 : 0 }), 1000 / blinkHz);
  };
  store.subscribe(schedule);
  signal.addEventListener("abort", () => clearTimeout(timer));
  schedule();
}

/**
 * Refuse data that could only fail later, and less clearly.
 * @param {SealData} data
 */
function checkData(data) {
  if (data.version !== 1) throw new RangeError(`seal data of version ${String(data.version)}, not 1`);
  for (const key of /** @type {const} */ (["widthPx", "heightPx", "pxPerMm"])) {
    if (!(Number.isFinite(data[key]) && data[key] > 0)) throw new RangeError(`${key} cannot be ${String(data[key])}`);
  }
  const numbers = [
    ...data.arrows.flatMap((a) => [a.xMm, a.yMm, a.dxMm, a.dyMm]),
    ...(data.folds ?? []).flatMap((fold) => [fold.angleDeg, fold.offsetMm, ...fold.strokes.map((stroke) => stroke.atMm)]),
    ...data.hullMm.flat(),
  ];
  if (!numbers.every(Number.isFinite)) throw new RangeError("an arrow, a fold or the outline is not a number");
}
