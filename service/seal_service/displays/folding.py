"""The fold: half of one impression against half of the other."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from seal_service.adapters.matching import Fold, FoldError, Side, compose_fold
from seal_service.displays.checks import Picture, checked_pictures
from seal_service.displays.errors import DisplayError
from seal_service.displays.inks import Colour

Point = NDArray[np.float64]

CUT: Colour = (0, 140, 60)
MARKS: dict[str, Colour] = {
    "continuous": (30, 140, 60),
    "shifted": (205, 20, 30),
    "missing": (205, 20, 30),
    "extra": (200, 120, 0),
}
UNKNOWN: Colour = (140, 144, 152)


def fold(
    reference: Picture,
    moving: Picture,
    *,
    px_per_mm: float,
    angle_deg: float,
    offset_mm: float = 0.0,
    side: Side = "reference",
    line: bool = True,
) -> Picture:
    """Compose half of the reference with half of the moving impression.

    Parameters
    ----------
    reference, moving : ndarray
        (H, W, 3) uint8, RGB, aligned on one grid with the seal's centre in its middle.
    px_per_mm : float
        Of the pictures.
    angle_deg, offset_mm, side
        The cut; see `seal_match_rs.compose_fold`.
    line : bool
        Whether the cut is marked outside the seal, at both borders of the picture. Nothing is
        drawn over the strokes that a person judges.

    Raises
    ------
    DisplayError
    """
    checked_pictures(reference=reference, moving=moving)
    shape = reference.shape[:2]
    ones, zeros = np.ones(shape, np.float32), np.zeros(shape, np.float32)
    try:
        mask = compose_fold(
            ones, zeros, angle_deg=angle_deg, offset_mm=offset_mm, side=side, px_per_mm=px_per_mm
        )
    except FoldError as error:
        what = "fold"
        raise DisplayError(what, f"refused: {error}") from error
    share = mask[:, :, None]
    mixed = moving + share * (reference.astype(np.float32) - moving)
    picture = np.asarray(np.rint(mixed), dtype=np.uint8)
    return _with_ends(picture, px_per_mm, angle_deg, offset_mm) if line else picture


def marked(picture: Picture, found: Fold, *, px_per_mm: float) -> Picture:
    """Mark every stroke on the cut of a fold: green goes on, red is broken, grey is unknown.

    A tick stands to either side of the cut, so that the stroke itself stays visible.

    Raises
    ------
    DisplayError
    """
    checked_pictures(picture=picture)
    copy = picture.copy()
    along, normal, foot = _axes(picture, px_per_mm, found.angle_deg, found.offset_mm)
    for stroke in found.strokes:
        colour = MARKS.get(stroke.status, UNKNOWN)
        middle = foot + stroke.position_mm * px_per_mm * along
        for way in (-1.0, 1.0):
            near, far = (middle + way * d * px_per_mm * normal for d in (0.7, 1.3))
            _line(copy, near, far, colour, max(1, round(px_per_mm / 6)))
    return copy


def _axes(
    picture: Picture, px_per_mm: float, angle_deg: float, offset_mm: float
) -> tuple[Point, Point, Point]:
    """Return the cut's direction, its normal, and the point nearest to the centre, in pixels."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    along, normal = np.array([c, s]), np.array([-s, c])
    middle = np.array([(picture.shape[1] - 1) / 2.0, (picture.shape[0] - 1) / 2.0])
    return along, normal, middle + offset_mm * px_per_mm * normal


def _with_ends(picture: Picture, px_per_mm: float, angle_deg: float, offset_mm: float) -> Picture:
    """Mark where the cut meets the picture's border, 2 mm long (the paper around the seal)."""
    copy = picture.copy()
    along, _, foot = _axes(picture, px_per_mm, angle_deg, offset_mm)
    far = float(sum(picture.shape[:2]))
    size = (0, 0, picture.shape[1], picture.shape[0])
    ends = [tuple(round(float(v)) for v in foot + way * far * along) for way in (-1.0, 1.0)]
    meets, first, last = cv2.clipLine(size, ends[0], ends[1])
    if meets:
        for end, way in ((first, 1.0), (last, -1.0)):
            start = np.array(end, np.float64)
            _line(
                copy,
                start,
                start + way * 1.7 * px_per_mm * along,
                CUT,
                max(2, round(px_per_mm / 5)),
            )
    return copy


def _line(picture: Picture, start: Point, end: Point, colour: Colour, thickness: int) -> None:
    """Draw with an eighth of a pixel's precision."""
    points = [(round(8 * float(p[0])), round(8 * float(p[1]))) for p in (start, end)]
    cv2.line(picture, points[0], points[1], colour, thickness, cv2.LINE_AA, shift=3)
