"""Give waiting events their sequence numbers, hash them into the tree and sign its state.

One step is one transaction: events, payloads, tiles, the checkpoint if one is due, and the removal
from the outbox become durable together or not at all, so a crash leaves nothing to repair. What
costs time, reading, hashing and signing, is done before the transaction takes the write lock.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, text

from seal_service.audit import tables
from seal_service.audit.entry import ENTRY_FIELDS
from seal_service.audit.errors import AppenderBusyError, LogDamagedError
from seal_service.audit.keys import Signer
from seal_service.audit.note import Checkpoint, Note
from seal_service.audit.store.answers import log_only
from seal_service.audit.store.driver import fetch, run, signs
from seal_service.audit.store.rows import canonical_bytes, insert_many
from seal_service.audit.store.state import (
    LogSettings,
    latest_checkpoint,
    log_size,
    remember_key,
    tile_reader,
)
from seal_service.audit.store.transactions import Transactions
from seal_service.audit.tiles import Frontier, TileId, tree_of

_EVENT_COLUMNS = ("seq", *ENTRY_FIELDS, "leaf_alg", "leaf_hash")
_TILE_COLUMNS = ("level", "idx", "hash_alg", "hashes")
_OR_GROW = "ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes"
# Handed to the driver as they are: every tenth of a second calls wait for this.
_WAITING = (
    f"SELECT {', '.join(['id', *ENTRY_FIELDS, 'salt', 'payload'])}"  # noqa: S608  # names are ours
    " FROM audit_outbox ORDER BY id LIMIT "
)
_KNOWN = "SELECT event_id FROM audit_event WHERE event_id IN "
_DROP_WAITING = "DELETE FROM audit_outbox WHERE id IN "


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One row of the outbox; `values` are its entry columns in canonical order."""

    id: int
    values: Sequence[Any]
    salt: bytes | None
    payload: bytes | None

    @property
    def event_id(self) -> bytes:
        return bytes(self.values[7])


@dataclass(frozen=True, slots=True)
class Step:
    """What one step has made durable."""

    events: int
    repeated: int
    """Events that the log held already and did not take twice."""
    size: int
    note: str | None
    """The new checkpoint, if one was due."""


