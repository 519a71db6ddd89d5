"""What the component shows: from arrays to the JSON that `mount` takes (SealData in types.d.ts)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from seal_service.viewer.pictures import Map, Picture, map_uri, photo_uri

DATA_VERSION = 1


class LayerError(ValueError):
    """Layers that do not belong together, or that hold a number which is none."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """A displacement on the reference, in mm from the seal's centre, x right and y down."""

    x_mm: float
    y_mm: float
    dx_mm: float
    dy_mm: float


@dataclass(frozen=True, slots=True)
class FoldMarks:
    """What a measured fold says of every stroke: (position along the cut in mm, status).

    Statuses and the directions of angle, offset and position are those of `seal_match_rs.fold`.
    """

    angle_deg: float
    offset_mm: float
    strokes: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class SealLayers:
    """Two seals on the reference's grid, whose middle is the seal's centre.

    Attributes
    ----------
    reference, moving : ndarray
        Ink, float32, shape (H, W); 1 is a full stroke. `moving` is None when nothing was aligned.
    covered, extra, missing : ndarray or None
        0 to 1, same shape: unknown because covered; ink without a stroke; strokes without ink.
    reference_photo, moving_photo : ndarray or None
        RGB, uint8, shape (h, w, 3), any size: the same frame as the maps.
    arrows : tuple of Arrow
        Displacements, one a place.
    hull_mm : tuple of (x, y)
        The reference's outline.
    folds : tuple of FoldMarks
        Folds whose strokes are marked when the fold line lies there.
    px_per_mm : float
        Resolution of the maps.
    trusted : bool
        Whether the alignment can be believed.
    """

    reference: Map
    moving: Map | None
    covered: Map | None
    extra: Map | None
    missing: Map | None
    reference_photo: Picture | None
    moving_photo: Picture | None
    arrows: tuple[Arrow, ...]
    hull_mm: tuple[tuple[float, float], ...]
    px_per_mm: float
    trusted: bool
    folds: tuple[FoldMarks, ...] = ()


def seal_data(
    layers: SealLayers, *, photo_quality: int = 88, map_quality: int | None = None
) -> dict[str, Any]:
    """Return the component's data as plain JSON values, pictures embedded.

    Photographs are stored as WebP of `photo_quality` (0 to 100), maps without loss or, where space
    is short, as WebP of `map_quality`.

    Raises
    ------
    LayerError
        A map has another shape than the reference, or a number is not finite.
    """
    height, width = layers.reference.shape
    _check(layers)

    def map_of(values: Map | None) -> str | None:
        return None if values is None else map_uri(values, quality=map_quality)

    def photo_of(picture: Picture | None) -> str | None:
        return None if picture is None else photo_uri(picture, quality=photo_quality)

    moving = None
    if layers.moving is not None:
        moving = {"ink": map_of(layers.moving), "photo": photo_of(layers.moving_photo)}
    return {
        "version": DATA_VERSION,
        "widthPx": width,
        "heightPx": height,
        "pxPerMm": layers.px_per_mm,
        "reference": {"ink": map_of(layers.reference), "photo": photo_of(layers.reference_photo)},
        "moving": moving,
        "covered": map_of(layers.covered),
        "extra": map_of(layers.extra),
        "missing": map_of(layers.missing),
        "arrows": [
            {
                "xMm": round(arrow.x_mm, 3),
                "yMm": round(arrow.y_mm, 3),
                "dxMm": round(arrow.dx_mm, 4),
                "dyMm": round(arrow.dy_mm, 4),
            }
            for arrow in layers.arrows
        ],
        "folds": [
            {
                "angleDeg": fold.angle_deg,
                "offsetMm": fold.offset_mm,
                "strokes": [
                    {"atMm": round(at, 3), "status": status} for at, status in fold.strokes
                ],
            }
            for fold in layers.folds
        ],
        "hullMm": [[round(x, 3), round(y, 3)] for x, y in layers.hull_mm],
        "trusted": layers.trusted,
    }


def _check(layers: SealLayers) -> None:
    shape = layers.reference.shape
    for name in ("moving", "covered", "extra", "missing"):
        values: Map | None = getattr(layers, name)
        if values is not None and values.shape != shape:
            message = f"{name} has shape {values.shape}, the reference {shape}"
            raise LayerError(message)
    numbers = [layers.px_per_mm]
    numbers += [v for a in layers.arrows for v in (a.x_mm, a.y_mm, a.dx_mm, a.dy_mm)]
    numbers += [value for point in layers.hull_mm for value in point]
    for fold in layers.folds:
        numbers += [fold.angle_deg, fold.offset_mm, *(at for at, _ in fold.strokes)]
    if not all(map(math.isfinite, numbers)) or layers.px_per_mm <= 0.0:
        message = "an arrow, a fold, the outline or the resolution is not a usable number"
        raise LayerError(message)
