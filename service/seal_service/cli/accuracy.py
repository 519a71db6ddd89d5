"""`sealmatch accuracy`: the error rates, measured on simulated impressions."""

from __future__ import annotations

import importlib

import typer

from seal_service.cli.failures import CommandError

_EXTRA = ("sklearn", "scipy", "matplotlib")


def accuracy_command(context: typer.Context) -> None:
    """Measure the error rates; options are those of `python -m accuracy`, `--help` shows them."""
    try:
        suite = importlib.import_module("accuracy.__main__")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in _EXTRA:
            message = f"{missing} is not installed; run: pip install 'sealmatch[accuracy]'"
        elif missing == "accuracy":
            message = "the accuracy suite is not installed; run: make accuracy, in a working copy"
        else:
            raise
        raise CommandError(message) from error
    raise typer.Exit(int(suite.main(context.args) or 0))
