"""Characters of a stamping moved by a known amount: ink, rough edges and all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from simulator.design import Glyph, Layout
    from simulator.press import Impression

F64 = NDArray[np.float64]

EVERY = 3
"""One character of so many is moved, every other of those the other way.

Were all moved the same way, the alignment would follow them: what lies "off" is then the rest.
"""
RIM_MM = 0.12
"""So far around a character its ink reaches, and moves with it."""
FADE_MM = 0.35
"""Beyond, over so far, the paper is stretched; strokes there have no known place."""


@dataclass(frozen=True)
class Move:
    """Which characters move, and by how much, in millimetres of the seal.

    `ways` holds 1 for a character that moves by `by_mm`, -1 for one that moves the other way.
    """

    glyphs: tuple[Glyph, ...]
    ways: tuple[int, ...]
    by_mm: tuple[float, float]

    def share(self, x: F64, y: F64) -> F64:
        """Return how far each place's ink has come: ±1 the whole way, 0 not at all."""
        share: F64 = np.zeros(np.broadcast(x, y).shape)
        for glyph, way in zip(self.glyphs, self.ways, strict=True):
            apart = _outside(glyph, x - way * self.by_mm[0], y - way * self.by_mm[1])
            own = np.clip(1.0 - (apart - RIM_MM) / FADE_MM, 0.0, 1.0)
            share = np.where(own > np.abs(share), way * own, share)
        return share

    def known(self, x: F64, y: F64) -> F64:
        """Return how far places *before* the move go: ±1 in a moved character, 0 far from all.

        NaN: near one, or in two that go apart.
        """
        far = RIM_MM + FADE_MM + float(np.hypot(*self.by_mm)) + 0.2
        known: F64 = np.zeros(np.broadcast(x, y).shape)
        for glyph, way in zip(self.glyphs, self.ways, strict=True):
            apart = _outside(glyph, x, y)
            own = np.where(apart <= 0.0, float(way), np.where(apart > far, 0.0, np.nan))
            both = np.where((known == 0.0) | (known == own), own, np.nan)
            known = np.where(own == 0.0, known, both)
        return known


def _outside(glyph: Glyph, x: F64, y: F64) -> F64:
    """Return how far places lie outside a character's cell, 0 within."""
    turn = np.deg2rad(glyph.rot_deg)
    c, s = np.cos(turn), np.sin(turn)
    u = c * (x - glyph.x_mm) + s * (y - glyph.y_mm)
    v = c * (y - glyph.y_mm) - s * (x - glyph.x_mm)
    far = np.maximum(np.abs(u) - glyph.w_mm / 2, 0), np.maximum(np.abs(v) - glyph.h_mm / 2, 0)
    return np.asarray(np.hypot(*far))


def random_move(layout: Layout, rng: np.random.Generator, *, coherent: bool = False) -> Move:
    """Move every third character along one line, to and fro, by 0.12 to 0.30 mm.

    `coherent`: all the same way.
    """
    size, angle = rng.uniform(0.12, 0.30), rng.uniform(0, 2 * np.pi)
    chosen = layout.glyphs[int(rng.integers(EVERY)) :: EVERY]
    ways = tuple(1 if coherent or k % 2 == 0 else -1 for k in range(len(chosen)))
    return Move(chosen, ways, (float(size * np.cos(angle)), float(size * np.sin(angle))))


def moved(impression: Impression, move: Move) -> Impression:
    """Return the impression with its characters moved."""
    rows, cols = impression.film.shape
    x = (np.arange(cols) - (cols - 1) / 2)[None, :] / impression.ppm
    y = (np.arange(rows) - (rows - 1) / 2)[:, None] / impression.ppm
    share = move.share(x, y) * impression.ppm
    from_x = (np.arange(cols)[None, :] - share * move.by_mm[0]).astype(np.float32)
    from_y = (np.arange(rows)[:, None] - share * move.by_mm[1]).astype(np.float32)

    def laid(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.asarray(cv2.remap(picture, from_x, from_y, cv2.INTER_CUBIC), np.uint8)

    return replace(impression, reflectance=laid(impression.reflectance), film=laid(impression.film))
