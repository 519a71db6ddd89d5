"""Pieces of the report page. Whatever comes from outside is escaped here, and nowhere else."""

from __future__ import annotations

import json
import math
from html import escape
from typing import Any

from seal_service.report.languages import Words

GAUGE_LIMIT = 6.0
_BAR_WIDTH = 170

_BADGES = {
    "PASS": "M22 4a18 18 0 1 1 0 36a18 18 0 1 1 0-36M14 22.5l6 6L31 17",
    "FAIL": "M22 4a18 18 0 1 1 0 36a18 18 0 1 1 0-36M15.5 15.5l13 13M28.5 15.5l-13 13",
    "REFER": "M22 4a18 18 0 1 1 0 36a18 18 0 1 1 0-36M22 12a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9"
    "M12.5 33c1.5-5.5 5-8 9.5-8s8 2.5 9.5 8",
    "RETAKE": "M36 13v9h-9M35 22a13.5 13.5 0 1 0-3.5 9",
}
LOGO = (
    '<svg viewBox="0 0 30 30" aria-hidden="true"><rect x="1.5" y="1.5" width="27" height="27" '
    'rx="6" fill="#c8181e"/><path d="M8 11V8h14v6H8v7h14v-3M11.5 14v7M18.5 14v7" fill="none" '
    'stroke="#fff" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/></svg>'
)


def said(words: Words) -> str:
    """Say a thing in both languages; the page shows one of them, or both where no script runs."""
    if not words.chinese:
        return escape(words.english)
    return (
        f'<span class="said-in" lang="en">{escape(words.english)}</span>'
        f' <span class="said-in" lang="zh-CN">{escape(words.chinese)}</span>'
    )


def labelled(words: Words) -> str:
    """Return attributes that name an element; the page's script chooses the language."""
    english, chinese = escape(words.english), escape(words.chinese or words.english)
    return f'data-label-en="{english}" data-label-zh="{chinese}"'


def picture(uri: str, words: Words, *, still: str = "") -> str:
    """Return a picture with a description; `still` marks one that the canvas takes over."""
    mark = f' data-still="{escape(still)}"' if still else ""
    alt = escape(f"{words.english} {words.chinese}".strip())
    return f'<img alt="{alt}" {labelled(words)}{mark} src="{escape(uri)}">'


def badge(verdict: str) -> str:
    """Return the sign of a verdict, so that it is told by more than its colour."""
    return f'<svg viewBox="0 0 44 44" aria-hidden="true"><path d="{_BADGES[verdict]}"/></svg>'


def show_button(words: Words, state: dict[str, Any]) -> str:
    """Return a button that sets the canvas; hidden until a script can hear it."""
    change = escape(json.dumps(state, separators=(",", ":")))
    return f'<button type="button" hidden data-show="{change}">{said(words)}</button>'


def gauge(score: float) -> str:
    """Draw where a score lies between forged and genuine; beyond the ends it stays at the end."""
    share = 0.5 + 0.5 * max(-1.0, min(1.0, score / GAUGE_LIMIT)) if math.isfinite(score) else 0.5
    x = 8 + 384 * share
    ticks = "".join(
        f'<path d="M{8 + 32 * n} 20v{4 if n % 3 else 6}" stroke="#9aa4b5"/>' for n in range(13)
    )
    return (
        '<svg viewBox="0 0 400 26" preserveAspectRatio="none" aria-hidden="true">'
        '<defs><linearGradient id="evidence"><stop offset="0" stop-color="#c9353c"/>'
        '<stop offset=".42" stop-color="#f0c9a0"/><stop offset=".5" stop-color="#eef0f4"/>'
        '<stop offset=".58" stop-color="#bfe0cb"/><stop offset="1" stop-color="#1d8748"/>'
        '</linearGradient></defs><rect x="8" y="8" width="384" height="10" rx="5" '
        f'fill="url(#evidence)"/>{ticks}<path d="M{x:.1f} 18l-6 -13h12z" fill="#10203a" '
        'stroke="#fff" stroke-width="1.5"/></svg>'
    )


def bar(moved: float, largest: float) -> str:
    """Draw how far something moved the score: right for the same seal, left for another."""
    middle = _BAR_WIDTH / 2
    length = middle * min(1.0, abs(moved) / largest) if largest > 0 else 0.0
    left = middle if moved > 0 else middle - length
    side = "for" if moved > 0 else "against"
    return (
        f'<svg viewBox="0 0 {_BAR_WIDTH} 16" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect x="0" y="7" width="{_BAR_WIDTH}" height="2" fill="#e6e9ef"/>'
        f'<rect class="{side}" x="{left:.2f}" y="2" width="{length:.2f}" height="12" rx="1"/>'
        f'<rect x="{middle - 0.5}" y="0" width="1" height="16" fill="#8b95a6"/></svg>'
    )


def signed(value: float) -> str:
    """Return a log-odds figure with its sign, coloured by it."""
    side = "for" if value > 0 else "against" if value < 0 else ""
    return f'<span class="number {side}">{value:+.2f}</span>'
