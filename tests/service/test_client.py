"""The client: what it repeats and what not, deadlines, errors in words."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from refusals import refused
from service_bank import PASSWORD, Bank

from seal_service.domain.reasons import Reason, Refusal
from seal_service.grpc_api.errors import DETAILS_KEY, code_of, status_of
from sealapi.v1 import audit_pb2 as ab
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as ob
from sealapi.v1 import session_pb2 as sb
from sealmatch.client import CallError, Client, Retries


class Scripted:
    """A server that answers with a list of refusals, then well; it keeps the requests."""

    def __init__(self, *script: Refusal | grpc.StatusCode) -> None:
        self.script = list(script)
        self.requests: list[bytes] = []
        self.metadata: list[dict[str, str]] = []

    def answer(self, data: bytes, context: Any) -> bytes:
        self.requests.append(data)
        self.metadata.append(dict(context.invocation_metadata()))
        if self.script:
            step = self.script.pop(0)
            if isinstance(step, grpc.StatusCode):
                context.abort(step, "proxy says no")
            status = status_of(step)
            context.set_trailing_metadata(((DETAILS_KEY, status.SerializeToString()),))
            context.abort(code_of(step), status.message)
        return b""

    @contextmanager
    def client(self, **options: Any) -> Iterator[Client]:
        server = grpc.server(ThreadPoolExecutor(2))
        script = self

        class Everything(grpc.GenericRpcHandler):  # type: ignore[type-arg]
            def service(self, _details: Any) -> Any:
                return grpc.unary_unary_rpc_method_handler(script.answer)

        server.add_generic_rpc_handlers((Everything(),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            with Client(f"127.0.0.1:{port}", sleep=lambda _: None, **options) as client:
                yield client
        finally:
            server.stop(0)


UNLOCK = ib.UnlockUserRequest(name="users/t11")


def test_a_conflict_is_repeated_with_the_same_request_id() -> None:
    server = Scripted(Refusal(Reason.CONFLICT), Refusal(Reason.DRAINING))
    with server.client() as client:
        client.identity.unlock_user(UNLOCK)
    assert len(server.requests) == 3
    assert len(set(server.requests)) == 1
    assert ib.UnlockUserRequest.FromString(server.requests[0]).request_id
    assert UNLOCK.request_id == ""  # the caller's message is not touched
    assert all(one["traceparent"].startswith("00-") for one in server.metadata)


def test_unanswered_calls_are_repeated_where_that_is_safe() -> None:
    server = Scripted(grpc.StatusCode.UNAVAILABLE)
    with server.client() as client:
        client.organization.get_org(ob.GetOrgRequest(name="orgs/1"))
    assert len(server.requests) == 2
    server = Scripted(grpc.StatusCode.UNAVAILABLE)
    with server.client() as client:  # It takes long, and changes nothing.
        client.audit.verify_range(ab.VerifyRangeRequest(count=1))
    assert len(server.requests) == 2
    server = Scripted(grpc.StatusCode.UNAVAILABLE)
    with server.client() as client, pytest.raises(CallError) as caught:
        client.session.login(sb.LoginRequest(user_id="x", password="y"))
    assert (len(server.requests), caught.value.code) == (1, "UNAVAILABLE")


@pytest.mark.parametrize("reason", [Reason.SAME_PERSON, Reason.ETAG_MISMATCH, Reason.USER_LOCKED])
def test_refusals_are_not_repeated(reason: Reason) -> None:
    server = Scripted(Refusal(reason))
    with server.client() as client, refused(reason):
        client.identity.unlock_user(UNLOCK)
    assert len(server.requests) == 1


def test_repetitions_end() -> None:
    server = Scripted(*[Refusal(Reason.DRAINING)] * 9)
    with server.client(retries=Retries(attempts=3)) as client, refused("DRAINING"):
        client.identity.unlock_user(UNLOCK)
    assert len(server.requests) == 3


def test_the_deadline_covers_all_repetitions() -> None:
    server = Scripted(*[Refusal(Reason.QUOTA, limit_per_s=1, retry_after_s=30)] * 9)
    begin = time.monotonic()
    with server.client(timeout_s=1.0) as client, refused("QUOTA") as caught:
        client.identity.unlock_user(UNLOCK)
    assert time.monotonic() - begin < 5
    assert len(server.requests) == 1
    assert caught.value.retry_after_s == 30


def test_waits_grow_and_are_jittered() -> None:
    retries = Retries(attempts=10, first_wait_s=0.1, longest_wait_s=2.0)
    lost = CallError(code="UNAVAILABLE", english="")
    for attempt in range(1, 10):
        waits = {retries.wait_s(lost, attempt, repeatable=True) for _ in range(20)}
        assert len(waits) > 1
        assert all(wait is not None and 0 <= wait <= min(2.0, 0.1 * 2**attempt) for wait in waits)
    assert retries.wait_s(lost, 10, repeatable=True) is None
    assert retries.wait_s(lost, 1, repeatable=False) is None


def test_errors_say_everything_in_two_languages(sqlite_bank: Bank) -> None:
    with refused("INVALID_FIELD") as caught:
        sqlite_bank.as_("c11").identity.get_user(ib.GetUserRequest(name="x"))
    error = caught.value
    assert (error.code, error.fields[0].field) == ("INVALID_ARGUMENT", "name")
    assert error.chinese == "请求字段不合法。"


def test_login_and_logout(sqlite_bank: Bank) -> None:
    with Client(sqlite_bank.address) as client:
        assert client.login("c11", PASSWORD).user == "users/c11"
        assert client.organization.get_org(ob.GetOrgRequest(name="orgs/2101")).org.level == 3
        client.logout()
        with refused("SESSION_EXPIRED"):
            client.organization.get_org(ob.GetOrgRequest(name="orgs/2101"))


def test_a_server_that_is_not_there() -> None:
    client = Client("127.0.0.1:1", timeout_s=2.0, retries=Retries(attempts=2))
    with client, pytest.raises(CallError) as caught:
        client.organization.get_org(ob.GetOrgRequest(name="orgs/1"))
    assert caught.value.code in {"UNAVAILABLE", "DEADLINE_EXCEEDED"}
    assert caught.value.reason == ""


def test_a_repetition_dials_again() -> None:
    """Not so by gRPC's own pause of a second: all repetitions would be over before it."""
    dialled = []

    class Hangs(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            dialled.append(time.monotonic())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Hangs) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        retries = Retries(attempts=100, first_wait_s=0.05, longest_wait_s=0.05)
        address = f"127.0.0.1:{server.server_address[1]}"
        with Client(address, timeout_s=0.75, retries=retries) as client, refused("") as caught:
            client.organization.get_org(ob.GetOrgRequest(name="orgs/2101"))
        server.shutdown()
    assert caught.value.code in {"UNAVAILABLE", "DEADLINE_EXCEEDED"}
    assert len(dialled) >= 2
