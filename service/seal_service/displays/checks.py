"""The one place where a display's arguments are checked."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seal_service.displays.errors import DisplayError

Picture = NDArray[np.uint8]
"""Shape (H, W, 3), RGB."""
Map = NDArray[np.float32]
"""Shape (H, W); ink, 1 is a full stroke."""

MAX_SIDE_PX = 16_384
"""Longest side of a picture that is drawn: more is a mistake, and would fill the memory."""


def checked_number(what: str, value: float, low: float, high: float) -> float:
    """Return the value, or raise `DisplayError` when it is NaN or outside [low, high]."""
    if not low <= value <= high:
        raise DisplayError(what, f"is {value:g}, not within {low:g} to {high:g}")
    return float(value)


def checked_pictures(**pictures: Picture) -> None:
    """Raise `DisplayError` unless all are non-empty (H, W, 3) uint8 arrays of one shape."""
    first: tuple[int, ...] | None = None
    for what, picture in pictures.items():
        if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
            raise DisplayError(what, f"is {picture.dtype} {picture.shape}, not uint8 (H, W, 3)")
        _check_size(what, picture.shape)
        if first is not None and picture.shape != first:
            raise DisplayError(what, f"is {picture.shape}, the other picture {first}")
        first = picture.shape


def checked_maps(**maps: Map) -> None:
    """Raise `DisplayError` unless all are non-empty (H, W) float arrays of one shape."""
    first: tuple[int, ...] | None = None
    for what, layer in maps.items():
        if layer.ndim != 2 or not np.issubdtype(layer.dtype, np.floating):
            raise DisplayError(what, f"is {layer.dtype} {layer.shape}, not float (H, W)")
        _check_size(what, layer.shape)
        if first is not None and layer.shape != first:
            raise DisplayError(what, f"is {layer.shape}, another map {first}")
        first = layer.shape


def checked_centre(centre_mm: tuple[float, float]) -> tuple[float, float]:
    """Return the point, or raise `DisplayError` when it is not finite."""
    x, y = centre_mm
    if not (math.isfinite(x) and math.isfinite(y)):
        what = "centre_mm"
        raise DisplayError(what, f"is ({x:g}, {y:g})")
    return x, y


def _check_size(what: str, shape: tuple[int, ...]) -> None:
    if min(shape[:2]) < 1 or max(shape[:2]) > MAX_SIDE_PX:
        raise DisplayError(what, f"is {shape[1]} x {shape[0]} px; 1 to {MAX_SIDE_PX} can be drawn")
