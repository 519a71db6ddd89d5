"""What the database says about the log itself: its name, algorithm, keys, size, tiles."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from seal_service.audit import tables
from seal_service.audit.errors import LogDamagedError, ProfileMismatchError
from seal_service.audit.hashing import Hasher, HashId, hasher_of
from seal_service.audit.keys import Verifier
from seal_service.audit.note import Checkpoint, open_checkpoint
from seal_service.audit.store.driver import fetch
from seal_service.audit.tiles import ReadTile, TileId


@dataclass(frozen=True, slots=True)
class LogSettings:
    """Name and tree hash of a log, fixed for ever when it begins."""

    origin: str
    algorithm: HashId = HashId.SHA256

    @property
    def hasher(self) -> Hasher:
        """Return the tree's hasher."""
        return hasher_of(self.algorithm)


def create_log(connection: Connection, settings: LogSettings) -> None:
    """Begin the log in an empty database, or check that the one there is the same.

    Raises
    ------
    ProfileMismatchError
        The database holds a log of another name or hash algorithm. A change of profile begins a
        new log; the old one stays verifiable with the algorithm ids that it stores.
    """
    found = find_settings(connection)
    if found is None:
        row = {"id": 1, "origin": settings.origin, "hash_alg": int(settings.algorithm)}
        row["created_at_us"] = time.time_ns() // 1000
        connection.execute(insert(tables.log), row)
    elif found != settings:
        message = (
            f"the database holds log {found.origin} with hash algorithm {int(found.algorithm)}, "
            f"not {settings.origin} with {int(settings.algorithm)}"
        )
        raise ProfileMismatchError(message)


def find_settings(connection: Connection) -> LogSettings | None:
    """Return the log's settings; None before it begins."""
    found = connection.execute(select(tables.log)).mappings().first()
    return None if found is None else LogSettings(found["origin"], HashId(found["hash_alg"]))


def load_settings(connection: Connection) -> LogSettings:
    """Return the log's settings.

    Raises
    ------
    LogDamagedError
        The database holds no log.
    """
    settings = find_settings(connection)
    if settings is None:
        message = "the database holds no audit log"
        raise LogDamagedError(message)
    return settings


def log_size(connection: Connection) -> int:
    """Return how many events have a sequence number."""
    ((last,),) = fetch(connection, "SELECT max(seq) FROM audit_event", ())
    return 0 if last is None else int(last) + 1


def tile_reader(connection: Connection) -> ReadTile:
    """Return a reader of stored tiles; a tile that is not there reads as empty."""

    def read(tile: TileId) -> bytes:
        query = select(tables.tile.c.hashes).where(
            tables.tile.c.level == tile.level, tables.tile.c.idx == tile.index
        )
        found = connection.execute(query).scalar()
        return b"" if found is None else bytes(found)

    return read


def remember_key(connection: Connection, verifier: Verifier, size: int) -> None:
    """Note with which key the log signs from this size on."""
    text = str(verifier)
    known = select(tables.key.c.verifier).where(tables.key.c.verifier == text)
    if connection.execute(known).first() is None:
        connection.execute(insert(tables.key), {"verifier": text, "since_size": size})


def known_keys(connection: Connection) -> list[Verifier]:
    """Return the log's own public keys, as the database tells them."""
    return [Verifier.parse(text) for text in connection.scalars(select(tables.key.c.verifier))]


def latest_note(connection: Connection) -> str | None:
    """Return the newest checkpoint's note, or None while there is none."""
    query = select(tables.checkpoint.c.note).order_by(tables.checkpoint.c.size.desc()).limit(1)
    return connection.execute(query).scalar()


def latest_checkpoint(connection: Connection) -> Checkpoint | None:
    """Return the newest checkpoint, verified with the keys that the database holds."""
    note = latest_note(connection)
    return None if note is None else open_checkpoint(note, known_keys(connection))
