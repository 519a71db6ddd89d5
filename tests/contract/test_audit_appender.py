"""The appender: one at work, numbers once, signatures in time, no step on damaged ground."""

from __future__ import annotations

import time

import pytest
from audit_log import Log, count, event_of, wait_until
from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError

from seal_service.audit import (
    Stamp,
    tables,
)
from seal_service.audit.errors import (
    AppenderBusyError,
    LogDamagedError,
    LogRolledBackError,
)
from seal_service.audit.search import Filter, Order
from seal_service.audit.store import Appender, append
from seal_service.audit.store.query import find
from seal_service.audit.store.sequencer import Sequencer, Step, waiting_count


def test_the_sequence_does_not_depend_on_the_clock(log: Log) -> None:
    boot = Stamp.now().boot_id
    times = [5_000_000_000, 9_000_000_000, 2_000_000_000, 2_000_000_001]
    with log.database.write() as connection:
        for number, at_us in enumerate(times):
            append(connection, event_of(number), stamp=Stamp(at_us, 1000 + number, boot))
    log.add([])
    with log.database.read() as connection:
        found = find(connection, Filter(), order=Order.OLDEST_FIRST).events
    assert [event.seq for event in found] == [0, 1, 2, 3]
    assert [event.entry.at_us for event in found] == times
    assert [event.entry.monotonic_ns for event in found] == [1000, 1001, 1002, 1003]
    report = log.check()
    assert report.sound
    assert report.remarks == ["seq 2: the wall clock is behind that of the event before"]


def test_there_is_one_appender_and_another_takes_over(log: Log) -> None:
    log.appender.open()
    second = log.new_appender()
    with pytest.raises(AppenderBusyError):
        second.open()
    second.start()
    time.sleep(0.3)
    assert not second.status.leading
    log.appender.stop()
    with log.database.write() as connection:
        append(connection, event_of(0))
    deadline = time.monotonic() + 20
    while second.status.published_size < 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    second.stop()
    assert second.status.published_size == 1
    assert log.check(published=True).sound


def test_two_appenders_without_a_lock_cannot_give_one_number_twice(log: Log) -> None:
    log.add(map(event_of, range(3)))
    rogue = log.new_appender()
    rogue._lock = type("NoLock", (), {"hold": lambda _: None, "release": lambda _: None})()
    rogue.open()
    with log.database.write() as connection:
        append(connection, event_of(3))
    rogue.drain()
    with log.database.write() as connection:
        append(connection, event_of(4))
    with pytest.raises(AppenderBusyError, match="another appender"):
        log.appender.step(sign=True)
    log.appender.drain()
    assert count(log, "audit_event") == 5
    assert log.check().sound


def test_the_appender_signs_within_a_second_and_after_a_thousand(log: Log) -> None:
    log.appender = Appender(log.database, log.settings, log.signer, batch=250, checkpoint_s=0.2)
    log.appender.open()
    with log.database.write() as connection:
        append(connection, event_of(0))
    assert log.appender.step().note is None
    time.sleep(0.25)
    assert log.appender.step().note is not None
    log.appender.stop()
    log.appender = Appender(log.database, log.settings, log.signer, batch=250, checkpoint_s=3600)
    log.appender.open()
    with log.database.write() as connection:
        for number in range(1, 1500):
            append(connection, event_of(number))
    signed = [log.appender.step().note is not None for _ in range(6)]
    assert signed == [False, False, False, True, False, False]
    assert log.check().sound


def test_a_database_older_than_its_published_copy_is_not_appended_to(log: Log) -> None:
    log.add(map(event_of, range(50)))
    log.appender.stop()
    with log.database.write() as connection:
        for table in (tables.event, tables.payload, tables.tile, tables.checkpoint):
            connection.execute(delete(table))
    fresh = log.new_appender()
    with pytest.raises(LogRolledBackError) as caught:
        fresh.open()
    assert (caught.value.stored_size, caught.value.published_size) == (0, 50)
    fresh.start()
    deadline = time.monotonic() + 10
    while not fresh.status.stopped and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "restore" in fresh.status.stopped
    fresh.stop()


def test_the_appender_refuses_damaged_tiles_and_waiting_events(log: Log) -> None:
    log.add(map(event_of, range(300)))
    log.appender.stop()
    with log.database.write() as connection:
        connection.execute(
            update(tables.tile).where(tables.tile.c.level == 0).values(hashes=bytes(32 * 256))
        )
    with pytest.raises(LogDamagedError):
        log.new_appender().open()


def test_a_waiting_event_that_is_none_stops_the_appender(log: Log) -> None:
    log.appender.open()
    with log.database.write() as connection:
        append(connection, event_of(1))
        connection.execute(update(tables.outbox).values(kind=9))
    with pytest.raises(LogDamagedError, match="waiting event"):
        log.appender.step()
    with log.database.read() as connection:
        assert waiting_count(connection) == 1


def test_a_fault_that_passes_while_the_appender_ends_leaves_nothing_waiting(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.appender.open()
    with log.database.write() as connection:
        append(connection, event_of(1))
    step, faults = Sequencer.step, iter([True, True])

    def fail_twice(self: Sequencer, *, limit: int, sign: bool) -> Step:
        if next(faults, False):
            statement = "COMMIT"
            raise OperationalError(statement, {}, Exception("the server is restarting"))
        return step(self, limit=limit, sign=sign)

    monkeypatch.setattr(Sequencer, "step", fail_twice)
    log.appender._stopping.set()  # the first turn is the last one already
    log.appender.start()
    log.appender.stop()
    with log.database.read() as connection:
        assert waiting_count(connection) == 0
    assert log.appender.status.signed_size == 1


def test_the_log_goes_on_while_its_public_copy_cannot_be_written(log: Log) -> None:
    log.appender.start()
    wait_until(lambda: log.appender.status.leading)
    log.published.write_text("a file where the folder should be")
    with log.database.write() as connection:
        for number in range(250):
            append(connection, event_of(number))
    wait_until(lambda: log.appender.status.signed_size == 250)
    wait_until(lambda: "public copy" in log.appender.status.fault)
    log.published.unlink()
    wait_until(lambda: log.appender.status.published_size == 250)
    wait_until(lambda: not log.appender.status.fault)
    log.appender.stop()
    assert log.check(published=True).sound
