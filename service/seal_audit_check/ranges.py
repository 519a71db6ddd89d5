"""Check a range of events: rows against leaves, payloads against rows, leaves against tiles.

The common case, everything in order, is decided a column at a time; only a batch in which
something is odd is gone through row by row, to say what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, NamedTuple

from seal_audit_check.entries import EntryError, leaf_input, leaf_inputs
from seal_audit_check.findings import CheckError, Finding
from seal_audit_check.prunes import ACTION
from seal_audit_check.sources import PAYLOADS, Row, Source, as_bytes, as_int, open_source
from seal_audit_check.tree import WIDTH, New, cut, fold, new_of

_BATCH = WIDTH
"""Small enough that its objects are still in the processor's cache when they are hashed."""
_LEAF_ALG, _LEAF = 20, 21
_SEQ, _ORDINARY_LEAF, _CODE, _AT_US, _PAYLOAD_BYTES, _PAYLOAD_HASH = 0, 1, 2, 3, 7, 8
"""Columns of `Source.ordinary`."""
_SALT_BYTES = 16
_TOLERANCE_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Task:
    """Events [start, end), `start` on a tile's border; `sizes` whose last tile is wanted."""

    url: str
    algorithm: int
    start: int
    end: int
    sizes: tuple[int, ...]


class Missing(NamedTuple):
    """An event whose payload is not there; a prune may account for it."""

    seq: int
    kind: int
    at_us: int
    action: bytes

    @property
    def is_prune(self) -> bool:
        """Whether it tells of a prune itself: its payload is never removed."""
        return self.action == ACTION.encode()


@dataclass(slots=True)
class Outcome:
    """What a range has shown."""

    start: int
    findings: list[Finding] = field(default_factory=list)
    tile_roots: list[bytes] = field(default_factory=list)
    tails: dict[int, bytes] = field(default_factory=dict)
    events: int = 0
    payloads: int = 0
    missing: list[Missing] = field(default_factory=list)
    """Events whose payload is not there."""
    backwards: list[int] = field(default_factory=list)
    """Events whose clock is a second or more behind the event before."""


def check_range(task: Task) -> Outcome:
    """Check one range in a view of its own (CheckError if it cannot be read)."""
    with open_source(task.url) as source:
        return _Range(task, source).run()


