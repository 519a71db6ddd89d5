"""A log's database as a witness sees it, and where the witness's signature goes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from seal_service.audit import tables
from seal_service.audit.hashing import Hasher
from seal_service.audit.note import SignatureLine
from seal_service.audit.store.state import latest_note, tile_reader
from seal_service.audit.store.transactions import Transactions
from seal_service.audit.tiles import TileId, tree_of
from seal_service.audit.witness import Cosigned


class WitnessedDatabase:
    """The log in a database, in the shape of `witness.WitnessedLog`."""

    def __init__(self, database: Transactions) -> None:
        self._database = database

    def note(self) -> str | None:
        """Return the newest checkpoint's note, or None before the first."""
        with self._database.read() as connection:
            return latest_note(connection)

    def read(self, tile: TileId) -> bytes:
        """Return a tile's hashes, or as many as there are."""
        with self._database.read() as connection:
            return tile_reader(connection)(tile)

    def consistency(self, hasher: Hasher, old_size: int, size: int) -> Sequence[bytes]:
        """Return the proof that the tree of `size` continues the one of `old_size`."""
        return tree_of(hasher, self.read, size).consistency(old_size)

    def accept(self, cosigned: Cosigned) -> None:
        """Store a witness's signature beside the checkpoint; a second time changes nothing."""
        with self._database.write() as connection:
            keep_cosignature(connection, cosigned.checkpoint.size, cosigned.line)


def keep_cosignature(connection: Connection, size: int, line: SignatureLine) -> None:
    """Store a witness's signature over a checkpoint; a second one of the same changes nothing."""
    table = tables.cosignature
    known = select(table.c.size).where(table.c.size == size, table.c.witness == line.name)
    if connection.execute(known).first() is None:
        row = {"size": size, "witness": line.name, "line": str(line)}
        connection.execute(insert(table), row)
