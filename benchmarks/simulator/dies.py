"""Dies: the relief an engraver cuts from a layout."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from . import typefaces
from .design import Glyph, Layout, Ring, Star
from .fields import F32, U8, blur, grain, ramp, smooth

DIE_PPM = 24.0
"""Resolution of a relief, px per mm."""
MARGIN_MM = 2.0
"""Free strip around the seal in its relief."""


@dataclass(frozen=True)
class Engraving:
    """How a die is cut. Lengths in mm.

    `weight` moves every edge outwards (negative: thinner strokes), `rounding` is the cutter's
    radius, `roughness` the deviation of the edge, `nicks` the number of chips.
    """

    weight_mm: float = 0.0
    rounding_mm: float = 0.05
    roughness_mm: float = 0.012
    nicks: int = 2


@dataclass(frozen=True, eq=False)
class Die:
    """A relief: uint8 (rows, cols) at `ppm` px per mm, centred, 255 where it takes ink."""

    relief: U8
    w_mm: float
    h_mm: float
    ppm: float = DIE_PPM


def difference(one: Die, other: Die, ppm: float) -> U8:
    """Return where two dies of one `ppm` take ink differently: 255 times |one - other|.

    Args:
        one: a die; the result covers it.
        other: another; both are laid centre on centre, what reaches beyond `one` is cut off.
        ppm: resolution of the result, px per mm.

    Returns
    -------
        uint8 (rows, cols), both odd, the centre in the middle pixel.
    """
    rows, cols = one.relief.shape
    laid: U8 = np.zeros_like(one.relief)
    top, left = (rows - other.relief.shape[0]) // 2, (cols - other.relief.shape[1]) // 2
    inner = other.relief[max(0, -top) : max(0, -top) + rows, max(0, -left) : max(0, -left) + cols]
    laid[
        max(0, top) : max(0, top) + inner.shape[0], max(0, left) : max(0, left) + inner.shape[1]
    ] = inner
    apart = cv2.absdiff(one.relief, laid)
    half = [int((n - 1) / 2 / one.ppm * ppm) for n in (rows, cols)]
    ratio = one.ppm / ppm
    move = np.array(
        [[ratio, 0, (cols - 1) / 2 - ratio * half[1]], [0, ratio, (rows - 1) / 2 - ratio * half[0]]]
    )
    soft = cv2.blur(apart, (round(ratio), round(ratio)))
    size = (2 * half[1] + 1, 2 * half[0] + 1)
    return np.asarray(
        cv2.warpAffine(soft, move, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.uint8
    )


def drawing(layout: Layout, ppm: float) -> Die:
    """Return a layout as a die without an engraver's hand: clean edges of no particular weight."""
    clean = Engraving(roughness_mm=0.0, nicks=0)
    return engrave(layout, clean, np.random.default_rng(0), ppm=ppm)


def random_engraving(rng: np.random.Generator) -> Engraving:
    """Return the settings of some engraver: laser, photopolymer or older rubber."""
    return Engraving(
        weight_mm=float(rng.normal(0.0, 0.025)),
        rounding_mm=float(rng.uniform(0.03, 0.075)),
        roughness_mm=float(rng.uniform(0.002, 0.015)),
        nicks=int(rng.poisson(1.5)),
    )


def engrave(
    layout: Layout, engraving: Engraving, rng: np.random.Generator, *, ppm: float = DIE_PPM
) -> Die:
    """Cut a relief.

    Args:
        layout: elements in mm about the centre.
        engraving: the cutter.
        rng: roughness, nicks.
        ppm: resolution in px per mm.

    Returns
    -------
        The die; its relief is uint8, about (h + 4) x (w + 4) mm, with an odd number of rows and
        columns so that the seal's centre is the centre of the middle pixel.
    """
    cols = 2 * math.ceil((layout.w_mm / 2 + MARGIN_MM) * ppm) + 1
    rows = 2 * math.ceil((layout.h_mm / 2 + MARGIN_MM) * ppm) + 1
    marks: U8 = np.zeros((rows, cols), np.uint8)
    for cell in layout.glyphs:
        _draw_glyph(marks, cell, ppm, 0.34 if layout.inverted else 0.2)
    if layout.star:
        _draw_star(marks, layout.star, ppm)
    if layout.inverted:
        body: U8 = np.zeros_like(marks)
        outer = layout.rings[0]
        _fill_ring_shape(body, outer, 0.0, ppm, 255)
        marks = np.asarray(cv2.subtract(body, marks), np.uint8)
    else:
        for ring in layout.rings:
            _draw_ring(marks, ring, ppm)
    return Die(_cut(marks, engraving, rng, ppm), layout.w_mm, layout.h_mm, ppm)


def _cut(marks: U8, engraving: Engraving, rng: np.random.Generator, ppm: float) -> U8:
    """Turn a drawing into a relief: the cutter rounds corners, shifts and roughens edges."""
    sigma = max(0.7, engraving.rounding_mm * ppm)
    soft = blur(marks.astype(np.float32) * np.float32(1 / 255), sigma)
    # A straight edge blurred by sigma falls by 1 / (sigma sqrt(2 pi)) per px at its middle; the
    # roughness acts on edges only, so it fades where the blurred drawing is flat.
    slope = 1.0 / (sigma * math.sqrt(2 * math.pi))
    shift = np.float32(engraving.roughness_mm * ppm * slope) * grain(rng, marks.shape[:2], 1.75)
    if engraving.weight_mm:
        uneven = np.float32(0.25 * abs(engraving.weight_mm) * ppm * slope)
        shift += uneven * smooth(rng, marks.shape[:2], 5)
    shift *= np.float32(4.0) * soft * (np.float32(1.0) - soft)
    level = 0.5 - 0.5 * math.erf(engraving.weight_mm * ppm / (sigma * math.sqrt(2)))
    level = min(0.82, max(0.18, level))
    half = min(slope * 0.6, 0.9 * level, 0.9 * (1 - level))  # the floor stays bare
    relief = ramp(soft + shift, level - half, level + half)
    out: U8 = (relief * np.float32(255)).astype(np.uint8)
    for _ in range(engraving.nicks):
        at = _edge_point(out, rng)
        axes = (int(rng.uniform(0.08, 0.3) * ppm), int(rng.uniform(0.06, 0.2) * ppm))
        cv2.ellipse(out, at, axes, float(rng.uniform(0, 180)), 0, 360, 0, -1, cv2.LINE_AA)
    return out


