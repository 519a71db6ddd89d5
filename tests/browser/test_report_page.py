"""The report in a real browser: asks for nothing, speaks both languages, and works."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browser_page import MARGIN_PX, SIDE_MM, Watched, watched
from command import run_json
from conftest import Impressions
from playwright.sync_api import BrowserContext, Error
from report_exhibits import drawn_exhibit, drawn_result, stroke

from seal_service.adapters.matching import Exhibit, Fold, FoldReason
from seal_service.report import ReportFacts, report_html

MODES = ["side", "overlay", "transparent", "blink", "fold", "difference", "arrows"]
FACTS = ReportFacts(card_name="card.jpg", voucher_name="voucher.jpg")
SHOWN_TEXT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    // The status for screen readers follows the caption a moment later.
    const apart = parent.closest("script, button[data-language], [role=status]");
    if (apart || !parent.checkVisibility()) continue;
    if (node.textContent.trim()) found.push(node.textContent.trim());
  }
  return found;
}"""

# The colours a millimetre beside a cut, at places along it.
MARK_COLOURS = """([angleDeg, offsetMm, places]) => {
  const canvas = document.querySelector("canvas");
  const ratio = canvas.width / canvas.clientWidth;
  const scale = (Math.min(canvas.clientWidth, canvas.clientHeight) - 2 * MARGIN) / SIDE;
  const angle = (angleDeg * Math.PI) / 180;
  const out = offsetMm + 1;
  return places.map((at) => {
    const x = canvas.clientWidth / 2 + scale * (at * Math.cos(angle) - out * Math.sin(angle));
    const y = canvas.clientHeight / 2 + scale * (at * Math.sin(angle) + out * Math.cos(angle));
    const spot = [Math.round(x * ratio), Math.round(y * ratio), 1, 1];
    return [...canvas.getContext("2d").getImageData(...spot).data].slice(0, 3);
  });
}""".replace("MARGIN", str(MARGIN_PX)).replace("SIDE", str(SIDE_MM))


@pytest.fixture(scope="session")
def real_report(impressions: Impressions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a report of a simulated forgery by the command line."""
    out = tmp_path_factory.mktemp("report") / "report.html"
    run_json("verify", *impressions.arguments("recut"), "--report", out)
    return out


def opened(context: BrowserContext, file: Path, language: str) -> Watched:
    """Open a report and wait until its pictures are drawn."""
    seen = watched(context)
    seen.page.goto(f"{file.as_uri()}#{language}")
    seen.page.wait_for_selector("html[data-ready]")
    return seen


def written(folder: Path, exhibit: Exhibit, facts: ReportFacts = FACTS) -> Path:
    """Write a report of a drawn exhibit."""
    file = folder / "drawn.html"
    file.write_bytes(report_html(exhibit, facts))
    return file


def picture_of(seen: Watched) -> str:
    """Return the canvas's pixels when it is drawn."""
    page = seen.page
    page.evaluate("new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))")
    found: str = page.evaluate("document.querySelector('canvas').toDataURL()")
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_mode_of_a_real_report_works_offline(
    desktop: BrowserContext, real_report: Path, language: str
):
    assert real_report.stat().st_size <= 2_000_000
    seen = opened(desktop, real_report, language)
    page = seen.page
    shown = {}
    for mode in MODES:
        page.click(f"[data-mode={mode}]")
        if mode == "blink":
            page.click("[data-tool=pause]")
        shown[mode] = picture_of(seen)
    assert len(set(shown.values())) == len(MODES)
    page.click("[data-mode=fold]")
    before = picture_of(seen)
    box = page.locator("canvas").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 40, middle[1] + 40, steps=4)
    page.mouse.up()
    dragged = picture_of(seen)
    page.keyboard.press("ArrowRight")
    assert len({before, dragged, picture_of(seen)}) == 3
    assert seen.complaints == []
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in seen.requests if url.startswith("file:")]) == 1


