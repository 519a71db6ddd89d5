"""The report as one HTML file: opens without a network, and its policy lets it ask for nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import NamedTuple

from seal_service.adapters.matching import Exhibit
from seal_service.adapters.matching.pictures import Picture, reduced
from seal_service.displays import one_a_cell
from seal_service.report.evidence import NOTE, evidence_groups
from seal_service.report.facts import ReportFacts
from seal_service.report.languages import Words
from seal_service.report.markup import LOGO, badge, gauge, picture, said, show_button
from seal_service.report.scenes import whole_voucher
from seal_service.report.statements import (
    fold_words,
    folds_heading,
    likelihood,
    measurements,
    score_text,
)
from seal_service.report.words import plain_reason, plain_verdict
from seal_service.viewer import (
    Arrow,
    FoldMarks,
    SealLayers,
    component_modules,
    component_style,
    link,
    photo_uri,
    seal_data,
)

MAX_PAGE_BYTES = 2_000_000

VERDICT_NAMES = {
    "PASS": Words("Passed", "通过"),
    "FAIL": Words("Failed", "不通过"),
    "REFER": Words("To be judged by a person", "转人工判断"),
    "RETAKE": Words("Scan again", "重新采集"),
}
# The display that shows best what a reason speaks of.
REASON_MODES = {
    "STROKES_DISPLACED": "arrows",
    "CHARACTER_DIFFERS": "difference",
    "EXTRA_INK": "difference",
    "STROKES_MISSING": "difference",
    "SIZE_DIFFERS": "overlay",
    "STROKE_WIDTH_DIFFERS": "overlay",
    "OUTLINE_DIFFERS": "fold",
    "REPLAYED": "side",
    "PRINTED": "side",
    "OVERPRINTED": "side",
    "WEAK_INK": "side",
    "OTHER_INK_OVER_SEAL": "side",
}
MEASURED_MODES = ("arrows", "fold")
"""Displays that would invent a comparison where the alignment is only a guess."""
SHOW = Words("Show", "查看")


class Encoding(NamedTuple):
    """How the pictures are stored; `map_quality` None is without loss."""

    photo_quality: int
    photo_px: int
    voucher_px: int
    map_quality: int | None


# The best that keeps the page within its limit is taken; nearly always it is the first.
ENCODINGS = (
    Encoding(90, 1280, 1800, None),
    Encoding(80, 1000, 1400, None),
    Encoding(65, 800, 1000, 80),
    Encoding(40, 600, 700, 50),
    Encoding(20, 400, 400, 15),
)


def report_html(exhibit: Exhibit, facts: ReportFacts) -> bytes:
    """Return the page, at most `MAX_PAGE_BYTES` long; even noise fits with the last encoding."""
    page = b""
    for encoding in ENCODINGS:
        page = _page(exhibit, facts, encoding)
        if len(page) <= MAX_PAGE_BYTES:
            break
    return page


def _page(exhibit: Exhibit, facts: ReportFacts, encoding: Encoding) -> bytes:
    result = exhibit.result
    layers = _layers(exhibit, encoding.photo_px)
    data = seal_data(layers, photo_quality=encoding.photo_quality, map_quality=encoding.map_quality)
    stills = _stills(data)
    voucher = whole_voucher(exhibit)
    style, script = _style(), _script()
    template = Template(files("seal_service.report").joinpath("page.html").read_text("utf-8"))
    page = template.substitute(
        policy=_policy(style, script),
        title=escape(f"{result.verdict} · {facts.voucher_name} · sealmatch"),
        style=style,
        verdict_class=escape(result.verdict.lower()),
        logo=LOGO,
        heading=said(Words("Seal verification report", "验印报告")),
        badge=badge(result.verdict),
        verdict=escape(result.verdict),
        verdict_name=said(VERDICT_NAMES[result.verdict]),
        sentence=said(plain_verdict(result.verdict)),
        strength=said(likelihood(result)),
        score=escape(score_text(result)),
        score_name=said(Words("score: log10 (genuine : forged)", "评分：log10（真 : 假）")),
        gauge=gauge(result.score) if result.compared else "",
        gauge_low=said(Words("forged", "假章")) if result.compared else "",
        gauge_high=said(Words("genuine", "真章")) if result.compared else "",
        compare_heading=said(Words("Compare the seals", "印章比对")),
        stills=stills,
        reasons_heading=said(Words("Why", "理由")),
        reasons=_reasons(exhibit),
        measured_heading=said(Words("Measured", "测量值")),
        measured=_measured(exhibit, facts),
        evidence_heading=said(Words("What spoke for and against", "支持与反对的证据")),
        evidence_note=said(NOTE),
        groups=evidence_groups(result),
        voucher_heading=said(voucher.title),
        voucher_note=said(voucher.note),
        voucher=picture(_voucher_uri(voucher.picture, encoding), voucher.title),
        footer=_footer(facts, result.profile),
        data=_json(data),
        script=script,
    )
    # A file name may hold what UTF-8 cannot say.
    return page.encode("utf-8", "replace")


def _layers(exhibit: Exhibit, photo_px: int) -> SealLayers:
    found = exhibit.difference
    photos = [
        None if photo is None else reduced(photo, photo_px)[0]
        for photo in (exhibit.reference_cut, exhibit.moving_photo)
    ]
    return SealLayers(
        reference=exhibit.reference_ink,
        moving=None if found is None else found.moving,
        covered=None if found is None else found.covered,
        extra=None if found is None else found.extra,
        missing=None if found is None else found.missing,
        reference_photo=photos[0],
        moving_photo=photos[1],
        arrows=tuple(
            Arrow(shift.x_mm, shift.y_mm, shift.dx_mm, shift.dy_mm)
            for shift in one_a_cell(() if found is None else found.shifts)
        ),
        hull_mm=exhibit.hull_mm,
        folds=tuple(
            FoldMarks(
                fold.angle_deg,
                fold.offset_mm,
                tuple((stroke.position_mm, stroke.status) for stroke in fold.strokes),
            )
            for fold in exhibit.folds
        ),
        px_per_mm=exhibit.map_px_per_mm,
        trusted=exhibit.trusted,
    )


def _stills(data: dict[str, object]) -> str:
    """Take the photographs out of `data` and return them as pictures, seen where no script runs."""
    figures = []
    names = {
        "reference": Words("Reserved seal, as on the card", "预留印鉴（取自印鉴卡）"),
        "moving": Words("Seal on the voucher, laid over it", "凭证上的印章（已配准）"),
    }
    for key, words in names.items():
        impression = data[key]
        if isinstance(impression, dict) and impression["photo"]:
            still = picture(impression["photo"], words, still=key)
            figures.append(f"<figure>{still}<figcaption>{said(words)}</figcaption></figure>")
            impression["photo"] = None
    return "".join(figures)


def _reasons(exhibit: Exhibit) -> str:
    reasons = exhibit.result.reasons
    if not reasons:
        none = Words("Nothing speaks against the seal.", "未发现不符之处。")
        return f"<p>{said(none)}</p>{_folds(exhibit)}"
    rows = []
    for code in reasons:
        mode = REASON_MODES.get(code)
        offered = exhibit.difference is not None and (mode not in MEASURED_MODES or exhibit.trusted)
        button = show_button(SHOW, {"mode": mode}) if mode and offered else ""
        rows.append(
            f"<li><span>{said(plain_reason(code))}</span>{button}"
            f"<span class='code'>{escape(code)}</span></li>"
        )
    return f"<ul class='reasons'>{''.join(rows)}</ul>{_folds(exhibit)}"


def _folds(exhibit: Exhibit) -> str:
    """List the worst folds, each with a button that folds there."""
    rows = []
    for fold in exhibit.result.folds or ():
        # The canvas counts angles from 0 to below 180.
        state = {"mode": "fold", "foldAngleDeg": fold.angle_deg, "foldOffsetMm": fold.offset_mm}
        rows.append(f"<li><span>{said(fold_words(fold))}</span>{show_button(SHOW, state)}</li>")
    if not rows:
        return ""
    kind = "reasons mild" if exhibit.result.verdict == "PASS" else "reasons"
    heading = said(folds_heading(exhibit.result))
    return f"<p class='note apart'>{heading}</p><ul class='{kind}'>{''.join(rows)}</ul>"


def _measured(exhibit: Exhibit, facts: ReportFacts) -> str:
    """List what was measured but the score, which stands at the top of the page."""

    def value(of: Words | str) -> str:
        return escape(of) if isinstance(of, str) else said(of)

    return "".join(
        f"<div><dt>{said(fact.name)}</dt><dd>{value(fact.value)}</dd></div>"
        for fact in measurements(exhibit.result, facts)[1:]
    )


def _footer(facts: ReportFacts, profile: str) -> str:
    made = Words(
        "Made by sealmatch from the comparison that gave the verdict. The file is complete in "
        "itself and sends nothing.",
        "由 sealmatch 依据得出结论的同一次比对生成。本文件自成一体，不发送任何数据。",
    )
    names = f"{facts.card_name} · {facts.voucher_name} · {profile}"
    return f"<span>{escape(names)}</span><span>{said(made)}</span>"


def _voucher_uri(voucher: Picture, encoding: Encoding) -> str:
    return photo_uri(
        reduced(voucher, encoding.voucher_px)[0], quality=min(82, encoding.photo_quality)
    )


@cache
def _style() -> str:
    own = files("seal_service.report").joinpath("page.css").read_text("utf-8")
    return own + component_style()


@cache
def _script() -> str:
    own = files("seal_service.report").joinpath("page.js").read_text("utf-8")
    return link({**component_modules(), "page.js": own}, entry="page.js")


def _policy(style: str, script: str) -> str:
    """Allow this very style and script, pictures inside the file, and nothing else."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; "
        f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _json(data: dict[str, object]) -> str:
    """Return JSON that cannot end the element that it stands in."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
