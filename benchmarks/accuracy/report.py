"""Figures, plots and `docs/accuracy.md` from judged vouchers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt

from accuracy.fit import PASS_LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from accuracy.judge import Judged

LEVELS = ("good", "typical", "hard")
VERDICTS = ("PASS", "REFER", "FAIL", "RETAKE")


def groups(judged: Sequence[Judged]) -> list[tuple[str, str]]:
    """(category, level) pairs present, genuine first."""
    return sorted(
        {j.group for j in judged}, key=lambda g: (g[0] != "genuine", g[0], LEVELS.index(g[1]))
    )


def upper_bound(passed: int, n: int) -> float:
    """One-sided 95 % upper bound of a rate (Clopper and Pearson 1934)."""
    from scipy.stats import beta

    return 1.0 if passed >= n else float(beta.ppf(0.95, passed + 1, n - passed))


def equal_error_rate(genuine: np.ndarray, forged: np.ndarray) -> float:
    """Rate at which as many genuine lie below as forged lie at or above a threshold."""
    at = np.unique(np.r_[genuine, forged])
    frr = np.searchsorted(np.sort(genuine), at, "left") / len(genuine)
    far = 1 - np.searchsorted(np.sort(forged), at, "left") / len(forged)
    best = int(np.argmin(np.abs(frr - far)))
    return float((frr[best] + far[best]) / 2)


def cllr(genuine: np.ndarray, forged: np.ndarray) -> float:
    """Cost of log-likelihood ratios in bits (Brümmer and du Preez 2006).

    0 is perfect, 1 is no information.
    """
    to_bits = math.log2(math.e)
    natural = math.log(10)
    miss = np.mean(np.logaddexp(0, -genuine * natural))
    false = np.mean(np.logaddexp(0, forged * natural))
    return float(0.5 * to_bits * (miss + false))


def verdict_table(judged: Sequence[Judged]) -> str:
    """Markdown: per class and level the share of each verdict and the bound on the PASS rate."""
    lines = [
        "| class | level | n | PASS | REFER | FAIL | RETAKE | PASS rate at most (95 %) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for category, level in groups(judged):
        here = [j for j in judged if j.group == (category, level)]
        n = len(here)
        counts = {v: sum(j.verdict == v for j in here) for v in VERDICTS}
        shares = " | ".join(f"{100 * counts[v] / n:.2f} %" for v in VERDICTS)
        bound = "" if category == "genuine" else f"{100 * upper_bound(counts['PASS'], n):.2f} %"
        lines.append(f"| {category} | {level} | {n} | {shares} | {bound} |")
    return "\n".join(lines)


def class_table(judged: Sequence[Judged]) -> str:
    """Markdown: per forgery class EER and Cllr against good and typical genuine seals.

    All levels of the class are pooled.
    """
    genuine = np.array(
        [j.score for j in judged if j.truth["category"] == "genuine" and j.truth["level"] != "hard"]
    )
    lines = ["| class | n | passed | EER | Cllr |", "|---|---|---|---|---|"]
    for category in sorted({j.truth["category"] for j in judged} - {"genuine"}):
        here = [j for j in judged if j.truth["category"] == category]
        score = np.array([j.score for j in here])
        passed = sum(j.verdict == "PASS" for j in here)
        lines.append(
            f"| {category} | {len(here)} | {passed} | "
            f"{100 * equal_error_rate(genuine, score):.1f} % | {cllr(genuine, score):.3f} |",
        )
    return "\n".join(lines)


def alignment_table(judged: Sequence[Judged]) -> str:
    """Markdown: how often the seal's outline lies near the truth.

    Near is within 0.15 mm (scanner) or 0.5 mm (document camera).
    """
    lines = [
        "| level | capture | n | within limit | median mm | 99th percentile mm |",
        "|---|---|---|---|---|---|",
    ]
    for level in LEVELS:
        for camera, limit in ((False, 0.15), (True, 0.5)):
            errors = np.array(
                [
                    j.edge_error_mm
                    for j in judged
                    if j.edge_error_mm is not None
                    and j.truth["level"] == level
                    and bool(j.truth["camera"]) == camera
                ],
            )
            if len(errors):
                capture = "document camera, 0.5 mm" if camera else "scanner, 0.15 mm"
                lines.append(
                    f"| {level} | {capture} | {len(errors)} | "
                    f"{100 * np.mean(errors <= limit):.2f} % | "
                    f"{np.median(errors):.3f} | {np.quantile(errors, 0.99):.3f} |",
                )
    return "\n".join(lines)


def kind_table(judged: Sequence[Judged]) -> str:
    """Markdown: what passes by kind of seal, where the truth names the kind."""
    lines = [
        "| kind of seal | genuine good | genuine typical | sibling | rescan |",
        "|---|---|---|---|---|",
    ]
    columns = (("genuine", ("good",)), ("genuine", ("typical",)), ("sibling", LEVELS))
    for style in sorted({str(j.truth["style"]) for j in judged if "style" in j.truth}):
        cells = []
        for category, levels in (*columns, ("rescan", LEVELS)):
            here = [
                j.verdict == "PASS"
                for j in judged
                if j.truth["style"] == style
                and j.truth["category"] == category
                and j.truth["level"] in levels
            ]
            cells.append(f"{100 * np.mean(here):.1f} % of {len(here)}" if here else "")
        lines.append(f"| {style} | {' | '.join(cells)} |")
    return "\n".join(lines) if len(lines) > 2 else "The truth of this folder names no kinds."


def limit_table(judged: Sequence[Judged]) -> str:
    """Markdown: what share of genuine seals would pass if one class alone set the threshold.

    Each threshold lies where the class's limit (`accuracy.fit.PASS_LIMITS`) is met on these very
    vouchers, so it tells what a class costs, not what a profile may promise.
    """
    passing = {level: _scores(judged, "genuine", (level,)) for level in LEVELS}
    lines = [
        "| class | may pass | threshold | genuine good | genuine typical | genuine hard |",
        "|---|---|---|---|---|---|",
    ]
    for category, share in PASS_LIMITS.items():
        forged = np.sort(_scores(judged, category, ("good", "typical")))[::-1]
        if not len(forged):
            continue
        threshold = forged[int(share * len(forged))]
        rates = (
            f"{100 * np.mean(scores > threshold):.1f} %" if len(scores) else ""
            for scores in passing.values()
        )
        lines.append(
            f"| {category} | {100 * share:.1f} % | {threshold:.2f} | {' | '.join(rates)} |"
        )
    return "\n".join(lines)


def _scores(judged: Sequence[Judged], category: str, levels: Sequence[str]) -> np.ndarray:
    return np.array([j.score for j in judged if j.group[0] == category and j.group[1] in levels])


def plot_det(judged: Sequence[Judged], out: Path) -> None:
    """Plot the detection error trade-off of every class against good and typical genuine seals."""
    genuine = np.sort(
        [j.score for j in judged if j.truth["category"] == "genuine" and j.truth["level"] != "hard"]
    )
    figure, axes = plt.subplots(figsize=(6, 5))
    for category in sorted({j.truth["category"] for j in judged} - {"genuine"}):
        forged = np.sort([j.score for j in judged if j.truth["category"] == category])
        at = np.unique(np.r_[genuine, forged])
        frr = np.searchsorted(genuine, at, "left") / len(genuine)
        far = 1 - np.searchsorted(forged, at, "left") / len(forged)
        axes.plot(np.maximum(far, 3e-4), np.maximum(frr, 3e-4), label=category)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="false accept rate",
        ylabel="false reject rate (good and typical)",
    )
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(out, dpi=110)
    plt.close(figure)


def plot_scores(judged: Sequence[Judged], out: Path) -> None:
    """Histograms of the score per class."""
    figure, axes = plt.subplots(figsize=(7, 4))
    low, high = np.quantile([j.score for j in judged], [0.001, 0.999])
    bins = np.linspace(low, high, 60)
    for category in sorted({j.truth["category"] for j in judged}, key=lambda c: c != "genuine"):
        values = np.clip([j.score for j in judged if j.truth["category"] == category], low, high)
        axes.hist(values, bins.tolist(), density=True, histtype="step", label=category)
    axes.set(xlabel="score (log10 likelihood ratio)", ylabel="density")
    axes.legend()
    figure.tight_layout()
    figure.savefig(out, dpi=110)
    plt.close(figure)


def summary(judged: Sequence[Judged], *, refused: int) -> str:
    """All tables as markdown; `refused` vouchers have a card that cannot be enrolled."""
    elapsed = np.array([j.elapsed_ms for j in judged])
    return "\n\n".join(
        [
            (f"### Verdicts\n\nEnrolment refused the cards of {refused} more vouchers.\n\n")
            + verdict_table(judged),
            "### What passes, by kind of seal\n\n" + kind_table(judged),
            "### Score per forgery class\n\nAgainst good and typical genuine seals.\n\n"
            + class_table(judged),
            (
                "### What each class costs\n\nShare of genuine seals above the score that so many "
                "of the class's good and typical forgeries reach, had it to hold off no other.\n\n"
            )
            + limit_table(judged),
            (
                "### Alignment of genuine seals\n\nRMS distance of the seal's outline from the "
                "truth, whole voucher searched, rotation over the full circle.\n\n"
            )
            + alignment_table(judged),
            (
                f"Bytes to verdict in this run: median {np.median(elapsed):.1f} ms, 95th "
                f"percentile {np.quantile(elapsed, 0.95):.1f} ms (two processes on a shared "
                "machine; `make bench` measures speed)."
            ),
        ],
    )