class _Range:
    def __init__(self, task: Task, source: Source) -> None:
        self._task = task
        self._source = source
        self._new: New = new_of(task.algorithm)
        self._out = Outcome(task.start)
        self._last_us: int | None = None

    def run(self) -> Outcome:
        sizes = set(self._task.sizes)
        for start in range(self._task.start, self._task.end, _BATCH):
            end = min(start + _BATCH, self._task.end)
            tiles = self._tiles(start, end)
            leaves = self._leaves(start, end, tiles)
            for at in range(start, end, WIDTH):
                row = leaves[at - start : at - start + WIDTH]
                if len(row) == WIDTH:
                    self._out.tile_roots.append(fold(self._new, row))
                for size in range(at + 1, min(at + WIDTH, end + 1)):
                    if size in sizes:
                        self._out.tails[size] = fold(self._new, row[: size - at])
        return self._out

    def _add(self, place: str, problem: str, seq: int | None = None) -> None:
        self._out.findings.append(Finding(place, problem, seq))

    def _tiles(self, start: int, end: int) -> dict[int, bytes]:
        query = (
            "SELECT idx, hash_alg, hashes FROM audit_tile"
            " WHERE level = 0 AND idx >= {} AND idx <= {}"
        )
        tiles = {}
        for index, algorithm, hashes in self._source.rows(
            query, start // WIDTH, (end - 1) // WIDTH
        ):
            if algorithm != self._task.algorithm:
                self._add(f"tile 0/{index}", f"says hash algorithm {algorithm}")
            tiles[as_int(index)] = as_bytes(hashes)
        return tiles

    def _leaves(self, start: int, end: int, tiles: dict[int, bytes]) -> list[bytes]:
        """Return the hashes of leaves [start, end), checked against rows, columns and tiles."""
        payloads = self._source.rows(PAYLOADS, start, end)
        leaves = self._fast(payloads, start, end)
        if leaves is None:
            leaves = self._slow(payloads, start, end, tiles)
        for at in range(start, end, WIDTH):
            index = at // WIDTH
            expected = leaves[at - start : at - start + WIDTH]
            stored = tiles.get(index, b"")
            # The last tile may be longer by now; a full one may not.
            width = 32 * len(expected) if at + WIDTH > end else len(stored)
            if stored[:width] != b"".join(expected):
                self._compare_tile(index, expected, stored)
        return leaves

    def _compare_tile(self, index: int, expected: list[bytes], stored: bytes) -> None:
        place = f"tile 0/{index}"
        if len(stored) < 32 * len(expected) or len(stored) > 32 * WIDTH:
            self._add(place, f"has {len(stored)} bytes instead of {32 * len(expected)}")
        for at, (leaf, hash_) in enumerate(zip(expected, cut(stored), strict=False)):
            if leaf != hash_:
                self._add(place, f"hash {at} is not that of its event", index * WIDTH + at)

    def _fast(self, payloads: list[Row], start: int, end: int) -> list[bytes] | None:
        """Return the leaves if every row of the batch is in order, else None."""
        rows = self._source.ordinary(start, end, self._task.algorithm)
        if len(rows) != end - start:
            return None
        columns = list(zip(*rows, strict=True))
        if columns[_SEQ] != tuple(range(start, end)):
            return None
        new = self._new
        try:
            leaves = [new(data).digest() for data in leaf_inputs(columns[_CODE:])]
        except EntryError:
            return None
        if leaves != list(columns[_ORDINARY_LEAF]) or not self._fast_payloads(columns, payloads):
            return None
        self._watch_clock(start, columns[_AT_US])
        self._out.events += len(rows)
        return leaves

    def _fast_payloads(self, columns: Sequence[Sequence[Any]], payloads: list[Row]) -> bool:
        """Tell whether every entry that has a payload hash has that payload."""
        numbers, sizes, hashes = columns[_SEQ], columns[_PAYLOAD_BYTES], columns[_PAYLOAD_HASH]
        if not all(code >> 8 & 0xFF for code in set(columns[_CODE])):
            chosen = [code >> 8 & 0xFF for code in columns[_CODE]]
            numbers, sizes, hashes = (
                tuple(compress(column, chosen)) for column in (numbers, sizes, hashes)
            )
        if len(payloads) != len(numbers):
            return False
        if not payloads:
            return True
        seqs, salts, contents = zip(*payloads, strict=True)
        new = self._new
        try:
            whole = (
                seqs == numbers
                and set(map(len, salts)) == {_SALT_BYTES}
                and tuple(map(len, contents)) == sizes
                and [
                    new(b"\x02" + salt + content).digest()
                    for salt, content in zip(salts, contents, strict=True)
                ]
                == list(hashes)
            )
        except TypeError:
            return False
        if whole:
            self._out.payloads += len(payloads)
        return whole

    def _slow(
        self, payloads: list[Row], start: int, end: int, tiles: dict[int, bytes]
    ) -> list[bytes]:
        """Go through a batch row by row and say what is wrong with each."""
        rows = self._source.events(start, end)
        self._out.events += len(rows)
        found = {row[0]: row for row in rows}
        contents = {row[0]: row for row in payloads}
        leaves = []
        times = []
        for seq in range(start, end):
            at = 32 * (seq % WIDTH)
            in_tile = tiles.get(seq // WIDTH, b"")[at : at + 32]
            row = found.get(seq)
            if row is None:
                self._add("event", "the row is missing", seq)
                leaves.append(in_tile or bytes(32))
                continue
            leaves.append(self._leaf_of(row, in_tile))
            self._check_payload(row, contents.pop(seq, None))
            if isinstance(row[5], int):
                times.append(row[5])
        for seq in contents:
            self._add("payload", "belongs to no event", seq)
        for seq in self._source.disguised(start, end):
            self._add(
                "event", "a text, id or hash is stored as another type: no search finds it", seq
            )
        self._watch_clock(start, times)
        return leaves

    def _leaf_of(self, row: Row, in_tile: bytes) -> bytes:
        """Return a row's leaf, or what the tile says it was where the row has been changed."""
        seq = row[0]
        try:
            leaf = self._new(leaf_input(row[1:20])).digest()
        except EntryError as error:
            self._add("event", f"is not an entry: {error}", seq)
            return in_tile or bytes(32)
        if row[_LEAF_ALG] != self._task.algorithm:
            self._add("leaf", f"says hash algorithm {row[_LEAF_ALG]}", seq)
        if row[_LEAF] != leaf:
            if in_tile == leaf:
                self._add("leaf", "the stored leaf hash was changed; the entry is whole", seq)
            elif in_tile == row[_LEAF]:
                self._add("event", "the entry was changed: it no longer has its leaf hash", seq)
                return in_tile
            else:
                self._add("event", "entry, leaf hash and tile are three different things", seq)
        return leaf

    def _check_payload(self, row: Row, stored: Row | None) -> None:
        seq, algorithm, size, hash_ = row[0], row[3], row[9], row[10]
        if stored is None:
            if not algorithm:
                return
            self._out.missing.append(Missing(seq, row[1], row[5], row[13]))
            return
        _, salt, payload = stored
        self._out.payloads += 1
        if not algorithm:
            self._add("payload", "there is one where the entry has none", seq)
        elif not isinstance(payload, bytes) or not isinstance(salt, bytes):
            self._add("payload", "is not bytes", seq)
        elif len(payload) != size:
            self._add("payload", f"has {len(payload)} bytes, the entry says {size}", seq)
        elif len(salt) != _SALT_BYTES or self._hash(algorithm, salt, payload) != hash_:
            self._add("payload", "was changed: it does not have the hash in its entry", seq)

    @staticmethod
    def _hash(algorithm: int, salt: bytes, payload: bytes) -> bytes | None:
        try:
            return new_of(algorithm)(b"\x02" + salt + payload).digest()
        except CheckError:
            return None  # The algorithm's id was changed, or is from another age.

    def _watch_clock(self, start: int, times: Sequence[int]) -> None:
        if not times:
            return
        before = times[0] if self._last_us is None else self._last_us
        self._last_us = times[-1]
        if times[0] >= before and list(times) == sorted(times):
            return
        for at, now in enumerate(times):
            if now < before - _TOLERANCE_US and len(self._out.backwards) < 10:
                self._out.backwards.append(start + at)
            before = now
