"""The ways by which verification is reached (A03), each with its switch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from seal_service.domain.posts import PERMISSIONS
from seal_service.domain.reasons import Reason, Refusal


class AccessMode(StrEnum):
    """How whoever asks for a verification came in."""

    DIRECT = "DIRECT"
    """Signed in here with a password."""
    CORE_TICKET = "CORE_TICKET"
    """Came from the core system's public verification transaction, with its ticket."""
    INTERFACE = "INTERFACE"
    """A service that shows its certificate."""


BOUND = frozenset(code for code in PERMISSIONS if code.partition(".")[0] == "verify")
"""The permissions that the switches are about; administration is reached by every way."""


@dataclass(frozen=True, slots=True)
class ModeSwitch:
    """Whether seals may be verified by one way of access; its id is the mode's name."""

    id: str
    enabled: bool
    version: int = 1


def require_enabled(switch: ModeSwitch | None, mode: AccessMode) -> None:
    """Refuse a verification by a way that is switched off, or that nobody has switched on."""
    if switch is None or not switch.enabled:
        raise Refusal(Reason.ACCESS_MODE_OFF, mode=mode)
