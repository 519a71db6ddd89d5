"""What a query has found is kept only while it is true, whoever changes what, and however."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from audit_log import event_of
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    select,
    text,
)

from seal_service.adapters.sql.prepared import Query
from seal_service.audit import tables
from seal_service.audit.store import Transactions, append
from seal_service.audit.store.answers import answers_of


def as_it_is(*row: object) -> tuple[object, ...]:
    return row


_META = MetaData()
PAIRS = Table("pairs", _META, Column("id", String, primary_key=True), Column("n", Integer))
BODIES = Table("bodies", _META, Column("id", String, primary_key=True), Column("body", JSON))
PAIR = Query(select(PAIRS.c.n).where(PAIRS.c.id == bindparam("key")), as_it_is)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Transactions]:
    found = a_database(tmp_path)
    yield found
    found.close()


def a_database(folder: Path) -> Transactions:
    """Return a database with a log and the pair a = 0."""
    found = Transactions(f"sqlite:///{folder / 'kept.sqlite'}")
    with found.write() as connection:
        tables.metadata.create_all(connection)
        _META.create_all(connection)
        connection.execute(text("INSERT INTO pairs VALUES ('a', 0)"))
        connection.execute(text("INSERT INTO bodies VALUES ('a', '{\"x\": []}')"))
    return found


def change(connection: Connection, n: int) -> None:
    connection.execute(text("UPDATE pairs SET n = :n WHERE id = 'a'"), {"n": n})


def elsewhere(database: Transactions, n: int) -> None:
    """Change the pair as another process would."""
    with closing(sqlite3.connect(str(database.url.database), timeout=10)) as other:
        other.execute("UPDATE pairs SET n = ? WHERE id = 'a'", (n,))
        other.commit()


def is_kept(connection: Connection) -> bool:
    answers = answers_of(connection)
    assert answers is not None
    return any(key[0] is PAIR and found == ((0,),) for key, found in answers._found.items())


def test_an_answer_outlives_the_logs_own_writing(database: Transactions) -> None:
    for number in range(2):
        with database.write() as connection:
            assert PAIR.first(connection, key="a") == (0,)
            append(connection, event_of(number))
    with database.write() as connection:
        assert is_kept(connection)
        assert PAIR.first(connection, key="a") == (0,)


def test_a_change_ends_answers_within_the_transaction_and_after(database: Transactions) -> None:
    with database.write() as connection:
        assert PAIR.first(connection, key="a") == (0,)
        change(connection, 1)
        assert PAIR.first(connection, key="a") == (1,)
    with database.write() as connection:
        assert PAIR.first(connection, key="a") == (1,)


def test_an_answer_of_a_transaction_that_is_undone_is_not_kept(database: Transactions) -> None:
    def fail() -> None:
        with database.write() as connection:
            change(connection, 1)
            assert PAIR.first(connection, key="a") == (1,)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    with database.write() as connection:
        assert PAIR.first(connection, key="a") == (0,)


def test_an_answer_of_a_part_that_is_undone_is_not_kept(database: Transactions) -> None:
    with database.write() as connection:
        with suppress(InterruptedError), connection.begin_nested():
            change(connection, 1)
            assert PAIR.first(connection, key="a") == (1,)
            raise InterruptedError
        assert PAIR.first(connection, key="a") == (0,)
    with database.write() as connection:
        assert PAIR.first(connection, key="a") == (0,)


def test_another_process_ends_answers(database: Transactions) -> None:
    with database.write() as connection:
        assert PAIR.first(connection, key="a") == (0,)
    elsewhere(database, 5)
    with database.write() as connection:
        assert PAIR.first(connection, key="a") == (5,)


def test_readers_keep_nothing(database: Transactions) -> None:
    with database.write() as connection:
        PAIR.first(connection, key="a")
    with database.read() as connection:
        assert answers_of(connection) is None
        assert PAIR.first(connection, key="a") == (0,)


def test_values_that_somebody_could_change_are_not_kept(database: Transactions) -> None:
    body = Query(select(BODIES.c.body).where(BODIES.c.id == bindparam("key")), as_it_is)
    for _ in range(2):
        with database.write() as connection:
            row = body.first(connection, key="a")
            assert row == ({"x": []},)
            row[0]["x"].append("changed by who asked")


def test_a_prepared_query_cannot_read_the_log(database: Transactions) -> None:
    seq = select(tables.event.c.seq).where(tables.event.c.actor == bindparam("key"))
    query = Query(seq, as_it_is)
    with database.read() as connection, pytest.raises(ValueError, match="must not read it"):
        query.first(connection, key="a")


_ACTS = st.sampled_from(["look", "change", "undo", "undo a part", "elsewhere", "log"])


@settings(max_examples=25, deadline=None)
@given(acts=st.lists(st.tuples(_ACTS, st.booleans()), max_size=14))
def test_every_look_sees_what_is_stored(
    acts: list[tuple[str, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    database = a_database(tmp_path_factory.mktemp("walk"))
    true = 0
    for number, (act, looks_first) in enumerate(acts, 1):
        if act == "elsewhere":
            elsewhere(database, number)
            true = number
            continue
        with suppress(InterruptedError), database.write() as connection:
            if looks_first:
                assert PAIR.first(connection, key="a") == (true,)
            if act == "log":
                append(connection, event_of(number))
            if act == "undo a part":
                with suppress(InterruptedError), connection.begin_nested():
                    change(connection, number)
                    assert PAIR.first(connection, key="a") == (number,)
                    raise InterruptedError
            if act in {"change", "undo"}:
                change(connection, number)
                assert PAIR.first(connection, key="a") == (number,)
            if act == "undo":
                raise InterruptedError
            true = number if act == "change" else true
            assert PAIR.first(connection, key="a") == (true,)
    database.close()
