"""Printed copies of an impression: laser screens, ink-jet dots, office colour copiers."""

from __future__ import annotations

import math
from typing import Any

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


def printed(die: Die, ink: Ink, rng: np.random.Generator) -> Impression:
    """Return a print of a scan of a genuine impression.

    The scan (200 to 600 dpi, hard pixel steps) is separated into cyan, magenta and yellow, and
    each is screened: clustered dots of 106 to 212 lines an inch at its own angle (laser), or
    scattered dots (ink-jet). There is no bleed along fibres and no squeezed edge; toner scatters
    specks, an ink-jet leaves faint bands.

    Returns
    -------
        An impression at 600 dots an inch; `film` holds the coverage of the darkest separation.
    """
    source = source_impression(die, ink, rng)
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
    strength = float(rng.uniform(0.75, 1.1))
    cover = _separate(np.asarray(stepped, np.float32), strength)
    laser = rng.random() < 0.6
    inks = [_screen(c, i, rng) if laser else _scatter(c, rng) for i, c in enumerate(cover)]
    density = np.zeros((rows, cols, 3), np.float32)
    for layer, process in zip(inks, _PROCESS, strict=True):
        # Registration between colours is off by up to a tenth of a millimetre.
        off = rng.normal(0, 0.02, 2) * DEVICE_PPM
        off_by = np.array([[1, 0, off[0]], [0, 1, off[1]]])
        moved = np.asarray(cv2.warpAffine(layer, off_by, (cols, rows)), np.float32)
        density += moved[..., None] * (process * np.float32(strength))
    reflectance: U8 = (np.float32(255) * np.exp(density * np.float32(-math.log(10)))).astype(
        np.uint8
    )
    film: U8 = (np.max(np.stack(cover), axis=0) * np.float32(128)).astype(np.uint8)
    return Impression(reflectance, film, DEVICE_PPM, size_drift(rng))


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


def _screen(cover: F32, which: int, rng: np.random.Generator) -> F32:
    """Return clustered dots: coverage against a rotated cosine screen, one bit a device dot."""
    lines = float(rng.choice([106, 133, 150, 175, 212])) / 25.4 / DEVICE_PPM
    angle = math.radians((15.0, 75.0, 0.0)[which])
    y = np.arange(cover.shape[0], dtype=np.float32)[:, None]
    x = np.arange(cover.shape[1], dtype=np.float32)[None, :]
    w = np.float32(2 * math.pi * lines)
    u = np.cos(w * (x * np.float32(math.cos(angle)) + y * np.float32(math.sin(angle))))
    v = np.cos(w * (y * np.float32(math.cos(angle)) - x * np.float32(math.sin(angle))))
    threshold = np.float32(0.5) + np.float32(0.25) * (u + v)
    dots = (cover > np.clip(threshold, 0.03, 0.97)).astype(np.float32)
    dust = grain(rng, (cover.shape[0], cover.shape[1]), 0.5)
    dots = np.maximum(dots, ((dust > 3.3) & (blur(dots, 6.0) > 0.02)).astype(np.float32))
    return blur(dots, 0.55)


def _scatter(cover: F32, rng: np.random.Generator) -> F32:
    """Return scattered dots: coverage against blue noise, slightly spread, with faint bands."""
    white = grain(rng, (cover.shape[0], cover.shape[1]), 0.0)
    blue = white - blur(white, 1.3)
    rank = np.float32(0.5) + np.float32(0.5) * np.tanh(blue * np.float32(1.1))
    dots = (cover > np.clip(rank, 0.02, 0.98)).astype(np.float32)
    bands = 1 - np.float32(rng.uniform(0, 0.12)) * (
        rng.random((cover.shape[0] // 26 + 1, 1)).repeat(26, axis=0)[: cover.shape[0]]
    ).astype(np.float32)
    return blur(dots, 0.8) * bands
