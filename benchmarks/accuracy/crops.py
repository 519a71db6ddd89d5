"""Random crops of aligned pairs, spoilt further than the simulator spoils them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from accuracy.pairs import LEVELS, Pair
from seal_match_rs import _native

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    F32 = NDArray[np.float32]

SIDE = 144
"""Side of a crop in samples of the template's grid."""
SHARES = {
    "genuine": 0.34,
    "sibling": 0.06,
    "digit": 0.12,
    "scrambled": 0.30,
    "recut": 0.06,
    "refont": 0.03,
    "rescan": 0.09,
}
"""How often a crop comes from which class; `digit` is a sibling that differs in 0.1 to 5.5 mm²."""
_MARKED = 100
_DIGIT_SAMPLES = (6, 350)
_FULL = 1.6


@dataclass(frozen=True, slots=True)
class Crop:
    """One example, at half the grid: inputs (SIDE / 2, SIDE / 2, 16) as the engine makes them.

    differs: 0 to 1 where the dies differ. weight: where there is something to see. marked: 1 where
    `differs` is to be believed (a rescan loses what its source lost, as a genuine impression may).
    copied: 1 for a crop of another die's outline all over, 0 for a genuine one, -1 for neither.
    """

    inputs: F32
    differs: F32
    weight: F32
    marked: float
    copied: float


