"""What the native part returns as plain tuples and dictionaries; its stub names these types."""

from typing import TypeAlias, TypedDict

import numpy as np
from numpy.typing import NDArray

from seal_match_rs._words import StrokeStatus


class EnrolReport(TypedDict):
    """What an enrolment found; see `seal_match_rs.Enrolment`."""

    quality: float
    size_mm: list[float]
    centre_px: list[float]
    seals_on_card: int
    warnings: list[str]


Stroke: TypeAlias = tuple[
    float,
    float,
    float,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    StrokeStatus,
]
"""The fields of `seal_match_rs.FoldStroke`, in order."""


class FoldCells(TypedDict):
    """The arrays of `seal_match_rs.FoldMap`."""

    angles_deg: NDArray[np.float32]
    offsets_mm: NDArray[np.float32]
    judged: NDArray[np.uint16]
    broken: NDArray[np.uint16]
    shifted: NDArray[np.uint16]
    unknown: NDArray[np.uint16]
    extra: NDArray[np.uint16]
    offset_mm: NDArray[np.float32]
    break_mm: NDArray[np.float32]


class FoldNumbers(TypedDict):
    """The numbers of `seal_match_rs.FoldSummary`."""

    strokes_judged: int
    broken_share: float | None
    shifted_share: float | None
    unknown_share: float | None
    extra_share: float | None
    median_offset_mm: float | None
    p90_offset_mm: float | None
    broken_folds: float | None


class FoldSweep(TypedDict):
    """A sweep: its map, and its summary; `worst` holds the fields of `FoldReason`, in order."""

    cells: FoldCells
    numbers: FoldNumbers
    worst: list[tuple[float, float, int, int, int, float]]
