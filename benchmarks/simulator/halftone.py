"""Printed copies of an impression: laser screens, ink-jet dots, office colour copiers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np

from .dies import Die
from .fields import F32, U8, blur, grain
from .forge import source_impression
from .inks import Ink
from .press import Impression, size_drift

DEVICE_PPM = 600 / 25.4
"""Addressable dots of the printer per mm."""

# Densities (B, G, R) of solid cyan, magenta and yellow toner or ink.
_PROCESS: F32 = np.array([[0.12, 0.30, 0.95], [0.42, 1.05, 0.10], [0.95, 0.10, 0.03]], np.float32)


@dataclass(frozen=True)
class Printer:
    """How a machine lays toner or ink.

    screen: `dots` and `lines` are a laser's clustered screens, `scatter` an ink-jet's drops,
    `diffusion` a copier's error diffusion. lpi: lines an inch of a screen. angles_deg: of cyan,
    magenta and yellow. dust: stray specks of toner, standard deviations of noise that make one.
    spread_px: how far a dot spreads, device dots. bands: strength of an ink-jet's bands.
    apart_mm: registration between the colours. strength: of the colours' densities.
    """

    screen: Literal["dots", "lines", "scatter", "diffusion"]
    lpi: float
    angles_deg: tuple[float, float, float]
    dust: float
    spread_px: float
    bands: float
    apart_mm: float
    strength: float


# Angles of cyan, magenta and yellow as different makers choose them.
_ANGLES = ((15.0, 75.0, 0.0), (75.0, 15.0, 0.0), (18.4, 71.6, 0.0), (45.0, 75.0, 90.0))


def random_printer(rng: np.random.Generator) -> Printer:
    """Return one of the usual machines."""
    draw = rng.random()
    screen: Literal["dots", "lines", "scatter", "diffusion"] = (
        "dots" if draw < 0.4 else "lines" if draw < 0.55 else "scatter" if draw < 0.85
        else "diffusion"
    )  # fmt: skip
    toner = screen != "scatter"
    return Printer(
        screen=screen,
        lpi=float(rng.choice([106, 120, 133, 141, 150, 175, 200, 212])),
        angles_deg=_ANGLES[int(rng.integers(len(_ANGLES)))],
        dust=float(rng.uniform(2.9, 3.7)) if toner else 9.0,
        spread_px=float(rng.uniform(0.4, 0.7) if toner else rng.uniform(0.6, 1.1)),
        bands=0.0 if toner else float(rng.uniform(0, 0.12)),
        apart_mm=float(rng.uniform(0.005, 0.035)),
        strength=float(rng.uniform(0.75, 1.1)),
    )


def printed(
    die: Die, ink: Ink, rng: np.random.Generator, printer: Printer | None = None
) -> Impression:
    """Return a print of a scan of a genuine impression.

    The scan (200 to 600 dpi, hard pixel steps) is separated into cyan, magenta and yellow, and
    each is screened as the printer does, or as one of the usual ones does. There is no bleed along
    fibres and no squeezed edge; toner scatters specks, an ink-jet leaves faint bands.

    Returns
    -------
        An impression at 600 dots an inch; `film` holds the coverage of the darkest separation.
    """
    machine = random_printer(rng) if printer is None else printer
    source = source_impression(die, ink, rng)
    stepped = _scanned(source, rng)
    shape = (stepped.shape[0], stepped.shape[1])
    cover = _separate(stepped, machine.strength)
    density = np.zeros((*shape, 3), np.float32)
    for which, (layer, process) in enumerate(zip(cover, _PROCESS, strict=True)):
        off = rng.normal(0, machine.apart_mm, 2) * DEVICE_PPM
        off_by = np.array([[1, 0, off[0]], [0, 1, off[1]]])
        laid = cv2.warpAffine(_laid(layer, which, machine, rng), off_by, shape[::-1])
        density += np.asarray(laid, np.float32)[..., None] * (
            process * np.float32(machine.strength)
        )
    reflectance: U8 = (np.float32(255) * np.exp(density * np.float32(-math.log(10)))).astype(
        np.uint8
    )
    film: U8 = (np.max(np.stack(cover), axis=0) * np.float32(128)).astype(np.uint8)
    return Impression(reflectance, film, DEVICE_PPM, size_drift(rng))


def _scanned(source: Impression, rng: np.random.Generator) -> F32:
    """Return what the forger's scanner or copier saw, BGR 0..255, at the device's dots."""
    dpi = float(rng.choice([200, 300, 300, 600]))
    ratio = dpi / 25.4 / source.ppm
    rgb: Any = source.reflectance
    if ratio < 1:
        rgb = cv2.GaussianBlur(rgb, (0, 0), 0.45 / ratio)
    small = cv2.resize(rgb, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    scanned = small.astype(np.float32)
    scanned += np.float32(rng.uniform(1, 4)) * grain(rng, small.shape[:2], 0.0)[..., None]
    if rng.random() < 0.5:  # a copier lifts contrast and whitens the paper
        scanned = (scanned - 30) * np.float32(255 / 205)
    cols = 2 * math.ceil(source.film.shape[1] / 2 * DEVICE_PPM / source.ppm) + 1
    rows = 2 * math.ceil(source.film.shape[0] / 2 * DEVICE_PPM / source.ppm) + 1
    step = DEVICE_PPM / (ratio * source.ppm)
    move = np.array(
        [
            [step, 0, (cols - 1) / 2 - step * (small.shape[1] - 1) / 2],
            [0, step, (rows - 1) / 2 - step * (small.shape[0] - 1) / 2],
        ]
    )
    stepped = cv2.warpAffine(
        np.clip(scanned, 0, 255),
        move,
        (cols, rows),
        flags=cv2.INTER_NEAREST,
        borderValue=(255, 255, 255),
    )
    return np.asarray(stepped, np.float32)


def _laid(cover: F32, which: int, machine: Printer, rng: np.random.Generator) -> F32:
    """Return one colour as the machine lays it, 0..1."""
    if machine.screen == "scatter":
        dots = _scattered(cover, rng)
    elif machine.screen == "diffusion":
        dots = _diffused(cover, rng)
    else:
        dots = _screened(cover, which, machine)
    if machine.dust < 9:  # toner lands beside what it was meant for
        dust = grain(rng, (cover.shape[0], cover.shape[1]), 0.5)
        near = blur(dots, 6.0) > 0.02
        dots = np.maximum(dots, ((dust > machine.dust) & near).astype(np.float32))
    laid = blur(dots, machine.spread_px)
    if machine.bands:
        rows = rng.random((cover.shape[0] // 26 + 1, 1)).repeat(26, axis=0)[: cover.shape[0]]
        laid = laid * (1 - np.float32(machine.bands) * rows.astype(np.float32))
    return laid


def _separate(bgr: F32, strength: float) -> list[F32]:
    """Return the coverage (0..1) of cyan, magenta and yellow that prints these colours.

    Each ink is asked for what its own channel absorbs (the Murray-Davies relation), less a few
    per cent for the growth of dots on paper.
    """
    absorbed = np.float32(1.0) - bgr * np.float32(1 / 255)
    own = (2, 1, 0)  # cyan takes red light, magenta green, yellow blue
    solids = [1 - 10 ** (-strength * float(_PROCESS[i, k])) for i, k in enumerate(own)]
    return [
        np.clip(absorbed[..., k] * np.float32(1 / solid) - np.float32(0.05), 0, 1)
        for k, solid in zip(own, solids, strict=True)
    ]


def _screened(cover: F32, which: int, machine: Printer) -> F32:
    """Return clustered dots or lines: coverage against a rotated screen, one bit a device dot."""
    w = np.float32(2 * math.pi * machine.lpi / 25.4 / DEVICE_PPM)
    angle = math.radians(machine.angles_deg[which])
    c, s = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    y = np.arange(cover.shape[0], dtype=np.float32)[:, None]
    x = np.arange(cover.shape[1], dtype=np.float32)[None, :]
    threshold = np.cos(w * (x * c + y * s))
    if machine.screen == "dots":
        threshold = np.float32(0.5) * (threshold + np.cos(w * (y * c - x * s)))
    # Of equal parts, so that coverage comes out as asked for.
    rank = np.float32(0.5) + np.arcsin(threshold) * np.float32(1 / math.pi)
    dots: F32 = (cover > np.clip(rank, 0.03, 0.97)).astype(np.float32)
    return dots


def _scattered(cover: F32, rng: np.random.Generator) -> F32:
    """Return scattered drops: coverage against blue noise."""
    white = grain(rng, (cover.shape[0], cover.shape[1]), 0.0)
    blue = white - blur(white, 1.3)
    rank = np.float32(0.5) + np.float32(0.5) * np.tanh(blue * np.float32(1.1))
    dots: F32 = (cover > np.clip(rank, 0.02, 0.98)).astype(np.float32)
    return dots


def _diffused(cover: F32, rng: np.random.Generator) -> F32:
    """Return dots whose error goes to the row below (Floyd and Steinberg, by halves of a row).

    Rows are done whole: what a dot owes goes straight down and to both sides below it, which keeps
    the texture of worms and needs no loop over columns.
    """
    out = np.zeros_like(cover)
    debt = np.zeros(cover.shape[1], np.float32)
    jitter = grain(rng, (cover.shape[0], cover.shape[1]), 0.0) * np.float32(0.12)
    # A checkerboard of thresholds stands for the error that would have gone sideways.
    columns = np.arange(cover.shape[1])
    for y, row in enumerate(cover):
        wanted = row + debt
        level = np.float32(0.5) + np.float32(0.22) * ((columns + y) % 2 * 2 - 1)
        out[y] = (wanted > level + jitter[y]) & (row > 0.02)
        left = wanted - out[y]
        debt = np.float32(0.5) * left
        debt[1:] += np.float32(0.25) * left[:-1]
        debt[:-1] += np.float32(0.25) * left[1:]
        debt *= row > 0.02
    return out
