"""Hash algorithms by their stored id, and the four domains in which they are used.

Every hash of the log is stored beside the id of its algorithm, so that a log begun with one profile
can be verified after the bank has moved to another (services.md section 9, point 6).

Domains are told apart by a first byte, so that no leaf can pass for a node (RFC 9162, section
2.1.1) and no payload for either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from seal_service.audit.errors import AlgorithmUnavailableError

HASH_BYTES = 32
"""Length of every hash of the log, in bytes: both algorithms agree on it."""

LEAF, NODE, PAYLOAD = b"\x00", b"\x01", b"\x02"


class HashId(IntEnum):
    """Stored id of a hash algorithm; NONE stands where there is nothing to hash."""

    NONE = 0
    SHA256 = 1
    SM3 = 2


@dataclass(frozen=True, slots=True)
class Hasher:
    """One hash algorithm in the log's domains; `digest` is the plain algorithm."""

    id: HashId
    name: str
    digest: Callable[[bytes], bytes]

    def leaf(self, entry: bytes) -> bytes:
        """Hash the canonical bytes of an entry as a leaf of the tree."""
        return self.digest(LEAF + entry)

    def node(self, left: bytes, right: bytes) -> bytes:
        """Hash two subtrees into their parent."""
        return self.digest(NODE + left + right)

    def payload(self, salt: bytes, payload: bytes) -> bytes:
        """Commit to a payload; the salt keeps a pruned payload from being guessed."""
        return self.digest(PAYLOAD + salt + payload)

    def empty(self) -> bytes:
        """Return the root of the tree without leaves."""
        return self.digest(b"")


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sm3_of_openssl(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


@lru_cache(maxsize=1)
def _find_sm3() -> Callable[[bytes], bytes]:
    """Python's own OpenSSL has SM3 on most systems; `cryptography` brings one everywhere else."""
    try:
        _sm3_of_openssl(b"")
    except ValueError:
        pass
    else:
        return _sm3_of_openssl
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes

        def sm3(data: bytes) -> bytes:
            digest = hashes.Hash(hashes.SM3())
            digest.update(data)
            return digest.finalize()

        sm3(b"")
    except (ImportError, UnsupportedAlgorithm) as error:
        message = "SM3 is missing in this Python's OpenSSL; install the package: cryptography"
        raise AlgorithmUnavailableError(message) from error
    return sm3


def hasher_of(algorithm: HashId | int) -> Hasher:
    """Return the hasher with this id.

    Raises
    ------
    AlgorithmUnavailableError
        The id is unknown, or this machine cannot compute the algorithm.
    """
    if algorithm == HashId.SHA256:
        return Hasher(HashId.SHA256, "sha256", _sha256)
    if algorithm == HashId.SM3:
        return Hasher(HashId.SM3, "sm3", _find_sm3())
    message = f"hash algorithm {int(algorithm)} is not known to this version"
    raise AlgorithmUnavailableError(message)
