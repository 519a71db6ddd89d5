"""The pictures of `sealmatch fold`: from a pair and a view to the bytes of a file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PIL import Image

from seal_service import displays
from seal_service.adapters.matching import Fold, SealPair, Side
from seal_service.cli.failures import BadArgumentError
from seal_service.displays import DisplayError, Picture

MAP_ZOOM = 2


class Mode(StrEnum):
    """What to show."""

    fold = "fold"
    side_by_side = "side-by-side"
    overlay = "overlay"
    transparent = "transparent"
    blink = "blink"
    magnifier = "magnifier"
    heat = "heat"
    arrows = "arrows"


@dataclass(frozen=True, slots=True)
class View:
    """What to show, and how."""

    mode: Mode
    angle_deg: float
    offset_mm: float
    side: Side
    level: float
    at_mm: tuple[float, float]
    zoom: float
    grid: bool


def draw(pair: SealPair, view: View, found: Fold | None, file_format: str) -> bytes:
    """Return the file, PNG or WebP.

    Raises
    ------
    BadArgumentError
        The view asks for what cannot be drawn, such as a magnifier beside the picture.
    """
    try:
        if view.mode is Mode.blink:
            frames = displays.blink(*(_ruled(p, pair, view) for p in (pair.reference, pair.moving)))
            return displays.animation(
                frames, file_format="webp" if file_format == "webp" else "png"
            )
        picture = _picture(pair, view, found)
    except DisplayError as error:
        raise BadArgumentError(str(error)) from error
    out = io.BytesIO()
    options = {"lossless": True} if file_format == "webp" else {}
    Image.fromarray(np.ascontiguousarray(picture)).save(out, file_format.upper(), **options)
    return out.getvalue()


def _picture(pair: SealPair, view: View, found: Fold | None) -> Picture:
    """Draw one still picture; a grid is laid over each impression on its own."""
    if view.mode is Mode.side_by_side:
        return displays.side_by_side(
            _ruled(pair.reference, pair, view), _ruled(pair.moving, pair, view)
        )
    if view.mode is Mode.magnifier:
        return displays.side_by_side(
            _magnified(pair.reference, pair, view), _magnified(pair.moving, pair, view)
        )
    return _ruled(_whole(pair, view, found), pair, view)


def _whole(pair: SealPair, view: View, found: Fold | None) -> Picture:
    maps, px_per_mm = pair.maps, pair.px_per_mm
    ink = displays.enlarged(maps.reference, MAP_ZOOM)
    if view.mode is Mode.overlay:
        return displays.overlay(ink, displays.enlarged(maps.moving, MAP_ZOOM))
    if view.mode is Mode.transparent:
        return displays.transparent(pair.reference, pair.moving, level=view.level)
    if view.mode is Mode.heat:
        layers = {
            name: displays.enlarged(layer, MAP_ZOOM)
            for name, layer in (
                ("extra", maps.extra),
                ("missing", maps.missing),
                ("covered", maps.covered),
                ("inside", pair.inside),
            )
        }
        return displays.heat_map(ink, px_per_mm=px_per_mm, **layers)
    if view.mode is Mode.arrows:
        return displays.arrows(ink, maps.shifts, px_per_mm=px_per_mm)
    folded = displays.fold(
        pair.reference,
        pair.moving,
        px_per_mm=px_per_mm,
        angle_deg=view.angle_deg,
        offset_mm=view.offset_mm,
        side=view.side,
    )
    return folded if found is None else displays.marked(folded, found, px_per_mm=px_per_mm)


def _ruled(picture: Picture, pair: SealPair, view: View) -> Picture:
    return displays.ruled(picture, px_per_mm=pair.px_per_mm) if view.grid else picture


def _magnified(picture: Picture, pair: SealPair, view: View) -> Picture:
    return displays.magnified(
        _ruled(picture, pair, view),
        px_per_mm=pair.px_per_mm,
        centre_mm=view.at_mm,
        zoom=view.zoom,
    )
