"""The three ways to a verification and their switches (A03)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core_tickets import CoreSystem
from refusals import refused
from service_bank import Bank, Template, running

from seal_service.grpc_api.dispatch import Dispatcher, methods
from sealapi.v1 import access_mode_pb2 as pb
from sealapi.v1 import organization_pb2 as ob
from sealapi.v1 import session_pb2 as sb
from sealmatch.client import Client

ORG = ob.GetOrgRequest(name="orgs/2101")


def modes(bank: Bank) -> dict[str, pb.AccessModeSwitch]:
    found = bank.as_("t11").policy.list_access_modes(pb.ListAccessModesRequest()).modes
    return {pb.AccessMode.Name(one.mode).removeprefix("ACCESS_MODE_"): one for one in found}


def switch(bank: Bank, mode: str, *, enabled: bool) -> None:
    request = pb.SetAccessModeRequest(
        mode=f"ACCESS_MODE_{mode}", enabled=enabled, etag=modes(bank)[mode].etag, reason="x"
    )
    change = bank.as_("hq1").policy.set_access_mode(request).change
    assert modes(bank)[mode].pending_change == change.name
    bank.approve(change, "hq2")


def as_verification(bank: Bank) -> None:
    """Let an RPC of this server ask for a teller's right to verify, as those of verification do."""
    path = "/sealapi.v1.OrganizationService/GetOrg"
    (dispatcher,) = (
        handler
        for handler in bank.server._server._state.generic_handlers  # type: ignore[attr-defined]
        if isinstance(handler, Dispatcher)
    )
    method = methods()[path]
    policy = replace(method.policy, permission="verify.single")
    dispatcher._handlers[path] = dispatcher._handler(replace(method, policy=policy))


def test_a03_at_first_the_core_system_and_interfaces_are_the_ways(bank: Bank) -> None:
    assert {mode: one.enabled for mode, one in modes(bank).items()} == {
        "DIRECT": False, "CORE_TICKET": True, "INTERFACE": True,
    }  # fmt: skip


def test_a03_each_way_has_its_switch(founded_sqlite: Template, tmp_path: Path) -> None:
    core = CoreSystem(tmp_path / "core.pem")
    folder, url = founded_sqlite.copy(tmp_path / "data")
    with running(folder, url, sso={"public_key": core.public}) as bank:
        as_verification(bank)
        ticket = core.ticket(int(bank.clock().timestamp()))
        opened = bank.guest().session.exchange_sso_ticket(
            sb.ExchangeSsoTicketRequest(ticket=ticket)
        )
        with Client(bank.address, token=opened.token) as from_core:
            with refused("ACCESS_MODE_OFF", mode="DIRECT"):
                bank.as_("t11").organization.get_org(ORG)
            from_core.organization.get_org(ORG)
            switch(bank, "DIRECT", enabled=True)
            switch(bank, "CORE_TICKET", enabled=False)
            bank.as_("t11").organization.get_org(ORG)
            with refused("ACCESS_MODE_OFF", mode="CORE_TICKET"):
                from_core.organization.get_org(ORG)


def test_a03_administration_is_reached_by_every_way(bank: Bank) -> None:
    switch(bank, "INTERFACE", enabled=False)
    assert bank.org("2101", by="t11").name == ORG.name
