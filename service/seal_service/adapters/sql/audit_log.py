"""The tamper-evident log as the service's use cases read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, select

from seal_service.adapters.sql import tables
from seal_service.adapters.sql.stores import within
from seal_service.audit.errors import (
    InvalidProofError,
    LogDamagedError,
    MalformedNoteError,
)
from seal_service.audit.note import SignatureLine
from seal_service.audit.search import Cursor, Filter, Found, Order, Page, Tally
from seal_service.audit.signed import Signed
from seal_service.audit.store import proofs, query
from seal_service.audit.store.witnessed import keep_cosignature
from seal_service.domain.orgs import survivor_id
from seal_service.domain.reasons import Reason, Refusal


class SqlAuditLog:
    """The log, as of the transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def find(
        self,
        wanted: Filter,
        *,
        reach: tuple[str, ...] | None,
        limit: int,
        order: Order,
        after: Cursor | None,
    ) -> Page:
        """Return a page of the events at organisations in reach (None: all events)."""
        if reach is not None:
            codes = self._codes(reach)
            if wanted.organisations is not None:
                codes.intersection_update(wanted.organisations)
            wanted = replace(wanted, organisations=codes)
        with _damage():
            return query.find(self.connection, wanted, limit=limit, order=order, after=after)

    def tally(self, wanted: Filter, *, below: str) -> Tally:
        """Count the events at an organisation's path and below it."""
        wanted = replace(wanted, organisations=self._codes((below,)))
        with _damage():
            return query.tally(self.connection, wanted)

    def _codes(self, reach: tuple[str, ...]) -> set[str]:
        """Return the organisations in reach, with those that were merged into one of them."""
        place = tables.org.c
        here = select(place.id).where(place.merged_into.is_(None), *within(place.path, reach))
        codes = set(self.connection.scalars(here))
        ended = select(place.id, place.merged_into).where(place.merged_into.is_not(None))
        into = dict(self.connection.execute(ended).all())
        codes.update(code for code in into if survivor_id(code, into.get) in codes)
        return codes

    def event(self, seq: int) -> Found | None:
        """Return one event."""
        with _damage():
            return query.event_at(self.connection, seq)

    def checkpoint(self, size: int | None) -> Signed | None:
        """Return the checkpoint of this size, or the newest."""
        return proofs.signed_state(self.connection, size)

    def inclusion(self, seq: int, size: int) -> Sequence[bytes]:
        """Return the proof that event `seq` is in the tree of a checkpoint that holds it."""
        with _damage():
            return proofs.prove_inclusion(self.connection, seq, size).hashes

    def consistency(self, old_size: int, size: int) -> Sequence[bytes]:
        """Return the proof that a checkpoint's tree continues a smaller one."""
        with _damage():
            return proofs.prove_consistency(self.connection, old_size, size)[0]

    def cosign(self, signed: Signed, line: SignatureLine) -> None:
        """Keep a witness's signature that was verified."""
        keep_cosignature(self.connection, signed.checkpoint.size, line)


@contextmanager
def _damage() -> Iterator[None]:
    """Refuse what a damaged log cannot show."""
    try:
        yield
    except (LogDamagedError, InvalidProofError, MalformedNoteError) as error:
        raise Refusal(Reason.AUDIT_MISMATCH) from error
