"""Zoom, pan, magnifier, grid, ruler, help and keys: what a hand does is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_page import MARGIN_PX, SealPage, drawn_layers, seal_page
from playwright.sync_api import BrowserContext


@pytest.fixture
def view(desktop: BrowserContext, tmp_path: Path) -> SealPage:
    return seal_page(desktop, tmp_path, drawn_layers(), state={"mode": "overlay"})


def test_wheel_zooms_about_the_pointer_once_the_picture_has_the_focus(view: SealPage):
    view.page.mouse.move(*view.at(4.0, -3.0))
    view.page.mouse.wheel(0, 300)
    view.page.wait_for_function("scrollY > 0")
    assert view.state()["zoom"] == 1.0
    view.page.evaluate("scrollTo(0, 0)")
    view.page.locator("#here canvas").focus()
    before, place = view.pixels(), view.at(4.0, -3.0)
    view.page.mouse.wheel(0, -300)
    view.page.wait_for_function("view.state().zoom > 1.3")
    view.settle()
    assert view.at(4.0, -3.0) == pytest.approx(place, abs=0.6)
    assert view.pixels() != before
    assert view.page.evaluate("scrollY") == 0


def test_dragging_carries_the_seal_with_the_pointer(view: SealPage):
    view.show(zoom=3.0)
    start = view.at(1.0, 1.0)
    end = (start[0] + 60, start[1] - 40)
    before = view.pixels()
    view.drag(start, end)
    assert view.at(1.0, 1.0) == pytest.approx(end, abs=0.6)
    assert view.pixels() != before


def test_buttons_and_keys_zoom_and_fit(view: SealPage):
    view.page.click("[data-tool=zoomIn]")
    assert view.state()["zoom"] == pytest.approx(1.25)
    view.page.locator("#here canvas").focus()
    view.page.keyboard.press("+")
    view.page.keyboard.press("Shift+ArrowRight")
    state = view.state()
    assert state["zoom"] == pytest.approx(1.5625)
    assert state["centreXMm"] > 0
    view.page.keyboard.press("0")
    state = view.state()
    assert (state["zoom"], state["centreXMm"], state["centreYMm"]) == (1.0, 0.0, 0.0)


def test_two_fingers_zoom_and_one_pans(phone: BrowserContext, tmp_path: Path):
    view = seal_page(phone, tmp_path, drawn_layers(), state={"mode": "overlay"})
    touch = phone.new_cdp_session(view.page)

    def send(kind: str, *fingers: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(fingers)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    a, b = view.at(-3.0, 0.0), view.at(3.0, 0.0)
    send("touchStart", a, b)
    send("touchMove", (a[0] - 30, a[1]), (b[0] + 30, b[1]))
    send("touchEnd")
    spread = (b[0] - a[0] + 60) / (b[0] - a[0])
    assert view.state()["zoom"] == pytest.approx(spread, rel=0.03)
    assert view.state()["centreXMm"] == pytest.approx(0.0, abs=0.2)
    before = view.state()
    start = view.at(0.0, 0.0)
    send("touchStart", start)
    send("touchMove", (start[0] + 30, start[1]))
    send("touchEnd")
    moved = before["centreXMm"] - view.state()["centreXMm"]
    assert moved == pytest.approx(30 / view.scale(), abs=0.1)


def test_magnifier_shows_its_place_enlarged_and_follows_the_pointer(view: SealPage):
    view.page.click("[data-tool=lens]")
    view.show(lensXMm=0.0, lensYMm=0.0, lensPower=4)
    # Enlarged four times about 4.5 mm, the edge at 5 mm lies 2 mm from the ring's middle.
    view.page.mouse.move(*view.at(4.5, 0.0))
    view.settle()
    state = view.state()
    assert (state["lensXMm"], state["lensYMm"]) == pytest.approx((4.5, 0.0), abs=0.05)
    assert view.colour(4.5 + 0.3 * 4, 0.0) == pytest.approx((18, 32, 0), abs=3)
    assert view.colour(4.5 + 0.8 * 4, 0.0) == pytest.approx((230, 90, 0), abs=3)
    view.page.locator("#here canvas").focus()
    view.page.keyboard.press("ArrowLeft")
    view.settle()
    assert view.state()["lensXMm"] < 4.5
    assert "Magnifier" in view.page.locator(".sv-caption").inner_text()
    view.page.keyboard.press(".")
    assert view.state()["lensPower"] == 4.5


def test_magnifier_looks_at_the_same_place_of_both_seals(desktop: BrowserContext, tmp_path: Path):
    """Half a millimetre beside an edge, three times enlarged, the edge moves a millimetre away."""
    view = seal_page(desktop, tmp_path, drawn_layers(), state={"mode": "side"})
    box = view.box()
    quarter = (box["width"] - 10) / 4
    fit = min(2 * quarter, box["height"]) - 2 * MARGIN_PX

    def inked(middle: float, x_mm: float) -> bool:
        place = [round(middle + x_mm * fit / 20.0), round(box["height"] / 2 + 20)]
        found: list[int] = view.page.evaluate(
            """place => {
              const canvas = document.querySelector("#here canvas");
              return [...canvas.getContext("2d").getImageData(...place, 1, 1).data].slice(0, 3);
            }""",
            place,
        )
        return found[1] < 90

    # The card's ink ends at x = 5 mm, the voucher's begins at x = -5 mm.
    for middle, edge in ((quarter, 5.0), (box["width"] - quarter, -5.0)):
        view.show(lens=False)
        assert inked(middle, edge + 0.5) != inked(middle, edge - 0.5)
        view.show(lens=True, lensXMm=edge - 0.5, lensYMm=0.0)
        assert inked(middle, edge + 0.5) == inked(middle, edge - 0.5)
        assert inked(middle, edge + 1.5) != inked(middle, edge - 0.5)


def test_grid_lines_are_a_millimetre_apart(desktop: BrowserContext, tmp_path: Path):
    layers = drawn_layers()
    blank = drawn_layers(reference=0 * layers.reference, moving=0 * layers.reference)
    view = seal_page(desktop, tmp_path, blank, state={"mode": "overlay", "grid": True})
    line, space = view.colour(2.0, 0.5), view.colour(2.5, 0.5)
    assert space == (255, 255, 255)
    assert line != space
    assert sum(view.colour(5.0, 0.5)) < sum(view.colour(4.0, 0.5))
    view.page.locator("#here canvas").focus()
    view.page.keyboard.press("g")
    view.settle()
    assert view.colour(2.0, 0.5) == space


def test_ruler_measures_what_it_is_dragged_over(view: SealPage):
    view.page.click("[data-tool=ruler]")
    view.show(rulerX0Mm=-5.0, rulerY0Mm=0.0, rulerX1Mm=5.0, rulerY1Mm=0.0)
    assert "Ruler: 10.00 mm" in view.page.locator(".sv-caption").inner_text()
    before = view.pixels()
    view.drag(view.at(5.0, 0.0), view.at(-1.0, 3.0))
    state = view.state()
    assert (state["rulerX1Mm"], state["rulerY1Mm"]) == pytest.approx((-1.0, 3.0), abs=0.05)
    assert "Ruler: 5.00 mm" in view.page.locator(".sv-caption").inner_text()
    assert view.pixels() != before
    assert state["centreXMm"] == 0.0
    view.page.locator("#here canvas").focus()
    view.page.keyboard.press("Shift+ArrowLeft")
    assert view.state()["rulerX0Mm"] < -5.0
    view.page.keyboard.press("t")
    view.page.keyboard.press("ArrowLeft")
    assert view.state()["rulerX1Mm"] < state["rulerX1Mm"]


def test_help_opens_closes_and_gives_the_focus_back(view: SealPage):
    view.page.locator("#here canvas").focus()
    view.page.keyboard.press("?")
    dialog = view.page.locator("dialog.sv-help")
    assert dialog.is_visible()
    assert dialog.locator("dt").count() == dialog.locator("dd").count() > 10
    view.page.keyboard.press("2")
    assert view.state()["mode"] == "overlay"
    view.page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert view.page.evaluate("document.activeElement.tagName") == "CANVAS"
    view.page.click("[data-tool=help]")
    assert dialog.is_visible()
    dialog.locator("button").click()
    assert not dialog.is_visible()


def test_keys_outside_the_component_do_nothing(view: SealPage):
    view.page.evaluate("document.activeElement.blur()")
    view.page.keyboard.press("5")
    assert view.state()["mode"] == "overlay"


def test_everything_that_can_be_pressed_has_a_name_in_both_languages(view: SealPage):
    names = {}
    for language in ("en", "zh"):
        view.show(language=language, mode="fold", lens=True, ruler=True)
        names[language] = view.page.evaluate(
            """() => [...document.querySelectorAll("#here button, #here input")]
              .filter((each) => each.checkVisibility())
              .map((each) => each.labels?.[0]?.textContent || each.textContent || "")"""
        )
        assert all(name.strip() for name in names[language])
        canvas = view.page.locator("#here canvas")
        assert canvas.get_attribute("aria-label")
        described = canvas.get_attribute("aria-describedby")
        assert view.page.locator(f"#{described}").inner_text()
    assert len(names["en"]) == len(names["zh"]) > 15
    for english, chinese in zip(names["en"], names["zh"], strict=True):
        assert english.isascii()
        assert not chinese.isascii()


def test_a_screen_reader_hears_where_the_fold_is(view: SealPage):
    view.show(mode="fold", foldAngleDeg=0.0, foldOffsetMm=1.5, movingSide=1)
    status = view.page.locator(".sv-caption [role=status]")
    view.page.wait_for_function(
        "document.querySelector('.sv-caption [role=status]').textContent.includes('1.50 mm')"
    )
    assert "lower half" in (status.text_content() or "")
