"""From films on paper to the file a scanner writes.

Films multiply (their densities add), then the optics blur, the lamp shades, the sensor adds noise
and the encoder has the last word. Coordinates: `(x, y)` in px, pixel centres at integers.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from .fields import U8, smooth
from .press import Impression

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Device:
    """One passage through a scanner or under a document camera.

    warp: 3x3, ideal page px to captured px. mtf_px: blur sigma. noise: sensor noise, grey values.
    sharpen: firmware's unsharp mask, 0 = none. shade: range of uneven light. quality: JPEG.
    """

    camera: bool
    warp: F64
    mtf_px: float
    noise: float
    sharpen: float
    shade: float
    gain: float
    quality: int


def shift(x: float, y: float) -> F64:
    """Return the 3x3 matrix of a translation in px."""
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def similarity(x: float, y: float, *, scale: float, rot_deg: float) -> F64:
    """Return the 3x3 matrix that scales, turns clockwise (y down), moves the origin to (x, y)."""
    c, s = math.cos(math.radians(rot_deg)) * scale, math.sin(math.radians(rot_deg)) * scale
    return np.array([[c, -s, x], [s, c, y], [0.0, 0.0, 1.0]])


def random_device(
    rng: np.random.Generator, shape: tuple[int, int], *, camera: bool, card: bool = False
) -> Device:
    """Return a device for a page of `shape` (rows, cols)."""
    rows, cols = shape
    middle = shift((cols - 1) / 2, (rows - 1) / 2)
    back = shift(-(cols - 1) / 2, -(rows - 1) / 2)
    skew = float(rng.normal(0, 0.25 if not camera else 0.6))
    tolerance = 0.002 if card else 0.0032
    scale = float(np.clip(rng.normal(1.0, tolerance), 0.992, 1.008))
    # The feed of a scanner and its optics disagree by a few per mille: x and y differ.
    uneven = 1.0 if camera else 1.0 + float(rng.normal(0, 0.003))
    stretch = np.diag([1.0, uneven, 1.0])
    warp = middle @ similarity(0, 0, scale=scale, rot_deg=skew) @ stretch @ back
    if camera:
        warp = _perspective(rng, rows, cols) @ warp
    return Device(
        camera=camera,
        warp=warp,
        mtf_px=float(rng.uniform(0.7, 1.25) if camera else rng.uniform(0.35, 0.75)),
        noise=float(rng.uniform(1.5, 4.0) if camera else rng.uniform(0.6, 2.6)),
        sharpen=float(rng.uniform(0.3, 0.9)) if rng.random() < 0.3 else 0.0,
        shade=float(rng.uniform(0.08, 0.28)) if camera else float(rng.uniform(0.0, 0.03)),
        gain=float(rng.uniform(0.86, 1.04) if camera else rng.uniform(0.95, 1.05)),
        quality=int(rng.integers(80, 96) if card else rng.integers(50, 91)),
    )


def _perspective(rng: np.random.Generator, rows: int, cols: int) -> F64:
    """Return a homography that moves each corner by up to 1 % of the page's height."""
    source = np.array([[0, 0], [cols, 0], [cols, rows], [0, rows]], np.float32)
    moved = source + rng.uniform(-0.01, 0.01, (4, 2)).astype(np.float32) * rows
    return np.asarray(cv2.getPerspectiveTransform(source, moved.astype(np.float32)), np.float64)


def warp_page(page: U8, device: Device, rng: np.random.Generator) -> U8:
    """Resample a page of paper and print through the device; outside lies lid, desk or paper."""
    size = (page.shape[1], page.shape[0])
    lid = int(rng.choice([255, 250, 40, 235]))
    mode = cv2.BORDER_REPLICATE if rng.random() < 0.7 else cv2.BORDER_CONSTANT
    border = (lid, lid, lid)
    if device.camera:
        return np.asarray(
            cv2.warpPerspective(page, device.warp, size, borderMode=mode, borderValue=border)
        )
    return np.asarray(
        cv2.warpAffine(page, device.warp[:2], size, borderMode=mode, borderValue=border)
    )


