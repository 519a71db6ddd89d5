"""The log's public copy: checkpoint and tiles as files, as C2SP tlog-tiles names them.

It holds hashes only, so it may be given to a witness, an auditor or a web server; and it lies
outside the database, so whoever can quietly change rows cannot change it as well. It is derived:
the database remains the truth, and publishing again repairs whatever a crash left behind. Tiles are
written before the checkpoint that needs them, and partial tiles are removed only after a checkpoint
that no longer does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seal_service.audit.files import write_all_atomically, write_atomically
from seal_service.audit.hashing import Hasher
from seal_service.audit.note import Checkpoint, Note
from seal_service.audit.tiles import (
    TILE_WIDTH,
    ReadTile,
    TileId,
    partial_tiles,
    read_exactly,
    tiles_between,
    tree_of,
    width_at,
)

_TILES_AT_ONCE = 64
_READ_TRIES = 5


class PublishedLog:
    """A folder with the log's public copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def note(self) -> str | None:
        """Return the published checkpoint's note, or None before the first."""
        try:
            return (self.folder / "checkpoint").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def size(self) -> int:
        """Return the size of the published checkpoint, unverified; 0 before the first."""
        note = self.note()
        return 0 if note is None else Checkpoint.parse(Note.parse(note).text).size

    def read(self, tile: TileId) -> bytes:
        """Return a tile's hashes: the full file, or the widest partial one, or nothing."""
        full = self.folder / tile.path()
        for _ in range(_READ_TRIES):
            # A partial tile may make way for a wider one between the look and the reading.
            try:
                return full.read_bytes()
            except FileNotFoundError:
                pass
            widths = [int(path.name) for path in _partials(full) if path.name.isdigit()]
            try:
                return (self.folder / tile.path(max(widths))).read_bytes() if widths else b""
            except FileNotFoundError:
                pass
        return b""

    def consistency(self, hasher: Hasher, old_size: int, size: int) -> Sequence[bytes]:
        """Return the proof that the tree of `size` continues the one of `old_size`."""
        return tree_of(hasher, self.read, size).consistency(old_size)

    def publish(self, note: str, read: ReadTile) -> int:
        """Write the tiles of a checkpoint's tree that are not there yet, then the checkpoint.

        Parameters
        ----------
        note
            The checkpoint, signed.
        read
            Reader of the database's tiles.

        Returns
        -------
        The published size.

        Raises
        ------
        OSError
            The copy is as before or ahead by some tiles; call again.
        LogDamagedError
            The database lacks tiles.
        """
        size = Checkpoint.parse(Note.parse(note).text).size
        old_size = self.size()
        files: dict[Path, bytes] = {}
        for tile in tiles_between(old_size, size):
            width = width_at(tile, size)
            files[self.folder / tile.path(width)] = read_exactly(read, tile, width)
            if len(files) == _TILES_AT_ONCE:
                write_all_atomically(files)
                files = {}
        if files:
            write_all_atomically(files)
        write_atomically(self.folder / "checkpoint", note.encode())
        self._drop_partials(old_size, size)
        return size

    def _drop_partials(self, old_size: int, size: int) -> None:
        """Remove the partial tiles that the checkpoint before needed and this one does not."""
        for tile in partial_tiles(old_size):
            width = width_at(tile, size)
            for path in _partials(self.folder / tile.path()):
                if path.name.isdigit() and int(path.name) < width:
                    path.unlink(missing_ok=True)
            if width == TILE_WIDTH:
                folder = (self.folder / tile.path(1)).parent
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()


def _partials(full: Path) -> list[Path]:
    folder = full.with_name(f"{full.name}.p")
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []
