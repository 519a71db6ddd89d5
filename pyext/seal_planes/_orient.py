"""Turn stored planes upright, as the EXIF orientation asks.

The orientation numbers are those of TIFF 6.0 and EXIF 2.3, tag 0x0112.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TURNED = {5, 6, 7, 8}  # rows and columns change places
_FLIP_ROWS = {3, 4, 7, 8}  # after that, the row order is reversed
_FLIP_COLS = {2, 3, 6, 7}

Bytes2D = NDArray[np.uint8]


def is_turned(orientation: int) -> bool:
    """Tell whether width and height (and their resolutions) change places."""
    return orientation in _TURNED


def upright(
    planes: list[Bytes2D], shift_x: int, shift_y: int, orientation: int
) -> tuple[list[Bytes2D], int, int]:
    """Return upright views of `planes` (luma first), and the chroma shifts that go with them.

    A chroma sample covers 2**shift luma pixels counted from the left or top edge. When that edge
    becomes the far one and the luma is not a whole number of samples long, the grid would no longer
    begin at the edge, so the chroma of this (rare) picture is repeated to full resolution along
    that axis instead of being moved by half a sample.
    """
    if is_turned(orientation):
        planes = [plane.T for plane in planes]
        shift_x, shift_y = shift_y, shift_x
    rows, cols = planes[0].shape
    if orientation in _FLIP_ROWS:
        shift_y = _full_if_ragged(planes, 0, rows, shift_y)
        planes = [plane[::-1] for plane in planes]
    if orientation in _FLIP_COLS:
        shift_x = _full_if_ragged(planes, 1, cols, shift_x)
        planes = [plane[:, ::-1] for plane in planes]
    return planes, shift_x, shift_y


def _full_if_ragged(planes: list[Bytes2D], axis: int, length: int, shift: int) -> int:
    """Repeat the chroma along `axis` if its last sample is cut; return the new shift."""
    if length % (1 << shift) == 0:
        return shift
    for index in range(1, len(planes)):
        full = np.repeat(planes[index], 1 << shift, axis=axis)
        planes[index] = full[:length] if axis == 0 else full[:, :length]
    return 0
