// The help that lies over the page: every key and gesture.

import { element, freshId } from "./dom.js";
import { SHORTCUTS } from "./keyboard.js";
import { MODES } from "./store.js";
import { say } from "./words.js";

/** @typedef {import("./types").State} State */
/** @typedef {import("./controls.js").Part} Part */
/** @typedef {import("./words.js").Word} Word */

/** @type {[string[], Word][]} */
const ROWS = [
  [["1", "…", String(MODES.length)], "keyModes"],
  [["←", "→", "↑", "↓"], "keyArrows"],
  [["Shift"], "keyShift"],
  [[SHORTCUTS.target], "keyTarget"],
  [["Ctrl", "← → ↑ ↓"], "keyCtrl"],
  [[SHORTCUTS.swap], "keySwap"],
  [[SHORTCUTS.guide], "keyGuide"],
  [["Space"], "keySpace"],
  [[SHORTCUTS.switchSeal], "keySwitch"],
  [[SHORTCUTS.lens], "keyLens"],
  [[SHORTCUTS.grid], "keyGrid"],
  [[SHORTCUTS.ruler], "keyRuler"],
  [[SHORTCUTS.source], "keySource"],
  [[SHORTCUTS.zoomIn, SHORTCUTS.zoomOut, SHORTCUTS.fit], "keyZoom"],
  [[SHORTCUTS.help], "keyHelp"],
];

/** @returns {Part & {open: () => void}} */
export function helpOverlay() {
  const title = element("h2", { id: freshId() });
  const close = element("button", { type: "button", class: "sv-button sv-named" });
  const keys = element("dl");
  const notes = ["helpFocus", "helpMouse", "helpTouch"].map(() => element("p"));
  const node = element(
    "dialog",
    { class: "sv-help", "aria-labelledby": title.id },
    element("header", {}, title, close),
    keys,
    ...notes,
  );
  close.addEventListener("click", () => node.close());
  // A press beside the box lands on the dialog itself.
  node.addEventListener("click", (event) => {
    if (event.target === node) node.close();
  });
  return {
    node,
    open: () => node.showModal(),
    follow({ language }) {
      title.textContent = say(language, "helpTitle");
      close.textContent = say(language, "helpClose");
      keys.replaceChildren(
        ...ROWS.flatMap(([names, word]) => [
          element("dt", {}, ...names.map((name) => element("kbd", {}, name.length === 1 ? name.toUpperCase() : name))),
          element("dd", {}, say(language, word)),
        ]),
      );
      /** @type {Word[]} */ (["helpFocus", "helpMouse", "helpTouch"]).forEach((word, place) => {
        /** @type {HTMLElement} */ (notes[place]).textContent = say(language, word);
      });
    },
  };
}