def test_the_page_speaks_one_language_at_a_time_and_changes_it(
    desktop: BrowserContext, tmp_path: Path
):
    seen = opened(desktop, written(tmp_path, drawn_exhibit()), "en")
    page = seen.page
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    english = page.evaluate(SHOWN_TEXT)
    assert page.get_attribute("html", "lang") == "en"
    assert [text for text in english if any("\u4e00" <= sign <= "\u9fff" for sign in text)] == []
    page.click("button[data-language=zh]")
    chinese = page.evaluate(SHOWN_TEXT)
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert "印章与预留印鉴不符。" in chinese
    # Only names, codes, numbers and units stay.
    prose = [text for text in chinese if text.isascii() and " " in text and text[0].isalpha()]
    assert prose == []
    assert len(chinese) == len(english)
    alts = page.evaluate("[...document.querySelectorAll('img')].map((each) => each.alt)")
    assert alts
    assert not any(alt.isascii() for alt in alts)
    page.click("button[data-language=en]")
    assert page.evaluate(SHOWN_TEXT) == english
    assert seen.complaints == []


def test_a_reason_leads_to_the_display_that_shows_it(desktop: BrowserContext, tmp_path: Path):
    seen = opened(desktop, written(tmp_path, drawn_exhibit()), "en")
    buttons = seen.page.locator(".reasons button")
    assert buttons.count() == 2
    for place, mode in enumerate(["arrows", "difference"]):
        buttons.nth(place).click()
        assert seen.page.get_attribute(f"[data-mode={mode}]", "aria-pressed") == "true"
    assert seen.page.evaluate("document.activeElement.tagName") == "CANVAS"


def test_a_report_without_an_alignment_still_opens(desktop: BrowserContext, tmp_path: Path):
    result = drawn_result(
        verdict="RETAKE",
        reasons=("NO_SEAL_FOUND",),
        rotation_deg=None,
        centre_px=None,
        scale=None,
        size_error_mm=None,
        contributions={},
        evidence={},
    )
    exhibit = drawn_exhibit(aligned=False, result=result)
    seen = opened(desktop, written(tmp_path, exhibit), "en")
    assert "only the reserved seal" in seen.page.locator(".sv-notice").inner_text()
    assert seen.page.locator(".sv-mode:enabled").count() == 1
    assert "Nothing could be measured" in seen.page.locator("main").inner_text()
    assert seen.complaints == []


def test_a_report_of_a_stored_template_compares_the_inks(desktop: BrowserContext, tmp_path: Path):
    seen = opened(desktop, written(tmp_path, drawn_exhibit(reference_cut=None)), "en")
    assert seen.page.locator("[data-tool=source]").count() == 0
    assert seen.page.locator(".sv-mode:enabled").count() == 7
    assert seen.complaints == []


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=alert(1)>.jpg",
        "</script><script>alert(1)</script>.jpg",
        "\"' onmouseover='alert(1)' $score ${score}.jpg",
        "\udcff&lt;.jpg",
    ],
)
def test_what_comes_from_outside_is_shown_and_not_run(
    desktop: BrowserContext, tmp_path: Path, hostile: str
):
    facts = ReportFacts(card_name=hostile, voucher_name=hostile)
    reasons = (hostile, "EXTRA_INK")
    result = drawn_result(reasons=reasons, profile=hostile, evidence={hostile: 1.0})
    file = written(tmp_path, drawn_exhibit(result=result), facts)
    seen = opened(desktop, file, "en")
    shown = seen.page.locator("body").inner_text()
    assert shown.count(hostile.encode("utf-8", "replace").decode()) >= 4
    assert seen.page.locator("img[src=x]").count() == 0
    assert seen.page.locator("script").count() == 2
    assert seen.complaints == []


def test_the_policy_refuses_what_the_page_does_not_bring(desktop: BrowserContext, tmp_path: Path):
    """The policy is in force: were it not, each of these would run, load or be styled."""
    seen = opened(desktop, written(tmp_path, drawn_exhibit()), "en")
    with pytest.raises(Error, match="TrustedScriptURL"):
        seen.page.evaluate("document.createElement('script').src = 'data:text/javascript,1'")
    with pytest.raises(Error, match="TrustedHTML"):
        seen.page.evaluate("document.body.innerHTML = '<b>intruder</b>'")
    beside = tmp_path / "beside.png"
    beside.write_bytes(b"")
    seen.page.evaluate(
        """url => new Promise((done) => {
          const picture = new Image();
          picture.onerror = done;
          picture.src = url;
        })""",
        beside.as_uri(),
    )
    seen.page.evaluate("document.body.setAttribute('style', 'border: 40px solid red')")
    assert seen.page.evaluate("getComputedStyle(document.body).borderTopWidth") == "0px"
    refused = [each for each in seen.complaints if "Content Security Policy" in each]
    assert any("img-src" in each for each in refused)
    assert any("style-src" in each for each in refused)


