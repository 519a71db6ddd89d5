"""`sealmatch simulate`: a data set of simulated cards and vouchers with known truth."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from seal_service.cli.failures import CommandError


class Capture(StrEnum):
    """How the vouchers are scanned."""

    COLOUR = "colour"
    GREY = "grey"
    BILEVEL = "bilevel"
    MIXED = "mixed"


def simulate_command(
    *,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write; made if missing.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same bytes.")] = 1,
    dies: Annotated[int, typer.Option("--dies", min=1, help="Number of seals.")] = 20,
    first_die: Annotated[int, typer.Option("--first-die", min=0, help="Number of the first.")] = 0,
    per_die: Annotated[
        int | None,
        typer.Option("--per-die", min=1, help="Vouchers a seal, from the default plan of ten."),
    ] = None,
    plan: Annotated[
        str | None, typer.Option("--plan", help="CATEGORY:LEVEL=COUNT,... instead of it.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Processes.")] = 1,
    capture: Annotated[Capture, typer.Option("--capture", help="Kind of scan.")] = Capture.COLOUR,
) -> None:
    """Write cards, vouchers, manifest.jsonl for `verify-batch`, and truth.jsonl."""
    from simulator import simulate
    from simulator.__main__ import parse_plan
    from simulator.typefaces import FontsMissingError

    try:
        summary = simulate(
            out,
            seed=seed,
            dies=dies,
            per_die=parse_plan(plan) if plan else per_die,
            jobs=jobs,
            capture=capture.value,
            first_die=first_die,
            progress=_progress if sys.stderr.isatty() else None,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    except FontsMissingError as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        message = f"cannot write {out}: {(error.strerror or 'the system refused').lower()}"
        raise CommandError(message) from error
    typer.echo(f"{summary.vouchers} vouchers of {summary.dies} seals in {summary.seconds:.1f} s")


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\rseal {done} of {total}", end=end, file=sys.stderr, flush=True)
