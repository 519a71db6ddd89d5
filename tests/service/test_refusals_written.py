"""A refused call is written like an act: no passing fault of PostgreSQL drops it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from audit_log import a_log, count, event_of
from refusals import refused
from service_bank import Bank, Template, running
from service_loss import verified
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from seal_service.audit.again import TRIES
from seal_service.audit.store import Recorder
from sealapi.v1 import organization_pb2 as ob

SERIALIZATION = "RAISE EXCEPTION 'lost' USING ERRCODE = '40001'"
DEADLOCK = "RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'"
CONNECTION = "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1)"


@pytest.fixture
def postgres_bank(founded_postgresql: Template, tmp_path: Path) -> Iterator[Bank]:
    folder, url = founded_postgresql.copy(tmp_path / "data")
    with running(folder, url) as bank:
        yield bank
    founded_postgresql.drop(url)


@contextmanager
def failing(bank: Bank, fault: str, times: int) -> Iterator[None]:
    """Have the next writes of events of refusals fail."""
    url = bank.settings.url.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(url, autocommit=True) as connection:
        # A sequence counts on although the transaction that asked it is undone.
        connection.execute(f"""
            CREATE SEQUENCE faults;
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.reason <> '' AND nextval('faults') <= {times} THEN {fault}; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER fail BEFORE INSERT ON audit_outbox FOR EACH ROW EXECUTE FUNCTION fail();
        """)  # type: ignore[call-overload]
        yield
        connection.execute(
            "DROP TRIGGER fail ON audit_outbox; DROP FUNCTION fail(); DROP SEQUENCE faults"
        )


def close_org(bank: Bank) -> None:
    """Ask for what a teller may not."""
    with refused("NO_PERMISSION"):
        bank.as_("t11").organization.delete_org(
            ob.DeleteOrgRequest(name="orgs/2199", etag="x", reason="x")
        )


def unlogged(bank: Bank) -> float:
    return float(bank.server.pipeline.metrics.unlogged._value.get())


@pytest.mark.parametrize(
    "fault", [SERIALIZATION, DEADLOCK, CONNECTION], ids=["serialization", "deadlock", "connection"]
)
def test_a72_a_refusal_is_in_the_log_although_its_writing_failed_at_first(
    postgres_bank: Bank, fault: str
) -> None:
    bank = postgres_bank
    bank.as_("t11")
    with failing(bank, fault, TRIES - 1):
        close_org(bank)
    (row,) = bank.log("sealapi.v1.OrganizationService/DeleteOrg", "NO_PERMISSION")
    assert (row.actor, row.target) == ("t11", "orgs/2199")
    assert unlogged(bank) == 0
    bank.wait_until_logged()
    assert verified(bank.settings.data_dir, bank.settings.url).findings == []


def test_a72_a_refusal_reaches_the_caller_where_nothing_can_be_written(
    postgres_bank: Bank,
) -> None:
    bank = postgres_bank
    bank.as_("t11")
    with failing(bank, SERIALIZATION, TRIES):
        close_org(bank)
        assert unlogged(bank) == 1
        close_org(bank)
    assert len(bank.log("sealapi.v1.OrganizationService/DeleteOrg", "NO_PERMISSION")) == 1


def test_a72_an_event_whose_commit_was_hidden_is_logged_once(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_log(postgres_url, tmp_path) as log:
        write, tried = log.database.write, []
        lost = OperationalError("COMMIT", {}, psycopg.OperationalError("lost"))

        @contextmanager
        def first_lost() -> Iterator[Connection]:
            tried.append(1)
            with write() as connection:
                yield connection
            if len(tried) == 1:
                raise lost

        recorder = Recorder(log.database, log.settings.hasher)
        with monkeypatch.context() as patched:
            patched.setattr(log.database, "write", first_lost)
            recorder.record(event_of(1)).result(30)
        recorder.close()
        assert count(log, "audit_outbox") == 2
        log.add([])
        assert count(log, "audit_event") == 1
        assert log.check().sound
