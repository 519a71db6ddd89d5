"""The report as one PNG: verdict, reasons in words, and the pictures that show why."""

from __future__ import annotations

import io

from PIL.PngImagePlugin import PngInfo

from seal_service.adapters.matching import Exhibit, VerificationResult
from seal_service.report.canvas import FRAME, INK, MUTED, WHITE, Canvas, Colour
from seal_service.report.facts import ReportFacts
from seal_service.report.languages import Words
from seal_service.report.scenes import Scene, comparison_scenes, whole_voucher
from seal_service.report.statements import (
    fold_words,
    folds_heading,
    likelihood,
    measurements,
    score_text,
    top_contributions,
)
from seal_service.report.words import plain_reason, plain_verdict

WIDTH, LEAST_HEIGHT = 1920, 1960
# Paper to begin with; what stays empty is cut off.
MOST_HEIGHT = 2800
VOUCHER_HEIGHT = 440
EDGE = 36
BAND = 132
PANEL_WIDTH, PANEL_HEIGHT = 592, 640
VOUCHER_WIDTH = 1000
GAP = 36
SIDE_LEFT = EDGE + 2 * (PANEL_WIDTH + GAP)

VERDICT_COLOURS: dict[str, Colour] = {
    "PASS": (22, 122, 62),
    "FAIL": (182, 28, 36),
    "REFER": (176, 110, 0),
    "RETAKE": (110, 60, 150),
}
# Of what spoke for and against: the names, then bars to both sides of their zero, then the number.
LABEL_WIDTH = 370
BAR_ZERO, BAR_REACH = 452, 60
FOR_GENUINE: Colour = (22, 122, 62)
FOR_FORGED: Colour = (182, 28, 36)


def report_png(exhibit: Exhibit, facts: ReportFacts) -> bytes:
    """Draw the report; return the bytes of a PNG file with the verdict in its metadata."""
    canvas = Canvas(WIDTH, MOST_HEIGHT)
    result = exhibit.result
    _header(canvas, result)
    top = BAND + 24
    scenes = {scene.key: scene for scene in comparison_scenes(exhibit)}
    first_row, second_row = top, top + PANEL_HEIGHT + 20
    for place, key in enumerate(("reference", "moving", "overlay")):
        _panel(canvas, EDGE + place * (PANEL_WIDTH + GAP), first_row, scenes.get(key))
    for place, key in enumerate(("difference", "displacement")):
        _panel(canvas, EDGE + place * (PANEL_WIDTH + GAP), second_row, scenes.get(key))
    reasons_end = _reasons(canvas, (SIDE_LEFT, second_row), result)
    below = max(second_row + PANEL_HEIGHT, reasons_end) + 20
    voucher = whole_voucher(exhibit)
    size = (EDGE, below, VOUCHER_WIDTH, VOUCHER_HEIGHT)
    canvas.picture(size, voucher.title, voucher.picture, voucher.note)
    facts_end = _facts(canvas, (EDGE + VOUCHER_WIDTH + GAP, below), result, facts)
    canvas.cut(max(LEAST_HEIGHT, below + VOUCHER_HEIGHT + 20, facts_end + 20))
    return _encoded(canvas, result)


def _panel(canvas: Canvas, left: int, top: int, scene: Scene | None) -> None:
    if scene is not None:
        box = (left, top, PANEL_WIDTH, PANEL_HEIGHT)
        canvas.picture(box, scene.title, scene.picture, scene.note)


def _header(canvas: Canvas, result: VerificationResult) -> None:
    canvas.fill((0, 0, WIDTH, BAND), VERDICT_COLOURS[result.verdict])
    canvas.text((EDGE, 26), result.verdict, size=64, colour=WHITE, weight="bold")
    left = EDGE + round(canvas.width_of(result.verdict, 64, "bold")) + 40
    canvas.both((left, 28), plain_verdict(result.verdict), size=28, colour=WHITE)
    canvas.text(
        (WIDTH - EDGE, 16), score_text(result), size=54, colour=WHITE, weight="bold", anchor="ra"
    )
    name = "score: log10 (genuine : forged)"
    canvas.text((WIDTH - EDGE, 90), name, size=19, colour=WHITE, anchor="ra")


