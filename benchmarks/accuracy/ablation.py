"""`python -m accuracy.ablation DIR`: does the fold sweep help the score? With and without it.

The dies of a simulated folder (in the practice format, such as `make profile WORK=...` leaves) are
split in three. The region model learns on one third, the seal model on the second, once with and
once without the sweep's summary among its channels, and both are compared on the last; then the
thirds change places. Nothing here touches a profile.
"""

from __future__ import annotations

import argparse
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accuracy.__main__ import default_profile
from accuracy.extract import Sample, channel_names, measure
from accuracy.fit import REGION_STATISTICS, calibrate, fold_of, network_of, scores_of
from accuracy.models import fit_regions, fit_seal, region_scores, region_statistics
from accuracy.report import cllr, equal_error_rate
from seal_match_rs import _native

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PASS_SHARES = (0.2, 0.4, 0.6)
THIRDS = 3


def judged(samples: Sequence[Sample], *, seed: int) -> dict[str, NDArray[np.float64]]:
    """Return the scores (n,) `without` and `with` the sweep, each from models of other dies."""
    seal_names, region_names = channel_names()
    names = [*seal_names, *REGION_STATISTICS]
    thirds = fold_of(samples, THIRDS)
    scores = {key: np.zeros(len(samples)) for key in ("without", "with")}
    for turn in range(THIRDS):
        first, second, last = (np.flatnonzero(thirds == (turn + k) % THIRDS) for k in range(THIRDS))
        regions = fit_regions([samples[int(i)] for i in first], region_names, seed=seed)
        rows = np.hstack(
            [
                np.array([s.channels for s in samples]),
                [region_statistics(score) for score in region_scores(regions, samples)],
            ]
        )
        train, test = [samples[int(i)] for i in second], [samples[int(i)] for i in last]
        for key, left_out in (("without", _native.FOLD_CHANNELS), ("with", ())):
            columns = [i for i, name in enumerate(names) if name not in left_out]
            model = fit_seal(
                train, rows[second][:, columns], [names[i] for i in columns], seed=seed
            )
            raw = model.raw(rows[last][:, [names.index(c) for c in model.channels]])
            # Calibrated on the very split, both alike: what is compared is how well they sort.
            scores[key][last] = scores_of(calibrate(test, raw), raw)
    return scores


def table(samples: Sequence[Sample], runs: Sequence[dict[str, NDArray[np.float64]]]) -> str:
    """Return the comparison as markdown: means over the runs, which differ in the fit's seed."""
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
        samples: list[Sample] = pickle.loads(store.read_bytes())  # noqa: S301 - our own file
    else:
        network = network_of(default_profile())
        samples = measure(options.folder, network, jobs=options.jobs, dies=options.dies)
        if store is not None:
            store.write_bytes(pickle.dumps(samples))
    samples = [s for s in samples if len(s.regions) > 3]
    runs = [judged(samples, seed=seed) for seed in range(1, options.seeds + 1)]
    print(f"{len(samples)} vouchers of {len({s.die for s in samples})} dies\n")
    print(table(samples, runs))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
