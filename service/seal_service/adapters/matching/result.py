"""The result of one verification, and its one JSON form."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from seal_match_rs import FoldReason, Verdict
from seal_service.adapters.matching.findings import Print, Replay

RowId = str | int | None
JsonValue = (
    str
    | int
    | float
    | None
    | list[str]
    | list[float]
    | dict[str, str]
    | dict[str, str | float | bool | None]
    | list[dict[str, str | float]]
)


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """What is said about one voucher; immutable.

    Attributes
    ----------
    verdict : {"PASS", "FAIL", "REFER", "RETAKE"}
    score : float
        log10 likelihood ratio, genuine : forged; higher is more genuine.
    reasons : tuple of str
        Codes; never empty unless the verdict is PASS.
    rotation_deg, centre_px : float, (x, y), or None
        Where the seal was looked at; None when nothing could be aligned.
    scale, size_error_mm : float or None
        Its size; None too when the alignment is only a guess. See `seal_match_rs.Alignment`.
    quality : float
        Of the questioned impression, 0 to 1.
    profile : str
        Name, version and digest of the profile that decided.
    elapsed_ms : float
        From the voucher's bytes to the verdict; without reading the file, enrolling the card, or
        opening earlier impressions.
    id : str, int or None
        The caller's name for the pair.
    contributions, evidence : mapping
        How much each channel moved the model towards genuine (natural log odds, before
        calibration), largest first; the channels themselves. Empty when nothing is aligned to be
        trusted.
    replay : Replay or None
        How like earlier impressions it is; None when none were given.
    printed : Print or None
        Whether its grain is a printer's; None when the image is too small to be looked at.
    folds : tuple of FoldReason or None
        The worst folds, worst first; None when nobody asked, or nothing is aligned to be trusted.
    """

    verdict: Verdict
    score: float
    reasons: tuple[str, ...]
    rotation_deg: float | None
    centre_px: tuple[float, float] | None
    scale: float | None
    size_error_mm: float | None
    quality: float
    profile: str
    elapsed_ms: float
    id: RowId = None
    contributions: Mapping[str, float] = field(default_factory=dict)
    evidence: Mapping[str, float] = field(default_factory=dict)
    replay: Replay | None = None
    printed: Print | None = None
    folds: tuple[FoldReason, ...] | None = None

    @property
    def compared(self) -> bool:
        """Whether the seals could be laid over each other, so that the score says something."""
        return self.scale is not None

    def to_json(self) -> dict[str, JsonValue]:
        """Return the fields of the command line's JSON, rounded below what can be measured.

        A fold's angle and offset are not rounded, so that `sealmatch fold` finds the same cut.
        `replay` and `folds` are there only where they were measured.
        """
        centre = self.centre_px
        fields: dict[str, JsonValue] = {
            "id": self.id,
            "verdict": self.verdict,
            "score": round(self.score, 6),
            "reasons": list(self.reasons),
            "rotation_deg": _rounded_angle(self.rotation_deg),
            "centre_px": None if centre is None else [round(v, 3) for v in centre],
            "scale": _rounded(self.scale, 6),
            "size_error_mm": _rounded(self.size_error_mm, 4),
            "quality": round(self.quality, 4),
            "print": None if self.printed is None else self.printed.to_json(),
            "profile": self.profile,
            "elapsed_ms": round(self.elapsed_ms, 3),
        }
        if self.replay is not None:
            fields["replay"] = self.replay.to_json()
        if self.folds is not None:
            fields["folds"] = [_fold_json(fold) for fold in self.folds]
        return fields


@dataclass(frozen=True, slots=True)
class FailedResult:
    """A pair that could not be judged, and why."""

    code: str
    message: str
    id: RowId = None

    def to_json(self) -> dict[str, JsonValue]:
        """Return the fields of the command line's JSON."""
        return {"id": self.id, "error": {"code": self.code, "message": self.message}}


RowResult = VerificationResult | FailedResult


def _fold_json(fold: FoldReason) -> dict[str, str | float]:
    return {
        "angle_deg": fold.angle_deg,
        "offset_mm": fold.offset_mm,
        "judged": fold.judged,
        "broken": fold.broken,
        "shifted": fold.shifted,
        "break_mm": round(fold.break_mm, 3),
        "reason": fold.english,
        "reason_zh": fold.chinese,
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, digits)


def _rounded_angle(angle_deg: float | None) -> float | None:
    """Round without leaving (-180, 180]."""
    rounded = _rounded(angle_deg, 4)
    return 180.0 if rounded == -180.0 else rounded
