"""What an impression is besides like the reserved seal: a copy of an earlier one, or a print.

Each finding is a measured number and how often a genuine stamping reaches it; the table between the
two is data (`profiles/findings.toml`), fitted on simulated stampings. A finding never makes a seal
genuine: one that is found turns a PASS into a REFER.
"""

from __future__ import annotations

import bisect
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from seal_match_rs import (
    Comparison,
    Imprint,
    Scan,
    SealMatchError,
    Template,
    Verdict,
    measure_grain,
    take_imprint,
)
from seal_service.adapters.matching.errors import refusal_of

REPLAYED = "REPLAYED"
PRINTED = "PRINTED"
REPLAY_LIMIT = 0.001
"""Most second stampings that may be taken for copies, however many earlier ones are compared."""
FINE_DPI = 450.0
"""From here a scan keeps the dots of most printers; below, down to 250 dpi, those of some."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From a measured number to the share of genuine stampings that reach it.

    `points` are (number, share), numbers rising and shares falling; between them the logarithm of
    the share is linear, beyond the last it stays. At or above `found` the finding is made.
    `fitted_on` is how many genuine ones the points come from: small shares are extrapolated.
    """

    found: float
    points: tuple[tuple[float, float], ...]
    fitted_on: int

    def stated(self, rate: float) -> float:
        """Return a share that may be told: not below what so many can show.

        None in n bounds the share by 3/n (95 % confidence).
        """
        return min(1.0, max(rate, 3.0 / self.fitted_on))

    def false_alarm_rate(self, value: float) -> float:
        """Return the share of genuine stampings at or above `value`."""
        numbers = [number for number, _ in self.points]
        i = min(max(bisect.bisect_right(numbers, value), 1), len(numbers) - 1)
        (x0, p0), (x1, p1) = self.points[i - 1], self.points[i]
        part = min(max((value - x0) / (x1 - x0), 0.0), 1.0)
        return math.exp(math.log(p0) + part * (math.log(p1) - math.log(p0)))


@dataclass(frozen=True, slots=True)
class Findings:
    """The packaged scales: of replays, and of prints with the weights of the grain's numbers.

    `prints` holds for scans from 250 dpi, and from `FINE_DPI`, the scale, the constant and the
    weights of a linear discriminant.
    """

    replay: Scale
    prints: tuple[tuple[Scale, float, Mapping[str, float]], ...]


@cache
def findings() -> Findings:
    """Return the packaged scales."""
    text = files("seal_service").joinpath("profiles/findings.toml").read_text("utf-8")
    table = tomllib.loads(text)
    prints = [table["print"][name] for name in ("middle", "fine")]
    return Findings(
        _scale(table["replay"]),
        tuple((_scale(one), float(one["constant"]), one["weights"]) for one in prints),
    )


def _scale(table: Mapping[str, Any]) -> Scale:
    points = tuple((float(value), float(share)) for value, share in table["false_alarms"])
    return Scale(float(table["found"]), points, int(table["fitted_on"]))


@dataclass(frozen=True, slots=True)
class Earlier:
    """An impression that was accepted before, by a name that the caller knows."""

    name: str
    imprint: Imprint


@dataclass(frozen=True, slots=True)
class Replay:
    """How like the likest earlier impression the questioned one is.

    Attributes
    ----------
    found : bool or None
        Whether it is too like to be a second stamping, all earlier impressions that could be
        compared taken together; None: it cannot be told.
    compared : int
        How many earlier impressions there were.
    likeness : float or None
        See `seal_match_rs.Likeness.value`.
    false_alarm_rate : float or None
        Share of genuine second stampings that are at least so like one earlier impression, times
        the number of them that could be compared, at most 1; never below what the fit can show.
    earlier : str or None
        Name of the likest one.
    """

    found: bool | None
    compared: int
    likeness: float | None = None
    false_alarm_rate: float | None = None
    earlier: str | None = None

    def to_json(self) -> dict[str, str | float | bool | None]:
        """Return the fields of the command line's JSON."""
        rate = self.false_alarm_rate
        return {
            "found": self.found,
            "compared": self.compared,
            "likeness": None if self.likeness is None else round(self.likeness, 4),
            "false_alarm_rate": None if rate is None else float(f"{rate:.2g}"),
            "earlier": self.earlier,
        }


