"""Typefaces found on this machine, and their glyphs as cached masks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

_ROOTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
_PACKAGES = (
    "fonts-noto-cjk fonts-noto-cjk-extra fonts-arphic-gbsn00lp fonts-arphic-gkai00mp "
    "fonts-arphic-uming fonts-arphic-ukai fonts-wqy-zenhei fonts-wqy-microhei fonts-lxgw-wenkai"
)
# key: (family of design, file name, index within the collection). Index 2 of Noto is the SC face.
_CANDIDATES: dict[str, tuple[str, str, int]] = {
    "gbsong": ("song", "gbsn00lp.ttf", 0),
    "uming": ("song", "uming.ttc", 0),
    "serif-light": ("song", "NotoSerifCJK-Light.ttc", 2),
    "serif": ("song", "NotoSerifCJK-Regular.ttc", 2),
    "serif-medium": ("song", "NotoSerifCJK-Medium.ttc", 2),
    "serif-semi": ("song", "NotoSerifCJK-SemiBold.ttc", 2),
    "serif-bold": ("song", "NotoSerifCJK-Bold.ttc", 2),
    "serif-black": ("song", "NotoSerifCJK-Black.ttc", 2),
    "gbkai": ("kai", "gkai00mp.ttf", 0),
    "ukai": ("kai", "ukai.ttc", 0),
    "wenkai": ("kai", "LXGWWenKai-Regular.ttf", 0),
    "wenkai-bold": ("kai", "LXGWWenKai-Bold.ttf", 0),
    "sans-light": ("hei", "NotoSansCJK-Light.ttc", 2),
    "sans": ("hei", "NotoSansCJK-Regular.ttc", 2),
    "sans-medium": ("hei", "NotoSansCJK-Medium.ttc", 2),
    "sans-bold": ("hei", "NotoSansCJK-Bold.ttc", 2),
    "zenhei": ("hei", "wqy-zenhei.ttc", 0),
    "microhei": ("hei", "wqy-microhei.ttc", 0),
}
# Thinnest strokes as a part of the em, by eye; a face not listed has 0.07.
_HAIRLINES = {
    "gbsong": 0.025,
    "uming": 0.022,
    "serif-light": 0.022,
    "serif": 0.032,
    "serif-medium": 0.038,
    "serif-semi": 0.043,
    "serif-bold": 0.047,
    "serif-black": 0.05,
    "gbkai": 0.04,
    "ukai": 0.04,
    "wenkai": 0.05,
    "sans-light": 0.045,
}
# Arphic's two packages hold the same drawings: a seal set in the other is no refont.
_SAME_TYPEFACE = {
    "serif": "serif", "sans": "sans", "wenkai": "wenkai",
    "gbsong": "arphic song", "uming": "arphic song", "gbkai": "arphic kai", "ukai": "arphic kai",
}  # fmt: skip
_EM_SIZES = (40, 96, 208)


class FontsMissingError(RuntimeError):
    """Fewer than five CJK typefaces are installed."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"only {found} of at least 5 CJK typefaces were found under {_ROOTS[0]}; "
            f"install the Debian packages: {_PACKAGES}"
        )
        self.found = found


@dataclass(frozen=True)
class Face:
    """One installed face: its key, design family (song, kai, hei), file and index."""

    key: str
    family: str
    path: str
    index: int

    @property
    def typeface(self) -> str:
        """Name shared by all weights of one typeface."""
        return _SAME_TYPEFACE.get(self.key.split("-")[0], self.key)


@cache
def faces() -> dict[str, Face]:
    """Return the installed faces by key, in a fixed order.

    Raises
    ------
        FontsMissingError: fewer than five different typefaces are installed.
    """
    files: dict[str, str] = {}
    for root in _ROOTS:
        if root.is_dir():
            for path in sorted(root.rglob("*.tt[fc]")):
                files.setdefault(path.name, str(path))
    found = {
        key: Face(key, family, files[name], index)
        for key, (family, name, index) in _CANDIDATES.items()
        if name in files
    }
    typefaces = {face.typeface for face in found.values()}
    if len(typefaces) < 5:
        raise FontsMissingError(len(typefaces))
    return found


def hairline(key: str) -> float:
    """Return the width of a face's thinnest strokes as a part of its em."""
    return _HAIRLINES.get(key, 0.07)


def of_family(*families: str) -> list[str]:
    """Return the keys of the installed faces of the given design families."""
    return [key for key, face in faces().items() if face.family in families] or list(faces())


@lru_cache(maxsize=160)
def font(key: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Return the face `key` at an em of `size_px` pixels."""
    face = faces()[key]
    return ImageFont.truetype(
        face.path, size_px, index=face.index, layout_engine=ImageFont.Layout.BASIC
    )


@dataclass(frozen=True, eq=False)
class GlyphMask:
    """A glyph: mask (rows, cols) uint8 and its box (left, top, right, bottom) in mask pixels.

    The box is what a layout maps to a cell: for a stretched glyph its own extent, otherwise the
    extent of a full character of the face, so that small characters stay small.
    """

    mask: npt.NDArray[np.uint8]
    box: tuple[float, float, float, float]


@lru_cache(maxsize=6000)
def _glyph(char: str, key: str, em: int, stretch: bool) -> GlyphMask:  # noqa: FBT001
    face = font(key, em)
    own = face.getbbox(char)
    box = own if stretch else face.getbbox("0" if char.isascii() else "国")
    left, top = min(box[0], own[0]) - 2, min(box[1], own[1]) - 2
    right, bottom = max(box[2], own[2]) + 2, max(box[3], own[3]) + 2
    image = Image.new("L", (int(right - left), int(bottom - top)))
    ImageDraw.Draw(image).text((-left, -top), char, fill=255, font=face)
    shifted = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
    return GlyphMask(np.asarray(image), shifted)


def glyph(char: str, key: str, height_px: float, *, stretch: bool) -> GlyphMask:
    """Return the glyph rasterised at the cached em size next above `height_px`."""
    em = next((size for size in _EM_SIZES if size >= height_px * 0.9), _EM_SIZES[-1])
    return _glyph(char, key, em, stretch)


@lru_cache(maxsize=1500)
def line(text: str, key: str, size_px: int) -> npt.NDArray[np.uint8]:
    """Return a line of text as a coverage mask (rows, cols) uint8, tightly cropped."""
    face = font(key, size_px)
    left, top, right, bottom = face.getbbox(text)
    image = Image.new("L", (max(1, int(right - left)), max(1, int(bottom - top))))
    ImageDraw.Draw(image).text((-left, -top), text, fill=255, font=face)
    return np.asarray(image)
