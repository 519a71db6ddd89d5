"""The canvas component's Python: modules joined to one script, arrays to JSON."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from seal_service.viewer import (
    Arrow,
    LayerError,
    LinkError,
    SealLayers,
    component_modules,
    component_style,
    link,
    seal_data,
)


def layers(**changes: object) -> SealLayers:
    values: dict[str, object] = {
        "reference": np.linspace(-0.5, 1.5, 12, dtype=np.float32).reshape(3, 4),
        "moving": None,
        "covered": None,
        "extra": None,
        "missing": None,
        "reference_photo": None,
        "moving_photo": None,
        "arrows": (Arrow(1.0, 2.0, 0.1, -0.1),),
        "hull_mm": ((0.0, 0.0),),
        "px_per_mm": 8.0,
        "trusted": True,
    }
    return SealLayers(**{**values, **changes})  # type: ignore[arg-type]


def pixels(uri: str) -> np.ndarray:
    kind, _, content = uri.partition(";base64,")
    assert kind in {"data:image/png", "data:image/webp"}
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))


def test_modules_run_in_the_order_of_their_needs_each_once():
    modules = {
        "page.js": 'import { b } from "./b.js";\nimport { c } from "../x/c.js";\nb(c);\n',
        "b.js": 'import { c as d } from "./c.js";\nexport function b() { return d; }\n',
        "c.js": "// Why.\nexport const c = 1;\nexport async function e() {}\n",
        "unused.js": "export const u = 2;\n",
    }
    script = link(modules, entry="page.js")
    assert re.findall(r'modules\["(\w+)\.js"\] = ', script) == ["c", "b", "page"]
    assert 'const { c: d } = modules["c.js"];' in script
    assert "return { c, e };" in script
    assert "Why" not in script
    assert not re.search(r"^\s*(?:import|export)\b", script, re.MULTILINE)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('import { x } from "./absent.js";\n', "no module absent.js"),
        ('import { a } from "./page.js";\n', "circle"),
        ('import * as all from "./b.js";\n', "not understood"),
        ("export default 1;\n", "not understood"),
        ('export { a } from "./b.js";\n', "not understood"),
        ('const a = "</script>";\n', "end its <script>"),
        ('const a = "<!--";\n', "end its <script>"),
    ],
)
def test_what_the_linker_does_not_understand_is_refused(source: str, words: str):
    with pytest.raises(LinkError, match=re.escape(words)):
        link({"page.js": source, "b.js": "export const b = 1;\n"}, entry="page.js")


def test_the_component_needs_nothing_but_its_own_modules():
    modules = component_modules()
    script = link(modules, entry="seal_view.js")
    joined = set(re.findall(r'^modules\["([\w.]+)"\] = ', script, re.MULTILINE))
    assert joined == set(modules)
    assert not re.search(r"fetch\(|localStorage|innerHTML|document\.cookie|\beval\(", script)


def test_every_rule_of_the_stylesheet_is_the_components_own():
    style = re.sub(r"/\*.*?\*/", "", component_style(), flags=re.DOTALL)
    selectors = re.findall(r"([^{}]+)\{", style)
    for selector in selectors:
        if not selector.strip().startswith("@"):
            for part in selector.split(","):
                assert part.strip().startswith(".sv"), selector


def test_maps_are_stored_without_loss_and_clipped():
    found = pixels(seal_data(layers())["reference"]["ink"])
    expected = np.clip(np.linspace(-0.5, 1.5, 12), 0, 1).reshape(3, 4) * 255
    assert found.dtype == np.uint8
    assert np.array_equal(found, np.rint(expected.astype(np.float32)))


def test_nan_says_nothing():
    ink = np.full((2, 2), np.nan, np.float32)
    assert not pixels(seal_data(layers(reference=ink))["reference"]["ink"]).any()


def test_data_names_sizes_arrows_and_photographs():
    photo = np.full((6, 8, 3), (200, 30, 40), np.uint8)
    moving = np.zeros((3, 4), np.float32)
    data = seal_data(layers(reference_photo=photo, moving=moving, trusted=False))
    assert (data["widthPx"], data["heightPx"], data["pxPerMm"]) == (4, 3, 8.0)
    assert data["arrows"] == [{"xMm": 1.0, "yMm": 2.0, "dxMm": 0.1, "dyMm": -0.1}]
    assert data["trusted"] is False
    assert data["moving"]["photo"] is None
    assert np.allclose(pixels(data["reference"]["photo"]), photo, atol=6)


@pytest.mark.parametrize(
    "changes",
    [
        {"moving": np.zeros((4, 3), np.float32)},
        {"extra": np.zeros((3, 5), np.float32)},
        {"arrows": (Arrow(0.0, 0.0, float("nan"), 0.0),)},
        {"hull_mm": ((float("inf"), 0.0),)},
        {"px_per_mm": 0.0},
    ],
)
def test_layers_that_do_not_belong_together_are_refused(changes: dict[str, object]):
    with pytest.raises(LayerError):
        seal_data(layers(**changes))
