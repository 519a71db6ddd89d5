"""Why a display cannot be drawn."""

from __future__ import annotations


class DisplayError(ValueError):
    """What was asked for cannot be drawn: `what` names the argument, `why` the fault."""

    code = "BAD_DISPLAY"

    def __init__(self, what: str, why: str) -> None:
        super().__init__(what, why)
        self.what = what
        self.why = why

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.what} {self.why}"
