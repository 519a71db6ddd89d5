"""The component as the console will use it: plain ES modules from a server, nothing linked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browser_page import drawn_layers, watched
from playwright.sync_api import Browser

from seal_service.viewer import component_modules, component_style, seal_data

PAGE = """<!DOCTYPE html><link rel="icon" href="data:,"><link rel="stylesheet" href="seal_view.css">
<div id="here"></div><script type="module">
import { mount } from "./seal_view.js";
window.view = mount(document.getElementById("here"), await (await fetch("data.json")).json());
await window.view.ready;
document.documentElement.dataset.ready = "";
</script>"""


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    for name, source in component_modules().items():
        (tmp_path / name).write_text(source, "utf-8")
    (tmp_path / "seal_view.css").write_text(component_style(), "utf-8")
    (tmp_path / "data.json").write_text(json.dumps(seal_data(drawn_layers())), "utf-8")
    (tmp_path / "index.html").write_text(PAGE, "utf-8")
    handler = partial(QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_the_modules_run_as_they_are(browser: Browser, served: str):
    context = browser.new_context()
    seen = watched(context)
    seen.page.goto(served)
    seen.page.wait_for_selector("html[data-ready]")
    for mode in ("overlay", "fold", "difference"):
        seen.page.click(f"[data-mode={mode}]")
        assert seen.page.evaluate("view.state().mode") == mode
    assert seen.complaints == []
    assert all(url.startswith((served, "data:")) for url in seen.requests)
    context.close()
