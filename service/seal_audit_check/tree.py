"""Hashes of the tree, written for batches: RFC 9162 section 2.1.1 over tiles of 256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Protocol

from seal_audit_check.findings import CheckError

SHA256, SM3 = 1, 2
WIDTH = 256
HASH_BYTES = 32


class _Hash(Protocol):
    def digest(self) -> bytes: ...


New = Callable[[bytes], _Hash]


def new_of(algorithm: int) -> New:
    """Return the hash constructor with this stored id (CheckError if there is none).

    `new(data).digest()` is written out where it is used: a function around it would cost a tenth
    of the whole check.
    """
    if algorithm == SHA256:
        return hashlib.sha256
    if algorithm == SM3:
        try:
            hashlib.new("sm3", b"")
        except ValueError:
            return _sm3_of_cryptography()
        return partial(hashlib.new, "sm3")
    message = f"hash algorithm {algorithm} is not known to this checker"
    raise CheckError(message)


def _sm3_of_cryptography() -> New:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes

    class Sm3:
        def __init__(self, data: bytes) -> None:
            self._data = data

        def digest(self) -> bytes:
            state = hashes.Hash(hashes.SM3())
            state.update(self._data)
            return state.finalize()

    try:
        Sm3(b"").digest()
    except UnsupportedAlgorithm as error:
        message = "the log is hashed with SM3, which this machine cannot compute"
        raise CheckError(message) from error
    return Sm3


def fold(new: New, hashes: Sequence[bytes]) -> bytes:
    """Return the root over a row of subtrees of one size, the last of which may be smaller."""
    if not hashes:
        return new(b"").digest()
    row = list(hashes)
    while len(row) > 1:
        odd = row[-1:] if len(row) % 2 else []
        pairs = iter(row)
        row = [
            new(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)
        ]
        row += odd
    return row[0]


def cut(data: bytes) -> list[bytes]:
    """Cut the bytes of a tile into hashes."""
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


class Levels:
    """The tree above the leaves: for each level the hashes of its full tiles.

    `rows[0]` are the roots of full level-0 tiles, which are the hashes of level-1 tiles, and so on.
    """

    def __init__(self, new: New, tile_roots: Iterable[bytes]) -> None:
        self._new = new
        self.rows: list[list[bytes]] = [list(tile_roots)]
        while len(self.rows[-1]) >= WIDTH:
            row = self.rows[-1]
            full = len(row) // WIDTH
            self.rows.append([fold(new, row[at * WIDTH : (at + 1) * WIDTH]) for at in range(full)])

    def root(self, size: int, tail: bytes | None) -> bytes:
        """Return the root at `size`; `tail` is the root of its partial level-0 tile, if any."""
        if size == 0:
            return self._new(b"").digest()
        rest = [] if tail is None else [tail]
        count = size // WIDTH
        for row in self.rows:
            start = count - count % WIDTH
            hashes = row[start:count] + rest
            rest = [fold(self._new, hashes)] if hashes else []
            count //= WIDTH
        return rest[0]
