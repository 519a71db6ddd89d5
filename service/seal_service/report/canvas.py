"""A sheet of paper to draw a report on: text in two languages, framed pictures, bars."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

from seal_service.displays import Picture
from seal_service.report.fonts import Weight, font, has_chinese
from seal_service.report.languages import Words

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""

INK: Colour = (28, 30, 36)
MUTED: Colour = (105, 110, 120)
FRAME: Colour = (205, 208, 214)
PAPER: Colour = (250, 250, 248)
WHITE: Colour = (255, 255, 255)
NOTE_HEIGHT = 54


class Canvas:
    """An RGB picture with the few drawing habits that a report needs."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height), PAPER)
        self._draw = ImageDraw.Draw(self.image)
        self.chinese = has_chinese()

    def cut(self, height: int) -> None:
        """Cut the sheet off below `height`."""
        self.image = self.image.crop((0, 0, self.image.width, height))
        self._draw = ImageDraw.Draw(self.image)

    def fill(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle."""
        left, top, width, height = box
        self._draw.rectangle((left, top, left + width - 1, top + height - 1), fill=colour)

    def text(
        self,
        at: tuple[int, int],
        words: str,
        *,
        size: int = 22,
        colour: Colour = INK,
        weight: Weight = "regular",
        width: int | None = None,
        anchor: Literal["la", "ra"] = "la",
    ) -> int:
        """Write at the left or right top corner `at`, wrapped to `width`; return the y below."""
        face = font(size, weight)
        x, y = at
        for line in self._wrapped(words, size, weight, width):
            self._draw.text((x, y), line, font=face, fill=colour, anchor=anchor)
            y += round(size * 1.35)
        return y

    def both(
        self,
        at: tuple[int, int],
        words: Words,
        *,
        size: int = 22,
        colour: Colour = INK,
        weight: Weight = "regular",
        width: int | None = None,
    ) -> int:
        """Write the English, and below it the Chinese where the machine has the glyphs."""
        y = self.text(at, words.english, size=size, colour=colour, weight=weight, width=width)
        if self.chinese and words.chinese:
            y = self.text((at[0], y), words.chinese, size=size, colour=colour, width=width)
        return y

    def label(self, words: Words) -> str:
        """Return both languages on one line."""
        return f"{words.english}  {words.chinese}" if self.chinese else words.english

    def picture(
        self, box: Box, title: Words, picture: Picture | None, note: Words | None = None
    ) -> None:
        """Draw a framed picture with its title above and a note below it."""
        left, top, width, height = box
        self.text((left, top), self.label(title), size=23, weight="bold")
        note_height = 0 if note is None else NOTE_HEIGHT
        frame_top, frame_height = top + 38, height - 38 - note_height
        self.fill((left, frame_top, width, frame_height), FRAME)
        self.fill((left + 1, frame_top + 1, width - 2, frame_height - 2), WHITE)
        if picture is not None:
            fitted = _fitted(picture, width - 8, frame_height - 8)
            x = left + (width - fitted.width) // 2
            y = frame_top + (frame_height - fitted.height) // 2
            self.image.paste(fitted, (x, y))
        if note is not None:
            self.both((left, top + height - note_height + 4), note, size=17, colour=MUTED)

    def width_of(self, words: str, size: int, weight: Weight = "regular") -> float:
        """Return how wide a line would be."""
        return float(self._draw.textlength(words, font=font(size, weight)))

    def _wrapped(self, words: str, size: int, weight: Weight, width: int | None) -> list[str]:
        """Break into lines at spaces, or anywhere in text that has none (Chinese, file names)."""
        if width is None:
            return [words]
        lines = [""]
        for piece in _pieces(words):
            if lines[-1] and self.width_of((lines[-1] + piece).rstrip(), size, weight) > width:
                lines.append("")
            lines[-1] += piece if lines[-1] else piece.lstrip()
        return lines


def _pieces(words: str) -> list[str]:
    """Split where a line may break: after a space, and around each Chinese or very long word."""
    pieces: list[str] = []
    for word in words.split(" "):
        if word.isascii() and len(word) <= 24:
            pieces.append(word + " ")
        else:
            pieces += [*word, " "]
    return pieces


def _fitted(picture: Picture, width: int, height: int) -> Image.Image:
    """Return the picture as large as it fits."""
    share = min(width / picture.shape[1], height / picture.shape[0])
    size = (max(1, int(picture.shape[1] * share)), max(1, int(picture.shape[0] * share)))
    way = Image.Resampling.LANCZOS if share < 1.0 else Image.Resampling.BICUBIC
    return Image.fromarray(np.ascontiguousarray(picture)).resize(size, way)
