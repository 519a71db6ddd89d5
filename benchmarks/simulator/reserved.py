"""The impression a customer leaves on the card: the clearest of a few stampings.

A clerk takes no card on which the code cannot be read; the customer stamps again.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from .dies import Die
from .inks import FULL_FILM, Ink
from .press import PRESS_PPM, Impression, press, random_stroke

STAMPINGS = 4
_NEAR_MM = 0.45
_LEAST_SPREAD = 0.12
"""Of the relief around a place, 0 to 1: below it there is nothing to read."""
_WORST = 0.005


def reserved_impression(
    die: Die, ink: Ink, rng: np.random.Generator, *, ppm: float = PRESS_PPM
) -> Impression:
    """Stamp a die on a card: the most legible of four good stampings.

    Args:
        die: the relief.
        ink: the pad's ink.
        rng: the accidents.
        ppm: resolution of the result, px per mm.
    """
    stampings = [
        press(die, random_stroke(rng, "good"), ink, rng, ppm=ppm) for _ in range(STAMPINGS)
    ]
    return max(stampings, key=lambda impression: legibility(die, impression))


def legibility(die: Die, impression: Impression) -> float:
    """Return how well the least clear strokes can be read, at most 1.

    The correlation of ink and relief within half a millimetre, at the place where one in 200
    of the places with strokes is worse: lost strokes and filled counters lower it alike.
    """
    rows, cols = impression.film.shape
    ink: Any = np.minimum(impression.film.astype(np.float32) / FULL_FILM, 1)
    relief: Any = cv2.resize(die.relief, (cols, rows), interpolation=cv2.INTER_AREA)
    relief = relief.astype(np.float32) / 255
    ink, relief = (cv2.GaussianBlur(v, (0, 0), 0.05 * impression.ppm) for v in (ink, relief))

    def near(v: Any) -> Any:
        return cv2.GaussianBlur(v, (0, 0), _NEAR_MM * impression.ppm)

    mean_ink, mean_relief = near(ink), near(relief)
    spread_ink = np.sqrt(np.maximum(near(ink * ink) - mean_ink**2, 1e-6))
    spread_relief = np.sqrt(np.maximum(near(relief * relief) - mean_relief**2, 1e-6))
    alike = (near(ink * relief) - mean_ink * mean_relief) / (
        np.maximum(spread_ink, 0.3 * spread_relief) * spread_relief
    )
    return float(np.quantile(alike[spread_relief > _LEAST_SPREAD], _WORST))
