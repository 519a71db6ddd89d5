"""Calls that cannot be served: too many, unknown, faulty, without a database."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import grpc
import psycopg
import pytest
from audit_log import wait_until
from refusals import refused
from service_bank import Bank, running
from sqlalchemy.exc import DatabaseError

from seal_service.adapters.sql.engine import Connections
from seal_service.domain.reasons import Reason, Refusal
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as ob
from sealmatch.client.errors import decoded

ORG = ob.GetOrgRequest(name="orgs/2101")


def test_over_quota_says_when_to_come_again_and_does_not_flood_the_log(
    copied: tuple[Path, str],
) -> None:
    quota = {"per_s": 1000, "burst": 1000, "anonymous_per_s": 0.01, "anonymous_burst": 3}
    with running(*copied, quota=quota) as bank:
        for _ in range(3):
            with refused("SESSION_EXPIRED"):
                bank.guest().organization.get_org(ORG)
        begin = time.monotonic()
        for _ in range(20):
            with refused("QUOTA", limit_per_s="0.01") as caught:
                bank.guest().organization.get_org(ORG)
        assert caught.value.code == "RESOURCE_EXHAUSTED"
        assert caught.value.retry_after_s is not None
        assert 50 < caught.value.retry_after_s <= 100
        # One entry a second at most, however many calls there are.
        written = len(bank.log(outcome="QUOTA"))
        assert 1 <= written <= 1 + time.monotonic() - begin


def test_e30_calls_of_unknown_methods_are_in_the_log_once_a_second(sqlite_bank: Bank) -> None:
    raw = sqlite_bank.as_("c11")._channel.unary_unary
    for path in ("/sealapi.v1.IdentityService/DropEverything", "/x/y"):
        with pytest.raises(grpc.RpcError) as caught:
            raw(path)(b"")
        assert decoded(caught.value).reason == "NOT_BUILT"
    (entry,) = sqlite_bank.log("system/UnknownMethod")
    assert entry.target == "/sealapi.v1.IdentityService/DropEverything"
    assert entry.actor.startswith("peer:")


def test_an_unknown_fault_is_internal_with_a_correlation_id_and_undone(bank: Bank) -> None:
    pipeline = bank.server.pipeline
    before = bank.rows("users")
    bank.as_("c11")
    original = type(pipeline)._require_kept_promises

    def fail(*_: object) -> None:
        message = "secret detail"
        raise RuntimeError(message)

    type(pipeline)._require_kept_promises = fail  # type: ignore[method-assign]
    try:
        with refused("INTERNAL") as caught:
            bank.as_("c11").identity.unlock_user(ib.UnlockUserRequest(name="users/t11"))
    finally:
        type(pipeline)._require_kept_promises = original  # type: ignore[method-assign]
    assert len(caught.value.numbers["correlation_id"]) == 16
    assert "secret" not in str(caught.value)
    assert bank.rows("users") == before
    assert bank.log(outcome="INTERNAL")


def test_a_use_case_that_forgets_its_scope_is_rolled_back(sqlite_bank: Bank) -> None:
    from dataclasses import replace

    from seal_service.grpc_api import dispatch

    bank = sqlite_bank
    path = "/sealapi.v1.IdentityService/UnlockUser"
    dispatcher = next(
        handler
        for handler in bank.server._server._state.generic_handlers  # type: ignore[attr-defined]
        if isinstance(handler, dispatch.Dispatcher)
    )

    def careless(call: Any, request: ib.UnlockUserRequest) -> ib.UnlockUserResponse:
        user = call.work.users.get(request.name.removeprefix("users/"))
        call.work.users.save(replace(user, name="changed"))
        return ib.UnlockUserResponse()

    method = replace(dispatch.methods()[path], handle=careless)
    dispatcher._handlers[path] = dispatcher._handler(method)
    with refused("INTERNAL"):
        bank.as_("c11").identity.unlock_user(ib.UnlockUserRequest(name="users/t21"))
    assert bank.user("t21").display_name == "员工t21"


def test_a_database_that_is_gone_is_unavailable_not_internal(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    client = bank.as_("c11")

    class Gone:
        @contextmanager
        def read(self) -> Any:
            raise Refusal(Reason.DATABASE_BUSY)
            yield

        write = read

    bank.server.pipeline.database = Gone()
    with refused("DATABASE_BUSY") as caught:
        client.organization.get_org(ORG)
    assert caught.value.code == "UNAVAILABLE"


def test_a_pool_that_is_used_up_is_busy_and_no_fault_of_ours(tmp_path: Path) -> None:
    connections = Connections(f"sqlite:///{tmp_path / 'x.sqlite'}", pool_size=1)
    pool: Any = connections.transactions.engine.pool
    pool._timeout = 0.05
    with ExitStack() as taken:
        for _ in range(1 + pool._max_overflow):
            taken.enter_context(connections.read())
        with pytest.raises(Refusal) as caught:
            taken.enter_context(connections.read())
    assert caught.value.reason is Reason.DATABASE_BUSY
    connections.close()


def test_e34_a_lost_connection_is_busy_whatever_its_class(tmp_path: Path) -> None:
    """Of a fault that comes without an SQLSTATE psycopg says no more than that there is one."""
    connections = Connections(f"sqlite:///{tmp_path / 'x.sqlite'}")
    lost = DatabaseError(
        "SELECT 1", {}, psycopg.DatabaseError("broken pipe"), connection_invalidated=True
    )
    with pytest.raises(Refusal) as caught, connections.read():
        raise lost
    assert caught.value.reason is Reason.DATABASE_BUSY
    connections.close()


@contextmanager
def held(bank: Bank) -> Iterator[None]:
    """Let no call write while the block lasts."""
    url = bank.settings.url
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("LOCK TABLE pending_change, idempotency IN ACCESS EXCLUSIVE MODE")
        yield


def test_a_callers_deadline_leaves_no_half_decision(bank: Bank) -> None:
    """The caller has gone before the database let anything be written: nothing is."""
    client = bank.as_("c11")
    request = ib.CreateUserRequest(
        user_id="n1", display_name="新人", org="orgs/2101", kind=ib.User.KIND_PERSON, reason="x"
    )
    method = "sealapi.v1.IdentityService/CreateUser"
    changes = len(bank.rows("pending_change"))
    with held(bank), refused("") as caught:
        client.call(f"/{method}", request, ib.CreateUserResponse, timeout_s=0.5)
    assert caught.value.code == "DEADLINE_EXCEEDED"
    wait_until(lambda: bool(bank.log(method, "DEADLINE")))
    assert [row.actor for row in bank.log(method, "DEADLINE")] == ["c11"]
    assert len(bank.rows("pending_change")) == changes
    assert client.call(f"/{method}", request, ib.CreateUserResponse).change.name
