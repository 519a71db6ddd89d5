"""Password hashes: slow on purpose, and of each it is written how it was made.

Under `international` they are argon2id's, under `sm` PBKDF2 with HMAC-SM3 (GM/T 0091-2020), which
asks an attacker for time alone where argon2id asks for memory too. A password that was hashed
under the other profile still fits.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
import threading
from collections.abc import Iterable
from typing import Protocol

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from seal_service.adapters.crypto.suites import Profile
from seal_service.domain.reasons import Reason, Refusal

ITERATIONS = 200_000
"""About half a second of one processor."""
MOST_ITERATIONS = 10 * ITERATIONS
MOST_ARGON2 = (256 * 1024, 16, 16)
"""KiB, passes and lanes. Whoever can write to the database must not be able to make one login take
all memory or hold a processor for minutes: a hash that asks for more fits no password."""
_SALT_BYTES, _HASH_BYTES = 16, 32
_WRITTEN = re.compile(r"\$pbkdf2-hmac-sm3\$i=([1-9][0-9]{0,7})\$([\w-]+)\$([\w-]+)", re.ASCII)


class Scheme(Protocol):
    """One way to hash passwords."""

    def hash(self, password: str) -> str:
        """Return a new hash, salted, with its parameters."""
        ...

    def knows(self, password_hash: str) -> bool:
        """Tell whether a hash is one of this scheme that may be computed."""
        ...

    def matches(self, password_hash: str, password: str) -> bool:
        """Tell whether a hash is the password's; False for what this scheme does not know."""
        ...


class Argon2id:
    """argon2id; about 50 ms and 64 MiB each at the library's defaults."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        """Return a new hash."""
        return self._hasher.hash(password)

    def knows(self, password_hash: str) -> bool:
        """Look at the parameters."""
        try:
            asked = extract_parameters(password_hash)
        except (InvalidHashError, ValueError):
            return False
        costs = (asked.memory_cost, asked.time_cost, asked.parallelism)
        return all(cost <= most for cost, most in zip(costs, MOST_ARGON2, strict=True))

    def matches(self, password_hash: str, password: str) -> bool:
        """Compare."""
        if not self.knows(password_hash):
            return False
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


class Pbkdf2Sm3:
    """PBKDF2 with HMAC-SM3, as ``$pbkdf2-hmac-sm3$i=ITERATIONS$SALT$HASH``."""

    def __init__(self, *, iterations: int = ITERATIONS) -> None:
        self._iterations = iterations

    def hash(self, password: str) -> str:
        """Return a new hash."""
        salt = secrets.token_bytes(_SALT_BYTES)
        value = _pbkdf2(password, salt, self._iterations)
        return f"$pbkdf2-hmac-sm3$i={self._iterations}${_text(salt)}${_text(value)}"

    def knows(self, password_hash: str) -> bool:
        """Look at the rounds."""
        found = _WRITTEN.fullmatch(password_hash)
        return found is not None and int(found[1]) <= MOST_ITERATIONS

    def matches(self, password_hash: str, password: str) -> bool:
        """Compare."""
        found = _WRITTEN.fullmatch(password_hash)
        if found is None or not self.knows(password_hash):
            return False
        try:
            salt, value = _bytes(found[2]), _bytes(found[3])
        except binascii.Error:
            return False
        return hmac.compare_digest(_pbkdf2(password, salt, int(found[1])), value)


class Passwords:
    """`ports.PasswordHasher`: at most a few at a time; whoever waits too long comes again.

    Parameters
    ----------
    schemes
        The first makes new hashes; the others know old ones.
    at_once
        How many are computed at a time.
    wait_s
        How long a call waits for its turn, in seconds.
    others_stored
        Whether there may be hashes of other schemes than the first. Then every comparison takes the
        time of all schemes; otherwise of the first alone.
    """

    def __init__(
        self,
        *schemes: Scheme,
        at_once: int = 4,
        wait_s: float = 5.0,
        others_stored: bool = True,
    ) -> None:
        self._schemes = schemes
        self._gate = threading.BoundedSemaphore(at_once)
        self._wait_s = wait_s
        # What a password is compared with under each scheme that the user's hash is not of, so that
        # it takes as long whether the user exists, and whichever profile has made the hash.
        levelled = schemes if others_stored else schemes[:1]
        self._nobody = [(one, one.hash("nobody has this password")) for one in levelled]

    def hash(self, password: str) -> str:
        """Return a hash to store."""
        self._enter()
        try:
            return self._schemes[0].hash(password)
        finally:
            self._gate.release()

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Compare, in the same time whatever is stored."""
        known = password_hash or ""
        scheme = next((one for one in self._schemes if one.knows(known)), None)
        self._enter()
        try:
            for other, nobody in self._nobody:
                if other is not scheme:
                    other.matches(nobody, password)
            return scheme is not None and scheme.matches(known, password)
        finally:
            self._gate.release()

    def _enter(self) -> None:
        if not self._gate.acquire(timeout=self._wait_s):
            raise Refusal(Reason.QUOTA, limit_per_s="logins at once", retry_after_s=self._wait_s)


def passwords_of(profile: Profile, stored: Iterable[str] = ()) -> Passwords:
    """Return the hashes of a profile, which know those of the other.

    `stored` are the schemes of the hashes in the database, as they name themselves. A bank that has
    hashes of both pays for both with each comparison, until every password is of its own profile.
    """
    schemes: dict[str, Scheme] = {"argon2id": Argon2id(), "pbkdf2-hmac-sm3": Pbkdf2Sm3()}
    own = "pbkdf2-hmac-sm3" if profile == "sm" else "argon2id"
    (other,) = schemes.keys() - {own}
    return Passwords(schemes[own], schemes[other], others_stored=other in stored)


def _pbkdf2(password: str, salt: bytes, iterations: int) -> bytes:
    return PBKDF2HMAC(SM3(), _HASH_BYTES, salt, iterations).derive(password.encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
