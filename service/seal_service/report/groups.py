"""The channels of evidence, gathered under what a person would ask about the seal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from seal_service.report.languages import Words

WEAK, STRONG = 0.5, 4.0
_NOTHING = 1e-9

GROUPS: dict[Words, tuple[str, ...]] = {
    Words("How the whole seals match", "整体重合"): (
        "inliers", "spread_mm", "scale", "size_mm", "shear_mm", "bend_mm", "gain_mm",
        "gain_change_mm", "outlier_share",
    ),
    Words("Position of strokes", "笔画位置"): (
        "shift_rms_mm", "shift_p80_mm", "shift_p95_mm", "fine_shift_rms_mm", "fine_shift_p95_mm",
    ),
    Words("Width and edges of strokes", "笔画粗细与边缘"): (
        "local_gain_rms_mm", "local_gain_p95_mm", "rough_median_mm", "rough_p90_mm", "rough_max_mm",
        "fine_rough_max_mm", "fine_rough_median_mm", "edge_strength", "sharpness", "astray_max",
        "astray_p95", "lost_max", "grain_mean", "grain_p90", "grain_p50", "grain_p10",
    ),
    Words("Extra, missing and exchanged strokes", "多余、缺失与替换的笔画"): (
        "extra_max", "extra_p99", "extra_mean", "extra_side_mm", "extra_patch_side_mm",
        "missing_max", "missing_p98", "missing_mean", "missing_patch_side_mm", "swapped_max",
        "swapped_p99", "swapped_mean", "replaced_max", "replaced_p97",
    ),
    Words("Likeness of characters and figures", "文字与图形的相似度"): (
        "ncc_fine_p1", "ncc_fine_p5", "ncc_fine_p20", "ncc_fine_median", "ncc_coarse_p1",
        "ncc_coarse_p10", "ncc_coarse_median", "ncc_inked_min", "ncc_inked_p3", "outline_min",
        "outline_p2", "outline_p10", "outline_median", "outline_drop",
    ),
    Words("The most unlike places", "差异最大的部位"): (
        "region_max", "region_3rd", "region_6th", "region_top", "region_median", "region_share",
        "here_peak_digit", "here_peak_small", "here_peak_large", "here_third", "here_top",
        "here_p95", "here_p80", "here_median", "here_rise", "here_side_mm",
    ),
    Words("Characters and digits one by one", "逐字比对"): (
        "small_worst", "small_second", "small_fourth", "large_worst", "large_second",
        "large_fourth", "seen_worst", "seen_second", "part_median", "part_excess", "added_parts",
        "added_worst", "added_second", "added_sixth", "one_part", "one_part_soft",
    ),
    Words("Strokes across a fold", "折角处的笔画"): (
        "fold_broken", "fold_shifted", "fold_extra", "fold_offset_mm", "fold_offset_p90_mm",
        "fold_broken_folds",
    ),
    Words("Signs of a copy", "仿刻迹象"): (
        "copied_mean", "copied_p75", "copied_p25", "copied_small", "copied_large",
    ),
    Words("How the seal was pressed", "盖印状况"): (
        "presence_p10", "presence_median", "ink_level", "mottle", "void_share", "pale_share",
        "seen_median", "seen_p10", "unseen",
    ),
    Words("The scan, and what lies over the seal", "影像与覆盖物"): (
        "covered", "hidden_peak", "hidden_third", "hidden_share", "small_parts",
        "small_hidden", "large_hidden", "seen_parts", "fold_unknown", "foreign_share", "px_per_mm",
        "colourless",
    ),
}  # fmt: skip
OTHER = Words("Other channels", "其他证据")
CONTEXT = frozenset({"How the seal was pressed", "The scan, and what lies over the seal"})
"""English names of groups that tell nothing of the die: they decide what the others weigh.

In the sums over the model's trees they may hold much, but a clean print speaks for no seal.
"""
CONTEXT_CHANNELS = frozenset(
    name for title, names in GROUPS.items() if title.english in CONTEXT for name in names
)


@dataclass(frozen=True, slots=True)
class GroupFinding:
    """What a group of channels says together.

    `moved` is the sum of natural log odds, positive towards genuine; `channels` are the names of
    its members that there is something to say about, those that moved most first.
    """

    name: Words
    moved: float
    channels: tuple[str, ...]

    @property
    def context(self) -> bool:
        """Whether the group speaks for no seal, however large its sum is."""
        return self.name.english in CONTEXT

    @property
    def says(self) -> Words:
        """Return the sum in words: of what moved the judgement, which is no proof on its own."""
        if self.context:
            return Words("decides how much the other findings weigh", "影响其他证据的分量")
        if abs(self.moved) < WEAK:
            return Words("moved the judgement little", "对判断影响很小")
        strong = abs(self.moved) >= STRONG
        if self.moved > 0:
            return (
                Words("moved the judgement far towards the same seal", "使判断明显趋向同一枚印章")
                if strong
                else Words("moved the judgement towards the same seal", "使判断趋向同一枚印章")
            )
        return (
            Words("moved the judgement far towards another seal", "使判断明显趋向另一枚印章")
            if strong
            else Words("moved the judgement towards another seal", "使判断趋向另一枚印章")
        )


def findings(
    contributions: Mapping[str, float], evidence: Mapping[str, float]
) -> list[GroupFinding]:
    """Return the groups that have members here, in the order of `GROUPS`; unknown channels last."""
    known = {name for members in GROUPS.values() for name in members}
    present = {*contributions, *evidence}
    gathered = {title: set(members) & present for title, members in GROUPS.items()}
    gathered[OTHER] = present - known
    return [
        GroupFinding(title, _sum(contributions, names), _ranked(contributions, names))
        for title, names in gathered.items()
        if names
    ]


def _sum(contributions: Mapping[str, float], names: set[str]) -> float:
    values = [contributions.get(name, 0.0) for name in sorted(names)]
    total = math.fsum(value for value in values if math.isfinite(value))
    return 0.0 if abs(total) < _NOTHING else total


def _ranked(contributions: Mapping[str, float], names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (-abs(contributions.get(name, 0.0)), name)))
