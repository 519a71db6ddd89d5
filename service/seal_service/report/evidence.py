"""The page's account of the evidence: groups of channels, each with its channels' own figures."""

from __future__ import annotations

from html import escape

from seal_service.adapters.matching import VerificationResult
from seal_service.report.groups import GroupFinding, findings
from seal_service.report.languages import Words
from seal_service.report.markup import bar, said, signed
from seal_service.report.words import plain_channel

NOTE = Words(
    "How far each group of findings moved the judgement: to the right for the same seal, to the "
    "left for another (natural log odds, before calibration). Only their sum is the judgement: a "
    "group weighs differently beside others. Open a group to see its channels.",
    "各组证据对判断的影响：向右趋向同一印章，向左趋向另一枚印章（校准前的自然对数几率）。"
    "只有总和才是判断，单组证据不能单独作为依据。展开可查看各项证据。",
)


def evidence_groups(result: VerificationResult) -> str:
    """Return one foldable part per group."""
    found = findings(result.contributions, result.evidence)
    if not found:
        none = Words("Nothing could be measured.", "没有可测量的证据。")
        return f"<p>{said(none)}</p>"
    largest = max((abs(each.moved) for each in found if not each.context), default=0.0)
    return "".join(_group(finding, largest, result) for finding in found)


def _group(finding: GroupFinding, largest: float, result: VerificationResult) -> str:
    rows = "".join(_channel(name, result) for name in finding.channels)
    # A context's sum is told, but neither drawn nor coloured: it is for or against no seal.
    if finding.context:
        moved = f"<span></span><span class='number'>{finding.moved:+.2f}</span>"
    else:
        moved = f"{bar(finding.moved, largest)}{signed(finding.moved)}"
    return (
        f"<details><summary><span>{said(finding.name)}<small>{said(finding.says)}</small></span>"
        f"{moved}</summary>"
        f"<table><tr>"
        f"<th>{said(Words('channel', '证据'))}</th>"
        f"<th class='number'>{said(Words('measured', '测量值'))}</th>"
        f"<th class='number'>{said(Words('log odds', '对数几率'))}</th></tr>"
        f"{rows}</table></details>"
    )


def _channel(name: str, result: VerificationResult) -> str:
    measured, moved = result.evidence.get(name), result.contributions.get(name)
    value = "" if measured is None else f"{measured:.4g}" + (" mm" if name.endswith("_mm") else "")
    return (
        f"<tr><td>{said(plain_channel(name))} <span class='code'>{escape(name)}</span></td>"
        f"<td class='number'>{escape(value)}</td>"
        f"<td class='number'>{'' if moved is None else signed(moved)}</td></tr>"
    )
