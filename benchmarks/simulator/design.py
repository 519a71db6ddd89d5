"""What a seal says and how it is laid out: plain values, in millimetres about the seal's centre."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SealDesign:
    """The order a seal engraver receives. Lengths in mm, angles in degrees.

    `style` is one of company, finance, invoice, name, square_finance, bank; `kind` is the shape:
    round, oval, square, rect. A zero size leaves the element out.
    """

    style: str
    kind: str
    w_mm: float
    h_mm: float
    ring_text: str
    centre_text: str
    code: str
    ring_face: str
    centre_face: str
    code_face: str
    border_mm: float
    inner_gap_mm: float = 0.0
    inner_border_mm: float = 0.0
    corner_mm: float = 0.0
    star_mm: float = 0.0
    ring_h_mm: float = 4.5
    ring_aspect: float = 0.8
    ring_span_deg: float = 250.0
    centre_h_mm: float = 3.5
    centre_y: float = 0.45
    code_h_mm: float = 1.3
    inverted: bool = False
    columns: int = 2
    right_to_left: bool = True
    gap_mm: float = 0.6

    @property
    def texts(self) -> list[str]:
        """Ring text, centre text and code, as written to the truth file."""
        return [self.ring_text, self.centre_text, self.code]


@dataclass(frozen=True)
class Glyph:
    """A character cell: centre (x, y), size and clockwise rotation."""

    char: str
    face: str
    x_mm: float
    y_mm: float
    w_mm: float
    h_mm: float
    rot_deg: float = 0.0
    stretch: bool = False


@dataclass(frozen=True)
class Ring:
    """A closed border line: outer size, thickness, corner radius (rectangles only)."""

    shape: str
    w_mm: float
    h_mm: float
    thickness_mm: float
    corner_mm: float = 0.0


@dataclass(frozen=True)
class Star:
    """A five-pointed star: centre, radius of its tips, clockwise turn."""

    x_mm: float
    y_mm: float
    radius_mm: float
    rot_deg: float = 0.0


@dataclass(frozen=True)
class Layout:
    """Every element of a relief in its place."""

    w_mm: float
    h_mm: float
    rings: tuple[Ring, ...]
    glyphs: tuple[Glyph, ...]
    star: Star | None = None
    inverted: bool = False
