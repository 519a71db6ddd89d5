"""Queries of the log and their pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from audit_log import Log, event_of

from seal_service.audit import (
    AuditKind,
    Stamp,
)
from seal_service.audit.search import Filter, Order
from seal_service.audit.store import append
from seal_service.audit.store.query import find


def test_a72_queries_by_kind_person_organisation_account_and_time(log: Log) -> None:
    start = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    stamp = Stamp.now()
    events = [event_of(number) for number in range(200)]
    with log.database.write() as connection:
        for number, event in enumerate(events):
            at = start + timedelta(seconds=number)
            at_us = int(at.timestamp()) * 1_000_000
            append(connection, event, stamp=replace(stamp, at_us=at_us))
    log.add([])

    def targets(wanted: Filter) -> set[str]:
        with log.database.read() as connection:
            return {found.entry.target for found in find(connection, wanted, limit=1000).events}

    def expected(test: object) -> set[str]:
        return {event.target for number, event in enumerate(events) if test(number, event)}

    someone, somewhere = events[5].actor, events[9]
    for wanted, test in (
        (Filter(), lambda *_: True),
        (
            Filter(kinds=[AuditKind.LOGIN, AuditKind.ACCOUNT]),
            lambda _, e: e.kind in {AuditKind.LOGIN, AuditKind.ACCOUNT},
        ),
        (Filter(actor=someone), lambda _, e: e.actor == someone),
        (
            Filter(organisations={somewhere.organisation}),
            lambda _, e: e.organisation == somewhere.organisation,
        ),
        (Filter(organisations=set()), lambda *_: False),
        (Filter(account=somewhere.account), lambda _, e: e.account == somewhere.account),
        (Filter(decision=events[1].decision), lambda _, e: e.decision is events[1].decision),
        (Filter(action=events[1].action), lambda _, e: e.action == events[1].action),
        (
            Filter(since=start + timedelta(seconds=50), before=start + timedelta(seconds=70)),
            lambda n, _: 50 <= n < 70,
        ),
        (
            Filter(kinds=[AuditKind.LOGIN], actor=someone, since=start + timedelta(seconds=30)),
            lambda n, e: n >= 30 and e.kind is AuditKind.LOGIN and e.actor == someone,
        ),
    ):
        assert targets(wanted) == expected(test), wanted
    with log.database.read() as connection:
        with pytest.raises(ValueError, match="zone"):
            find(connection, Filter(since=datetime(2026, 1, 1)))  # noqa: DTZ001
        for limit in (0, 1001):
            with pytest.raises(ValueError, match="page"):
                find(connection, Filter(), limit=limit)


@pytest.mark.parametrize("order", Order)
def test_pages_neither_repeat_nor_skip_while_the_log_grows(log: Log, order: Order) -> None:
    log.add(map(event_of, range(95)))
    wanted = Filter(kinds=[AuditKind.BUSINESS, AuditKind.DOCUMENT])
    seen, after, number = [], None, 95
    while True:
        with log.database.read() as connection:
            page = find(connection, wanted, limit=7, order=order, after=after)
        seen += [found.seq for found in page.events]
        if page.next is None:
            break
        after = page.next
        log.add(map(event_of, range(number, number + 5)))
        number += 5
    right = [number for number in range(95) if number % 5 in {1, 2}]
    assert seen == (right if order is Order.OLDEST_FIRST else right[::-1])
