"""The fold test from Python: laws, words, refusals."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
import seal_drawings
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

import seal_match_rs as sm
from seal_match_rs import FoldReason

ROOT = Path(__file__).resolve().parents[2]


def scan(picture: Image.Image, dpi: float) -> sm.Scan:
    ycc = np.asarray(picture.convert("RGB").convert("YCbCr"))
    y, cb, cr = (np.ascontiguousarray(ycc[:, :, k]) for k in range(3))
    return sm.Scan(y, cb, cr, dpi=dpi)


@pytest.fixture(scope="module")
def template() -> sm.Template:
    return sm.enrol([sm.CardView(scan(seal_drawings.card(1), 300))]).template


def examined(template: sm.Template, picture: Image.Image, dpi: float = 200) -> sm.Comparison:
    found = sm.examine(template, scan(picture, dpi))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def genuine(template: sm.Template) -> sm.Comparison:
    return examined(template, seal_drawings.voucher(1))


@pytest.fixture(scope="module")
def other(template: sm.Template) -> sm.Comparison:
    """Return a die of the same outline with other strokes."""
    return examined(template, seal_drawings.voucher(2))


def test_strokes_of_one_die_go_on_and_those_of_another_do_not(template, genuine, other):
    same, differs = (sm.sweep_folds(template, c).summary for c in (genuine, other))
    assert same.strokes_judged > 3000
    assert same.broken_share < 0.02
    assert same.median_offset_mm < 0.03
    assert differs.broken_share > 0.15
    assert differs.shifted_share <= differs.broken_share
    assert len(differs.worst) == 3
    assert all(reason.broken > 0 for reason in differs.worst)


def test_a_map_agrees_with_its_folds(template, other):
    found = sm.sweep_folds(template, other, angles=6, offsets=5)
    assert found.judged.shape == found.break_mm.shape == (6, 5)
    assert found.offsets_mm.tolist() == (-found.offsets_mm[::-1]).tolist()
    for i, angle in enumerate(found.angles_deg):
        for j, offset in enumerate(found.offsets_mm):
            one = sm.fold(template, other, angle_deg=angle, offset_mm=offset, side="moving")
            assert one.judged == found.judged[i, j]
            assert one.broken == found.broken[i, j]
            assert one.reason.shifted == found.shifted[i, j]
            positions = [stroke.position_mm for stroke in one.strokes]
            assert positions == sorted(positions)


@given(angle=st.floats(0, 180), offset=st.floats(-15, 15))
def test_exchanging_the_sides_mirrors_a_fold(template, other, angle, offset):
    mine, theirs = (
        sm.fold(template, other, angle_deg=angle, offset_mm=offset, side=side)
        for side in ("reference", "moving")
    )
    assert len(mine.strokes) == len(theirs.strokes)
    for a, b in zip(mine.strokes, theirs.strokes, strict=True):
        assert (a.status, a.position_mm, a.break_mm) == (b.status, b.position_mm, b.break_mm)
        assert (a.offset_mm is None) == (b.offset_mm is None)
        assert a.offset_mm is None or a.offset_mm == -b.offset_mm


@given(
    angle=st.floats(0, 180),
    offset=st.floats(-30, 30),
    px_per_mm=st.floats(1, 20),
    shape=st.tuples(st.integers(1, 40), st.integers(1, 40)),
)
def test_both_compositions_together_are_both_impressions(angle, offset, px_per_mm, shape):
    rng = np.random.default_rng(3)
    one, two = (rng.random(shape, np.float32) for _ in range(2))
    cut = {"angle_deg": angle, "offset_mm": offset, "px_per_mm": px_per_mm}
    first = sm.compose_fold(one, two, side="reference", **cut)
    second = sm.compose_fold(one, two, side="moving", **cut)
    np.testing.assert_allclose(first + second, one + two, atol=1e-4)
    assert first.min() >= min(one.min(), two.min()) - 1e-5


def unaligned(array: NDArray[np.float32]) -> NDArray[np.float32]:
    raw = np.frombuffer(b"?" + array.tobytes(), np.uint8)[1:]
    return raw.view(np.float32).reshape(array.shape)


@pytest.mark.parametrize(
    "view",
    [
        lambda ramp: ramp,
        lambda ramp: ramp[2:9, 3:17],  # rows further apart than they are long
        lambda ramp: ramp[::3],
        lambda ramp: ramp[::-2, ::3],
        lambda ramp: ramp[:, ::-1],
        lambda ramp: ramp.T,
        lambda ramp: np.broadcast_to(ramp[3], ramp.shape),
        lambda ramp: np.broadcast_to(ramp[:, :1], ramp.shape),
        lambda ramp: ramp[:, 4:5],
        unaligned,
    ],
)
def test_composition_reads_any_strides_and_only_reads(view):
    ramp = np.arange(12 * 20, dtype=np.float32).reshape(12, 20)
    ramp.flags.writeable = False
    seen: NDArray[np.float32] = view(ramp)
    zeros = np.zeros(seen.shape, np.float32)
    for angle_deg in (0.0, 30.0, 90.0):
        cut = {"angle_deg": angle_deg, "px_per_mm": 1.0}
        plain = np.array(seen, order="C")
        assert np.array_equal(
            sm.compose_fold(seen, zeros, **cut), sm.compose_fold(plain, zeros, **cut)
        )
        both = sm.compose_fold(seen, seen, **cut)
        assert np.array_equal(both, plain)
        assert both.flags.writeable
        assert not np.shares_memory(both, seen)
    assert np.array_equal(ramp.ravel(), np.arange(12 * 20))


@pytest.mark.parametrize(
    "change",
    [
        {"angle_deg": math.nan},
        {"angle_deg": -1},
        {"angle_deg": 180.5},
        {"angle_deg": 1e308},
        {"offset_mm": math.inf},
        {"offset_mm": 61},
        {"side": "left"},
    ],
)
def test_what_is_no_fold_is_refused(template, genuine, change):
    wanted = {"angle_deg": 10.0, "offset_mm": 0.0, "side": "moving", **change}
    ones = np.ones((9, 9), np.float32)
    for attempt in (
        lambda: sm.fold(template, genuine, **wanted),
        lambda: sm.compose_fold(ones, ones, **wanted),
    ):
        with pytest.raises(sm.FoldError) as refused:
            attempt()
        assert refused.value.code in {"FOLD_OUT_OF_RANGE", "BAD_FOLD"}


def test_what_does_not_fit_together_is_refused(template, genuine):
    ones = np.ones((9, 9), np.float32)
    for one, two in ((ones, ones[1:]), (ones[:0], ones[:0])):
        with pytest.raises(sm.FoldError) as refused:
            sm.compose_fold(one, two, angle_deg=0)
        assert refused.value.code == "BAD_FOLD_MAPS"
    for angles, offsets in ((0, 21), (180, 0), (721, 1)):
        with pytest.raises(sm.FoldError):
            sm.sweep_folds(template, genuine, angles=angles, offsets=offsets)
    with pytest.raises(OverflowError):
        sm.sweep_folds(template, genuine, angles=-1)


def aligned_noise(template):
    blank = seal_drawings.paper()
    rng = np.random.default_rng(8)
    noise = rng.integers(0, 255, (blank.height // 8, blank.width // 8, 3), dtype=np.uint8)
    rough = Image.fromarray(noise).resize(blank.size, Image.Resampling.BICUBIC)
    found = sm.examine(template, scan(Image.blend(blank, rough, 0.5), 200))
    if found is None or found.trusted:
        pytest.fail("the noise was meant to be aligned, and not to be trusted")
    return found


def test_a_guess_is_not_measured(template):
    found = aligned_noise(template)
    for attempt in (sm.sweep_folds, sm.take_imprint, lambda t, c: sm.fold(t, c, angle_deg=0)):
        with pytest.raises(sm.AlignmentUntrustedError) as refused:
            attempt(template, found)
        assert refused.value.code == "ALIGNMENT_UNTRUSTED"


def test_a_guess_scores_low_and_is_referred_whatever_its_evidence(template, genuine):
    profile = sm.Profile.from_toml(generous_profile())
    assert profile.decide(genuine, kind="colour").verdict == "PASS"
    guess = profile.decide(aligned_noise(template), kind="colour")
    assert (guess.verdict, guess.score) == ("REFER", -1.0)
    assert guess.reasons[0] == "ALIGNMENT_UNSURE"


def test_nothing_passes_of_which_too_much_is_hidden(template):
    """Bars of black over a quarter of the seal: the score stays, the verdict does not."""
    covered = seal_drawings.voucher(1)
    pen = ImageDraw.Draw(covered)
    for y in range(0, covered.height, 24):
        pen.rectangle((0, y, covered.width, y + 6), fill=(20, 20, 20))
    found = examined(template, covered)
    sure, strict = (sm.Profile.from_toml(generous_profile(hidden=h)) for h in (1.0, 0.1))
    passed, referred = (p.decide(found, kind="colour") for p in (sure, strict))
    assert (passed.verdict, referred.verdict) == ("PASS", "REFER")
    assert referred.score == passed.score
    assert "OVERPRINTED" in referred.reasons


def test_a_comparison_with_another_template_is_refused(genuine):
    small = seal_drawings.card(1).resize((900, 600))
    another = sm.enrol([sm.CardView(scan(small, 300))]).template
    with pytest.raises(sm.FoldError):
        sm.sweep_folds(another, genuine)
    with pytest.raises(sm.ImprintError):
        sm.take_imprint(another, genuine)


def test_a_cut_beside_the_seal_meets_nothing_and_says_so(template, genuine):
    found = sm.fold(template, genuine, angle_deg=20, offset_mm=20.6)
    assert found.strokes == ()
    assert found.reason.english == (
        "the fold at 20 degrees, +20.6 mm from the centre, meets no stroke that could be judged"
    )
    assert "没有可判断的笔画" in found.reason.chinese


@pytest.mark.parametrize(
    ("counts", "english", "chinese"),
    [
        ((3, 3, 14, 0.304), "breaks 3 of 14 strokes by 0.30 mm", "14 条笔画中 3 条错位 0.30 毫米"),
        (
            (3, 2, 9, 0.21),
            "breaks 2 of 9 strokes by 0.21 mm and ends 1",
            "2 条错位 0.21 毫米，1 条中断",
        ),
        ((2, 0, 9, 0.0), "ends 2 of 9 strokes", "9 条笔画中 2 条中断"),
        ((0, 0, 1, 0.0), "breaks none of 1 stroke", "1 条笔画全部连贯"),
    ],
)
def test_a_fold_is_said_in_words(counts, english, chinese):
    broken, shifted, judged, break_mm = counts
    reason = FoldReason(45.0, 0.0, broken, shifted, judged, break_mm)
    assert reason.english == f"the fold at 45 degrees {english}"
    assert reason.chinese.startswith("45°折线")
    assert reason.chinese.endswith(chinese)


@given(angle=st.floats(0, 180), offset=st.floats(-60, 60))
@example(angle=45.0, offset=-19.05)
@example(angle=0.0, offset=0.05)
def test_both_languages_say_the_same_numbers(angle, offset):
    reason = FoldReason(angle, offset, 0, 0, 4, 0.0)
    numbers = [re.findall(r"[-+]?[0-9.]+", words) for words in (reason.english, reason.chinese)]
    assert numbers[0] == numbers[1]


def generous_profile(*, hidden: float = 1.0) -> str:
    """Return a profile that gives every impression the score 2 and passes it."""
    layer = f"{{ weights = {[0.0] * 2304}, bias = {[0.0] * 16} }}"
    forest = 'base = 1.0\nchannels = ["{}"]\ntrees = [[-1, 0, 0, 0, 0.0]]\n'
    return (
        'name = "generous"\nversion = "1"\ncalibration = [[-1.0, 2.0], [1.0, 2.001]]\n'
        "[thresholds]\npass_colour = 1.0\npass_grey = 1.0\npass_bilevel = 1.0\nfail = -0.5\n"
        f"hidden = {hidden}\n"
        f"[region]\n{forest.format('shift_mm')}[seal]\n{forest.format('inliers')}"
        f"[network]\nlayers = [{', '.join([layer] * 4)}]\n"
        f"head = {{ weights = {[0.0] * 32}, bias = [0.0, 0.0] }}\n"
        f"[network.parts]\nlayers = [{', '.join([layer] * 3)}]\n"
        f"joint = {{ weights = {[0.0] * 49 * 16 * 16}, bias = {[0.0] * 16} }}\n"
        f"head = {{ weights = {[0.0] * 32}, bias = [0.0, 0.0] }}\n"
    )
