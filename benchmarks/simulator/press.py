"""One stamping: pressure, ink supply, spread and loss on the way from relief to paper."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from .dies import Die
from .fields import F32, U8, blur, grain, ramp, smooth
from .inks import FULL_FILM, Ink, film_table

PRESS_PPM = 16.0
"""Resolution at which ink is laid, px per mm (about 400 dpi)."""


@dataclass(frozen=True)
class Stroke:
    """The conditions of one stamping.

    pressure_tilt, pressure_waves: relative variation of pressure across the seal.
    supply: ink on the die, 1 = nominal. supply_waves: its low-frequency variation.
    spread_mm: how far ink bleeds before it sets. gain_mm: outward movement of edges.
    voids: number of places without ink. void_mm: their radius. dryness: 0..1, sparkle of paper
    through thin film. mottle: fine variation of the film. ring: extra ink at edges of strokes.
    smear_mm: length of a smear. ghost: strength of a second, weaker touch. dirt: specks.
    edge: ink of the die's outer rim. elastic_mm: rms displacement. wander_mm: how far ink runs
    along the paper's fibres, rms displacement of an edge.
    """

    pressure_tilt: float = 0.05
    pressure_waves: float = 0.05
    supply: float = 1.0
    supply_waves: float = 0.08
    spread_mm: float = 0.045
    gain_mm: float = 0.0
    voids: int = 0
    void_mm: float = 1.0
    dryness: float = 0.1
    mottle: float = 0.12
    ring: float = 0.15
    smear_mm: float = 0.0
    ghost: float = 0.0
    dirt: int = 2
    edge: float = 0.0
    elastic_mm: float = 0.02
    wander_mm: float = 0.025


@dataclass(frozen=True, eq=False)
class Impression:
    """Ink on paper, seen through no scanner yet.

    reflectance: uint8 (rows, cols, 3) BGR, 255 where there is no ink; the seal's centre is the
    centre of the middle pixel. film: uint8 (rows, cols), 128 = one nominal film. scale: size drift
    of this stamping, to be applied when it is laid on paper.
    """

    reflectance: U8
    film: U8
    ppm: float
    scale: float


def random_stroke(rng: np.random.Generator, level: str) -> Stroke:
    """Return the conditions of a stamping of level good, typical or hard."""
    u = rng.uniform
    if level == "good":
        return Stroke(
            pressure_tilt=u(0.0, 0.2),
            pressure_waves=u(0.04, 0.17),
            supply=u(0.75, 1.2),
            supply_waves=u(0.05, 0.2),
            spread_mm=u(0.03, 0.06),
            gain_mm=rng.normal(0.0, 0.016),
            voids=int(rng.poisson(4)),
            void_mm=u(0.2, 0.8),
            dryness=u(0.0, 0.25),
            mottle=u(0.18, 0.44),
            ring=u(0.0, 0.3),
            dirt=int(rng.poisson(2)),
            elastic_mm=u(0.015, 0.065),
            wander_mm=u(0.006, 0.03),
        )
    stroke = Stroke(
        pressure_tilt=u(0.1, 0.45),
        pressure_waves=u(0.07, 0.25),
        supply=u(0.62, 1.35),
        supply_waves=u(0.08, 0.33),
        spread_mm=u(0.035, 0.085),
        gain_mm=rng.normal(0.005, 0.03),
        voids=int(rng.poisson(11)),
        void_mm=u(0.35, 1.2),
        dryness=u(0.0, 0.34),
        mottle=u(0.22, 0.5),
        ring=u(0.0, 0.4),
        smear_mm=u(0.1, 0.3) if rng.random() < 0.12 else 0.0,
        dirt=int(rng.poisson(5)),
        edge=u(0.1, 0.4) if rng.random() < 0.12 else 0.0,
        elastic_mm=u(0.025, 0.09),
        wander_mm=u(0.01, 0.05),
    )
    return stroke if level == "typical" else _spoil(stroke, rng)


def _spoil(stroke: Stroke, rng: np.random.Generator) -> Stroke:
    """Add one to three grave faults to a typical stamping."""
    u = rng.uniform
    faults: dict[str, dict[str, float]] = {
        "weak": {"supply": u(0.3, 0.55), "dryness": u(0.2, 0.6), "gain_mm": u(-0.05, 0.0)},
        "lost": {"voids": float(rng.integers(6, 15)), "void_mm": u(0.8, 2.2)},
        "flooded": {"supply": u(1.4, 1.9), "gain_mm": u(0.05, 0.10), "spread_mm": u(0.07, 0.12)},
        "smeared": {"smear_mm": u(0.3, 0.8), "ghost": u(0.0, 0.45)},
        "tilted": {"pressure_tilt": u(0.5, 1), "pressure_waves": u(0.2, 0.45), "edge": u(0, 0.6)},
        "dry": {"dryness": u(0.45, 0.95), "supply_waves": u(0.25, 0.5), "mottle": u(0.3, 0.6)},
    }
    values = dict(vars(stroke))
    chosen = rng.choice(sorted(faults), size=int(rng.choice([1, 2, 2, 3])), replace=False)
    for name in chosen:
        values.update(faults[str(name)])
    values["voids"] = int(values["voids"])
    values["elastic_mm"] = u(0.02, 0.085)
    values["wander_mm"] = u(0.015, 0.08)
    return Stroke(**values)


def press(
    die: Die, stroke: Stroke, ink: Ink, rng: np.random.Generator, *, ppm: float = PRESS_PPM
) -> Impression:
    """Stamp a die once.

    Args:
        die: the relief.
        stroke: conditions.
        ink: the pad's ink.
        rng: the accidents.
        ppm: resolution of the result, px per mm.

    Returns
    -------
        The impression, rows and columns odd.
    """
    relief = _deformed(die, stroke.elastic_mm, rng, ppm)
    shape = (relief.shape[0], relief.shape[1])
    pressure = _pressure(shape, stroke, rng)
    supply = np.float32(stroke.supply) * (
        1 + np.float32(stroke.supply_waves) * smooth(rng, shape, rng.uniform(2, 7))
    )
    contact = _contact(relief, pressure, supply, stroke, rng, ppm=ppm)
    film = contact * supply
    film *= np.float32(0.55) + np.float32(0.45) * np.minimum(pressure, np.float32(1.3))
    if stroke.ring:
        inner = blur(contact, 0.22 * ppm)
        film *= 1 + np.float32(stroke.ring) * (np.float32(0.9) - inner)
    film *= _texture(shape, supply * pressure, stroke, rng, ppm)
    if stroke.voids:
        film *= _voids(shape, stroke, rng, ppm)
    film = _smeared(film, stroke, rng, ppm)
    _soil(film, die, stroke, rng, ppm)
    table = film_table(ink)
    film8: U8 = np.clip(film * np.float32(FULL_FILM), 0, 255).astype(np.uint8)
    reflectance = cv2.LUT(cv2.merge([film8, film8, film8]), table)
    return Impression(np.asarray(reflectance, np.uint8), film8, ppm, size_drift(rng))


def size_drift(rng: np.random.Generator) -> float:
    """Return the size of one stamping relative to the die: within 0.5 %."""
    return float(np.clip(rng.normal(1.0, 0.002), 0.995, 1.005))


def _deformed(die: Die, elastic_mm: float, rng: np.random.Generator, ppm: float) -> F32:
    """Resample the relief to the press grid through a smooth, low-order displacement."""
    cols = 2 * math.ceil((die.relief.shape[1] - 1) / 2 / die.ppm * ppm) + 1
    rows = 2 * math.ceil((die.relief.shape[0] - 1) / 2 / die.ppm * ppm) + 1
    knots = rng.standard_normal((2, 5, 5))
    knots = np.stack([_without_similarity(knots)[i] for i in range(2)])
    knots *= elastic_mm * die.ppm / max(1e-9, math.sqrt(float((knots**2).mean()) * 2))
    ratio = np.float32(die.ppm / ppm)
    source: Any = die.relief
    if ratio > 1:
        source = cv2.GaussianBlur(source, (0, 0), 0.45 * float(ratio))
    map_x = cv2.resize(knots[0].astype(np.float32), (cols, rows), interpolation=cv2.INTER_CUBIC)
    map_y = cv2.resize(knots[1].astype(np.float32), (cols, rows), interpolation=cv2.INTER_CUBIC)
    x = (np.arange(cols, dtype=np.float32) - (cols - 1) / 2) * ratio
    y = (np.arange(rows, dtype=np.float32) - (rows - 1) / 2) * ratio
    map_x += x[None, :] + np.float32((die.relief.shape[1] - 1) / 2)
    map_y += y[:, None] + np.float32((die.relief.shape[0] - 1) / 2)
    moved = cv2.remap(source, map_x, map_y, cv2.INTER_LINEAR)
    relief: F32 = moved.astype(np.float32) * np.float32(1 / 255)
    return relief


def _without_similarity(knots: np.ndarray) -> np.ndarray:
    """Take shift, turn and growth out of a displacement (2, n, n): those are the placement's."""
    n = knots.shape[1]
    y, x = np.mgrid[0:n, 0:n] - (n - 1) / 2
    ones, zeros = np.ones(n * n), np.zeros(n * n)
    x, y = x.ravel(), y.ravel()
    basis = np.stack([np.r_[ones, zeros], np.r_[zeros, ones], np.r_[x, y], np.r_[-y, x]], axis=1)
    flat = knots.reshape(2 * n * n)
    fit, *_ = np.linalg.lstsq(basis, flat, rcond=None)
    return np.asarray((flat - basis @ fit).reshape(knots.shape))


