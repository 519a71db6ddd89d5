"""Every display mode draws what it says, in colours that can be predicted."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from browser_page import SIDE_PX, SealPage, drawn_layers, seal_page
from playwright.sync_api import Browser, BrowserContext

MODES = ["side", "overlay", "transparent", "blink", "fold", "difference", "arrows"]
CARD_ONLY, BOTH, VOUCHER_ONLY = (-7.5, 0.0), (0.0, 0.0), (7.5, 0.0)
INK = (200, 24, 30)
PAPER = (255, 255, 255)


@pytest.fixture
def view(desktop: BrowserContext, tmp_path: Path) -> SealPage:
    return seal_page(desktop, tmp_path, drawn_layers())


def test_every_mode_is_reached_by_button_and_key_and_draws_its_own_picture(view: SealPage):
    view.show(blinking=False)
    by_button = {}
    for mode in MODES:
        view.page.click(f"[data-mode={mode}]")
        view.settle()
        assert view.state()["mode"] == mode
        assert view.page.get_attribute(f"[data-mode={mode}]", "aria-pressed") == "true"
        assert view.page.locator(".sv-mode[aria-pressed=true]").count() == 1
        by_button[mode] = view.pixels()
    assert len(set(by_button.values())) == len(MODES)
    view.page.locator("#here canvas").focus()
    view.page.mouse.move(5, 5)
    for number, mode in enumerate(MODES, 1):
        view.page.keyboard.press(str(number))
        view.settle()
        assert view.state()["mode"] == mode
        assert view.pixels() == by_button[mode]
    assert set(view.page.evaluate("changes")) == set(MODES)
    assert view.seen.complaints == []


def test_overlay_tells_card_voucher_and_both_apart(view: SealPage):
    view.show(mode="overlay")
    assert view.colour(*CARD_ONLY) == (20, 90, 200)
    assert view.colour(*VOUCHER_ONLY) == (230, 90, 0)
    both = view.colour(*BOTH)
    assert both == pytest.approx((18, 32, 0), abs=2)


def test_transparent_goes_from_one_seal_to_the_other(view: SealPage):
    view.show(mode="transparent", level=0.0)
    assert view.colour(*CARD_ONLY) == INK
    assert view.colour(*VOUCHER_ONLY) == PAPER
    view.page.locator("[data-amount=level]").fill("0.5")
    view.settle()
    half = tuple((a + b) / 2 for a, b in zip(INK, PAPER, strict=True))
    assert view.colour(*CARD_ONLY) == pytest.approx(half, abs=2)
    assert view.colour(*VOUCHER_ONLY) == pytest.approx(half, abs=2)
    view.page.locator("#here canvas").focus()
    for _ in range(5):
        view.page.keyboard.press("Shift+ArrowRight")
    view.settle()
    assert view.state()["level"] == 1.0
    assert view.colour(*CARD_ONLY) == PAPER
    assert view.colour(*VOUCHER_ONLY) == INK


def test_photographs_are_blended_and_folded_too(desktop: BrowserContext, tmp_path: Path):
    green = np.full((SIDE_PX * 2, SIDE_PX * 2, 3), (20, 160, 60), np.uint8)
    grey = np.full((SIDE_PX * 2, SIDE_PX * 2, 3), (120, 120, 120), np.uint8)
    layers = drawn_layers(reference_photo=green, moving_photo=grey)
    view = seal_page(desktop, tmp_path, layers, state={"mode": "transparent", "level": 0.5})
    assert view.colour(0, 0) == pytest.approx((70, 140, 90), abs=4)
    view.show(mode="fold", foldSource="photo", foldAngleDeg=90.0, movingSide=1, foldGuide=False)
    assert view.colour(-3, 2) == pytest.approx((120, 120, 120), abs=3)
    assert view.colour(3, 2) == pytest.approx((20, 160, 60), abs=3)
    view.page.click("[data-tool=source]")
    view.settle()
    assert view.state()["foldSource"] == "ink"
    assert view.colour(-3, 2) == INK


def test_blinking_changes_by_itself_and_stops_when_told(view: SealPage):
    view.show(mode="blink", blinkHz=2.5, blinkPhase=0)
    assert view.state()["blinking"]
    x, y = view.at(*CARD_ONLY)
    box = view.box()
    # State and pixel are read at one moment, or a slow machine would see two seals.
    seen = view.page.evaluate(
        """async ([x, y]) => {
          const canvas = document.querySelector("#here canvas");
          const context = canvas.getContext("2d");
          const found = {};
          const start = performance.now();
          while (Object.keys(found).length < 2 && performance.now() - start < 20000) {
            const phase = view.state().blinkPhase;
            await new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)));
            if (view.state().blinkPhase !== phase) continue;
            found[phase] = [...context.getImageData(x, y, 1, 1).data].slice(0, 3);
          }
          return [found[0], found[1]];
        }""",
        [round(x - box["x"]), round(y - box["y"])],
    )
    assert seen == [list(INK), list(PAPER)]
    view.page.locator("#here canvas").focus()
    view.page.keyboard.press("Space")
    state = view.state()
    assert not state["blinking"]
    view.page.wait_for_timeout(900)
    assert view.state()["blinkPhase"] == state["blinkPhase"]
    view.page.keyboard.press("b")
    assert view.state()["blinkPhase"] != state["blinkPhase"]


def test_nothing_flashes_more_than_three_times_a_second(view: SealPage):
    view.show(blinkHz=20.0)
    assert view.state()["blinkHz"] <= 3.0


def test_nothing_blinks_by_itself_where_motion_is_unwanted(browser: Browser, tmp_path: Path):
    context = browser.new_context(reduced_motion="reduce")
    view = seal_page(context, tmp_path, drawn_layers(), state={"mode": "blink"})
    assert not view.state()["blinking"]
    context.close()


def test_differences_are_warm_where_extra_and_cold_where_missing(view: SealPage):
    view.show(mode="difference")
    red, _, blue = view.colour(*VOUCHER_ONLY)
    assert red > blue + 80
    red, _, blue = view.colour(*CARD_ONLY)
    assert blue > red + 80
    both = view.colour(*BOTH)
    assert max(both) - min(both) < 8


def test_heat_grows_with_the_difference(desktop: BrowserContext, tmp_path: Path):
    ramp = np.repeat(np.linspace(0, 1, SIDE_PX, dtype=np.float32)[None, :], SIDE_PX, axis=0)
    nothing = np.zeros_like(ramp)
    layers = drawn_layers(reference=nothing, moving=nothing, extra=ramp, missing=nothing)
    view = seal_page(desktop, tmp_path, layers, state={"mode": "difference"})
    greens = [view.colour(x, 0.0)[1] for x in np.linspace(-9.5, 9.5, 12)]
    assert all(a >= b for a, b in itertools.pairwise(greens))
    assert view.colour(-9.9, 0.0) == PAPER
    assert greens[-1] < 60


def test_arrows_have_the_colour_and_the_length_of_their_displacement(view: SealPage):
    view.show(mode="arrows", arrowScale=20)
    # 0.2 mm to the right, drawn twenty times larger: over the limit, so red.
    red, green, blue = view.colour(-5.0 + 2.0, -5.0)
    assert red > max(green, blue) + 80
    assert view.colour(-5.0 + 5.0, -5.0) == view.colour(-5.0, -3.0)
    # 0.05 mm downwards: green.
    red, green, _ = view.colour(5.0, 5.0 + 0.5)
    assert green > red + 30
    view.show(arrowScale=2)
    assert view.colour(-5.0 + 2.0, -5.0) == view.colour(-5.0, -3.0)


def test_covered_parts_are_tinted_within_the_seal_only(desktop: BrowserContext, tmp_path: Path):
    nothing = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    layers = drawn_layers(reference=nothing, moving=nothing, covered=nothing + 1, extra=nothing)
    view = seal_page(desktop, tmp_path, layers, state={"mode": "overlay"})
    red, _, blue = view.colour(0.0, 0.0)
    assert red > blue + 20
    assert view.colour(9.7, 9.7) == PAPER
    assert "covered by print" in view.page.locator(".sv-legend").inner_text()
