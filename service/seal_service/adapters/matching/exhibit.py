"""Everything that a report shows of one verification, as plain pictures and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seal_match_rs import Comparison, Difference, Fold, Template, describe_difference, fold
from seal_service.adapters.matching.enrolment import TEMPLATE_MAGIC, EnrolledSeal
from seal_service.adapters.matching.files import read_image
from seal_service.adapters.matching.images import decode_image
from seal_service.adapters.matching.pictures import (
    Picture,
    reduced,
    rgb_of,
    upright_cut,
    warped_cut,
)
from seal_service.adapters.matching.result import VerificationResult
from seal_service.adapters.matching.verification import Examined

CUT_PX_PER_MM = 16.0
MAX_VOUCHER_PX = 2400
_MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    """What there is to see; the maps come from the very comparison that made the score.

    Attributes
    ----------
    result : VerificationResult
    voucher : ndarray
        RGB, the whole voucher, reduced to at most `MAX_VOUCHER_PX`.
    outline : tuple of (x, y)
        The seal's outline in `voucher`; empty when nothing could be aligned.
    reference_cut : ndarray or None
        RGB, the card's seal, `CUT_PX_PER_MM` a millimetre; None for a stored template.
    moving_cut : ndarray or None
        RGB, the voucher's seal turned like the card's, same size; None when nothing aligned.
    moving_photo : ndarray or None
        As `moving_cut`, but as the engine laid it over the reference, smooth deformation included:
        stroke lies on stroke, and on the maps.
    difference : Difference or None
        The maps; None when nothing aligned.
    map_px_per_mm : float
        Resolution of the maps; the seal's centre is in their middle.
    hull_mm : tuple of (x, y)
        The reserved seal's outline, from its centre.
    reference_ink : ndarray
        The reserved seal's ink, the same that `difference` holds; there even when nothing aligned.
    trusted : bool
        Whether the alignment can be believed.
    folds : tuple of Fold
        The result's folds with every stroke that crosses them.
    """

    result: VerificationResult
    voucher: Picture
    outline: tuple[tuple[float, float], ...]
    reference_cut: Picture | None
    moving_cut: Picture | None
    moving_photo: Picture | None
    difference: Difference | None
    map_px_per_mm: float
    hull_mm: tuple[tuple[float, float], ...]
    reference_ink: NDArray[np.float32]
    trusted: bool
    folds: tuple[Fold, ...] = ()


def make_exhibit(
    reference: EnrolledSeal, examined: Examined, card: bytes | Path, *, card_dpi: float | None
) -> Exhibit:
    """Gather the pictures of a verification whose reference came from `card`.

    Raises
    ------
    MatchingError
        The card can no longer be read.
    """
    whole = rgb_of(examined.voucher.planes)
    small, share = reduced(whole, MAX_VOUCHER_PX)
    alignment, comparison = examined.alignment, examined.comparison
    size_mm = _cut_size_mm(reference.template)
    moving_cut = moving_photo = difference = None
    if alignment is not None and comparison is not None:
        moving_cut = upright_cut(
            whole,
            centre_px=alignment.centre_px,
            rotation_deg=alignment.rotation_deg,
            px_per_mm=alignment.scale * examined.voucher.dpi / _MM_PER_INCH,
            size_mm=size_mm,
            out_px_per_mm=CUT_PX_PER_MM,
        )
        moving_photo = warped_cut(
            whole, comparison.map_points, size_mm=size_mm, out_px_per_mm=CUT_PX_PER_MM
        )
        difference = describe_difference(reference.template, comparison)
    return Exhibit(
        result=examined.result,
        voucher=small,
        outline=tuple((x * share, y * share) for x, y in alignment.outline_px) if alignment else (),
        reference_cut=card_cut(reference, card, card_dpi, size_mm, CUT_PX_PER_MM),
        moving_cut=moving_cut,
        moving_photo=moving_photo,
        difference=difference,
        map_px_per_mm=Template.PX_PER_MM,
        hull_mm=tuple((x, y) for x, y in reference.template.hull_mm()),
        reference_ink=reference.template.ink(),
        trusted=alignment is not None and alignment.trusted,
        folds=() if comparison is None else _folds(reference.template, comparison, examined.result),
    )


def _folds(
    template: Template, comparison: Comparison, result: VerificationResult
) -> tuple[Fold, ...]:
    """Measure the result's folds again, stroke by stroke."""
    return tuple(
        fold(template, comparison, angle_deg=told.angle_deg, offset_mm=told.offset_mm)
        for told in result.folds or ()
    )


def _cut_size_mm(template: Template) -> tuple[float, float]:
    """Return the (width, height) of the maps, so that pictures of both kinds lie side by side."""
    height, width = template.ink().shape
    return width / Template.PX_PER_MM, height / Template.PX_PER_MM


def card_cut(
    reference: EnrolledSeal,
    card: bytes | Path,
    card_dpi: float | None,
    size_mm: tuple[float, float],
    out_px_per_mm: float,
) -> Picture | None:
    """Cut the reserved seal out of its card; None for a stored template.

    Raises
    ------
    MatchingError
        The card can no longer be read.
    """
    if reference.centre_px is None:
        return None
    content, source = read_image(card, "card")
    if content.startswith(TEMPLATE_MAGIC):
        return None
    image = decode_image(content, source, dpi=card_dpi)
    return upright_cut(
        rgb_of(image.planes),
        centre_px=reference.centre_px,
        rotation_deg=0.0,
        px_per_mm=image.dpi / _MM_PER_INCH,
        size_mm=size_mm,
        out_px_per_mm=out_px_per_mm,
    )
