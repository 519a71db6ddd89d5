"""The fold test (折角验印): half of one impression against half of the other.

A cut is a straight line through the aligned seal. It runs along (cos α, sin α), x to the right,
y down, so that 0° is level and angles grow clockwise; its normal is (-sin α, cos α), which for 0°
points down. `offset_mm` is its distance from the seal's centre along the normal. `side` says whose
half lies on the side that the normal points to. Source of the idea: Fujitsu, JPS5884369A (1981).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from seal_match_rs._native import (
    Comparison,
    Template,
    fold_compose,
    fold_sentence,
    fold_strokes,
    fold_sweep,
)
from seal_match_rs._words import StrokeStatus

Side: TypeAlias = Literal["reference", "moving"]
"""Whose half lies on the side that the cut's normal points to."""

BROKEN: frozenset[StrokeStatus] = frozenset({"shifted", "missing"})
JUDGED: frozenset[StrokeStatus] = BROKEN | {"continuous"}


@dataclass(frozen=True, slots=True)
class FoldStroke:
    """One stroke that meets a cut.

    Signed values are the half on the normal's side minus the other half, along the cut's direction;
    exchanging the sides changes their sign and nothing else. None: it could not be measured.

    Attributes
    ----------
    position_mm : float
        The stroke's middle along the cut, from the point nearest to the seal's centre.
    width_mm : float
        The reference stroke's width along the cut.
    crossing_deg : float
        Angle between stroke and cut, 0 to 90.
    offset_mm : float or None
        How far it lies off along the cut. A judged stroke's is where its profile fits the other
        impression's best: a shift by d, up to 0.45 mm, reads as d ± 0.02 mm in all but one stroke
        in 500. Any other's is how far the middle between its edges lies off.
    break_mm : float or None
        How far both its edges lie off together across the stroke, ink gain taken away; unsigned.
        It breaks the stroke, and is read at the edges, as a sweep does, not from `offset_mm`.
    width_difference_mm : float or None
        Difference of the two widths along the cut.
    direction_difference_deg : float or None
        Difference of the directions in which it crosses, clockwise, -90 to 90.
    ink_ratio : float or None
        Moving ink : reference ink in its middle.
    status : StrokeStatus
        ``shifted`` and ``missing`` are broken. ``occluded``, ``poor_ink``, ``grazing`` (runs along
        the cut) and ``merged`` (ran together with a neighbour, or worn on one side) are unknown.
        ``extra``: moving ink without a stroke of the reference; it may be other print.
    """

    position_mm: float
    width_mm: float
    crossing_deg: float
    offset_mm: float | None
    break_mm: float | None
    width_difference_mm: float | None
    direction_difference_deg: float | None
    ink_ratio: float | None
    status: StrokeStatus


@dataclass(frozen=True, slots=True)
class FoldReason:
    """What one fold shows, in numbers and in words.

    `shifted` of the `broken` strokes go on elsewhere, `break_mm` away in the median (0 without
    any); the others end at the cut, which a void in a weak press does to a stroke too.
    """

    angle_deg: float
    offset_mm: float
    broken: int
    shifted: int
    judged: int
    break_mm: float

    @property
    def english(self) -> str:
        """Say it: "the fold at 45 degrees breaks 3 of 14 strokes by 0.31 mm"."""
        return fold_sentence(
            self.angle_deg,
            self.offset_mm,
            self.broken,
            self.shifted,
            self.judged,
            self.break_mm,
        )

    @property
    def chinese(self) -> str:
        """Say it in Chinese."""
        # In the engine's precision: -19.05 must not be rounded to another tenth than in English.
        angle_deg, offset_mm = (float(np.float32(v)) for v in (self.angle_deg, self.offset_mm))
        where = f"{angle_deg:.0f}°折线"
        if abs(offset_mm) >= float(np.float32(0.05)):
            where += f"（距中心 {offset_mm:+.1f} 毫米）"
        if self.judged == 0:
            return f"{where}处没有可判断的笔画"
        if self.broken == 0:
            return f"{where}处 {self.judged} 条笔画全部连贯"
        found = []
        if self.shifted:
            found.append(f"{self.shifted} 条错位 {self.break_mm:.2f} 毫米")
        if self.broken > self.shifted:
            found.append(f"{self.broken - self.shifted} 条中断")
        return f"{where}处 {self.judged} 条笔画中 {'，'.join(found)}"


