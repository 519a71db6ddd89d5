"""Colour pictures for people, from the planes that the engine judged."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

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


def warped_cut(
    picture: Picture,
    map_points: Callable[[Sequence[tuple[float, float]]], Sequence[Sequence[float]]],
    *,
    size_mm: tuple[float, float],
    out_px_per_mm: float,
) -> Picture:
    """Cut a seal out as the engine laid it over the reference, smooth deformation included.

    `map_points` takes (x, y) in mm from the reference's centre to (x, y) in the picture. It is
    smooth and of low order, so it is asked at a node every millimetre and interpolated between.
    """
    width, height = (max(1, round(side * out_px_per_mm)) for side in size_mm)
    columns, rows = (np.arange(-1.0, math.ceil(n / out_px_per_mm) + 2.0) for n in (width, height))
    # Node k lies at pixel k * out_px_per_mm of the cut; the seal's centre in the cut's middle.
    x_mm = columns - (width - 1) / 2.0 / out_px_per_mm
    y_mm = rows - (height - 1) / 2.0 / out_px_per_mm
    nodes = map_points([(float(x), float(y)) for y in y_mm for x in x_mm])
    coarse = np.array(nodes, np.float32).reshape(len(rows), len(columns), 2)
    rows_done = _between(coarse, height, out_px_per_mm)
    source = _between(rows_done.swapaxes(0, 1), width, out_px_per_mm).swapaxes(0, 1)
    cut = cv2.remap(
        picture,
        np.ascontiguousarray(source[..., 0]),
        np.ascontiguousarray(source[..., 1]),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )
    return np.asarray(cut, dtype=np.uint8)


def _between(nodes: NDArray[np.float32], count: int, step_px: float) -> NDArray[np.float32]:
    """Return `count` rows out of nodes `step_px` apart, the second of which is the first row.

    OpenCV would round the weights to 1/32, which shows as steps.
    """
    place = np.arange(count) / step_px + 1.0
    low = place.astype(np.intp)
    share = (place - low).astype(np.float32)[:, None, None]
    between = nodes[low] * (1.0 - share) + nodes[low + 1] * share
    return np.asarray(between, dtype=np.float32)


def reduced(picture: Picture, max_side_px: int) -> tuple[Picture, float]:
    """Return the picture no larger than `max_side_px`, and its size relative to the original."""
    height, width = picture.shape[:2]
    share = min(1.0, max_side_px / max(height, width))
    if share == 1.0:
        return picture, 1.0
    size = (max(1, round(width * share)), max(1, round(height * share)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), share
