// The report around the canvas: the language of the page, and buttons that show what a reason speaks of.

import { mount } from "../viewer/web/seal_view.js";

/** @typedef {import("../viewer/web/types").Language} Language */
/** @typedef {import("../viewer/web/types").SealData} SealData */

const root = document.documentElement;
const place = /** @type {HTMLElement} */ (document.getElementById("seal-view"));

/**
 * The component's data; its photographs are the page's own pictures, which are seen without script too.
 * @returns {SealData}
 */
function sealData() {
  const data = JSON.parse(document.getElementById("seal-data")?.textContent ?? "");
  for (const name of ["reference", "moving"]) {
    const still = place.querySelector(`img[data-still="${name}"]`);
    if (data[name] && still instanceof HTMLImageElement) data[name].photo = still.src;
  }
  return data;
}

/** @returns {Language} */
function firstLanguage() {
  const asked = location.hash.slice(1);
  if (asked === "zh" || asked === "en") return asked;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

const view = mount(place, sealData(), { language: firstLanguage() });
view.ready.then(
  () => root.setAttribute("data-ready", ""),
  () => root.setAttribute("data-broken", ""),
);

/** @param {Language} language */
function speak(language) {
  root.dataset.language = language;
  root.lang = language === "zh" ? "zh-CN" : "en";
  for (const labelled of document.querySelectorAll("[data-label-en]")) {
    const words = labelled.getAttribute(`data-label-${language}`) ?? "";
    labelled.setAttribute(labelled instanceof HTMLImageElement ? "alt" : "aria-label", words);
  }
  for (const button of document.querySelectorAll("button[data-language]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-language") === language));
  }
  view.show({ language });
}

for (const button of document.querySelectorAll("button[data-language]")) {
  button.addEventListener("click", () => speak(button.getAttribute("data-language") === "zh" ? "zh" : "en"));
}
for (const button of document.querySelectorAll("button[data-show]")) {
  button.addEventListener("click", () => {
    view.show(JSON.parse(button.getAttribute("data-show") ?? "{}"));
    const canvas = place.querySelector("canvas");
    canvas?.focus({ preventScroll: true });
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    place.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  });
}
for (const hidden of document.querySelectorAll(".language, button[data-show]")) hidden.removeAttribute("hidden");
place.classList.remove("still");
speak(firstLanguage());
