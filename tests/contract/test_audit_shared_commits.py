"""Writers of one process share commits, fail alone, and go on when all is durable."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from audit_log import Log, a_log, count, event_of, wait_until
from sqlalchemy import Connection, func, select, text
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.exc import DBAPIError

from seal_service.audit import (
    tables,
)
from seal_service.audit.errors import (
    InvalidEventError,
    NotDurableError,
)
from seal_service.audit.store import Recorder, append, driver, transactions
from seal_service.audit.store.driver import Values


def test_writers_go_on_after_the_commit(log: Log) -> None:
    log.appender.start()
    seen = []

    def client(start: int) -> None:
        for number in range(start, 200, 8):
            event = event_of(number)
            with log.database.write() as connection:
                append(connection, event)
            # It moves from one to the other in one transaction: look first where it comes from.
            with log.database.read() as connection:
                held = [
                    connection.execute(
                        select(func.count()).where(table.c.event_id == event.event_id)
                    ).scalar_one()
                    for table in (tables.outbox, tables.event)
                ]
            seen.append((event.event_id, sum(held)))

    at_once([lambda start=start: client(start) for start in range(8)])
    log.appender.stop()
    assert len({event_id for event_id, _ in seen}) == 200
    assert all(held == 1 for _, held in seen)
    assert count(log, "audit_event") == 200
    assert log.check().sound


def at_once(tasks: list[Callable[[], object]]) -> list[BaseException | None]:
    """Run each task in a thread of its own; return what they raised."""
    outcomes: list[BaseException | None] = [None] * len(tasks)

    def run(number: int) -> None:
        try:
            tasks[number]()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def one_group(log: Log, work: list[Callable[[Connection], object]]) -> list[BaseException | None]:
    """Have several write at once; on SQLite all of them come while the first has its turn."""
    turns = log.database
    came = threading.Event()

    def first() -> None:
        with turns.write() as connection:
            came.set()
            wait_until(lambda: not turns.is_sqlite or turns._waiting == len(work) - 1)
            work[0](connection)

    def other(number: int) -> None:
        came.wait()
        with turns.write() as connection:
            work[number](connection)

    others = [lambda number=number: other(number) for number in range(1, len(work))]
    return at_once([first, *others])


def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that fills with the statements that go to the driver, without their values."""
    sent: list[str] = []

    def noted(connection: Connection, statement: str, values: Values = ()) -> None:
        sent.append(statement)
        driver.run(connection, statement, values)

    for module in ("rows", "transactions"):
        monkeypatch.setattr(f"seal_service.audit.store.{module}.run", noted)
    return sent


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let groups take writers as long as any wait."""
    monkeypatch.setattr(transactions, "OPEN_S", (60.0, 60.0))


def test_nobody_waits_long_for_those_who_come_later(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = statements(monkeypatch)
    monkeypatch.setattr(transactions, "OPEN_S", (0.0, 0.0))
    work = [
        lambda connection, number=number: append(connection, event_of(number))
        for number in range(4)
    ]
    assert one_group(log, work) == [None] * 4
    if log.database.is_sqlite:
        assert sent.count("COMMIT") == 4
    log.add([])
    assert count(log, "audit_event") == 4


@pytest.mark.usefixtures("patient")
def test_writers_share_a_commit_and_fail_alone(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    with log.database.write() as connection:
        connection.execute(text("CREATE TABLE work (id INTEGER PRIMARY KEY)"))
    sent = statements(monkeypatch)

    def insert(number: int) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            connection.execute(text("INSERT INTO work VALUES (:id)"), {"id": number})
            append(connection, event_of(number))

        return work

    outcomes = one_group(log, [insert(number) for number in (1, 2, 2, 3)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "IntegrityError", "NoneType", "NoneType", "NoneType",
    ]  # fmt: skip
    if log.database.is_sqlite:
        assert sent.count("COMMIT") == 1
    assert count(log, "work") == 3
    log.add([])
    assert count(log, "audit_event") == 3


@pytest.mark.usefixtures("patient")
def test_nobody_of_a_group_goes_on_when_its_commit_fails(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [True]

    def fail(_: Connection) -> None:
        if failing[0]:
            message = "no space left"
            raise OSError(message)

    def fail_on_sqlite(connection: Connection, statement: str, values: Values = ()) -> None:
        if statement == "COMMIT":
            fail(connection)
        driver.run(connection, statement, values)

    sqlalchemy_event.listen(log.database.engine, "commit", fail)  # PostgreSQL's
    monkeypatch.setattr("seal_service.audit.store.transactions.run", fail_on_sqlite)
    events = [event_of(number) for number in range(3)]
    work = [lambda connection, event=event: append(connection, event) for event in events]

    def refused(_: Connection) -> None:
        raise ZeroDivisionError

    outcomes = one_group(log, [*work, refused])
    kinds = {type(outcome) for outcome in outcomes}
    # Who was refused for what others had written is not told so before it is durable.
    assert kinds == ({NotDurableError} if log.database.is_sqlite else {OSError, ZeroDivisionError})
    failing[0] = False
    assert count(log, "audit_outbox") == 0
    assert one_group(log, list(work)) == [None] * 3
    log.add([])
    assert count(log, "audit_event") == 3


def test_events_that_stand_alone_are_acknowledged_when_they_are_durable(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(log.database, log.settings.hasher)
    sent = statements(monkeypatch)
    with log.database.write() if log.database.is_sqlite else nullcontext():
        futures = [recorder.record(event_of(number)) for number in range(600)]
        time.sleep(0.1)
        assert not any(future.done() for future in futures) or not log.database.is_sqlite
    assert [future.result(30).target for future in futures] == [f"cards/{n}" for n in range(600)]
    assert count(log, "audit_outbox") == 600
    # One by one they would have been 600 transactions.
    assert 0 < sum(statement.startswith("INSERT INTO audit_outbox") for statement in sent) < 300
    with pytest.raises(InvalidEventError):
        recorder.record(replace(event_of(9), action=""))
    with log.database.write() as connection:
        connection.execute(text("ALTER TABLE audit_outbox RENAME TO elsewhere"))
    with pytest.raises(NotDurableError) as caught:
        recorder.record(event_of(600)).result(30)
    assert isinstance(caught.value.__cause__, DBAPIError)
    with log.database.write() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO audit_outbox"))
    recorder.record(event_of(600)).result(30)
    recorder.close()
    with pytest.raises(NotDurableError, match="closed"):
        recorder.record(event_of(601))
    log.add([])
    assert count(log, "audit_event") == 601
    assert log.check().sound


@pytest.mark.usefixtures("patient")
def test_a_member_that_cannot_be_undone_ends_its_group_and_nothing_else(tmp_path: Path) -> None:
    with a_log(f"sqlite:///{tmp_path / 'audit.db'}", tmp_path) as log:

        def stubborn(connection: Connection) -> None:
            append(connection, event_of(1))
            connection.exec_driver_sql("RELEASE member")  # as if undoing failed
            raise ZeroDivisionError

        outcomes = one_group(log, [lambda connection: append(connection, event_of(0)), stubborn])
        assert [type(outcome) for outcome in outcomes] == [NotDurableError] * 2
        assert count(log, "audit_outbox") == 0
        log.add([event_of(2)])
        assert count(log, "audit_event") == 1


def test_who_gets_no_turn_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seal_service.audit.store.transactions.BUSY_TIMEOUT_S", 0.1)
    with a_log(f"sqlite:///{tmp_path / 'audit.db'}", tmp_path) as log:
        with (
            log.database.write(),
            pytest.raises(NotDurableError, match="no turn"),
            log.database.write(),
        ):
            pass
        log.add([event_of(0)])
        assert count(log, "audit_event") == 1
