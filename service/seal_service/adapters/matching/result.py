"""The result of one verification, and its one JSON form."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from seal_match_rs import Verdict

RowId = str | int | None
JsonValue = str | int | float | None | list[str] | list[float] | dict[str, str]


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
    rotation_deg, centre_px, scale, size_error_mm : float, (x, y), float, float, or None
        The alignment; None when nothing could be aligned. See `seal_match_rs.Alignment`.
    quality : float
        Of the questioned impression, 0 to 1.
    profile : str
        Name, version and digest of the profile that decided.
    elapsed_ms : float
        From the voucher's bytes to the verdict; without reading the file or enrolling the card.
    id : str, int or None
        The caller's name for the pair.
    contributions, evidence : mapping
        How much each channel moved the model towards genuine (natural log odds, before
        calibration), largest first; the channels themselves.
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

    def to_json(self) -> dict[str, JsonValue]:
        """Return the fields of the command line's JSON, rounded below what can be measured."""
        centre = self.centre_px
        return {
            "id": self.id,
            "verdict": self.verdict,
            "score": round(self.score, 6),
            "reasons": list(self.reasons),
            "rotation_deg": _rounded_angle(self.rotation_deg),
            "centre_px": None if centre is None else [round(v, 3) for v in centre],
            "scale": _rounded(self.scale, 6),
            "size_error_mm": _rounded(self.size_error_mm, 4),
            "quality": round(self.quality, 4),
            "profile": self.profile,
            "elapsed_ms": round(self.elapsed_ms, 3),
        }


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


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, digits)


def _rounded_angle(angle_deg: float | None) -> float | None:
    """Round without leaving (-180, 180]."""
    rounded = _rounded(angle_deg, 4)
    return 180.0 if rounded == -180.0 else rounded
