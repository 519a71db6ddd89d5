// Decode the pictures and print the inks in colour, once.

/** @typedef {import("./types").Drawable} Drawable */
/** @typedef {import("./types").Pictures} Pictures */
/** @typedef {import("./types").SealData} SealData */
/** @typedef {readonly [number, number, number]} Colour */

/** @type {Colour} */
export const REFERENCE_COLOUR = [20, 90, 200];
/** @type {Colour} */
export const MOVING_COLOUR = [230, 90, 0];
/** @type {Colour} */
export const SEAL_RED = [200, 24, 30];
/** @type {Colour} */
export const COVERED_COLOUR = [196, 172, 96];
/** From little to much; missing ink runs through blue, extra ink through red. */
/** @type {readonly Colour[]} */
export const EXTRA_RAMP = [[255, 214, 102], [240, 120, 20], [190, 10, 30]];
/** @type {readonly Colour[]} */
export const MISSING_RAMP = [[150, 220, 240], [40, 130, 220], [40, 20, 130]];

const PALE = 0.26;
// Below this a difference is noise of scanning; from FULL on it is drawn opaque.
const HEAT_FLOOR = 0.06;
const HEAT_FULL = 0.3;

/**
 * @param {SealData} data
 * @returns {Promise<Pictures>}
 */
export async function loadPictures(data) {
  const { reference, moving } = data;
  const [ink, photo, movingInk, movingPhoto, covered, extra, missing] = await Promise.all([
    decoded(reference.ink),
    maybe(reference.photo),
    maybe(moving && moving.ink),
    maybe(moving && moving.photo),
    maybe(data.covered),
    maybe(data.extra),
    maybe(data.missing),
  ]);
  const values = strengths(data, ink);
  const movingValues = movingInk && strengths(data, movingInk);
  return {
    referencePhoto: photo,
    movingPhoto,
    referenceRed: printed(data, values, SEAL_RED),
    movingRed: movingValues && printed(data, movingValues, SEAL_RED),
    referenceBlue: printed(data, values, REFERENCE_COLOUR),
    movingOrange: movingValues && printed(data, movingValues, MOVING_COLOUR),
    referencePale: printed(data, values, [0, 0, 0], PALE),
    covered: covered && printed(data, withinHull(data, strengths(data, covered)), COVERED_COLOUR, 0.55),
    heat: extra && missing && heated(data, strengths(data, extra), strengths(data, missing)),
  };
}

/** @param {string | null} uri */
function maybe(uri) {
  return uri ? decoded(uri) : Promise.resolve(null);
}

/** @param {string} uri */
async function decoded(uri) {
  const image = new Image();
  image.src = uri;
  await image.decode();
  return image;
}

/**
 * A grey picture's values, 0 to 1.
 * @param {SealData} data
 * @param {HTMLImageElement} image
 */
function strengths(data, image) {
  if (image.naturalWidth !== data.widthPx || image.naturalHeight !== data.heightPx) {
    throw new RangeError(
      `a map is ${image.naturalWidth} x ${image.naturalHeight}, not ${data.widthPx} x ${data.heightPx}`,
    );
  }
  const context = sheet(data, true);
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, data.widthPx, data.heightPx).data;
  const values = new Float32Array(data.widthPx * data.heightPx);
  for (let i = 0; i < values.length; i += 1) values[i] = (pixels[4 * i] ?? 0) / 255;
  return values;
}

/**
 * A colour whose opacity is the ink.
 * @param {SealData} data
 * @param {Float32Array} values
 * @param {Colour} colour
 * @param {number} strength
 */
function printed(data, values, colour, strength = 1) {
  return painted(data, (i) => [colour, (values[i] ?? 0) * strength]);
}

/**
 * The stronger of both differences at each place, by strength.
 * @param {SealData} data
 * @param {Float32Array} extra
 * @param {Float32Array} missing
 */
function heated(data, extra, missing) {
  return painted(data, (i) => {
    const more = extra[i] ?? 0;
    const less = missing[i] ?? 0;
    const value = Math.max(more, less);
    const opacity = (value - HEAT_FLOOR) / (HEAT_FULL - HEAT_FLOOR);
    return [rampAt(more >= less ? EXTRA_RAMP : MISSING_RAMP, value), Math.min(1, Math.max(0, opacity))];
  });
}

/**
 * @param {readonly Colour[]} ramp
 * @param {number} value
 * @returns {Colour}
 */
function rampAt(ramp, value) {
  const place = Math.min(1, Math.max(0, value)) * (ramp.length - 1);
  const low = Math.min(ramp.length - 2, Math.floor(place));
  const from = /** @type {Colour} */ (ramp[low]);
  const to = /** @type {Colour} */ (ramp[low + 1]);
  const share = place - low;
  return [
    from[0] + share * (to[0] - from[0]),
    from[1] + share * (to[1] - from[1]),
    from[2] + share * (to[2] - from[2]),
  ];
}

/**
 * @param {SealData} data
 * @param {(i: number) => [Colour, number]} colourOf
 */
function painted(data, colourOf) {
  const context = sheet(data, false);
  const image = context.createImageData(data.widthPx, data.heightPx);
  for (let i = 0; i < data.widthPx * data.heightPx; i += 1) {
    const [colour, opacity] = colourOf(i);
    image.data.set([colour[0], colour[1], colour[2], 255 * opacity], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return context.canvas;
}

/**
 * What covers the paper around the seal is of no concern.
 * @param {SealData} data
 * @param {Float32Array} values
 */
function withinHull(data, values) {
  if (data.hullMm.length < 3) return values;
  const context = sheet(data, true);
  context.beginPath();
  for (const [x, y] of data.hullMm) {
    context.lineTo(data.widthPx / 2 + x * data.pxPerMm, data.heightPx / 2 + y * data.pxPerMm);
  }
  context.fill();
  const mask = context.getImageData(0, 0, data.widthPx, data.heightPx).data;
  return values.map((value, i) => (value * (mask[4 * i + 3] ?? 0)) / 255);
}

/**
 * @param {SealData} data
 * @param {boolean} willReadFrequently
 */
function sheet(data, willReadFrequently) {
  const canvas = document.createElement("canvas");
  canvas.width = data.widthPx;
  canvas.height = data.heightPx;
  const context = canvas.getContext("2d", { willReadFrequently });
  if (!context) throw new Error("this browser has no 2D canvas");
  return context;
}
