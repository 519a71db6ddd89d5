"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seal_service.adapters.matching import MatchingError, Profile, load_profile
from seal_service.cli.failures import CommandError

ProfileOption = Annotated[
    Path | None,
    typer.Option(
        "--profile", metavar="PATH", help="Calibration profile (TOML) instead of the default one."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def checked_dpi(dpi: float | None) -> float | None:
    """Refuse a resolution that is no positive number, while the arguments are read."""
    if dpi is not None and not 0.0 < dpi < float("inf"):
        message = f"{dpi:g} dpi is not a positive number"
        raise typer.BadParameter(message)
    return dpi


def profile_for(path: Path | None) -> Profile:
    """Load the profile that the caller asked for.

    Raises
    ------
    CommandError
    """
    try:
        return load_profile(path)
    except MatchingError as error:
        raise CommandError(str(error)) from error
