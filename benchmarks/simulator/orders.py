"""Random orders for seals: what a customer (or a bank) asks an engraver to cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from . import names, typefaces
from .design import SealDesign


def random_design(
    rng: np.random.Generator, *, style: str | None = None, like: SealDesign | None = None
) -> SealDesign:
    """Return a random seal.

    Args:
        rng: source of randomness.
        style: company, finance, invoice, name, square_finance or bank; None draws one.
        like: draw another seal of this one's style, shape, size and colouring.
    """
    if style is None:
        style = (
            like.style
            if like
            else str(
                rng.choice(
                    ["company", "finance", "invoice", "name", "square_finance"],
                    p=[0.2, 0.24, 0.13, 0.35, 0.08],
                )
            )
        )
    maker = {
        "invoice": _invoice,
        "name": _name,
        "square_finance": _square_finance,
        "bank": _bank,
    }.get(style)
    design = maker(rng) if maker else _round(rng, style)
    if like is None:
        return design
    # A name keeps the shape it was cut for: characters of a 24 x 11 block need their own grid.
    for _ in range(40):
        if (design.kind, design.inverted) == (like.kind, like.inverted) and (
            design.w_mm > design.h_mm
        ) == (like.w_mm > like.h_mm):
            break
        design = maker(rng) if maker else _round(rng, style)
    return replace(design, w_mm=like.w_mm, h_mm=like.h_mm)


def _digit_face(rng: np.random.Generator) -> str:
    return names.pick(rng, typefaces.of_family("hei", "song"))


def _text_face(rng: np.random.Generator, *, song: float) -> str:
    families = ("song",) if rng.random() < song else ("hei", "kai", "song")
    return names.pick(rng, typefaces.of_family(*families))


def _round(rng: np.random.Generator, style: str) -> SealDesign:
    text = names.company(rng)
    size = float(rng.choice([38, 40, 42] if style == "company" else [36, 38, 38, 40, 40, 42]))
    purpose = names.pick(rng, names.PURPOSES) if style == "finance" else ""
    if purpose and rng.random() < 0.15:
        purpose += "(" + str(rng.integers(1, 10)) + ")"
    double = rng.random() < 0.14
    face = _text_face(rng, song=0.7)
    ring_h = float(rng.uniform(4.2, 6.2)) * (1.0 if len(text) < 14 else 0.86)
    span = min(300.0, (len(text) - 1) * rng.uniform(17.0, 21.0))
    code = names.digits(rng, 13) if rng.random() < 0.6 else ""
    if code:
        span = min(span, 262.0)
    if purpose:
        span = min(span, 250.0)
    return SealDesign(
        style=style,
        kind="round",
        w_mm=size,
        h_mm=size,
        ring_text=text,
        centre_text=purpose,
        code=code,
        ring_face=face,
        centre_face=face if rng.random() < 0.6 else _text_face(rng, song=0.6),
        code_face=_digit_face(rng),
        border_mm=float(rng.uniform(0.7, 1.45)),
        inner_gap_mm=float(rng.uniform(0.35, 0.7)) if double else 0.0,
        inner_border_mm=float(rng.uniform(0.15, 0.35)) if double else 0.0,
        star_mm=0.0 if rng.random() < 0.12 else size * float(rng.uniform(0.28, 0.38)),
        ring_h_mm=ring_h,
        ring_aspect=float(rng.uniform(0.62, 0.95)),
        ring_span_deg=span,
        centre_h_mm=float(rng.uniform(3.0, 4.6)),
        centre_y=float(rng.uniform(0.42, 0.54)),
        code_h_mm=float(rng.uniform(1.15, 1.6)),
    )


def _invoice(rng: np.random.Generator) -> SealDesign:
    text = names.company(rng)
    width = float(rng.choice([40, 40, 45]))
    face = _text_face(rng, song=0.7)
    return SealDesign(
        style="invoice",
        kind="oval",
        w_mm=width,
        h_mm=30.0,
        ring_text=text,
        centre_text="发票专用章" if rng.random() < 0.85 else names.pick(rng, names.PURPOSES),
        code=names.tax_number(rng),
        ring_face=face,
        centre_face=face if rng.random() < 0.7 else _text_face(rng, song=0.6),
        code_face=_digit_face(rng),
        border_mm=float(rng.uniform(0.7, 1.2)),
        inner_gap_mm=(gap := float(rng.choice([0.0, 0.0, 0.0, 0.0, 0.45]))),
        inner_border_mm=0.22 if gap else 0.0,
        ring_h_mm=float(rng.uniform(3.6, 4.4)),
        ring_aspect=float(rng.uniform(0.62, 0.85)),
        ring_span_deg=min(225.0, (len(text) - 1) * float(rng.uniform(14.0, 18.0))),
        centre_h_mm=float(rng.uniform(2.9, 3.6)),
        centre_y=float(rng.uniform(0.44, 0.52)),
        code_h_mm=float(rng.uniform(3.0, 3.8)),
    )


def _name(rng: np.random.Generator) -> SealDesign:
    name = names.person(rng)
    inverted = bool(rng.random() < 0.3)
    shape = rng.random()
    if shape < 0.7:
        width = height = float(rng.choice([16, 18, 18, 20, 20, 22, 25]))
        text = name + ({2: "之印", 3: "印"}[len(name)] if rng.random() < 0.75 else "")
        columns = 2 if len(text) > 2 else int(rng.integers(1, 3))
    else:
        width, height = names.pick(rng, [(24.0, 11.0), (22.0, 10.0), (20.0, 10.0), (28.0, 12.0)])
        text = name + ("印" if rng.random() < 0.6 else "")
        columns = len(text)
        if shape > 0.92:
            width, height, columns = height, width, 1
    thin = rng.random() < 0.3
    return SealDesign(
        style="name",
        kind="square" if width == height else "rect",
        w_mm=width,
        h_mm=height,
        ring_text="",
        centre_text=text,
        code="",
        ring_face=(face := _text_face(rng, song=0.35)),
        centre_face=face,
        code_face=face,
        border_mm=float(rng.uniform(0.35, 0.6) if thin else rng.uniform(0.6, 1.5)),
        inner_gap_mm=(gap := float(rng.choice([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5]))),
        inner_border_mm=0.25 if gap and not inverted else 0.0,
        corner_mm=float(rng.choice([0.0, 0.3, 0.8, 1.5])),
        inverted=inverted,
        columns=columns,
        right_to_left=bool(width <= height or rng.random() < 0.25),
        gap_mm=float(rng.uniform(0.3, 1.1)),
    )


def _square_finance(rng: np.random.Generator) -> SealDesign:
    city, brand = names.pick(rng, names.CITIES), names.pick(rng, names.BRAND)
    text = city + brand + names.pick(rng, names.BRAND) + names.pick(rng, names.SUFFIXES[:1])
    text += str(rng.choice(["财务专用章", "合同专用章", "财务章"]))
    side = float(rng.choice([22, 25]))
    face = _text_face(rng, song=0.5)
    return SealDesign(
        style="square_finance",
        kind="square",
        w_mm=side,
        h_mm=side,
        ring_text="",
        centre_text=text,
        code="",
        ring_face=face,
        centre_face=face,
        code_face=face,
        border_mm=float(rng.uniform(0.5, 1.3)),
        corner_mm=float(rng.choice([0.0, 0.4, 1.0])),
        columns=4 if len(text) > 12 else 3,
        right_to_left=bool(rng.random() < 0.7),
        gap_mm=float(rng.uniform(0.35, 0.8)),
    )


def _bank(rng: np.random.Generator) -> SealDesign:
    face = _text_face(rng, song=0.4)
    kind = str(rng.choice(["round", "rect", "rect", "oval"]))
    width, height = {"round": (32.0, 32.0), "rect": (36.0, 17.0), "oval": (40.0, 26.0)}[kind]
    city = names.pick(rng, names.CITIES[:40])
    date = f"20{rng.integers(20, 28)}.{rng.integers(1, 13):02d}.{rng.integers(1, 29):02d}"
    return SealDesign(
        style="bank",
        kind=kind,
        w_mm=width,
        h_mm=height,
        ring_text=names.pick(rng, names.BANKS) + city + "支行",
        centre_text=names.pick(rng, names.BANK_WORDS),
        code=date,
        ring_face=face,
        centre_face=face,
        code_face=face,
        border_mm=float(rng.uniform(0.5, 1.0)),
    )
