"""Displays by which a person judges two impressions: functions from arrays to arrays.

Pictures are (H, W, 3) uint8, RGB; maps are (H, W) float, 1 = a full stroke. All of one pair share
one grid with the seal's centre in the middle, as `SealPair` delivers them. Nothing here keeps state
or touches a file.
"""

from seal_service.displays.blinking import AnimationFormat, animation, blink
from seal_service.displays.checks import Map, Picture
from seal_service.displays.differences import (
    ARROW_MAGNIFICATION,
    LIMITS_MM,
    arrows,
    heat_map,
    one_a_cell,
)
from seal_service.displays.errors import DisplayError
from seal_service.displays.folding import fold, marked
from seal_service.displays.inks import enlarged
from seal_service.displays.magnifying import magnified
from seal_service.displays.ruling import ruled
from seal_service.displays.together import overlay, side_by_side, transparent

__all__ = [
    "ARROW_MAGNIFICATION",
    "LIMITS_MM",
    "AnimationFormat",
    "DisplayError",
    "Map",
    "Picture",
    "animation",
    "arrows",
    "blink",
    "enlarged",
    "fold",
    "heat_map",
    "magnified",
    "marked",
    "one_a_cell",
    "overlay",
    "ruled",
    "side_by_side",
    "transparent",
]
