"""What the network of parts learns from: windows around parts, and the truth of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from accuracy.pairs import LEVELS, Pair
from accuracy.windows import MARGIN, SIDE, Windows, WindowSampler, windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS, COLS = 80, 120
DIGIT = [20, 30, 28, 42, 0, 0]
OTHER = [60, 30, 68, 42, 0, 0]


def ink(*boxes: list[int]) -> NDArray[np.uint8]:
    image = np.zeros((ROWS, COLS), np.uint8)
    for left, top, right, bottom, *_ in boxes:
        image[top:bottom, left:right] = LEVELS
    return image


def pair(category: str, difference: NDArray[np.uint8], parts: list[list[int]]) -> Pair:
    return Pair(
        die="d",
        category=category,
        level="good",
        reference=ink(DIGIT, OTHER),
        moving=ink(DIGIT, OTHER),
        covered=np.zeros((ROWS, COLS), np.uint8),
        difference=difference,
        parts=np.array(parts, np.int32),
    )


def marked(box: list[int]) -> NDArray[np.uint8]:
    return np.where(ink(box) > 0, 255, 0).astype(np.uint8)


def test_a_part_differs_where_the_dies_do() -> None:
    cut = windows([pair("sibling", marked(DIGIT), [DIGIT, OTHER])])
    assert cut.differs.tolist() == [1, 0]
    assert cut.copied.tolist() == [-1, -1]
    assert not cut.genuine.any()


def test_a_difference_beside_a_part_says_nothing_of_it() -> None:
    # The edge of a neighbour's difference: neither the same part nor another.
    beside = marked([OTHER[2], OTHER[1], OTHER[2] + 4, OTHER[3], 0, 0])
    assert windows([pair("sibling", beside, [OTHER])]).differs.tolist() == [-1]


@pytest.mark.parametrize(
    ("category", "differs", "copied"), [("genuine", 0, 0), ("rescan", -1, 1), ("recut", -1, 1)]
)
def test_a_copys_parts_are_copies_and_differ_who_knows_where(
    category: str, differs: int, copied: int
) -> None:
    nothing = np.zeros((ROWS, COLS), np.uint8)
    added = [*DIGIT[:4], 0, 1]
    cut = windows([pair(category, nothing, [DIGIT, added])])
    assert cut.differs.tolist() == [differs, differs]
    # What a voucher's print adds is nobody's copy.
    assert cut.copied.tolist() == [copied, -1]


def test_other_seals_and_prints_are_left_out() -> None:
    nothing = np.zeros((ROWS, COLS), np.uint8)
    cut = windows([pair(c, nothing, [DIGIT]) for c in ("random", "print", "replay")])
    assert cut.images.shape == (0, SIDE + 2 * MARGIN, SIDE + 2 * MARGIN, 3)


def test_a_window_is_centred_and_a_large_one_shows_more() -> None:
    nothing = np.zeros((ROWS, COLS), np.uint8)
    small, large = windows([pair("genuine", nothing, [DIGIT, [*DIGIT[:4], 1, 0]])]).images[..., 0]
    for image, area in ((small, 8 * 12), (large, 8 * 12 / 1.5**2)):
        rows, cols = np.nonzero(image)
        at = np.average(np.stack([rows, cols]), axis=1, weights=image[rows, cols])
        assert np.allclose(at, (SIDE + 2 * MARGIN - 1) / 2, atol=0.6)
        assert image.sum() / LEVELS == pytest.approx(area, rel=0.05)


def test_spoiling_keeps_the_truth_and_the_range() -> None:
    cut = windows(
        [
            pair("sibling", marked(DIGIT), [DIGIT, OTHER]),
            pair("genuine", np.zeros((ROWS, COLS), np.uint8), [DIGIT]),
            pair("rescan", np.zeros((ROWS, COLS), np.uint8), [DIGIT]),
        ]
    )
    images, truth, known = WindowSampler(cut).batch(np.random.default_rng(1), 200)
    assert images.shape == (200, SIDE, SIDE, 3)
    assert images.dtype == np.float32
    assert 0 <= images.min() <= images.max() <= 1.6
    assert images[..., 2].max() == 0
    assert images.std(axis=0).max() > 0.05
    # Every group is drawn: differs, does not, a copy's, of which the first is not known.
    assert {(*t, *k) for t, k in zip(truth.tolist(), known.tolist(), strict=True)} == {
        (1, 0, 1, 0),
        (0, 0, 1, 0),
        (0, 0, 1, 1),
        (0, 1, 0, 1),
    }


def test_print_over_a_part_turns_with_it() -> None:
    cut = windows([pair("genuine", np.zeros((ROWS, COLS), np.uint8), [DIGIT])])
    images = cut.images.copy()
    # A cover reaches a sample beyond its print, as the engine's do.
    beyond = np.ones((3, 3))
    images[..., 2] = [
        255 * cv2.dilate((ink > 0).astype(np.uint8), beyond) for ink in images[..., 1]
    ]
    again = WindowSampler(Windows(images, cut.differs, cut.copied, cut.genuine))
    for image in again.batch(np.random.default_rng(5), 20)[0]:
        inked = cv2.blur(image[..., 1], (3, 3)) > 0.6
        assert image[..., 2][inked].mean() > 0.9
