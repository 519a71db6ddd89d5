"""Several authenticators (E26): a password alone, or with a code sent to the telephone."""

from __future__ import annotations

import hashlib
import json
import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from refusals import refused
from service_bank import PASSWORD, Bank, Template, running

from seal_service.adapters.sms import SmsCodes
from seal_service.domain.reasons import Reason, Refusal
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as ob
from sealapi.v1 import session_pb2 as sb

NUMBER = "+8613800001234"


@dataclass
class Gateway:
    """A gateway that keeps what it is told, or refuses it."""

    port: int = 0
    broken: bool = False
    told: list[dict[str, str]] = field(default_factory=list)
    bearers: set[str | None] = field(default_factory=set)

    def code(self) -> str:
        """Return the code of the last message."""
        found = re.search(r"[0-9]{6}", self.told[-1]["text"])
        assert found is not None
        return found[0]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    known = Gateway()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            told = json.loads(self.rfile.read(size))
            if not known.broken:
                known.told.append(told)
                known.bearers.add(self.headers["Authorization"])
            self.send_response(503 if known.broken else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        known.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield known
        server.shutdown()


@pytest.fixture
def coded(template: Template, gateway: Gateway, tmp_path: Path) -> Iterator[Bank]:
    """Return a bank with a gateway, in which t11 has a telephone."""
    folder, url = template.copy(tmp_path / "data")
    sms: dict[str, Any] = {"gateway": f"http://127.0.0.1:{gateway.port}/send", "token": "of-bank"}
    with running(folder, url, sms=sms) as bank:
        user = ib.User(name="users/t11", etag=bank.user("t11").etag, mobile=NUMBER)
        request = ib.UpdateUserRequest(
            user=user, update_mask=FieldMask(paths=["mobile"]), reason="预留手机"
        )
        bank.approve(bank.as_("c11").identity.update_user(request).change, "b1")
        yield bank
    template.drop(url)


def sign_in(bank: Bank, *, code: str = "", password: str = PASSWORD) -> str:
    request = sb.LoginRequest(user_id="t11", password=password, code=code)
    return bank.guest().session.login(request).token


def test_e26_a_password_is_not_enough_where_there_is_a_telephone(
    coded: Bank, gateway: Gateway
) -> None:
    with refused("CODE_REQUIRED"):
        sign_in(coded)
    assert [message["to"] for message in gateway.told] == [NUMBER]
    assert gateway.bearers == {"Bearer of-bank"}
    assert sign_in(coded, code=gateway.code())
    # Others have none, and nobody learns the number.
    assert coded.sign_in("r11").token
    assert coded.user("t11").mobile == "*" * 10 + "1234"


def test_e26_a_code_works_once_and_not_for_long(coded: Bank, gateway: Gateway) -> None:
    with refused("CODE_REQUIRED"):
        sign_in(coded)
    used = gateway.code()
    assert sign_in(coded, code=used)
    with refused("BAD_CREDENTIALS"):
        sign_in(coded, code=used)
    coded.clock.forward(seconds=121)
    with refused("CODE_REQUIRED"):
        sign_in(coded)
    late = gateway.code()
    coded.clock.forward(seconds=241)
    with refused("BAD_CREDENTIALS"):
        sign_in(coded, code=late)


def test_e26_wrong_codes_lock_like_wrong_passwords(coded: Bank, gateway: Gateway) -> None:
    with refused("CODE_REQUIRED"):
        sign_in(coded)
    wrong = f"{(int(gateway.code()) + 1) % 10**6:06}"
    for left in (4, 3, 2, 1, 0):
        with refused("BAD_CREDENTIALS", remaining=str(left)):
            sign_in(coded, code=wrong)
    with refused("USER_LOCKED"):
        sign_in(coded, code=wrong)
    with refused("USER_LOCKED"):
        sign_in(coded, code=gateway.code())


def test_e26_a_code_is_sent_and_tried_once_however_many_processes_serve(
    coded: Bank, gateway: Gateway
) -> None:
    sms: dict[str, Any] = {"gateway": f"http://127.0.0.1:{gateway.port}/send", "token": "of-bank"}
    place = (coded.settings.data_dir, coded.settings.url)
    with running(*place, coded.clock, sms=sms) as other:
        banks = [coded, other]
        for bank in banks:
            with refused("CODE_REQUIRED"):
                sign_in(bank)
        assert len(gateway.told) == 1
        right = gateway.code()
        wrong = f"{(int(right) + 1) % 10**6:06}"
        for tried, left in enumerate((4, 3, 2, 1, 0)):
            with refused("BAD_CREDENTIALS", remaining=str(left)):
                sign_in(banks[tried % 2], code=wrong)
        with refused("USER_LOCKED"):
            sign_in(other, code=wrong)
        for bank in banks:
            with refused("USER_LOCKED"):
                sign_in(bank, code=right)


def test_e26_only_the_right_password_sends_a_code_and_not_twice(
    coded: Bank, gateway: Gateway
) -> None:
    with refused("BAD_CREDENTIALS"):
        sign_in(coded, password="wrong-Password-1")
    assert gateway.told == []
    for _ in range(3):
        with refused("CODE_REQUIRED"):
            sign_in(coded)
    assert len(gateway.told) == 1


def test_e26_a_gateway_that_fails_lets_nobody_in(coded: Bank, gateway: Gateway) -> None:
    gateway.broken = True
    with refused("CODE_NOT_SENT"):
        sign_in(coded)
    gateway.broken = False
    with refused("CODE_REQUIRED"):
        sign_in(coded)
    assert sign_in(coded, code=gateway.code())


def test_e26_a_new_number_needs_a_second_person_and_ends_sessions(
    coded: Bank, gateway: Gateway
) -> None:
    with refused("CODE_REQUIRED"):
        sign_in(coded)
    client = coded.guest()
    client.token = sign_in(coded, code=gateway.code())
    client.organization.get_org(ob.GetOrgRequest(name="orgs/2101"))
    user = ib.User(name="users/t11", etag=coded.user("t11").etag, mobile="13900005678")
    request = ib.UpdateUserRequest(
        user=user, update_mask=FieldMask(paths=["mobile"]), reason="换号"
    )
    change = coded.as_("c11").identity.update_user(request).change
    coded.approve(change, "b1")
    with refused("SESSION_EXPIRED"):
        client.organization.get_org(ob.GetOrgRequest(name="orgs/2101"))
    client.token = ""
    coded.clock.forward(seconds=121)
    with refused("CODE_REQUIRED"):
        sign_in(coded)
    assert gateway.told[-1]["to"] == "13900005678"


def test_e26_what_was_masked_is_no_number(coded: Bank) -> None:
    shown = coded.user("t11")
    request = ib.UpdateUserRequest(user=shown, update_mask=FieldMask(paths=["mobile"]), reason="x")
    with refused("INVALID_FIELD"):
        coded.as_("c11").identity.update_user(request)


@pytest.fixture
def strange() -> Iterator[tuple[str, list[bytes], list[bytes]]]:
    """Yield the address of a gateway, the answers that it will give, and what it was sent."""
    answers: list[bytes] = []
    asked: list[bytes] = []

    class Raw(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data = b""
            while b"\r\n\r\n{" not in data:
                data += self.request.recv(1 << 16)
                assert data
            asked.append(data)
            self.request.sendall(answers.pop(0))

    with socketserver.TCPServer(("127.0.0.1", 0), Raw) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", answers, asked
        server.shutdown()


@pytest.mark.parametrize(
    "answer",
    [
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: PLACE/elsewhere\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["no-http", "redirect"],
)
def test_e26_what_a_gateway_has_not_taken_is_sent_again(
    strange: tuple[str, list[bytes], list[bytes]], answer: bytes
) -> None:
    """And the bank's token goes to the gateway alone."""
    place, answers, asked = strange
    taken = b"HTTP/1.1 204 No Content\r\n\r\n"
    answers += [answer.replace(b"PLACE", place.encode()), taken, taken]
    at = datetime(2026, 11, 23, tzinfo=UTC)
    codes = SmsCodes(
        f"{place}/send", "of-bank", mac=lambda data: hashlib.sha256(data).digest(),
        clock=lambda: at,
    )  # fmt: skip
    with pytest.raises(Refusal) as found:
        codes.send("t11", NUMBER, at)
    assert found.value.reason is Reason.CODE_NOT_SENT
    codes.send("t11", NUMBER, at)
    assert [one.split(b" ")[1] for one in asked] == [b"/send", b"/send"]
