"""Whatever bytes come in, an answer or a refusal with a reason goes out: never our own fault."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from message_strategies import messages
from service_bank import FOUNDED, PASSWORD, Bank, Template, cheap_hasher, running
from service_cases import CASES, PUBLIC
from sqlalchemy import insert

from seal_service.access.policies import SERVICES
from seal_service.adapters.sql.engine import Connections
from seal_service.adapters.sql.tables import system_mark
from seal_service.domain.people import bank_date, enabled, unlocked, with_password
from seal_service.domain.reasons import TABLE, Reason, Refusal
from seal_service.interceptors import validate
from sealapi.v1 import audit_pb2, change_pb2, identity_pb2, organization_pb2
from sealmatch.client import CallError, Client
from sealmatch.client.errors import decoded

METHODS = {
    f"{service.name}/{method.name}": method for service in SERVICES for method in service.methods
}
FAULTS = {"UNKNOWN", "INTERNAL", "DATA_LOSS", "UNIMPLEMENTED"}
# Each caller's session may end on the way; who is refused for that is signed in again.
_PATIENT = settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bank]:
    template: Template = request.getfixturevalue(f"founded_{request.param}")
    folder, url = template.copy(Path(tmp_path_factory.mktemp("malformed")) / "data")
    with running(folder, url) as bank:
        yield bank
    template.drop(url)


def send(bank: Bank, name: str, data: bytes) -> CallError | None:
    """Send bytes as a request; return the refusal."""
    user = CASES[name].user or ("" if name in PUBLIC else "hq1")
    # Wrong passwords and sign-outs are for people whom nobody else needs.
    user = {"hq1": "hq2", "c11": "b1"}.get(user, user)
    client = signed_in(bank, user) if user else bank.guest()
    raw = client._channel.unary_unary(f"/sealapi.v1.{name}")
    try:
        raw(data, metadata=client._metadata(), timeout=20)
    except grpc.RpcError as error:
        refusal = decoded(error)
        if refusal.reason in {"SESSION_EXPIRED", "USER_LOCKED"}:
            bank.clients.pop(user, None)
        return refusal
    return None


def signed_in(bank: Bank, user: str) -> Client:
    """Return a person's client, with an administrator's help if need be."""
    try:
        return bank.as_(user)
    except CallError:
        day = bank_date(bank.clock(), bank.server.pipeline.tools.rules.zone)
        with bank.server.pipeline.database.write() as work:
            found = work.users.get(user)
            assert found is not None
            hashed = cheap_hasher().hash(PASSWORD)
            admitted = unlocked(enabled(found))
            work.users.save(with_password(admitted, hashed, initial=False, at=bank.clock()))
            work.users.forget_wrong_passwords(user, day)
        return bank.as_(user)


def check(refusal: CallError | None) -> None:
    if refusal is None:
        return
    assert refusal.code not in FAULTS or refusal.reason == "NOT_BUILT", refusal
    entry = TABLE[Reason(refusal.reason)]
    assert refusal.code == entry.code
    assert set(refusal.numbers) == set(entry.numbers)
    assert refusal.chinese == entry.chinese


@pytest.mark.parametrize("name", sorted(METHODS))
def test_any_message_is_answered(shared: Bank, name: str) -> None:
    @_PATIENT
    @given(request=messages(METHODS[name].input_type))
    def any_message(request: Message) -> None:
        check(send(shared, name, request.SerializeToString()))

    any_message()


@pytest.mark.parametrize("name", sorted(METHODS))
def test_a_good_message_with_one_strange_field_is_answered(shared: Bank, name: str) -> None:
    good = good_request(shared, name)

    @_PATIENT
    @given(strange=messages(METHODS[name].input_type), data=st.data())
    def one_strange_field(strange: Message, data: st.DataObject) -> None:
        request = type(good)()
        request.CopyFrom(good)
        fields = [field.name for field in good.DESCRIPTOR.fields]
        if fields:
            field = data.draw(st.sampled_from(fields))
            request.ClearField(field)
            part = type(good)()
            part.CopyFrom(strange)
            for other in fields:
                if other != field:
                    part.ClearField(other)
            request.MergeFrom(part)
        if "request_id" in fields and field != "request_id":
            request.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
        check(send(shared, name, request.SerializeToString()))

    one_strange_field()


def good_request(bank: Bank, name: str) -> Message:
    """Return a good request; its records need not exist in this much-changed bank."""
    try:
        return CASES[name].request(bank)
    except CallError:
        return METHODS[name].input_type._concrete_class()


@_PATIENT
@given(name=st.sampled_from(sorted(METHODS)), data=st.binary(max_size=300))
def test_any_bytes_are_answered(shared: Bank, name: str, data: bytes) -> None:
    check(send(shared, name, data))


@given(token=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=300))
@_PATIENT
def test_any_token_is_answered(shared: Bank, token: str) -> None:
    client = shared.guest()
    client.token = token
    try:
        client.session.logout(CASES["SessionService/Logout"].request(shared))  # type: ignore[arg-type]
    except CallError as error:
        assert error.reason == "SESSION_EXPIRED"
    finally:
        client.token = ""


NUL = "a\x00b"


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (organization_pb2.CreateOrgRequest(
            request_id=str(uuid.uuid4()), org_id="2105", display_name="x", parent="orgs/2100",
            kind=organization_pb2.Org.KIND_REAL, reason=NUL), "reason"),
        (identity_pb2.DisableUserRequest(
            request_id=str(uuid.uuid4()), name="users/t12", reason="a\x1b[2J"), "reason"),
        (audit_pb2.ListAuditEventsRequest(actor=NUL), "actor"),
        (change_pb2.ListPendingChangesRequest(kind=NUL), "kind"),
        (identity_pb2.CreateExclusionRuleRequest(
            request_id=str(uuid.uuid4()), rule_id="long", reason="x",
            rule=identity_pb2.ExclusionRule(
                kind=identity_pb2.ExclusionRule.KIND_DYNAMIC, first="a" * 100, second="b",
                reach=identity_pb2.ExclusionRule.REACH_BANK)), "rule.first"),
        (identity_pb2.UpdatePostRequest(
            request_id=str(uuid.uuid4()), reason="x",
            post=identity_pb2.Post(name="posts/auditor", roles=["roles/x", "roles/\x7f"])),
         "post.roles[1]"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.DESCRIPTOR.name,
)  # fmt: skip
def test_a_text_that_no_record_can_hold_is_refused_by_its_field(
    shared: Bank, request_: Message, field: str
) -> None:
    name = request_.DESCRIPTOR.name.removesuffix("Request")
    (path,) = [one for one in METHODS if one.endswith(f"/{name}")]
    refusal = send(shared, path, request_.SerializeToString())
    assert refusal is not None
    assert refusal.reason == "INVALID_FIELD", refusal
    assert field in {one.field for one in refusal.fields}


def test_line_ends_and_tabs_are_no_control_characters() -> None:
    reason = "第一行\r\n\t第二行"
    asked = identity_pb2.DisableUserRequest(
        request_id=str(uuid.uuid4()), name="users/t12", reason=reason
    )
    assert validate.parsed(type(asked), asked.SerializeToString()) == asked


def test_a_value_that_the_database_cannot_hold_is_no_fault_of_ours(
    founded_postgresql: Template, tmp_path: Path
) -> None:
    _folder, url = founded_postgresql.copy(tmp_path / "data")
    connections = Connections(url)
    for value in ("x" * 65, NUL):
        with pytest.raises(Refusal) as caught, connections.write() as connection:
            connection.execute(insert(system_mark).values(key=value, value="y", at=FOUNDED))
        assert caught.value.reason is Reason.INVALID_FIELD
    connections.close()
    founded_postgresql.drop(url)
