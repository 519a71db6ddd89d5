"""One verification: a voucher's bytes to a result, or to a result with its exhibit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from seal_match_rs import (
    Alignment,
    Box,
    Comparison,
    Decision,
    ImageTooSmallError,
    ScanKind,
    SealMatchError,
    Verdict,
    describe_alignment,
    examine,
)
from seal_service.adapters.matching.enrolment import EnrolledSeal
from seal_service.adapters.matching.errors import SearchBoxError, refusal_of
from seal_service.adapters.matching.files import read_image
from seal_service.adapters.matching.images import DecodedImage, decode_image
from seal_service.adapters.matching.profiles import Profile
from seal_service.adapters.matching.result import RowId, VerificationResult


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """A result together with what it was made from, for those who draw pictures of it."""

    result: VerificationResult
    voucher: DecodedImage
    comparison: Comparison | None
    alignment: Alignment | None


def verify(
    reference: EnrolledSeal,
    voucher: bytes | Path,
    *,
    profile: Profile,
    dpi: float | None = None,
    search_box: Box | None = None,
    row_id: RowId = None,
) -> VerificationResult:
    """Verify one voucher.

    Parameters
    ----------
    reference : EnrolledSeal
        The reserved seal.
    voucher : bytes or Path
        An image file or its content.
    profile : Profile
        Weights and thresholds.
    dpi : float, optional
        Resolution of the voucher; without it the file's own.
    search_box : Box, optional
        Region of the voucher that holds the seal, in pixels.
    row_id : str or int, optional
        Handed through to the result.

    Returns
    -------
    VerificationResult
        A voucher that can be decoded always gets one: RETAKE where its image is at fault.

    Raises
    ------
    MatchingError
        The voucher cannot be read or decoded, its resolution is unknown or absurd, or the box does
        not meet it.
    """
    found = examine_voucher(
        reference, voucher, profile=profile, dpi=dpi, search_box=search_box, row_id=row_id
    )
    return found.result


def examine_voucher(
    reference: EnrolledSeal,
    voucher: bytes | Path,
    *,
    profile: Profile,
    dpi: float | None = None,
    search_box: Box | None = None,
    row_id: RowId = None,
) -> Examined:
    """Verify as `verify` does and keep the comparison."""
    content, source = read_image(voucher, "voucher")
    start = time.perf_counter()
    image = decode_image(content, source, dpi=dpi)
    if search_box is not None:
        _check_box(search_box, image)
    too_small: str | None = None
    comparison: Comparison | None = None
    try:
        comparison = examine(reference.template, image.scan(), search_box=search_box)
    except ImageTooSmallError as error:
        too_small = error.code
    except SealMatchError as error:
        raise refusal_of(error, source) from error
    decision = profile.engine.decide(comparison, kind=_evident_kind(image, comparison))
    elapsed_ms = 1000.0 * (time.perf_counter() - start)
    alignment = None if comparison is None else describe_alignment(reference.template, comparison)
    verdict, reasons = _outcome(decision, too_small)
    result = VerificationResult(
        verdict=verdict,
        score=decision.score,
        reasons=reasons,
        rotation_deg=None if alignment is None else alignment.rotation_deg,
        centre_px=None if alignment is None else alignment.centre_px,
        scale=None if alignment is None else alignment.scale,
        size_error_mm=None if alignment is None else alignment.size_error_mm,
        quality=decision.quality,
        profile=profile.label,
        elapsed_ms=elapsed_ms,
        id=row_id,
        contributions=decision.contributions,
        evidence={} if comparison is None else comparison.evidence(),
    )
    return Examined(result, image, comparison, alignment)


def _outcome(decision: Decision, too_small: str | None) -> tuple[Verdict, tuple[str, ...]]:
    """Blame the image where the engine would not even look at it."""
    if too_small is not None:
        return "RETAKE", (too_small,)
    return decision.verdict, tuple(decision.reasons)


def _evident_kind(image: DecodedImage, comparison: Comparison | None) -> ScanKind:
    """Return what the scan can tell about *this* ink.

    A colour file in which colour did not tell the ink from print (a black seal, a grey scan saved
    with three channels) supports no more than a grey one does.
    """
    if image.kind == "colour" and comparison is not None:
        return "grey" if comparison.evidence().get("colourless", 0.0) > 0.5 else "colour"
    return image.kind


def _check_box(box: Box, image: DecodedImage) -> None:
    x0, y0, x1, y1 = box
    width, height = image.planes.width, image.planes.height
    # NaN fails every comparison, so it is refused too.
    if not (x0 < x1 and y0 < y1 and x0 < width and y0 < height and x1 > 0.0 and y1 > 0.0):
        raise SearchBoxError(box, width, height)
