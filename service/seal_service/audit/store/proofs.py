"""Proofs from stored tiles: what an auditor needs to believe one event or the log's growth."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from seal_service.audit import tables
from seal_service.audit.errors import InvalidProofError
from seal_service.audit.merkle import Tree
from seal_service.audit.signed import Signed
from seal_service.audit.store.state import load_settings, tile_reader
from seal_service.audit.tiles import tree_of


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That leaf `seq` is in the tree that a checkpoint has signed."""

    seq: int
    size: int
    leaf_hash: bytes
    hashes: tuple[bytes, ...]
    note: str
    cosignatures: tuple[str, ...]


def signed_tree(connection: Connection, size: int | None = None) -> tuple[Tree, str]:
    """Return the tree of a checkpoint, the newest by default, and the checkpoint's note.

    Raises
    ------
    InvalidProofError
        There is no checkpoint of this size.
    """
    found = signed_state(connection, size)
    if found is None:
        message = "there is no checkpoint" + ("" if size is None else f" over {size} events")
        raise InvalidProofError(message)
    hasher = load_settings(connection).hasher
    return tree_of(hasher, tile_reader(connection), found.checkpoint.size), found.note


def signed_state(connection: Connection, size: int | None = None) -> Signed | None:
    """Return the checkpoint of this size, the newest by default, with its cosignatures."""
    table = tables.checkpoint
    query = select(table.c.size, table.c.note).order_by(table.c.size.desc()).limit(1)
    if size is not None:
        query = query.where(table.c.size == size)
    found = connection.execute(query).first()
    return None if found is None else Signed(found.note, cosignatures_of(connection, found.size))


def cosignatures_of(connection: Connection, size: int) -> tuple[str, ...]:
    """Return the witnesses' lines over the checkpoint of this size."""
    table = tables.cosignature
    query = select(table.c.line).where(table.c.size == size).order_by(table.c.witness)
    return tuple(connection.scalars(query))


def prove_inclusion(connection: Connection, seq: int, size: int | None = None) -> InclusionProof:
    """Prove that an event is in the log (errors: InvalidProofError, LogDamagedError)."""
    tree, note = signed_tree(connection, size)
    hashes = tree.inclusion(seq)
    return InclusionProof(
        seq,
        tree.size,
        tree.nodes(0, seq),
        tuple(hashes),
        note,
        cosignatures_of(connection, tree.size),
    )


def prove_consistency(
    connection: Connection, old_size: int, size: int | None = None
) -> tuple[tuple[bytes, ...], str]:
    """Prove that a checkpoint's tree continues an older one; return the hashes and its note."""
    tree, note = signed_tree(connection, size)
    return tuple(tree.consistency(old_size)), note
