"""Stamp inks and pens by their optical density in the three channels a scanner sees.

Colours are those of a full film on white paper, as scanned (gamma-encoded, 0..255). A density is
-log10(value / 255); densities add where films lie over each other, and so do those of encoded
values, since a power law turns products into products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fields import F32, U8

FULL_FILM = 128
"""Film value (uint8) that stands for one nominal film thickness."""

# name: (colour the truth file calls it, R, G, B of a full film)
_INKS: dict[str, tuple[str, int, int, int]] = {
    "vermilion": ("red", 214, 62, 48),
    "scarlet": ("red", 220, 48, 62),
    "carmine": ("red", 196, 34, 58),
    "cinnabar": ("red", 196, 52, 38),
    "brown-red": ("red", 160, 40, 42),
    "rose": ("red", 224, 74, 104),
    "blue": ("blue", 44, 70, 172),
    "blue-black": ("blue", 40, 52, 120),
    "purple": ("purple", 118, 48, 156),
    "violet": ("purple", 92, 44, 140),
}


@dataclass(frozen=True)
class Ink:
    """An ink.

    colour: its name in the truth file. density_bgr: of a full film. saturation: how little a
    thicker film is darker; above zero, little for a thin dye, more for a paste that covers.
    """

    colour: str
    density_bgr: tuple[float, float, float]
    saturation: float


def random_ink(rng: np.random.Generator, colour: str | None = None) -> Ink:
    """Return a jittered ink of the colour (red, blue, purple), or of a likely one."""
    if colour is None:
        colour = str(rng.choice(["red", "blue", "purple"], p=[0.91, 0.045, 0.045]))
    keys = [key for key, value in _INKS.items() if value[0] == colour]
    _, red, green, blue = _INKS[keys[int(rng.integers(len(keys)))]]
    rgb = np.array([blue, green, red]) / 255.0
    density = -np.log10(rgb) * rng.uniform(0.92, 1.08, 3) * rng.uniform(0.35, 0.95)
    saturation = float(rng.uniform(0.1, 1.6))
    return Ink(colour, (float(density[0]), float(density[1]), float(density[2])), saturation)


def refreshed(ink: Ink, rng: np.random.Generator) -> Ink:
    """Return the same pad on another day: hue within a few per cent, or a new pad (1 in 6)."""
    if rng.random() < 1 / 6:
        return random_ink(rng, ink.colour)
    b, g, r = (float(d * rng.uniform(0.94, 1.06)) for d in ink.density_bgr)
    return Ink(ink.colour, (b, g, r), ink.saturation)


def film_table(ink: Ink) -> U8:
    """Return the reflectance of every film value: uint8 (256, 1, 3), BGR, for `cv2.LUT`.

    Density rises with the film and saturates: a double film is far from twice as dark.
    """
    film: F32 = np.arange(256, dtype=np.float32) / np.float32(FULL_FILM)
    bend = np.expm1(-ink.saturation * film) / np.expm1(-ink.saturation)
    table = 255.0 * 10.0 ** (-bend[:, None] * np.array(ink.density_bgr)[None, :])
    rounded: U8 = np.round(table).astype(np.uint8).reshape(256, 1, 3)
    return rounded
