"""From a seal's design to the place of every character. No randomness here."""

from __future__ import annotations

import math

import numpy as np

from .design import Glyph, Layout, Ring, SealDesign, Star

# The free strip between border and ring text, and between ring text and what it surrounds (mm)
_AIR = 0.7


def lay_out(design: SealDesign) -> Layout:
    """Return the layout of a design: borders, star and one cell for each character."""
    shape = "ellipse" if design.kind in ("round", "oval") else "rect"
    rings = [Ring(shape, design.w_mm, design.h_mm, design.border_mm, design.corner_mm)]
    if design.inner_border_mm > 0:
        inset = 2 * (design.border_mm + design.inner_gap_mm)
        rings.append(
            Ring(
                shape,
                design.w_mm - inset,
                design.h_mm - inset,
                design.inner_border_mm,
                max(0.0, design.corner_mm - inset / 2),
            )
        )
    inside = design.border_mm
    if design.inner_border_mm > 0:
        inside += design.inner_gap_mm + design.inner_border_mm
    if design.style == "bank":
        glyphs = _lines(design, inside)
    elif shape == "ellipse":
        glyphs = _ring_text(design, inside) + _centre(design, inside) + _code(design, inside)
    else:
        glyphs = _grid(design, inside)
    star = Star(0.0, 0.0, design.star_mm / 2) if design.star_mm > 0 else None
    return Layout(
        design.w_mm, design.h_mm, tuple(rings), tuple(glyphs), star, inverted=design.inverted
    )


def _code_depth(design: SealDesign) -> float:
    return design.code_h_mm + 0.35 if design.code and design.kind == "round" else 0.0


def _ring_text(design: SealDesign, inside: float) -> list[Glyph]:
    """Place the characters at equal arc lengths along an ellipse, tops outwards."""
    count = len(design.ring_text)
    if not count:
        return []
    depth = inside + _AIR + design.ring_h_mm / 2
    a, b = design.w_mm / 2 - depth, design.h_mm / 2 - depth
    theta = np.linspace(-1.5 * math.pi, 0.5 * math.pi, 1441)  # from bottom over the top to bottom
    x, y = a * np.cos(theta), b * np.sin(theta)
    arc = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    span = arc[-1] * design.ring_span_deg / 360.0
    pitch = min(span / max(1, count - 1), design.ring_h_mm * 1.9)
    width = min(design.ring_h_mm * design.ring_aspect, pitch * 0.94)
    glyphs = []
    for i, char in enumerate(design.ring_text):
        at = arc[-1] / 2 + (i - (count - 1) / 2) * pitch
        t = float(np.interp(at, arc, theta))
        normal = math.degrees(math.atan2(math.sin(t) / b, math.cos(t) / a)) + 90.0
        glyphs.append(
            Glyph(
                char,
                design.ring_face,
                a * math.cos(t),
                b * math.sin(t),
                width,
                design.ring_h_mm,
                normal,
            )
        )
    return glyphs


def _row(text: str, face: str, y: float, h: float, half: float, *, aspect: float) -> list[Glyph]:
    """Place a centred row of characters of height h within +-half."""
    narrow = 0.55 if text.isascii() else 1.0
    pitch = min(h * aspect * narrow * 1.12, 2 * half / max(1, len(text)))
    h = min(h, pitch * 1.65 / narrow)  # squeezed characters get lower too, or their strokes close
    return [
        Glyph(c, face, (i - (len(text) - 1) / 2) * pitch, y, pitch * 0.9, h)
        for i, c in enumerate(text)
    ]


def _centre(design: SealDesign, inside: float) -> list[Glyph]:
    """Place the purpose line below the centre, and an invoice seal's number across it."""
    reach_x = design.w_mm / 2 - inside - 2 * _AIR - design.ring_h_mm
    reach_y = design.h_mm / 2 - inside - _AIR - (design.ring_h_mm if design.kind == "round" else 0)
    if design.kind == "oval":
        # An oval's ring text stays above the waist line, so the row may reach lower and wider
        out = _row(design.code, design.code_face, 0.0, design.code_h_mm, reach_x, aspect=0.95)
        y = design.centre_y * reach_y
        half = (reach_x - 0.5) * math.sqrt(max(0.05, 1 - (y / design.h_mm * 1.6) ** 2))
        return out + _row(
            design.centre_text, design.centre_face, y, design.centre_h_mm, half, aspect=1.0
        )
    if not design.centre_text:
        return []
    y = design.centre_y * design.h_mm / 2
    low = abs(y) + design.centre_h_mm / 2
    radius = design.h_mm / 2 - inside - _AIR - _code_depth(design)
    if design.ring_span_deg > 235:  # the ring text reaches beside the row
        radius = min(radius, reach_x + 0.6)
    half = math.sqrt(max(4.0, radius**2 - low**2))
    return _row(design.centre_text, design.centre_face, y, design.centre_h_mm, half, aspect=1.0)


def _code(design: SealDesign, inside: float) -> list[Glyph]:
    """Place the small code along the bottom, tops inwards, reading from left to right."""
    if not design.code or design.kind != "round":
        return []
    radius = design.h_mm / 2 - inside - 0.35 - design.code_h_mm / 2
    pitch = design.code_h_mm * 0.82 / radius
    glyphs = []
    for i, char in enumerate(design.code):
        t = math.pi / 2 - (i - (len(design.code) - 1) / 2) * pitch
        glyphs.append(
            Glyph(
                char,
                design.code_face,
                radius * math.cos(t),
                radius * math.sin(t),
                design.code_h_mm * 0.6,
                design.code_h_mm,
                math.degrees(t) - 90.0,
            )
        )
    return glyphs


def _grid(design: SealDesign, inside: float) -> list[Glyph]:
    """Fill a rectangle with stretched characters, column after column (or in one row)."""
    text, columns = design.centre_text, design.columns
    width, height = design.w_mm - 2 * (inside + 0.45), design.h_mm - 2 * (inside + 0.45)
    per = math.ceil(len(text) / columns)
    counts = [per] * columns
    # A name with an odd count puts its surname alone in the first column.
    for i in range(per * columns - len(text)):
        counts[i % columns] -= 1
    glyphs: list[Glyph] = []
    start = 0
    cell_w = width / columns
    for column, count in enumerate(counts):
        at = columns - 1 - column if design.right_to_left else column
        cell_h = height / max(1, count)
        glyphs += [
            Glyph(
                text[start + row],
                design.centre_face,
                -width / 2 + (at + 0.5) * cell_w,
                -height / 2 + (row + 0.5) * cell_h,
                cell_w - design.gap_mm,
                cell_h - design.gap_mm,
                stretch=True,
            )
            for row in range(count)
        ]
        start += count
    return glyphs


def _lines(design: SealDesign, inside: float) -> list[Glyph]:
    """Three stacked lines: the bank's own cancelling stamp."""
    lines = [t for t in design.texts if t]
    step = (design.h_mm - 2 * inside) / (len(lines) + 0.6)
    faces = (design.ring_face, design.code_face, design.centre_face)
    glyphs: list[Glyph] = []
    for i, text in enumerate(lines):
        y = (i - (len(lines) - 1) / 2) * step
        half = design.w_mm / 2 - inside - 0.8
        if design.kind in ("round", "oval"):
            half *= math.sqrt(max(0.1, 1 - (abs(y) / (design.h_mm / 2)) ** 2))
        glyphs += _row(text, faces[i % 3], y, step * 0.72, half, aspect=0.95)
    return glyphs
