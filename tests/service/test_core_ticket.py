"""Single sign-on: a ticket of the core system opens one session (A44)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core_tickets import CoreSystem
from refusals import refused
from service_bank import running

from sealapi.v1 import organization_pb2 as ob
from sealapi.v1 import session_pb2 as sb
from sealmatch.client import Client

ORG = ob.GetOrgRequest(name="orgs/2101")


def test_a44_a_core_ticket_opens_a_session_once(copied: tuple[Path, str], tmp_path: Path) -> None:
    core = CoreSystem(tmp_path / "core.pem")
    stranger = CoreSystem(tmp_path / "stranger.pem")

    def ticket(by: CoreSystem = core, **changes: Any) -> str:
        return by.ticket(int(bank.clock().timestamp()), **changes)

    def exchange(text: str) -> str:
        reply = bank.guest().session.exchange_sso_ticket(sb.ExchangeSsoTicketRequest(ticket=text))
        return reply.token

    with running(*copied, sso={"public_key": core.public}) as bank:
        good = ticket()
        token = exchange(good)
        with Client(bank.address, token=token) as client:
            assert client.organization.get_org(ORG).org.name == "orgs/2101"
        now = int(bank.clock().timestamp())
        header, payload, signature = ticket().split(".")
        for bad in (
            good,  # used before
            ticket(exp=now - 1),
            ticket(iat=now + 600, exp=now + 660),
            ticket(exp=now + 4000),
            ticket(aud="else"),
            ticket(iss="else"),
            ticket(sub="nobody"),
            ticket(jti="short"),
            ticket(stranger),
            f"{header}.{payload}.{signature[::-1]}",
            f"{header}.{payload}.",
            "eyJhbGciOiJub25lIn0.e30.",
            "nonsense",
        ):
            with refused("BAD_TICKET"):
                exchange(bad)
