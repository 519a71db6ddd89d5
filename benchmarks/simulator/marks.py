"""Print and handwriting on paper: what a page bears besides seals.

All functions draw in place on uint8 BGR pages.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from . import names, typefaces
from .fields import U8

Bgr = tuple[int, int, int]

BLACK: Bgr = (42, 38, 36)
PENS: tuple[Bgr, ...] = ((40, 36, 34), (58, 50, 48), (130, 52, 36), (150, 70, 30), (96, 40, 44))
FORM_COLOURS: tuple[Bgr, ...] = (
    (60, 58, 58), (60, 58, 58), (140, 90, 40), (140, 90, 40), (90, 110, 40), (90, 110, 40),
    (65, 62, 198), (150, 70, 90), (40, 80, 140), (110, 100, 30),
)  # fmt: skip
_SIZES_PX = (14, 16, 18, 20, 22, 24, 27, 30, 34, 38, 43, 48, 54, 60, 68, 76, 86, 96, 110, 126)


def stamp_mask(page: U8, mask: U8, x: int, y: int, *, colour: Bgr, strength: float = 1.0) -> None:
    """Print a coverage mask with its top left at (x, y); what falls off the page is dropped."""
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(page.shape[1], x + mask.shape[1]), min(page.shape[0], y + mask.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    cover = mask[y0 - y : y1 - y, x0 - x : x1 - x].astype(np.float32) * np.float32(strength / 255)
    light = 1 - cover[..., None] * (1 - np.array(colour, np.float32) / 255)
    window = page[y0:y1, x0:x1]
    page[y0:y1, x0:x1] = (window * light).astype(np.uint8)


def text(page: U8, words: str, key: str, x: float, y: float, *, size_px: float, colour: Bgr) -> int:
    """Print words with their top left at (x, y); return their width in px."""
    size = min(_SIZES_PX, key=lambda s: abs(s - size_px))
    mask = np.asarray(typefaces.line(words, key, size), np.uint8)
    stamp_mask(page, mask, round(x), round(y), colour=colour)
    return int(mask.shape[1])


def typed_value(rng: np.random.Generator) -> str:
    """Return something a clerk or a printer fills into a voucher."""
    figures, words = names.amount(rng)
    kind = int(rng.integers(7))
    if kind == 0:
        return figures
    if kind == 1:
        return words
    if kind == 2:
        return names.company(rng)
    if kind == 3:
        return names.digits(rng, int(rng.integers(12, 20)))
    if kind == 4:
        return f"20{rng.integers(20, 28)}年{rng.integers(1, 13)}月{rng.integers(1, 29)}日"
    return names.pick(rng, names.USES) if kind == 5 else names.person(rng)


def handwriting(
    page: U8,
    words: str,
    x: float,
    y: float,
    rng: np.random.Generator,
    *,
    size_px: float,
    colour: Bgr,
) -> None:
    """Write words by hand: slanted, uneven characters of a brush or pen face."""
    key = names.pick(rng, typefaces.of_family("kai"))
    slant, at = float(rng.normal(-0.15, 0.12)), x
    for char in words:
        size = size_px * float(rng.uniform(0.85, 1.15))
        em = min(_SIZES_PX, key=lambda s: abs(s - size))
        mask = np.asarray(typefaces.line(char, key, em), np.uint8)
        angle = float(rng.normal(0, 4)) * math.pi / 180
        move = np.array([[math.cos(angle), slant, 0.25 * em], [math.sin(angle), 1.0, 0.12 * em]])
        moved = cv2.warpAffine(mask, move, (int(1.5 * em), int(1.4 * em)))
        dy = float(rng.normal(0, 0.06)) * em
        stamp_mask(
            page,
            np.asarray(moved, np.uint8),
            round(at),
            round(y + dy),
            colour=colour,
            strength=0.92,
        )
        at += mask.shape[1] * float(rng.uniform(0.92, 1.15)) + 0.08 * em


def signature(
    page: U8, x: float, y: float, rng: np.random.Generator, *, size_px: float, colour: Bgr
) -> None:
    """Scribble a signature about (x, y): a few pen strokes of varying width."""
    for _ in range(int(rng.integers(1, 4))):
        count = int(rng.integers(4, 9))
        knots = np.cumsum(rng.normal(0, 0.36, (count, 2)) + np.array([0.16, 0.0]), axis=0)
        knots -= knots.mean(0)
        t = np.linspace(0, count - 1, count * 12)
        curve = np.stack([_spline(knots[:, k], t) for k in (0, 1)], axis=1) * size_px * 0.5
        curve += np.array([x, y]) + rng.normal(0, 0.15, 2) * size_px
        low, high = np.floor(curve.min(0)).astype(int) - 6, np.ceil(curve.max(0)).astype(int) + 6
        extent = np.minimum(high - low, 1600)
        layer: U8 = np.zeros((int(extent[1]), int(extent[0])), np.uint8)
        points = np.round((curve - low) * 16).astype(np.int32)
        width = max(1.0, size_px * 0.018 * float(rng.uniform(0.6, 1.5)))
        for i in range(0, len(points) - 4, 4):
            thick = max(1, round(width * float(rng.uniform(0.7, 1.4))))
            cv2.polylines(
                layer, [points[i : i + 5]], isClosed=False, color=255, thickness=thick,
                lineType=cv2.LINE_AA, shift=4,
            )  # fmt: skip
        strength = float(rng.uniform(0.75, 1.0))
        stamp_mask(page, layer, int(low[0]), int(low[1]), colour=colour, strength=strength)


def _spline(values: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return a Catmull-Rom curve through values at 0, 1, 2, ..., sampled at t."""
    padded = np.r_[values[0], values, values[-1]]
    i = np.minimum(t.astype(int), len(values) - 2)
    f = t - i
    p0, p1, p2, p3 = (padded[i + k] for k in range(4))
    return np.asarray(
        0.5
        * (
            2 * p1
            + (p2 - p0) * f
            + (2 * p0 - 5 * p1 + 4 * p2 - p3) * f**2
            + (3 * p1 - p0 - 3 * p2 + p3) * f**3
        )
    )
