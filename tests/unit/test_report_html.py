"""The report page as text: its policy, its size, its words, its groups of evidence."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import unescape
from typing import Any

import pytest
from report_exhibits import drawn_exhibit, drawn_result, stroke

from seal_service.adapters.matching import Fold, FoldReason
from seal_service.displays import LIMITS_MM
from seal_service.report import ReportFacts, report_html
from seal_service.report.channels import CHANNELS
from seal_service.report.groups import GROUPS, OTHER, findings
from seal_service.report.page import REASON_MODES
from seal_service.report.words import REASONS
from seal_service.viewer import component_modules

FACTS = ReportFacts(card_name="card.jpg", voucher_name="voucher.jpg")
MAX_SIDE_PX = 640
"""Just above the largest template's side (native/seal_match_core/src/template.rs: MAX_SIDE_PX)."""


def data_of(page: str) -> dict[str, Any]:
    """Return what the page gives to its canvas."""
    found = re.search(r'<script type="application/json" id="seal-data">(.*?)</script>', page)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_allows_this_script_and_style_and_nothing_else():
    page = report_html(drawn_exhibit(), FACTS).decode()
    found = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert found
    policy = dict(part.strip().split(" ", 1) for part in found[1].split(";"))
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    assert style
    assert script
    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == "data:"
    assert policy["script-src"] == f"'{digest(script[1])}'"
    assert policy["style-src"] == f"'{digest(style[1])}'"
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_the_same_exhibit_gives_the_same_bytes():
    assert report_html(drawn_exhibit(), FACTS) == report_html(drawn_exhibit(), FACTS)


def test_no_picture_makes_the_page_larger_than_its_limit():
    """Noise on the largest grid is the worst that an encoder can meet."""
    page = report_html(drawn_exhibit(side_px=MAX_SIDE_PX, noise=True), FACTS)
    assert 400_000 < len(page) <= 2_000_000


def test_the_data_cannot_end_its_element():
    page = report_html(drawn_exhibit(), FACTS).decode()
    data = re.search(r'<script type="application/json" id="seal-data">(.*?)</script>', page)
    assert data
    assert "<" not in data[1]
    assert json.loads(data[1])["version"] == 1


def test_every_channel_is_in_exactly_one_group():
    members = [name for group in GROUPS.values() for name in group]
    assert len(members) == len(set(members))
    assert set(members) == set(CHANNELS)


def test_groups_add_up_to_what_their_channels_moved():
    contributions = {"shift_p95_mm": -3.0, "shift_rms_mm": 0.5, "ink_level": 9.0, "brand_new": -0.1}
    found = findings(contributions, {"scale": 1.0})
    assert sum(group.moved for group in found) == pytest.approx(sum(contributions.values()))
    said = {group.name.english: group.says.english for group in found}
    assert said["Position of strokes"] == "moved the judgement towards another seal"
    assert said["How the seal was pressed"] == "decides how much the other findings weigh"
    assert said["How the whole seals match"] == "moved the judgement little"
    assert found[-1].name == OTHER
    assert found[0].channels == ("scale",)
    position = next(group for group in found if group.name.english == "Position of strokes")
    assert position.channels == ("shift_p95_mm", "shift_rms_mm")


def test_reasons_lead_to_modes_that_exist():
    store = component_modules()["store.js"]
    found = re.search(r"MODES = \[(.*?)\]", store)
    assert found
    assert set(REASON_MODES.values()) <= set(json.loads(f"[{found[1]}]"))
    assert set(REASON_MODES) <= set(REASONS)


def test_thresholds_and_colours_of_arrows_are_those_of_the_picture_report():
    marks = component_modules()["marks.js"]
    found = re.search(r"SHIFT_LIMITS_MM = (\[.*?\]);", marks)
    assert found
    assert tuple(json.loads(found[1])) == LIMITS_MM
    words = component_modules()["words.js"]
    low, high = LIMITS_MM
    assert words.count(f"{low:g}–{high:g} mm") == 1
    assert words.count(f"{low:g}–{high:g} 毫米") == 1


def test_a_pass_says_that_nothing_was_found():
    result = drawn_result(verdict="PASS", score=3.0, reasons=())
    page = report_html(drawn_exhibit(result=result), FACTS).decode()
    assert "Nothing speaks against the seal." in page
    assert 'class="pass"' in page


TOLD = (FoldReason(57.0, 9.142857551574707, 1, 1, 5, 0.4),)


def test_a_pass_words_folds_as_what_a_second_stamping_may_show():
    result = drawn_result(verdict="PASS", score=3.0, reasons=(), folds=TOLD)
    page = report_html(drawn_exhibit(result=result), FACTS).decode()
    assert "a second stamping may show them" in page
    assert "The folds that break most strokes" not in page
    assert "<ul class='reasons mild'>" in page
    failed = report_html(drawn_exhibit(result=drawn_result(folds=TOLD)), FACTS).decode()
    assert "The folds that break most strokes" in failed
    assert "reasons mild" not in failed


def test_a_fold_s_button_leads_to_the_very_cut_that_was_measured():
    fold = Fold(TOLD[0].angle_deg, TOLD[0].offset_mm, "reference", (stroke(-2.5, "shifted"),))
    result = drawn_result(folds=TOLD)
    page = report_html(drawn_exhibit(result=result, folds=(fold,)), FACTS).decode()
    assert "The fold at 57 degrees, +9.1 mm from the centre, breaks 1 of 5 strokes by 0.40" in page
    assert "57°折线（距中心 +9.1 毫米）处 5 条笔画中 1 条错位 0.40 毫米" in page
    shown = [json.loads(unescape(each)) for each in re.findall(r'data-show="([^"]+)"', page)]
    assert {"mode": "fold", "foldAngleDeg": 57.0, "foldOffsetMm": TOLD[0].offset_mm} in shown
    assert data_of(page)["folds"] == [
        {
            "angleDeg": 57.0,
            "offsetMm": TOLD[0].offset_mm,
            "strokes": [{"atMm": -2.5, "status": "shifted"}],
        }
    ]


def test_of_a_guessed_alignment_the_page_says_nothing_but_that():
    result = drawn_result(
        verdict="REFER",
        score=-1.0,
        reasons=("ALIGNMENT_UNSURE", "OUTLINE_DIFFERS"),
        scale=None,
        size_error_mm=None,
        contributions={},
        evidence={},
    )
    page = report_html(drawn_exhibit(result=result, trusted=False), FACTS).decode()
    assert "could not be laid over each other" in page
    assert "times likelier" not in page
    assert "size difference" not in page
    assert "-1.00" not in page
    assert "Nothing could be measured." in page
    assert '"mode":"fold"' not in unescape(page)
    assert data_of(page)["trusted"] is False


def test_how_a_seal_was_pressed_is_drawn_for_no_seal():
    contributions = {"ink_level": 39.14, "shift_p95_mm": -3.0}
    page = report_html(drawn_exhibit(result=drawn_result(contributions=contributions)), FACTS)
    summaries = re.findall(r"<summary>.*?</summary>", page.decode())
    pressed = next(each for each in summaries if "How the seal was pressed" in each)
    assert "+39.14" in pressed
    assert "<svg" not in pressed
    assert "same seal" not in pressed
    position = next(each for each in summaries if "Position of strokes" in each)
    assert 'class="against" x="0.00"' in position