def lay(page: U8, impression: Impression, place: F64) -> None:
    """Lay an impression on a page by multiplying reflectances, in place.

    Args:
        page: uint8 (rows, cols, 3), BGR.
        impression: ink in its own frame.
        place: 3x3, mm about the seal's centre to page px (the impression's size drift included).
    """
    rows, cols = impression.film.shape
    to_mm = np.diag([1 / impression.ppm, 1 / impression.ppm, 1.0]) @ shift(
        -(cols - 1) / 2, -(rows - 1) / 2
    )
    whole = place @ to_mm
    corners = np.array([[0, 0, 1], [cols, 0, 1], [0, rows, 1], [cols, rows, 1]]) @ whole.T
    corners = corners[:, :2] / corners[:, 2:]
    x0, y0 = np.maximum(np.floor(corners.min(0)).astype(int) - 1, 0)
    x1 = min(page.shape[1], int(corners[:, 0].max()) + 2)
    y1 = min(page.shape[0], int(corners[:, 1].max()) + 2)
    if x1 <= x0 or y1 <= y0:
        return
    ratio = 1.0 / math.sqrt(abs(np.linalg.det(whole[:2, :2])))
    source: Any = impression.reflectance
    if ratio > 1.05:  # the page's pixels are larger: average first
        source = cv2.GaussianBlur(source, (0, 0), 0.42 * math.sqrt(ratio**2 - 0.6))
    warped = cv2.warpPerspective(
        source,
        shift(-x0, -y0) @ whole,
        (x1 - x0, y1 - y0),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )
    window = page[y0:y1, x0:x1]
    page[y0:y1, x0:x1] = cv2.multiply(window, warped, scale=1 / 255)


@cache
def _noise_pool(level: int) -> npt.NDArray[np.int8]:
    """Sensor noise of deviation level / 2 grey values, 1300 x 2600 x 3."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([87, level])))
    noise = rng.standard_normal((1300, 2600, 3), dtype=np.float32)
    noise += np.float32(0.5) * noise[:, :, :1]
    return np.clip(np.round(noise * np.float32(level / 2 / 1.15)), -127, 127).astype(np.int8)


def expose(page: U8, device: Device, rng: np.random.Generator) -> U8:
    """Return what the sensor reports: blurred, shaded, noisy. uint8 (rows, cols, 3)."""
    seen = cv2.GaussianBlur(page, (5, 5), device.mtf_px)
    if device.sharpen:
        soft = cv2.GaussianBlur(seen, (5, 5), 1.1)
        seen = cv2.addWeighted(seen, 1 + device.sharpen, soft, -device.sharpen, 0)
    rows, cols = seen.shape[:2]
    if device.shade > 0.04:  # a flatbed's lamp is even
        light = _light(rng, (rows, cols), device)
        seen = cv2.multiply(seen, cv2.merge([light, light, light]), scale=1 / 200)
    elif device.gain != 1.0:
        seen = cv2.convertScaleAbs(seen, alpha=device.gain)
    pool = _noise_pool(min((1, 2, 3, 5, 7), key=lambda level: abs(level - device.noise * 2)))
    if rows > pool.shape[0] - 8 or cols > pool.shape[1] - 8:
        pool = np.tile(pool, (-(-rows // 1200), -(-cols // 2500), 1))
    top = int(rng.integers(pool.shape[0] - rows))
    left = int(rng.integers(pool.shape[1] - cols))
    cut = pool[top : top + rows, left : left + cols]
    return np.asarray(cv2.add(seen, np.ascontiguousarray(cut), dtype=cv2.CV_8U), np.uint8)


def _light(rng: np.random.Generator, shape: tuple[int, int], device: Device) -> U8:
    """Return a lamp's light field, 200 = 1."""
    angle = rng.uniform(0, 2 * math.pi)
    y = np.linspace(-1, 1, 24, dtype=np.float32)[:, None] * math.sin(angle)
    x = np.linspace(-1, 1, 48, dtype=np.float32)[None, :] * math.cos(angle)
    field = 1 + device.shade * 0.5 * (x + y) + device.shade * 0.25 * smooth(rng, (24, 48), 2.0)
    small = np.clip(field * device.gain * 200, 0, 255).astype(np.float32)
    large = cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.uint8)


def encode_jpeg(image: U8, *, dpi: int, quality: int) -> bytes:
    """Return a baseline JPEG, chroma at half resolution, with its density in the header."""
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    ]
    _, buffer = cv2.imencode(".jpg", image, options)
    data = bytearray(buffer.tobytes())
    if data[6:11] == b"JFIF\0":
        data[13:18] = b"\x01" + dpi.to_bytes(2, "big") * 2
    return bytes(data)


def encode_bilevel(image: U8, *, dpi: int, rng: np.random.Generator) -> bytes:
    """Return a CCITT G4 TIFF of a BGR page, cut at a threshold near the paper's grey."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    paper = float(np.median(grey[::4, ::4]))
    if rng.random() < 0.5:
        size = int(dpi * 0.12) | 1
        black = cv2.adaptiveThreshold(
            grey,
            255,
            cv2.ADAPTIVE_THRESH_MEAN_C,
            cv2.THRESH_BINARY,
            size,
            float(rng.integers(12, 26)),
        )
    else:
        black = cv2.threshold(grey, paper * rng.uniform(0.72, 0.86), 255, cv2.THRESH_BINARY)[1]
    out = io.BytesIO()
    Image.fromarray(np.asarray(black)).convert("1", dither=Image.Dither.NONE).save(
        out, "TIFF", compression="group4", dpi=(dpi, dpi)
    )
    return out.getvalue()
