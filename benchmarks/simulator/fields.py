"""Random fields and small image helpers shared by relief, ink and paper. All arrays float32."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]


def smooth(rng: np.random.Generator, shape: tuple[int, int], cells: float) -> F32:
    """Return a smooth field of about unit deviation with `cells` features over its longer side.

    Args:
        rng: source of randomness.
        shape: (rows, cols) of the result.
        cells: features along the longer side; a fraction gives less than one full swing.

    Returns
    -------
        float32 (rows, cols).
    """
    longer = max(shape)
    rows = max(2, round(cells * shape[0] / longer)) + 2
    cols = max(2, round(cells * shape[1] / longer)) + 2
    field = rng.standard_normal((rows, cols), dtype=np.float32)
    if cells * 32 < longer:  # cubic at a quarter of the size, then linear: the same to the eye
        small = (shape[1] // 4 + 1, shape[0] // 4 + 1)
        field = np.asarray(cv2.resize(field, small, interpolation=cv2.INTER_CUBIC), np.float32)
        way = cv2.INTER_LINEAR
    else:
        way = cv2.INTER_CUBIC
    return np.asarray(cv2.resize(field, (shape[1], shape[0]), interpolation=way), np.float32)


@cache
def _pool(sigma_mpx: int) -> F32:
    """White noise blurred by sigma (in 1/1000 px), of unit deviation, 1536 x 1536."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([86, sigma_mpx])))
    noise: Any = rng.standard_normal((1536, 1536), dtype=np.float32)
    if sigma_mpx:
        noise = cv2.GaussianBlur(noise, (0, 0), sigma_mpx / 1000, borderType=cv2.BORDER_REFLECT)
    return np.asarray(noise / noise.std(), np.float32)


def grain(rng: np.random.Generator, shape: tuple[int, int], sigma_px: float) -> F32:
    """Return fine noise of unit deviation, correlated over about `sigma_px` pixels.

    It is cut at a random place, turned and flipped from a fixed pool: two impressions never share
    a place in practice, and no impression waits for a million normal deviates.
    """
    pool = _pool(round(sigma_px * 4) * 250)
    quarter = int(rng.integers(4))
    rows, cols = shape if quarter % 2 == 0 else shape[::-1]
    top = int(rng.integers(max(1, pool.shape[0] - rows)))
    left = int(rng.integers(max(1, pool.shape[1] - cols)))
    cut = pool[top : top + rows, left : left + cols]
    if cut.shape != (rows, cols):
        reps = (-(-rows // cut.shape[0]), -(-cols // cut.shape[1]))
        cut = np.tile(cut, reps)[:rows, :cols]
    cut = np.rot90(cut, quarter)
    flipped = cut[:, ::-1] if rng.random() < 0.5 else cut
    return np.ascontiguousarray(flipped)


def blur(image: F32, sigma_px: float) -> F32:
    """Gaussian blur; a sigma below 0.2 px returns the image itself."""
    if sigma_px < 0.2:
        return image
    size = 2 * int(2.6 * sigma_px + 1) + 1
    return np.asarray(
        cv2.GaussianBlur(image, (size, size), sigma_px, borderType=cv2.BORDER_REPLICATE), np.float32
    )


def ramp(image: F32, low: float, high: float) -> F32:
    """Map low..high linearly to 0..1 and clip."""
    scaled = (image - np.float32(low)) * np.float32(1.0 / (high - low))
    return np.clip(scaled, 0.0, 1.0, out=scaled)
