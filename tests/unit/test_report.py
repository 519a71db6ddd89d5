"""Reports: every channel and reason has words, and the sentences say what the numbers say."""

from __future__ import annotations

import dataclasses
import io
import itertools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Impressions
from PIL import Image
from report_exhibits import drawn_exhibit, drawn_result

from seal_service.adapters.matching import (
    FoldReason,
    LocalShift,
    Print,
    Replay,
    examine_voucher,
    load_profile,
    open_reference,
)
from seal_service.displays import one_a_cell
from seal_service.report import ReportFacts, panels, sheet
from seal_service.report.canvas import Canvas, Colour
from seal_service.report.channels import CHANNELS
from seal_service.report.fonts import font
from seal_service.report.statements import print_words, strength, top_contributions
from seal_service.report.words import REASONS, plain_channel, plain_reason

ROOT = Path(__file__).resolve().parents[2]


def test_every_reason_of_the_engine_has_words():
    source = (ROOT / "native/seal_match_core/src/score.rs").read_text("utf-8")
    # Error codes are no reasons; a reason is pushed, inserted or listed.
    codes = set(re.findall(r'(?:push|insert|vec!\[)\(?(?:0, )?"([A-Z_]+)"', source))
    assert codes
    assert codes <= set(REASONS)
    warnings = re.findall(
        r'warnings\.push\("([A-Z_0-9]+)"',
        (ROOT / "native/seal_match_core/src/template.rs").read_text("utf-8"),
    )
    assert set(warnings) <= set(REASONS)


def examined(impressions: Impressions):
    row = impressions.row("genuine")
    reference = open_reference(
        impressions.folder / str(row["card"]), dpi=float(str(row["card_dpi"]))
    )
    return examine_voucher(
        reference,
        impressions.folder / str(row["voucher"]),
        profile=load_profile(),
        dpi=float(str(row["voucher_dpi"])),
    )


def test_every_channel_of_the_engine_has_words(impressions: Impressions):
    found = examined(impressions)
    assert found.result.evidence
    assert {*found.result.evidence, *found.result.contributions} <= set(CHANNELS)
    moved = [abs(entry.moved) for entry in top_contributions(found.result)]
    assert moved == sorted(moved, reverse=True)


def test_the_press_is_not_told_as_speaking_for_a_seal(impressions: Impressions):
    """Its channels hold much in the sums over the trees; a clean print is no sign of the die."""
    found = examined(impressions)
    pressed = dataclasses.replace(
        found.result, contributions={"void_share": 18.5, "seen_worst": -16.4, "presence_median": 12}
    )
    assert [entry.moved for entry in top_contributions(pressed)] == [-16.4]


def test_unknown_codes_speak_for_themselves():
    assert plain_reason("BRAND_NEW_CODE").english == "Brand new code."
    assert plain_channel("brand_new").english == "brand new"


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (0.0, "as likely for a genuine seal as for a forged"),
        (2.0, "about 100 times likelier if the seal is genuine"),
        (-3.0, "about 1,000 times likelier if the seal is forged"),
        (9.0, "more than 1,000,000 times likelier if the seal is genuine"),
    ],
)
def test_score_is_said_in_words(score: float, words: str):
    said = strength(score)
    assert words in said.english
    assert said.chinese


def test_overlay_tells_card_voucher_and_both_apart():
    reference = np.zeros((9, 9), np.float32)
    moving = np.zeros((9, 9), np.float32)
    reference[:, :6], moving[:, 3:] = 1.0, 1.0
    row = panels.overlay(reference, moving)[13]
    card, both, voucher = (row[x].astype(int) for x in (4, 13, 22))
    assert card[2] > card[0]  # blue
    assert voucher[0] > voucher[2]  # orange
    assert both.sum() < min(card.sum(), voucher.sum())


def test_arrows_are_means_by_trust_and_leave_out_what_nothing_supports():
    shifts = (
        LocalShift(0.1, 0.1, 0.3, 0.0, 1.0),
        LocalShift(0.1, 0.1, 0.0, 0.0, 2.0),
        LocalShift(0.1, 0.1, 9.0, 9.0, 0.1),
        LocalShift(9.0, 9.0, 0.0, 0.2, 4.0),
    )
    first, second = one_a_cell(shifts)
    assert first.dx_mm == pytest.approx(0.1)
    assert second.dy_mm == pytest.approx(0.2)


