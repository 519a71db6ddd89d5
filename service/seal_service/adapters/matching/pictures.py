"""Colour pictures for people, from the planes that the engine judged."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from seal_planes import ImagePlanes

Picture = NDArray[np.uint8]
"""Shape (H, W, 3), RGB."""


def rgb_of(planes: ImagePlanes) -> Picture:
    """Return the whole picture as RGB, chroma enlarged to the luma's size."""
    if planes.cb is None or planes.cr is None:
        return np.repeat(planes.y[:, :, None], 3, axis=2)
    size = (planes.width, planes.height)
    cr, cb = (
        cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in (planes.cr, planes.cb)
    )
    merged = cv2.merge([np.ascontiguousarray(planes.y), cr, cb])
    return np.asarray(cv2.cvtColor(merged, cv2.COLOR_YCrCb2RGB), dtype=np.uint8)


def upright_cut(
    picture: Picture,
    *,
    centre_px: tuple[float, float],
    rotation_deg: float,
    px_per_mm: float,
    size_mm: tuple[float, float],
    out_px_per_mm: float,
) -> Picture:
    """Cut a seal out, turned back by `rotation_deg` (clockwise), on white where the picture ends.

    `size_mm` is the (width, height) of the cut; `centre_px` comes to its middle.
    """
    width, height = (max(1, round(side * out_px_per_mm)) for side in size_mm)
    step = px_per_mm / out_px_per_mm
    a = step * math.cos(math.radians(rotation_deg))
    b = step * math.sin(math.radians(rotation_deg))
    u0, v0 = (width - 1) / 2.0, (height - 1) / 2.0
    into_picture = np.array(
        [
            [a, -b, centre_px[0] - a * u0 + b * v0],
            [b, a, centre_px[1] - b * u0 - a * v0],
        ]
    )
    cut = cv2.warpAffine(
        picture,
        into_picture,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )
    return np.asarray(cut, dtype=np.uint8)


def reduced(picture: Picture, max_side_px: int) -> tuple[Picture, float]:
    """Return the picture no larger than `max_side_px`, and its size relative to the original."""
    height, width = picture.shape[:2]
    share = min(1.0, max_side_px / max(height, width))
    if share == 1.0:
        return picture, 1.0
    size = (max(1, round(width * share)), max(1, round(height * share)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), share