def _reasons(canvas: Canvas, at: tuple[int, int], result: VerificationResult) -> int:
    """Write why; return the y below."""
    x, y = at
    y = canvas.text((x, y), _title(canvas, "Why", "理由"), size=23, weight="bold") + 6
    for code in result.reasons[:5]:
        canvas.text((x, y + 2), "•", size=22, colour=VERDICT_COLOURS[result.verdict], weight="bold")
        y = canvas.both((x + 22, y), plain_reason(code), size=20, width=PANEL_WIDTH - 22)
        y = canvas.text((x + 22, y), code, size=15, colour=MUTED) + 6
    for fold in (result.folds or ())[:1]:
        heading = folds_heading(result)
        y = canvas.both((x, y), heading, size=17, colour=MUTED, width=PANEL_WIDTH) + 2
        y = canvas.both((x, y), fold_words(fold), size=20, width=PANEL_WIDTH) + 8
    y = canvas.both((x, y), likelihood(result), size=20, width=PANEL_WIDTH) + 14
    return _contributions(canvas, (x, y), result)


def _contributions(canvas: Canvas, at: tuple[int, int], result: VerificationResult) -> int:
    x, y = at
    top = top_contributions(result)
    if not top:
        return y
    heading = _title(canvas, "What spoke for and against", "支持与反对的证据")
    y = canvas.text((x, y), heading, size=23, weight="bold") + 6
    largest = max(abs(entry.moved) for entry in top)
    zero, reach = x + BAR_ZERO, BAR_REACH
    for entry in top:
        below = canvas.text((x, y), entry.name.english, size=17, width=LABEL_WIDTH)
        if canvas.chinese:
            chinese = entry.name.chinese
            below = canvas.text((x, below), chinese, size=15, colour=MUTED, width=LABEL_WIDTH)
        length = max(2, round(reach * abs(entry.moved) / largest))
        colour = FOR_GENUINE if entry.moved > 0 else FOR_FORGED
        start = zero if entry.moved > 0 else zero - length
        canvas.fill((start, y + 4, length, 15), colour)
        canvas.fill((zero, y, 1, 24), FRAME)
        number = f"{entry.moved:+.2f}"
        canvas.text((x + PANEL_WIDTH, y), number, size=17, colour=colour, anchor="ra")
        y = below + 5
    return y


def _facts(
    canvas: Canvas, at: tuple[int, int], result: VerificationResult, facts: ReportFacts
) -> int:
    x, y = at
    y = canvas.text((x, y), _title(canvas, "Measured", "测量值"), size=23, weight="bold") + 8
    for fact in measurements(result, facts):
        named = canvas.text((x, y), canvas.label(fact.name), size=18, colour=MUTED, width=318)
        value = Words(fact.value, "") if isinstance(fact.value, str) else fact.value
        below = canvas.both((x + 330, y), value, size=18, colour=INK, width=480)
        y = max(named, below, y + 27)
    return y


def _title(canvas: Canvas, english: str, chinese: str) -> str:
    return f"{english}  {chinese}" if canvas.chinese else english


def _encoded(canvas: Canvas, result: VerificationResult) -> bytes:
    notes = PngInfo()
    notes.add_text("Software", "sealmatch")
    notes.add_text("sealmatch:verdict", result.verdict)
    notes.add_text("sealmatch:score", f"{result.score:.6f}")
    notes.add_text("sealmatch:reasons", " ".join(result.reasons))
    notes.add_text("sealmatch:profile", result.profile)
    out = io.BytesIO()
    canvas.image.save(out, "PNG", pnginfo=notes, optimize=False)
    return out.getvalue()
