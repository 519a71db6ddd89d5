"""The tree's hashes in tiles of 256, as C2SP tlog-tiles lays them out, and how they grow.

Tile (level, index) holds up to 256 hashes of perfect subtrees of 256^level leaves. A full tile's
root is one hash in the level above; a partial one's is not. Tiles never change but by growing at
their end, so a reader who knows a size may read a tile that has grown since and cut it to width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from seal_service.audit.errors import LogDamagedError
from seal_service.audit.hashing import HASH_BYTES, Hasher
from seal_service.audit.merkle import Nodes, Tree, root_of_hashes

TILE_WIDTH = 256
_LEVEL_BITS = 8

ReadTile = Callable[["TileId"], bytes]
"""Return the hashes of a tile, or as many as there are; it may hold more than was asked for."""


@dataclass(frozen=True, slots=True, order=True)
class TileId:
    """A place for 256 hashes."""

    level: int
    index: int

    def path(self, width: int = TILE_WIDTH) -> PurePosixPath:
        """Return the file of this tile with `width` hashes, below the log's folder."""
        parts = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            parts.append(f"x{rest % 1000:03d}")
            rest //= 1000
        if width < TILE_WIDTH:
            parts[0] += f".p/{width}"
        return PurePosixPath("tile", str(self.level), *reversed(parts))


def width_at(tile: TileId, size: int) -> int:
    """Return how many hashes a tile has in a tree of `size` leaves, 0 to 256."""
    count = size >> _LEVEL_BITS * tile.level
    return min(max(count - tile.index * TILE_WIDTH, 0), TILE_WIDTH)


def tiles_between(old_size: int, size: int) -> Iterator[TileId]:
    """Yield the tiles that differ between two sizes of one log, lower levels first."""
    level = 0
    while size >> _LEVEL_BITS * level:
        old, new = old_size >> _LEVEL_BITS * level, size >> _LEVEL_BITS * level
        if new > old:
            for index in range(old // TILE_WIDTH, (new - 1) // TILE_WIDTH + 1):
                yield TileId(level, index)
        level += 1


def partial_tiles(size: int) -> Iterator[TileId]:
    """Yield the tiles that are neither empty nor full at this size, lower levels first."""
    level = 0
    while count := size >> _LEVEL_BITS * level:
        if count % TILE_WIDTH:
            yield TileId(level, count // TILE_WIDTH)
        level += 1


def split_hashes(data: bytes) -> list[bytes]:
    """Cut the bytes of a tile into hashes."""
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def read_exactly(read: ReadTile, tile: TileId, width: int) -> bytes:
    """Read the first `width` hashes of a tile.

    Raises
    ------
    LogDamagedError
        The tile holds fewer.
    """
    data = read(tile)[: width * HASH_BYTES]
    if len(data) != width * HASH_BYTES:
        found = len(data) // HASH_BYTES
        message = f"tile {tile.level}/{tile.index} has {found} hashes instead of {width}"
        raise LogDamagedError(message)
    return data


def tree_of(hasher: Hasher, read: ReadTile, size: int) -> Tree:
    """Return the tree of `size` leaves over stored tiles; each tile is read once."""
    seen: dict[TileId, list[bytes]] = {}

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, _LEVEL_BITS)
        first = index << height
        tile = TileId(tile_level, first // TILE_WIDTH)
        if tile not in seen:
            seen[tile] = split_hashes(read_exactly(read, tile, width_at(tile, size)))
        at = first % TILE_WIDTH
        return root_of_hashes(hasher, seen[tile][at : at + (1 << height)])

    nodes: Nodes = node
    return Tree(hasher, nodes, size)


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of the tree: all that is needed to append to it.

    A value, not a thing that changes: if the transaction that stores the new tiles fails, the old
    frontier is still the true one.
    """

    hasher: Hasher
    size: int
    edges: tuple[tuple[bytes, ...], ...]
    """For each level the hashes of its partial tile."""

    @classmethod
    def empty(cls, hasher: Hasher) -> Frontier:
        """Return the frontier of the tree without leaves."""
        return cls(hasher, 0, ())

    @classmethod
    def load(cls, hasher: Hasher, read: ReadTile, size: int) -> Frontier:
        """Read the frontier of a tree of `size` leaves from its stored tiles.

        Raises
        ------
        LogDamagedError
            A partial tile is shorter than the size demands.
        """
        partial = {tile.level: tile for tile in partial_tiles(size)}
        levels = (size.bit_length() + _LEVEL_BITS - 1) // _LEVEL_BITS
        edges: list[tuple[bytes, ...]] = []
        for level in range(levels):
            tile = partial.get(level)
            if tile is None:
                edges.append(())
                continue
            data = read_exactly(read, tile, width_at(tile, size))
            edges.append(tuple(split_hashes(data)))
        return cls(hasher, size, tuple(edges))

    def extend(self, leaves: Sequence[bytes]) -> tuple[Frontier, Mapping[TileId, bytes]]:
        """Return the frontier after these leaf hashes and the tiles that changed, in full."""
        changed: dict[TileId, bytes] = {}
        edges: list[tuple[bytes, ...]] = []
        coming, level = list(leaves), 0
        while coming or level < len(self.edges):
            row = [*(self.edges[level] if level < len(self.edges) else ()), *coming]
            index = (self.size >> _LEVEL_BITS * level) // TILE_WIDTH
            above: list[bytes] = []
            at = 0
            while len(row) - at >= TILE_WIDTH:
                full = row[at : at + TILE_WIDTH]
                changed[TileId(level, index)] = b"".join(full)
                above.append(root_of_hashes(self.hasher, full))
                at, index = at + TILE_WIDTH, index + 1
            rest = row[at:]
            if rest and coming:
                changed[TileId(level, index)] = b"".join(rest)
            edges.append(tuple(rest))
            coming, level = above, level + 1
        return Frontier(self.hasher, self.size + len(leaves), tuple(edges)), changed

    def root(self) -> bytes:
        """Return the root of the tree, from the partial tiles alone."""
        tail: list[bytes] = []
        for edge in self.edges:
            hashes = [*edge, *tail]
            tail = [root_of_hashes(self.hasher, hashes)] if hashes else []
        return tail[0] if tail else self.hasher.empty()
