"""Both impressions in one picture: side by side, in two colours, one through the other."""

from __future__ import annotations

import numpy as np

from seal_service.displays.checks import (
    Map,
    Picture,
    checked_maps,
    checked_number,
    checked_pictures,
)
from seal_service.displays.inks import MOVING_INK, REFERENCE_INK, Colour, printed

GAP_PX = 12
GAP: Colour = (205, 208, 214)


def side_by_side(reference: Picture, moving: Picture) -> Picture:
    """Show the reference on the left and the moving impression on the right.

    Parameters
    ----------
    reference, moving : ndarray
        (H, W, 3) uint8, RGB, of one shape.

    Returns
    -------
    ndarray
        (H, 2 W + 12, 3) uint8.

    Raises
    ------
    DisplayError
    """
    checked_pictures(reference=reference, moving=moving)
    gap = np.full((reference.shape[0], GAP_PX, 3), GAP, np.uint8)
    return np.concatenate([reference, gap, moving], axis=1)


def overlay(
    reference: Map,
    moving: Map,
    *,
    reference_colour: Colour = REFERENCE_INK,
    moving_colour: Colour = MOVING_INK,
) -> Picture:
    """Lay both inks over each other in two colours; where they agree it is dark.

    Parameters
    ----------
    reference, moving : ndarray
        (H, W) float, ink; NaN is no ink.

    Returns
    -------
    ndarray
        (H, W, 3) uint8, RGB.

    Raises
    ------
    DisplayError
    """
    checked_maps(reference=reference, moving=moving)
    return printed([(reference, reference_colour), (moving, moving_colour)])


def transparent(reference: Picture, moving: Picture, *, level: float = 0.5) -> Picture:
    """Show one impression through the other.

    Parameters
    ----------
    reference, moving : ndarray
        (H, W, 3) uint8, RGB, of one shape.
    level : float
        0 shows the reference alone, 1 the moving impression alone.

    Raises
    ------
    DisplayError
    """
    checked_pictures(reference=reference, moving=moving)
    share = checked_number("level", level, 0.0, 1.0)
    mixed = reference + share * (moving.astype(np.float32) - reference)
    return np.asarray(np.rint(mixed), dtype=np.uint8)
