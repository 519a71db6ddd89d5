"""The fold: which half is whose, at any angle and offset; turning and moving it with every hand."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from browser_page import SIDE_PX, SealPage, drawn_layers, normal_of, seal_page
from playwright.sync_api import BrowserContext

INK = (200, 24, 30)
PAPER = (255, 255, 255)


@pytest.fixture
def folded(desktop: BrowserContext, tmp_path: Path) -> SealPage:
    """Show a reference that is all ink over a moving seal that is none: colour tells the half."""
    full = np.ones((SIDE_PX, SIDE_PX), np.float32)
    layers = drawn_layers(reference=full, moving=0 * full, extra=0 * full, missing=full)
    return seal_page(desktop, tmp_path, layers, state={"mode": "fold", "foldGuide": False})


@pytest.mark.parametrize("angle_deg", [0.0, 30.0, 90.0, 135.0, 179.0])
def test_each_half_is_whose_it_should_be(folded: SealPage, angle_deg: float):
    nx, ny = normal_of(angle_deg)
    for offset_mm, side in itertools.product((0.0, 3.3, -4.1), (1, -1)):
        folded.show(foldAngleDeg=angle_deg, foldOffsetMm=offset_mm, movingSide=side)
        for away, along in itertools.product((-0.4, 0.4, 2.5), (-4.0, 4.0)):
            x = (offset_mm + away) * nx + along * ny
            y = (offset_mm + away) * ny - along * nx
            expected = PAPER if away * side > 0 else INK
            assert folded.colour(x, y) == expected, (offset_mm, side, away, along)


def test_the_cut_lies_between_pixels_where_it_must(folded: SealPage):
    """A twentieth of a pixel of offset shows in the pixels of the cut and nowhere else."""
    folded.show(foldAngleDeg=0.0, foldOffsetMm=0.0)
    scale = folded.scale()
    shades = []
    for part in np.arange(0.0, 1.0, 0.25):
        folded.show(foldOffsetMm=float(part / scale))
        column = folded.page.evaluate(
            """() => {
              const canvas = document.querySelector("#here canvas");
              const x = Math.round(canvas.width / 2);
              const data = canvas.getContext("2d").getImageData(x, 0, 1, canvas.height).data;
              return [...data].filter((_, i) => i % 4 === 1);
            }"""
        )
        shades.append(sum(column))
    steps = -np.diff(shades)
    # The green of paper (255) gives way to the ink's (24), a quarter of a pixel at a time.
    assert np.allclose(steps, (255 - 24) / 4, atol=6)


def test_the_names_of_the_halves_never_lie_on_each_other(folded: SealPage):
    folded.page.evaluate(
        """() => {
          window.written = {};
          const write = CanvasRenderingContext2D.prototype.fillText;
          CanvasRenderingContext2D.prototype.fillText = function (words, x, y) {
            window.written[words] = [x, y, this.measureText(words).width];
            return write.call(this, words, x, y);
          };
        }"""
    )
    for angle_deg in range(0, 180, 10):
        folded.show(foldGuide=True, foldAngleDeg=float(angle_deg), foldOffsetMm=0.0)
        written = folded.page.evaluate("window.written")
        (x0, y0, width0), (x1, y1, width1) = (written[name] for name in ("Card", "Voucher"))
        left, width = (x0, width0) if x0 < x1 else (x1, width1)
        beside = left + width + 16 <= max(x0, x1)
        assert beside or abs(y0 - y1) >= 22, (angle_deg, written)


def test_turning_by_half_a_turn_changes_nothing_but_its_name(folded: SealPage):
    folded.show(foldAngleDeg=20.0, foldOffsetMm=2.0, movingSide=1)
    before = folded.pixels()
    folded.show(foldAngleDeg=200.0, foldOffsetMm=-2.0, movingSide=-1)
    assert folded.pixels() == before
    state = folded.state()
    assert (state["foldAngleDeg"], state["foldOffsetMm"], state["movingSide"]) == (20, 2, 1)


def test_mouse_moves_the_line(folded: SealPage):
    folded.show(foldGuide=True, foldAngleDeg=30.0, foldOffsetMm=0.0)
    before = folded.pixels()
    nx, ny = normal_of(30.0)
    # Held apart from its middle, pulled askew: only the part across the line counts.
    start = folded.at(4 * ny, -4 * nx)
    end = folded.at(4 * ny + 2 * nx + 1.5 * ny, -4 * nx + 2 * ny - 1.5 * nx)
    folded.drag(start, end)
    assert folded.state()["foldOffsetMm"] == pytest.approx(2.0, abs=0.02)
    assert folded.state()["foldAngleDeg"] == 30.0
    assert folded.pixels() != before
    assert folded.state()["centreXMm"] == 0.0


def test_mouse_turns_the_line_by_its_end(folded: SealPage):
    folded.show(foldGuide=True, foldAngleDeg=0.0, foldOffsetMm=0.0)
    box = folded.box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    end = (box["x"] + box["width"] - 20, middle[1])
    turned = (
        middle[0] + 200 * math.cos(math.radians(50)),
        middle[1] + 200 * math.sin(math.radians(50)),
    )
    before = folded.pixels()
    folded.drag(end, turned)
    assert folded.state()["foldAngleDeg"] == pytest.approx(50.0, abs=0.3)
    assert folded.state()["foldOffsetMm"] == pytest.approx(0.0, abs=0.01)
    assert folded.pixels() != before


def test_arrow_keys_turn_and_move_the_line(folded: SealPage):
    folded.show(foldAngleDeg=45.0, foldOffsetMm=0.0)
    folded.page.locator("#here canvas").focus()
    seen = {folded.pixels()}
    for key, angle, offset in (
        ("ArrowRight", 46.0, 0.0),
        ("ArrowLeft", 45.0, 0.0),
        ("Shift+ArrowLeft", 35.0, 0.0),
        ("ArrowDown", 35.0, 0.1),
        ("Shift+ArrowUp", 35.0, -0.9),
    ):
        folded.page.keyboard.press(key)
        folded.settle()
        state = folded.state()
        assert state["foldAngleDeg"] == pytest.approx(angle)
        assert state["foldOffsetMm"] == pytest.approx(offset)
        seen.add(folded.pixels())
    assert len(seen) == 5  # back at 45 degrees once
    folded.page.keyboard.press("x")
    assert folded.state()["movingSide"] == -1
    folded.page.keyboard.press("Control+ArrowRight")
    assert folded.state()["centreXMm"] > 0
    assert folded.state()["foldAngleDeg"] == pytest.approx(35.0)


def test_keys_turn_past_the_end_without_a_jump(folded: SealPage):
    folded.show(foldAngleDeg=179.5, foldOffsetMm=3.0, movingSide=1)
    folded.page.locator("#here canvas").focus()
    folded.page.keyboard.press("ArrowRight")
    state = folded.state()
    assert state["foldAngleDeg"] == pytest.approx(0.5)
    assert (state["foldOffsetMm"], state["movingSide"]) == (-3.0, -1)


def test_sliders_and_button_set_the_fold(folded: SealPage):
    angle = folded.page.locator("[data-amount=foldAngleDeg]")
    angle.fill("120")
    folded.page.locator("[data-amount=foldOffsetMm]").fill("-2.5")
    folded.page.locator("[data-tool=swap] >> visible=true").click()
    state = folded.state()
    assert (state["foldAngleDeg"], state["foldOffsetMm"], state["movingSide"]) == (120, -2.5, -1)
    assert angle.get_attribute("aria-valuetext") == "120.0\u2009°"
    caption = folded.page.locator(".sv-caption").inner_text()
    assert "120.0°" in caption
    assert "right half" in caption


def test_finger_moves_the_line(phone: BrowserContext, tmp_path: Path):
    touched = seal_page(phone, tmp_path, drawn_layers(), state={"mode": "fold"})
    touched.show(foldAngleDeg=0.0, foldOffsetMm=0.0)
    before = touched.pixels()
    start, end = touched.at(3.0, 0.6), touched.at(3.0, 3.6)
    touch = phone.new_cdp_session(touched.page)
    points = [(start[0], start[1] + share * (end[1] - start[1])) for share in (0, 0.3, 0.7, 1)]
    for kind, (x, y) in zip(("touchStart", *["touchMove"] * 3), points, strict=True):
        event = {"type": kind, "touchPoints": [{"x": x, "y": y}]}
        touch.send("Input.dispatchTouchEvent", event)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    touched.settle()
    assert touched.state()["foldOffsetMm"] == pytest.approx(3.0, abs=0.05)
    assert touched.pixels() != before
    assert touched.page.evaluate("scrollY") == 0
