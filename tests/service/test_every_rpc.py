"""Every RPC: allowed, denied by permission and by scope, stale, late, replayed; and in the log."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import grpc
import pytest
from google.protobuf import message_factory
from google.protobuf.message import Message
from refusals import refused
from service_bank import Bank
from service_cases import CASES, EXPECTED_REFUSAL, OPEN, PUBLIC, SELF, Case

from seal_service.access.identity import Credentials
from seal_service.access.policies import SERVICES, Scope
from seal_service.application.changes import KINDS
from seal_service.domain.posts import PERMISSIONS
from seal_service.domain.reasons import Reason, Refusal
from seal_service.grpc_api.dispatch import methods
from seal_service.interceptors.exchange import Exchange
from sealmatch.client import Client
from sealmatch.client.errors import decoded

NAMES = [f"{service.name}/{method.name}" for service in SERVICES for method in service.methods]
METHODS = methods()
IDS = {"user_id": "users", "post_id": "posts", "role_id": "roles", "rule_id": "exclusionRules",
       "org_id": "orgs"}  # fmt: skip
RECORDS = {"user", "post", "role", "rule"}
ABOUT_THE_LOG_ITSELF = {f"AuditService/{name}" for name in ("GetCheckpoint", "GetConsistencyProof")}


def call(client: Client, name: str, request: Message) -> Message:
    method = METHODS[f"/sealapi.v1.{name}"]
    reply_type = message_factory.GetMessageClass(method.response_type.DESCRIPTOR)
    return client.call(f"/sealapi.v1.{name}", request, reply_type)


def entries(bank: Bank, name: str, decision: str) -> int:
    return len(bank.log(f"sealapi.v1.{name}", decision))


def with_id(request: Message) -> Message:
    if "request_id" in request.DESCRIPTOR.fields_by_name:
        request.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
    return request


def etag_holder(request: Message) -> Message | None:
    """Return the message that carries the etag: the request, or the record in it."""
    for holder in (request, *(getattr(request, f) for f in ("user", "post", "role", "rule")
                              if f in request.DESCRIPTOR.fields_by_name)):  # fmt: skip
        fields = getattr(holder, "DESCRIPTOR", None)
        if fields is not None and "etag" in fields.fields_by_name and holder.etag:
            return holder
    return None


def test_there_is_a_case_for_every_rpc() -> None:
    assert sorted(CASES) == sorted(NAMES)


@pytest.mark.parametrize("name", sorted(set(NAMES) - PUBLIC - SELF - OPEN))
def test_every_scope_is_tried(name: str) -> None:
    case, scope = CASES[name], METHODS[f"/sealapi.v1.{name}"].policy.scope
    own = scope is Scope.SELF or METHODS[f"/sealapi.v1.{name}"].policy.permission not in PERMISSIONS
    assert bool(case.elsewhere or case.hidden) is not own, "who is refused for the organisation?"


@pytest.mark.parametrize("name", NAMES)
def test_e30_every_rpc(bank: Bank, name: str) -> None:
    case = CASES[name]
    request = with_id(case.request(bank))
    denied_by_permission(bank, name, case, request)
    denied_by_scope(bank, name, case, request)
    malformed(bank, name, case)
    stale(bank, name, case, request)
    late(bank, name, case, request)
    client = bank.as_(case.user) if case.user else bank.guest()
    if name in EXPECTED_REFUSAL:
        with refused(EXPECTED_REFUSAL[name]):
            call(client, name, request)
        return
    before = entries(bank, name, "ALLOWED")
    first = call(client, name, request)
    assert entries(bank, name, "ALLOWED") == before + 1
    assert bank.log(f"sealapi.v1.{name}", "ALLOWED")[-1].target or name in ABOUT_THE_LOG_ITSELF
    policy = METHODS[f"/sealapi.v1.{name}"].policy
    if policy.second_person:
        # What is grave for its maker is grave for its checker.
        assert KINDS[first.change.kind].step_up is policy.step_up  # type: ignore[attr-defined]
    replayed(bank, name, client, request, first)


def names_in(request: Message) -> set[str]:
    """Return every resource name in a request, and those of records that it would make."""
    found = set()
    for field, value in request.ListFields():
        if field.name == "mode":
            found.add("accessModes/DIRECT")
        elif field.name in IDS:
            found.add(f"{IDS[field.name]}/{value}")
        elif field.name in RECORDS and not isinstance(value, str):
            found.add(value.name)
        elif isinstance(value, str) and re.fullmatch(r"[a-zA-Z]+(/[0-9a-zA-Z-]+)+", value):
            found.add(value)
    return found - {""}


def denied_by_permission(bank: Bank, name: str, case: Case, request: Message) -> None:
    if name not in PUBLIC:
        with refused("SESSION_EXPIRED"):
            call(bank.guest(), name, request)
        assert entries(bank, name, "SESSION_EXPIRED") == 1
    if name not in PUBLIC | SELF:
        with refused("NO_PERMISSION"):
            call(bank.as_(case.powerless), name, request)
        (entry,) = bank.log(f"sealapi.v1.{name}", "NO_PERMISSION")
        # Whoever reads it learns of whom or what it was, although no use case was reached.
        assert bool(entry.target) is bool(names_in(request)), entry
        assert not entry.target or entry.target in names_in(request)


def denied_by_scope(bank: Bank, name: str, case: Case, request: Message) -> None:
    if case.elsewhere:
        with refused("OUT_OF_ORG_SCOPE"):
            call(bank.as_(case.elsewhere), name, request)
        assert entries(bank, name, "OUT_OF_ORG_SCOPE") == 1
    if case.hidden:
        assert case.hidden in str(call(bank.as_(case.user), name, request))
        assert case.hidden not in str(call(bank.as_("c12"), name, request))


def malformed(bank: Bank, name: str, case: Case) -> None:
    client = bank.as_(case.user) if case.user else bank.guest()
    with pytest.raises(grpc.RpcError) as caught:
        client._channel.unary_unary(f"/sealapi.v1.{name}")(b"\xff", metadata=client._metadata())
    assert decoded(caught.value).reason == "MESSAGE_MALFORMED"
    assert entries(bank, name, "MESSAGE_MALFORMED") == 1


def stale(bank: Bank, name: str, case: Case, request: Message) -> None:
    old = type(request)()
    old.CopyFrom(request)
    holder = etag_holder(old)
    if holder is not None:
        holder.etag = "v99"  # type: ignore[attr-defined]
        with refused("ETAG_MISMATCH"):
            call(bank.as_(case.user), name, with_id(old))


def late(bank: Bank, name: str, case: Case, request: Message) -> None:
    """Let the deadline pass just before the commit: nothing of the call may stay."""
    if name in EXPECTED_REFUSAL:
        return
    method = METHODS[f"/sealapi.v1.{name}"]
    token = bank.as_(case.user).token if case.user else ""
    before = entries(bank, name, "ALLOWED")
    looks: Iterator[float] = iter((5.0, 5.0, 0.0))
    exchange = Exchange(
        method=method, data=request.SerializeToString(), peer="ipv4:127.0.0.1:1", unread=True,
        credentials=Credentials(token=token), trace_id="t", correlation_id="c",
        started=bank.clock(), time_left_s=lambda: next(looks),
    )  # fmt: skip
    with pytest.raises(Refusal) as caught:
        bank.server.pipeline.run(exchange)
    assert caught.value.reason is Reason.DEADLINE
    assert next(looks, None) is None
    assert entries(bank, name, "ALLOWED") == before
    assert entries(bank, name, "DEADLINE") == 1


def replayed(bank: Bank, name: str, client: Client, request: Message, first: Message) -> None:
    if "request_id" not in request.DESCRIPTOR.fields_by_name:
        return
    again = call(client, name, request)
    assert again == first
    assert entries(bank, name, "REPLAYED") == 1
    other = type(request)()
    other.CopyFrom(request)
    for field in (
        "reason", "note", "display_name", "cosignature", "name", "new_password", "quarter",
        "user_id", "tellers", "orgs", "org",
    ):  # fmt: skip
        if field in request.DESCRIPTOR.fields_by_name:
            if field in {"tellers", "orgs"}:
                getattr(other, field)[0].active = False
            else:
                value = str(getattr(other, field))
                setattr(
                    other,
                    field,
                    {"quarter": "2026Q3", "org": "orgs/2102"}.get(field, _other(value)),
                )
            break
    assert other != request
    with refused("REQUEST_ID_REUSED"):
        call(client, name, other)


def _other(value: str) -> str:
    return value[:-1] + ("a" if value[-1:] != "a" else "b") if value else "x"
