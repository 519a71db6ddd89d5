"""One card or one voucher: paper, seals, print and pens, then a device, with the exact truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from . import marks, names, typefaces
from .capture import (
    F64,
    Device,
    encode_bilevel,
    encode_jpeg,
    expose,
    lay,
    random_device,
    similarity,
    warp_page,
)
from .dies import Die
from .fields import U8
from .paper import card as blank_card
from .paste import Cutting, PasteJob, cut_out, paste
from .press import Impression


@dataclass(frozen=True, eq=False)
class Shot:
    """A file's bytes, its suffix, and where the seal is.

    place: 3x3, mm about the seal's centre (at the die's own size) to px of the file. rot_deg,
    scale: clockwise turn and size relative to nominal, before perspective.
    """

    data: bytes
    suffix: str
    place: F64
    rot_deg: float
    scale: float
    camera: bool

    @property
    def centre_px(self) -> tuple[float, float]:
        """The seal's centre (x, y) in the file."""
        return (
            float(self.place[0, 2] / self.place[2, 2]),
            float(self.place[1, 2] / self.place[2, 2]),
        )


def make_card(
    rng: np.random.Generator, impression: Impression, die: Die, *, dpi: int,
    size_mm: tuple[float, float], grey: bool,
) -> Shot:  # fmt: skip
    """Return a scanned seal card that bears one impression near its middle."""
    page = blank_card(rng, dpi, size_mm)
    slack = np.array([(size_mm[0] - die.w_mm) / 2 - 6, (size_mm[1] - die.h_mm) / 2 - 6])
    at = (np.array(size_mm) / 2 + rng.uniform(-1, 1, 2) * np.clip(slack, 0, 8)) * dpi / 25.4
    turn = float(np.clip(rng.normal(0, 1.2), -4, 4))
    device = random_device(rng, (page.shape[0], page.shape[1]), camera=False, card=True)
    page = warp_page(page, device, rng)
    put = similarity(at[0], at[1], scale=dpi / 25.4 * impression.scale, rot_deg=turn)
    place = device.warp @ put
    lay(page, impression, place)
    return _finish(page, device, place, rng, dpi=dpi, capture="grey" if grey else "colour")


def make_voucher(
    rng: np.random.Generator, form: U8, impression: Impression, die: Die, *, dpi: int, level: str,
    foreign: list[tuple[Impression, Die]], capture: str, camera: bool,
) -> Shot:  # fmt: skip
    """Return a captured voucher.

    Args:
        rng: the voucher's own stream.
        form: the printed form, uint8 (rows, cols, 3), at `dpi`; it is copied.
        impression: the seal in question; it lies wholly on the voucher.
        die: its die, for the size.
        dpi: 200 or 300.
        level: good keeps pens and nearly all print off the seal; hard writes across it.
        foreign: impressions of other seals, laid beside or slightly over the seal.
        capture: colour, grey or bilevel.
        camera: a document camera instead of a scanner.
    """
    blank = _filled_in(rng, form, die, dpi=dpi, size=impression.scale, level=level, camera=camera)
    device, place = blank.device, blank.device.warp @ blank.put
    overlap_mm = {"good": 3.0, "typical": 7.0, "hard": 9.0}[level]
    for other, other_die in foreign:
        lay(blank.page, other, device.warp @ _beside(rng, other, other_die, blank, overlap_mm))
    lay(blank.page, impression, place)
    return _finish(blank.page, device, place, rng, dpi=dpi, capture=capture)


def make_replay(
    rng: np.random.Generator, form: U8, source: Shot, die: Die, *, dpi: int, level: str,
    job: PasteJob, capture: str,
) -> Shot:  # fmt: skip
    """Return a scanned voucher into which the seal of an earlier one's scan was pasted.

    The place in the result is that of the impression as it lay in `source`, bent as it was there.

    Args:
        rng, form, die, dpi, level, capture: as for `make_voucher`.
        source: the earlier voucher, in colour or grey.
        job: how the forger works.
    """
    scan = np.asarray(cv2.imdecode(np.frombuffer(source.data, np.uint8), cv2.IMREAD_COLOR))
    cutting: Cutting = cut_out(scan, source.place, die, trim=job.trim)
    blank = _filled_in(rng, form, die, dpi=dpi, size=job.size, level=level, camera=False)
    seen = expose(blank.page, blank.device, rng)
    paste(seen, cutting, job, rng, place=blank.put)
    for _ in range(job.passes):
        data = encode_jpeg(seen, dpi=dpi, quality=job.pass_quality)
        seen = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))
    return _encoded(seen, blank.device, blank.put, rng, dpi=dpi, capture=capture)


@dataclass(frozen=True, eq=False)
class _Blank:
    """A voucher filled in and warped by its device, without its seal.

    put: 3x3, mm about the seal's centre to px before the device. at, half: its centre and half its
    (width, height) there, px.
    """

    page: U8
    device: Device
    put: F64
    at: F64
    half: F64
    ppm: float


