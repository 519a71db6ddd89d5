"""The pictures that a report shows, each with its title and how to read it."""

from __future__ import annotations

from typing import NamedTuple

from seal_service.adapters.matching import Exhibit
from seal_service.displays import ARROW_MAGNIFICATION, LIMITS_MM, Picture
from seal_service.report import panels
from seal_service.report.languages import Words


class Scene(NamedTuple):
    """A picture, its title, and a line that says how to read it."""

    key: str
    title: Words
    picture: Picture
    note: Words


def whole_voucher(exhibit: Exhibit) -> Scene:
    """Return the voucher with the seal outlined."""
    note = Words("no seal could be laid over the reserved one", "未能与预留印鉴配准")
    if exhibit.outline:
        note = (
            Words("green: the seal that was compared", "绿框：参与比对的印章")
            if exhibit.trusted
            else Words("amber: the best guess, not to be relied on", "橙框：仅为最佳猜测，不可依赖")
        )
    picture = panels.outlined(exhibit.voucher, exhibit.outline, sure=exhibit.trusted)
    return Scene("voucher", Words("Voucher", "凭证"), picture, note)


def comparison_scenes(exhibit: Exhibit) -> list[Scene]:
    """Return the pictures of the seals and of their differences, as many as there are."""
    found = [_reference(exhibit), _moving(exhibit), *_differences(exhibit)]
    return [scene for scene in found if scene is not None]


def _reference(exhibit: Exhibit) -> Scene | None:
    title = Words("Reserved seal", "预留印鉴")
    if exhibit.reference_cut is not None:
        note = Words("as on the card", "取自印鉴卡")
        return Scene("reference", title, exhibit.reference_cut, note)
    if exhibit.difference is not None:
        drawn = panels.reference_ink(exhibit.difference.reference)
        return Scene("reference", title, drawn, Words("as stored in the template", "取自模板"))
    return None


def _moving(exhibit: Exhibit) -> Scene | None:
    if exhibit.moving_cut is None:
        return None
    angle = exhibit.result.rotation_deg or 0.0
    note = Words(f"turned back by {angle:.1f}°", f"已回转 {angle:.1f}°")
    return Scene("moving", Words("Seal on the voucher", "凭证上的印章"), exhibit.moving_cut, note)


def _differences(exhibit: Exhibit) -> list[Scene]:
    """Return the drawn comparisons; arrows only where the alignment bears them."""
    found = exhibit.difference
    if found is None:
        return []
    overlay = Scene(
        "overlay",
        Words("Overlay", "重叠比对"),
        panels.overlay(found.reference, found.moving),
        Words("blue: card · orange: voucher · dark: both", "蓝：卡 · 橙：凭证 · 深：重合"),
    )
    difference = Scene(
        "difference",
        Words("Differences", "差异图"),
        panels.difference_map(exhibit),
        Words(
            "red: extra ink · blue: missing ink · sand: covered by print",
            "红：多余墨迹 · 蓝：缺失墨迹 · 沙：被遮盖",
        ),
    )
    if not exhibit.trusted:
        return [overlay, difference]
    times, limit = f"{ARROW_MAGNIFICATION:g}", f"{LIMITS_MM[1]:g}"
    displacement = Scene(
        "displacement",
        Words("Displaced strokes", "笔画位移"),
        panels.displacement(exhibit),
        Words(
            f"arrows drawn {times} times larger · red: over {limit} mm",
            f"箭头放大 {times} 倍 · 红：超过 {limit} 毫米",
        ),
    )
    return [overlay, difference, displacement]
