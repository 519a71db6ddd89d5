"""A grid and rulers in millimetres over any picture."""

from __future__ import annotations

import math

import cv2
import numpy as np

from seal_service.displays.checks import Picture, checked_number, checked_pictures
from seal_service.displays.inks import Colour

GRID: Colour = (90, 130, 190)
RULER: Colour = (40, 44, 52)
RULER_MM = 2.2
LEAST_NUMBER_PX = 8.0


def ruled(picture: Picture, *, px_per_mm: float, spacing_mm: float = 5.0) -> Picture:
    """Lay a grid over a picture, and rulers along its top and left border.

    Lines and numbers count millimetres from the picture's middle, where the seal's centre lies: to
    the right and downwards. Every millimetre has a mark on the rulers.

    Parameters
    ----------
    picture : ndarray
        (H, W, 3) uint8, RGB.
    px_per_mm : float
        Of the picture, 2 to 400.
    spacing_mm : float
        Distance of grid lines, 0.5 to 50.

    Returns
    -------
    ndarray
        (H, W, 3) uint8, a copy.

    Raises
    ------
    DisplayError
    """
    checked_pictures(picture=picture)
    scale = checked_number("px_per_mm", px_per_mm, 2.0, 400.0)
    spacing = checked_number("spacing_mm", spacing_mm, 0.5, 50.0)
    height, width = picture.shape[:2]
    canvas = _with_grid(picture, scale, spacing)
    depth = round(RULER_MM * scale)
    canvas[:depth] = _whitened(canvas[:depth])
    canvas[:, :depth] = _whitened(canvas[:, :depth])
    for side, length in ((0, width), (1, height)):
        for mm in _marks(length, scale, 1.0):
            at = (length - 1) / 2.0 + mm * scale
            long = math.isclose(mm % spacing, 0.0, abs_tol=1e-6)
            _mark(canvas, side, at, depth * (0.55 if long else 0.25))
            if long:
                _number(canvas, side, at, f"{mm:g}", scale)
    return canvas


def _marks(length_px: int, scale: float, spacing_mm: float) -> list[float]:
    """Return the multiples of the spacing that lie on a side, from its middle."""
    most = int((length_px - 1) / 2.0 / scale / spacing_mm)
    return [k * spacing_mm for k in range(-most, most + 1)]


def _with_grid(picture: Picture, scale: float, spacing: float) -> Picture:
    height, width = picture.shape[:2]
    lines = picture.copy()
    for mm in _marks(width, scale, spacing):
        x = round(8 * ((width - 1) / 2.0 + mm * scale))
        cv2.line(lines, (x, 0), (x, 8 * height), GRID, 1, cv2.LINE_AA, shift=3)
    for mm in _marks(height, scale, spacing):
        y = round(8 * ((height - 1) / 2.0 + mm * scale))
        cv2.line(lines, (0, y), (8 * width, y), GRID, 1, cv2.LINE_AA, shift=3)
    return np.asarray(cv2.addWeighted(lines, 0.45, picture, 0.55, 0.0), dtype=np.uint8)


def _whitened(part: Picture) -> Picture:
    return np.asarray(255 - (255 - part) // 6, dtype=np.uint8)


def _mark(canvas: Picture, side: int, at: float, length: float) -> None:
    points = [(at, 0.0), (at, length)] if side == 0 else [(0.0, at), (length, at)]
    first, last = ((round(8 * x), round(8 * y)) for x, y in points)
    cv2.line(canvas, first, last, RULER, 1, cv2.LINE_AA, shift=3)


def _number(canvas: Picture, side: int, at: float, text: str, scale: float) -> None:
    """Write a number beside its mark, where it is large enough to be read."""
    size = 0.9 * scale
    if size < LEAST_NUMBER_PX:
        return
    font, factor = cv2.FONT_HERSHEY_SIMPLEX, size / 26.0
    depth = RULER_MM * scale
    (wide, tall), _ = cv2.getTextSize(text, font, factor, 1)
    x, y = (at + 0.2 * scale, depth - 2) if side == 0 else (2.0, at - 0.2 * scale)
    if x + wide < canvas.shape[1] and y - tall > 0:
        cv2.putText(canvas, text, (round(x), round(y)), font, factor, RULER, 1, cv2.LINE_AA)
