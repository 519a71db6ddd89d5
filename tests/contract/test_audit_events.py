"""What becomes of an event: it is in the log as it was written, once, with its transaction."""

from __future__ import annotations

from dataclasses import replace

import pytest
from audit_log import Log, count, event_of

from seal_service.audit import (
    Event,
    encode,
)
from seal_service.audit.errors import (
    InvalidEventError,
)
from seal_service.audit.search import Filter, Order
from seal_service.audit.store import append
from seal_service.audit.store.query import find


def test_a72_an_event_shares_the_fate_of_its_transaction(log: Log) -> None:
    log.add([event_of(0)])

    def act(number: int, then: Event) -> None:
        with log.database.write() as connection:
            append(connection, event_of(number))
            append(connection, then)

    with pytest.raises(InvalidEventError):
        act(1, replace(event_of(2), actor=""))
    with pytest.raises(AttributeError):
        act(1, None)  # type: ignore[arg-type]
    log.add([event_of(4)])
    with log.database.read() as connection:
        found = find(connection, Filter(), order=Order.OLDEST_FIRST).events
    assert [event.entry.target for event in found] == ["cards/0", "cards/4"]
    assert log.check(published=True).sound


def test_entries_come_back_as_they_were_written(log: Log) -> None:
    events = [event_of(number) for number in range(60)]
    with log.database.write() as connection:
        entries = [append(connection, event) for event in events]
    log.add([])
    with log.database.read() as connection:
        page = find(connection, Filter(), order=Order.OLDEST_FIRST)
    assert [found.entry for found in page.events] == entries
    assert [found.payload for found in page.events] == [event.payload for event in events]
    hasher = log.settings.hasher
    assert [found.leaf_hash for found in page.events] == [hasher.leaf(encode(e)) for e in entries]
    assert page.next is None


def test_an_event_that_is_sent_again_is_logged_once(log: Log) -> None:
    events = [event_of(number) for number in range(5)]
    log.add(events)
    log.add([events[2], event_of(7), events[4], events[4]])
    assert count(log, "audit_event") == 6
    assert count(log, "audit_outbox") == 0
    assert log.appender.status.repeated == 3
    assert log.check().sound


@pytest.mark.parametrize("column", ["kind", "decision", "payload_alg", "state_alg"])
def test_e34_a_number_that_runs_over_into_its_neighbour_is_found(log: Log, column: str) -> None:
    """In an entry the four are bytes side by side: 257 must not be read as 1 and a carry."""
    log.add(map(event_of, range(12)))
    with log.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE audit_event SET {column} = {column} + 256")  # noqa: S608
    report = log.check()
    assert [found.seq for found in report.findings if found.place == "event"] == list(range(12))
