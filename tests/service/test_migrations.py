"""Migrations go forward and back on both databases, with data in them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from service_bank import PASSWORD, Bank, Template, running
from service_cases import faulty
from sqlalchemy import func, inspect, select, update

from seal_audit_check import Trust, check
from seal_service.adapters.sql.engine import Connections
from seal_service.adapters.sql.migrate import FOLDER, LosesDataError, migrate, newest, version
from seal_service.adapters.sql.migrations.versions.m0003_audit_log import entry
from seal_service.adapters.sql.tables import metadata, role, users
from seal_service.audit import tables as audit
from sealapi.v1.device_pb2 import GetDeviceRequest


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
        assert compare_metadata(context, [metadata, audit.metadata]) == []  # type: ignore[arg-type]
        # Partial unique indexes and checks are invisible to the comparison.
        found = inspect(connection)
        for table in [*metadata.sorted_tables, *audit.metadata.sorted_tables]:
            declared = {str(check.name) for check in table.constraints if "ck_" in str(check.name)}
            made = {check["name"] for check in found.get_check_constraints(table.name)}
            assert declared <= made, table.name
            indexes = {index["name"] for index in found.get_indexes(table.name)}
            assert {index.name for index in table.indexes} <= indexes, table.name


ALL_TABLES = [*metadata.sorted_tables, *audit.metadata.sorted_tables]


def held(connections: Connections) -> dict[str, list[str]]:
    """Return every row of every table, in an order of their own."""
    with connections.read() as connection:
        return {
            table.name: sorted(repr(row) for row in connection.execute(table.select()))
            for table in ALL_TABLES
        }


# What a founded bank has nothing of. Every table must have a row: see the test.
FILLING = (
    "update users set mobile = '13800000000' where id = 't11'",
    "update users set disabled_at = 7, disable_reason = 'left' where id = 't12'",
    "update access_mode set enabled = false, version = 2 where id = 'INTERFACE'",
    "insert into core_org values ('2101', '机构', '2100', true, 7)",
    "insert into core_teller values ('t11', '员工', '2101', '[]', true, 7)",
    "insert into reminder values ('r1', '2101', '2026Q4', 'DUE', '2026-12-31', '2026-12-17', null)",
    (
        "insert into rights_finding values"
        " ('f1', '2026-11-22', 't11', '2101', 'UNKNOWN_TELLER', '', '[]', '2026-11-22')"
    ),
    "insert into nightly_run values ('rights', '2026-11-22', 7, 1)",
    "insert into maintenance select 'm1', 20, 30, 'x', min(id), 10, null, 1 from pending_change",
    (
        "insert into device"
        " (id, org_id, model, serial_no, parameters, change_id, created_at, version)"
        " select 'SC-1', '2101', 'x', '7',"
        ' \'{"dpi": 300, "colour": "GREY", "format": "PNG", "jpeg_quality": 0}\','
        " min(id), 7, 1 from pending_change"
    ),
    (
        "insert into device_fault"
        " (id, device_id, kind, note, reported_by, reported_at, resolution, version)"
        " values ('df1', 'SC-1', 'VIRUS', 'x', 't11', 7, '', 1)"
    ),
    "insert into login_failure values ('t11', '2026-11-22', 2)",
    "insert into sso_ticket values ('t', 9)",
    (
        "insert into review (id, org_id, quarter, state, due_on, started_at, started_by, version)"
        " values ('v1', '2101', '2026Q4', 'OPEN', '2026-12-31', 7, 'c11', 1)"
    ),
    (
        "insert into review_item (id, review_id, assignment_id, note)"
        " select 'i1', 'v1', min(id), '' from assignment"
    ),
)


@pytest.fixture
def filled(connections: Connections) -> Connections:
    """Return a bank with a row in every table and every column that a migration has added."""
    with connections.write() as connection:
        for line in FILLING:
            connection.exec_driver_sql(line)
    return connections


def test_going_back_loses_nothing_unless_told_to(filled: Connections) -> None:
    before = held(filled)
    empty = {name for name, rows in before.items() if not rows}
    # The log's own tables that only a witness or waiting events fill go with nothing.
    assert empty <= {"audit_outbox", "audit_cosignature"}
    refused = set()
    for revision in walked()[-2:1:-1]:
        here = held(filled) if version(filled) == newest() else None
        try:
            migrate(filled, revision)
        except LosesDataError as error:
            refused |= error.lost.keys()
            assert here is None or held(filled) == here
            migrate(filled, revision, lose_data=True)
    assert {
        "telephone numbers", "organisations as the core system reported them", "reminders",
        "announcements of maintenance", "switches of access that were set", "nightly runs",
        "tellers as the core system reported them", "findings about rights",
        "users shut out (they stay locked)",
    } <= refused  # fmt: skip


def test_every_migration_says_what_going_back_loses() -> None:
    for script in ScriptDirectory(str(FOLDER)).walk_revisions():
        assert isinstance(script.module.loses, dict), script.revision


def test_data_survives_a_step_back_and_forward(template: Template, tmp_path: Path) -> None:
    folder, url = template.copy(tmp_path / "data")
    connections = Connections(url)
    before = held(connections)
    assert before["audit_event"]
    for revision in walked()[-2::-1]:
        migrate(connections, "-1", lose_data=True)
        assert version(connections) == revision
    migrate(connections, "head")
    assert {**held(connections), "epoch": []} == {**before, "epoch": []}
    connections.close()
    with running(folder, url) as bank:
        assert bank.sign_in("t11", PASSWORD).token


def test_entries_of_the_old_log_become_events_and_go_back(
    template: Template, tmp_path: Path
) -> None:
    folder, url = template.copy(tmp_path / "data")
    connections = Connections(url)
    migrate(connections, "0002", lose_data=True)
    old = [
        {
            "kind": "LOGIN", "actor": "t11", "org": "2101",
            "rpc": "sealapi.v1.SessionService/Login",
            "target": f"users/t{number}", "decision": decision,
            "at": 1_795_000_000_000_000 + number,
            "trace_id": "0" * 32, "request_id": "", "peer": "ipv4:1", "data_class": 2,
            "before": None, "after": {"名": "值"} if number else None,
        }
        for number, decision in enumerate(["ALLOWED", "BAD_CREDENTIALS", "INTERNAL", "REPLAYED"])
    ]  # fmt: skip
    with connections.write() as connection:
        connection.execute(entry.insert(), old)
    migrate(connections, "head")
    with connections.read() as connection:
        numbered = connection.execute(select(func.count()).select_from(audit.event)).scalar_one()
    # Once more back and forward: nothing is there twice, nothing is lost.
    migrate(connections, "0002", lose_data=True)
    with connections.read() as connection:
        rows = connection.execute(entry.select().order_by(entry.c.seq)).mappings().fetchall()
    assert [{k: v for k, v in row.items() if k != "seq"} for row in rows[numbered:]] == old
    migrate(connections, "head")
    connections.close()
    with running(folder, url) as bank:
        wait_until_numbered(bank)
        events = bank.rows("audit_event", f"seq >= {numbered}")
    assert [(e.target, e.decision, e.reason) for e in events[:4]] == [
        ("users/t0", 1, ""), ("users/t1", 2, "BAD_CREDENTIALS"), ("users/t2", 3, "INTERNAL"),
        ("users/t3", 1, "REPLAYED"),
    ]  # fmt: skip
    report = check(url, Trust.of((str(folder / "audit.key.pub"),), published=folder / "audit"))
    assert report.findings == []
    assert report.events >= numbered + 4


def test_a06_the_register_of_scanners_survives_a_step_back(
    template: Template, tmp_path: Path
) -> None:
    folder, url = template.copy(tmp_path / "data")
    with running(folder, url) as bank:
        name = faulty(bank)
    connections = Connections(url)
    before = held(connections)
    assert (len(before["device"]), len(before["device_fault"])) == (1, 1)
    migrate(connections, "0010", lose_data=True)
    migrate(connections, "head")
    assert held(connections) == before
    # The outlet is merged while an older program runs, which knows of no scanners.
    migrate(connections, "0010", lose_data=True)
    with connections.write() as connection:
        connection.exec_driver_sql("update org set merged_into = '2102' where id = '2101'")
    migrate(connections, "head")
    with running(folder, url) as bank:
        device = bank.as_("c12").device.get_device(GetDeviceRequest(name="devices/SC-0001")).device
        assert (device.org, device.faults[0].name) == ("orgs/2102", name)
    connections.close()


def test_a06_an_older_bank_gets_the_rights_to_its_scanners(connections: Connections) -> None:
    def holders(right: str) -> set[str]:
        with connections.read() as connection:
            rows = connection.execute(select(role.c.id, role.c.permissions))
            return {key for key, permissions in rows if right in permissions} - {"local"}

    migrate(connections, "0010", lose_data=True)
    with connections.write() as connection:
        for key, permissions in connection.execute(select(role.c.id, role.c.permissions)).all():
            left = tuple(one for one in permissions if one not in {"device.check", "device.use"})
            connection.execute(update(role).where(role.c.id == key).values(permissions=left))
    migrate(connections, "head")
    assert holders("device.check") == {"hq-admin", "branch-admin"}
    assert holders("device.use") == {
        "hq-admin", "branch-admin", "sub-branch-admin", "verifier", "manual-verifier", "operator",
    }  # fmt: skip


def test_e35_who_reads_the_log_of_an_older_bank_may_make_reports_of_it(
    connections: Connections,
) -> None:
    def holders() -> set[str]:
        with connections.read() as connection:
            rows = connection.execute(select(role.c.id, role.c.permissions))
            return {key for key, permissions in rows if "report.make" in permissions}

    migrate(connections, "0007", lose_data=True)
    with connections.write() as connection:
        for key, permissions in connection.execute(select(role.c.id, role.c.permissions)).all():
            left = tuple(one for one in permissions if one != "report.make")
            connection.execute(update(role).where(role.c.id == key).values(permissions=left))
    assert holders() == set()
    migrate(connections, "head")
    assert holders() == {"hq-admin", "branch-admin", "sub-branch-admin", "auditor"}


def wait_until_numbered(bank: Bank) -> None:
    for _ in range(500):
        if not bank.rows("audit_outbox"):
            return
        time.sleep(0.02)
    raise AssertionError


def test_all_the_way_back_leaves_nothing(connections: Connections) -> None:
    migrate(connections, "base", lose_data=True)
    assert version(connections) is None
    with connections.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    for revision in walked():
        migrate(connections, revision)
    migrate(connections, "0001", lose_data=True)
    migrate(connections, "head")
    assert version(connections) == newest()


def test_a_failing_migration_leaves_the_database_as_it_was(connections: Connections) -> None:
    migrate(connections, "0001", lose_data=True)
    with connections.write() as connection:
        connection.exec_driver_sql("insert into epoch values (1, 7)")  # what 0002 inserts
        before = connection.exec_driver_sql("select count(*) from role").scalar()
    with pytest.raises(Exception, match=r"(?i)epoch|CONFLICT"):
        migrate(connections, "0002", lose_data=True)
    assert version(connections) == "0001"
    with connections.read() as connection:
        assert connection.exec_driver_sql("select count(*) from role").scalar() == before


def test_going_back_lets_nobody_in_who_was_shut_out(connections: Connections) -> None:
    with connections.write() as connection:
        connection.exec_driver_sql(
            "update users set disabled_at = 7, disable_reason = 'left' where id = 't11'"
        )
    migrate(connections, "0002", lose_data=True)
    with connections.read() as connection:
        row = connection.exec_driver_sql(
            "select locked_at, lock_reason from users where id = 't11'"
        ).one()
    assert tuple(row) == (7, "left")


def test_a30_the_log_tells_through_whose_hands_passwords_went(
    template: Template, tmp_path: Path
) -> None:
    folder, url = template.copy(tmp_path / "data")
    connections = Connections(url)
    known = held_by(connections)
    assert known["c11"] == ("b1b", "hq2", "root")
    migrate(connections, "0010", lose_data=True)
    migrate(connections, "head")
    assert held_by(connections) == known
    # A bank that never had this version knows only its log.
    migrate(connections, "0010", lose_data=True)
    with connections.write() as connection:
        connection.exec_driver_sql("drop table kept_0011")
    migrate(connections, "head")
    connections.close()
    with running(folder, url) as bank:
        found = held_by(bank.server.pipeline.database.connections)  # type: ignore[attr-defined]
    assert found["c11"] == ("b1b", "hq2")


def held_by(connections: Connections) -> dict[str, tuple[str, ...]]:
    with connections.read() as connection:
        rows = connection.execute(select(users.c.id, users.c.password_known_to)).all()
    return dict(tuple(row) for row in rows)
