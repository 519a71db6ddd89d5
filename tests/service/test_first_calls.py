"""The calls that a founded bank refuses, where they succeed: replayed, late, and in the log."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from core_tickets import CoreSystem
from google.protobuf.message import Message
from refusals import refused
from service_bank import PASSWORD, Bank, Template, choose_password, running

from seal_service.access.identity import Credentials
from seal_service.adapters.sql.engine import Connections
from seal_service.adapters.sql.migrate import migrate
from seal_service.domain.reasons import Reason, Refusal
from seal_service.grpc_api.dispatch import methods
from seal_service.interceptors.exchange import Exchange
from sealapi.v1 import identity_pb2 as pb
from sealapi.v1 import organization_pb2 as ob
from sealapi.v1 import session_pb2 as sb

BOOTSTRAP, SEAL = "IdentityService/BootstrapSuperAdmin", "IdentityService/SealSuperAdmin"
EXCHANGE = "SessionService/ExchangeSsoTicket"
METHODS = methods()


@pytest.fixture
def empty(template: Template, tmp_path: Path) -> Iterator[Bank]:
    """Return a running installation without a bank, on each kind of database."""
    _, url = template.copy(tmp_path / "copy")
    connections = Connections(url)
    migrate(connections, "base", lose_data=True)
    connections.close()
    with running(tmp_path / "data", url) as bank:
        yield bank
    template.drop(url)


def late(bank: Bank, name: str, request: Message, token: str = "") -> None:
    """Let the deadline pass just before the commit: nothing of the call may stay."""
    looks = iter((5.0, 5.0, 0.0))
    exchange = Exchange(
        method=METHODS[f"/sealapi.v1.{name}"], data=request.SerializeToString(),
        peer="ipv4:127.0.0.1:1", unread=True, credentials=Credentials(token=token), trace_id="t",
        correlation_id="c", started=bank.clock(), time_left_s=lambda: next(looks),
    )  # fmt: skip
    with pytest.raises(Refusal) as caught:
        bank.server.pipeline.run(exchange)
    assert caught.value.reason is Reason.DEADLINE
    assert next(looks, None) is None
    assert outcomes(bank, name) == {"DEADLINE": 1}


def outcomes(bank: Bank, name: str) -> dict[str, int]:
    """Return how often a call ended how, by the log; an empty reason is a success."""
    found: dict[str, int] = {}
    for row in bank.log(f"sealapi.v1.{name}"):
        found[row.reason] = found.get(row.reason, 0) + 1
    return found


def bootstrap(bank: Bank) -> pb.BootstrapSuperAdminRequest:
    token = (bank.settings.data_dir / "bootstrap.token").read_text().strip()
    return pb.BootstrapSuperAdminRequest(
        bootstrap_token=token, user_id="root", display_name="初始", password=PASSWORD,
        org_id="1000", org_display_name="总行",
    )  # fmt: skip


def test_a31_the_first_set_up_late_done_and_again(empty: Bank) -> None:
    request = bootstrap(empty)
    late(empty, BOOTSTRAP, request)
    identity = empty.guest().identity
    assert identity.bootstrap_super_admin(request).user.name == "users/root"
    with refused("BOOTSTRAP_REFUSED"):
        identity.bootstrap_super_admin(request)
    assert outcomes(empty, BOOTSTRAP) == {"DEADLINE": 1, "": 1, "BOOTSTRAP_REFUSED": 1}


def test_a31_the_sealing_late_done_and_heard_again(empty: Bank) -> None:
    empty.guest().identity.bootstrap_super_admin(bootstrap(empty))
    root = empty.as_("root")
    for admin in ("hq1", "hq2"):
        made = root.identity.create_user(
            pb.CreateUserRequest(
                user_id=admin, display_name=admin, org="orgs/1000", posts=["posts/hq-admin"],
                kind=pb.User.KIND_PERSON, reason="x",
            )
        )  # fmt: skip
        choose_password(empty, admin, made.initial_password)
    request = pb.SealSuperAdminRequest(request_id=str(uuid.uuid4()))
    late(empty, SEAL, request, root.token)
    first = root.identity.seal_super_admin(request)
    assert root.identity.seal_super_admin(request) == first
    # Another process has not seen the session before.
    empty.server.pipeline.identities._seen.clear()
    assert root.identity.seal_super_admin(request) == first
    assert outcomes(empty, SEAL) == {"DEADLINE": 1, "": 1, "REPLAYED": 2}
    with refused("SUPER_ADMIN_SEALED"):
        root.identity.seal_super_admin(pb.SealSuperAdminRequest(request_id=str(uuid.uuid4())))
    for call in (
        lambda: root.organization.list_orgs(ob.ListOrgsRequest()),
        lambda: root.session.refresh(sb.RefreshRequest()),
        lambda: empty.sign_in("root"),
    ):
        with refused("SUPER_ADMIN_SEALED"):
            call()


def test_a44_a_ticket_late_taken_and_again(template: Template, tmp_path: Path) -> None:
    core = CoreSystem(tmp_path / "core.pem")
    folder, url = template.copy(tmp_path / "data")
    with running(folder, url, sso={"public_key": core.public}) as bank:
        request = sb.ExchangeSsoTicketRequest(ticket=core.ticket(int(bank.clock().timestamp())))
        late(bank, EXCHANGE, request)  # the ticket is not used up by what did not happen
        assert bank.guest().session.exchange_sso_ticket(request).token
        with refused("BAD_TICKET"):
            bank.guest().session.exchange_sso_ticket(request)
        assert outcomes(bank, EXCHANGE) == {"DEADLINE": 1, "": 1, "BAD_TICKET": 1}
    template.drop(url)


def test_a31_a_sealed_session_hears_no_other_answer_again(empty: Bank) -> None:
    empty.guest().identity.bootstrap_super_admin(bootstrap(empty))
    root = empty.as_("root").identity
    made = []
    for admin in ("hq1", "hq2"):
        request = pb.CreateUserRequest(
            request_id=str(uuid.uuid4()), user_id=admin, display_name=admin, org="orgs/1000",
            posts=["posts/hq-admin"], kind=pb.User.KIND_PERSON, reason="x",
        )  # fmt: skip
        assert root.create_user(request).initial_password
        made.append(request)
    root.seal_super_admin(pb.SealSuperAdminRequest())
    with refused("SUPER_ADMIN_SEALED"):
        root.create_user(made[0])
