"""What the engine's codes and channels mean, in plain English and Chinese."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """One thing said in both languages; `chinese` is empty where we only have a code to spell."""

    english: str
    chinese: str


VERDICTS: dict[str, Words] = {
    "PASS": Words("The seal agrees with the reserved seal.", "印章与预留印鉴相符。"),
    "FAIL": Words("The seal differs from the reserved seal.", "印章与预留印鉴不符。"),
    "REFER": Words("Not certain: a person must look.", "不能确定，须人工核验。"),
    "RETAKE": Words("The image is at fault: scan again.", "影像不合格，请重新采集。"),
}

REASONS: dict[str, Words] = {
    # about the image
    "IMAGE_TOO_SMALL": Words("The image is smaller than any seal.", "影像小于任何印章。"),
    # about the card
    "SEVERAL_SEALS_ON_CARD": Words(
        "The card bears several seals; the heaviest was taken.",
        "印鉴卡上有多枚印章，已取墨迹最多者。",
    ),
    "CARD_BELOW_200_DPI": Words(
        "The card was scanned below 200 dpi.", "印鉴卡扫描分辨率低于 200 dpi。"
    ),
    "CARD_WITHOUT_COLOUR": Words("The card was scanned without colour.", "印鉴卡不是彩色扫描。"),
    "PALE_CARD": Words("The card's seal is pale or incomplete.", "印鉴卡上的印章偏淡或不完整。"),
}

CHANNELS: dict[str, Words] = {
    "inliers": Words("edges that agree", "吻合的边缘比例"),
    "spread_mm": Words("spread of edges", "边缘离散度"),
    "scale": Words("size against the card", "与卡面的大小之差"),
    "gain_mm": Words("ink gain", "油墨扩展"),
    "gain_change_mm": Words("change of ink gain", "油墨扩展的变化"),
    "shear_mm": Words("skew", "剪切变形"),
    "bend_mm": Words("bending", "弯曲变形"),
    "shift_rms_mm": Words("displaced strokes, mean", "笔画位移（均值）"),
    "shift_p80_mm": Words("displaced strokes, most", "笔画位移（八成）"),
    "shift_p95_mm": Words("displaced strokes, worst", "笔画位移（最大）"),
    "fine_shift_rms_mm": Words("displaced details, mean", "细节位移（均值）"),
    "fine_shift_p95_mm": Words("displaced details, worst", "细节位移（最大）"),
    "local_gain_rms_mm": Words("stroke width, mean", "笔画粗细差（均值）"),
    "local_gain_p95_mm": Words("stroke width, worst", "笔画粗细差（最大）"),
    "rough_median_mm": Words("rough edges, median", "边缘粗糙度（中值）"),
    "rough_p90_mm": Words("rough edges, many", "边缘粗糙度（九成）"),
    "rough_max_mm": Words("rough edges, worst", "边缘粗糙度（最大）"),
    "seen_median": Words("edges seen, median", "可见边缘（中值）"),
    "seen_p10": Words("edges seen, weakest", "可见边缘（最弱处）"),
    "unseen": Words("regions not inked", "未着墨区域"),
    "covered": Words("covered by print", "被遮盖比例"),
    "outlier_share": Words("edges far off", "偏离边缘比例"),
    "edge_strength": Words("sharpness of edges", "边缘清晰度"),
    "ncc_fine_p1": Words("detail likeness, worst", "细节相似度（最差处）"),
    "ncc_fine_p5": Words("detail likeness, low", "细节相似度（较差处）"),
    "ncc_fine_p20": Words("detail likeness, lower", "细节相似度（下五分位）"),
    "ncc_fine_median": Words("detail likeness, median", "细节相似度（中值）"),
    "ncc_coarse_p1": Words("likeness, worst region", "区域相似度（最差处）"),
    "ncc_coarse_p10": Words("likeness, low regions", "区域相似度（较差处）"),
    "ncc_coarse_median": Words("likeness, median region", "区域相似度（中值）"),
    "extra_max": Words("extra ink, worst spot", "多余墨迹（最重处）"),
    "extra_p99": Words("extra ink, spots", "多余墨迹（局部）"),
    "extra_mean": Words("extra ink, mean", "多余墨迹（均值）"),
    "missing_max": Words("missing ink, worst spot", "缺失墨迹（最重处）"),
    "missing_p98": Words("missing ink, spots", "缺失墨迹（局部）"),
    "missing_mean": Words("missing ink, mean", "缺失墨迹（均值）"),
    "swapped_max": Words("exchanged strokes, worst", "笔画替换（最重处）"),
    "swapped_p99": Words("exchanged strokes, spots", "笔画替换（局部）"),
    "swapped_mean": Words("exchanged strokes, mean", "笔画替换（均值）"),
    "foreign_share": Words("ink of something else", "外来墨迹比例"),
    "presence_p10": Words("inking, weakest part", "着墨程度（最弱处）"),
    "presence_median": Words("inking, median", "着墨程度（中值）"),
    "ink_level": Words("ink density", "油墨浓度"),
    "mottle": Words("mottled ink", "油墨斑驳度"),
    "size_mm": Words("size of the seal", "印章尺寸"),
    "px_per_mm": Words("scan resolution", "扫描分辨率"),
    "colourless": Words("scan without colour", "无色彩信息"),
}


def plain_verdict(verdict: str) -> Words:
    """Return the verdict in a sentence."""
    return VERDICTS[verdict]


def plain_reason(code: str) -> Words:
    """Return a reason in a sentence; a code that we do not know speaks for itself."""
    spelt = code.replace("_", " ").lower()
    return REASONS.get(code, Words(spelt[:1].upper() + spelt[1:] + ".", ""))


def plain_channel(name: str) -> Words:
    """Return a channel's name in words."""
    return CHANNELS.get(name, Words(name.replace("_", " "), ""))