def _filled_in(
    rng: np.random.Generator, form: U8, die: Die, *, dpi: int, size: float, level: str, camera: bool
) -> _Blank:
    page = form.copy()
    ppm = dpi / 25.4
    rows, cols = page.shape[:2]
    quarter_turned = rng.random() < 0.25
    turn = float(rng.uniform(-180, 180) if quarter_turned else np.clip(rng.normal(0, 6.5), -15, 15))
    half = _half_extent(die, turn) * ppm
    edge = half + 2.2 * ppm + 0.012 * rows
    high = np.maximum(np.array([cols, rows]) - edge, edge + 1)
    at = rng.uniform(edge, high)
    _fill_in(page, rng, at, half, ppm=ppm, level=level)
    put = similarity(at[0], at[1], scale=ppm * size, rot_deg=turn)
    device = random_device(rng, (rows, cols), camera=camera)
    return _Blank(warp_page(page, device, rng), device, put, at, half, ppm)


def _half_extent(die: Die, turn_deg: float) -> F64:
    """Return half the (width, height) in mm of the turned seal's bounding box."""
    c, s = abs(math.cos(math.radians(turn_deg))), abs(math.sin(math.radians(turn_deg)))
    if abs(die.w_mm - die.h_mm) < 0.1 and die.w_mm >= 32:
        return np.array([die.w_mm, die.h_mm]) / 2
    return np.array([c * die.w_mm + s * die.h_mm, s * die.w_mm + c * die.h_mm]) / 2


def _beside(
    rng: np.random.Generator, other: Impression, other_die: Die, blank: _Blank, over_mm: float
) -> F64:
    """Return the place of a foreign seal: beside ours, or upon it by at most `over_mm`."""
    turn = float(rng.normal(0, 12) if rng.random() < 0.8 else rng.uniform(-180, 180))
    ppm = blank.ppm
    reach = blank.half + _half_extent(other_die, turn) * ppm
    angle = rng.uniform(0, 2 * math.pi)
    way = np.array([math.cos(angle), math.sin(angle)])
    apart = 1 / max(abs(way[0]) / reach[0], abs(way[1]) / reach[1])
    distance = apart + rng.uniform(-over_mm, 9.0) * ppm
    spot = blank.at + way * distance
    return similarity(spot[0], spot[1], scale=ppm * other.scale, rot_deg=turn)


def _fill_in(
    page: U8, rng: np.random.Generator, at: F64, half: F64, *, ppm: float, level: str
) -> None:
    """Type and write on the form; across the seal as the level says."""
    rows, cols = page.shape[:2]
    faces = list(typefaces.faces())
    over = {
        "good": int(rng.random() < 0.4),
        "typical": int(rng.choice([0, 1, 1, 2])),
        "hard": int(rng.integers(2, 5)),
    }
    jobs = [False] * int(rng.integers(3, 9)) + [True] * over[level]
    for across in jobs:
        size = rng.uniform(2.8, 5.0) * ppm
        if across:
            spot = at + rng.uniform(-1, 0.6, 2) * half * np.array([1.2, 0.9])
        else:
            spot = rng.uniform(0.02, 0.85, 2) * np.array([cols, rows])
            if level == "good" and abs(spot[1] - at[1]) < half[1] + 1.3 * size:
                continue
        words = marks.typed_value(rng)
        pen = rng.random() < 0.4
        if pen:
            colour = names.pick(rng, marks.PENS)
            marks.handwriting(
                page, words[:12], spot[0], spot[1], rng, size_px=size * 1.2, colour=colour
            )
        else:
            shade = marks.BLACK if rng.random() < 0.8 else (120, 50, 40)
            face = names.pick(rng, faces)
            marks.text(page, words, face, spot[0], spot[1], size_px=size, colour=shade)
    chance = {"good": 0.0, "typical": 0.35, "hard": 0.7}[level]
    if rng.random() < 0.4:
        spot = rng.uniform(0.1, 0.9, 2) * np.array([cols, rows])
        if level != "good" or np.any(np.abs(spot - at) > half + 22 * ppm):
            colour = names.pick(rng, marks.PENS)
            marks.signature(page, spot[0], spot[1], rng, size_px=14 * ppm, colour=colour)
    if rng.random() < chance:
        spot = at + rng.uniform(-0.8, 0.8, 2) * half
        colour = names.pick(rng, marks.PENS)
        size = rng.uniform(10, 20) * ppm
        marks.signature(page, spot[0], spot[1], rng, size_px=size, colour=colour)


def _finish(
    page: U8, device: Device, place: F64, rng: np.random.Generator, *, dpi: int, capture: str
) -> Shot:
    """Expose and encode a page."""
    seen = expose(page, device, rng)
    return _encoded(seen, device, place, rng, dpi=dpi, capture=capture)


def _encoded(
    seen: U8, device: Device, place: F64, rng: np.random.Generator, *, dpi: int, capture: str
) -> Shot:
    """Encode what a device saw."""
    if capture == "bilevel":
        data, suffix = encode_bilevel(seen, dpi=dpi, rng=rng), ".tif"
    else:
        if capture == "grey":
            seen = _to_grey(seen)
        data, suffix = encode_jpeg(seen, dpi=dpi, quality=device.quality), ".jpg"
    linear = place[:2, :2]
    turn = math.degrees(math.atan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1]))
    scale = math.sqrt(abs(float(np.linalg.det(linear)))) / (dpi / 25.4)
    return Shot(data, suffix, place / place[2, 2], turn, scale, device.camera)


def _to_grey(page: U8) -> U8:
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)
