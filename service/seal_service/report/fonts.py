"""Typefaces for reports: one with Chinese if fontconfig knows any, else Pillow's own."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PIL import ImageFont

Weight = Literal["regular", "bold"]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

PROBE = "印鉴"
_PATTERNS: dict[Weight, str] = {
    "regular": "Noto Sans CJK SC:lang=zh-cn:weight=80",
    "bold": "Noto Sans CJK SC:lang=zh-cn:weight=200",
}


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file and the index of the face in it."""

    path: str
    index: int


def has_chinese() -> bool:
    """Tell whether reports can be drawn in Chinese on this machine."""
    return chinese_typeface("regular") is not None


@lru_cache(maxsize=64)
def font(size_px: int, weight: Weight = "regular") -> Font:
    """Return a font of the size; with Chinese glyphs where the machine has any."""
    face = chinese_typeface(weight) or chinese_typeface("regular")
    if face is None:
        return ImageFont.load_default(size_px)
    return ImageFont.truetype(face.path, size_px, index=face.index)


@lru_cache(maxsize=4)
def chinese_typeface(weight: Weight) -> Typeface | None:
    """Ask fontconfig for a typeface with Chinese; None where there is none."""
    program = shutil.which("fc-match")
    if program is None:
        return None
    try:
        said = subprocess.run(  # noqa: S603  # a fixed command without a shell
            [program, "--format=%{file}\t%{index}", _PATTERNS[weight]],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout
        path, _, index = said.partition("\t")
        # fontconfig packs a variable font's instance into the upper half.
        face = Typeface(path, int(index) & 0xFFFF)
        loaded = ImageFont.truetype(face.path, 24, index=face.index)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    # fc-match always names some font; one without the glyphs draws the same box for each of them.
    boxes = {bytes(loaded.getmask(character)) for character in PROBE}
    return face if len(boxes) == len(PROBE) else None
