"""Fits, calibrates and writes a profile.

Models by cross-fitting over dies, calibration and thresholds on what was held out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.isotonic import IsotonicRegression

from accuracy.extract import cached, channel_names
from accuracy.models import Boosted, fit_regions, fit_seal, region_scores, region_statistics
from seal_match_rs import _native

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from accuracy.extract import Sample
    from accuracy.models import Floats

REGION_STATISTICS = (
    "region_max",
    "region_3rd",
    "region_6th",
    "region_top",
    "region_median",
    "region_share",
)
PASS_LIMITS = {"sibling": 0.005, "recut": 0.005, "rescan": 0.05, "refont": 0.001, "random": 0.001}
"""Share of each class, hard ones aside, that may pass on held-out dies."""
MINIMAL_SLOPE = 0.02
"""log10 likelihood ratio per unit of raw output, at least."""
HIDDEN_LIMIT = 0.5
"""Hidden share of the strokes above which nothing passes."""
FAIL_LIMITS = {"good": 0.003, "typical": 0.003, "hard": 0.03}
"""Share of genuine seals that may score at or below the fail threshold.

FAIL also needs a stated difference.
"""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The two models, and the held-out raw outputs (n,).

    Calibration and thresholds rest on the latter.
    """

    regions: Boosted
    seal: Boosted
    held_out: Floats


def fold_of(samples: Sequence[Sample], folds: int) -> Floats:
    """Return a fold number for every sample, the same for all of a die."""
    dies = {die: i for i, die in enumerate(sorted({s.die for s in samples}))}
    return np.array([dies[s.die] % folds for s in samples])


def _rows(samples: Sequence[Sample], statistics: Floats) -> Floats:
    """Return the seal model's channels of every sample, (n, channels)."""
    return np.hstack([np.array([s.channels for s in samples]), statistics])


def cross_fit(samples: Sequence[Sample]) -> Fitted:
    """Fit both models so that every sample also has an output of models that never saw its die."""
    seal_names, region_names = channel_names()
    statistics = np.zeros((len(samples), len(REGION_STATISTICS)))
    halves = fold_of(samples, 2)
    for half in range(2):
        model = fit_regions(
            [s for s, h in zip(samples, halves, strict=True) if h != half], region_names
        )
        index = np.flatnonzero(halves == half)
        scores = region_scores(model, [samples[int(i)] for i in index])
        statistics[index] = [region_statistics(s) for s in scores]
    rows = _rows(samples, statistics)
    names = [*seal_names, *REGION_STATISTICS]
    folds = fold_of(samples, 5)
    held_out = np.zeros(len(samples))
    for fold in range(5):
        train = np.flatnonzero(folds != fold)
        model = fit_seal([samples[int(i)] for i in train], rows[train], names)
        columns = [names.index(c) for c in model.channels]
        held_out[folds == fold] = model.raw(rows[folds == fold][:, columns])
    return Fitted(fit_regions(samples, region_names), fit_seal(samples, rows, names), held_out)


def raw_of(fitted: Fitted, samples: Sequence[Sample]) -> Floats:
    """Return the raw outputs, (n,), of samples of dies that the models have not seen."""
    names = [*channel_names()[0], *REGION_STATISTICS]
    scores = region_scores(fitted.regions, samples)
    rows = _rows(samples, np.array([region_statistics(s) for s in scores]))
    return fitted.seal.raw(rows[:, [names.index(c) for c in fitted.seal.channels]])


