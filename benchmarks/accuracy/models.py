"""Fits the two boosted models of a profile and writes them as numbers.

The *region model* learns from bags: a sibling differs in one place that nobody has marked, so its
worst regions are taken as forged, scored, and taken anew (multiple-instance learning, Andrews,
Tsochantaridis and Hofmann, NIPS 2002). The *seal model* learns from the seal's channels and the
order statistics of its regions. Both are monotone in every channel whose direction is known, so
that a forged seal cannot gain by differing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from accuracy.extract import Sample

    Floats = NDArray[np.float64]

REGION_DIRECTION = {
    "shift_mm": 1,
    "roughness_mm": 1,
    "astray": 1,
    "extra": 1,
    "swapped": 1,
    "replaced": 1,
    "astray_beyond": 1,
    "roughness_beyond": 1,
    "outline": -1,
    "outline_beyond": -1,
}
"""+1: more of it is more forged."""

SEAL_DIRECTION = {
    **dict.fromkeys(
        [
            "spread_mm",
            "scale",
            "gain_change_mm",
            "shear_mm",
            "bend_mm",
            "shift_rms_mm",
            "shift_p80_mm",
            "shift_p95_mm",
            "fine_shift_rms_mm",
            "fine_shift_p95_mm",
            "local_gain_rms_mm",
            "local_gain_p95_mm",
            "rough_median_mm",
            "rough_p90_mm",
            "rough_max_mm",
            "outlier_share",
            "extra_max",
            "extra_p99",
            "extra_mean",
            "swapped_max",
            "swapped_p99",
            "swapped_mean",
            "replaced_max",
            "replaced_p97",
            "extra_side_mm",
            "extra_patch_side_mm",
            "astray_max",
            "astray_p95",
            "fine_rough_max_mm",
            "fine_rough_median_mm",
            "outline_drop",
            "here_peak_digit",
            "here_peak_small",
            "here_peak_large",
            "here_third",
            "here_top",
            "here_p95",
            "here_p80",
            "here_median",
            "here_rise",
            "here_side_mm",
            "grain_mean",
            "grain_p90",
            "grain_p50",
            "grain_p10",
            "hidden_peak",
            "hidden_third",
            "hidden_share",
            "small_hidden",
            "small_worst",
            "small_second",
            "small_fourth",
            "large_worst",
            "large_second",
            "large_fourth",
            "large_hidden",
            "seen_worst",
            "seen_second",
            "part_median",
            "part_excess",
            "copied_mean",
            "copied_p75",
            "copied_p25",
            "copied_small",
            "copied_large",
            "added_parts",
            "added_worst",
            "added_second",
            "added_sixth",
            "one_part",
            "one_part_soft",
            "region_max",
            "region_3rd",
            "region_6th",
            "region_top",
            "region_median",
            "region_share",
            "fold_broken",
            "fold_shifted",
            "fold_extra",
            "fold_offset_mm",
            "fold_offset_p90_mm",
            "fold_broken_folds",
        ],
        -1,
    ),
    **dict.fromkeys(
        [
            "inliers",
            "ncc_fine_p1",
            "ncc_fine_p5",
            "ncc_fine_p20",
            "ncc_fine_median",
            "ncc_coarse_p1",
            "ncc_coarse_p10",
            "ncc_coarse_median",
            "ncc_inked_min",
            "ncc_inked_p3",
            "outline_min",
            "outline_p2",
            "outline_p10",
            "outline_median",
        ],
        1,
    ),
}
"""+1: more of it is more genuine."""

LEFT_OUT = ("ink_level", "mottle", "colourless")
"""Channels that describe the scan or the pad rather than the die.

