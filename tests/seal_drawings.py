"""Seals and papers drawn with a few lines: no fonts, no simulator, the same bytes every time."""

from __future__ import annotations

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Pixels = NDArray[np.uint8]

RED = (200, 40, 50)
MM_PER_INCH = 25.4
SEAL_MM = 38.0


def seal(seed: int, *, dpi: float = 200, colour: tuple[int, int, int] = RED) -> Image.Image:
    """Draw a round seal as an RGBA picture: a ring, a star, and strokes that `seed` chooses."""
    over = 4
    mm = dpi / MM_PER_INCH * over
    side = round((SEAL_MM + 2) * mm)
    picture = Image.new("RGBA", (side, side), (*colour, 0))
    draw = ImageDraw.Draw(picture)
    middle, ink = side / 2, (*colour, 235)
    radius = SEAL_MM / 2 * mm
    corners = (middle - radius, middle - radius, middle + radius, middle + radius)
    draw.ellipse(corners, outline=ink, width=round(1.1 * mm))
    star = [
        (
            middle + (7 if k % 2 == 0 else 2.7) * mm * math.sin(k * math.pi / 5),
            middle - (7 if k % 2 == 0 else 2.7) * mm * math.cos(k * math.pi / 5),
        )
        for k in range(10)
    ]
    draw.polygon(star, fill=ink)
    rng = np.random.default_rng(seed)
    for angle in np.linspace(-2.2, 2.2, 12):
        at = np.array([middle + 13.5 * mm * math.sin(angle), middle - 13.5 * mm * math.cos(angle)])
        for _ in range(6):
            ends = at + rng.uniform(-2.1, 2.1, (2, 2)) * mm
            draw.line([tuple(end) for end in ends], fill=ink, width=round(0.45 * mm))
    return picture.resize((side // over, side // over), Image.Resampling.LANCZOS)


def paper(width_mm: float = 175.0, height_mm: float = 80.0, *, dpi: float = 200) -> Image.Image:
    """Draw a paper with a little grain and some black print."""
    mm = dpi / MM_PER_INCH
    size = (round(width_mm * mm), round(height_mm * mm))
    rng = np.random.default_rng(5)
    grain = rng.normal(246, 2.0, (size[1], size[0], 1)).clip(0, 255).astype(np.uint8)
    picture = Image.fromarray(np.repeat(grain, 3, axis=2))
    draw = ImageDraw.Draw(picture)
    for y_mm in range(12, int(height_mm), 14):
        draw.line((8 * mm, y_mm * mm, (width_mm - 8) * mm, y_mm * mm), fill=(60, 60, 60), width=2)
    return picture


def stamped(
    sheet: Image.Image,
    mark: Image.Image,
    centre_mm: tuple[float, float],
    *,
    dpi: float = 200,
    angle_deg: float = 0.0,
) -> Image.Image:
    """Return the sheet with a seal on it, turned clockwise."""
    turned = mark.rotate(-angle_deg, Image.Resampling.BICUBIC)
    mm = dpi / MM_PER_INCH
    at = [round(c * mm - turned.width / 2) for c in centre_mm]
    copy = sheet.copy()
    copy.paste(turned.convert("RGB"), (at[0], at[1]), turned.getchannel("A"))
    return copy


def encoded(picture: Image.Image, file_format: str = "JPEG", **options: object) -> bytes:
    """Write the picture; a JPEG at quality 90."""
    out = io.BytesIO()
    quality: dict[str, object] = {"quality": 90} if file_format == "JPEG" else {}
    picture.save(out, file_format, **{**quality, **options})
    return out.getvalue()


def card(seed: int, *, dpi: float = 300) -> Image.Image:
    """Draw a card with one seal in its middle."""
    sheet = paper(90, 60, dpi=dpi)
    sheet.paste((246, 246, 244), (0, 0, sheet.width, sheet.height))
    return stamped(sheet, seal(seed, dpi=dpi), (45, 30), dpi=dpi)


def voucher(seed: int, *, dpi: float = 200, angle_deg: float = 12.0) -> Image.Image:
    """Draw a voucher with one seal on it."""
    return stamped(paper(dpi=dpi), seal(seed, dpi=dpi), (120, 42), dpi=dpi, angle_deg=angle_deg)
