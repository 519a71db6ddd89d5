"""`python -m findings`: fit the scales of replays and prints, or measure them on unseen dies."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accuracy.sets import SimulatedSet
from findings import prints, replays
from findings.report import page
from findings.scales import discriminate, section
from seal_match_rs import GRAIN_CHANNELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.dataset import Plan

REPLAY_SEEDS = {"fit": 811, "test": 404}
REPLAY_DIES = {"fit": 240, "test": 80}
PRINT_SEEDS = {"fit": 812, "test": 405}
PRINT_DIES = {"fit": {300: 28, 600: 16}, "test": {200: 12, 300: 28, 600: 14}}
REPLAY_LIMIT = 0.0005
"""Share of second stampings that may be taken for replays by the fitted scale: half the goal."""
PRINT_LIMIT = 0.005
"""Share of stampings that may be taken for prints by the fitted scale."""
NAMES = {300: "middle", 600: "fine"}


def fitted(compared: list[replays.Compared], grained: dict[int, list[prints.Grained]]) -> str:
    """Return the text of `profiles/findings.toml`."""
    second = [one.likeness for one in compared if not one.copy and one.likeness is not None]
    parts = [
        (
            "# Fitted by `make findings-fit` (python -m findings --fit); replays on simulator seed "
            f"{REPLAY_SEEDS['fit']},\n# prints on {PRINT_SEEDS['fit']}. See docs/findings.md.\n"
        ),
        section("replay", np.array(second), REPLAY_LIMIT),
    ]
    for dpi, name in NAMES.items():
        found = discriminate(grained[dpi])
        kept = [one for one in grained[dpi] if one.grain is not None]
        stamped = found.held_out[[not one.printed for one in kept]]
        weights = ", ".join(
            f"{channel} = {weight:.4f}"
            for channel, weight in zip(GRAIN_CHANNELS, found.weights, strict=True)
        )
        more = f"constant = {found.constant:.4f}\nweights = {{ {weights} }}\n"
        parts.append(section(f"print.{name}", stamped, PRINT_LIMIT, more))
    return "\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="findings", description=__doc__)
    parser.add_argument("--fit", action="store_true", help="fit the scales and write them to --out")
    parser.add_argument("--out", type=Path, required=True, help="the scales, or the page")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--work", type=Path, help="folder for simulated images; kept, used again")
    options = parser.parse_args(arguments)
    part = "fit" if options.fit else "test"
    with tempfile.TemporaryDirectory() as temporary:
        work: Path = options.work or Path(temporary)

        def simulated(seed: int, dies: int, plan: Plan, dpi: int | None = None) -> Path:
            name = f"{part}-{dpi or 'any'}"
            return SimulatedSet(name, seed, dies, plan, dpi=dpi).made(work, jobs=options.jobs)

        plan = replays.FIT_PLAN if options.fit else replays.TEST_PLAN
        folder = simulated(REPLAY_SEEDS[part], REPLAY_DIES[part], plan)
        compared = replays.compare(folder, jobs=options.jobs)
        grained = {
            dpi: prints.measure(
                simulated(PRINT_SEEDS[part], dies, prints.PLAN, dpi), jobs=options.jobs
            )
            for dpi, dies in PRINT_DIES[part].items()
        }
    text = fitted(compared, grained) if options.fit else page(compared, grained, options.out)
    options.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
