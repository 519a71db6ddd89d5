"""Both impressions of one verification on one grid, for those who look at them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

import seal_match_rs
from seal_match_rs import (
    Comparison,
    Difference,
    Fold,
    FoldMap,
    SealMatchError,
    Side,
    Template,
    describe_difference,
)
from seal_service.adapters.matching.enrolment import EnrolledSeal
from seal_service.adapters.matching.errors import FoldRefusedError, NothingAlignedError
from seal_service.adapters.matching.exhibit import card_cut
from seal_service.adapters.matching.pictures import Picture, rgb_of
from seal_service.adapters.matching.verification import Examined

PICTURE_PX_PER_MM = 2.0 * Template.PX_PER_MM
STORED_INK = (196, 30, 38)
"""Colour in which a stored template's ink is drawn, as it has no picture."""


@dataclass(frozen=True, slots=True, eq=False)
class SealPair:
    """An aligned pair: the same millimetre lies at the same place in every picture and map of it.

    Attributes
    ----------
    reference, moving : ndarray
        (H, W, 3) uint8, RGB, `px_per_mm` a millimetre, the seal's centre in the middle. The moving
        picture is turned, scaled and smoothly bent like the reference; white where its scan ends.
    px_per_mm : float
        Of the pictures.
    maps : Difference
        The engine's maps, at half the pictures' resolution.
    inside : ndarray
        (H, W) float32 on the grid of the maps, 1 inside the seal's outline: what differs outside it
        is the paper's concern.
    trusted : bool
        Whether the alignment is more than a guess.
    """

    reference: Picture
    moving: Picture
    px_per_mm: float
    maps: Difference
    inside: NDArray[np.float32]
    trusted: bool
    _template: Template
    _comparison: Comparison

    @property
    def reach_mm(self) -> float:
        """How far from the centre a cut can lie and still meet the pictures."""
        return math.hypot(*self.maps.reference.shape) / 2.0 / Template.PX_PER_MM

    def fold(self, *, angle_deg: float, offset_mm: float = 0.0, side: Side = "reference") -> Fold:
        """Measure every stroke that crosses a cut; see `seal_match_rs.fold`.

        Raises
        ------
        FoldRefusedError
            A number is out of range, or the alignment is only a guess.
        """
        try:
            return seal_match_rs.fold(
                self._template,
                self._comparison,
                angle_deg=angle_deg,
                offset_mm=offset_mm,
                side=side,
            )
        except SealMatchError as error:
            raise FoldRefusedError(error.code, str(error)) from error

    def sweep(self, *, angles: int = 180, offsets: int = 21) -> FoldMap:
        """Fold everywhere; see `seal_match_rs.sweep_folds`.

        Raises
        ------
        FoldRefusedError
            A count is out of range, or the alignment is only a guess.
        """
        try:
            return seal_match_rs.sweep_folds(
                self._template, self._comparison, angles=angles, offsets=offsets
            )
        except SealMatchError as error:
            raise FoldRefusedError(error.code, str(error)) from error


def make_seal_pair(
    reference: EnrolledSeal, examined: Examined, card: bytes | Path, *, card_dpi: float | None
) -> SealPair:
    """Lay both impressions of a verification, whose reference came from `card`, on one grid.

    Raises
    ------
    NothingAlignedError
        No seal in the voucher could be laid over the reserved one.
    MatchingError
        The card can no longer be read.
    """
    if examined.comparison is None:
        raise NothingAlignedError(examined.voucher.source)
    maps = describe_difference(reference.template, examined.comparison)
    height, width = maps.reference.shape
    size_mm = width / Template.PX_PER_MM, height / Template.PX_PER_MM
    picture = card_cut(reference, card, card_dpi, size_mm, PICTURE_PX_PER_MM)
    return SealPair(
        reference=_drawn(maps.reference) if picture is None else picture,
        moving=_laid_over(
            rgb_of(examined.voucher.planes), examined.comparison, (2 * height, 2 * width)
        ),
        px_per_mm=PICTURE_PX_PER_MM,
        maps=maps,
        inside=_inside(reference.template, (height, width)),
        trusted=examined.comparison.trusted,
        _template=reference.template,
        _comparison=examined.comparison,
    )


def _inside(template: Template, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Fill the seal's outline, a third of a millimetre of paper around it included."""
    mask = np.zeros(shape, np.uint8)
    middle = (np.array([shape[1], shape[0]]) - 1) / 2.0
    corners = np.rint(np.array(template.hull_mm()) * Template.PX_PER_MM + middle).astype(np.int32)
    cv2.fillConvexPoly(mask, corners, 1)
    grown = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7)))
    return np.asarray(grown, dtype=np.float32)


def _drawn(ink: NDArray[np.float32]) -> Picture:
    """Draw a stored template's ink on white."""
    size = (2 * ink.shape[1], 2 * ink.shape[0])
    share = np.clip(cv2.resize(ink, size, interpolation=cv2.INTER_LINEAR), 0.0, 1.0)[:, :, None]
    drawn = 255.0 - share * (255.0 - np.array(STORED_INK, np.float32))
    return np.asarray(np.rint(drawn), dtype=np.uint8)


def _laid_over(picture: Picture, comparison: Comparison, shape: tuple[int, int]) -> Picture:
    """Sample the moving picture where the alignment, smooth deformation included, says."""
    height, width = shape
    x = (np.arange(width) - (width - 1) / 2.0) / PICTURE_PX_PER_MM
    y = (np.arange(height) - (height - 1) / 2.0) / PICTURE_PX_PER_MM
    # The map is a polynomial of second order in the reference's millimetres: nine points fix it.
    few_x, few_y = (
        grid.ravel() for grid in np.meshgrid(x[[0, width // 2, -1]], y[[0, height // 2, -1]])
    )
    points = [[float(u), float(v)] for u, v in zip(few_x, few_y, strict=True)]
    found = np.array(comparison.map_points(points))
    fitted = np.linalg.lstsq(_basis(few_x, few_y), found, rcond=None)[0]
    grid_x, grid_y = np.meshgrid(x, y)
    places = (_basis(grid_x.ravel(), grid_y.ravel()) @ fitted).astype(np.float32)
    laid = cv2.remap(
        picture,
        places[:, 0].reshape(shape),
        places[:, 1].reshape(shape),
        interpolation=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )
    return np.asarray(laid, dtype=np.uint8)


def _basis(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