def _edge_point(relief: U8, rng: np.random.Generator) -> tuple[int, int]:
    """Return a point (x, y) on some edge of the relief, or its centre when none is met."""
    rows, cols = relief.shape
    for _ in range(60):
        y = int(rng.integers(rows))
        edges = np.flatnonzero(np.diff((relief[y] > 127).astype(np.int8)))
        if edges.size:
            return int(edges[int(rng.integers(edges.size))]), y
    return cols // 2, rows // 2


def _draw_glyph(canvas: U8, cell: Glyph, ppm: float, thinnest_mm: float) -> None:
    """Add one character to the canvas (lighten); no stroke is much thinner than asked."""
    glyph = typefaces.glyph(cell.char, cell.face, cell.h_mm * ppm, stretch=cell.stretch)
    left, top, right, bottom = glyph.box
    sx = cell.w_mm * ppm / max(1.0, right - left)
    sy = cell.h_mm * ppm / max(1.0, bottom - top)
    if cell.stretch:  # 一 and 丨 must not become a black square
        sx, sy = min(sx, 2.6 * sy), min(sy, 2.6 * sx)
    cos, sin = math.cos(math.radians(cell.rot_deg)), math.sin(math.radians(cell.rot_deg))
    linear: F32 = np.array([[cos * sx, -sin * sy], [sin * sx, cos * sy]], np.float32)
    at = np.array([cell.x_mm, cell.y_mm]) * ppm + (np.array(canvas.shape[::-1]) - 1) / 2
    offset = at - linear @ np.array([(left + right) / 2 - 0.5, (top + bottom) / 2 - 0.5])
    rows, cols = glyph.mask.shape
    corners = np.array([[0, 0], [cols, 0], [0, rows], [cols, rows]]) @ linear.T + offset
    x0, y0 = np.maximum(np.floor(corners.min(0)).astype(int) - 1, 0)
    x1 = min(canvas.shape[1], int(corners[:, 0].max()) + 2)
    y1 = min(canvas.shape[0], int(corners[:, 1].max()) + 2)
    if x1 <= x0 or y1 <= y0:
        return
    move = np.column_stack([linear, offset - np.array([x0, y0])])
    drawn = cv2.warpAffine(glyph.mask, move, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    # No engraver cuts a hairline: the thinnest strokes of a light face are made wide enough.
    wanted = thinnest_mm if cell.h_mm > 2.5 else 0.14
    thin = wanted - typefaces.hairline(cell.face) * min(cell.h_mm, cell.w_mm * 1.4)
    grow_px = round(min(thin, 0.6 * thinnest_mm) * ppm)
    if grow_px > 0:
        drawn = cv2.dilate(drawn, np.ones((grow_px + 1, grow_px + 1), np.uint8))
    window = canvas[y0:y1, x0:x1]
    np.maximum(window, drawn, out=window)


def _fill_ring_shape(canvas: U8, ring: Ring, inset_mm: float, ppm: float, value: int) -> None:
    cx, cy = (canvas.shape[1] - 1) / 2, (canvas.shape[0] - 1) / 2
    a, b = (ring.w_mm / 2 - inset_mm) * ppm, (ring.h_mm / 2 - inset_mm) * ppm
    if ring.shape == "ellipse":
        t = np.linspace(0, 2 * np.pi, 361)[:-1]
        points = np.column_stack([cx + a * np.cos(t), cy + b * np.sin(t)])
    else:
        r = min(max(0.0, ring.corner_mm - inset_mm) * ppm, a, b)
        t = np.linspace(0, np.pi / 2, 9)
        arcs = []
        for quarter, (dx, dy) in enumerate([(1, 1), (-1, 1), (-1, -1), (1, -1)]):
            turn = t + quarter * np.pi / 2
            arcs.append(
                np.column_stack(
                    [cx + dx * (a - r) + r * np.cos(turn), cy + dy * (b - r) + r * np.sin(turn)]
                )
            )
        points = np.vstack(arcs)
    fixed = np.round(points * 256).astype(np.int32)
    cv2.fillPoly(canvas, [fixed], value, cv2.LINE_AA, 8)


def _draw_ring(canvas: U8, ring: Ring, ppm: float) -> None:
    layer: U8 = np.zeros_like(canvas)
    _fill_ring_shape(layer, ring, 0.0, ppm, 255)
    _fill_ring_shape(layer, ring, ring.thickness_mm, ppm, 0)
    np.maximum(canvas, layer, out=canvas)


def _draw_star(canvas: U8, star: Star, ppm: float) -> None:
    turn = math.radians(star.rot_deg) - math.pi / 2
    angles = turn + np.arange(10) * math.pi / 5
    radii = np.where(np.arange(10) % 2 == 0, 1.0, 0.382) * star.radius_mm * ppm
    centre = (np.array(canvas.shape[::-1]) - 1) / 2 + np.array([star.x_mm, star.y_mm]) * ppm
    points = centre + np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None]
    cv2.fillPoly(canvas, [np.round(points * 256).astype(np.int32)], 255, cv2.LINE_AA, 8)
