"""Ink maps as colours on white paper."""

from __future__ import annotations

import cv2
import numpy as np

from seal_service.displays.checks import Map, Picture, checked_maps, checked_number

Colour = tuple[int, int, int]

REFERENCE_INK: Colour = (20, 90, 200)
MOVING_INK: Colour = (230, 90, 0)
PALE: Colour = (205, 207, 212)


def enlarged(layer: Map, zoom: int) -> Map:
    """Return a map `zoom` times as large, its NaN (nothing is known) as 0.

    Sample centres keep their places in millimetres from the middle.
    """
    checked_maps(layer=layer)
    checked_number("zoom", zoom, 1, 16)
    clean = np.nan_to_num(layer, nan=0.0, posinf=1.0, neginf=0.0).astype(np.float32)
    size = (layer.shape[1] * zoom, layer.shape[0] * zoom)
    return np.asarray(cv2.resize(clean, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def printed(layers: list[tuple[Map, Colour]]) -> Picture:
    """Print layers of ink on white as transparent colours: darker than both where two meet."""
    canvas = np.full((*layers[0][0].shape, 3), 255.0, np.float32)
    for ink, colour in layers:
        share = np.clip(np.nan_to_num(ink, nan=0.0), 0.0, 1.0)[:, :, None]
        canvas *= 1.0 - share * (1.0 - np.array(colour, np.float32) / 255.0)
    return np.asarray(np.rint(canvas), dtype=np.uint8)


def painted(picture: Picture, layer: Map, colour: Colour) -> Picture:
    """Paint a colour over a picture, as opaque as the map says."""
    share = np.clip(np.nan_to_num(layer, nan=0.0), 0.0, 1.0)[:, :, None]
    mixed = picture + share * (np.array(colour, np.float32) - picture)
    return np.asarray(np.rint(mixed), dtype=np.uint8)