def test_report_without_chinese_glyphs_is_drawn_in_english(monkeypatch: pytest.MonkeyPatch):
    from seal_service.report import fonts

    monkeypatch.setattr(fonts, "chinese_typeface", lambda _weight: None)
    font.cache_clear()
    canvas = Canvas(300, 80)
    assert not canvas.chinese
    assert canvas.both((0, 0), plain_reason("SIZE_DIFFERS"), size=20) == 27
    assert np.asarray(canvas.image).min() < 100
    font.cache_clear()


def test_long_text_is_wrapped_within_its_width():
    canvas = Canvas(400, 400)
    bottom = canvas.text((0, 0), "word " * 40 + "x" * 100 + "印" * 60, size=20, width=200)
    assert bottom > 200
    ink = np.asarray(canvas.image.convert("L"))
    assert ink[:, 206:].min() > 200


Rectangle = tuple[float, float, float, float]


def drawn_on_the_sheet(
    monkeypatch: pytest.MonkeyPatch, **changes: Any
) -> tuple[list[tuple[str, Rectangle]], tuple[int, int]]:
    """Return every line of text and every filled bar of a PNG report, and the report's size."""
    found: list[tuple[str, Rectangle]] = []
    write, fill = Canvas.text, Canvas.fill

    def text(canvas: Canvas, at: tuple[int, int], words: str, **how: Any) -> int:
        bottom = write(canvas, at, words, **how)
        size, weight = how.get("size", 22), how.get("weight", "regular")
        lines = canvas._wrapped(words, size, weight, how.get("width"))
        wide = max(canvas.width_of(line.rstrip(), size, weight) for line in lines)
        left = at[0] - wide if how.get("anchor") == "ra" else at[0]
        found.append((words, (left, at[1], left + wide, bottom)))
        return bottom

    def filled(canvas: Canvas, box: tuple[int, int, int, int], colour: Colour) -> None:
        fill(canvas, box, colour)
        left, top, width, height = box
        if colour in (sheet.FOR_GENUINE, sheet.FOR_FORGED) and height == 15:
            found.append(("bar", (left, top, left + width, top + height)))

    monkeypatch.setattr(Canvas, "text", text)
    monkeypatch.setattr(Canvas, "fill", filled)
    facts = ReportFacts(card_name="card.jpg", voucher_name="voucher.jpg")
    exhibit = drawn_exhibit(result=drawn_result(**changes))
    with Image.open(io.BytesIO(sheet.report_png(exhibit, facts))) as picture:
        return found, picture.size


def longest_named(count: int) -> list[str]:
    return sorted(CHANNELS, key=lambda name: -len(CHANNELS[name].english))[:count]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        # As much as a report may say: five reasons, a fold, a replay, a print; the longest names.
        {
            "reasons": tuple(REASONS)[:6],
            "contributions": {name: (-1.0) ** k for k, name in enumerate(longest_named(8))},
            "replay": Replay(True, 12, 0.93, 1e-6, "an earlier voucher of a long name.jpg"),
            "printed": Print(True, 3.0, 1e-4),
            "folds": (FoldReason(104.0, 12.8, 4, 4, 5, 0.24),),
        },
        {"contributions": dict.fromkeys(longest_named(16)[8:], 1.0), "printed": Print(None)},
    ],
)
def test_nothing_on_the_sheet_lies_over_anything_else(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
):
    found, (width, height) = drawn_on_the_sheet(monkeypatch, **changes)
    assert sum(words == "bar" for words, _ in found) == len(
        top_contributions(drawn_result(**changes))
    )
    for words, (left, top, right, bottom) in found:
        assert left >= 0, words
        assert top >= 0, words
        assert right <= width, words
        assert bottom <= height, words
    for (words, (l0, t0, r0, b0)), (other, (l1, t1, r1, b1)) in itertools.combinations(found, 2):
        apart = r0 <= l1 or r1 <= l0 or b0 <= t1 or b1 <= t0
        assert apart, f"{words!r} lies over {other!r}"


def test_a_scan_that_tells_no_grain_does_not_say_that_none_was_found():
    assert print_words(Print(None)).english == "cannot be told from this scan"
    assert print_words(Print(None, -1.0, 0.5)).english.startswith("no print found")
    assert print_words(Print(True, 3.0, 0.01)).english.startswith("a printer's; at most 1 %")