@dataclass(frozen=True, slots=True)
class Fold:
    """One cut and every stroke that meets it, in the order of their positions."""

    angle_deg: float
    offset_mm: float
    side: Side
    strokes: tuple[FoldStroke, ...]

    @property
    def judged(self) -> int:
        """How many strokes could be judged."""
        return sum(stroke.status in JUDGED for stroke in self.strokes)

    @property
    def broken(self) -> int:
        """How many of them do not go on."""
        return sum(stroke.status in BROKEN for stroke in self.strokes)

    @property
    def reason(self) -> FoldReason:
        """The fold in words."""
        found = [s.break_mm for s in self.strokes if s.status == "shifted"]
        breaks = sorted(v for v in found if v is not None)
        # Of two the larger, as in a sweep.
        middle = breaks[len(breaks) // 2] if breaks else 0.0
        return FoldReason(
            self.angle_deg, self.offset_mm, self.broken, len(found), self.judged, middle
        )


@dataclass(frozen=True, slots=True)
class FoldSummary:
    """A sweep in numbers; None where nothing could be judged.

    Attributes
    ----------
    strokes_judged : int
        Strokes judged over all cuts.
    broken_share, shifted_share : float or None
        Of the judged strokes: those that do not go on; those of them that go on elsewhere. The
        others end at the cut, which a void in a weak press does to a stroke too.
    unknown_share : float or None
        Unknown (grazing left out) of judged and unknown.
    extra_share : float or None
        Moving strokes without a counterpart for each judged one.
    median_offset_mm, p90_offset_mm : float or None
        Of |offset| across the stroke, as the edges tell it.
    broken_folds : float or None
        Share of cuts with at least five judged strokes that break one in five or more.
    worst : tuple of FoldReason
        Up to three folds at least 25° apart, worst first; none that breaks nothing.
    """

    strokes_judged: int
    broken_share: float | None
    shifted_share: float | None
    unknown_share: float | None
    extra_share: float | None
    median_offset_mm: float | None
    p90_offset_mm: float | None
    broken_folds: float | None
    worst: tuple[FoldReason, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FoldMap:
    """The fold at every angle and offset.

    Attributes
    ----------
    angles_deg : ndarray
        (A,) float32, from 0 to below 180.
    offsets_mm : ndarray
        (O,) float32, symmetric about 0, across the seal.
    judged, broken, shifted, unknown, extra : ndarray
        (A, O) uint16, strokes of each kind; grazing ones are in none. Broken ones are judged ones,
        shifted ones are broken ones.
    offset_mm : ndarray
        (A, O) float32, mean signed offset along the cut with the moving half on the normal's side,
        as the edges tell it; the other side's is its negative. 0 where nothing was judged.
    break_mm : ndarray
        (A, O) float32, median break of the shifted strokes; 0 without any.
    summary : FoldSummary
    """

    angles_deg: NDArray[np.float32]
    offsets_mm: NDArray[np.float32]
    judged: NDArray[np.uint16]
    broken: NDArray[np.uint16]
    shifted: NDArray[np.uint16]
    unknown: NDArray[np.uint16]
    extra: NDArray[np.uint16]
    offset_mm: NDArray[np.float32]
    break_mm: NDArray[np.float32]
    summary: FoldSummary


def compose_fold(
    reference: NDArray[np.float32],
    moving: NDArray[np.float32],
    *,
    angle_deg: float,
    offset_mm: float = 0.0,
    side: Side = "reference",
    px_per_mm: float = Template.PX_PER_MM,
) -> NDArray[np.float32]:
    """Compose half of one impression with half of the other.

    Parameters
    ----------
    reference, moving : ndarray
        (H, W) float32 on one grid with the seal's centre in its middle, such as those of
        `Difference`. Values may mean anything: composing ones with zeros gives the mask of a half.
    angle_deg : float
        0 to 180.
    offset_mm : float
        Within ±60.
    side : {"reference", "moving"}
        Whose half lies on the side that the cut's normal points to.
    px_per_mm : float
        Samples per millimetre of the grid, 1 to 100.

    Returns
    -------
    ndarray
        (H, W) float32. A sample on the cut holds both by the share of it on either side.

    Raises
    ------
    FoldError
        A number is NaN or out of range, or the arrays differ in shape or are empty.
    """
    return fold_compose(
        reference, moving, angle_deg=angle_deg, offset_mm=offset_mm, side=side, px_per_mm=px_per_mm
    )


def fold(
    template: Template,
    comparison: Comparison,
    *,
    angle_deg: float,
    offset_mm: float = 0.0,
    side: Side = "reference",
) -> Fold:
    """Measure every stroke that crosses a cut.

    Parameters
    ----------
    template, comparison
        The reference, and what `examine` found with it.
    angle_deg, offset_mm, side
        As for `compose_fold`.

    Returns
    -------
    Fold
        Without strokes where the cut meets none: that says nothing about the seal.

    Raises
    ------
    FoldError
        A number is NaN or out of range, or the comparison was made with another template.
    AlignmentUntrustedError
        The comparison's alignment is only a guess.
    """
    found = fold_strokes(template, comparison, angle_deg=angle_deg, offset_mm=offset_mm, side=side)
    strokes = tuple(FoldStroke(*values) for values in found)
    return Fold(float(angle_deg), float(offset_mm), side, strokes)


def sweep_folds(
    template: Template, comparison: Comparison, *, angles: int = 180, offsets: int = 21
) -> FoldMap:
    """Fold at `angles` angles and at `offsets` offsets across the seal.

    Both sides are measured at once: exchanging them mirrors the map.

    Raises
    ------
    FoldError
        A count is 0 or above 720, or the comparison was made with another template.
    AlignmentUntrustedError
        The comparison's alignment is only a guess.
    """
    found = fold_sweep(template, comparison, angles=angles, offsets=offsets)
    worst = tuple(FoldReason(*values) for values in found["worst"])
    return FoldMap(**found["cells"], summary=FoldSummary(**found["numbers"], worst=worst))
