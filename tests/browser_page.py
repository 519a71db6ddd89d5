"""A real Chromium for tests, and a bare page that holds nothing but the canvas component."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from seal_service.viewer import (
    Arrow,
    SealLayers,
    component_modules,
    component_style,
    link,
    seal_data,
)

MARGIN_PX = 26
PX_PER_MM = 8.0
SIDE_PX = 160
SIDE_MM = SIDE_PX / PX_PER_MM

VIEWPORT = "<meta name='viewport' content='width=device-width'>"
# Chromium's advice to those who read a canvas often: that is us, not the component.
OUR_OWN_DOING = "willReadFrequently"

PROBE = """
import { mount } from "./seal_view.js";

window.changes = [];
window.mountSeal = (data, options) => {
  window.view = mount(document.getElementById("here"), data, {
    ...options,
    onChange: (state) => window.changes.push(state.mode),
  });
  return window.view.ready;
};
"""


def chromium_path() -> str:
    """Return the system's Chromium; tests that need it fail without one, they do not skip."""
    named = os.environ.get("SEALMATCH_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if found is None:
        pytest.fail(
            "Chromium is missing; `make setup` installs it (Debian: apt-get install chromium)"
        )
    return found


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Start Chromium without a window; there is no sandbox for root to run it in."""
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=sandbox)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page and everything that it complained about or asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def watched(context: BrowserContext) -> Watched:
    """Open a page whose console, errors and requests are kept."""
    page = context.new_page()
    page.set_default_timeout(15_000)
    found = Watched(page)
    page.on("console", lambda message: _keep(found, f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: found.complaints.append(f"error: {error}"))
    page.on("request", lambda request: found.requests.append(request.url))
    return found


def _keep(found: Watched, message: str) -> None:
    if OUR_OWN_DOING not in message:
        found.complaints.append(message)


def drawn_layers(**changes: Any) -> SealLayers:
    """Return layers whose colours are known everywhere.

    The reference is inked everywhere but in the right quarter, the moving seal everywhere but in
    the left quarter: card only, both, voucher only, from left to right.
    """
    x = np.arange(SIDE_PX)
    reference = np.repeat((x < 120)[None, :], SIDE_PX, axis=0).astype(np.float32)
    moving = np.repeat((x >= 40)[None, :], SIDE_PX, axis=0).astype(np.float32)
    nothing = np.zeros_like(reference)
    values: dict[str, Any] = {
        "reference": reference,
        "moving": moving,
        "covered": nothing,
        "extra": np.clip(moving - reference, 0, 1),
        "missing": np.clip(reference - moving, 0, 1),
        "reference_photo": None,
        "moving_photo": None,
        "arrows": (Arrow(-5.0, -5.0, 0.2, 0.0), Arrow(5.0, 5.0, 0.0, 0.05)),
        "hull_mm": ((-9.0, -9.0), (9.0, -9.0), (9.0, 9.0), (-9.0, 9.0)),
        "px_per_mm": PX_PER_MM,
        "trusted": True,
    }
    return SealLayers(**{**values, **changes})


@dataclass
class SealPage:
    """The component on a page of its own, and how to touch it in millimetres."""

    seen: Watched

    @property
    def page(self) -> Page:
        """The page."""
        return self.seen.page

    def state(self) -> dict[str, Any]:
        """Return the component's state."""
        state: dict[str, Any] = self.page.evaluate("view.state()")
        return state

    def show(self, **change: Any) -> None:
        """Change the state and wait for the picture."""
        self.page.evaluate("change => view.show(change)", change)
        self.settle()

    def settle(self) -> None:
        """Wait until what was asked for is drawn."""
        self.page.evaluate(
            "new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))"
        )

    def box(self) -> dict[str, float]:
        """Return where the canvas is on the page."""
        box = self.page.locator("#here canvas").bounding_box()
        assert box is not None
        return dict(box)

    def scale(self) -> float:
        """Return CSS pixels a millimetre, of a mode with one pane."""
        box = self.box()
        fit = min(box["width"], box["height"]) - 2 * MARGIN_PX
        return fit / SIDE_MM * float(self.state()["zoom"])

    def at(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """Return where on the page a point of the seal is."""
        box, scale, state = self.box(), self.scale(), self.state()
        return (
            box["x"] + box["width"] / 2 + scale * (x_mm - state["centreXMm"]),
            box["y"] + box["height"] / 2 + scale * (y_mm - state["centreYMm"]),
        )

    def colour(self, x_mm: float, y_mm: float) -> tuple[int, int, int]:
        """Return the colour that is drawn at a point of the seal."""
        x, y = self.at(x_mm, y_mm)
        box = self.box()
        found: list[int] = self.page.evaluate(
            """([x, y]) => {
              const canvas = document.querySelector("#here canvas");
              const ratio = canvas.width / canvas.clientWidth;
              const at = [Math.round(x * ratio), Math.round(y * ratio), 1, 1];
              return [...canvas.getContext("2d").getImageData(...at).data];
            }""",
            [x - box["x"], y - box["y"]],
        )
        return found[0], found[1], found[2]

    def pixels(self) -> str:
        """Return the whole picture, as something to compare."""
        found: str = self.page.evaluate("document.querySelector('#here canvas').toDataURL()")
        return found

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag the mouse between two points of the page."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for share in (0.25, 0.5, 0.75, 1.0):
            x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
            self.page.mouse.move(x, y)
        self.page.mouse.up()
        self.settle()


def seal_page(
    context: BrowserContext, folder: Path, layers: SealLayers, **options: Any
) -> SealPage:
    """Mount the component on a bare page."""
    script = link({**component_modules(), "probe.js": PROBE}, entry="probe.js")
    page_file = folder / "bare.html"
    page_file.write_text(
        f"<!DOCTYPE html><meta charset='utf-8'>{VIEWPORT}<style>{component_style()}</style>"
        f"<div id='here'></div><div style='height:2000px'></div><script>{script}</script>",
        "utf-8",
    )
    seen = watched(context)
    seen.page.goto(page_file.as_uri())
    mounted = SealPage(seen)
    data = json.dumps(seal_data(layers))
    seen.page.evaluate("([data, options]) => mountSeal(JSON.parse(data), options)", [data, options])
    mounted.settle()
    return mounted


def normal_of(angle_deg: float) -> tuple[float, float]:
    """Return the fold's normal: its line turned clockwise by a quarter; y is down."""
    angle = math.radians(angle_deg)
    return -math.sin(angle), math.cos(angle)
