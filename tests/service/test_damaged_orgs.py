"""Merges that lead in a circle, which only whoever writes to the database itself can make."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic.util import CommandError
from refusals import refused
from service_bank import Bank, ask_user
from service_cases import SCANNER, registered

from seal_service.adapters.sql.engine import Connections
from seal_service.adapters.sql.migrate import migrate
from seal_service.application import core_rights
from seal_service.domain.core_rights import CoreTeller
from seal_service.domain.reasons import Reason, Refusal
from sealapi.v1 import audit_pb2 as ab
from sealapi.v1 import device_pb2 as db
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as ob

CIRCLES = [("2101",), ("2101", "2102"), ("2101", "2102", "2201")]


def damage(connections: Connections, circle: tuple[str, ...]) -> None:
    """Have every outlet of the circle merged into the next."""
    with connections.write() as connection:
        for one, following in zip(circle, (*circle[1:], circle[0]), strict=True):
            connection.exec_driver_sql(
                f"update org set merged_into = '{following}', state = 'MERGED' where id = '{one}'"  # noqa: S608
            )


@pytest.mark.timeout(60)
@pytest.mark.parametrize("circle", CIRCLES, ids=len)
def test_a27_merges_in_a_circle_end_a_call_with_a_clear_error(
    bank: Bank, circle: tuple[str, ...]
) -> None:
    registered(bank)
    bank.wait_until_logged()
    connections = bank.server.pipeline.database.connections  # type: ignore[attr-defined]
    damage(connections, circle)
    calls = [
        lambda: bank.as_("hq1").organization.get_org(ob.GetOrgRequest(name="orgs/2101")),
        lambda: ask_user(bank, "n1", "2101", "sub-branch-teller", "b1"),
        lambda: bank.as_("b1").device.get_device(db.GetDeviceRequest(name=SCANNER)),
        lambda: bank.as_("b1").audit.list_audit_events(ab.ListAuditEventsRequest()),
    ]
    for call in calls:
        with refused("DATA_DAMAGED") as caught:
            call()
        assert caught.value.numbers["resource"].removeprefix("orgs/") in circle
    # Whoever looks after the whole bank still sees everything else.
    assert bank.as_("aud").audit.list_audit_events(ab.ListAuditEventsRequest()).events
    assert bank.as_("hq1").identity.get_user(ib.GetUserRequest(name="users/t12")).user.name
    pipeline = bank.server.pipeline
    teller = CoreTeller("t11", "员工", "2101", (), active=True, reported_at=bank.clock())
    with pipeline.database.write() as work:
        work.core.take([teller])
    day = (bank.clock.now + timedelta(days=1)).date()
    with pytest.raises(Refusal) as night, pipeline.database.write() as work:
        core_rights.compare(work, pipeline.tools.rules, day)
    assert night.value.reason is Reason.DATA_DAMAGED


@pytest.mark.timeout(60)
def test_a27_a_migration_ends_at_merges_in_a_circle(bank: Bank) -> None:
    registered(bank)
    bank.server.stop()
    connections = Connections(bank.settings.url)
    migrate(connections, "0011", lose_data=True)
    damage(connections, CIRCLES[1])
    with pytest.raises(CommandError, match="in a circle"):
        migrate(connections)
    connections.close()