def seek_replay(imprint: Imprint | None, earlier: Sequence[Earlier]) -> Replay:
    """Compare an impression with earlier ones of the same template.

    Parameters
    ----------
    imprint : Imprint or None
        Of the questioned impression; None where its alignment cannot be trusted.
    earlier : sequence of Earlier
        Impressions that were accepted before.

    Raises
    ------
    ImageRefusedError
        With code ``BAD_IMPRINT``: an earlier imprint is of another template.
    """
    best: tuple[float, str] | None = None
    comparable = 0
    for one in earlier if imprint is not None else ():
        try:
            found = one.imprint.likeness_to(imprint) if imprint is not None else None
        except SealMatchError as error:
            raise refusal_of(error, f"earlier impression {one.name}") from error
        if found is not None:
            comparable += 1
            best = (found.value, one.name) if best is None else max(best, (found.value, one.name))
    if best is None:
        return Replay(None, len(earlier))
    likeness, name = best
    scale = findings().replay
    # One of many earlier impressions is like by chance more easily than one alone.
    rate = comparable * scale.false_alarm_rate(likeness)
    copied = likeness >= scale.found and rate <= REPLAY_LIMIT
    return Replay(copied, len(earlier), likeness, scale.stated(rate), name)


def imprint_of(template: Template, comparison: Comparison | None) -> Imprint | None:
    """Take an imprint; None where nothing is aligned that can be trusted."""
    if comparison is None or not comparison.trusted:
        return None
    return take_imprint(template, comparison)


@dataclass(frozen=True, slots=True)
class Print:
    """Whether the impression was printed.

    Attributes
    ----------
    found : True or None
        None: it cannot be told. Too many prints leave no grain that a scan keeps (docs/findings.md)
        for its absence to clear an impression.
    grain : float or None
        Natural log odds of a print against a stamping, on simulated ones; None below 250 dpi,
        without colour, or where too little ink is seen.
    false_alarm_rate : float or None
        Share of genuine stampings whose grain is at least so; never below what the fit can show.
    """

    found: bool | None
    grain: float | None = None
    false_alarm_rate: float | None = None

    def to_json(self) -> dict[str, str | float | bool | None]:
        """Return the fields of the command line's JSON."""
        rate = self.false_alarm_rate
        return {
            "found": self.found,
            "grain": None if self.grain is None else round(self.grain, 4),
            "false_alarm_rate": None if rate is None else float(f"{rate:.2g}"),
        }


def seek_print(template: Template, comparison: Comparison | None, scan: Scan) -> Print:
    """Tell a print from a stamping by the grain of its ink."""
    channels = None if comparison is None else measure_grain(template, comparison, scan)
    if channels is None:
        return Print(None)
    scale, constant, weights = findings().prints[scan.dpi >= FINE_DPI]
    grain = constant + math.fsum(weights[name] * value for name, value in channels.items())
    found = True if grain >= scale.found else None
    return Print(found, grain, scale.stated(scale.false_alarm_rate(grain)))


def with_findings(
    verdict: Verdict,
    reasons: tuple[str, ...],
    *,
    replay: Replay | None = None,
    printed: Print | None = None,
) -> tuple[Verdict, tuple[str, ...]]:
    """Return the verdict and its reasons after what was found: a finding leaves no PASS."""
    made = ((replay, REPLAYED), (printed, PRINTED))
    codes = tuple(code for finding, code in made if finding is not None and finding.found)
    return ("REFER" if codes and verdict == "PASS" else verdict), (*codes, *reasons)
