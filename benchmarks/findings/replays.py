"""Likeness of second stampings, and of copies, on simulated vouchers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accuracy.extract import by_card, in_processes, scan_of, truth_rows
from seal_match_rs import (
    Imprint,
    NoSealError,
    PoorCardError,
    Template,
    examine,
    take_imprint,
)

if TYPE_CHECKING:
    from pathlib import Path

_GENUINE = {("genuine", "good"): 3, ("genuine", "typical"): 3}
FIT_PLAN = {**_GENUINE, ("replay", "good"): 1, ("replay", "typical"): 2}
TEST_PLAN = {**_GENUINE, ("replay", "good"): 2, ("replay", "typical"): 3}


@dataclass(frozen=True, slots=True)
class Compared:
    """Two impressions of one die.

    `copy` tells whether the later was made from the earlier; `likeness` is None where they share
    too little. `dpi` of both, `bytes` of the earlier's imprint.
    """

    die: str
    copy: bool
    likeness: float | None
    dpi: tuple[int, int]
    bytes: int


@dataclass(frozen=True, slots=True)
class _Taken:
    row: dict[str, Any]
    imprint: Imprint
    bytes: int


def _compare(task: tuple[Path, list[dict[str, Any]]]) -> list[Compared]:
    folder, rows = task
    card, _ = scan_of(folder / rows[0]["card"], rows[0]["card_dpi"])
    try:
        template, _ = Template.enrol([(card, None)])
    except (PoorCardError, NoSealError):
        return []
    taken: list[_Taken] = []
    for row in rows:
        scan, _ = scan_of(folder / row["voucher"], row["dpi"])
        found = examine(template, scan)
        if found is not None and found.trusted:
            imprint = take_imprint(template, found)
            taken.append(_Taken(row, imprint, len(imprint.to_bytes())))
    genuine = [one for one in taken if one.row["category"] == "genuine"]
    copies = [one for one in taken if one.row["category"] == "replay"]
    pairs = [(a, b, False) for i, a in enumerate(genuine) for b in genuine[i + 1 :]]
    pairs += [(a, b, True) for b in copies for a in genuine if a.row["id"] == b.row["source"]]
    return [_compared(a, b, copy=copy) for a, b, copy in pairs]


def _compared(earlier: _Taken, later: _Taken, *, copy: bool) -> Compared:
    found = earlier.imprint.likeness_to(later.imprint)
    return Compared(
        die=str(earlier.row["card"]),
        copy=copy,
        likeness=None if found is None else found.value,
        dpi=(earlier.row["dpi"], later.row["dpi"]),
        bytes=earlier.bytes,
    )


def compare(folder: Path, *, jobs: int) -> list[Compared]:
    """Compare every pair of a die's genuine vouchers, and every replay with its source.

    Vouchers whose alignment cannot be trusted are left out; there is nothing to compare.
    """
    tasks = [(folder, group) for group in by_card(truth_rows(folder))]
    return in_processes(_compare, tasks, jobs)
