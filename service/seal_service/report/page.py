"""The report as one self-contained HTML page: the same pictures, and the table of all channels."""

from __future__ import annotations

import base64
import io
from html import escape
from importlib.resources import files
from string import Template

import numpy as np
from PIL import Image

from seal_service.adapters.matching import Exhibit, VerificationResult
from seal_service.report.facts import ReportFacts
from seal_service.report.languages import Words
from seal_service.report.panels import Picture
from seal_service.report.scenes import Scene, comparison_scenes, whole_voucher
from seal_service.report.sheet import VERDICT_COLOURS
from seal_service.report.statements import measurements, strength
from seal_service.report.words import plain_channel, plain_reason, plain_verdict


def report_html(exhibit: Exhibit, facts: ReportFacts) -> bytes:
    """Return the page; it asks for no other file and runs no script."""
    result = exhibit.result
    template = Template(files("seal_service.report").joinpath("page.html").read_text("utf-8"))
    page = template.substitute(
        verdict=escape(result.verdict),
        voucher_name=escape(facts.voucher_name),
        colour="#{:02x}{:02x}{:02x}".format(*VERDICT_COLOURS[result.verdict]),
        sentence=_both(plain_verdict(result.verdict)),
        score=f"{result.score:+.2f}",
        reasons="".join(_reason(code) for code in result.reasons) or "<li>—</li>",
        strength=_both(strength(result.score)),
        pictures="".join(_figure(scene) for scene in comparison_scenes(exhibit)),
        voucher=_figure(whole_voucher(exhibit)),
        measured="".join(
            f"<tr><th>{_both(fact.name)}</th><td>{escape(fact.value)}</td></tr>"
            for fact in measurements(result, facts)
        ),
        channels=_channels(result),
    )
    # A file name may hold what UTF-8 cannot say.
    return page.encode("utf-8", "replace")


def _both(words: Words) -> str:
    return f"{escape(words.english)} <span lang='zh'>{escape(words.chinese)}</span>"


def _reason(code: str) -> str:
    return f"<li>{_both(plain_reason(code))} <span class='code'>{escape(code)}</span></li>"


def _figure(scene: Scene) -> str:
    return (
        f"<figure><figcaption><b>{_both(scene.title)}</b>{_both(scene.note)}</figcaption>"
        f"<img alt='{escape(scene.title.english)}' src='{_data_uri(scene.picture)}'></figure>"
    )


def _data_uri(picture: Picture) -> str:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def _channels(result: VerificationResult) -> str:
    """Return a row per channel, those that moved the score first."""
    added = result.contributions
    names = sorted({*result.evidence, *added}, key=lambda name: (-abs(added.get(name, 0.0)), name))
    rows = []
    for name in names:
        share = added.get(name)
        measured = result.evidence.get(name)
        side = "" if not share else "for" if share > 0 else "against"
        rows.append(
            f"<tr><td>{_both(plain_channel(name))}</td><td class='code'>{escape(name)}</td>"
            f"<td class='number'>{'' if measured is None else f'{measured:.4g}'}</td>"
            f"<td class='number {side}'>{'' if share is None else f'{share:+.3f}'}</td></tr>"
        )
    return "\n".join(rows)
