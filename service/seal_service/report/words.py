"""What verdicts and reasons mean, in plain English and Chinese."""

from __future__ import annotations

from seal_service.report.channels import CHANNELS
from seal_service.report.languages import Words

VERDICTS: dict[str, Words] = {
    "PASS": Words("The seal agrees with the reserved seal.", "印章与预留印鉴相符。"),
    "FAIL": Words("The seal differs from the reserved seal.", "印章与预留印鉴不符。"),
    "REFER": Words("Not certain: a person must look.", "不能确定，须人工核验。"),
    "RETAKE": Words("The image is at fault: scan again.", "影像不合格，请重新采集。"),
}

REASONS: dict[str, Words] = {
    # differences that another die explains
    "STROKES_DISPLACED": Words(
        "Strokes lie where no pressing of the die could put them.",
        "笔画位移超出同一印章盖印的范围。",
    ),
    "CHARACTER_DIFFERS": Words("A character or figure differs.", "有文字或图形不同。"),
    "EXTRA_INK": Words(
        "There is ink where the reserved seal has none.", "出现预留印鉴没有的笔画。"
    ),
    "STROKES_MISSING": Words("Strokes of the reserved seal are missing.", "缺少预留印鉴的笔画。"),
    "SIZE_DIFFERS": Words("The size differs.", "印章尺寸不同。"),
    "STROKE_WIDTH_DIFFERS": Words("Strokes are thicker or thinner.", "笔画粗细不同。"),
    "OUTLINE_DIFFERS": Words("Edges of strokes run differently.", "笔画边缘走向不同。"),
    # what the impression is besides
    "REPLAYED": Words(
        "Too like an earlier accepted impression to be a second stamping: probably a copy of it.",
        "与先前已通过的印文过于一致，不应是再次盖印，疑为其复制件。",
    ),
    "PRINTED": Words(
        "Its ink has the grain of a printer: probably printed or copied, not stamped.",
        "墨迹呈打印网点特征，疑为打印或复印，并非盖印。",
    ),
    # what kept a judgement from being sure
    "ALIGNMENT_UNSURE": Words(
        "The two seals could not be laid over each other reliably.", "两枚印章无法可靠重合。"
    ),
    "EVIDENCE_WEAK": Words("There is too little to decide by.", "可供判断的特征不足。"),
    "OVERPRINTED": Words("Print or writing covers the seal.", "印章被印刷或书写内容遮盖。"),
    "WEAK_INK": Words("The seal is inked weakly or in part.", "印文着墨过淡或不完整。"),
    "OTHER_INK_OVER_SEAL": Words(
        "Other coloured ink lies over the seal.", "印章上有其他彩色墨迹。"
    ),
    "NO_COLOUR": Words("The scan tells no colour.", "影像没有色彩信息。"),
    # about the image
    "NO_SEAL_FOUND": Words(
        "No seal like the reserved one was found.", "未找到与预留印鉴相似的印章。"
    ),
    "SEAL_CUT_OFF": Words("The edge of the image cuts the seal off.", "印章被影像边缘截断。"),
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
