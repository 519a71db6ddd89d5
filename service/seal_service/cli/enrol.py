"""`sealmatch enrol`: cards to a stored template."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from seal_service.adapters.matching import EnrolledSeal, MatchingError, enrol
from seal_service.cli.failures import CommandError
from seal_service.cli.options import JsonOption, checked_dpi
from seal_service.cli.output import output_file
from seal_service.cli.show import show_enrolment


def enrol_command(
    *,
    cards: Annotated[
        list[Path], typer.Argument(metavar="CARD...", help="Scans of cards with the same seal.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="TEMPLATE", help="File to write.")],
    dpi: Annotated[
        float | None,
        typer.Option(
            "--dpi",
            metavar="N",
            callback=checked_dpi,
            help="Resolution of the cards; without it each file's own.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Build a template from one or more cards; `verify --card` takes it in a card's place."""
    try:
        with output_file(out) as output:
            seal = enrol(cards, dpi=dpi)
            output.file.write(seal.template.to_bytes())
    except MatchingError as error:
        message = f"{error} [{error.code}]"
        raise CommandError(message) from error
    if as_json:
        typer.echo(json.dumps(_facts(seal), allow_nan=False))
    else:
        show_enrolment(seal, out)


def _facts(seal: EnrolledSeal) -> dict[str, object]:
    centre = seal.centre_px
    return {
        "quality": round(seal.quality, 4),
        "size_mm": [round(side, 3) for side in seal.size_mm],
        "impressions": seal.impressions,
        "centre_px": None if centre is None else [round(v, 3) for v in centre],
        "seals_on_card": seal.seals_on_card,
        "warnings": list(seal.warnings),
    }
