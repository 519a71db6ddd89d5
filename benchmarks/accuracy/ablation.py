"""`python -m accuracy.ablation DIR`: does the fold sweep help the score? With and without it.

The dies of a simulated folder (in the practice format, such as `make profile WORK=...` leaves) are
split in three. The region model learns on one third, the seal model on the second, once with and
once without the sweep's summary among its channels, and both are compared on the last; then the
thirds change places. Nothing here touches a profile.
"""

from __future__ import annotations

import argparse
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accuracy.__main__ import default_profile
from accuracy.extract import Sample, by_card, channel_names, in_processes, scan_of, truth_rows
from accuracy.fit import REGION_STATISTICS, calibrate, fold_of, network_of, scores_of
from accuracy.models import fit_regions, fit_seal, region_scores, region_statistics
from accuracy.report import cllr, equal_error_rate
from seal_match_rs import SealMatchError, _native, sweep_folds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SWEEP = (
    "fold_broken",
    "fold_shifted",
    "fold_unknown",
    "fold_extra",
    "fold_offset_mm",
    "fold_offset_p90_mm",
    "fold_broken_folds",
    "fold_worst_mm",
)
PASS_SHARES = (0.2, 0.4, 0.6)
THIRDS = 3


@dataclass(frozen=True, slots=True)
class Swept:
    """A voucher as the fit sees it, and its sweep, (8,), NaN where nothing could be folded."""

    sample: Sample
    sweep: NDArray[np.float64]


def _summary(template: _native.Template, comparison: _native.Comparison) -> NDArray[np.float64]:
    try:
        found = sweep_folds(template, comparison).summary
    except SealMatchError:
        return np.full(len(SWEEP), np.nan)
    values = (
        found.broken_share,
        found.shifted_share,
        found.unknown_share,
        found.extra_share,
        found.median_offset_mm,
        found.p90_offset_mm,
        found.broken_folds,
        max((fold.break_mm for fold in found.worst), default=0.0),
    )
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _measure(task: tuple[Path, str, list[dict[str, Any]]]) -> list[Swept]:
    folder, network_text, rows = task
    network = _native.Network.from_toml(network_text)
    card, _ = scan_of(folder / rows[0]["card"], rows[0]["card_dpi"])
    try:
        template, _ = _native.Template.enrol([(card, None)])
    except (_native.PoorCardError, _native.NoSealError):
        return []
    swept = []
    for row in rows:
        scan, _ = scan_of(folder / row["voucher"], row["dpi"])
        found = _native.examine(template, scan)
        if found is None:
            continue
        sample = Sample(
            truth=row,
            die=row["card"],
            category=row["category"],
            level=row["level"],
            evidence=np.array(list(found.evidence().values()), np.float32),
            likeness=np.asarray(network.channels(found)),
            regions=np.asarray(found.regions())[:, 2:].copy(),
        )
        if len(sample.regions) > 3:
            swept.append(Swept(sample, _summary(template, found)))
    return swept


def judged(swept: Sequence[Swept], *, seed: int) -> dict[str, NDArray[np.float64]]:
    """Return the scores (n,) `without` and `with` the sweep, each from models of other dies."""
    samples = [one.sample for one in swept]
    seal_names, region_names = channel_names()
    names = [*seal_names, *REGION_STATISTICS]
    thirds = fold_of(samples, THIRDS)
    scores = {key: np.zeros(len(samples)) for key in ("without", "with")}
    for turn in range(THIRDS):
        first, second, last = (np.flatnonzero(thirds == (turn + k) % THIRDS) for k in range(THIRDS))
        regions = fit_regions([samples[int(i)] for i in first], region_names, seed=seed)
        rows = np.hstack(
            [
                np.array([s.evidence for s in samples]),
                np.array([s.likeness for s in samples]),
                [region_statistics(score) for score in region_scores(regions, samples)],
            ]
        )
        sweeps = np.array([one.sweep for one in swept])
        train, test = [samples[int(i)] for i in second], [samples[int(i)] for i in last]
        for key, extra in (("without", False), ("with", True)):
            table = np.hstack([rows, sweeps]) if extra else rows
            columns = [*names, *SWEEP] if extra else names
            model = fit_seal(train, table[second], columns, seed=seed)
            raw = model.raw(table[last][:, [columns.index(c) for c in model.channels]])
            # Calibrated on the very split, both alike: what is compared is how well they sort.
            scores[key][last] = scores_of(calibrate(test, raw), raw)
    return scores


def table(swept: Sequence[Swept], runs: Sequence[dict[str, NDArray[np.float64]]]) -> str:
    """Return the comparison as markdown: means over the runs, which differ in the fit's seed."""
    samples = [one.sample for one in swept]
    category = np.array([s.category for s in samples])
    clean = np.array([s.level != "hard" for s in samples])
    genuine = (category == "genuine") & clean
    lines = ["| | without | with |", "|---|---|---|"]

    def row(name: str, value: Any, digits: int) -> None:
        means = [np.mean([value(run[key]) for run in runs]) for key in ("without", "with")]
        lines.append(f"| {name} | " + " | ".join(f"{mean:.{digits}f}" for mean in means) + " |")

    forged = (category != "genuine") & clean
    row("Cllr, all classes", lambda s: cllr(s[genuine], s[forged]), 4)
    for name in sorted(set(category[forged])):
        here = (category == name) & clean
        row(f"Cllr, {name}", lambda s, here=here: cllr(s[genuine], s[here]), 4)
        row(
            f"EER, {name}, %",
            lambda s, here=here: 100 * equal_error_rate(s[genuine], s[here]),
            2,
        )
    for share in PASS_SHARES:
        row(
            f"forged accepted where {100 * share:.0f} % of genuine pass, of {forged.sum()}",
            lambda s, share=share: (s[forged] >= np.quantile(s[genuine], 1 - share)).sum(),
            1,
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="accuracy.ablation", description=__doc__)
    parser.add_argument("folder", type=Path, help="simulated, in the practice format")
    parser.add_argument("--dies", type=int, default=150, help="of the folder, the first ones")
    parser.add_argument("--seeds", type=int, default=3, help="fits to average over")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--store", type=Path, help="keeps what was measured, and reads it again")
    options = parser.parse_args(arguments)
    store: Path | None = options.store
    if store is not None and store.exists():
        swept: list[Swept] = pickle.loads(store.read_bytes())  # noqa: S301 - our own file
    else:
        network = network_of(default_profile())
        groups = by_card(truth_rows(options.folder))[: options.dies]
        tasks = [(options.folder, network, group) for group in groups]
        swept = in_processes(_measure, tasks, options.jobs)
        if store is not None:
            store.write_bytes(pickle.dumps(swept))
    runs = [judged(swept, seed=seed) for seed in range(1, options.seeds + 1)]
    print(f"{len(swept)} vouchers of {len({one.sample.die for one in swept})} dies\n")
    print(table(swept, runs))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
