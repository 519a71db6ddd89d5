"""The sentences and numbers of a report, apart from how they are drawn."""

from __future__ import annotations

import math
from typing import NamedTuple

from seal_service.adapters.matching import FoldReason, Print, Replay, VerificationResult
from seal_service.report.facts import ReportFacts
from seal_service.report.groups import CONTEXT_CHANNELS
from seal_service.report.languages import Words
from seal_service.report.words import plain_channel

TOP_CONTRIBUTIONS = 8
_SPOKEN_LIMIT = 6.0


class Fact(NamedTuple):
    """A named value; one that needs no words is the same in every language."""

    name: Words
    value: Words | str


class Contribution(NamedTuple):
    """How far a channel moved the model (log odds, positive: towards genuine); what it measured."""

    name: Words
    moved: float
    measured: float | None


def strength(score: float) -> Words:
    """Say what the score means: how much likelier the findings are under one claim."""
    if abs(score) < 0.05:
        return Words(
            "The findings are as likely for a genuine seal as for a forged one.",
            "所见特征在真章与假章假设下可能性相当。",
        )
    most = abs(score) > _SPOKEN_LIMIT
    times = 10.0 ** min(abs(score), _SPOKEN_LIMIT)
    number = f"{float(f'{times:.2g}'):,.10g}"
    more, chinese_more = ("more than ", "超过 ") if most else ("about ", "约 ")
    if score > 0:
        return Words(
            f"The findings are {more}{number} times likelier if the seal is genuine.",
            f"所见特征在真章假设下的可能性是假章的{chinese_more}{number} 倍。",
        )
    return Words(
        f"The findings are {more}{number} times likelier if the seal is forged.",
        f"所见特征在假章假设下的可能性是真章的{chinese_more}{number} 倍。",
    )


def likelihood(result: VerificationResult) -> Words:
    """Say what the result's score means, or that it means nothing."""
    if result.compared:
        return strength(result.score)
    return Words(
        "The seals could not be compared, so there is no score.", "两枚印章无法比对，故无评分。"
    )


def score_text(result: VerificationResult) -> str:
    """Return the score with its sign; a dash where there is none."""
    return f"{result.score:+.2f}" if result.compared else "–"


def measurements(result: VerificationResult, facts: ReportFacts) -> list[Fact]:
    """Return the table of what was measured and with what."""
    rows = [
        Fact(Words("score (log10 LR)", "评分（log10 似然比）"), score_text(result)),
        Fact(Words("quality of the impression", "印文质量"), f"{result.quality:.2f}"),
    ]
    if result.centre_px is not None and result.scale is not None:
        x, y = result.centre_px
        rows += [
            Fact(Words("turned clockwise", "顺时针转角"), f"{result.rotation_deg:.2f}°"),
            Fact(Words("size against the card", "与卡面大小之比"), f"{result.scale:.4f}"),
            Fact(Words("size difference", "尺寸之差"), f"{result.size_error_mm:+.2f} mm"),
            Fact(Words("centre on the voucher", "凭证上的中心"), f"({x:.0f}, {y:.0f}) px"),
        ]
    if result.replay is not None:
        name = Words("likest earlier impression", "最相似的先前印文")
        rows.append(Fact(name, replay_words(result.replay)))
    if result.printed is not None:
        rows.append(Fact(Words("grain of the ink", "墨迹颗粒"), print_words(result.printed)))
    return [
        *rows,
        Fact(Words("card", "印鉴卡"), facts.card_name),
        Fact(Words("voucher", "凭证"), facts.voucher_name),
        Fact(Words("profile", "判定参数"), result.profile),
    ]


def folds_heading(result: VerificationResult) -> Words:
    """Say what the folds that are listed mean beside the verdict."""
    if result.verdict == "PASS":
        return Words(
            "Small differences at a fold; a second stamping may show them",
            "折线处的细微差异，同一印章再次盖印也可能出现",
        )
    return Words("The folds that break most strokes", "断开笔画最多的折线")


def fold_words(fold: FoldReason) -> Words:
    """Say what a fold breaks, as a sentence."""
    english = fold.english
    return Words(f"{english[:1].upper()}{english[1:]}.", f"{fold.chinese}。")


def replay_words(replay: Replay) -> Words:
    """Say how like the likest earlier impression the questioned one is."""
    if replay.found is None or replay.likeness is None or replay.false_alarm_rate is None:
        return Words("cannot be told", "无法判断")
    share = f"{100.0 * replay.false_alarm_rate:.2g} %"
    return Words(
        f"{replay.earlier}: {replay.likeness:.2f}; at most {share} of second stampings are so like",
        f"{replay.earlier}：{replay.likeness:.2f}；再次盖印达到此相似度的比例不超过 {share}",
    )


def print_words(printed: Print) -> Words:
    """Say whether the ink looks printed."""
    if printed.grain is None:
        return Words("cannot be told from this scan", "此影像无法判断")
    if printed.found is None or printed.false_alarm_rate is None:
        return Words("no print found; this scan cannot rule one out", "未发现打印特征，但不能排除")
    share = f"{100.0 * printed.false_alarm_rate:.2g} %"
    return Words(
        f"a printer's; at most {share} of stampings are so grained",
        f"似打印；盖印达到此颗粒度的比例不超过 {share}",
    )


def top_contributions(
    result: VerificationResult, count: int = TOP_CONTRIBUTIONS
) -> list[Contribution]:
    """Return the channels of the die that moved the score most, either way, largest first."""
    ranked = sorted(result.contributions.items(), key=lambda entry: (-abs(entry[1]), entry[0]))
    told = [
        Contribution(plain_channel(name), moved, result.evidence.get(name))
        for name, moved in ranked
        if math.isfinite(moved) and moved != 0.0 and name not in CONTEXT_CHANNELS
    ]
    return told[:count]
