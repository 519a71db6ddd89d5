"""Password hashes: argon2id. About 50 ms and 64 MiB each, so few are computed at once."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from seal_service.domain.reasons import Reason, Refusal


class Argon2:
    """Hashes passwords, at most a few at a time; whoever waits too long is told to come again."""

    def __init__(
        self, *, at_once: int = 4, wait_s: float = 5.0, hasher: PasswordHasher | None = None
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._gate = threading.BoundedSemaphore(at_once)
        self._wait_s = wait_s
        # What an unknown user's password is compared with, so that it takes as long.
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return a hash to store."""
        self._enter()
        try:
            return self._hasher.hash(password)
        finally:
            self._gate.release()

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Compare in the same time for no hash at all as for a wrong password."""
        self._enter()
        try:
            fits = self._hasher.verify(password_hash or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self._gate.release()
        return fits and password_hash is not None

    def _enter(self) -> None:
        if not self._gate.acquire(timeout=self._wait_s):
            raise Refusal(Reason.QUOTA, limit_per_s="logins at once", retry_after_s=self._wait_s)
