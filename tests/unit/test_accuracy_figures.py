"""The accuracy suite's figures: rates, costs, true positions and thresholds on known inputs."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from accuracy.__main__ import default_profile
from accuracy.extract import Sample
from accuracy.fit import FAIL_LIMITS, HIDDEN_LIMIT, PASS_LIMITS, thresholds
from accuracy.judge import Judged, judge, true_edge_px
from accuracy.report import cllr, equal_error_rate, kind_table, limit_table, upper_bound
from seal_match_rs import _native


def test_upper_bound_of_none_in_many() -> None:
    """No pass in n bounds the rate at 1 - 0.05^(1/n), about 3 / n."""
    assert upper_bound(0, 30000) == pytest.approx(1 - 0.05 ** (1 / 30000))
    assert upper_bound(0, 30000) == pytest.approx(1e-4, rel=0.01)


def test_upper_bound_lies_above_the_rate_and_grows_with_it() -> None:
    bounds = [upper_bound(passed, 20) for passed in range(21)]
    assert bounds == sorted(bounds)
    assert all(b > passed / 20 for passed, b in enumerate(bounds[:-1]))
    assert bounds[-1] == 1.0


def test_upper_bound_leaves_five_percent_below() -> None:
    """At the bound, as few passes as were seen have a chance of 5 %."""
    p = upper_bound(2, 50)
    chance = sum(math.comb(50, k) * p**k * (1 - p) ** (50 - k) for k in range(3))
    assert chance == pytest.approx(0.05)


def test_what_a_class_costs_is_counted_above_its_own_limit() -> None:
    """Of 100 rescans five may pass: the sixth best sets the threshold."""

    def of(category: str, level: str, score: float) -> Judged:
        truth = {"category": category, "level": level}
        return Judged(truth, "REFER", score, (), None, 1.0)

    judged = [of("rescan", "typical", float(k)) for k in range(100)]
    judged += [of("rescan", "hard", 1e3), of("sibling", "good", 1e3)]
    judged += [of("genuine", "good", score) for score in (93.0, 94.0, 94.5, 95.0)]
    table = limit_table(judged)
    assert "| rescan | 5.0 % | 94.00 | 50.0 % |  |  |" in table
    assert "| sibling | 0.5 % | 1000.00 | 0.0 % |  |  |" in table
    assert "recut" not in table


def test_equal_error_rate_of_known_scores() -> None:
    low, high = np.arange(10.0), np.arange(100.0, 110.0)
    assert equal_error_rate(high, low) == 0.0
    assert equal_error_rate(low, low) == pytest.approx(0.5)
    assert equal_error_rate(low, high) == pytest.approx(1.0)
    # At 3, one genuine of four lies below and one forged of four at or above.
    genuine, forged = np.array([1.5, 3.0, 4.0, 5.0]), np.array([0.0, 1.0, 2.0, 3.5])
    assert equal_error_rate(genuine, forged) == pytest.approx(0.25)


def test_cllr_of_known_scores() -> None:
    nothing = np.zeros(7)
    assert cllr(nothing, nothing) == pytest.approx(1.0)
    sure = np.full(7, 8.0)
    assert cllr(sure, -sure) == pytest.approx(0.0, abs=1e-7)
    # A likelihood ratio of 10 for genuine and 1/10 for forged costs log2(1.1) bits each.
    ten = np.ones(3)
    assert cllr(ten, -ten) == pytest.approx(math.log2(1.1))
    # The wrong way round it costs log2(11): worse than no information.
    assert cllr(-ten, ten) == pytest.approx(math.log2(11))


TURN = {
    "rot": 90.0,
    "dpi": 200,
    "card_dpi": 400,
    "scale": 1.1,
    "card_cx": 100.0,
    "card_cy": 50.0,
    "cx": 300.0,
    "cy": 400.0,
}
POINTS = np.array([[100.0, 50.0], [120.0, 50.0], [100.0, 70.0]])
TURNED = [[300.0, 400.0], [300.0, 411.0], [289.0, 400.0]]
"""The centre, and 20 px along x and y: half the resolution, 1.1 as large, x turned onto y."""


def test_true_edge_by_similarity() -> None:
    np.testing.assert_allclose(true_edge_px(TURN, POINTS), TURNED, atol=1e-9)


def test_true_edge_by_homography_agrees_with_similarity() -> None:
    matrix = [0, -0.55, 327.5, 0.55, 0, 345, 0, 0, 1]
    for form in (matrix, np.reshape(matrix, (3, 3)).tolist()):
        truth = {**TURN, "h_card_to_voucher": form}
        np.testing.assert_allclose(true_edge_px(truth, POINTS), TURNED, atol=1e-9)


def test_true_edge_by_homography_in_perspective() -> None:
    truth = {"camera": True, "h_card_to_voucher": [2, 0, 10, 0, 3, 20, 0.01, 0, 1]}
    edge = true_edge_px(truth, np.array([[0.0, 0.0], [100.0, 40.0]]))
    np.testing.assert_allclose(edge, [[10.0, 20.0], [105.0, 70.0]])


def test_true_edge_is_unknown_for_a_camera_without_homography() -> None:
    assert true_edge_px({**TURN, "camera": True}, POINTS) is None


def _samples(seed: int, each: int) -> tuple[list[Sample], np.ndarray]:
    rng = np.random.default_rng(seed)
    none = np.zeros(0, np.float32)
    likeness = np.zeros(len(_native.LIKENESS_CHANNELS), np.float32)
    samples, scores = [], []
    for category in ("genuine", *PASS_LIMITS):
        for level in ("good", "typical", "hard"):
            samples += [Sample({}, "die", category, level, none, likeness, none, none)] * each
            scores.append(rng.normal(1.5 if category == "genuine" else -1.0, 1.0, each))
    return samples, np.concatenate(scores)


@pytest.mark.parametrize("seed", range(5))
def test_thresholds_keep_every_class_within_its_limit(seed: int) -> None:
    samples, score = _samples(seed, 700)
    passing, failing = thresholds(samples, score)
    assert failing < passing
    shares = {}
    for name in ("genuine", *PASS_LIMITS):
        here = np.array([s.category == name and s.level != "hard" for s in samples])
        shares[name] = float(np.mean(score[here] >= passing))
    for level, limit in FAIL_LIMITS.items():
        here = np.array([s.genuine and s.level == level for s in samples])
        assert np.mean(score[here] <= failing) <= limit, level
    assert all(shares[name] <= limit for name, limit in PASS_LIMITS.items()), shares
    assert shares["genuine"] > 0.1


def test_pass_threshold_is_the_strictest_classs() -> None:
    """One class scores high: its limit alone sets the threshold, just above its highest score."""
    samples, score = _samples(1, 50)
    refont = np.array([s.category == "refont" and s.level != "hard" for s in samples])
    score[refont] = np.linspace(2.0, 3.0, refont.sum())
    others = ~refont & np.array([not s.genuine for s in samples])
    score[others] = np.minimum(score[others], 1.0)
    assert thresholds(samples, score)[0] == pytest.approx(3.001)


def test_hidden_forgeries_do_not_move_the_pass_threshold() -> None:
    """What nobody can see is never passed, so it need not be kept out by the score."""
    samples, score = _samples(3, 60)
    refont = next(i for i, s in enumerate(samples) if (s.category, s.level) == ("refont", "good"))
    high = score.copy()
    high[refont] = 9.0
    assert thresholds(samples, high)[0] == pytest.approx(9.001)
    hidden = samples[refont].likeness.copy()
    hidden[_native.LIKENESS_CHANNELS.index("hidden_share")] = HIDDEN_LIMIT + 0.01
    samples[refont] = replace(samples[refont], likeness=hidden)
    assert thresholds(samples, high)[0] < 9.0


def test_hard_samples_do_not_move_thresholds() -> None:
    samples, score = _samples(2, 60)
    hard = np.array([s.level == "hard" for s in samples])
    assert thresholds(samples, np.where(hard, 9.0, score)) == thresholds(samples, score)


def _judged(category: str, verdict: str, style: str | None) -> Judged:
    truth = {"category": category, "level": "good", **({"style": style} if style else {})}
    return Judged(truth, verdict, 0.0, (), None, 1.0)


def test_what_passes_is_counted_by_kind_of_seal() -> None:
    """A kind's row counts its own seals; a class that it lacks stays empty."""
    judged = [
        _judged("genuine", "PASS", "name"),
        _judged("genuine", "REFER", "name"),
        _judged("sibling", "FAIL", "name"),
        _judged("genuine", "PASS", "company"),
    ]
    rows = kind_table(judged).splitlines()[2:]
    assert rows == [
        "| company | 100.0 % of 1 |  |  |  |",
        "| name | 50.0 % of 2 |  | 0.0 % of 1 |  |",
    ]
    assert "no kinds" in kind_table([_judged("genuine", "PASS", None)])


def test_a_refused_card_does_not_stop_the_others(tmp_path: Path) -> None:
    """Vouchers of a card that bears no seal are left out."""
    from PIL import Image

    (tmp_path / "cards").mkdir()
    Image.new("RGB", (700, 600), "white").save(tmp_path / "cards" / "0.png")
    row = {"id": "0", "card": "cards/0.png", "card_dpi": 300, "voucher": "cards/0.png", "dpi": 300}
    row |= {"category": "genuine", "level": "good"}
    (tmp_path / "truth.jsonl").write_text(json.dumps(row) + "\n")
    assert judge(tmp_path, default_profile(), jobs=1) == []
