// The words under the picture: what its colours mean, and what is shown, for eyes and for screen readers.

import { element } from "./dom.js";
import { rulerMm, SHIFT_COLOURS } from "./marks.js";
import { COVERED_COLOUR, EXTRA_RAMP, MISSING_RAMP, MOVING_COLOUR, REFERENCE_COLOUR } from "./pictures.js";
import { foldShown, STROKE_COLOURS } from "./stroke_marks.js";
import { say } from "./words.js";

/** @typedef {import("./types").SealData} SealData */
/** @typedef {import("./types").State} State */
/** @typedef {import("./controls.js").Part} Part */
/** @typedef {import("./words.js").Word} Word */
/** @typedef {[string, Word]} Entry */

const SAY_AFTER_MS = 350;

const css = (/** @type {readonly number[]} */ colour) => `rgb(${colour.join(", ")})`;
const ramp = (/** @type {readonly (readonly number[])[]} */ colours) =>
  `linear-gradient(90deg, ${colours.map(css).join(", ")})`;

/**
 * @param {SealData} data
 * @param {Readonly<State>} state
 * @returns {Entry[]}
 */
function entriesOf(data, state) {
  /** @type {Entry[]} */
  const covered = data.covered ? [[css(COVERED_COLOUR), "legendCovered"]] : [];
  switch (state.mode) {
    case "overlay":
      return [
        [css(REFERENCE_COLOUR), "legendReference"],
        [css(MOVING_COLOUR), "legendMoving"],
        ["rgb(18, 32, 0)", "legendBoth"],
        ...covered,
      ];
    case "difference":
      return [[ramp(EXTRA_RAMP), "legendExtra"], [ramp(MISSING_RAMP), "legendMissing"], ...covered];
    case "arrows":
      return /** @type {Word[]} */ (["legendLow", "legendMiddle", "legendHigh"]).map(
        (word, place) => [/** @type {string} */ (SHIFT_COLOURS[place]), word],
      );
    case "fold":
      if (!foldShown(data, state)) return [];
      return [
        [STROKE_COLOURS.on, "legendOn"],
        [STROKE_COLOURS.broken, "legendBroken"],
        [STROKE_COLOURS.extra, "legendExtraStroke"],
        [STROKE_COLOURS.unknown, "legendUnknown"],
      ];
    default:
      return [];
  }
}

/**
 * @param {SealData} data
 * @returns {Part}
 */
export function legend(data) {
  const node = element("ul", { class: "sv-legend" });
  return {
    node,
    follow(state) {
      const entries = entriesOf(data, state).map(([colour, word]) => {
        const swatch = element("i", { "aria-hidden": "true" });
        swatch.style.background = colour;
        return element("li", {}, swatch, say(state.language, word));
      });
      node.hidden = entries.length === 0;
      node.replaceChildren(...entries);
    },
  };
}

/**
 * A line that says what is shown. Screen readers hear it when it has stood still for a moment.
 * @returns {Part & {id: string, stop: () => void}}
 */
export function caption(/** @type {string} */ id) {
  const node = element("p", { class: "sv-caption", id });
  const spoken = element("span", { class: "sv-unseen", role: "status" });
  const seen = element("span", { "aria-hidden": "true" });
  node.append(seen, spoken);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  return {
    id,
    node,
    follow(state) {
      const words = description(state);
      if (words === seen.textContent) return;
      seen.textContent = words;
      clearTimeout(later);
      later = setTimeout(() => (spoken.textContent = words), SAY_AFTER_MS);
    },
    stop: () => clearTimeout(later),
  };
}

/** @param {Readonly<State>} state */
export function description(state) {
  const { language } = state;
  const said = [`${say(language, state.mode)}${language === "zh" ? "。" : "."}`];
  if (state.mode === "fold") {
    const values = {
      angle: state.foldAngleDeg.toFixed(1),
      offset: state.foldOffsetMm.toFixed(2),
      side: say(language, halfOf(state)),
    };
    said.push(say(language, "sayFold", values));
  }
  if (state.mode === "transparent") {
    said.push(say(language, "sayLevel", { level: (100 * state.level).toFixed(0) }));
  }
  if (state.mode === "blink") {
    const still = state.blinkPhase === 0 ? "sayBlinkCard" : "sayBlinkVoucher";
    said.push(say(language, state.blinking ? "sayBlinking" : still));
  }
  if (state.ruler) said.push(say(language, "sayRuler", { length: rulerMm(state).toFixed(2) }));
  if (state.lens) {
    said.push(say(language, "sayLens", { x: state.lensXMm.toFixed(1), y: state.lensYMm.toFixed(1) }));
  }
  said.push(say(language, "sayZoom", { zoom: (100 * state.zoom).toFixed(0) }));
  return said.join(" ");
}

/**
 * Which half the moving seal takes, as a person would say it.
 * @param {Readonly<State>} state
 * @returns {Word}
 */
function halfOf(state) {
  const steep = state.foldAngleDeg > 45 && state.foldAngleDeg < 135;
  // The normal is the line turned clockwise: it points down from a flat line and left from a steep one.
  if (steep) return state.movingSide === 1 ? "sideLeft" : "sideRight";
  const down = state.foldAngleDeg <= 45;
  return (state.movingSide === 1) === down ? "sideLower" : "sideUpper";
}
