"""A magnifier on any region."""

from __future__ import annotations

import cv2
import numpy as np

from seal_service.displays.checks import (
    MAX_SIDE_PX,
    Picture,
    checked_centre,
    checked_number,
    checked_pictures,
)
from seal_service.displays.errors import DisplayError


def magnified(
    picture: Picture,
    *,
    px_per_mm: float,
    centre_mm: tuple[float, float],
    width_mm: float = 6.0,
    zoom: float = 6.0,
) -> Picture:
    """Return a square region of a picture, enlarged; white beyond the picture's border.

    Parameters
    ----------
    picture : ndarray
        (H, W, 3) uint8, RGB, the seal's centre in its middle.
    px_per_mm : float
        Of the picture.
    centre_mm : (x, y)
        Middle of the region from the seal's centre, x right, y down.
    width_mm : float
        Side of the region, 0.5 to 100.
    zoom : float
        How much larger a millimetre becomes, 1 to 40.

    Returns
    -------
    ndarray
        (N, N, 3) uint8 with N = width_mm · px_per_mm · zoom.

    Raises
    ------
    DisplayError
        A number is out of range, the region lies outside the picture, or the result is too large.
    """
    checked_pictures(picture=picture)
    x, y = checked_centre(centre_mm)
    scale = checked_number("zoom", zoom, 1.0, 40.0)
    checked_number("px_per_mm", px_per_mm, 1.0, 100.0)
    side = round(checked_number("width_mm", width_mm, 0.5, 100.0) * px_per_mm * scale)
    if side > MAX_SIDE_PX:
        what = "the magnified region"
        raise DisplayError(what, f"would be {side} px wide, more than {MAX_SIDE_PX}")
    height, width = picture.shape[:2]
    middle = (width - 1) / 2.0 + x * px_per_mm, (height - 1) / 2.0 + y * px_per_mm
    if not (0 <= middle[0] < width and 0 <= middle[1] < height):
        what = "centre_mm"
        raise DisplayError(what, f"({x:g}, {y:g}) lies outside the picture")
    step = 1.0 / scale
    into = np.array(
        [
            [step, 0.0, middle[0] - step * (side - 1) / 2.0],
            [0.0, step, middle[1] - step * (side - 1) / 2.0],
        ]
    )
    enlarged = cv2.warpAffine(
        picture,
        into,
        (side, side),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )
    return np.asarray(enlarged, dtype=np.uint8)
