"""How posts are asked for: forms, departments, and a new organisation's first chief (A42–A48)."""

from __future__ import annotations

from datetime import timedelta

from refusals import refused
from service_bank import Bank, choose_password
from service_cases import first_chief

from sealapi.v1 import change_pb2
from sealapi.v1 import identity_pb2 as pb
from sealapi.v1 import organization_pb2 as ob

PAPER = pb.Document(number="财函2026-18", sha256="cd" * 32)


def ask_assign(
    bank: Bank, user: str, org: str, by: str, application: pb.Document | None = None
) -> change_pb2.Change:
    request = pb.AssignPostRequest(
        user=f"users/{user}", post="posts/sub-branch-teller", org=f"orgs/{org}", reason="申请",
        application=application,
    )  # fmt: skip
    return bank.as_(by).identity.assign_post(request).change


def make_org(bank: Bank, code: str, parent: str, kind: ob.Org.Kind) -> None:
    request = ob.CreateOrgRequest(
        org_id=code, display_name=code, parent=f"orgs/{parent}", kind=kind, reason="x"
    )
    bank.approve(bank.as_("hq1").organization.create_org(request).change, "hq2")


def test_a42_a_new_organisations_first_chief_is_there_at_once(bank: Bank) -> None:
    request = first_chief(bank)
    reply = bank.as_("b1").identity.add_first_chief(request)
    # The name is the core system's, and the chief can begin to work.
    assert (reply.user.display_name, reply.user.org) == ("主管", "orgs/2105")
    choose_password(bank, "c15", reply.initial_password)
    listed = bank.as_("c15").identity.list_users(pb.ListUsersRequest()).users
    assert [user.name for user in listed] == ["users/c15"]
    request.user_id = "c16"
    request.request_id = ""
    with refused("NOT_FIRST_CHIEF", org="orgs/2105"):
        bank.as_("b1").identity.add_first_chief(request)


def test_a42_the_core_system_stands_in_for_the_second_person(bank: Bank) -> None:
    request = first_chief(bank)
    for user_id, org, active in (("c16", "orgs/2105", False), ("c17", "orgs/2101", True)):
        teller = pb.CoreTeller(user_id=user_id, display_name="x", org=org, active=active)
        bank.as_("cor").identity.record_core_tellers(pb.RecordCoreTellersRequest(tellers=[teller]))
    for user_id in ("c16", "c17", "nobody"):
        request.user_id = user_id
        with refused("CORE_TELLER_ELSEWHERE", teller=user_id, org="orgs/2105"):
            bank.as_("b1").identity.add_first_chief(request)


def test_a42_the_fast_path_is_for_chiefs_of_new_organisations_only(bank: Bank) -> None:
    request = first_chief(bank)
    identity = bank.as_("b1").identity
    for change, reason in (
        ({"post": "posts/sub-branch-teller"}, "NOT_FIRST_CHIEF"),
        ({"post": "posts/branch-admin"}, "MAY_NOT_APPOINT"),
        ({"org": "orgs/2101"}, "NOT_FIRST_CHIEF"),
        ({"user_id": "t11"}, "CORE_TELLER_ELSEWHERE"),
    ):
        other = pb.AddFirstChiefRequest()
        other.CopyFrom(request)
        for name, value in change.items():
            setattr(other, name, value)
        with refused(reason):
            identity.add_first_chief(other)
    request.phone_note.call_time.FromDatetime(bank.clock() + timedelta(minutes=1))
    with refused("INVALID_FIELD"):
        identity.add_first_chief(request)
    request.phone_note.call_time.FromDatetime(bank.clock())
    bank.clock.forward(days=31)
    bank.clients.clear()
    with refused("NOT_FIRST_CHIEF"):
        bank.as_("b1").identity.add_first_chief(request)


def test_a43_forms_say_who_the_person_is_and_where_from(bank: Bank) -> None:
    change = ask_assign(bank, "t11", "2102", by="b1", application=PAPER)
    form = change.body["form"]
    assert (form["number"], form["name"], form["org"]) == ("t11", "员工t11", "2101")
    assert list(form["posts"]) == ["sub-branch-teller at 2101"]
    assert change.body["application"]["document"] == PAPER.number
    assert len(change.body_sha256) == 64
    request = pb.TransferUserRequest(
        name="users/r11", etag=bank.user("r11").etag, new_org="orgs/2102", reason="调动"
    )
    moved = bank.as_("c11").identity.transfer_user(request).change
    assert moved.body["form"]["org"] == "2101"
    assert moved.body_sha256 != change.body_sha256


def test_a08_a48_departments_get_posts_on_a_written_application_at_headquarters(bank: Bank) -> None:
    make_org(bank, "2800", "1000", ob.Org.KIND_DEPARTMENT)
    assert bank.org("2800").admin_org == "orgs/1000"
    with refused("INVALID_FIELD"):  # no posts along the way
        bank.as_("hq1").identity.create_user(
            pb.CreateUserRequest(
                user_id="d1", display_name="d1", org="orgs/2800", kind=pb.User.KIND_PERSON,
                posts=["posts/sub-branch-teller"], reason="x",
            )
        )  # fmt: skip
    asked = pb.CreateUserRequest(
        user_id="d1", display_name="d1", org="orgs/2800", kind=pb.User.KIND_PERSON, reason="x"
    )
    bank.approve(bank.as_("hq1").identity.create_user(asked).change, "hq2")
    with refused("INVALID_FIELD"):
        ask_assign(bank, "d1", "2800", by="hq1")
    with refused("OUT_OF_ORG_SCOPE"):
        ask_assign(bank, "d1", "2800", by="b1", application=PAPER)
    change = ask_assign(bank, "d1", "2800", by="hq1", application=PAPER)
    bank.approve(change, "hq2")
    assert [one.org for one in bank.user("d1").assignments] == ["orgs/2800"]


def test_a48_departments_are_directly_below_headquarters(bank: Bank) -> None:
    with refused("INVALID_FIELD"):
        make_org(bank, "2801", "2100", ob.Org.KIND_DEPARTMENT)
