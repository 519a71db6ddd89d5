"""Results on a terminal, for people; programs take the JSON."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from seal_service.adapters.matching import (
    EnrolledSeal,
    FailedResult,
    RowResult,
    VerificationResult,
)
from seal_service.report.statements import (
    folds_heading,
    print_words,
    replay_words,
    score_text,
)
from seal_service.report.words import plain_reason, plain_verdict

COLOURS = {"PASS": "green", "FAIL": "red", "REFER": "yellow", "RETAKE": "magenta"}


def show_result(result: RowResult, *, report: Path | None) -> None:
    """Print one result; an error goes to the error stream."""
    if isinstance(result, FailedResult):
        Console(stderr=True).print(
            Text(f"sealmatch: {result.message} [{result.code}]"), soft_wrap=True
        )
        return
    Console().print(_table(result, report))


def _table(result: VerificationResult, report: Path | None) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    verdict = Text(result.verdict, style=f"bold {COLOURS[result.verdict]}")
    table.add_row("verdict", verdict + Text(f"  {plain_verdict(result.verdict).english}", "dim"))
    meaning = "log10 likelihood ratio, genuine : forged" if result.compared else "not compared"
    table.add_row("score", f"{score_text(result)}  ({meaning})")
    for code in result.reasons:
        table.add_row("reason", Text(f"{code}  {plain_reason(code).english}"))
    if result.centre_px is not None and result.scale is not None:
        x, y = result.centre_px
        table.add_row("rotation", f"{result.rotation_deg:.2f}° clockwise")
        table.add_row("centre", f"({x:.1f}, {y:.1f}) px")
        table.add_row("scale", f"{result.scale:.4f}  ({result.size_error_mm:+.2f} mm)")
    table.add_row("quality", f"{result.quality:.2f}")
    if result.replay is not None:
        table.add_row("replay", Text(replay_words(result.replay).english))
    if result.printed is not None:
        table.add_row("print", print_words(result.printed).english)
    if result.folds:
        table.add_row("folds", f"{folds_heading(result).english}:")
    for fold in result.folds or ():
        table.add_row("fold", fold.english)
    table.add_row("profile", Text(result.profile))
    table.add_row("elapsed", f"{result.elapsed_ms:.1f} ms")
    if report is not None:
        table.add_row("report", Text(str(report)))
    return table


def show_enrolment(seal: EnrolledSeal, out: Path) -> None:
    """Print what an enrolment found."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    long_mm, short_mm = seal.size_mm
    table.add_row("template", Text(str(out)))
    table.add_row("size", f"{long_mm:.2f} × {short_mm:.2f} mm")
    table.add_row("impressions", str(seal.impressions))
    table.add_row("quality", f"{seal.quality:.2f}")
    for code in seal.warnings:
        table.add_row("warning", Text(f"{code}  {plain_reason(code).english}"))
    Console().print(table)
