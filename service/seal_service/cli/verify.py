"""`sealmatch verify`: one voucher against one card."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from seal_service.adapters.matching import (
    Exhibit,
    FailedResult,
    MatchingError,
    Profile,
    RowResult,
    VerificationResult,
    examine_voucher,
    make_exhibit,
    open_reference,
)
from seal_service.cli.failures import EXIT_FAILED
from seal_service.cli.options import JsonOption, ProfileOption, checked_dpi, profile_for
from seal_service.cli.output import Output, output_file
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
    profile: ProfileOption = None,
) -> None:
    """Verify the seal on a voucher against the one on a card.

    Ends with 0 for any verdict (PASS, FAIL, REFER, RETAKE), and with 1 where there is none.
    """
    pair = _Pair(card, voucher, card_dpi, voucher_dpi, profile_for(profile))
    result: RowResult
    try:
        # Opened first: a report that cannot be written is known before any work is done.
        with output_file(report) if report else nullcontext() as output:
            result = _verify(pair, report, output)
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


def _verify(pair: _Pair, report: Path | None, output: Output | None) -> VerificationResult:
    reference = open_reference(pair.card, dpi=pair.card_dpi)
    examined = examine_voucher(
        reference,
        pair.voucher,
        profile=pair.profile,
        dpi=pair.voucher_dpi,
        row_id=str(pair.voucher),
    )
    if report is not None and output is not None:
        exhibit = make_exhibit(reference, examined, pair.card, card_dpi=pair.card_dpi)
        output.file.write(_report(exhibit, pair, report))
    return examined.result


def _report(exhibit: Exhibit, pair: _Pair, path: Path) -> bytes:
    """Return the bytes of the report that the path's ending asks for."""
    from seal_service.report import ReportFacts, report_html, report_png

    facts = ReportFacts(card_name=pair.card.name, voucher_name=pair.voucher.name)
    if path.suffix.lower() == ".png":
        return report_png(exhibit, facts)
    return report_html(exhibit, facts)
