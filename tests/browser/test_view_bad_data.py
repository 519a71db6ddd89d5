"""What the component does with data that is wrong, incomplete or not to be trusted."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_page import SealPage, drawn_layers, seal_page
from playwright.sync_api import BrowserContext, Error


@pytest.fixture
def view(desktop: BrowserContext, tmp_path: Path) -> SealPage:
    return seal_page(desktop, tmp_path, drawn_layers())


@pytest.mark.parametrize(
    "change",
    [
        "{foldAngleDeg: NaN}",
        "{foldOffsetMm: Infinity}",
        "{zoom: '2'}",
        "{mode: 'xray'}",
        "{movingSide: 0}",
        "{language: 'de'}",
        "{colour: 'red'}",
    ],
)
def test_a_state_that_means_nothing_is_refused(view: SealPage, change: str):
    before = view.state()
    with pytest.raises(Error, match="RangeError"):
        view.page.evaluate(f"view.show({change})")
    assert view.state() == before


def test_values_beyond_their_limits_stay_at_the_limit(view: SealPage):
    view.show(zoom=1e9, level=-3.0, foldOffsetMm=1e6, centreXMm=-1e6, foldAngleDeg=-45.0)
    state = view.state()
    assert state["zoom"] == 24
    assert state["level"] == 0
    assert state["centreXMm"] == -10
    # Minus 45 degrees is 135 with the normal reversed, so the offset is on the other side.
    assert state["foldAngleDeg"] == 135
    assert state["foldOffsetMm"] == pytest.approx(-14.14, abs=0.01)


@pytest.mark.parametrize(
    "damage",
    [
        "data.version = 2",
        "data.widthPx = 0",
        "data.pxPerMm = null",
        "data.arrows[0].dxMm = null",
        "data.hullMm[0][0] = 'wide'",
        "data.folds = [{angleDeg: 1, offsetMm: 0, strokes: [{atMm: null, status: 'missing'}]}]",
    ],
)
def test_data_that_means_nothing_is_refused(view: SealPage, damage: str):
    with pytest.raises(Error, match="RangeError"):
        view.page.evaluate(
            f"""() => {{
              const data = {_DATA};
              {damage};
              return mountSeal(data, {{}});
            }}"""
        )


_PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg=="  # noqa: E501
_DATA = f"""{{
  version: 1, widthPx: 1, heightPx: 1, pxPerMm: 8, reference: {{ink: "{_PIXEL}", photo: null}},
  moving: null, covered: null, extra: null, missing: null,
  arrows: [{{xMm: 0, yMm: 0, dxMm: 0, dyMm: 0}}], hullMm: [[0, 0], [1, 0], [0, 1]], trusted: true,
}}"""


@pytest.mark.parametrize(
    "damage", ["data.reference.ink = 'data:image/png;base64,AAAA'", "data.widthPx = 7"]
)
def test_a_picture_that_cannot_be_read_is_said_and_told(view: SealPage, damage: str):
    said = view.page.evaluate(
        f"""async () => {{
          const data = {_DATA};
          {damage};
          try {{ await mountSeal(data, {{}}); }} catch (error) {{ return error.name; }}
          return "nothing";
        }}"""
    )
    assert said != "nothing"
    assert (
        view.page.locator(".sv-notice").inner_text()
        == "A picture of this comparison cannot be read."
    )


def test_untrusted_alignment_is_said_and_neither_folds_nor_draws_arrows(
    desktop: BrowserContext, tmp_path: Path
):
    view = seal_page(desktop, tmp_path, drawn_layers(trusted=False))
    notice = view.page.locator(".sv-notice")
    assert "do not judge" in notice.inner_text()
    assert view.page.locator("[data-mode=arrows]").is_disabled()
    assert view.page.locator("[data-mode=fold]").is_disabled()
    assert view.page.locator("[data-mode=difference]").is_enabled()
    view.page.locator("#here canvas").focus()
    view.page.keyboard.press("7")
    assert view.state()["mode"] == "side"
    for mode in ("arrows", "fold"):
        with pytest.raises(Error, match="RangeError"):
            view.page.evaluate("mode => view.show({mode})", mode)
    view.show(language="zh")
    assert "不可据此判断" in notice.inner_text()


def test_without_a_moving_seal_only_the_reference_is_shown(desktop: BrowserContext, tmp_path: Path):
    layers = drawn_layers(
        moving=None, covered=None, extra=None, missing=None, arrows=(), trusted=False
    )
    view = seal_page(desktop, tmp_path, layers)
    assert view.page.locator(".sv-mode:enabled").count() == 1
    assert "only the reserved seal" in view.page.locator(".sv-notice").inner_text()
    assert view.colour(0.0, 0.0) == (200, 24, 30)
    assert view.seen.complaints == []


def test_two_components_do_not_disturb_each_other_and_one_can_be_removed(view: SealPage):
    view.page.evaluate(
        f"""() => {{
          window.first = view;
          const second = document.createElement("div");
          second.id = "second";
          document.body.append(second);
          document.getElementById("here").id = "before";
          second.id = "here";
          return mountSeal({_DATA}, {{}});
        }}"""
    )
    ids = view.page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
    view.page.evaluate("first.show({zoom: 3})")
    assert view.state()["zoom"] == 1
    view.page.evaluate("first.destroy()")
    assert view.page.locator(".sv").count() == 1
    view.page.evaluate("first.show({zoom: 4, mode: 'blink', blinking: true})")
    view.settle()
    assert view.seen.complaints == []
