"""The pictures of a report: the displays, drawn from the comparison's own maps; RGB uint8."""

from __future__ import annotations

import cv2
import numpy as np

from seal_service import displays
from seal_service.adapters.matching import Difference, Exhibit
from seal_service.displays import Map, Picture
from seal_service.displays.differences import COVERED
from seal_service.displays.inks import painted, printed

MISSING = (20, 90, 200)
EXTRA = (215, 25, 28)
PALE = (183, 183, 183)
STORED_INK = (200, 30, 30)
OUTLINE = (0, 140, 60)
GUESS = (200, 120, 0)
MAP_ZOOM = 3


def overlay(reference: Map, moving: Map) -> Picture:
    """Lay both inks over each other like two transparent colours: dark where they agree."""
    return displays.overlay(_zoomed(reference), _zoomed(moving))


def difference_map(exhibit: Exhibit) -> Picture:
    """Show what is extra and what is missing over a pale reference; covered parts are tinted."""
    found = _difference(exhibit)
    canvas = printed([(_zoomed(found.reference), PALE)])
    covered = found.covered * _inside(exhibit)
    for layer, colour in ((covered, COVERED), (found.missing, MISSING), (found.extra, EXTRA)):
        canvas = painted(canvas, _zoomed(layer), colour)
    return canvas


def displacement(exhibit: Exhibit) -> Picture:
    """Draw each region's displacement as an arrow, magnified, over the pale reference."""
    found = _difference(exhibit)
    scale = exhibit.map_px_per_mm * MAP_ZOOM
    return displays.arrows(_zoomed(found.reference), found.shifts, px_per_mm=scale)


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


def reference_ink(reference: Map) -> Picture:
    """Draw a stored template's ink, where there is no card to show."""
    return printed([(_zoomed(reference), STORED_INK)])


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


def _zoomed(layer: Map) -> Map:
    return displays.enlarged(layer, MAP_ZOOM)
