"""Round the clock, but for maintenance that two departments agreed on and announced (A05)."""

from __future__ import annotations

from datetime import timedelta

from google.protobuf.timestamp_pb2 import Timestamp
from refusals import refused
from service_bank import Bank, running
from service_cases import announced, maintenance

from sealapi.v1 import change_pb2 as cb
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import maintenance_pb2 as pb
from sealapi.v1 import organization_pb2 as ob
from sealapi.v1 import session_pb2 as sb


def look(bank: Bank, by: str) -> None:
    bank.as_(by).organization.get_org(ob.GetOrgRequest(name="orgs/2101"))


def test_a05_maintenance_needs_the_technical_and_the_business_side(bank: Bank) -> None:
    with refused("NO_PERMISSION"):  # the business side does not ask
        bank.as_("hq1").operations.schedule_maintenance(maintenance(bank))
    change = bank.as_("ops").operations.schedule_maintenance(maintenance(bank)).change
    assert bank.as_("t11").operations.list_maintenances(pb.ListMaintenancesRequest()) == (
        pb.ListMaintenancesResponse()
    )
    request = cb.ApproveChangeRequest(name=change.name, etag=change.etag)
    for other in ("ops", "b1", "aud"):
        with refused("NO_PERMISSION"):
            bank.as_(other).change.approve_change(request)
    assert bank.approve(change, "hq1").state == cb.Change.STATE_APPROVED
    (found,) = (
        bank.as_("t11").operations.list_maintenances(pb.ListMaintenancesRequest()).maintenances
    )
    assert (found.notice, found.change) == ("系统升级", change.name)


def test_a05_nobody_speaks_for_both_sides(bank: Bank) -> None:
    """Headquarters may make posts of its own: one with both rights agrees to nothing."""
    role = ib.Role(
        display_name_zh="两边", display_name_en="both",
        permissions=["maintenance.propose", "maintenance.agree", "change.decide"],
    )  # fmt: skip
    identity = bank.as_("hq1").identity
    bank.approve(
        identity.create_role(ib.CreateRoleRequest(role_id="both", role=role, reason="x")).change,
        "hq2",
    )
    post = ib.Post(
        display_name_zh="两边", display_name_en="both", org_levels=[1], roles=["roles/both"],
        appointed_by=["posts/hq-admin"],
    )  # fmt: skip
    bank.approve(
        identity.create_post(ib.CreatePostRequest(post_id="both", post=post, reason="x")).change,
        "hq2",
    )
    given = ib.AssignPostRequest(user="users/aud", post="posts/both", org="orgs/1000", reason="x")
    bank.approve(identity.assign_post(given).change, "hq2")
    with refused("SAME_DEPARTMENT"):
        bank.as_("aud").operations.schedule_maintenance(maintenance(bank))
    change = bank.as_("ops").operations.schedule_maintenance(maintenance(bank)).change
    with refused("SAME_DEPARTMENT"):
        bank.approve(change, "aud")
    bank.approve(change, "hq1")


def test_a05_maintenance_is_announced_beforehand(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    operations = bank.as_("ops").operations
    for wrong in (
        maintenance(bank, in_h=23.9),
        maintenance(bank, lasting_h=0),
        maintenance(bank, lasting_h=-1),
        maintenance(bank, lasting_h=24.1),
    ):
        with refused("INVALID_FIELD"):
            operations.schedule_maintenance(wrong)
    change = operations.schedule_maintenance(maintenance(bank, in_h=25)).change
    bank.clock.forward(hours=2)  # the other side took its time: users would learn of it too late
    bank.clients.clear()
    with refused("INVALID_FIELD"):
        bank.approve(change, "hq1")


def test_a05_whoever_signs_in_is_told(sqlite_bank: Bank) -> None:
    name = announced(sqlite_bank)
    request = sb.LoginRequest(user_id="t11", password="Blue-Horse-47")
    told = sqlite_bank.guest().session.login(request).maintenances
    assert [one.name for one in told] == [name]
    sqlite_bank.as_("ops").operations.cancel_maintenance(
        pb.CancelMaintenanceRequest(name=name, reason="x")
    )
    assert not sqlite_bank.guest().session.login(request).maintenances


def test_a05_only_the_announced_time_stops_calls_and_those_who_look_after_it_go_on(
    bank: Bank,
) -> None:
    announced(bank)
    bank.clock.forward(hours=48, seconds=-2)
    bank.clients.clear()
    look(bank, "c11")
    bank.clock.forward(seconds=3)
    with refused("MAINTENANCE") as caught:
        look(bank, "c11")
    until = Timestamp()
    until.FromJsonString(caught.value.numbers["until"])
    assert timedelta(hours=1.9) < until.ToDatetime(tzinfo=bank.clock.now.tzinfo) - bank.clock.now
    look(bank, "hq1")
    bank.as_("ops").operations.list_maintenances(pb.ListMaintenancesRequest())
    bank.sign_in("t11").session.logout(sb.LogoutRequest())
    assert bank.log("sealapi.v1.OrganizationService/GetOrg", "MAINTENANCE")
    bank.clock.forward(hours=2)
    bank.clients.clear()
    look(bank, "c11")


def test_a05_either_side_ends_maintenance_at_once(bank: Bank) -> None:
    for side in ("ops", "hq1"):
        name = announced(bank)
        bank.clock.forward(hours=48, seconds=1)
        bank.clients.clear()
        with refused("MAINTENANCE"):
            look(bank, "c11")
        cancel = pb.CancelMaintenanceRequest(name=name, reason="完成")
        bank.as_(side).operations.cancel_maintenance(cancel)
        bank.clock.forward(seconds=1.1)
        look(bank, "c11")
        with refused("INVALID_FIELD"):
            bank.as_(side).operations.cancel_maintenance(cancel)
        bank.clock.forward(hours=3)
        bank.clients.clear()


def test_a05_an_announcement_outlives_a_restart(sqlite_bank: Bank) -> None:
    announced(sqlite_bank)
    sqlite_bank.clock.forward(hours=48, seconds=1)
    sqlite_bank.close()
    settings = sqlite_bank.settings
    with (
        running(settings.data_dir, settings.url, sqlite_bank.clock) as again,
        refused("MAINTENANCE"),
    ):
        look(again, "c11")
