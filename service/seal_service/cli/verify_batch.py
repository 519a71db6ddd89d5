"""`sealmatch verify-batch`: many vouchers, one line of JSON each."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from seal_service.adapters.matching import BatchItem, FailedResult, RowResult, verify_batch
from seal_service.cli.failures import CommandError
from seal_service.cli.manifest import parse_manifest
from seal_service.cli.options import ProfileOption, profile_for
from seal_service.cli.output import Output, output_file

MAX_THREADS = 1024


def verify_batch_command(
    *,
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST.jsonl", help="One JSON object a line.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="OUT.jsonl", help="One result a line.")],
    threads: Annotated[
        int | None,
        typer.Option(
            "--threads",
            metavar="N",
            min=1,
            max=MAX_THREADS,
            help="Threads; without it one per processor that we may use.",
        ),
    ] = None,
    profile: ProfileOption = None,
) -> None:
    """Verify every pair of a manifest; results come in the manifest's order.

    A line holds: id, card, voucher (paths relative to the manifest), and optionally card_dpi,
    voucher_dpi, search_box and card_box ([x0, y0, x1, y1] px), and earlier: a list of paths of
    impressions of the same seal that were accepted before, vouchers or what `verify --imprint`
    wrote, with earlier_dpi for the vouchers. A copy of one of them is REFERred, and the result's
    replay says how like the likest is. A line that fails, also because an earlier impression
    cannot be used, gets an error {code, message} in its place and does not stop the others.
    Results are written to OUT.jsonl.N.part as they come; that file is renamed to OUT.jsonl when
    all are there.
    """
    weights = profile_for(profile)
    items = list(parse_manifest(_read(manifest), manifest.parent))
    if _is_same_file(out, manifest):
        message = f"{out} is the manifest itself"
        raise typer.BadParameter(message, param_hint="'--out'")
    count = threads or len(os.sched_getaffinity(0))
    with output_file(out, keep_part=True) as output:
        results = verify_batch(items, profile=weights, threads=count)
        try:
            counts = _write(results, items, output)
        except KeyboardInterrupt:
            results.close()
            kept = f"; results so far are in {output.part}" if output.part else ""
            message = f"stopped{kept}"
            raise CommandError(message) from None
    summary = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    print(f"{len(items)} rows: {summary or 'nothing to do'}", file=sys.stderr)


def _is_same_file(out: Path, manifest: Path) -> bool:
    """Tell whether the output would overwrite the input; a place that is no place is not it."""
    try:
        return out.samefile(manifest)
    except (OSError, ValueError):
        return False


def _read(manifest: Path) -> bytes:
    try:
        return manifest.read_bytes()
    except (OSError, ValueError) as error:
        why = (
            error.strerror if isinstance(error, OSError) and error.strerror else "not a valid path"
        )
        message = f"cannot read {manifest}: {why.lower()}"
        raise CommandError(message) from error


def _write(
    results: Iterable[RowResult], items: Sequence[BatchItem], output: Output
) -> Counter[str]:
    """Write each result as it comes, so that a crash of the machine costs only what is in work."""
    counts: Counter[str] = Counter()
    console = Console(stderr=True)
    columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("verifying", total=len(items))
        for result in results:
            output.file.write(json.dumps(result.to_json(), allow_nan=False).encode() + b"\n")
            output.file.flush()
            counts["error" if isinstance(result, FailedResult) else result.verdict] += 1
            progress.advance(task)
    return counts