def test_without_script_both_seals_and_every_word_are_there(
    desktop: BrowserContext, tmp_path: Path
):
    browser = desktop.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(written(tmp_path, drawn_exhibit()).as_uri())
    assert page.locator("#seal-view img").count() == 2
    assert page.locator("#seal-view img").first.is_visible()
    shown = page.locator("body").inner_text()
    assert "The seal differs from the reserved seal." in shown
    assert "印章与预留印鉴不符。" in shown
    assert not page.locator("button").first.is_visible()
    context.close()


def test_on_a_phone_nothing_is_wider_than_the_screen(phone: BrowserContext, real_report: Path):
    seen = opened(phone, real_report, "zh")
    page = seen.page
    for mode in MODES:
        page.tap(f"[data-mode={mode}]")
        widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], mode
    assert seen.complaints == []


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_pictures_of_every_mode_are_written(
    request: pytest.FixtureRequest, real_report: Path, tmp_path: Path, screen: str
):
    """SEALMATCH_SHOTS=FOLDER keeps the pictures, for people to look at."""
    folder = Path(os.environ.get("SEALMATCH_SHOTS", tmp_path))
    seen = opened(request.getfixturevalue(screen), real_report, "zh" if screen == "phone" else "en")
    sizes = set()
    for mode in MODES:
        seen.page.click(f"[data-mode={mode}]")
        picture_of(seen)
        file = folder / f"{screen}-{mode}.png"
        seen.page.screenshot(path=file, full_page=True)
        sizes.add(file.stat().st_size)
    assert len(sizes) == len(MODES)
    assert seen.complaints == []


def test_a_fold_that_is_told_shows_which_strokes_it_breaks(desktop: BrowserContext, tmp_path: Path):
    reason = FoldReason(30.0, 2.5, 1, 1, 5, 0.4)
    strokes = (stroke(-4.0, "continuous"), stroke(3.0, "shifted"), stroke(5.0, "merged"))
    fold = Fold(30.0, 2.5, "reference", strokes)
    exhibit = drawn_exhibit(result=drawn_result(folds=(reason,)), folds=(fold,))
    seen = opened(desktop, written(tmp_path, exhibit), "en")
    page = seen.page
    page.locator(".reasons button").last.click()
    marked = picture_of(seen)
    assert page.get_attribute("[data-mode=fold]", "aria-pressed") == "true"
    assert "stroke is broken" in page.locator(".sv-legend").inner_text()
    colours = page.evaluate(MARK_COLOURS, [30.0, 2.5, [-4.0, 3.0, 5.0]])
    assert colours == [[30, 140, 60], [205, 20, 30], [140, 144, 152]]
    # Another cut is not the one that was measured.
    page.keyboard.press("ArrowUp")
    assert picture_of(seen) != marked
    assert not page.locator(".sv-legend").is_visible()
    assert page.evaluate(MARK_COLOURS, [30.0, 2.5, [3.0]]) != [[205, 20, 30]]
    assert seen.complaints == []


def test_a_guessed_alignment_is_not_folded(desktop: BrowserContext, tmp_path: Path):
    result = drawn_result(verdict="REFER", reasons=("ALIGNMENT_UNSURE",), scale=None)
    seen = opened(desktop, written(tmp_path, drawn_exhibit(result=result, trusted=False)), "en")
    assert seen.page.locator("[data-mode=fold]").is_disabled()
    assert seen.page.locator("[data-mode=arrows]").is_disabled()
    assert seen.page.locator("[data-mode=overlay]").is_enabled()
    assert seen.complaints == []
