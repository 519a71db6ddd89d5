"""A whole data set: cards, vouchers, a manifest for `sealmatch verify-batch` and the truth."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any, Literal

import cv2
import numpy as np

from .design import SealDesign
from .dies import DIE_PPM, Die, difference, drawing, engrave, random_engraving
from .fields import U8
from .forge import CATEGORIES, forged_layout, rescan
from .halftone import printed
from .inks import Ink, random_ink, refreshed
from .layout import lay_out
from .orders import random_design
from .paper import CARD_SIZES_MM, VOUCHER_SIZES_MM, form
from .paste import random_job
from .press import PRESS_PPM, Impression, press, random_stroke
from .reserved import reserved_impression
from .seeds import Role, stream
from .voucher import Shot, make_card, make_replay, make_voucher

Plan = Mapping[tuple[str, str], int]
"""How many vouchers of each (category, level) every die gets."""
Capture = Literal["colour", "grey", "bilevel", "mixed"]
DPI = (200, 300)
"""Resolutions of vouchers, unless one is asked for."""

LEVELS = ("good", "typical", "hard")
DEFAULT_PLAN: Plan = {
    ("genuine", "good"): 1,
    ("genuine", "typical"): 2,
    ("genuine", "hard"): 1,
    ("rescan", "good"): 1,
    ("recut", "good"): 1,
    ("recut", "typical"): 1,
    ("refont", "typical"): 1,
    ("sibling", "good"): 1,
    ("random", "typical"): 1,
}
DIFFERENCE_PPM = 8.0
_FORMS = 3
_FOREIGN = 2


@dataclass(frozen=True)
class Summary:
    """What a run made and how fast: seconds of wall clock a voucher, times the processes."""

    dies: int
    vouchers: int
    seconds: float
    core_seconds_per_voucher: float


def expand(per_die: int | Plan | None) -> list[tuple[str, str]]:
    """Return the (category, level) of every voucher of a die, in order.

    Args:
        per_die: a plan; or a number, which takes that many from the default plan's ten, over and
            over; or None for the default plan.

    Raises
    ------
        ValueError: an unknown category or level, a negative count, or a replay before there is a
            genuine voucher to copy.
    """
    plan = DEFAULT_PLAN if per_die is None or isinstance(per_die, int) else per_die
    out: list[tuple[str, str]] = []
    for (category, level), count in plan.items():
        if category not in CATEGORIES or level not in LEVELS or count < 0:
            message = (
                f"plan entry ({category!r}, {level!r}): {count} is not one of {CATEGORIES} x "
                f"{LEVELS} with a count of 0 or more"
            )
            raise ValueError(message)
        out += [(category, level)] * count
    if isinstance(per_die, int):
        if per_die < 0:
            message = f"per_die is {per_die}; it must be 0 or more"
            raise ValueError(message)
        out = [out[i % len(out)] for i in range(per_die)]
    categories = [category for category, _ in out]
    if "replay" in categories and "genuine" not in categories[: categories.index("replay")]:
        message = "a replay needs a genuine voucher before it in the plan"
        raise ValueError(message)
    return out


@dataclass(frozen=True, eq=False)
class _Case:
    """One genuine die and its habits."""

    seed: int
    index: int
    design: SealDesign
    die: Die
    ink: Ink


@dataclass(frozen=True)
class _Request:
    """One voucher to make: its number within the die, and what is asked for."""

    number: int
    category: str
    level: str
    dpi: int
    capture: str


def simulate(
    out: Path,
    *,
    seed: int,
    dies: int,
    per_die: int | Plan | None = None,
    jobs: int = 1,
    capture: Capture = "colour",
    dpi: int | None = None,
    first_die: int = 0,
    style: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Write a data set: `cards/`, `vouchers/`, `differences/`, `manifest.jsonl`, `truth.jsonl`.

    `differences/` shows for every impression of another die where the two drawings differ, not
    where two engravers' hands do: grey PNG of the die's own frame (see `dies.difference`) at
    `DIFFERENCE_PPM`. A rescan has no drawing: there it is where the two reliefs differ.

    The same seed gives the same bytes whatever `jobs` is, and die i is the same die whatever
    `dies` and `first_die` are, so that ranges of dies split a set (training, test) cleanly.

    Args:
        out: a folder; made if missing, files in it are overwritten. The two lists are there once
            all is.
        seed: 0 or more.
        dies: number of dies.
        per_die: see `expand`.
        jobs: processes.
        capture: of the vouchers; `mixed` draws colour 60 %, grey 25 %, bilevel 15 %. Cards are
            colour, or grey for a third of the cards of a grey or bilevel set.
        dpi: of the vouchers; None draws 200 or 300 for each.
        first_die: index of the first die.
        style: of all dies, see `random_design`; None draws each.
        progress: called with (dies done, dies).

    Returns
    -------
        Counts and speed.

    Raises
    ------
        ValueError: a wrong plan or count.
        FontsMissingError: fewer than five CJK typefaces.
    """
    if capture not in ("colour", "grey", "bilevel", "mixed"):
        message = f"capture {capture!r} is not colour, grey, bilevel or mixed"
        raise ValueError(message)
    entries = expand(per_die)
    for folder in ("cards", "vouchers", "differences"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    work = partial(
        make_die, out=out, seed=seed, entries=entries, capture=capture, wanted_dpi=dpi, style=style
    )
    rows: Iterator[list[dict[str, Any]]]
    indices = range(first_die, first_die + dies)
    with _whole(out / "truth.jsonl") as truth, _whole(out / "manifest.jsonl") as manifest:
        if jobs > 1:
            with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
                rows = pool.map(work, indices)
                _write(rows, manifest.write, truth.write, dies, progress)
        else:
            _write(map(work, indices), manifest.write, truth.write, dies, progress)
    seconds = time.perf_counter() - start
    count = dies * len(entries)
    return Summary(dies, count, seconds, seconds * max(1, jobs) / max(1, count))


@contextmanager
def _whole(path: Path) -> Iterator[IO[str]]:
    """Write a list that is there once it is whole: an unfinished set has none."""
    path.unlink(missing_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        yield file
    part.rename(path)


def _write(
    rows: Iterator[list[dict[str, Any]]],
    manifest: Callable[[str], object],
    truth: Callable[[str], object],
    dies: int,
    progress: Callable[[int, int], None] | None,
) -> None:
    for done, group in enumerate(rows, 1):
        for row in group:
            short = {k: row[k] for k in ("id", "card", "voucher", "card_dpi")}
            manifest(json.dumps({**short, "voucher_dpi": row["dpi"]}) + "\n")
            truth(json.dumps(row, ensure_ascii=False) + "\n")
        if progress:
            progress(done, dies)


def make_die(
    index: int,
    *,
    out: Path,
    seed: int,
    entries: list[tuple[str, str]],
    capture: str,
    style: str | None,
    wanted_dpi: int | None,
) -> list[dict[str, Any]]:
    """Make one die's card and vouchers; return its rows of truth."""
    cv2.setNumThreads(1)
    rng = stream(seed, die=index, role=Role.DESIGN)
    design = random_design(rng, style=style)
    ink = random_ink(rng)
    rng = stream(seed, die=index, role=Role.ENGRAVING)
    die = engrave(lay_out(design), random_engraving(rng), rng)
    case = _Case(seed, index, design, die, ink)

    rng = stream(seed, die=index, role=Role.CARD)
    card_dpi = int(rng.choice([300, 400, 600], p=[0.8, 0.12, 0.08]))
    size = CARD_SIZES_MM[int(rng.integers(len(CARD_SIZES_MM)))]
    grey = capture in ("grey", "bilevel") and bool(rng.random() < 1 / 3)
    impression = reserved_impression(die, ink, rng, ppm=24.0 if card_dpi > 400 else 16.0)
    card = make_card(rng, impression, die, dpi=card_dpi, size_mm=size, grey=grey)
    card_name = f"cards/{index:04d}{card.suffix}"
    (out / card_name).write_bytes(card.data)
    card_x, card_y = card.centre_px

    rows: list[dict[str, Any]] = []
    earlier: list[tuple[str, Shot]] = []
    for k, (category, level) in enumerate(entries):
        rng = stream(seed, die=index, role=Role.VOUCHER, index=k)
        mode = capture
        if capture == "mixed":
            mode = str(rng.choice(["colour", "grey", "bilevel"], p=[0.6, 0.25, 0.15]))
        dpi = int(rng.choice(DPI))
        dpi = wanted_dpi or dpi
        camera = bool(rng.random() < 0.2) and mode == "colour"
        name = f"{index:04d}_{k}"
        request = _Request(k, category, level, dpi, mode)
        source: str | None = None
        differs: str | None = None
        foreign = 0
        if category == "replay":
            source, shot = _replayed(case, request, earlier, rng)
            camera = False
        else:
            struck, unlike = _struck(case, category, k)
            if unlike is not None:
                differs = f"differences/{name}.png"
                cv2.imwrite(str(out / differs), unlike)
            shot, foreign = _stamped(case, request, struck, rng, camera=camera)
        if category == "genuine":
            earlier.append((name, shot))
        file = f"vouchers/{name}{shot.suffix}"
        (out / file).write_bytes(shot.data)
        mapping = (shot.place @ np.linalg.inv(card.place)).ravel()
        x, y = shot.centre_px
        rows.append(
            {
                "seal": index,
                "card": card_name,
                "card_dpi": card_dpi,
                "card_cx": round(card_x, 4),
                "card_cy": round(card_y, 4),
                "kind": design.kind,
                "text": design.texts,
                "fonts": [design.ring_face, design.centre_face],
                "w_mm": design.w_mm,
                "h_mm": design.h_mm,
                "ink": ink.colour,
                "id": name,
                "voucher": file,
                "dpi": dpi,
                "cx": round(x, 4),
                "cy": round(y, 4),
                "rot": round((shot.rot_deg - card.rot_deg + 180) % 360 - 180, 4),
                "scale": round(shot.scale, 5),
                "camera": camera,
                "level": level,
                "category": category,
                "difference": differs,
                "source": source,
                "genuine": category == "genuine",
                "capture": mode,
                "style": design.style,
                "inverted": design.inverted,
                "foreign": foreign,
                "card_rot": round(card.rot_deg, 4),
                "card_scale": round(card.scale, 5),
                "h_card_to_voucher": [float(f"{v:.10g}") for v in mapping / mapping[8]],
            }
        )
    return rows


def _struck(case: _Case, category: str, k: int) -> tuple[Die, U8 | None]:
    """Return the die that made the holder's k-th impression, and where it differs from his."""
    forger = stream(case.seed, die=case.index, role=Role.FORGERY, index=k)
    if category in ("genuine", "print"):
        return case.die, None
    if category == "rescan":
        die = rescan(case.die, case.ink, forger)
        return die, difference(case.die, die, DIFFERENCE_PPM)
    layout = forged_layout(category, case.design, forger)
    die = engrave(layout, random_engraving(forger), forger)
    # At the resolution of the dies: where a stroke's width is rounded, it is rounded alike.
    drawings = drawing(lay_out(case.design), DIE_PPM), drawing(layout, DIE_PPM)
    return die, difference(*drawings, DIFFERENCE_PPM)


def _stamped(
    case: _Case, request: _Request, struck: Die, rng: np.random.Generator, *, camera: bool
) -> tuple[Shot, int]:
    """Return a voucher that `struck` stamped, or a print, and how many other seals it bears."""
    if request.category == "print":
        impression = printed(case.die, case.ink, rng)
    else:
        stroke = random_stroke(rng, request.level)
        # A fine scan would see the grid on which the ink was laid.
        ppm = PRESS_PPM if request.dpi < 400 else 1.5 * PRESS_PPM
        impression = press(struck, stroke, refreshed(case.ink, rng), rng, ppm=ppm)
    variant = int(rng.integers(_FORMS))
    foreign = _foreign_seals(case, rng)
    shot = make_voucher(
        rng,
        _form(case.seed, case.index, variant, request.dpi),
        impression,
        case.die,
        dpi=request.dpi,
        level=request.level,
        foreign=foreign,
        capture=request.capture,
        camera=camera,
    )
    return shot, len(foreign)


def _replayed(
    case: _Case, request: _Request, earlier: list[tuple[str, Shot]], rng: np.random.Generator
) -> tuple[str, Shot]:
    """Return the name of an earlier voucher, and another form with its seal pasted in."""
    forger = stream(case.seed, die=case.index, role=Role.FORGERY, index=request.number)
    name, original = earlier[int(forger.integers(len(earlier)))]
    shot = make_replay(
        rng,
        _form(case.seed, case.index, int(rng.integers(_FORMS)), request.dpi),
        original,
        case.die,
        dpi=request.dpi,
        level=request.level,
        job=random_job(forger),
        capture=request.capture,
    )
    return name, shot


@lru_cache(maxsize=8)
def _form(seed: int, index: int, variant: int, dpi: int) -> U8:
    """Return one of the few forms a holder uses, drawn once per process and resolution."""
    rng = stream(seed, die=index, role=Role.FORM, index=variant)
    size = VOUCHER_SIZES_MM[int(rng.integers(len(VOUCHER_SIZES_MM)))]
    return form(rng, dpi, size)


@lru_cache(maxsize=4)
def _foreign_die(seed: int, index: int, which: int) -> tuple[Die, Ink]:
    """Return one of the other seals that meet this holder's vouchers: number 0 is a bank's."""
    rng = stream(seed, die=index, role=Role.FOREIGN, index=which)
    design = random_design(rng, style="bank" if which == 0 else None)
    die = engrave(lay_out(design), random_engraving(rng), rng, ppm=16.0)
    return die, random_ink(rng)


def _foreign_seals(case: _Case, rng: np.random.Generator) -> list[tuple[Impression, Die]]:
    """Return no foreign seal for two vouchers in three, otherwise one, rarely two."""
    draw = rng.random()
    if draw > 0.34:
        return []
    chosen = [0, 1] if draw < 0.04 else [int(rng.integers(_FOREIGN))]
    out = []
    for which in chosen:
        die, ink = _foreign_die(case.seed, case.index, which)
        level = "typical" if rng.random() < 0.8 else "hard"
        out.append((press(die, random_stroke(rng, level), ink, rng), die))
    return out
