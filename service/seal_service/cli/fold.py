"""`sealmatch fold`: look at one pair as a teller does, in any display mode."""

from __future__ import annotations

import io
import json
import math
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from seal_service.adapters.matching import (
    Fold,
    MatchingError,
    SealPair,
    Side,
    examine_voucher,
    make_seal_pair,
    open_reference,
)
from seal_service.cli.failures import EXIT_FAILED, BadArgumentError
from seal_service.cli.fold_pictures import Mode, View, draw
from seal_service.cli.options import JsonOption, checked_dpi, profile_for
from seal_service.cli.output import output_file

KINDS = {".png": "png", ".webp": "webp"}


class SideWord(StrEnum):
    """Whose half lies on the side that the cut's normal points to."""

    reference = "reference"
    moving = "moving"


def checked_out(path: Path) -> Path:
    """Refuse a picture of a kind that we do not write, while the arguments are read."""
    if path.suffix.lower() not in KINDS:
        message = f"{path} must end in .png or .webp"
        raise typer.BadParameter(message)
    return path


def checked_point(text: str | None) -> str | None:
    """Refuse what is no pair of numbers, while the arguments are read."""
    if text is not None:
        point_of(text)
    return text


def point_of(text: str) -> tuple[float, float]:
    """Read "x,y" in millimetres."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError as error:
        message = f"{text!r} is not two numbers with a comma between them"
        raise typer.BadParameter(message) from error
    if not (math.isfinite(x) and math.isfinite(y)):
        message = f"{text!r} is not finite"
        raise typer.BadParameter(message)
    return x, y


def fold_command(
    *,
    card: Annotated[
        Path, typer.Option("--card", help="Scanned seal card, or a template that `enrol` wrote.")
    ],
    voucher: Annotated[Path, typer.Option("--voucher", help="Scanned voucher.")],
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="OUT.png|OUT.webp", callback=checked_out, help="Picture to write."
        ),
    ],
    card_dpi: Annotated[
        float | None,
        typer.Option("--card-dpi", metavar="N", callback=checked_dpi, help="Of the card."),
    ] = None,
    voucher_dpi: Annotated[
        float | None,
        typer.Option("--voucher-dpi", metavar="N", callback=checked_dpi, help="Of the voucher."),
    ] = None,
    mode: Annotated[Mode, typer.Option("--mode", help="What to show.")] = Mode.fold,
    angle_deg: Annotated[
        float,
        typer.Option("--angle-deg", min=0.0, max=180.0, help="Cut, clockwise from level."),
    ] = 45.0,
    offset_mm: Annotated[
        float,
        typer.Option(
            "--offset-mm", min=-60.0, max=60.0, help="Cut, from the seal's centre; within the seal."
        ),
    ] = 0.0,
    side: Annotated[
        SideWord,
        typer.Option("--side", help="Whose half lies below a level cut (left of an upright one)."),
    ] = SideWord.reference,
    level: Annotated[
        float,
        typer.Option(
            "--level", min=0.0, max=1.0, help="transparent: 0 the card, 1 the voucher alone."
        ),
    ] = 0.5,
    at_mm: Annotated[
        str | None,
        typer.Option(
            "--at-mm",
            metavar="X,Y",
            callback=checked_point,
            help="magnifier: place from the seal's centre, right and down.",
        ),
    ] = None,
    zoom: Annotated[
        float, typer.Option("--zoom", min=1.0, max=40.0, help="magnifier: how much larger.")
    ] = 6.0,
    grid: Annotated[bool, typer.Option("--grid", help="Lay a grid and rulers in mm over it.")] = (
        False
    ),
    as_json: JsonOption = False,
) -> None:
    """Fold the voucher's seal onto the card's, or show both in another way.

    Prints in a sentence what the fold does to the strokes that it cuts, and with --json every one
    of them. The picture of an alignment that is only
    a guess is drawn with a warning, except for the fold: it would invent a comparison.
    """
    # min and max let NaN through.
    for name, value in (
        ("--angle-deg", angle_deg),
        ("--offset-mm", offset_mm),
        ("--level", level),
        ("--zoom", zoom),
    ):
        if math.isnan(value):
            message = f"{name} is not a number"
            raise BadArgumentError(message)
    view = View(
        mode=mode,
        angle_deg=angle_deg,
        offset_mm=offset_mm,
        side=_side(side),
        level=level,
        at_mm=(0.0, 0.0) if at_mm is None else point_of(at_mm),
        zoom=zoom,
        grid=grid,
    )
    try:
        with output_file(out) as output:
            pair = _pair(card, voucher, card_dpi, voucher_dpi)
            found = _fold(pair, view)
            buffer = io.BytesIO(draw(pair, view, found, KINDS[out.suffix.lower()]))
            output.file.write(buffer.getbuffer())
    except MatchingError as error:
        _refuse(error, as_json=as_json)
    _say(found, view, out, as_json=as_json, trusted=pair.trusted)


def _side(word: SideWord) -> Side:
    return "reference" if word is SideWord.reference else "moving"


def _pair(card: Path, voucher: Path, card_dpi: float | None, voucher_dpi: float | None) -> SealPair:
    reference = open_reference(card, dpi=card_dpi)
    examined = examine_voucher(reference, voucher, profile=profile_for(None), dpi=voucher_dpi)
    return make_seal_pair(reference, examined, card, card_dpi=card_dpi)


def _fold(pair: SealPair, view: View) -> Fold | None:
    """Measure the fold; None where no fold is asked for and there is none to measure."""
    beyond = abs(view.offset_mm) > pair.reach_mm
    if view.mode is not Mode.fold and (beyond or not pair.trusted):
        return None
    if beyond:
        reach = math.floor(10.0 * pair.reach_mm) / 10.0
        message = f"--offset-mm {view.offset_mm:g} lies beyond this seal (±{reach:.1f} mm)"
        raise BadArgumentError(message)
    return pair.fold(angle_deg=view.angle_deg, offset_mm=view.offset_mm, side=view.side)


def _refuse(error: MatchingError, *, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"error": {"code": error.code, "message": str(error)}}))
    else:
        typer.echo(f"sealmatch: {error} [{error.code}]", err=True)
    raise typer.Exit(EXIT_FAILED)


def _say(found: Fold | None, view: View, out: Path, *, as_json: bool, trusted: bool) -> None:
    if not trusted:
        typer.echo("sealmatch: the alignment is only a guess; judge with care", err=True)
    if as_json:
        typer.echo(json.dumps(_to_json(found, view, out), allow_nan=False))
    elif found is not None and view.mode is Mode.fold:
        typer.echo(found.reason.english)
        typer.echo(found.reason.chinese)


def _to_json(found: Fold | None, view: View, out: Path) -> dict[str, object]:
    """Return what the command found; `strokes` is absent where nothing may be measured."""
    value: dict[str, object] = {
        "mode": view.mode.value,
        "angle_deg": view.angle_deg,
        "offset_mm": view.offset_mm,
        "side": view.side,
        "out": str(out),
    }
    if found is not None:
        value |= {
            "judged": found.judged,
            "broken": found.broken,
            "reason": found.reason.english,
            "reason_zh": found.reason.chinese,
            "strokes": [
                {name: getattr(stroke, name) for name in type(stroke).__dataclass_fields__}
                for stroke in found.strokes
            ],
        }
    return value