class Sampler:
    """Draws crops from pairs."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self._groups: dict[str, list[Pair]] = {name: [] for name in SHARES}
        for pair in pairs:
            if pair.category in self._groups:
                self._groups[pair.category].append(pair)
            low, high = _DIGIT_SAMPLES
            marked = int((pair.difference > _MARKED).sum())
            if pair.category == "sibling" and low < marked < high:
                self._groups["digit"].append(pair)
        self._names = [name for name, group in self._groups.items() if group]
        shares = np.array([SHARES[name] for name in self._names])
        self._shares = shares / shares.sum()

    def batch(self, rng: np.random.Generator, count: int) -> tuple[F32, F32, F32, F32, F32]:
        """Return `count` crops stacked: inputs, differs, weight, marked, copied."""
        crops = [self.crop(rng) for _ in range(count)]
        return (
            np.stack([c.inputs for c in crops]),
            np.stack([c.differs for c in crops]),
            np.stack([c.weight for c in crops]),
            np.array([c.marked for c in crops], np.float32),
            np.array([c.copied for c in crops], np.float32),
        )

    def crop(self, rng: np.random.Generator) -> Crop:
        """Return one crop about a stroke, or about a difference of a sibling."""
        group = self._groups[str(rng.choice(self._names, p=self._shares))]
        pair = group[int(rng.integers(len(group)))]
        strokes = pair.reference > 100
        marked = pair.difference > _MARKED
        if pair.category in ("sibling", "scrambled") and rng.random() < 0.85 and marked.any():
            strokes = marked
        rows, cols = np.nonzero(strokes)
        k = int(rng.integers(len(rows)))
        top, left = (int(v) + int(rng.integers(-50, 51)) - SIDE // 2 for v in (rows[k], cols[k]))
        scale = np.float32(1 / LEVELS)
        reference = _cut(pair.reference, top, left) * scale
        moving = _cut(pair.moving, top, left) * scale
        covered = _cut(pair.covered, top, left)
        difference = _cut(pair.difference, top, left) * np.float32(1 / 255)
        reference, moving, covered = _spoilt(reference, moving, covered, rng)
        turn, flip = int(rng.integers(4)), bool(rng.random() < 0.5)
        reference, moving, covered, difference = (
            _turned(v, turn, flip=flip) for v in (reference, moving, covered, difference)
        )
        moving = np.clip(moving, 0, _FULL) * (1 - covered)
        reference = np.clip(reference, 0, _FULL)
        soft = cv2.GaussianBlur(difference, (0, 0), 2.5)
        differs = np.clip((soft - 0.04) / 0.12, 0, 1)
        near = cv2.dilate(
            ((reference > 0.35) | (moving > 0.45)).astype(np.uint8), np.ones((9, 9), np.uint8)
        )
        weight = near * (cv2.GaussianBlur(covered, (0, 0), 2.0) < 0.4)
        copied = {"genuine": 0.0, "sibling": -1.0, "scrambled": -1.0}.get(pair.category, 1.0)
        return Crop(
            inputs=_native.Network.inputs(reference, moving, covered),
            differs=_halved(differs),
            weight=_halved(weight.astype(np.float32)),
            marked=float(pair.category != "rescan"),
            copied=copied,
        )


def _cut(image: NDArray[np.uint8], top: int, left: int) -> F32:
    """Return the crop at (top, left) as float32, zero beyond the image."""
    out = np.zeros((SIDE, SIDE), np.float32)
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(image.shape[0], top + SIDE), min(image.shape[1], left + SIDE)
    if y1 > y0 and x1 > x0:
        out[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1]
    return out


def _halved(image: Any) -> F32:
    return np.asarray(
        cv2.resize(image, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA), np.float32
    )


def _turned(image: F32, quarters: int, *, flip: bool) -> F32:
    turned = np.rot90(image, quarters)
    return np.ascontiguousarray(turned[:, ::-1] if flip else turned)


def _grain(rng: np.random.Generator, sigma: float) -> F32:
    """Noise of unit deviation, correlated over `sigma` samples."""
    field: Any = rng.standard_normal((SIDE, SIDE)).astype(np.float32)
    field = cv2.GaussianBlur(field, (0, 0), sigma)
    return np.asarray(field / (field.std() + 1e-6), np.float32)


def _waves(rng: np.random.Generator) -> F32:
    knots: Any = rng.standard_normal((4, 4)).astype(np.float32)
    return np.asarray(cv2.resize(knots, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.float32)


def _spoilt(
    reference: F32, moving: F32, covered: F32, rng: np.random.Generator
) -> tuple[F32, F32, F32]:
    """Move edges by hundredths of a millimetre; add blur, grain, noise, voids, lines and cover."""
    u = rng.random
    fine, coarse = u() * 0.03 * 8, u() * 0.035 * 8
    sigma = float(np.exp(rng.uniform(np.log(1.2), np.log(5))))
    axis = np.arange(SIDE, dtype=np.float32)
    maps = [
        grid + fine * _grain(rng, sigma) + coarse * _waves(rng) + np.float32(rng.normal(0, 0.16))
        for grid in np.meshgrid(axis, axis)
    ]
    still: Any = cv2.remap(moving, maps[0], maps[1], cv2.INTER_LINEAR)
    hidden: Any = cv2.remap(covered, maps[0], maps[1], cv2.INTER_NEAREST)
    card: Any = reference
    if u() < 0.5:
        still = cv2.GaussianBlur(still, (0, 0), 0.3 + 0.6 * u())
    if u() < 0.3:
        card = cv2.GaussianBlur(card, (0, 0), 0.3 + 0.5 * u())
    if u() < 0.6:
        still = still * np.maximum(0, 1 + u() * 0.25 * _grain(rng, rng.uniform(0.6, 3)))
    if u() < 0.3:
        still = still * np.maximum(0, 1 + u() * 0.2 * _grain(rng, rng.uniform(6, 30)))
    if u() < 0.3:
        card = card * np.maximum(0, 1 + u() * 0.15 * _grain(rng, rng.uniform(0.6, 3)))
    still = still * rng.uniform(0.85, 1.15)
    still = still + rng.standard_normal((SIDE, SIDE)) * (0.04 * u())
    if u() < 0.15:
        for _ in range(int(rng.integers(1, 4))):
            void: Any = np.zeros((SIDE, SIDE), np.float32)
            at, axes = (int(u() * SIDE), int(u() * SIDE)), (int(2 + u() * 10), int(2 + u() * 7))
            cv2.ellipse(void, at, axes, u() * 180, 0, 360, 1.0, -1)
            still = still * (1 - cv2.GaussianBlur(void, (0, 0), 1.5) * rng.uniform(0.5, 1))
    if u() < 0.12:
        line: Any = np.zeros((SIDE, SIDE), np.float32)
        ends = [(int(u() * SIDE), int(u() * SIDE)) for _ in range(2)]
        cv2.line(line, ends[0], ends[1], 1.0, int(rng.integers(1, 4)), cv2.LINE_AA)
        if u() < 0.5:
            still = np.maximum(still, line * rng.uniform(0.2, 1.2))
        else:
            hidden = np.maximum(hidden, line > 0)
    return (
        np.asarray(card, np.float32),
        np.asarray(still, np.float32),
        np.asarray(hidden, np.float32),
    )
