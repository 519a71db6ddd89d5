"""Typed Python API of the seal-matching engine.

The engine answers one question: is this impression (*moving*) from the die that left that one
(*reference*)? It takes planes of pixels and gives values; it reads no files and keeps no state.

>>> import numpy as np, seal_match_rs as sm
>>> card = sm.Scan(luma, cb, cr, dpi=300)  # doctest: +SKIP
>>> template = sm.enrol([sm.CardView(card)]).template  # doctest: +SKIP
>>> sm.verify(template, voucher, profile=profile, kind="colour").decision.verdict  # doctest: +SKIP
'PASS'

Coordinates are (x, y): x to the right, y down, (0, 0) the *centre* of the top-left pixel. Angles
are degrees clockwise as seen on the page. Arrays are (row, column). Everything that takes long
releases the GIL. Nothing here is safe against another thread that writes into the planes of a
`Scan` during a call: a read-only numpy array does not stop another owner of the same memory.
"""

from seal_match_rs._enrolment import CardView, Enrolment, enrol, locate_on_card
from seal_match_rs._errors import (
    AlignmentUntrustedError,
    BoxError,
    EngineError,
    FoldError,
    ImageTooSmallError,
    ImprintError,
    NoSealError,
    PlaneError,
    PoorCardError,
    ProfileError,
    ResolutionError,
    SealMatchError,
    TemplateError,
)
from seal_match_rs._fold import (
    Fold,
    FoldMap,
    FoldReason,
    FoldStroke,
    FoldSummary,
    Side,
    compose_fold,
    fold,
    sweep_folds,
)
from seal_match_rs._grain import measure_grain
from seal_match_rs._imprint import Imprint, Likeness, take_imprint
from seal_match_rs._native import (
    EVIDENCE_CHANNELS,
    GRAIN_CHANNELS,
    Comparison,
    Decision,
    Profile,
    Scan,
    Template,
    __version__,
    build_profile,
    examine,
    simd_level,
)
from seal_match_rs._verification import (
    Alignment,
    Difference,
    LocalShift,
    Verification,
    align,
    compare,
    describe_alignment,
    describe_difference,
    verify,
)
from seal_match_rs._words import Box, ScanKind, StrokeStatus, Verdict

__all__ = [
    "EVIDENCE_CHANNELS",
    "GRAIN_CHANNELS",
    "Alignment",
    "AlignmentUntrustedError",
    "Box",
    "BoxError",
    "CardView",
    "Comparison",
    "Decision",
    "Difference",
    "EngineError",
    "Enrolment",
    "Fold",
    "FoldError",
    "FoldMap",
    "FoldReason",
    "FoldStroke",
    "FoldSummary",
    "ImageTooSmallError",
    "Imprint",
    "ImprintError",
    "Likeness",
    "LocalShift",
    "NoSealError",
    "PlaneError",
    "PoorCardError",
    "Profile",
    "ProfileError",
    "ResolutionError",
    "Scan",
    "ScanKind",
    "SealMatchError",
    "Side",
    "StrokeStatus",
    "Template",
    "TemplateError",
    "Verdict",
    "Verification",
    "__version__",
    "align",
    "build_profile",
    "compare",
    "compose_fold",
    "describe_alignment",
    "describe_difference",
    "enrol",
    "examine",
    "fold",
    "locate_on_card",
    "measure_grain",
    "simd_level",
    "sweep_folds",
    "take_imprint",
    "verify",
]
