"""The pictures that a report shows, each with its title and how to read it."""

from __future__ import annotations

from typing import NamedTuple

from seal_service.adapters.matching import Exhibit
from seal_service.report import panels
from seal_service.report.panels import Picture
from seal_service.report.words import Words


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
    scenes: list[Scene] = []
    found = exhibit.difference
    if exhibit.reference_cut is not None:
        scenes.append(
            Scene(
                "reference",
                Words("Reserved seal", "预留印鉴"),
                exhibit.reference_cut,
                Words("as on the card", "取自印鉴卡"),
            )
        )
    elif found is not None:
        scenes.append(
            Scene(
                "reference",
                Words("Reserved seal", "预留印鉴"),
                panels.reference_ink(found.reference),
                Words("as stored in the template", "取自模板"),
            )
        )
    if exhibit.moving_cut is not None:
        angle = exhibit.result.rotation_deg or 0.0
        scenes.append(
            Scene(
                "moving",
                Words("Seal on the voucher", "凭证上的印章"),
                exhibit.moving_cut,
                Words(f"turned back by {angle:.1f}°", f"已回转 {angle:.1f}°"),
            )
        )
    if found is None:
        return scenes
    return [
        *scenes,
        Scene(
            "overlay",
            Words("Overlay", "重叠比对"),
            panels.overlay(found.reference, found.moving),
            Words("blue: card · orange: voucher · dark: both", "蓝：卡 · 橙：凭证 · 深：重合"),
        ),
        Scene(
            "difference",
            Words("Differences", "差异图"),
            panels.difference_map(found.reference, found.extra, found.missing, found.covered),
            Words("red: extra ink · blue: missing · sand: covered", "红：多余 · 蓝：缺失 · 沙：遮盖"),
        ),
        Scene(
            "displacement",
            Words("Displaced strokes", "笔画位移"),
            panels.displacement(exhibit),
            Words(
                f"arrows × {panels.ARROW_MAGNIFICATION} · "
                f"red: over {panels.SHIFT_LIMITS_MM[1]:g} mm",
                f"箭头放大 {panels.ARROW_MAGNIFICATION} 倍 · 红：超过 {panels.SHIFT_LIMITS_MM[1]:g} 毫米",
            ),
        ),
    ]
