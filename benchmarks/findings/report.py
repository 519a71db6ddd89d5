"""`docs/findings.md` from what was measured on unseen dies."""

from __future__ import annotations

import math
from importlib import resources
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt

from accuracy.report import upper_bound
from seal_service.adapters.matching.findings import FINE_DPI, findings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from findings.prints import Grained
    from findings.replays import Compared


def _share(count: int, n: int) -> str:
    return f"{count} of {n} ({100 * count / n:.2f} %)" if n else "none"


def _replays(compared: Sequence[Compared]) -> str:
    scale = findings().replay
    lines = [
        "| | pairs | compared | called a replay | 95 % bound |",
        "|---|---|---|---|---|",
    ]
    groups = [
        ("second stampings", [c for c in compared if not c.copy]),
        ("replays", [c for c in compared if c.copy]),
    ]
    for low, high in ((200, 200), (200, 300), (300, 300)):
        here = [c for c in compared if c.copy and tuple(sorted(c.dpi)) == (low, high)]
        groups.append((f"replays between {low} and {high} dpi", here))
    for name, here in groups:
        values = [c.likeness for c in here if c.likeness is not None]
        called = sum(value >= scale.found for value in values)
        n = len(here)
        bound = (
            f"at most {100 * upper_bound(called, n):.2f} %"
            if name == "second stampings"
            else f"at least {100 * (1 - upper_bound(n - called, n)):.2f} %"
        )
        lines.append(f"| {name} | {n} | {len(values)} | {_share(called, n)} | {bound} |")
    sizes = np.array([c.bytes for c in compared])
    dies = len({c.die for c in compared})
    second = np.array([c.likeness for c in compared if not c.copy and c.likeness is not None])
    copies = np.array([c.likeness for c in compared if c.copy and c.likeness is not None])
    return "\n".join(lines) + (
        f"\n\n{dies} dies. Called a replay from a likeness of {scale.found:.3f} on. Second "
        f"stampings: median {np.median(second):.3f}, highest {second.max():.3f}. Replays: lowest "
        f"{copies.min():.3f}, 1st percentile {np.quantile(copies, 0.01):.3f}, median "
        f"{np.median(copies):.3f}. An imprint has {np.median(sizes):.0f} bytes (median; "
        f"{sizes.min()} to {sizes.max()})."
    )


def _prints(grained: dict[int, list[Grained]]) -> str:
    lines = [
        "| dpi | | n | cannot tell | called a print | 95 % bound |",
        "|---|---|---|---|---|---|",
    ]
    for dpi, sample in grained.items():
        scale, constant, weights = findings().prints[dpi >= FINE_DPI]
        for printed in (False, True):
            here = [one for one in sample if one.printed == printed]
            odds = [
                constant + math.fsum(weights[name] * value for name, value in one.grain.items())
                for one in here
                if one.grain is not None
            ]
            called, n = sum(value >= scale.found for value in odds), len(here)
            bound = (
                f"at least {100 * (1 - upper_bound(n - called, n)):.1f} %"
                if printed
                else f"at most {100 * upper_bound(called, n):.1f} %"
            )
            name = "prints" if printed else "stampings"
            lines.append(
                f"| {dpi} | {name} | {n} | {n - len(odds)} | {_share(called, n)} | {bound} |"
            )
    return "\n".join(lines)


def _plot(compared: Sequence[Compared], out: Path) -> None:
    figure, axes = plt.subplots(figsize=(7, 3.2))
    bins = np.linspace(-0.2, 1.0, 73).tolist()
    for copy, name in ((False, "second stampings"), (True, "replays")):
        values = [c.likeness for c in compared if c.copy == copy and c.likeness is not None]
        axes.hist(values, bins, density=True, histtype="step", label=name)
    axes.axvline(findings().replay.found, color="black", linewidth=0.8)
    axes.set(xlabel="likeness of two impressions of one die", ylabel="density")
    axes.legend()
    figure.tight_layout()
    figure.savefig(out, dpi=110)
    plt.close(figure)


def page(compared: Sequence[Compared], grained: dict[int, list[Grained]], out: Path) -> str:
    """Return the page; its picture is written beside `out`."""
    pictures = out.parent / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    _plot(compared, pictures / "replays.png")
    introduction = resources.files("findings").joinpath("introduction.md").read_text("utf-8")
    return (
        f"{introduction}\n## Replays\n\n{_replays(compared)}\n\n"
        "![Likeness](pictures/replays.png)\n\n"
        f"## Prints\n\n{_prints(grained)}\n"
    )
