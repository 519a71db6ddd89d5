"""Command line: `python -m simulator OUT --seed 1 --dies 20 --jobs 2`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .dataset import DEFAULT_PLAN, Plan, simulate


def parse_plan(words: str) -> Plan:
    """Return the plan that `genuine:good=1,print:typical=2` spells.

    Raises
    ------
        ValueError: it is not spelt so.
    """
    plan: dict[tuple[str, str], int] = {}
    for entry in words.split(","):
        try:
            key, count = entry.split("=")
            category, level = key.split(":")
            plan[category.strip(), level.strip()] = int(count)
        except ValueError:
            message = f"plan entry {entry!r} is not CATEGORY:LEVEL=COUNT"
            raise ValueError(message) from None
    return plan


def main(arguments: list[str] | None = None) -> int:
    """Run the simulator; return the process's exit code."""
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--dies", type=int, default=20)
    parser.add_argument("--first-die", type=int, default=0)
    parser.add_argument("--per-die", type=int, help="vouchers a die, from the default plan of ten")
    default = ",".join(f"{c}:{level}={n}" for (c, level), n in DEFAULT_PLAN.items())
    parser.add_argument("--plan", help=f"CATEGORY:LEVEL=COUNT,... (default: {default})")
    parser.add_argument("--jobs", type=int, default=1)
    choices = ("colour", "grey", "bilevel", "mixed")
    parser.add_argument("--capture", choices=choices, default="colour")
    options = parser.parse_args(arguments)

    def progress(done: int, total: int) -> None:
        end = "\n" if done == total else ""
        print(f"\rdie {done} of {total}", end=end, file=sys.stderr, flush=True)

    summary = simulate(
        options.out,
        seed=options.seed,
        dies=options.dies,
        per_die=parse_plan(options.plan) if options.plan else options.per_die,
        jobs=options.jobs,
        capture=options.capture,
        first_die=options.first_die,
        progress=progress,
    )
    print(
        f"{summary.vouchers} vouchers of {summary.dies} dies in {summary.seconds:.1f} s: "
        f"{summary.core_seconds_per_voucher:.3f} s a voucher per core"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
