"""Where two impressions differ: a heat map, and arrows for strokes that lie elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterable

import cv2
import numpy as np

from seal_service.adapters.matching import LocalShift
from seal_service.displays.checks import Map, Picture, checked_maps, checked_number
from seal_service.displays.inks import PALE, Colour, painted, printed

HEAT_SIGMA_MM = 0.25
HEAT_FULL = 0.5
"""Smoothed difference that is shown as hottest: half of all the ink that there could be."""
COVERED: Colour = (226, 214, 160)

ARROW_MAGNIFICATION = 12.0
ARROW_CELL_MM = 2.5
TRUST_SHOWN = 0.5
TRUST_ENOUGH = 8.0
LIMITS_MM = (0.08, 0.15)
ARROWS: tuple[Colour, Colour, Colour] = ((30, 140, 60), (225, 150, 0), (205, 20, 30))


def heat_map(
    reference: Map,
    *,
    extra: Map,
    missing: Map,
    covered: Map,
    px_per_mm: float,
    inside: Map | None = None,
) -> Picture:
    """Show how much ink is extra or missing around each place, from pale to hot.

    Parameters
    ----------
    reference : ndarray
        (H, W) float, ink, printed pale beneath.
    extra, missing, covered : ndarray
        As in `Difference`: what ink gain and half a sample of misfit explain is no difference.
        What is covered is unknown: it is tinted and never hot.
    px_per_mm : float
        Of the maps.
    inside : ndarray, optional
        (H, W) float, 1 where the seal is: beyond it nothing is hot or tinted.

    Returns
    -------
    ndarray
        (H, W, 3) uint8, RGB.

    Raises
    ------
    DisplayError
    """
    where = np.ones_like(reference) if inside is None else inside
    checked_maps(reference=reference, extra=extra, missing=missing, covered=covered, inside=where)
    sigma = HEAT_SIGMA_MM * checked_number("px_per_mm", px_per_mm, 1.0, 100.0)
    shown = where * np.clip(np.nan_to_num(1.0 - covered, nan=1.0), 0.0, 1.0)
    raw = np.clip(np.nan_to_num(extra + missing, nan=0.0), 0.0, 1.0) * shown
    smooth = cv2.GaussianBlur(raw.astype(np.float32), (0, 0), sigma)
    heat = np.clip(smooth / HEAT_FULL, 0.0, 1.0)
    scale = cv2.applyColorMap((255.0 * (0.25 + 0.75 * heat)).astype(np.uint8), cv2.COLORMAP_TURBO)
    colours = cv2.cvtColor(scale, cv2.COLOR_BGR2RGB).astype(np.float32)
    tint = 0.6 * where * np.clip(covered, 0.0, 1.0)
    pale = painted(printed([(reference, PALE)]), tint, COVERED)
    # What is lukewarm lets the reference through, so that the place is recognised.
    share = np.clip(1.6 * heat, 0.0, 0.92)[:, :, None]
    return np.asarray(np.rint(pale + share * (colours - pale)), dtype=np.uint8)


def arrows(
    reference: Map,
    shifts: Iterable[LocalShift],
    *,
    px_per_mm: float,
    magnification: float = ARROW_MAGNIFICATION,
) -> Picture:
    """Draw where regions of the moving impression lie, beyond what a press explains.

    Parameters
    ----------
    reference : ndarray
        (H, W) float, ink, printed pale beneath.
    shifts : iterable of LocalShift
        Regions; those that too few edges support are left out.
    px_per_mm : float
        Of the map.
    magnification : float
        How many times longer than the displacement an arrow is, 1 to 100.

    Returns
    -------
    ndarray
        (H, W, 3) uint8, RGB; green below 0.08 mm, amber below 0.15 mm, red beyond.

    Raises
    ------
    DisplayError
    """
    checked_maps(reference=reference)
    scale = checked_number("px_per_mm", px_per_mm, 1.0, 100.0)
    times = checked_number("magnification", magnification, 1.0, 100.0)
    canvas = printed([(reference, PALE)])
    height, width = reference.shape
    thick = max(1, round(scale / 8))
    for shift in one_a_cell(shifts):
        start = (width - 1) / 2.0 + shift.x_mm * scale, (height - 1) / 2.0 + shift.y_mm * scale
        end = start[0] + times * shift.dx_mm * scale, start[1] + times * shift.dy_mm * scale
        size = math.hypot(shift.dx_mm, shift.dy_mm)
        colour = ARROWS[0 if size < LIMITS_MM[0] else 1 if size < LIMITS_MM[1] else 2]
        points = [(round(8 * p[0]), round(8 * p[1])) for p in (start, end)]
        length = math.dist(start, end)
        tip = 0.35 * scale / max(0.35 * scale, length)
        cv2.arrowedLine(
            canvas, points[0], points[1], colour, thick, cv2.LINE_AA, shift=3, tipLength=tip
        )
        cv2.circle(canvas, points[0], round(8 * 0.12 * scale), colour, -1, cv2.LINE_AA, shift=3)
    return canvas


def one_a_cell(shifts: Iterable[LocalShift]) -> list[LocalShift]:
    """Return the trust-weighted mean shift of each cell, so that arrows stay apart.

    A shift that nothing supports says nothing and is left out.
    """
    cells: dict[tuple[int, int], list[LocalShift]] = {}
    for shift in shifts:
        if shift.trust >= TRUST_SHOWN:
            cell = round(shift.x_mm / ARROW_CELL_MM), round(shift.y_mm / ARROW_CELL_MM)
            cells.setdefault(cell, []).append(shift)
    return [_mean(members) for members in cells.values()]


def _mean(members: list[LocalShift]) -> LocalShift:
    weights = np.array([min(shift.trust, TRUST_ENOUGH) for shift in members])
    values = np.array([(s.x_mm, s.y_mm, s.dx_mm, s.dy_mm) for s in members])
    x, y, dx, dy = (float(v) for v in (weights @ values) / weights.sum())
    return LocalShift(x, y, dx, dy, float(weights.max()))
