"""Pictures as data URIs."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Map = NDArray[np.float32]
Picture = NDArray[np.uint8]


def map_uri(values: Map, *, quality: int | None = None) -> str:
    """Return a map of 0 to 1 as a grey picture; NaN says nothing: 0.

    `values` has shape (H, W); what lies outside 0 to 1 is clipped. The picture is a PNG, without
    loss beyond 8 bits, or a WebP of the `quality` asked for.
    """
    clean = np.clip(np.nan_to_num(values, nan=0.0), 0.0, 1.0)
    grey = np.rint(clean * 255.0).astype(np.uint8)
    if quality is None:
        return _uri(grey, "PNG", optimize=True)
    return _uri(grey, "WEBP", quality=quality, method=4)


def photo_uri(picture: Picture, *, quality: int) -> str:
    """Return an RGB picture, shape (H, W, 3), as WebP of a quality from 0 to 100."""
    return _uri(np.ascontiguousarray(picture), "WEBP", quality=quality, method=4)


def _uri(pixels: Picture, kind: str, **options: int) -> str:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