The seal's size stays: a large seal has a code that a sibling may change by one digit, a name seal
has none, so the same evidence says more of it.
"""

CLASS_WEIGHT = {
    "sibling": 12.0,
    "rescan": 3.0,
    "recut": 1.0,
    "refont": 2.0,
    "random": 0.7,
    "print": 0.0,
}
HARD_WEIGHT = 0.3
"""Of hard samples: what nobody can see teaches little, and no threshold rests on it."""
_SURE_FORGED = ("refont", "recut", "random")


@dataclass(frozen=True, slots=True)
class Boosted:
    """A fitted booster and the names of its channels, in order."""

    model: HistGradientBoostingClassifier
    channels: tuple[str, ...]

    def raw(self, rows: NDArray[Any]) -> Floats:
        """Natural log odds of class one, (n,), for rows (n, channels)."""
        return np.asarray(self.model.decision_function(rows), dtype=np.float64)

    def toml(self, section: str) -> str:
        """Return the section `[section]` of a profile.

        Base, channels, and trees of flat [channel, threshold, left, right, value] nodes.
        """
        base = float(np.ravel(self.model._baseline_prediction)[0])  # noqa: SLF001 - no public access
        lines = [
            f"[{section}]",
            f"base = {base:.9g}",
            f"channels = {list(self.channels)!r}".replace("'", '"'),
            "trees = [",
        ]
        for (tree,) in self.model._predictors:  # noqa: SLF001 - no public access
            flat: list[str] = []
            for node in tree.nodes:
                if node["is_leaf"]:
                    flat.append(f"-1,0,0,0,{node['value']:.7g}")
                else:
                    threshold = np.float32(node["num_threshold"])
                    flat.append(
                        f"{node['feature_idx']},{threshold:.9g},{node['left']},{node['right']},{node['value']:.7g}"
                    )
            lines.append("[" + ",".join(flat) + "],")
        return "\n".join([*lines, "]", ""])


def region_scores(model: Boosted, samples: Sequence[Sample]) -> list[Floats]:
    """Forged log odds of every region of every sample."""
    counts = [len(s.regions) for s in samples]
    scores = model.raw(np.concatenate([s.regions for s in samples]))
    return list(np.split(scores, np.cumsum(counts)[:-1]))


def fit_regions(
    samples: Sequence[Sample], names: Sequence[str], *, rounds: int = 2, seed: int = 1
) -> Boosted:
    """Fit the region model."""
    rng = np.random.default_rng(seed)
    astray, rough = names.index("astray"), names.index("roughness_mm")
    scores: Sequence[NDArray[Any]] = [
        s.regions[:, astray] + 2 * s.regions[:, rough] for s in samples
    ]
    direction = [REGION_DIRECTION.get(n, 0) for n in names]
    fitted: Boosted | None = None
    for _ in range(rounds):
        rows, labels, weights = [], [], []
        for sample, score in zip(samples, scores, strict=True):
            n = len(sample.regions)
            if sample.genuine:
                take = np.unique(
                    np.r_[np.argsort(-score)[:12], rng.choice(n, min(n, 25), replace=False)]
                )
                label, weight = 0.0, 1.0
            elif sample.category == "sibling":
                take, label, weight = np.argsort(-score)[:3], 1.0, 4.0
            elif sample.category in _SURE_FORGED:
                take, label, weight = rng.choice(n, min(n, 4), replace=False), 1.0, 1.0
            else:
                continue
            rows.append(sample.regions[take])
            labels.append(np.full(len(take), label))
            weights.append(np.full(len(take), weight))
        model = HistGradientBoostingClassifier(
            max_iter=80,
            learning_rate=0.09,
            max_leaf_nodes=12,
            min_samples_leaf=40,
            l2_regularization=5,
            monotonic_cst=direction,
            early_stopping=False,
            random_state=seed,
        )
        model.fit(
            np.concatenate(rows), np.concatenate(labels), sample_weight=np.concatenate(weights)
        )
        fitted = Boosted(model, tuple(names))
        scores = region_scores(fitted, samples)
    assert fitted is not None
    return fitted


def region_statistics(scores: Floats) -> Floats:
    """Order statistics of one seal's regions, (6,), as the engine computes them."""
    s = np.sort(scores)[::-1]
    n = len(s)
    return np.array(
        [
            s[0],
            s[min(2, n - 1)],
            s[min(5, n - 1)],
            s[: max(1, n // 20)].mean(),
            s[n // 2],
            (s > 0).mean(),
        ],
    )


def fit_seal(
    samples: Sequence[Sample], rows: Floats, names: Sequence[str], *, seed: int = 1
) -> Boosted:
    """Fit the seal model on rows (n, channels) of evidence and region statistics."""
    keep = [i for i, n in enumerate(names) if n not in LEFT_OUT]
    kept = [names[i] for i in keep]
    genuine = np.array([s.genuine for s in samples])
    weight = np.array([1.0 if s.genuine else CLASS_WEIGHT[s.category] for s in samples])
    # Within a level genuine and forged weigh the same, or poor ink itself would speak for or
    # against the seal.
    for level in {s.level for s in samples}:
        here = np.array([s.level == level for s in samples])
        for side in (genuine, ~genuine):
            weight[here & side] *= len(samples) / max(weight[here & side].sum(), 1e-9)
        if level == "hard":
            weight[here] *= HARD_WEIGHT
    weight /= weight.mean()
    model = HistGradientBoostingClassifier(
        max_iter=260,
        learning_rate=0.05,
        max_leaf_nodes=8,
        min_samples_leaf=25,
        l2_regularization=10,
        max_features=0.4,
        monotonic_cst=[SEAL_DIRECTION.get(n, 0) for n in kept],
        early_stopping=False,
        random_state=seed,
    )
    model.fit(rows[:, keep], genuine, sample_weight=weight)
    return Boosted(model, tuple(kept))