def _pressure(shape: tuple[int, int], stroke: Stroke, rng: np.random.Generator) -> F32:
    """Return relative pressure: a tilted plane and slow waves, about 1 on average."""
    angle = rng.uniform(0, 2 * math.pi)
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None] * np.float32(math.sin(angle))
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :] * np.float32(math.cos(angle))
    pressure = 1 + np.float32(stroke.pressure_tilt) * (x + y)
    if rng.random() < 0.3:  # a rocking hand presses the rim more than the middle, or less
        pressure = pressure + np.float32(stroke.pressure_tilt * rng.uniform(-0.6, 0.6)) * (
            x * x + y * y - np.float32(0.4)
        )
    waves = np.float32(stroke.pressure_waves) * smooth(rng, shape, rng.uniform(1.5, 4))
    return np.maximum(pressure + waves, np.float32(0.0))


def _contact(
    relief: F32, pressure: F32, supply: F32, stroke: Stroke, rng: np.random.Generator, *, ppm: float
) -> F32:
    """Return where ink touches paper, 0..1: the blurred relief above a local threshold.

    Blurring by the spread and cutting at a lower level swells strokes and fills counters; cutting
    higher thins them. The level follows pressure, supply and the paper's own relief.
    """
    gain_px = stroke.gain_mm * ppm
    sigma = max(0.6, stroke.spread_mm * ppm, 0.9 * abs(gain_px))
    soft = blur(relief, sigma)
    slope = 1.0 / (sigma * math.sqrt(2 * math.pi))
    level = 0.5 - 0.5 * math.erf(gain_px / (sigma * math.sqrt(2)))
    level = min(0.84, max(0.16, level))
    push = np.float32(0.04 * ppm * slope)
    field = push * (pressure - 1) * np.float32(3.5) + push * (supply - 1)
    # Fibres: fine ones of a tenth of a millimetre and tufts of a third, half and half in variance.
    run = np.float32(0.71 * stroke.wander_mm * ppm * slope)
    field += run * grain(rng, relief.shape[:2], 0.08 * ppm)
    field += run * grain(rng, relief.shape[:2], 0.25 * ppm)
    np.clip(field, -0.45, 0.45, out=field)
    # Edges move; what is flat (the die's floor, the middle of a broad stroke) stays as it is.
    field *= np.float32(4.0) * soft * (np.float32(1.0) - soft)
    width = min(max(0.12, slope), 1.8 * level, 1.8 * (1 - level))
    return ramp(soft + field, level - width / 2, level + width / 2)


