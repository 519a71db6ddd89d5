"""Fits what `profiles/findings.toml` holds: scales of false alarms, weights of the grain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from seal_match_rs import GRAIN_CHANNELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from findings.prints import Grained

SHARES = (0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05)
"""Read off the genuine ones; beyond the last an exponential tail goes on."""
LAST_SHARE = 1e-6


@dataclass(frozen=True, slots=True)
class Discriminant:
    """Log odds of a print: a constant and a weight a channel; held-out log odds of the sample."""

    constant: float
    weights: NDArray[np.float64]
    held_out: NDArray[np.float64]


def false_alarms(genuine: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return (value, share of genuine ones at or above it), values rising.

    Beyond the 95th percentile the excess is taken for exponential with the mean that it has, which
    is heavier than a normal deviate's tail.
    """
    points = [(float(np.quantile(genuine, 1 - share)), share) for share in SHARES]
    start, share = points[-1]
    mean = float(np.mean(genuine[genuine > start] - start))
    return [*points, (start + mean * float(np.log(share / LAST_SHARE)), LAST_SHARE)]


def value_at(points: Sequence[tuple[float, float]], share: float) -> float:
    """Return the value that this share of genuine ones reaches."""
    values, shares = zip(*points, strict=True)
    return float(np.interp(-np.log(share), -np.log(shares), values))


def discriminate(sample: Sequence[Grained]) -> Discriminant:
    """Fit a logistic regression; held-out log odds are of fits that never saw the die."""
    kept = [one for one in sample if one.grain is not None]
    rows = np.array([[one.grain[name] for name in GRAIN_CHANNELS] for one in kept if one.grain])
    printed = np.array([one.printed for one in kept])
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.3, class_weight="balanced", max_iter=1000)
    )
    dies = [one.die for one in kept]
    folds = GroupKFold(n_splits=5)
    odds = cross_val_predict(
        model, rows, printed, groups=dies, cv=folds, method="decision_function"
    )
    model.fit(rows, printed)
    scaler, logistic = model[0], model[1]
    weights = logistic.coef_[0] / scaler.scale_
    constant = float(logistic.intercept_[0] - weights @ scaler.mean_)
    return Discriminant(constant, np.asarray(weights), np.asarray(odds))


def section(name: str, genuine: NDArray[np.float64], limit: float, more: str = "") -> str:
    """Return a table of the TOML file: the scale of genuine values, and what `limit` of them reach.

    `fitted_on` is how many they are; shares far below its inverse are extrapolated.
    """
    points = false_alarms(genuine)
    listed = ", ".join(f"[{value:.4f}, {share:g}]" for value, share in points)
    return (
        f"[{name}]\nfound = {value_at(points, limit):.3f}\nfitted_on = {len(genuine)}\n"
        f"{more}false_alarms = [{listed}]\n"
    )
