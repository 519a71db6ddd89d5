"""The grain of stamped and of printed impressions on simulated vouchers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accuracy.extract import by_card, in_processes, scan_of, truth_rows
from seal_match_rs import NoSealError, PoorCardError, Template, examine, measure_grain

if TYPE_CHECKING:
    from pathlib import Path

PLAN = {
    ("genuine", "good"): 2,
    ("genuine", "typical"): 2,
    ("print", "good"): 1,
    ("print", "typical"): 2,
}


@dataclass(frozen=True, slots=True)
class Grained:
    """One impression: whether it was printed, and its grain; None where nothing can be told."""

    die: str
    printed: bool
    dpi: int
    grain: dict[str, float] | None


def _measure(task: tuple[Path, list[dict[str, Any]]]) -> list[Grained]:
    folder, rows = task
    card, _ = scan_of(folder / rows[0]["card"], rows[0]["card_dpi"])
    try:
        template, _ = Template.enrol([(card, None)])
    except (PoorCardError, NoSealError):
        return []
    found = []
    for row in rows:
        scan, _ = scan_of(folder / row["voucher"], row["dpi"])
        comparison = examine(template, scan)
        grain = None if comparison is None else measure_grain(template, comparison, scan)
        found.append(Grained(row["card"], row["category"] == "print", row["dpi"], grain))
    return found


def measure(folder: Path, *, jobs: int) -> list[Grained]:
    """Measure every voucher of a folder."""
    tasks = [(folder, group) for group in by_card(truth_rows(folder))]
    return in_processes(_measure, tasks, jobs)
