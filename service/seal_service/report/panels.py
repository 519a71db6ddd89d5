"""The pictures of a report, drawn from the comparison's own maps; RGB uint8 arrays of any size."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from seal_service.adapters.matching import Difference, Exhibit, LocalShift

Picture = NDArray[np.uint8]
Map = NDArray[np.float32]

REFERENCE_INK = (20, 90, 200)
MOVING_INK = (230, 90, 0)
MISSING = (20, 90, 200)
EXTRA = (215, 25, 28)
COVERED = (226, 214, 160)
OUTLINE = (0, 140, 60)
GUESS = (200, 120, 0)

MAP_ZOOM = 3
ARROW_MAGNIFICATION = 12
ARROW_CELL_MM = 2.5
TRUST_SHOWN = 0.5
TRUST_ENOUGH = 8.0
TIP_PX = 9.0
SHIFT_LIMITS_MM = (0.08, 0.15)
SHIFT_COLOURS = ((30, 140, 60), (225, 150, 0), (205, 20, 30))


def overlay(reference: Map, moving: Map) -> Picture:
    """Lay both inks over each other like two transparent colours: dark where they agree."""
    return _inked([(_zoomed(reference), REFERENCE_INK), (_zoomed(moving), MOVING_INK)])


def difference_map(exhibit: Exhibit) -> Picture:
    """Show what is extra and what is missing over a pale reference; covered parts are tinted."""
    found = _difference(exhibit)
    pale = 0.28 * np.clip(_zoomed(found.reference), 0.0, 1.0)
    canvas = _inked([(pale, (0, 0, 0))]).astype(np.float32)
    covered = found.covered * _inside(exhibit)
    for layer, colour in ((covered, COVERED), (found.missing, MISSING), (found.extra, EXTRA)):
        share = np.clip(_zoomed(layer), 0.0, 1.0)[:, :, None]
        canvas += share * (np.array(colour, np.float32) - canvas)
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)


def displacement(exhibit: Exhibit) -> Picture:
    """Draw each region's displacement as an arrow, magnified, over the pale reference."""
    found = _difference(exhibit)
    canvas = _inked([(0.22 * np.clip(_zoomed(found.reference), 0.0, 1.0), (0, 0, 0))])
    height, width = found.reference.shape
    scale = exhibit.map_px_per_mm * MAP_ZOOM
    middle = np.array([(width - 1) / 2.0, (height - 1) / 2.0]) * MAP_ZOOM
    for shift in thinned(found.shifts):
        start = middle + scale * np.array([shift.x_mm, shift.y_mm])
        vector = np.array([shift.dx_mm, shift.dy_mm])
        colour = _shift_colour(float(np.hypot(*vector)))
        end = start + scale * ARROW_MAGNIFICATION * vector
        ends = [(int(x), int(y)) for x, y in (np.rint(start), np.rint(end))]
        cv2.circle(canvas, ends[0], 3, colour, -1, cv2.LINE_AA)
        tip = TIP_PX / max(TIP_PX, float(np.hypot(*(end - start))))
        cv2.arrowedLine(canvas, ends[0], ends[1], colour, 2, cv2.LINE_AA, tipLength=tip)
    return canvas


def outlined(picture: Picture, points: tuple[tuple[float, float], ...], *, sure: bool) -> Picture:
    """Return a copy with the seal's outline; in another colour where it is only a guess."""
    copy = picture.copy()
    if points:
        fine = np.rint(np.array(points) * 8).astype(np.int32)
        thickness = max(2, round(max(picture.shape[:2]) / 500))
        colour = OUTLINE if sure else GUESS
        cv2.polylines(
            copy,
            [fine],
            isClosed=True,
            color=colour,
            thickness=thickness,
            lineType=cv2.LINE_AA,
            shift=3,
        )
    return copy


def shrunk(picture: Picture, max_side_px: int) -> Picture:
    """Return the picture no larger than `max_side_px`."""
    height, width = picture.shape[:2]
    share = max_side_px / max(height, width)
    if share >= 1.0:
        return picture
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def reference_ink(reference: Map) -> Picture:
    """Draw a stored template's ink, where there is no card to show."""
    return _inked([(_zoomed(reference), (200, 30, 30))])


def thinned(shifts: tuple[LocalShift, ...]) -> list[LocalShift]:
    """Return one shift a cell, the trust-weighted mean of those in it, so that arrows stay apart.

    A shift that nothing supports says nothing and is left out.
    """
    cells: dict[tuple[int, int], list[LocalShift]] = {}
    for shift in shifts:
        if shift.trust >= TRUST_SHOWN:
            cell = round(shift.x_mm / ARROW_CELL_MM), round(shift.y_mm / ARROW_CELL_MM)
            cells.setdefault(cell, []).append(shift)
    return [_mean_shift(members) for members in cells.values()]


def _mean_shift(members: list[LocalShift]) -> LocalShift:
    weights = np.array([min(shift.trust, TRUST_ENOUGH) for shift in members])
    values = np.array([(s.x_mm, s.y_mm, s.dx_mm, s.dy_mm) for s in members])
    x, y, dx, dy = (weights @ values) / weights.sum()
    return LocalShift(float(x), float(y), float(dx), float(dy), float(weights.max()))


def _difference(exhibit: Exhibit) -> Difference:
    if exhibit.difference is None:
        message = "nothing was aligned, so there are no differences to draw"
        raise ValueError(message)
    return exhibit.difference


def _inside(exhibit: Exhibit) -> Map:
    """Return 1 inside the seal's outline: what covers the paper around it is of no concern."""
    height, width = _difference(exhibit).reference.shape
    mask = np.zeros((height, width), np.uint8)
    middle = np.array([(width - 1) / 2.0, (height - 1) / 2.0])
    corners = np.rint(np.array(exhibit.hull_mm) * exhibit.map_px_per_mm + middle)
    cv2.fillConvexPoly(mask, corners.astype(np.int32), 1)
    return mask.astype(np.float32)


def _shift_colour(size_mm: float) -> tuple[int, int, int]:
    low, high = SHIFT_LIMITS_MM
    return SHIFT_COLOURS[0 if size_mm < low else 1 if size_mm < high else 2]


def _zoomed(layer: Map) -> Map:
    """Return a map enlarged, without the values that say nothing."""
    clean = np.nan_to_num(layer, nan=0.0)
    size = (layer.shape[1] * MAP_ZOOM, layer.shape[0] * MAP_ZOOM)
    return np.asarray(cv2.resize(clean, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _inked(layers: list[tuple[Map, tuple[int, int, int]]]) -> Picture:
    """Print layers of ink on white, each 0 to 1, as transparent colours."""
    canvas = np.full((*layers[0][0].shape, 3), 255.0, np.float32)
    for ink, colour in layers:
        share = np.clip(ink, 0.0, 1.0)[:, :, None]
        canvas *= 1.0 - share * (1.0 - np.array(colour, np.float32) / 255.0)
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)
