"""Dots per inch: what a caller may say, and what a file may say."""

from __future__ import annotations

import math

from seal_planes.errors import BadDpiError

MIN_DPI = 10.0
MAX_DPI = 10_000.0

DpiPair = tuple[float | None, float | None]


def checked_dpi(dpi: float) -> float:
    """Return the caller's `dpi`, or raise `BadDpiError`: a caller who is wrong must hear of it."""
    value = float(dpi)
    if not MIN_DPI <= value <= MAX_DPI:  # also catches NaN
        raise BadDpiError(dpi, MIN_DPI, MAX_DPI)
    return value


def plausible_dpi(x: object, y: object) -> DpiPair:
    """Return a file's own claim, or ``(None, None)`` where no scanner can have made it.

    Metadata is hearsay: nonsense in it (0, 1, NaN) means that the resolution is unknown, not that
    the picture is bad.
    """
    values = []
    for claim in (x, y):
        try:
            value = float(claim)  # type: ignore[arg-type]  # IFDRational, int, float or rubbish
        except (TypeError, ValueError, ZeroDivisionError, OverflowError):
            return None, None
        if not (math.isfinite(value) and MIN_DPI <= value <= MAX_DPI):
            return None, None
        values.append(value)
    return values[0], values[1]
