"""One Chromium for all browser tests, one context for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser_page import running_browser
from playwright.sync_api import Browser, BrowserContext

DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as running:
        yield running


@pytest.fixture
def desktop(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=DESKTOP, locale="en-GB", offline=True)
    yield context
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    size = {"width": 390, "height": 844}
    context = browser.new_context(
        viewport=size,
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        offline=True,
    )
    yield context
    context.close()
