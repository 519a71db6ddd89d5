"""One verification: a voucher's bytes to a result, or to a result with its exhibit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seal_match_rs import (
    Alignment,
    Box,
    Comparison,
    Decision,
    FoldReason,
    ImageTooSmallError,
    Imprint,
    ScanKind,
    SealMatchError,
    Verdict,
    describe_alignment,
    examine,
    sweep_folds,
)
from seal_service.adapters.matching.enrolment import EnrolledSeal
from seal_service.adapters.matching.errors import (
    NothingAlignedError,
    SearchBoxError,
    refusal_of,
)
from seal_service.adapters.matching.files import read_image
from seal_service.adapters.matching.findings import (
    Earlier,
    Print,
    imprint_of,
    seek_print,
    seek_replay,
    with_findings,
)
from seal_service.adapters.matching.images import DecodedImage, decode_image
from seal_service.adapters.matching.profiles import Profile
from seal_service.adapters.matching.result import RowId, VerificationResult

IMPRINT_MAGIC = b"SMI1"


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """A result together with what it was made from, for those who draw pictures of it.

    `imprint` is what to keep of an accepted impression, so that its copy is found later; None where
    nothing is aligned that can be trusted, or where nobody asked for it.
    """

    result: VerificationResult
    voucher: DecodedImage
    comparison: Comparison | None
    alignment: Alignment | None
    imprint: Imprint | None


def verify(
    reference: EnrolledSeal,
    voucher: bytes | Path,
    *,
    profile: Profile,
    dpi: float | None = None,
    search_box: Box | None = None,
    row_id: RowId = None,
    earlier: Sequence[Earlier] = (),
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
    earlier : sequence of Earlier, optional
        Impressions of the same seal that were accepted before: is this one of them, copied?

    Returns
    -------
    VerificationResult
        A voucher that can be decoded always gets one: RETAKE where its image is at fault.

    Raises
    ------
    MatchingError
        The voucher cannot be read or decoded, its resolution is unknown or absurd, or the box does
        not meet it; an earlier imprint is of another template.
    """
    found = examine_voucher(
        reference,
        voucher,
        profile=profile,
        dpi=dpi,
        search_box=search_box,
        row_id=row_id,
        earlier=earlier,
    )
    return found.result


def open_earlier(
    reference: EnrolledSeal,
    impression: bytes | Path,
    *,
    dpi: float | None = None,
    name: str | None = None,
) -> Earlier:
    """Read a stored imprint, or examine a voucher that was accepted before.

    Parameters
    ----------
    reference : EnrolledSeal
        The reserved seal: for a stored imprint the very one that it was taken with.
    impression : bytes or Path
        An imprint's or an image's file or content: the first bytes tell which it is.
    dpi : float, optional
        Resolution of a voucher; without it the file's own.
    name : str, optional
        What results call it; without it the file's name.

    Raises
    ------
    MatchingError
        `NothingAlignedError` where the voucher shows no seal that could be trusted to be this one.
    """
    content, source = read_image(impression, "earlier impression")
    called = name or (impression.name if isinstance(impression, Path) else source)
    try:
        if content.startswith(IMPRINT_MAGIC):
            return Earlier(called, Imprint.from_bytes(content))
        scan = decode_image(content, source, dpi=dpi).scan()
        imprint = imprint_of(reference.template, examine(reference.template, scan))
    except SealMatchError as error:
        raise refusal_of(error, source) from error
    if imprint is None:
        raise NothingAlignedError(source)
    return Earlier(called, imprint)


def examine_voucher(
    reference: EnrolledSeal,
    voucher: bytes | Path,
    *,
    profile: Profile,
    dpi: float | None = None,
    search_box: Box | None = None,
    row_id: RowId = None,
    earlier: Sequence[Earlier] = (),
    keep_imprint: bool = False,
    sweep: bool = False,
) -> Examined:
    """Verify as `verify` does and keep the comparison.

    `keep_imprint` keeps the imprint too; `sweep` folds everywhere and tells the worst folds.
    """
    content, source = read_image(voucher, "voucher")
    start = time.perf_counter()
    image = decode_image(content, source, dpi=dpi)
    if search_box is not None:
        _check_box(search_box, image)
    too_small: str | None = None
    comparison: Comparison | None = None
    printed: Print | None = None
    try:
        scan = image.scan()
        comparison = examine(reference.template, scan, search_box=search_box)
        printed = seek_print(reference.template, comparison, scan)
    except ImageTooSmallError as error:
        too_small = error.code
    except SealMatchError as error:
        raise refusal_of(error, source) from error
    decision = profile.engine.decide(comparison, kind=_evident_kind(image, comparison))
    wanted = keep_imprint or bool(earlier)
    imprint = imprint_of(reference.template, comparison) if wanted else None
    replay = seek_replay(imprint, earlier) if earlier else None
    elapsed_ms = 1000.0 * (time.perf_counter() - start)
    folds: tuple[FoldReason, ...] | None = None
    if sweep and comparison is not None and comparison.trusted:
        folds = sweep_folds(reference.template, comparison).summary.worst
    alignment = None if comparison is None else describe_alignment(reference.template, comparison)
    # What was measured by a guess would only mislead.
    laid = alignment if alignment is not None and alignment.trusted else None
    trusted = comparison if laid is not None else None
    verdict, reasons = with_findings(*_outcome(decision, too_small), replay=replay, printed=printed)
    result = VerificationResult(
        verdict=verdict,
        score=decision.score,
        reasons=reasons,
        rotation_deg=None if alignment is None else alignment.rotation_deg,
        centre_px=None if alignment is None else alignment.centre_px,
        scale=None if laid is None else laid.scale,
        size_error_mm=None if laid is None else laid.size_error_mm,
        quality=decision.quality,
        profile=profile.label,
        elapsed_ms=elapsed_ms,
        id=row_id,
        contributions={} if trusted is None else decision.contributions,
        evidence={} if trusted is None else trusted.evidence(),
        replay=replay,
        printed=printed,
        folds=folds,
    )
    return Examined(result, image, comparison, alignment, imprint)


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
