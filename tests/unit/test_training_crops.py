"""What the network learns from: crops of aligned pairs and the truth of where their dies differ."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from accuracy.crops import SIDE, Crop, Sampler
from accuracy.pairs import LEVELS, Pair
from seal_match_rs import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS, COLS = 260, 240


def drawn(text: str) -> NDArray[np.uint8]:
    """Ink of a frame and a line of text, a full stroke being `LEVELS`."""
    image = np.zeros((ROWS, COLS), np.uint8)
    cv2.rectangle(image, (20, 20), (COLS - 20, ROWS - 20), LEVELS, 4)
    cv2.putText(image, text, (40, 140), cv2.FONT_HERSHEY_SIMPLEX, 1.0, LEVELS, 3)
    return image


def pair(category: str, text: str) -> Pair:
    reference, moving = drawn("12345678"), drawn(text)
    apart = np.where(cv2.absdiff(reference, moving) > LEVELS // 2, 255, 0)
    return Pair(
        die="d",
        category=category,
        level="good",
        reference=reference,
        moving=moving,
        covered=np.zeros((ROWS, COLS), np.uint8),
        difference=np.asarray(apart, np.uint8),
        parts=np.zeros((0, 6), np.int32),
    )


def crops(one: Pair, count: int) -> list[Crop]:
    sampler, rng = Sampler([one]), np.random.default_rng(3)
    return [sampler.crop(rng) for _ in range(count)]


def test_a_genuine_crop_differs_nowhere() -> None:
    for crop in crops(pair("genuine", "12345678"), 6):
        assert crop.inputs.shape == (SIDE // 2, SIDE // 2, 16)
        assert np.isfinite(crop.inputs).all()
        assert not crop.differs.any()
        assert (crop.marked, crop.copied) == (1.0, 0.0)


def test_a_siblings_crop_differs_where_its_digit_does() -> None:
    found = crops(pair("sibling", "12345078"), 12)
    marked = [c for c in found if (c.differs > 0.5).any()]
    assert len(marked) > 6
    for crop in marked:
        here = (crop.differs > 0.5) & (crop.weight > 0.5)
        best = crop.inputs[..., 10]  # correlation at the best shift
        assert best[here].mean() < best[(crop.differs == 0) & (crop.weight > 0.5)].mean() - 0.1
        assert crop.copied == -1.0


def test_what_is_covered_is_not_seen() -> None:
    hidden = replace(pair("sibling", "12345078"), covered=np.ones((ROWS, COLS), np.uint8))
    for crop in crops(hidden, 4):
        assert not crop.weight.any()


def test_a_rescan_is_not_marked_but_copied() -> None:
    for crop in crops(pair("rescan", "12345078"), 3):
        assert (crop.marked, crop.copied) == (0.0, 1.0)


def test_inputs_of_unlike_shapes_are_refused() -> None:
    good = np.zeros((8, 8), np.float32)
    for bad in [np.zeros((8, 6), np.float32), np.zeros((1, 1), np.float32)]:
        with pytest.raises(ValueError, match="one shape"):
            _native.Network.inputs(good, bad, good)
    with pytest.raises(ValueError, match="one shape"):
        _native.Network.inputs(*[np.zeros((1, 9), np.float32)] * 3)
