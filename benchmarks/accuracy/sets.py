"""The simulated sets: what the network learns from, what a profile is fitted on, what tests it.

No die is in two of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.dataset import Capture, Plan, simulate

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class SimulatedSet:
    """Dies of one seed, and what is stamped with each; see `simulator.dataset.simulate`."""

    name: str
    seed: int
    dies: int
    plan: Plan
    style: str | None = None
    capture: Capture = "colour"
    dpi: int | None = None

    def made(self, work: Path, *, jobs: int, dies: int | None = None) -> Path:
        """Return the set's folder in `work`, made if missing; `dies` changes their number."""
        folder = work / f"{self.name}-{self.seed}"
        if not (folder / "truth.jsonl").exists():
            simulate(
                folder,
                seed=self.seed,
                dies=dies or self.dies,
                per_die=self.plan,
                capture=self.capture,
                style=self.style,
                dpi=self.dpi,
                jobs=jobs,
            )
        return folder


_ANY_PLAN: Plan = {
    ("genuine", "good"): 2,
    ("genuine", "typical"): 3,
    ("genuine", "hard"): 1,
    ("sibling", "good"): 1,
    ("sibling", "typical"): 2,
    ("recut", "good"): 1,
    ("recut", "typical"): 1,
    ("refont", "typical"): 1,
    ("rescan", "good"): 1,
    ("rescan", "typical"): 1,
}
_SCRAMBLED_PLAN: Plan = {
    ("genuine", "good"): 2,
    ("genuine", "typical"): 3,
    ("scrambled", "good"): 3,
    ("scrambled", "typical"): 4,
    ("scrambled", "hard"): 1,
    ("genuine", "hard"): 1,
}
NETWORK_SETS = (
    SimulatedSet("any", 606, 420, _ANY_PLAN),
    SimulatedSet("company", 611, 110, _SCRAMBLED_PLAN, style="company"),
    SimulatedSet("finance", 612, 120, _SCRAMBLED_PLAN, style="finance"),
    SimulatedSet("company", 613, 60, _SCRAMBLED_PLAN, style="company"),
    SimulatedSet("finance", 614, 50, _SCRAMBLED_PLAN, style="finance"),
    SimulatedSet("invoice", 615, 120, _SCRAMBLED_PLAN, style="invoice"),
    SimulatedSet("name", 616, 60, _SCRAMBLED_PLAN, style="name"),
    SimulatedSet("square_finance", 617, 40, _SCRAMBLED_PLAN, style="square_finance"),
)

_FIT_PLAN: Plan = {
    ("genuine", "good"): 3,
    ("genuine", "typical"): 3,
    ("genuine", "hard"): 1,
    ("sibling", "good"): 2,
    ("sibling", "typical"): 2,
    ("sibling", "hard"): 1,
    ("recut", "good"): 1,
    ("recut", "typical"): 1,
    ("recut", "hard"): 1,
    ("refont", "typical"): 1,
    ("random", "typical"): 1,
    ("rescan", "good"): 1,
    ("rescan", "typical"): 1,
    ("rescan", "hard"): 1,
    ("refont", "good"): 2,
}
FIT_SET = SimulatedSet("fit", 707, 840, _FIT_PLAN)
OTHER_FIT_SETS = {
    "grey": SimulatedSet("fit-grey", 708, 80, _FIT_PLAN, capture="grey"),
    "bilevel": SimulatedSet("fit-bilevel", 709, 80, _FIT_PLAN, capture="bilevel"),
}
"""Scans without colour, which set nothing but the threshold of their kind."""

TEST_SET = SimulatedSet(
    "test",
    303,
    200,
    {
        ("genuine", "good"): 1,
        ("genuine", "typical"): 3,
        ("genuine", "hard"): 2,
        ("random", "typical"): 5,
        **{(c, "good"): 2 for c in ("refont", "sibling", "recut", "rescan")},
        **{(c, "typical"): 3 for c in ("refont", "sibling", "recut", "rescan")},
    },
)