def calibrate(samples: Sequence[Sample], raw: Floats) -> list[tuple[float, float]]:
    """Map raw output to log10 likelihood ratio.

    Isotonic regression with each forgery class weighing the same (PAV, Brümmer 2010).
    """
    genuine = np.array([s.genuine for s in samples])
    weight = np.zeros(len(samples))
    weight[genuine] = 0.5 / genuine.sum()
    # A print has the die's own geometry: what tells it from a stamping is texture, which this
    # score does not weigh.
    classes = sorted({s.category for s in samples if not s.genuine} - {"print"})
    for category in classes:
        here = np.array([s.category == category for s in samples])
        weight[here] = 0.5 / len(classes) / here.sum()
    low, high = np.quantile(raw, [0.005, 0.995])
    grid = np.linspace(low, high, 41)
    # Smoothed before it is made monotone: a log odds that a hundred samples support, not a step
    # that one made.
    width = (high - low) / 14
    odds = []
    for g in grid:
        k = weight * np.exp(-0.5 * ((raw - g) / width) ** 2)
        odds.append(np.log10((k[genuine].sum() + 1e-6) / (k[~genuine].sum() + 1e-6)))
    rising = IsotonicRegression().fit_transform(grid, np.clip(odds, -4, 4))
    # A least slope keeps apart what the raw output keeps apart, where the likelihood ratio itself
    # is flat; it goes on to the ends.
    grid = np.r_[grid[0] - 3, grid, grid[-1] + 3]
    rising = np.r_[rising[0], rising, rising[-1]] + MINIMAL_SLOPE * (grid - grid[len(grid) // 2])
    return [(float(g), float(v)) for g, v in zip(grid, rising, strict=True)]


def scores_of(calibration: list[tuple[float, float]], raw: Floats) -> Floats:
    """Calibrated scores of raw outputs."""
    x, y = zip(*calibration, strict=True)
    return np.asarray(np.interp(raw, x, y), dtype=np.float64)


def _passing(samples: Sequence[Sample], score: Floats) -> Floats:
    """Return scores as PASS sees them: the lowest for a seal of which too much is hidden."""
    at = _native.LIKENESS_CHANNELS.index("hidden_share")
    hidden = np.array([s.likeness[at] for s in samples])
    return np.where(hidden <= HIDDEN_LIMIT, score, -np.inf)


def thresholds(samples: Sequence[Sample], score: Floats) -> tuple[float, float]:
    """Return the lowest PASS threshold within every class's limit, and the FAIL threshold."""
    passing = _passing(samples, score)
    category = np.array([s.category for s in samples])
    level = np.array([s.level for s in samples])
    least = []
    for name, share in PASS_LIMITS.items():
        here = np.sort(passing[(category == name) & (level != "hard")])[::-1]
        if len(here):
            least.append(float(here[int(share * len(here))]) + 1e-3)
    lowest = []
    for name, share in FAIL_LIMITS.items():
        here = np.sort(score[(category == "genuine") & (level == name)])
        if len(here):
            lowest.append(float(here[int(share * len(here))]) - 1e-3)
    return max(least), min(*lowest, max(least) - 0.1)


def write_profile(
    out: Path,
    fitted: Fitted,
    samples: Sequence[Sample],
    *,
    others: Mapping[str, Sequence[Sample]],
    network: str,
    version: str,
    measured_on: str,
) -> str:
    """Write the profile and return a short account of it.

    `others` are samples without colour by kind of scan: they set its PASS threshold, which is never
    below that of colour, and nothing else.
    """
    calibration = calibrate(samples, fitted.held_out)
    score = scores_of(calibration, fitted.held_out)
    passing, failing = thresholds(samples, score)
    points = ",\n".join(f"[{x:.6g}, {y:.6g}]" for x, y in calibration)
    account = "colour: " + table(samples, score, passing, failing)
    without = {}
    for kind, group in others.items():
        measured = scores_of(calibration, raw_of(fitted, group))
        without[kind] = max(passing, thresholds(group, measured)[0])
        account += f"\n{kind}: " + table(group, measured, without[kind], failing)
    comment = "\n".join(f"# {line}" for line in account.splitlines())
    out.write_text(
        f'name = "default"\nversion = "{version}"\nmeasured_on = "{measured_on}"\n\n'
        f"# Held-out dies (cross-fitted):\n{comment}\n\ncalibration = [\n{points}\n]\n\n"
        f"[thresholds]\npass_colour = {passing:.3f}\npass_grey = {without['grey']:.3f}\n"
        f"pass_bilevel = {without['bilevel']:.3f}\n"
        f"fail = {failing:.3f}\nhidden = {HIDDEN_LIMIT}\n\n"
        f"{fitted.regions.toml('region')}\n{fitted.seal.toml('seal')}\n"
        f"{network}",
        encoding="utf-8",
    )
    return account


def table(samples: Sequence[Sample], score: Floats, passing: float, failing: float) -> str:
    """Shares passed and failed per class and level, as text."""
    lines = [f"pass {passing:.3f}, fail {failing:.3f}"]
    high = _passing(samples, score)
    groups = sorted({(s.category, s.level) for s in samples})
    for category, level in groups:
        here = np.array([s.category == category and s.level == level for s in samples])
        lines.append(
            f"{category} {level}: n {here.sum()}, pass {np.mean(high[here] >= passing):.3f}, "
            f"at or below fail {np.mean(score[here] <= failing):.3f}",
        )
    return "\n".join(lines)


def network_of(profile: str) -> str:
    """Return the sections `[network]` and `[network.parts]` of a profile: its last."""
    return profile[profile.index("[network]") :]


def fit(
    folder: Path,
    out: Path,
    *,
    others: Mapping[str, Path],
    network: str,
    version: str,
    jobs: int,
) -> str:
    """Fit a profile around a network on a simulated folder; prints nothing, returns the account.

    Args:
        folder: colour scans of dies that did not train the network.
        out: the profile.
        others: folders of `grey` and of `bilevel` scans, of other dies again.
        network: TOML with a section `[network]`.
        version: to write into the profile.
        jobs: processes.
    """

    def measured(where: Path) -> list[Sample]:
        return [s for s in cached(where, network, jobs=jobs) if len(s.regions) > 3]

    samples = measured(folder)
    return write_profile(
        out,
        cross_fit(samples),
        samples,
        others={kind: measured(where) for kind, where in others.items()},
        network=network,
        version=version,
        measured_on=", ".join(f.name for f in (folder, *others.values())),
    )
