"""Retention removes payloads by right, and nothing else may."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from audit_log import Log, event_of
from sqlalchemy import delete, select

from seal_service.audit import (
    AuditKind,
    Stamp,
    tables,
)
from seal_service.audit.errors import (
    RetentionError,
)
from seal_service.audit.merkle import verify_inclusion
from seal_service.audit.note import open_checkpoint
from seal_service.audit.search import Filter, Order
from seal_service.audit.store import append
from seal_service.audit.store.proofs import prove_inclusion
from seal_service.audit.store.query import find
from seal_service.audit.store.retention import prune


def test_e34_retention_removes_payloads_and_keeps_the_proof(log: Log) -> None:
    now = datetime.now(UTC)
    old = replace(Stamp.now(), at_us=int((now - timedelta(days=400)).timestamp() * 1e6))
    with log.database.write() as connection:
        for number in range(100):
            append(connection, event_of(number), stamp=old if number < 60 else None)
    log.add([])
    login = [n for n in range(60) if n % 5 == 3 and event_of(n).payload is not None]
    done = []
    for _ in range(4):
        with log.database.write() as connection:
            done.append(
                prune(
                    connection, AuditKind.LOGIN, keep=timedelta(days=200), actor="000001", limit=4
                )
            )
        assert log.check().sound, "between the removal and its number"
        log.add([])
    counts = [found.count for found in done if found is not None]
    assert counts == [4, 4, len(login) - 8]
    assert done[-1] is None
    report = log.check(published=True)
    assert report.sound
    assert report.pruned == len(login)
    with log.database.read() as connection:
        page = find(connection, Filter(kinds=[AuditKind.LOGIN]), order=Order.OLDEST_FIRST)
        gone = [found.seq for found in page.events if found.payload is None and found.seq < 60]
        assert [seq for seq in gone if event_of(seq).payload is not None] == login
        events = find(connection, Filter(action="audit.prune"), order=Order.OLDEST_FIRST).events
        assert [json.loads(e.payload or b"")["count"] for e in events] == counts
        proof = prove_inclusion(connection, login[0])
    verify_inclusion(
        log.settings.hasher,
        leaf=proof.leaf_hash,
        index=login[0],
        size=proof.size,
        proof=proof.hashes,
        root=open_checkpoint(proof.note, [log.signer.verifier]).root,
    )


def test_e34_a_payload_that_no_prune_accounts_for_is_missed(log: Log) -> None:
    now = datetime.now(UTC)
    old = replace(Stamp.now(), at_us=int((now - timedelta(days=400)).timestamp() * 1e6))
    with log.database.write() as connection:
        for number in range(50):
            append(connection, event_of(number), stamp=old if number < 40 else None)
    log.add([])
    with log.database.write() as connection:
        prune(connection, AuditKind.LOGIN, keep=timedelta(days=200), actor="000001")
    log.add([])
    assert log.check().sound
    # Another kind inside the range, the same kind too young, and the prune's own record.
    for seq in (6, 43, 50):
        with log.database.write() as connection:
            kept = connection.execute(
                select(tables.payload).where(tables.payload.c.seq == seq)
            ).one()
            connection.execute(delete(tables.payload).where(tables.payload.c.seq == seq))
        findings = log.check().findings
        assert seq in {found.seq for found in findings if "no prune" in found.problem}
        with log.database.write() as connection:
            connection.execute(tables.payload.insert(), kept._asdict())


def test_nothing_younger_than_six_months_is_pruned(log: Log) -> None:
    with log.database.write() as connection, pytest.raises(RetentionError):
        prune(connection, AuditKind.LOGIN, keep=timedelta(days=182), actor="000001")
