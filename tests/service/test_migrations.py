"""Migrations go forward and back on both databases, with data in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from service_bank import PASSWORD, Template, running
from sqlalchemy import inspect

from seal_service.adapters.sql.engine import Connections
from seal_service.adapters.sql.migrate import FOLDER, migrate, newest, version
from seal_service.adapters.sql.tables import metadata


@pytest.fixture
def connections(template: Template, tmp_path: Path) -> Iterator[Connections]:
    connections = Connections(template.copy(tmp_path / "data")[1])
    yield connections
    connections.close()


def walked() -> list[str]:
    """Return every version, the oldest first."""
    scripts = ScriptDirectory(str(FOLDER)).walk_revisions()
    return [script.revision for script in scripts][::-1]


def test_migrations_make_the_tables_that_the_program_declares(connections: Connections) -> None:
    assert version(connections) == newest()
    with connections.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
        # Partial unique indexes and checks are invisible to the comparison.
        found = inspect(connection)
        for table in metadata.sorted_tables:
            declared = {str(check.name) for check in table.constraints if "ck_" in str(check.name)}
            made = {check["name"] for check in found.get_check_constraints(table.name)}
            assert declared <= made, table.name
            indexes = {index["name"] for index in found.get_indexes(table.name)}
            assert {index.name for index in table.indexes} <= indexes, table.name


def test_data_survives_a_step_back_and_forward(template: Template, tmp_path: Path) -> None:
    folder, url = template.copy(tmp_path / "data")
    connections = Connections(url)
    with connections.read() as connection:
        before = {
            table.name: connection.execute(table.select()).fetchall()
            for table in metadata.sorted_tables
        }
    migrate(connections, "0001")
    assert version(connections) == "0001"
    migrate(connections, "head")
    with connections.read() as connection:
        for table in metadata.sorted_tables:
            rows = connection.execute(table.select()).fetchall()
            assert sorted(map(repr, rows)) == sorted(map(repr, before[table.name])) or (
                table.name == "epoch"
            )
    connections.close()
    with running(folder, url) as bank:
        assert bank.sign_in("t11", PASSWORD).token


def test_all_the_way_back_leaves_nothing(connections: Connections) -> None:
    migrate(connections, "base")
    assert version(connections) is None
    with connections.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    for revision in walked():
        migrate(connections, revision)
    assert version(connections) == newest()


def test_a_failing_migration_leaves_the_database_as_it_was(connections: Connections) -> None:
    migrate(connections, "0001")
    with connections.write() as connection:
        connection.exec_driver_sql("insert into epoch values (1, 7)")  # what 0002 inserts
        before = connection.exec_driver_sql("select count(*) from role").scalar()
    with pytest.raises(Exception, match=r"(?i)epoch|CONFLICT"):
        migrate(connections, "0002")
    assert version(connections) == "0001"
    with connections.read() as connection:
        assert connection.exec_driver_sql("select count(*) from role").scalar() == before


def test_going_back_lets_nobody_in_who_was_shut_out(connections: Connections) -> None:
    with connections.write() as connection:
        connection.exec_driver_sql(
            "update users set disabled_at = 7, disable_reason = 'left' where id = 't11'"
        )
    migrate(connections, "0002")
    with connections.read() as connection:
        row = connection.exec_driver_sql(
            "select locked_at, lock_reason from users where id = 't11'"
        ).one()
    assert tuple(row) == (7, "left")
