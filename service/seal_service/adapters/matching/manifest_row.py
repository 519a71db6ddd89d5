"""One pair of a batch, as the matching adapter takes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seal_match_rs import Box
from seal_service.adapters.matching.result import FailedResult, RowId


@dataclass(frozen=True, slots=True)
class CardKey:
    """What makes two rows share one enrolment."""

    path: Path
    dpi: float | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A card and a voucher to verify against it."""

    id: RowId
    card: CardKey
    voucher: Path
    voucher_dpi: float | None = None
    search_box: Box | None = None


BatchItem = BatchRow | FailedResult
"""A row, or what was wrong with it: it keeps its place in the output either way."""