class Sequencer:
    """Appends to one log; there must be only one at a time (`lock.py`)."""

    def __init__(self, database: Transactions, settings: LogSettings, signer: Signer) -> None:
        self._database = database
        self._settings = settings
        self._signer = signer
        self._hasher = settings.hasher
        self._frontier: Frontier | None = None
        self._size = 0
        self.signed_size = 0

    def load(self) -> Frontier:
        """Read the tree's right edge and check that the newest checkpoint is of this tree.

        Raises
        ------
        LogDamagedError
            It is not, or tiles are missing.
        """
        with self._database.read() as connection:
            size = log_size(connection)
            read = tile_reader(connection)
            frontier = Frontier.load(self._hasher, read, size)
            checkpoint = latest_checkpoint(connection)
            if checkpoint is not None:
                self._check(checkpoint, size)
                if tree_of(self._hasher, read, checkpoint.size).root() != checkpoint.root:
                    message = f"the tiles do not lead to the checkpoint over {checkpoint.size}"
                    raise LogDamagedError(message)
        self.signed_size = 0 if checkpoint is None else checkpoint.size
        self._frontier, self._size = frontier, frontier.size
        return frontier

    def _check(self, checkpoint: Checkpoint, size: int) -> None:
        if checkpoint.size > size:
            message = f"{size} events are stored but {checkpoint.size} were signed"
            raise LogDamagedError(message)
        if (checkpoint.origin, checkpoint.algorithm) != (
            self._settings.origin,
            self._settings.algorithm,
        ):
            message = f"the newest checkpoint is of log {checkpoint.origin}"
            raise LogDamagedError(message)

    @property
    def size(self) -> int:
        """Return the number of events in the tree."""
        return (self._frontier or self.load()).size

    @property
    def known_size(self) -> int:
        """Return the size as last seen, without asking the database."""
        return self._size

    def step(self, *, limit: int, sign: bool) -> Step:
        """Take up to `limit` waiting events into the log; sign its state if asked to.

        Raises
        ------
        LogDamagedError
            What is stored contradicts itself; nothing was written.
        AppenderBusyError
            Somebody else has appended meanwhile; nothing was written.
        SQLAlchemyError
            The database failed; the next step begins by reading its state anew.
        """
        frontier = self._frontier or self.load()
        with self._database.read() as connection:
            waiting = self._waiting(connection, limit)
            fresh = self._fresh(connection, waiting)
        leaves = [self._leaf(row) for row in fresh]
        grown, tiles = frontier.extend(leaves)
        note = None
        if sign and grown.size > self.signed_size:
            note = self._checkpoint(grown).sign(self._signer)
        if not waiting and note is None:
            return Step(0, 0, frontier.size, None)
        # Should the commit fail in an unknown way, the state is read again.
        self._frontier = None
        with self._database.write() as connection, log_only(connection):
            if log_size(connection) != frontier.size:
                message = f"another appender wrote to the log after event {frontier.size}"
                raise AppenderBusyError(message)
            self._store(connection, frontier.size, fresh, leaves, tiles)
            if waiting:
                ids = [row.id for row in waiting]
                run(connection, _DROP_WAITING + signs(connection, len(ids)), ids)
            if note is not None:
                self._store_checkpoint(connection, grown, note)
        self._frontier, self._size = grown, grown.size
        if note is not None:
            self.signed_size = grown.size
        repeated = len(waiting) - len(fresh)
        return Step(len(fresh), repeated, grown.size, None if note is None else str(note))

    def _waiting(self, connection: Connection, limit: int) -> list[_Waiting]:
        found = fetch(connection, f"{_WAITING}{limit:d}", ())
        return [_Waiting(row[0], row[1:-2], row[-2], row[-1]) for row in found]

    def _fresh(self, connection: Connection, waiting: Sequence[_Waiting]) -> list[_Waiting]:
        """Leave out events that the log, or an earlier row, holds already."""
        ids = [row.event_id for row in waiting]
        if not ids:
            return []
        known = fetch(connection, _KNOWN + signs(connection, len(ids)), ids)
        seen = {bytes(found) for (found,) in known}
        fresh = []
        for row in waiting:
            if row.event_id not in seen:
                seen.add(row.event_id)
                fresh.append(row)
        return fresh

    def _leaf(self, row: _Waiting) -> bytes:
        return self._hasher.leaf(canonical_bytes(row.values, f"waiting event {row.id}"))

    def _checkpoint(self, frontier: Frontier) -> Checkpoint:
        settings = self._settings
        return Checkpoint(settings.origin, frontier.size, frontier.root(), settings.algorithm)

    def _store(
        self,
        connection: Connection,
        first_seq: int,
        rows: Sequence[_Waiting],
        leaves: Sequence[bytes],
        tiles: Mapping[TileId, bytes],
    ) -> None:
        if not rows:
            return
        algorithm = int(self._hasher.id)
        numbered = list(enumerate(zip(rows, leaves, strict=True), first_seq))
        events = [(seq, *row.values, algorithm, leaf) for seq, (row, leaf) in numbered]
        insert_many(connection, tables.event, _EVENT_COLUMNS, events)
        payloads = [
            (seq, row.salt, row.payload) for seq, (row, _) in numbered if row.payload is not None
        ]
        insert_many(connection, tables.payload, ("seq", "salt", "payload"), payloads)
        grown = [(tile.level, tile.index, algorithm, hashes) for tile, hashes in tiles.items()]
        insert_many(connection, tables.tile, _TILE_COLUMNS, grown, _OR_GROW)

    def _store_checkpoint(self, connection: Connection, frontier: Frontier, note: Note) -> None:
        remember_key(connection, self._signer.verifier, frontier.size)
        row = {
            "size": frontier.size,
            "hash_alg": int(self._hasher.id),
            "root": frontier.root(),
            "signature_alg": int(self._signer.verifier.algorithm),
            "note": str(note),
            "at_us": time.time_ns() // 1000,
        }
        connection.execute(insert(tables.checkpoint), row)


def waiting_count(connection: Connection) -> int:
    """Return how many events wait for a sequence number."""
    found = connection.execute(text("SELECT count(*) FROM audit_outbox")).scalar()
    return int(found or 0)
