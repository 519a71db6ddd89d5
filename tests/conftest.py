"""Fixtures that several suites share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from databases import cluster, database_url, postgres_server, postgres_url

__all__ = ["cluster", "database_url", "postgres_server", "postgres_url"]


@dataclass(frozen=True)
class Impressions:
    """A small simulated data set: where it lies, its manifest's rows and the truth by id."""

    folder: Path
    rows: list[dict[str, object]]
    truth: dict[str, dict[str, object]]

    @property
    def manifest(self) -> Path:
        """The manifest of all rows."""
        return self.folder / "manifest.jsonl"

    def row(self, category: str) -> dict[str, object]:
        """Return the first row of a category."""
        return next(r for r in self.rows if self.truth[str(r["id"])]["category"] == category)

    def arguments(self, category: str) -> list[str]:
        """Return `sealmatch verify`'s arguments for the first row of a category."""
        row = self.row(category)
        return [
            *("--card", str(self.folder / str(row["card"])), "--card-dpi", str(row["card_dpi"])),
            *("--voucher", str(self.folder / str(row["voucher"]))),
            *("--voucher-dpi", str(row["voucher_dpi"])),
        ]


@pytest.fixture(scope="session")
def impressions(tmp_path_factory: pytest.TempPathFactory) -> Impressions:
    """Simulate two seals with a genuine pair and two kinds of forgery each."""
    from simulator import simulate

    folder = tmp_path_factory.mktemp("impressions")
    plan = {("genuine", "good"): 2, ("random", "good"): 1, ("recut", "good"): 1}
    simulate(folder, seed=11, dies=2, per_die=plan)
    lines = (folder / "truth.jsonl").read_text("utf-8").splitlines()
    truth = {row["id"]: row for row in map(json.loads, lines)}
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    return Impressions(folder, rows, truth)
