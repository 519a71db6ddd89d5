"""Hashes as texts that say by which algorithm they were made, such as ``sm3:Kx4…`` (E29).

So what was hashed under one cryptographic profile can be compared after the bank has moved to
another. What follows the colon is base64 for URLs, without padding.
"""

from __future__ import annotations

import base64

from seal_service.audit import Hasher, HashId, hasher_of
from seal_service.audit.errors import AlgorithmUnavailableError

_BY_NAME = {"sha256": HashId.SHA256, "sm3": HashId.SM3}


def written(algorithm: str, value: bytes) -> str:
    """Return a hash or a keyed hash as text."""
    return f"{algorithm}:{base64.urlsafe_b64encode(value).decode().rstrip('=')}"


def digest(hasher: Hasher, data: bytes) -> str:
    """Return the hash of data as text."""
    return written(hasher.name, hasher.digest(data))


def shown(text: str) -> tuple[str, str]:
    """Return a hash for people, such as ``sm3:9f…``, and its digits alone where it is SHA-256's."""
    algorithm, value = parted(text)
    return f"{algorithm}:{value.hex()}", value.hex() if algorithm == "sha256" else ""


def parted(text: str) -> tuple[str, bytes]:
    """Return the algorithm's name and the value of a text that `written` made."""
    algorithm, _, value = text.partition(":")
    return algorithm, base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def hasher_named(name: str) -> Hasher | None:
    """Return the hasher of a name; None where there is none, or this machine cannot compute it."""
    try:
        return hasher_of(_BY_NAME[name])
    except (KeyError, AlgorithmUnavailableError):
        return None
