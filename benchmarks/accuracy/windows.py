"""Windows around the parts of aligned pairs: what the network of parts learns from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from accuracy.pairs import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from accuracy.pairs import Pair

    F32 = NDArray[np.float32]

SIDE = 28
"""Side of a window in samples, as `compare/part_network.rs` has it."""
LARGE_STEP = 1.5
"""Samples of the grid from one of a large part's window to the next."""
MARGIN = 2
"""Samples kept around a window, so that it can be turned and shifted."""
_WIDE = SIDE + 2 * MARGIN
_MARKED, _CLEAR = 100, 40
_LEAST = {False: 5, True: 12}
_FULL = 1.6
_REWEIGHTED = 0.15
"""Share of the impressions whose strokes are made heavier or lighter."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of many parts, uint8 (n, 32, 32, 3): reference, moving, covered.

    differs: 1 where the dies differ in the part, 0 where they do not, -1 where nobody can say.
    copied: 1 for a part of a rescan or recut die, 0 for a genuine one, -1 for any other.
    genuine: whether the die of the card made the impression.
    """

    images: NDArray[np.uint8]
    differs: NDArray[np.int8]
    copied: NDArray[np.int8]
    genuine: NDArray[np.bool_]


def _look(image: NDArray[np.uint8], part: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return one image around a part as the engine looks at it, with a margin."""
    left, top, right, bottom, large, _ = (int(v) for v in part)
    if large:
        first = [(e - 1) / 2 - LARGE_STEP * (_WIDE - 1) / 2 for e in (left + right, top + bottom)]
        step = LARGE_STEP
    else:
        first = [float((e // 2) - _WIDE // 2) for e in (left + right, top + bottom)]
        step = 1.0
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    move = np.array([[step, 0, first[0]], [0, step, first[1]]])
    return np.asarray(cv2.warpAffine(image, move, (_WIDE, _WIDE), flags=flags), np.uint8)


def _differs(pair: Pair, part: NDArray[np.int32]) -> int:
    if pair.category in ("rescan", "recut"):
        return -1
    left, top, right, bottom, large, _ = (int(v) for v in part)
    marked = int((pair.difference[top:bottom, left:right] > _MARKED).sum())
    around = pair.difference[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1]
    if marked >= _LEAST[bool(large)]:
        return 1
    return 0 if not (around > _CLEAR).any() else -1


def windows(pairs: Sequence[Pair]) -> Windows:
    """Cut the windows of all parts of all pairs; other seals (`random`) and prints are left out."""
    images, differs, copied, genuine = [], [], [], []
    for pair in pairs:
        if pair.category in ("random", "print", "replay"):
            continue
        covered = pair.covered * np.uint8(255)
        for part in pair.parts:
            looks = [_look(image, part) for image in (pair.reference, pair.moving, covered)]
            images.append(np.stack(looks, -1))
            differs.append(_differs(pair, part))
            copy = {"genuine": 0, "rescan": 1, "recut": 1}.get(pair.category, -1)
            copied.append(-1 if part[5] else copy)
            genuine.append(pair.category == "genuine")
    return Windows(
        np.array(images, np.uint8).reshape(-1, _WIDE, _WIDE, 3),
        np.array(differs, np.int8),
        np.array(copied, np.int8),
        np.array(genuine, np.bool_),
    )


class WindowSampler:
    """Draws windows, spoilt further than the simulator spoils them."""

    def __init__(self, of: Windows) -> None:
        self._of = of
        groups = (
            (of.differs == 1, 0.30),
            ((of.differs == 0) & ~of.genuine, 0.16),
            ((of.differs == 0) & of.genuine, 0.29),
            (of.copied == 1, 0.25),
        )
        self._groups = [(np.flatnonzero(which), share) for which, share in groups if which.any()]

    def batch(self, rng: np.random.Generator, count: int) -> tuple[F32, F32, F32]:
        """Return windows (n, 28, 28, 3), and truth and whether it is known, each (n, 2).

        Columns: whether the dies differ in the part; whether the part is a copy's.
        """
        shares = np.array([share for _, share in self._groups])
        of_group = rng.choice(len(self._groups), size=count, p=shares / shares.sum())
        index = np.array([rng.choice(self._groups[g][0]) for g in of_group])
        truth = np.stack([self._of.differs[index], self._of.copied[index]], -1)
        images = np.stack([spoilt(self._of.images[i], rng) for i in index])
        return images, (truth == 1).astype(np.float32), (truth >= 0).astype(np.float32)

    def plain(self, rng: np.random.Generator, count: int) -> tuple[F32, F32, F32]:
        """Like :meth:`batch`, the windows as they are."""
        index = rng.choice(len(self._of.images), size=count)
        truth = np.stack([self._of.differs[index], self._of.copied[index]], -1)
        inner = self._of.images[index][:, MARGIN:-MARGIN, MARGIN:-MARGIN]
        images = (inner / np.array([LEVELS, LEVELS, 255])).astype(np.float32)
        return images, (truth == 1).astype(np.float32), (truth >= 0).astype(np.float32)


def spoilt(window: NDArray[np.uint8], rng: np.random.Generator) -> F32:
    """Turn, mirror and shift a window, its moving ink more; blur, mottle, void, noise, weight."""
    u = rng.random
    reference: Any = window[..., 0].astype(np.float32) / LEVELS
    moving: Any = window[..., 1].astype(np.float32) / LEVELS
    covered: Any = window[..., 2].astype(np.float32) / 255
    middle = (_WIDE - 1) / 2
    angle = float(rng.integers(4) * 90 + rng.normal(0, 8))
    move: Any = cv2.getRotationMatrix2D((middle, middle), angle, float(1 + rng.normal(0, 0.03)))
    move[:, 2] += rng.normal(0, 0.8, 2)
    if u() < 0.5:
        move[:, 0] *= -1
        move[:, 2] -= 2 * middle * move[:, 0]
    apart = move.copy()
    apart[:, 2] += rng.normal(0, 0.25, 2)
    size = (_WIDE, _WIDE)
    linear = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    reference = cv2.warpAffine(reference, move, size, flags=linear)
    moving = cv2.warpAffine(moving, apart, size, flags=linear)
    covered = cv2.warpAffine(covered, apart, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    if u() < 0.4:
        moving = cv2.GaussianBlur(moving, (0, 0), 0.3 + 0.6 * u())
    if u() < 0.3:
        reference = cv2.GaussianBlur(reference, (0, 0), 0.3 + 0.5 * u())
    if u() < 0.4:
        field: Any = rng.standard_normal(size).astype(np.float32)
        field = cv2.GaussianBlur(field, (0, 0), rng.uniform(0.8, 6))
        moving = moving * np.maximum(0, 1 + u() * 0.3 * field / (field.std() + 1e-6))
    if u() < 0.08:
        void: Any = np.zeros(size, np.float32)
        at, axes = (int(u() * _WIDE), int(u() * _WIDE)), (int(2 + u() * 8), int(2 + u() * 6))
        cv2.ellipse(void, at, axes, u() * 180, 0, 360, 1.0, -1)
        moving = moving * (1 - cv2.GaussianBlur(void, (0, 0), 1.2) * rng.uniform(0.5, 1))
    moving = moving * rng.uniform(0.75, 1.2) + rng.standard_normal(size) * (0.04 * u())
    planes = [*(_reweighted(np.clip(v, 0, _FULL), rng) for v in (reference, moving)), covered]
    inner = slice(MARGIN, -MARGIN)
    return np.stack(planes, -1)[inner, inner].astype(np.float32)


def _reweighted(ink: F32, rng: np.random.Generator) -> F32:
    """Sometimes make strokes heavier or lighter, as more or less ink on the die does."""
    if rng.random() >= _REWEIGHTED:
        return ink
    soft: Any = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.3, 0.8))
    power = math.exp(rng.normal(0, 0.35))
    solid: Any = np.minimum(soft, 1.0)
    heavier: F32 = solid**power * rng.uniform(0.7, 1.15) + (soft - solid)
    return np.clip(heavier, 0, _FULL).astype(np.float32)
