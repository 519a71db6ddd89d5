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
class EarlierKey:
    """What makes two rows share what is known of one earlier impression."""

    card: CardKey
    path: Path
    dpi: float | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A card and a voucher to verify against it.

    `earlier` names impressions of the same seal that were accepted before, as vouchers or imprints;
    `earlier_dpi` is the resolution of those vouchers.
    """

    id: RowId
    card: CardKey
    voucher: Path
    voucher_dpi: float | None = None
    search_box: Box | None = None
    earlier: tuple[Path, ...] = ()
    earlier_dpi: float | None = None

    def earlier_keys(self) -> tuple[EarlierKey, ...]:
        """Return the keys under which rows share their earlier impressions."""
        return tuple(EarlierKey(self.card, path, self.earlier_dpi) for path in self.earlier)


BatchItem = BatchRow | FailedResult
"""A row, or what was wrong with it: it keeps its place in the output either way."""
