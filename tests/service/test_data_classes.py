"""What the data class of an RPC asks of its callers, and for how long its traces are kept."""

from __future__ import annotations

import json
import socket
import time
import uuid
from itertools import pairwise
from pathlib import Path

import pytest
from certificates import Authority
from pydantic import ValidationError
from refusals import refused
from service_bank import PASSWORD, Bank, Template, running

from seal_audit_check import Trust, check
from seal_service.access.policies import SERVICES, by_data_class
from seal_service.config import load
from seal_service.domain.data_classes import DataClasses
from seal_service.domain.reasons import Reason, Refusal
from seal_service.interceptors.trace import unread
from seal_service.log_upkeep import PRUNE
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as ob
from sealmatch.client import Client, Retries


def own_address() -> str:
    """Return an address of this machine that is not the loopback: to gRPC another machine's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        try:
            found.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no address but its own")
        return str(found.getsockname()[0])


def test_e28_a_higher_class_is_never_asked_less() -> None:
    classes = DataClasses()

    def refusals(data_class: int) -> set[str]:
        found = set()
        for ways in ({"unread": False, "service": False}, {"unread": True, "service": True}):
            try:
                classes.require(data_class, **ways)
            except Refusal as refusal:
                assert refusal.numbers == {"data_class": str(data_class)}
                found.add(str(refusal.reason))
        return found

    asked = [refusals(data_class) for data_class in range(1, 6)]
    assert asked[0] == set()
    assert all(lower <= higher for lower, higher in pairwise(asked))
    assert asked[-1] == {str(Reason.TLS_REQUIRED), str(Reason.PERSON_REQUIRED)}


def test_e28_every_rpc_is_of_one_class() -> None:
    found = [policy.rpc for policies in by_data_class().values() for policy in policies]
    assert sorted(found) == sorted(
        f"{service.full_name}/{method.name}" for service in SERVICES for method in service.methods
    )


@pytest.mark.parametrize(
    ("peer", "security", "expected"),
    [
        ("ipv4:127.0.0.1:50000", b"insecure", True),
        ("ipv6:%5B::1%5D:50000", b"insecure", True),
        ("ipv6:[::1]:50000", b"insecure", True),
        ("unix:/run/sealmatch", b"insecure", True),
        ("ipv4:10.0.0.7:50000", b"insecure", False),
        ("ipv6:%5B2001:db8::1%5D:50000", b"insecure", False),
        ("vsock:3:50000", b"insecure", False),
        ("ipv4:10.0.0.7:50000", b"ssl", True),
    ],
)
def test_e28_a_way_is_unread_under_tls_or_on_this_machine(
    peer: str, security: bytes, *, expected: bool
) -> None:
    assert unread(peer, {"transport_security_type": [security]}) is expected


def test_e28_over_an_open_network_only_open_data_is_served(
    founded_sqlite: Template, tmp_path: Path
) -> None:
    with running(
        *founded_sqlite.copy(tmp_path / "data"), host="0.0.0.0", allow_plaintext=True  # noqa: S104
    ) as bank:  # fmt: skip
        token = bank.as_("hq1").token
        far = f"{own_address()}:{bank.server.port}"
        with Client(far, token=token, retries=Retries(attempts=1)) as client:
            assert client.organization.get_org(ob.GetOrgRequest(name="orgs/2101")).org.name
            with refused("TLS_REQUIRED", data_class="3"):
                client.identity.get_user(ib.GetUserRequest(name="users/t11"))
            with refused("TLS_REQUIRED", data_class="4"):
                client.login("c11", PASSWORD)
        (entry,) = bank.log("sealapi.v1.IdentityService/GetUser", "TLS_REQUIRED")
        assert entry.actor == "hq1"
        assert bank.user("t11").name == "users/t11"  # on this machine


def test_e28_what_holds_passwords_is_for_persons_alone(
    founded_sqlite: Template, tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "ca")
    server, machine = authority.sign("server"), authority.sign("machine")
    folder, url = founded_sqlite.copy(tmp_path / "data")
    with running(folder, url) as bank:
        made = ib.CreateUserRequest(
            user_id="svc", display_name="x", org="orgs/2200", posts=["posts/local"],
            kind=ib.User.KIND_SERVICE, certificate_sha256=machine.sha256, reason="x",
        )  # fmt: skip
        bank.approve(bank.as_("hq1").identity.create_user(made).change, "hq2")
    tls = {
        "certificate": server.certificate, "key": server.key,
        "client_authority": authority.certificate,
    }  # fmt: skip
    with (
        running(folder, url, tls=tls) as bank,
        Client(
            bank.address, authority=authority.certificate, certificate=machine.certificate,
            key=machine.key, retries=Retries(attempts=1),
        ) as client,
    ):  # fmt: skip
        # It may look people up (class 3), and holds the permission for the rest as well.
        assert client.identity.get_user(ib.GetUserRequest(name="users/t21")).user.name
        with refused("PERSON_REQUIRED", data_class="4"):
            client.identity.reset_password(ib.ResetPasswordRequest(name="users/t21"))
        assert bank.log("sealapi.v1.IdentityService/ResetPassword", "PERSON_REQUIRED")
    # A person who signs in over the same certificate is a person.
    with (
        running(folder, url, tls=tls) as bank,
        Client(
            bank.address, authority=authority.certificate, certificate=machine.certificate,
            key=machine.key,
        ) as client,
    ):  # fmt: skip
        client.login("b2", PASSWORD)
        reset = ib.ResetPasswordRequest(name="users/t21")
        assert client.identity.reset_password(reset).initial_password


def test_e28_answers_with_passwords_are_kept_one_day_and_others_seven(bank: Bank) -> None:
    def kept() -> set[str]:
        return {row.rpc.rpartition("/")[2] for row in bank.rows("idempotency")}

    def tidy() -> None:
        # What the server does every minute.
        shorter = bank.server._kept_shorter
        from seal_service.application.housekeeping import tidy as do

        with bank.server.pipeline.database.write() as work:
            do(work, bank.clock(), shorter)

    bank.clock.forward(days=30)
    tidy()
    assert kept() == set()
    bank.as_("b1").identity.reset_password(
        ib.ResetPasswordRequest(name="users/c11", request_id=str(uuid.uuid4()))
    )
    disable = ib.DisableUserRequest(request_id=str(uuid.uuid4()), name="users/t12", reason="x")
    bank.as_("b1").identity.disable_user(disable)
    assert kept() == {"ResetPassword", "DisableUser"}
    bank.clock.forward(days=1, minutes=1)
    tidy()
    assert kept() == {"DisableUser"}
    bank.clock.forward(days=6)
    tidy()
    assert kept() == set()


def wait_until_numbered(bank: Bank) -> None:
    for _ in range(500):
        if not bank.log_state()[0]:
            return
        time.sleep(0.02)
    raise AssertionError


def test_e28_payloads_of_a_class_are_pruned_whatever_their_kind(
    template: Template, tmp_path: Path
) -> None:
    folder, url = template.copy(tmp_path / "data")
    classes = by_data_class()

    def held(bank: Bank, data_class: int) -> int:
        names = ", ".join(f"'{policy.rpc}'" for policy in classes[data_class])
        return len(bank.rows(
            "audit_event e join audit_payload p on p.seq = e.seq", f"action in ({names})"
        ))  # fmt: skip

    with running(folder, url, data_classes={"log_kept_days": {4: 200}}) as bank:
        bank.user("t11")
        wait_until_numbered(bank)
        before = {data_class: held(bank, data_class) for data_class in (2, 3, 4)}
        bank.clock.forward(days=201)
        runs = {run.job: run.found for run in bank.server.nightly()}
        assert runs[PRUNE] == before[4] > 0
        assert held(bank, 4) == 0
        # Class 2 and 3 are of the same kinds, and stay.
        assert all(held(bank, data_class) >= before[data_class] > 0 for data_class in (2, 3))
        pruned = [
            json.loads(row.payload)
            for row in bank.rows("audit_outbox", "action = 'audit.prune'")
            + bank.rows(
                "audit_event e join audit_payload p on p.seq = e.seq", "action = 'audit.prune'"
            )
        ]
        assert {one["kind"] for one in pruned} == {"LOGIN", "ORG_STAFF"}
    trust = Trust.of((str(folder / "audit.key.pub"),), published=folder / "audit")
    report = check(url, trust)
    assert (report.findings, report.pruned) == ([], before[4])
    template.drop(url)


def test_e28_a_prune_of_one_class_does_not_explain_what_another_lacks(
    founded_sqlite: Template, tmp_path: Path
) -> None:
    folder, url = founded_sqlite.copy(tmp_path / "data")
    with running(folder, url, data_classes={"log_kept_days": {4: 200}}) as bank:
        bank.clock.forward(days=201)
        assert {run.job: run.found for run in bank.server.nightly()}[PRUNE] > 0
        found = bank.rows(
            "audit_event e join audit_payload p on p.seq = e.seq",
            "action = 'sealapi.v1.ChangeService/ApproveChange' and kind = 5",
        )
        lost = found[0].seq  # of the same kind and age, between those that were pruned
        with bank.server.pipeline.database.connections.write() as connection:  # type: ignore[attr-defined]
            connection.exec_driver_sql(f"delete from audit_payload where seq = {lost}")  # noqa: S608
    report = check(url, Trust.of((str(folder / "audit.key.pub"),)))
    assert [(one.seq, "no prune" in one.problem) for one in report.findings] == [(lost, True)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"encrypted_from": 4}, {"persons_from": 5}, {"log_kept_days": {4: 182}},
        {"log_kept_days": {6: 400}}, {"answers_kept_days": {4: 8}},
    ],
)  # fmt: skip
def test_e28_no_configuration_asks_less_of_secrets(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        load(None, data_classes=wrong)
    kept = load(None, data_classes={"answers_kept_days": {3: 2}}).data_classes
    assert kept.answers_kept_days == {3: 2, 4: 1, 5: 1}
