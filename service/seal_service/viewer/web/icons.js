// Icons: strokes on a 20 x 20 field.

const SVG = "http://www.w3.org/2000/svg";

/** @type {Record<string, string>} */
const PATHS = {
  side: "M2.5 4.5h6v11h-6zM11.5 4.5h6v11h-6z",
  overlay: "M8 13.5a5 5 0 1 1 0-7M12 5a5 5 0 1 1 0 10a5 5 0 1 1 0-10",
  transparent: "M10 3l5 7a5.5 5.5 0 1 1-10 0zM10 3v14M10 8h3.5M10 11h5.4M10 14h4.6",
  blink: "M1.5 10s3.2-5 8.5-5s8.5 5 8.5 5s-3.2 5-8.5 5s-8.5-5-8.5-5zM10 7.8a2.2 2.2 0 1 1 0 4.4a2.2 2.2 0 1 1 0-4.4",
  fold: "M3.5 3.5h9l4 4v9h-13zM4 16L16 4M12.5 3.5v4h4",
  difference: "M3.5 3.5h13v13h-13zM6.5 10.5l2-3l3 4.5l2-3M10 3.5v0",
  arrows: "M3 15L9 9M9 9H5.5M9 9v3.5M11 16l6-8M17 8l-3.6.6M17 8l.3 3.6M4 6h0M13 3.5h0",
  lens: "M8.5 3a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11M12.5 12.5L17 17M8.5 6v5M6 8.5h5",
  grid: "M3 3h14v14H3zM3 7.7h14M3 12.3h14M7.7 3v14M12.3 3v14",
  ruler: "M2 13L13 2l5 5L7 18zM5 10l2 2M8 7l2 2M11 4l2 2",
  source: "M3 5.5h3l1.4-2h5.2l1.4 2h3v10.5H3zM10 7.5a3 3 0 1 1 0 6a3 3 0 1 1 0-6",
  guide: "M3 17L17 3M3 17l3.5-.2M17 3l-.2 3.5",
  swap: "M3 7h12l-3-3M17 13H5l3 3",
  help: "M10 2.5a7.5 7.5 0 1 1 0 15a7.5 7.5 0 1 1 0-15M7.8 7.8c.2-3 4.6-2.7 4.4-.1c-.1 1.6-2.2 1.6-2.2 3.4M10 13.6v.4",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  pause: "M7 4v12M13 4v12",
  play: "M6 4l10 6l-10 6z",
  keys: "M2.5 5.5h15v9h-15zM5.5 8.5h.1M8.5 8.5h.1M11.5 8.5h.1M14.5 8.5h.1M6.5 11.7h7",
};

/** @param {string} name */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 20 20");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("class", "sv-icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? "");
  picture.append(path);
  return picture;
}
