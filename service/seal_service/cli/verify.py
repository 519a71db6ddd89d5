"""`sealmatch verify`: one voucher against one card."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from seal_service.adapters.matching import (
    EnrolledSeal,
    Examined,
    Exhibit,
    FailedResult,
    MatchingError,
    NothingAlignedError,
    Profile,
    RowResult,
    examine_voucher,
    make_exhibit,
    open_earlier,
    open_reference,
)
from seal_service.cli.failures import EXIT_FAILED
from seal_service.cli.options import JsonOption, ProfileOption, checked_dpi, profile_for
from seal_service.cli.output import output_file
from seal_service.cli.show import show_result

REPORT_KINDS = (".png", ".html", ".htm")


def checked_report(path: Path | None) -> Path | None:
    """Refuse a report of a kind that we do not draw, while the arguments are read."""
    if path is not None and path.suffix.lower() not in REPORT_KINDS:
        message = f"{path} must end in .png or .html"
        raise typer.BadParameter(message)
    return path


def verify_command(
    *,
    card: Annotated[
        Path,
        typer.Option("--card", help="Scanned seal card, or a template that `enrol` wrote."),
    ],
    voucher: Annotated[Path, typer.Option("--voucher", help="Scanned voucher.")],
    card_dpi: Annotated[
        float | None,
        typer.Option(
            "--card-dpi",
            metavar="N",
            callback=checked_dpi,
            help="Resolution of the card; without it the file's own.",
        ),
    ] = None,
    voucher_dpi: Annotated[
        float | None,
        typer.Option(
            "--voucher-dpi",
            metavar="N",
            callback=checked_dpi,
            help="Resolution of the voucher; without it the file's own.",
        ),
    ] = None,
    as_json: JsonOption = False,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="OUT.png|OUT.html",
            callback=checked_report,
            help="Write a picture, or a page, that explains the result.",
        ),
    ] = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            "--earlier",
            metavar="FILE",
            help="An impression that was accepted before, a voucher or what --imprint wrote; again"
            " for more. A copy of one of them is REFERred.",
        ),
    ] = None,
    earlier_dpi: Annotated[
        float | None,
        typer.Option(
            "--earlier-dpi",
            metavar="N",
            callback=checked_dpi,
            help="Resolution of earlier vouchers; without it each file's own.",
        ),
    ] = None,
    folds: Annotated[
        bool, typer.Option("--folds", help="Fold everywhere and tell the worst folds.")
    ] = False,
    imprint: Annotated[
        Path | None,
        typer.Option(
            "--imprint",
            metavar="OUT",
            help="Write what finds a copy of this impression later (some kilobytes).",
        ),
    ] = None,
    profile: ProfileOption = None,
) -> None:
    """Verify the seal on a voucher against the one on a card.

    Ends with 0 for any verdict (PASS, FAIL, REFER, RETAKE), and with 1 where there is none.
    """
    pair = _Pair(
        card,
        voucher,
        card_dpi,
        voucher_dpi,
        profile_for(profile),
        tuple(earlier or ()),
        earlier_dpi,
        keep=imprint is not None,
        sweep=folds or report is not None,
    )
    result: RowResult
    try:
        # Opened first: what cannot be written is known before any work is done.
        with (
            output_file(report) if report else nullcontext() as output,
            output_file(imprint) if imprint else nullcontext() as kept,
        ):
            reference, examined = _examined(pair)
            result = examined.result
            if report is not None and output is not None:
                exhibit = make_exhibit(reference, examined, card, card_dpi=card_dpi)
                output.file.write(_report(exhibit, pair, report))
            if kept is not None:
                if examined.imprint is None:
                    raise NothingAlignedError(str(voucher))
                kept.file.write(examined.imprint.to_bytes())
    except MatchingError as error:
        result = FailedResult(error.code, str(error), str(voucher))
    if as_json:
        typer.echo(json.dumps(result.to_json(), allow_nan=False))
    else:
        show_result(result, report=report)
    if isinstance(result, FailedResult):
        raise typer.Exit(EXIT_FAILED)


@dataclass(frozen=True, slots=True)
class _Pair:
    card: Path
    voucher: Path
    card_dpi: float | None
    voucher_dpi: float | None
    profile: Profile
    earlier: tuple[Path, ...]
    earlier_dpi: float | None
    keep: bool
    sweep: bool


def _examined(pair: _Pair) -> tuple[EnrolledSeal, Examined]:
    reference = open_reference(pair.card, dpi=pair.card_dpi)
    examined = examine_voucher(
        reference,
        pair.voucher,
        profile=pair.profile,
        dpi=pair.voucher_dpi,
        row_id=str(pair.voucher),
        earlier=[open_earlier(reference, one, dpi=pair.earlier_dpi) for one in pair.earlier],
        keep_imprint=pair.keep,
        sweep=pair.sweep,
    )
    return reference, examined


def _report(exhibit: Exhibit, pair: _Pair, path: Path) -> bytes:
    """Return the bytes of the report that the path's ending asks for."""
    from seal_service.report import ReportFacts, report_html, report_png

    facts = ReportFacts(card_name=pair.card.name, voucher_name=pair.voucher.name)
    if path.suffix.lower() == ".png":
        return report_png(exhibit, facts)
    return report_html(exhibit, facts)
