"""Blink: both impressions in turn at one place, where the eye sees the least shift as motion."""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
from PIL import Image

from seal_service.displays.checks import Picture, checked_number, checked_pictures
from seal_service.displays.errors import DisplayError

AnimationFormat = Literal["png", "webp"]


def blink(reference: Picture, moving: Picture) -> tuple[Picture, Picture]:
    """Return the two frames, the reference first.

    Raises
    ------
    DisplayError
    """
    checked_pictures(reference=reference, moving=moving)
    return reference, moving


def animation(
    frames: tuple[Picture, ...], *, file_format: AnimationFormat = "png", period_ms: int = 600
) -> bytes:
    """Encode frames as an animated PNG or WebP that repeats without end.

    Parameters
    ----------
    frames : tuple of ndarray
        (H, W, 3) uint8, RGB, of one shape, at least two.
    file_format : {"png", "webp"}
        Both are lossless here: what a person judges must not be an artefact of the file.
    period_ms : int
        How long each frame is shown, 50 to 10,000.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    DisplayError
    """
    if len(frames) < 2:
        what = "frames"
        raise DisplayError(what, f"are {len(frames)}, at least two are needed")
    if file_format not in {"png", "webp"}:
        what = "file_format"
        raise DisplayError(what, f"is {file_format!r}, neither png nor webp")
    checked_pictures(**{f"frame {i}": frame for i, frame in enumerate(frames)})
    duration = round(checked_number("period_ms", period_ms, 50, 10_000))
    images = [Image.fromarray(np.ascontiguousarray(frame)) for frame in frames]
    out = io.BytesIO()
    options = {"lossless": True, "quality": 60} if file_format == "webp" else {}
    images[0].save(
        out,
        file_format.upper(),
        save_all=True,
        append_images=images[1:],
        duration=duration,
        loop=0,
        **options,
    )
    return out.getvalue()
