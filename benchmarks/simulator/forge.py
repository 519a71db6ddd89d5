"""Forged dies, by the way the forger worked."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from . import names, typefaces
from .design import Layout, Ring, SealDesign
from .dies import Die
from .fields import U8, blur, grain, ramp
from .inks import FULL_FILM, Ink
from .layout import lay_out
from .orders import random_design
from .press import Impression, press, random_stroke

CATEGORIES = (
    "genuine", "random", "refont", "sibling", "recut", "rescan", "print", "replay", "scrambled"
)  # fmt: skip
"""Every category a voucher may have; `scrambled` is no forger's, it teaches small differences."""


def forged_layout(category: str, design: SealDesign, rng: np.random.Generator) -> Layout:
    """Return what a forger of this category draws for a genuine seal.

    Args:
        category: random, refont, sibling, recut or scrambled.
        design: what the genuine seal says.
        rng: the forger.

    Raises
    ------
        ValueError: the category draws nothing.
    """
    if category == "recut":
        return recut(lay_out(design), rng)
    makers: dict[str, Callable[[SealDesign, np.random.Generator], SealDesign]] = {
        "random": another,
        "refont": refont,
        "sibling": sibling,
        "scrambled": scrambled,
    }
    if category not in makers:
        message = f"nothing is drawn for category {category!r}; one of {CATEGORIES} was expected"
        raise ValueError(message)
    return lay_out(makers[category](design, rng))


def another(design: SealDesign, rng: np.random.Generator) -> SealDesign:
    """Return another holder's seal of the same kind and size."""
    for _ in range(20):
        other = random_design(rng, like=design)
        if other.texts != design.texts:
            return other
    return other


def refont(design: SealDesign, rng: np.random.Generator) -> SealDesign:
    """Return the same words and layout in another typeface, often a near one."""
    all_faces = typefaces.faces()

    def other(key: str, *, near: bool) -> str:
        face = all_faces[key]
        keys = [k for k, f in all_faces.items() if f.typeface != face.typeface]
        close = [k for k in keys if all_faces[k].family == face.family]
        return names.pick(rng, close if near and close else keys)

    near = bool(rng.random() < 0.5)
    ring = other(design.ring_face, near=near)
    same = design.centre_face == design.ring_face
    centre = ring if same else other(design.centre_face, near=near)
    code = other(design.code_face, near=near) if rng.random() < 0.5 else design.code_face
    return replace(design, ring_face=ring, centre_face=centre, code_face=code)


def sibling(design: SealDesign, rng: np.random.Generator) -> SealDesign:
    """Return another seal of the same holder; the subtle changes are the frequent ones."""
    changes: list[Callable[[], SealDesign]] = []
    if design.code:
        changes += [lambda: replace(design, code=_other_digits(design.code, rng))] * 3
    if design.style in ("finance", "invoice"):
        changes += [lambda: replace(design, centre_text=_other_purpose(design, rng))] * 3
    if design.ring_text:
        changes += [lambda: replace(design, ring_text=_other_char(design.ring_text, rng, 2, 6))] * 2
    else:
        span = (1, 3) if design.style == "name" else (2, 5)
        old_name = design.centre_text
        changes += [lambda: replace(design, centre_text=_other_char(old_name, rng, *span))]
    if design.style == "company":
        purpose = names.pick(rng, names.PURPOSES)
        changes += [lambda: replace(design, centre_text=purpose)]
    if design.kind == "round" and not design.code:
        changes += [lambda: replace(design, code=names.digits(rng, 13))]
    if design.style == "square_finance":
        old = design.centre_text
        new = old.replace("财务", "合同") if "财务" in old else old.replace("合同", "财务")
        changes += [lambda: replace(design, centre_text=new)]
    return changes[int(rng.integers(len(changes)))]()


def scrambled(design: SealDesign, rng: np.random.Generator) -> SealDesign:
    """Return a sibling many times over: every fourth digit and every tenth word changed.

    A line of a round seal comes or goes now and then.
    """

    def other(text: str, share: float) -> str:
        return "".join(_other_sign(c, rng) if rng.random() < share else c for c in text)

    centre = other(design.centre_text, 0.1 if design.ring_text else 0.25)
    code = other(design.code, 0.25)
    if design.kind == "round":
        if rng.random() < 0.3:
            centre = "" if centre else names.pick(rng, names.PURPOSES)
        if rng.random() < (0.1 if code else 0.5):
            code = "" if code else names.digits(rng, 13)
    return replace(design, ring_text=other(design.ring_text, 0.1), centre_text=centre, code=code)


def _other_sign(sign: str, rng: np.random.Generator) -> str:
    pool: Sequence[str] = "0123456789" if sign in "0123456789" else names.BRAND
    return names.pick(rng, [c for c in pool if c != sign])


def _other_digits(code: str, rng: np.random.Generator) -> str:
    out = list(code)
    for at in rng.choice(len(out), size=int(rng.integers(1, 3)), replace=False):
        out[at] = _other_sign(out[at], rng)
    return "".join(out)


def _other_purpose(design: SealDesign, rng: np.random.Generator) -> str:
    if rng.random() < 0.3:  # the same purpose, numbered, or with another number
        base = design.centre_text.split("(")[0]
        number = names.pick(rng, [n for n in "123456789" if f"({n})" not in design.centre_text])
        return f"{base}({number})"
    return names.pick(rng, [p for p in names.PURPOSES if p != design.centre_text])


