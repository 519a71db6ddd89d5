"""Rules for passwords (A45). Hashing is an adapter's work."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from itertools import pairwise

_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
_KINDS_NEEDED = 3
_RUN = 4


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """What a password must be like, and what a new user's is.

    `initial` is the configured initial password; None makes a random one-time password for each
    user, which is the recommended setting.
    """

    min_length: int = 8
    history: int = 5
    initial: str | None = None


def broken_rules(password: str, *, user_id: str, rules: PasswordRules) -> list[str]:
    """Return the names of the rules that a new password breaks, in a fixed order."""
    found = []
    if len(password) < rules.min_length:
        found.append("min_length")
    kinds = sum(any(c in group for c in password) for group in _CLASSES)
    kinds += any(c not in "".join(_CLASSES) for c in password)
    if kinds < _KINDS_NEEDED:
        found.append("character_kinds")
    if user_id.lower() in password.lower():
        found.append("contains_user_id")
    if password == rules.initial:
        found.append("is_initial")
    if _has_run(password):
        found.append("run")
    return found


def _has_run(password: str) -> bool:
    """Tell whether four neighbours are equal or follow one another, up or down."""
    steps = [ord(b) - ord(a) for a, b in pairwise(password)]
    return any(
        len(set(steps[i : i + _RUN - 1])) == 1 and steps[i] in {-1, 0, 1}
        for i in range(len(steps) - _RUN + 2)
    )


def random_password() -> str:
    """Return a one-time password that a person can type: 16 letters and digits, 80 bits."""
    # Without look-alikes: 0 and O, 1 and l and I.
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "".join(secrets.choice(alphabet) for _ in range(16))
