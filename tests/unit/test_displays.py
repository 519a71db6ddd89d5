"""Displays: arrays of the promised shapes that show what they are said to show."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from conftest import Impressions
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from seal_service import displays
from seal_service.adapters.matching import (
    LocalShift,
    SealPair,
    examine_voucher,
    load_profile,
    make_seal_pair,
    open_reference,
)
from seal_service.displays import DisplayError

RED, GREEN = (200, 30, 40), (20, 160, 60)


def plain(colour: tuple[int, int, int], height: int = 41, width: int = 61) -> displays.Picture:
    return np.full((height, width, 3), colour, np.uint8)


def noise(seed: int, height: int = 41, width: int = 61) -> displays.Picture:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def pair_of(impressions: Impressions, category: str) -> SealPair:
    row = impressions.row(category)
    card = impressions.folder / str(row["card"])
    dpi = float(str(row["card_dpi"]))
    reference = open_reference(card, dpi=dpi)
    examined = examine_voucher(
        reference,
        impressions.folder / str(row["voucher"]),
        profile=load_profile(),
        dpi=float(str(row["voucher_dpi"])),
    )
    return make_seal_pair(reference, examined, card, card_dpi=dpi)


@pytest.fixture(scope="module")
def genuine(impressions: Impressions) -> SealPair:
    return pair_of(impressions, "genuine")


@pytest.fixture(scope="module")
def recut(impressions: Impressions) -> SealPair:
    return pair_of(impressions, "recut")


def test_pair_lies_on_one_grid(genuine: SealPair):
    assert genuine.reference.shape == genuine.moving.shape
    assert genuine.reference.dtype == genuine.moving.dtype == np.uint8
    height, width = genuine.maps.reference.shape
    assert genuine.reference.shape == (2 * height, 2 * width, 3)
    assert genuine.inside.shape == (height, width)
    # Where the map has a full stroke both pictures are darker than where it has none.
    ink = displays.enlarged(genuine.maps.reference, 2)
    for picture in (genuine.reference, genuine.moving):
        level = picture[:, :, 1].astype(float)
        inside = displays.enlarged(genuine.inside, 2) > 0.9
        stroke = np.median(level[inside & (ink > 0.9)])
        assert stroke < np.median(level[inside & (ink < 0.05)]) - 30


def test_moving_picture_agrees_with_the_moving_map(genuine: SealPair):
    """Pictures are warped by our own code, maps by the engine: they must not drift apart."""
    ink = displays.enlarged(genuine.maps.moving, 2)
    dark = 255.0 - genuine.moving[:, :, 1].astype(np.float32)
    seal = displays.enlarged(genuine.inside, 2) > 0.9

    def likeness(dx: int, dy: int) -> float:
        moved = np.roll(dark, (dy, dx), (0, 1))
        return float(np.corrcoef(moved[seal], ink[seal])[0, 1])

    here = likeness(0, 0)
    assert here > 0.75
    assert all(likeness(dx, dy) < here for dx, dy in ((2, 0), (-2, 0), (0, 2), (0, -2)))


def test_side_by_side_keeps_both():
    one, two = noise(1), noise(2)
    shown = displays.side_by_side(one, two)
    assert np.array_equal(shown[:, :61], one)
    assert np.array_equal(shown[:, -61:], two)


def test_overlay_tells_reference_moving_and_both_apart():
    reference, moving = np.zeros((5, 9), np.float32), np.zeros((5, 9), np.float32)
    reference[:, :6], moving[:, 3:] = 1.0, 1.0
    card, both, voucher = (displays.overlay(reference, moving)[2, x].astype(int) for x in (1, 4, 8))
    assert card[2] > card[0]  # blue
    assert voucher[0] > voucher[2]  # orange
    assert both.sum() < min(card.sum(), voucher.sum())
    assert displays.overlay(reference * math.nan, moving * 0.0).min() == 255


def test_transparency_runs_from_one_to_the_other():
    one, two = noise(1), noise(2)
    assert np.array_equal(displays.transparent(one, two, level=0.0), one)
    assert np.array_equal(displays.transparent(one, two, level=1.0), two)
    mean = (one.astype(float) + two) / 2.0
    assert np.abs(displays.transparent(one, two) - mean).max() <= 0.5


@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_blink_is_an_endless_lossless_animation(file_format):
    frames = displays.blink(noise(1), noise(2))
    content = displays.animation(frames, file_format=file_format, period_ms=250)
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format == file_format.upper()
        assert picture.n_frames == 2
        assert picture.info["loop"] == 0
        for shown, frame in zip(ImageSequence.Iterator(picture), frames, strict=True):
            assert np.array_equal(np.asarray(shown.convert("RGB")), frame)
            assert shown.info["duration"] == 250


@given(
    angle=st.floats(0, 180), offset=st.floats(-2, 2), side=st.sampled_from(["reference", "moving"])
)
def test_each_half_of_a_fold_is_its_own(angle, offset, side):
    one, two = plain(RED), plain(GREEN)
    shown = displays.fold(
        one, two, px_per_mm=8.0, angle_deg=angle, offset_mm=offset, side=side, line=False
    )
    s, c = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    y, x = np.mgrid[:41, :61]
    distance = c * (y - 20) - s * (x - 30) - 8.0 * offset
    near, far = (RED, GREEN) if side == "reference" else (GREEN, RED)
    assert (shown[distance > 0.6] == near).all()
    assert (shown[distance < -0.6] == far).all()


def test_marks_of_a_fold_leave_the_strokes_alone(recut: SealPair):
    found = recut.fold(angle_deg=20)
    shown = displays.fold(
        recut.reference, recut.moving, px_per_mm=recut.px_per_mm, angle_deg=20, line=False
    )
    before = shown.copy()
    marked = displays.marked(shown, found, px_per_mm=recut.px_per_mm)
    assert np.array_equal(shown, before)
    changed = (marked != shown).any(axis=2)
    assert changed.any()
    height, width = changed.shape
    y, x = np.mgrid[:height, :width]
    s, c = math.sin(math.radians(20)), math.cos(math.radians(20))
    distance_mm = (c * (y - (height - 1) / 2) - s * (x - (width - 1) / 2)) / recut.px_per_mm
    assert np.abs(distance_mm[changed]).min() > 0.4


def test_a_magnified_point_comes_to_the_middle():
    picture = plain((255, 255, 255), 81, 81)
    picture[28:33, 54:59] = 0  # around column 56, row 30: 2 mm right, 1.25 mm up at 8 px/mm
    shown = displays.magnified(
        picture, px_per_mm=8.0, centre_mm=(2.0, -1.25), width_mm=2.0, zoom=5.0
    )
    assert shown.shape == (80, 80, 3)
    assert shown[30:50, 30:50].max() < 40
    assert shown[5, 5].min() > 240
    # Beyond the picture there is paper.
    corner = displays.magnified(picture, px_per_mm=8.0, centre_mm=(5.0, 5.0), width_mm=4.0, zoom=2)
    assert (corner[-5:, -5:] == 255).all()


def test_heat_is_where_the_difference_is_and_never_where_it_is_covered():
    zeros = np.zeros((60, 60), np.float32)
    extra, covered = zeros.copy(), zeros.copy()
    extra[10:20, 10:20] = extra[10:20, 40:50] = extra[40:50, 10:20] = 1.0
    covered[:, 35:] = 1.0
    inside = zeros + 1.0
    inside[35:] = 0.0
    shown = displays.heat_map(
        zeros, extra=extra, missing=zeros, covered=covered, px_per_mm=8.0, inside=inside
    ).astype(int)
    hot, cold, hidden, outside = shown[15, 15], shown[30, 10], shown[15, 45], shown[45, 15]
    assert hot[0] > hot[2] + 80
    assert cold.min() > 240
    assert hidden.min() > 150
    assert outside.min() > 240


def test_arrows_point_where_strokes_lie_and_warn_by_colour():
    zeros = np.zeros((161, 161), np.float32)
    sure, weak = 9.0, 0.1
    shifts = [LocalShift(0.0, 0.0, 0.3, 0.0, sure), LocalShift(-6.0, -6.0, 0.3, 0.3, weak)]
    shown = displays.arrows(zeros, shifts, px_per_mm=8.0, magnification=10.0)
    inked = np.argwhere((shown != 255).any(axis=2))
    (top, left), (bottom, right) = inked.min(axis=0), inked.max(axis=0)
    # 0.3 mm, ten times larger, is 24 pixels to the right of the middle; the weak one is not drawn.
    assert abs(right - 104) <= 3
    assert abs(left - 80) <= 3
    assert (top + bottom) / 2 == pytest.approx(80, abs=1)
    assert np.abs(shown[80, 92].astype(int) - (205, 20, 30)).max() < 30


def test_rulers_count_millimetres_from_the_middle():
    picture = plain((255, 255, 255), 401, 401)
    before = picture.copy()
    shown = displays.ruled(picture, px_per_mm=10.0, spacing_mm=5.0)
    assert np.array_equal(picture, before)
    level = shown[320].astype(int).sum(axis=1)
    darkest = [x for x in range(30, 400) if level[x] < min(level[x - 1], level[x + 1])]
    assert darkest == [50, 100, 150, 200, 250, 300, 350]


def test_wrong_arguments_are_refused_in_one_line():
    one, ink = noise(1), np.zeros((9, 9), np.float32)
    cut = {"px_per_mm": 8.0, "angle_deg": 10.0}
    refused = [
        lambda: displays.side_by_side(one, one[1:]),
        lambda: displays.side_by_side(one, one.astype(np.float32)),
        lambda: displays.side_by_side(one[:0], one[:0]),
        lambda: displays.side_by_side(one[:, :, 0], one[:, :, 0]),
        lambda: displays.overlay(ink, ink[1:]),
        lambda: displays.overlay(ink.astype(np.uint8), ink.astype(np.uint8)),
        lambda: displays.transparent(one, one, level=math.nan),
        lambda: displays.transparent(one, one, level=1.1),
        lambda: displays.animation((one,)),
        lambda: displays.animation((one, one[1:])),
        lambda: displays.animation((one, one), period_ms=0),
        lambda: displays.animation((one, one), file_format="gif"),  # type: ignore[arg-type]
        lambda: displays.fold(one, one, **{**cut, "angle_deg": math.nan}),
        lambda: displays.fold(one, one, **{**cut, "px_per_mm": 0.0}),
        lambda: displays.fold(one, one, **cut, side="left"),  # type: ignore[arg-type]
        lambda: displays.magnified(one, px_per_mm=8.0, centre_mm=(99.0, 0.0)),
        lambda: displays.magnified(one, px_per_mm=8.0, centre_mm=(math.nan, 0.0)),
        lambda: displays.magnified(one, px_per_mm=99.0, centre_mm=(0, 0), width_mm=90, zoom=40),
        lambda: displays.ruled(one, px_per_mm=math.inf),
        lambda: displays.ruled(one, px_per_mm=8.0, spacing_mm=0.0),
        lambda: displays.arrows(ink, [], px_per_mm=8.0, magnification=0.0),
        lambda: displays.enlarged(ink, 0),
    ]
    for attempt in refused:
        with pytest.raises(DisplayError) as error:
            attempt()
        assert error.value.code == "BAD_DISPLAY"
        assert len(str(error.value).splitlines()) == 1