def _texture(
    shape: tuple[int, int], wet: F32, stroke: Stroke, rng: np.random.Generator, ppm: float
) -> F32:
    """Return the film's fine structure: mottle everywhere, sparkle where the ink runs thin."""
    fine = grain(rng, shape, rng.uniform(0.05, 0.12) * ppm)
    middle = smooth(rng, shape, max(shape) / ppm / rng.uniform(0.25, 0.7))
    wide = smooth(rng, shape, max(shape) / ppm / rng.uniform(1.0, 2.5))
    mottle = np.float32(0.6) * fine + np.float32(0.5) * middle + np.float32(0.4) * wide
    film: F32 = np.maximum(1 + np.float32(stroke.mottle) * mottle, np.float32(0.05))
    if stroke.dryness > 0.02:
        depth = wet + np.float32(stroke.dryness * 0.45) * (
            np.float32(0.75) * fine + np.float32(0.6) * middle + np.float32(0.3) * wide
        )
        film *= ramp(depth, 0.22 + 0.22 * stroke.dryness, 0.55 + 0.22 * stroke.dryness)
    return film


def _voids(shape: tuple[int, int], stroke: Stroke, rng: np.random.Generator, ppm: float) -> F32:
    """Return 0..1: patches that took no ink, ragged, some only thinned."""
    rows, cols = shape
    small = (max(8, rows // 4), max(8, cols // 4))
    field: F32 = np.zeros(small, np.float32)
    for _ in range(stroke.voids):
        radius = stroke.void_mm * rng.lognormal(0.0, 0.45) * ppm / 4
        centre = (int(rng.uniform(0, small[1])), int(rng.uniform(0, small[0])))
        axes = (max(1, int(radius * rng.uniform(0.7, 1.5))), max(1, int(radius)))
        depth = float(rng.uniform(0.6, 1.3))
        cv2.ellipse(field, centre, axes, float(rng.uniform(0, 180)), 0, 360, depth, -1)
    field = blur(field, max(0.6, 0.22 * stroke.void_mm * ppm / 4))
    wide = np.asarray(cv2.resize(field, (cols, rows), interpolation=cv2.INTER_LINEAR), np.float32)
    ragged = wide + np.float32(0.16) * grain(rng, shape, 2.0) * (wide > 0.02)
    kept: F32 = np.float32(1.0) - ramp(ragged, 0.35, 0.75)
    return kept


def _smeared(film: F32, stroke: Stroke, rng: np.random.Generator, ppm: float) -> F32:
    """Drag some ink along one direction; lay a faint second touch beside the first.

    The die slips before it settles, or as it is lifted, or both: where it stood, the film is
    sharpest, anywhere along the smear.
    """
    if not stroke.smear_mm:
        return film
    angle = rng.uniform(0, 2 * math.pi)
    length = stroke.smear_mm * ppm
    size = 2 * int(length + 1) + 1
    kernel: F32 = np.zeros((size, size), np.float32)
    middle = size // 2
    before = rng.uniform(0, 1) * length
    start, end = (
        (round(middle + way * math.cos(angle)), round(middle + way * math.sin(angle)))
        for way in (-before, length - before)
    )
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_AA)
    kernel /= kernel.sum()
    dragged = cv2.filter2D(film, -1, kernel, borderType=cv2.BORDER_CONSTANT)
    out = np.maximum(film * np.float32(0.92), dragged * np.float32(rng.uniform(0.5, 0.85)))
    if stroke.ghost:
        shift = rng.uniform(0.3, 0.9) * ppm
        move = np.array(
            [[1, 0, shift * math.cos(angle + 1.0)], [0, 1, shift * math.sin(angle + 1.0)]]
        )
        second = cv2.warpAffine(film, move, (film.shape[1], film.shape[0]))
        out = np.maximum(out, second * np.float32(stroke.ghost))
    return np.asarray(out, np.float32)


def _soil(film: F32, die: Die, stroke: Stroke, rng: np.random.Generator, ppm: float) -> None:
    """Add specks of dirt and, on a tilted stamping, an arc of the die's outer rim (in place)."""
    cx, cy = (film.shape[1] - 1) / 2, (film.shape[0] - 1) / 2
    for _ in range(stroke.dirt):
        at = (int(rng.uniform(0, film.shape[1])), int(rng.uniform(0, film.shape[0])))
        axes = (max(1, int(rng.exponential(0.09) * ppm)), max(1, int(rng.exponential(0.06) * ppm)))
        patch = np.zeros((17, 17), np.float32)
        cv2.ellipse(patch, (8, 8), axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1, cv2.LINE_AA)
        patch *= np.float32(rng.uniform(0.15, 0.7))
        y0, x0 = max(0, at[1] - 8), max(0, at[0] - 8)
        window = film[y0 : at[1] + 9, x0 : at[0] + 9]
        np.maximum(window, patch[: window.shape[0], : window.shape[1]], out=window)
    if stroke.edge:
        rim: F32 = np.zeros_like(film)
        grow = 0.5 * ppm
        axes = (int(die.w_mm / 2 * ppm + grow), int(die.h_mm / 2 * ppm + grow))
        start = float(rng.uniform(0, 360))
        if (abs(die.w_mm - die.h_mm) < 1 and die.w_mm < 30) or die.h_mm < 25:
            corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
            k = int(rng.integers(4))
            ends = [
                (int(cx + sx * axes[0]), int(cy + sy * axes[1]))
                for sx, sy in (corners[k], corners[(k + 1) % 4])
            ]
            cv2.line(rim, ends[0], ends[1], 1.0, max(1, int(0.25 * ppm)), cv2.LINE_AA)
        else:
            cv2.ellipse(
                rim, (int(cx), int(cy)), axes, 0, start, start + float(rng.uniform(30, 110)), 1.0,
                max(1, int(0.3 * ppm)), cv2.LINE_AA,
            )  # fmt: skip
        patchy = ramp(grain(rng, (film.shape[0], film.shape[1]), 2.0), -1.0, 1.0)
        rim = blur(rim, 0.1 * ppm) * patchy
        np.maximum(film, rim * np.float32(stroke.edge), out=film)
