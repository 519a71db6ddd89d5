"""Who does what in a bank, on a running one (A07, A11, A20–A22, A24, A32–A35, E36).

Building cards, verifying seals and pass rates come with their own parts: of A07, A21, A33 and A34
it is shown here who will be let do it and who never will, by what the server says of its rights.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from google.protobuf import message_factory
from google.protobuf.message import Message
from refusals import refused
from service_bank import Bank, ask_user, choose_password
from service_cases import CASES, maintenance, registered

from seal_service.grpc_api.dispatch import methods
from sealapi.v1 import audit_pb2 as ab
from sealapi.v1 import change_pb2 as cb
from sealapi.v1 import device_pb2 as db
from sealapi.v1 import identity_pb2 as pb
from sealapi.v1 import organization_pb2 as ob
from sealmatch.client import Client

OUTLETS = {"2101": {"t11"}, "2102": {"t12"}, "2201": {"t21"}}
OFFICES = ["1000", "2100", "2200", "2900"]
EVERYTHING = {"loc"}
"""Holds the post with every permission, at a branch, that tests of the border need."""


def who_can(bank: Bank, permission: str, org: str) -> set[str]:
    request = pb.WhoCanRequest(permission=permission, org=f"orgs/{org}")
    found = bank.as_("hq1").identity.who_can(request).assignments
    return {one.user.removeprefix("users/") for one in found} - EVERYTHING


def add(bank: Bank, *person: str) -> None:
    user, org, post, maker, checker = person
    bank.approve(ask_user(bank, user, org, post, maker), checker)
    request = pb.ResetPasswordRequest(name=f"users/{user}")
    choose_password(bank, user, bank.as_(checker).identity.reset_password(request).initial_password)


def assign(bank: Bank, user: str, post: str, org: str, by: str) -> cb.Change:
    request = pb.AssignPostRequest(
        user=f"users/{user}", post=f"posts/{post}", org=f"orgs/{org}", reason="x"
    )
    return bank.as_(by).identity.assign_post(request).change


@pytest.mark.parametrize("permission", ["card.draft", "card.submit", "account.sync"])
def test_a07_a21_a33_only_an_outlets_own_tellers_may_build_there(
    sqlite_bank: Bank, permission: str
) -> None:
    for org, tellers in OUTLETS.items():
        assert who_can(sqlite_bank, permission, org) == tellers
    for org in OFFICES:
        assert who_can(sqlite_bank, permission, org) == set()


def test_a07_a21_an_outlet_verifies_its_own_and_the_centre_for_all(sqlite_bank: Bank) -> None:
    add(sqlite_bank, "k29", "2900", "centre-teller", "hq1", "hq2")
    for org, tellers in OUTLETS.items():
        # Beside them the core system, which asks for whoever stands at its counters.
        assert who_can(sqlite_bank, "verify.single", org) == {*tellers, "k29", "cor"}
        assert who_can(sqlite_bank, "verify.batch", org) == {"k29", "cor"}


def test_a34_whoever_may_enter_may_never_review(bank: Bank) -> None:
    assert who_can(bank, "card.review", "2101") == {"r11"}
    for org in (*OUTLETS, *OFFICES):
        assert not who_can(bank, "card.draft", org) & who_can(bank, "card.review", org)
    # By no way does one person come to hold both: one post more, another place, from the start.
    for user, post, org in (
        ("r11", "sub-branch-teller", "2101"),
        ("t11", "sub-branch-reviewer", "2102"),
    ):
        with refused("EXCLUSIVE_POST"):
            assign(bank, user, post, org, by="b1")
    both = ["posts/sub-branch-teller", "posts/sub-branch-reviewer"]
    with refused("EXCLUSIVE_POST"):
        bank.as_("c11").identity.create_user(
            pb.CreateUserRequest(
                user_id="n1", display_name="n1", org="orgs/2101", kind=pb.User.KIND_PERSON,
                posts=both, reason="x",
            )
        )  # fmt: skip
    with refused("EXCLUSIVE_POST"):
        bank.as_("b1").identity.transfer_user(
            pb.TransferUserRequest(
                name="users/t11", etag=bank.user("t11").etag, new_org="orgs/2102", new_posts=both,
                reason="x",
            )
        )  # fmt: skip
    # Whatever posts a bank makes of its own, the same card by the same person is kept apart.
    name = "exclusionRules/card-two-persons"
    rule = bank.as_("hq1").identity.get_exclusion_rule(pb.GetExclusionRuleRequest(name=name)).rule
    assert (rule.kind, rule.first, rule.second) == (
        pb.ExclusionRule.KIND_DYNAMIC, "card.draft", "card.review"
    )  # fmt: skip


KEPT_BY_HEADQUARTERS = {
    "org": ["CreateOrg", "UpdateOrg", "TransferOrg", "DeleteOrg", "MergeOrgs"],
    "post": ["DeletePost", "CreatePost", "UpdatePost"],
    "role": ["DeleteRole", "CreateRole", "UpdateRole"],
    "exclusion": ["CreateExclusionRule", "UpdateExclusionRule", "DeleteExclusionRule"],
    "access_mode": ["SetAccessMode"],
}
RPCS = {rpc.partition("/")[2]: rpc for rpc in CASES}


def asked(client: Client, rpc: str, request: Message) -> cb.Change:
    reply_type = message_factory.GetMessageClass(
        methods()[f"/sealapi.v1.{rpc}"].response_type.DESCRIPTOR
    )
    reply = client.call(f"/sealapi.v1.{rpc}", request, reply_type)
    return reply.change  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("table", KEPT_BY_HEADQUARTERS)
def test_a11_a22_a24_a35_headquarters_alone_keeps_organisations_posts_roles_and_rules(
    sqlite_bank: Bank, table: str
) -> None:
    bank = sqlite_bank
    for name in KEPT_BY_HEADQUARTERS[table]:
        rpc = RPCS[name]
        request = CASES[rpc].request(bank)
        before = bank.rows(table)
        for other in ("b1", "c11", "t11", "ops", "aud"):
            with refused("NO_PERMISSION"):
                asked(bank.as_(other), rpc, request)
        with refused("OUT_OF_ORG_SCOPE"):  # whatever a branch's post may grant
            asked(bank.as_("loc"), rpc, request)
        change = asked(bank.as_("hq1"), rpc, request)
        for other, reason in (
            ("b1", "NO_PERMISSION"), ("aud", "NO_PERMISSION"), ("loc", "OUT_OF_ORG_SCOPE")
        ):  # fmt: skip
            with refused(reason):
                bank.approve(change, other)
        assert bank.rows(table) == before, name
        # A second person of headquarters makes it true, for the whole bank at once.
        bank.approve(change, "hq2")
        assert bank.rows(table) != before, name


def test_a20_the_branch_sets_its_chiefs_and_adjusts_whom_it_moves(bank: Bank) -> None:
    with refused("MAY_NOT_APPOINT"):
        ask_user(bank, "c13", "2101", "sub-branch-chief", "hq1")
    with refused("MAY_NOT_APPOINT"):
        ask_user(bank, "c13", "2101", "sub-branch-chief", "c11")
    with refused("OUT_OF_ORG_SCOPE"):
        ask_user(bank, "c13", "2101", "sub-branch-chief", "b2")
    add(bank, "c13", "2101", "sub-branch-chief", "b1b", "b1")
    assert bank.user("t11", by="c13").name == "users/t11"
    # Moved with the rights that the new place needs; those of the old one have ended.
    move = pb.TransferUserRequest(
        name="users/c13", etag=bank.user("c13").etag, new_org="orgs/2102",
        new_posts=["posts/sub-branch-chief"], reason="x",
    )  # fmt: skip
    bank.approve(bank.as_("b1b").identity.transfer_user(move).change, "b1")
    with refused("SESSION_EXPIRED"):
        bank.user("t11", by="c13")
    bank.clients.pop("c13")
    with refused("OUT_OF_ORG_SCOPE"):
        bank.user("t11", by="c13")
    assert bank.user("t12", by="c13").name == "users/t12"
    (held,) = bank.user("c13").assignments
    bank.as_("b1").identity.revoke_post(pb.RevokePostRequest(name=held.name, reason="x"))
    bank.clients.pop("c13")
    with refused("NO_PERMISSION", permission="user.read"):
        bank.user("t12", by="c13")


def test_a32_a_chief_looks_after_the_tellers_and_watches_them_by_the_log(bank: Bank) -> None:
    chief = bank.as_("c11")
    chief.identity.unlock_user(pb.UnlockUserRequest(name="users/t11"))
    change = ask_user(bank, "n1", "2101", "sub-branch-teller", "c11")
    assert bank.approve(change, "b1").state == cb.Change.STATE_APPROVED
    for outlet, teller in (("2101", "t11"), ("2102", "t12")):
        bank.as_(teller).organization.get_org(ob.GetOrgRequest(name=f"orgs/{outlet}"))

    def seen(by: str, **wanted: object) -> set[str]:
        request = ab.ListAuditEventsRequest(page_size=100, **wanted)  # type: ignore[arg-type]
        events = bank.as_(by).audit.list_audit_events(request).events
        return {event.action.rpartition("/")[2] for event in events}

    bank.wait_until_logged()
    assert "GetOrg" in seen("c11", actor="t11")
    assert "Login" in seen("c11", target="users/t11")
    # Another chief's tellers are the other's to watch, and the branch's.
    assert seen("c11", actor="t12") == seen("c11", target="users/t12") == set()
    assert "GetOrg" in seen("b1", actor="t12")
    with refused("NO_PERMISSION", permission="log.read"):
        seen("t11", actor="t11")


def schedule(bank: Bank, by: str) -> object:
    return bank.as_(by).operations.schedule_maintenance(maintenance(bank))


def scanners(bank: Bank, by: str) -> object:
    return bank.as_(by).device.list_devices(db.ListDevicesRequest())


def staff(bank: Bank, by: str) -> object:
    return bank.as_(by).identity.list_users(pb.ListUsersRequest())


def waiting(bank: Bank, by: str) -> object:
    return bank.as_(by).change.list_pending_changes(cb.ListPendingChangesRequest())


def late_reviews(bank: Bank, by: str) -> object:
    return bank.as_(by).identity.list_review_summaries(pb.ListReviewSummariesRequest())


def outlets(bank: Bank, by: str) -> object:
    return bank.as_(by).organization.list_orgs(ob.ListOrgsRequest())


def reset(bank: Bank, by: str) -> object:
    request = pb.ResetPasswordRequest(name="users/t11")
    return bank.as_(by).identity.reset_password(request)


OPERATIONS: dict[str, tuple[set[Callable[[Bank, str], object]], str]] = {
    "om": ({staff, waiting, late_reviews, outlets}, "operations-manager"),
    "bo": ({late_reviews, outlets}, "business-operator"),
    "ops": ({schedule, scanners}, "operator"),
}


def test_e36_a_manager_business_and_technical_people_run_the_service(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    registered(bank)
    for user, (_, post) in OPERATIONS.items():
        if user != "ops":
            add(bank, user, "1000", post, "hq1", "hq2")
    acts = {staff, waiting, late_reviews, outlets, schedule, scanners, reset}
    for user, (own, post) in OPERATIONS.items():
        for act in acts:
            if act in own:
                assert act(bank, user)
            else:
                with refused("NO_PERMISSION"):
                    act(bank, user)
        # Nobody of them stands at a counter as well, nor keeps people's rights.
        with refused("EXCLUSIVE_POST"):
            create = pb.CreateUserRequest(
                user_id="n1", display_name="n1", org="orgs/1000", kind=pb.User.KIND_PERSON,
                posts=[f"posts/{post}", "posts/hq-admin"], reason="x",
            )  # fmt: skip
            bank.as_("hq1").identity.create_user(create)
