"""Replays: the impression of an earlier voucher, cut out of its scan and pasted into another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from .capture import F64, shift
from .dies import Die
from .fields import F32, U8, blur, ramp

_MARGIN_MM = 1.2


@dataclass(frozen=True, eq=False)
class Cutting:
    """A seal cut out of a scan.

    reflectance: float32 (rows, cols, 3), BGR, 1 = the paper it was cut from. cover: float32 (rows,
    cols), 0..1, how much of the page below is replaced where the forger does not multiply.
    place: 3x3, mm about the seal's centre to px of the cutting.
    """

    reflectance: F32
    cover: F32
    place: F64


@dataclass(frozen=True)
class PasteJob:
    """How a forger works.

    way: `patch` pastes the seal with its paper, feathered; `multiply` lays it over the page like a
    film; `masked` takes only what is inked. brightness: factor on the cutting. contrast: exponent
    on its reflectance. passes: encodings before the last one, and their JPEG quality.
    blur_px, noise: what he adds to hide his work. size: factor on the seal's nominal size.
    trim: radius of the circle that he cuts out, in half the seal's shorter side; what lies outside
    is lost. None: he takes all of the seal.
    """

    way: str
    brightness: float
    contrast: float
    passes: int
    pass_quality: int
    blur_px: float
    noise: float
    size: float
    interpolation: int
    trim: float | None = None


def random_job(rng: np.random.Generator) -> PasteJob:
    """Return one of the usual ways."""
    return PasteJob(
        way=str(rng.choice(["patch", "multiply", "masked"])),
        brightness=float(rng.uniform(0.9, 1.1)),
        contrast=float(rng.uniform(0.85, 1.2)) if rng.random() < 0.5 else 1.0,
        passes=int(rng.integers(0, 3)),
        pass_quality=int(rng.integers(60, 93)),
        blur_px=float(rng.uniform(0.3, 0.7)) if rng.random() < 0.3 else 0.0,
        noise=float(rng.uniform(0.5, 3.0)) if rng.random() < 0.3 else 0.0,
        size=float(rng.uniform(0.99, 1.01)),
        interpolation=int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4])),
        # Drawn last: whoever takes the whole seal works as before.
        trim=float(rng.uniform(0.9, 1.2)) if rng.random() < 0.15 else None,
    )


def cut_out(scan: U8, place: F64, die: Die, *, trim: float | None = None) -> Cutting:
    """Cut the seal at `place` (3x3, mm to px) out of a scan, uint8 (rows, cols, 3) BGR.

    `trim`: see `PasteJob`.
    """
    reach = np.array([die.w_mm, die.h_mm]) / 2 + _MARGIN_MM
    corners = np.array([[sx * reach[0], sy * reach[1], 1] for sx in (-1, 1) for sy in (-1, 1)])
    at = corners @ place.T
    at = at[:, :2] / at[:, 2:]
    low = np.maximum(np.floor(at.min(0)).astype(int) - 4, 0)
    high = np.minimum(np.ceil(at.max(0)).astype(int) + 5, [scan.shape[1], scan.shape[0]])
    part = scan[low[1] : high[1], low[0] : high[0]].astype(np.float32)
    paper = np.quantile(part.reshape(-1, 3), 0.8, axis=0).astype(np.float32)
    moved = shift(-float(low[0]), -float(low[1])) @ place
    rows, cols = part.shape[:2]
    x, y = np.meshgrid(np.arange(cols), np.arange(rows))
    back = np.stack([x, y, np.ones_like(x)], axis=-1) @ np.linalg.inv(moved).T
    from_centre_mm = back[..., :2] / back[..., 2:]
    u = np.abs(from_centre_mm) / reach
    round_seal = abs(die.w_mm - die.h_mm) < 0.1 and die.w_mm >= 32
    far = np.hypot(u[..., 0], u[..., 1]) if round_seal or die.w_mm >= 40 else u.max(-1)
    cover = np.float32(1.0) - ramp(far.astype(np.float32), 0.97, 1.03)
    if trim is not None:
        radius = np.hypot(*np.moveaxis(from_centre_mm, -1, 0)) / (min(die.w_mm, die.h_mm) / 2)
        cover *= np.float32(1.0) - ramp(radius.astype(np.float32), trim - 0.02, trim + 0.02)
    return Cutting(part / paper, cover, moved)


def paste(
    page: U8, cutting: Cutting, job: PasteJob, rng: np.random.Generator, *, place: F64
) -> None:
    """Paste a cutting into a scanned page, in place.

    Args:
        page: uint8 (rows, cols, 3) BGR.
        cutting: what is pasted.
        job: how.
        rng: the noise he adds.
        place: 3x3, mm about the seal's centre to px of the page.
    """
    whole = place @ np.linalg.inv(cutting.place)
    rows, cols = cutting.cover.shape
    corners = np.array([[0, 0, 1], [cols, 0, 1], [0, rows, 1], [cols, rows, 1]]) @ whole.T
    corners = corners[:, :2] / corners[:, 2:]
    low = np.maximum(np.floor(corners.min(0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(0)).astype(int) + 2, [page.shape[1], page.shape[0]])
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    source: Any = cutting.reflectance
    ratio = 1.0 / math.sqrt(abs(np.linalg.det(whole[:2, :2])))
    if ratio > 1.05:  # the page's pixels are larger: average first
        source = cv2.GaussianBlur(source, (0, 0), 0.42 * math.sqrt(ratio**2 - 0.6))
    move = shift(-float(low[0]), -float(low[1])) @ whole
    way = job.interpolation
    laid: Any = cv2.warpPerspective(source, move, size, flags=way, borderValue=(1, 1, 1))
    cover = cv2.warpPerspective(cutting.cover, move, size, flags=cv2.INTER_LINEAR)
    laid = np.clip(laid, 0.02, None) ** np.float32(job.contrast) * np.float32(job.brightness)
    if job.blur_px:
        laid = cv2.GaussianBlur(laid, (0, 0), job.blur_px)
    if job.noise:
        laid += np.float32(job.noise / 255) * rng.standard_normal(laid.shape, np.float32)
    window = page[low[1] : high[1], low[0] : high[0]].astype(np.float32)
    tint = np.median(window.reshape(-1, 3), axis=0)
    if job.way == "patch":
        share = cover
        mixed = laid * tint
    elif job.way == "multiply":
        share = cover
        mixed = np.minimum(laid, 1.0) * window
    else:
        inked = np.float32(1.0) - ramp(laid.min(-1), 0.78, 0.92)
        share = cover * blur(np.asarray(cv2.dilate(inked, np.ones((3, 3)))), 0.6)
        mixed = laid * tint
    done = window + share[..., None] * (mixed - window)
    page[low[1] : high[1], low[0] : high[0]] = np.clip(np.round(done), 0, 255).astype(np.uint8)