def _other_char(text: str, rng: np.random.Generator, low: int, high: int) -> str:
    at = int(rng.integers(low, max(low + 1, min(high, len(text)))))
    pool = names.GIVEN if low == 1 else names.BRAND
    return text[:at] + names.pick(rng, [c for c in pool if c != text[at]]) + text[at + 1 :]


def recut(layout: Layout, rng: np.random.Generator) -> Layout:
    """Return the layout redrawn by eye.

    Every character is displaced by 0.1 to 0.4 mm in its own direction, turned by up to 2 degrees
    and resized by up to 3 %; the star turns by 1 to 6 degrees; borders lose 0.04 to 0.25 mm.
    Small characters move less (down to a third), or a code would fall apart.
    """
    glyphs = []
    for cell in layout.glyphs:
        reach = rng.uniform(0.1, 0.4) * min(1.0, max(0.35, cell.h_mm / 3.0))
        angle = rng.uniform(0, 2 * math.pi)
        glyphs.append(
            replace(
                cell,
                x_mm=cell.x_mm + reach * math.cos(angle),
                y_mm=cell.y_mm + reach * math.sin(angle),
                rot_deg=cell.rot_deg + float(rng.uniform(-2, 2)),
                w_mm=cell.w_mm * float(rng.uniform(0.97, 1.03)),
                h_mm=cell.h_mm * float(rng.uniform(0.97, 1.03)),
            )
        )
    size = float(rng.normal(1.0, 0.004))
    rings = tuple(_thinner(ring, size, rng) for ring in layout.rings)
    star = layout.star
    if star:
        star = replace(
            star,
            x_mm=star.x_mm + float(rng.normal(0, 0.12)),
            y_mm=star.y_mm + float(rng.normal(0, 0.12)),
            radius_mm=star.radius_mm * float(rng.uniform(0.97, 1.03)),
            rot_deg=star.rot_deg + float(rng.uniform(1, 6)) * float(rng.choice([-1, 1])),
        )
    return replace(layout, glyphs=tuple(glyphs), rings=rings, star=star)


def _thinner(ring: Ring, size: float, rng: np.random.Generator) -> Ring:
    loss = min(0.4 * ring.thickness_mm, float(rng.uniform(0.04, 0.25)))
    return replace(
        ring, w_mm=ring.w_mm * size, h_mm=ring.h_mm * size, thickness_mm=ring.thickness_mm - loss
    )


def rescan(die: Die, ink: Ink, rng: np.random.Generator) -> Die:
    """Return a die engraved from a scan of a genuine impression.

    The source is stamped, scanned at 200 to 600 dpi with blur and noise, cut at a threshold that
    is not quite right, sometimes cleaned, and engraved: strokes come out thicker or thinner, the
    source's voids and the paper's grain are in the metal, details below a pixel are gone. Scanner,
    vectoriser and engraver each bend the whole a little.
    """
    level = "good" if rng.random() < 0.5 else "typical"
    bent = replace(random_stroke(rng, level), elastic_mm=float(rng.uniform(0.02, 0.16)))
    source = press(die, bent, ink, rng, ppm=die.ppm)
    dpi = float(rng.choice([200, 200, 300, 300, 400, 600]))
    film = np.minimum(source.film.astype(np.float32) * np.float32(1 / FULL_FILM), np.float32(1.2))
    ratio = dpi / 25.4 / die.ppm
    film = blur(film, 0.45 / ratio + rng.uniform(0, 0.4))
    size = (round(film.shape[1] * ratio), round(film.shape[0] * ratio))
    scanned = np.asarray(cv2.resize(film, size, interpolation=cv2.INTER_AREA), np.float32)
    scanned += np.float32(rng.uniform(0.03, 0.15)) * grain(rng, scanned.shape[:2], 0.5)
    # He sets the threshold by the ink he has: a share of the film where the seal is inked.
    inked = scanned[scanned > 0.15]
    usual = float(np.median(inked)) if inked.size else 1.0
    level_at = usual * float(rng.uniform(0.3, 0.62))
    cut: U8 = (scanned > level_at).astype(np.uint8) * np.uint8(255)
    if rng.random() < 0.6:
        cut = np.asarray(cv2.medianBlur(cut, 3), np.uint8)
    # The vectoriser and the engraver's machine agree on size to within a per cent, not exactly.
    grow = float(np.clip(rng.normal(1.0, 0.005), 0.99, 1.01))
    rows, cols = die.relief.shape
    sx, sy = grow / ratio, grow * float(1 + rng.normal(0, 0.003)) / ratio
    move = np.array(
        [
            [sx, 0.0, (cols - 1) / 2 - sx * (size[0] - 1) / 2],
            [0.0, sy, (rows - 1) / 2 - sy * (size[1] - 1) / 2],
        ]
    )
    big = cv2.warpAffine(cut, move, (cols, rows), flags=cv2.INTER_LINEAR)
    soft = blur(big.astype(np.float32) * np.float32(1 / 255), rng.uniform(0.03, 0.06) * die.ppm)
    soft += np.float32(0.05) * grain(rng, (rows, cols), 1.5) * (soft > 0.02)
    level_at = float(rng.uniform(0.36, 0.64))
    relief = (ramp(soft, level_at - 0.12, level_at + 0.12) * np.float32(255)).astype(np.uint8)
    return replace(die, relief=relief)


def source_impression(die: Die, ink: Ink, rng: np.random.Generator) -> Impression:
    """Return the genuine impression that a printer or copier forger laid hands on."""
    return press(die, random_stroke(rng, "good" if rng.random() < 0.6 else "typical"), ink, rng)
