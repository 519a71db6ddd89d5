"""The grain of an impression's ink: what tells a print from a stamping."""

from __future__ import annotations

from seal_match_rs._native import GRAIN_CHANNELS, Comparison, Scan, Template, grain_channels


def measure_grain(
    template: Template, comparison: Comparison, scan: Scan
) -> dict[str, float] | None:
    """Measure the ink inside the strokes of an examined impression.

    Parameters
    ----------
    template, comparison
        The reference, and what `examine` found with it in `scan`.
    scan : Scan
        The moving scan.

    Returns
    -------
    dict of float or None
        By the names of `GRAIN_CHANNELS`; higher is more like a print. ``fine``, ``middle``,
        ``chroma_fine``, ``chroma_middle``: natural log of the variance at fine scales over that at
        0.13 to 0.22 mm, of darkness and of colour; ``many_inks``: natural log of the share of the
        colour's variance that darkness does not explain; ``screen``: natural log of the highest
        peak of the spectrum over the median of its ring. Weighed for each resolution apart.
        None: nothing can be told (below 250 dpi, no colour, an untrusted alignment, little ink, or
        ink of one flat colour).
    """
    channels = grain_channels(template, comparison, scan)
    if channels is None:
        return None
    return {name: float(v) for name, v in zip(GRAIN_CHANNELS, channels, strict=True)}
