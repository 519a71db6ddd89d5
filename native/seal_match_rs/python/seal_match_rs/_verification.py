"""From a template and a moving scan to an alignment, its differences, and a decision."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from seal_match_rs._native import Comparison, Decision, Profile, Scan, Template, examine
from seal_match_rs._words import Box, ScanKind


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the reference seal lies in a moving scan.

    Attributes
    ----------
    rotation_deg : float
        How far the moving seal is turned clockwise from the reference, in (-180, 180].
    centre_px : tuple of float
        (x, y) of the seal's centre in the moving scan.
    scale : float
        Size of the moving seal relative to the reference, after both resolutions; 1 is equal.
    size_error_mm : float
        By how much the moving seal's longer side exceeds the reference's, in millimetres.
    outline_px : tuple of (x, y)
        The reference's convex hull in the moving scan, smooth deformation included.
    trusted : bool
        Whether enough edges agree to base a judgement on.
    """

    rotation_deg: float
    centre_px: tuple[float, float]
    scale: float
    size_error_mm: float
    outline_px: tuple[tuple[float, float], ...]
    trusted: bool


@dataclass(frozen=True, slots=True)
class LocalShift:
    """How far one region's strokes lie from where a genuine press could have put them.

    All in millimetres, on the reference: `x_mm`, `y_mm` from the seal's centre; `dx_mm`, `dy_mm`
    towards the moving seal, beyond the smooth deformation. `trust` grows with the edges measured.
    """

    x_mm: float
    y_mm: float
    dx_mm: float
    dy_mm: float
    trust: float


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Pixel maps of one comparison, all of one shape (H, W), float32, on the reference's grid.

    The grid has `Template.PX_PER_MM` samples per millimetre and the seal's centre in its middle.

    Attributes
    ----------
    reference, moving : ndarray
        Ink; 1 is a full stroke.
    covered : ndarray
        1 where black print covers the moving seal or its scan ends: unknown, not missing.
    extra, missing : ndarray
        0 to 1: ink that the die does not explain; strokes of the die without ink.
    shifts : tuple of LocalShift
        Regions of the seal.
    """

    reference: NDArray[np.float32]
    moving: NDArray[np.float32]
    covered: NDArray[np.float32]
    extra: NDArray[np.float32]
    missing: NDArray[np.float32]
    shifts: tuple[LocalShift, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found: `alignment` is None, and `evidence` empty, when nothing aligned."""

    decision: Decision
    alignment: Alignment | None
    evidence: dict[str, float] = field(default_factory=dict)


def describe_alignment(template: Template, comparison: Comparison) -> Alignment:
    """Return the pose of a comparison that was made with `template`."""
    x_px, y_px = comparison.centre_px
    outline = comparison.map_points(template.hull_mm())
    return Alignment(
        rotation_deg=comparison.rotation_deg,
        centre_px=(x_px, y_px),
        scale=comparison.scale,
        size_error_mm=(comparison.scale - 1.0) * template.size_mm[0],
        outline_px=tuple((x, y) for x, y in outline),
        trusted=comparison.trusted,
    )


def describe_difference(template: Template, comparison: Comparison) -> Difference:
    """Return the maps of a comparison that was made with `template`."""
    return Difference(
        reference=template.ink(),
        moving=comparison.aligned(),
        covered=comparison.covered(),
        extra=comparison.extra(),
        missing=comparison.missing(),
        shifts=tuple(LocalShift(*shift) for shift in comparison.shifts()),
    )


def align(template: Template, scan: Scan, *, search_box: Box | None = None) -> Alignment | None:
    """Find the template's seal in a scan, over the full circle.

    Parameters
    ----------
    template : Template
        The reference.
    scan : Scan
        The moving scan; a whole voucher.
    search_box : Box, optional
        Region of the scan that holds the seal; ink outside it is not looked at.

    Returns
    -------
    Alignment or None
        None when nothing in the scan can be aligned. An alignment that is not `trusted` is a guess.
    """
    found = examine(template, scan, search_box=search_box)
    return None if found is None else describe_alignment(template, found)


def compare(template: Template, scan: Scan, *, search_box: Box | None = None) -> Difference | None:
    """Align and return what differs; None when nothing can be aligned. Arguments as for `align`."""
    found = examine(template, scan, search_box=search_box)
    return None if found is None else describe_difference(template, found)


def verify(
    template: Template,
    scan: Scan,
    *,
    profile: Profile,
    kind: ScanKind,
    search_box: Box | None = None,
) -> Verification:
    """Align, compare and decide.

    Parameters
    ----------
    template, scan, search_box
        As for `align`.
    profile : Profile
        Weights and thresholds.
    kind : {"colour", "grey", "bilevel"}
        What the moving scan can tell about ink; the profile is calibrated for each kind apart.

    Returns
    -------
    Verification
        `decision.score` is a log10 likelihood ratio: higher is more genuine.
    """
    found = examine(template, scan, search_box=search_box)
    decision = profile.decide(found, kind=kind)
    if found is None:
        return Verification(decision, None)
    return Verification(decision, describe_alignment(template, found), found.evidence())
