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
from service_bank import PASSWORD, Bank, Template, cheap_hasher, running
from service_cases import CASES, PUBLIC

from seal_service.access.policies import SERVICES
from seal_service.domain.people import bank_date, enabled, unlocked, with_password
from seal_service.domain.reasons import TABLE, Reason
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


@pytest.fixture(scope="module")
def shared(founded_sqlite: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    folder, url = founded_sqlite.copy(Path(tmp_path_factory.mktemp("malformed")) / "data")
    with running(folder, url) as bank:
        yield bank


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
