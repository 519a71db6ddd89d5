"""Exhibits made by hand, for reports whose every word and picture is known."""

from __future__ import annotations

from typing import Any

import numpy as np
from browser_page import PX_PER_MM, SIDE_PX, drawn_layers

from seal_match_rs import FoldStroke, StrokeStatus
from seal_service.adapters.matching import Difference, Exhibit, LocalShift, VerificationResult


def drawn_result(**changes: Any) -> VerificationResult:
    """Return a result in which everything is set."""
    values: dict[str, Any] = {
        "verdict": "FAIL",
        "score": -2.5,
        "reasons": ("STROKES_DISPLACED", "EXTRA_INK"),
        "rotation_deg": 12.0,
        "centre_px": (300.0, 200.0),
        "scale": 1.001,
        "size_error_mm": 0.04,
        "quality": 0.8,
        "profile": "default-1+abc",
        "elapsed_ms": 5.0,
        "contributions": {"shift_p95_mm": -3.0, "ink_level": 0.7},
        "evidence": {"shift_p95_mm": 0.21, "ink_level": 0.9, "scale": 1.001},
    }
    return VerificationResult(**{**values, **changes})


def stroke(position_mm: float, status: StrokeStatus) -> FoldStroke:
    """Return a stroke of a fold of which only place and status matter."""
    return FoldStroke(position_mm, 0.3, 90.0, None, None, None, None, None, status)


def drawn_exhibit(
    *, side_px: int = SIDE_PX, noise: bool = False, aligned: bool = True, **changes: Any
) -> Exhibit:
    """Return an exhibit of drawn seals, or of noise, which no encoder makes small."""
    chance = np.random.default_rng(5)
    layers = drawn_layers()
    assert layers.moving is not None

    def made(values: np.ndarray) -> np.ndarray:
        if noise:
            return chance.random((side_px, side_px), np.float32)
        return values.astype(np.float32)

    def photo(side: int) -> np.ndarray:
        if noise:
            return chance.integers(0, 256, (side, side, 3), np.uint8)
        return np.full((side, side, 3), (210, 120, 120), np.uint8)

    reference, nothing = made(layers.reference), 0 * layers.reference
    difference = Difference(
        reference=reference,
        moving=made(layers.moving),
        covered=made(nothing),
        extra=made(nothing),
        missing=made(nothing),
        shifts=(LocalShift(1.0, 1.0, 0.2, 0.0, 3.0),),
    )
    values: dict[str, Any] = {
        "result": drawn_result(),
        "voucher": chance.integers(0, 256, (1200, 2400, 3), np.uint8)
        if noise
        else np.full((300, 600, 3), 240, np.uint8),
        "outline": ((10.0, 10.0), (60.0, 10.0), (60.0, 60.0)) if aligned else (),
        "reference_cut": photo(2 * side_px),
        "moving_cut": photo(2 * side_px) if aligned else None,
        "moving_photo": photo(2 * side_px) if aligned else None,
        "difference": difference if aligned else None,
        "map_px_per_mm": PX_PER_MM,
        "hull_mm": ((-9.0, -9.0), (9.0, -9.0), (9.0, 9.0), (-9.0, 9.0)),
        "reference_ink": reference,
        "trusted": aligned,
    }
    return Exhibit(**{**values, **changes})
