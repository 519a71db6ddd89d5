"""Users: their records, transfers and reach (A32, A38, A41, A43, A49)."""

from __future__ import annotations

from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from refusals import refused
from service_asks import ask_assign, ask_transfer, revoke
from service_bank import Bank, ask_user

from sealapi.v1 import change_pb2
from sealapi.v1 import identity_pb2 as pb
from sealapi.v1 import organization_pb2 as org_pb


def test_a38_administrators_reach_their_own_subtree_only(bank: Bank) -> None:
    with refused("OUT_OF_ORG_SCOPE"):
        ask_user(bank, "n1", "2201", "sub-branch-teller", "b1")
    with refused("OUT_OF_ORG_SCOPE"):
        ask_user(bank, "n1", "2102", "sub-branch-teller", "c11")
    with refused("OUT_OF_ORG_SCOPE"):
        bank.user("t21", by="b1")
    listed = bank.as_("b1").identity.list_users(pb.ListUsersRequest(page_size=100)).users
    assert {user.name for user in listed} == {
        f"users/{u}" for u in ("b1", "b1b", "c11", "c12", "t11", "r11", "t12")
    }
    # The checker's reach counts as well.
    change = ask_user(bank, "n1", "2101", "sub-branch-teller", "c11")
    with refused("OUT_OF_ORG_SCOPE"):
        bank.approve(change, "b2")
    with refused("NO_PERMISSION"):
        bank.approve(change, "t11")


def test_nobody_asks_for_or_decides_what_is_about_oneself(bank: Bank) -> None:
    # Maker and checker are two persons, and neither is the one who gains.
    with refused("SAME_PERSON"):
        ask_assign(bank, "b1", "sub-branch-chief", "2101", by="b1")
    change = ask_assign(bank, "b1b", "sub-branch-chief", "2101", by="b1")
    with refused("SAME_PERSON"):
        bank.approve(change, "b1b")
    assert bank.approve(change, "hq1").checker == "users/hq1"


def test_a41_a_transfer_inside_a_branch_is_decided_by_the_branch(bank: Bank) -> None:
    change = ask_transfer(bank, "t11", "2102", by="c11", posts=("sub-branch-teller",))
    assert change.org == "orgs/2100"
    with refused("OUT_OF_ORG_SCOPE"):
        bank.approve(change, "c12")
    bank.approve(change, "b1")
    user = bank.user("t11")
    assert (user.org, [a.org for a in user.assignments]) == ("orgs/2102", ["orgs/2102"])


def test_a41_a_transfer_between_branches_is_decided_by_headquarters(bank: Bank) -> None:
    change = ask_transfer(bank, "t11", "2201", by="b1")
    assert change.org == "orgs/1000"
    for branch_admin in ("b2", "b1b"):
        with refused("OUT_OF_ORG_SCOPE"):
            bank.approve(change, branch_admin)
    bank.approve(change, "hq1")
    user = bank.user("t11", by="b2")
    assert (user.org, len(user.assignments)) == ("orgs/2201", 0)


def test_a43_a_change_carries_its_form_and_is_seen_on_the_record(bank: Bank) -> None:
    change = ask_transfer(bank, "t11", "2102", by="c11", posts=("sub-branch-teller",))
    assert change.body["new_org"] == "2102"
    assert (change.maker, change.reason) == ("users/c11", "调动")
    assert bank.user("t11").pending_change == change.name
    inbox = bank.as_("b1").change.list_pending_changes(change_pb2.ListPendingChangesRequest())
    assert [one.name for one in inbox.changes] == [change.name]
    with refused("CHANGE_ALREADY_PENDING", change=change.name):
        ask_transfer(bank, "t11", "2102", by="b1")


def test_a_stale_record_cannot_be_changed_or_approved(bank: Bank) -> None:
    stale = bank.user("t11").etag
    change = ask_transfer(bank, "t11", "2102", by="c11")
    unlock = pb.UnlockUserRequest(name="users/t11")
    bank.as_("c11").identity.unlock_user(unlock)  # the record has another version now
    with refused("ETAG_MISMATCH"):
        bank.approve(change, "b1")
    request = pb.TransferUserRequest(
        name="users/r11", etag=stale + "9", new_org="orgs/2102", reason="x"
    )
    with refused("ETAG_MISMATCH"):
        bank.as_("c11").identity.transfer_user(request)
    with refused("ETAG_MISMATCH"):
        request.etag = "总"
        bank.as_("c11").identity.transfer_user(request)


def ask_update(bank: Bank, by: str, path: str, **fields: Any) -> change_pb2.Change:
    user = pb.User(name="users/t11", etag=bank.user("t11").etag, **fields)
    request = pb.UpdateUserRequest(user=user, update_mask=FieldMask(paths=[path]), reason="x")
    return bank.as_(by).identity.update_user(request).change


def test_a_users_record_changes_with_a_second_person(bank: Bank) -> None:
    change = ask_update(bank, "c11", "qualified_folding", qualified_folding=True)
    assert not bank.user("t11").qualified_folding
    teller = bank.as_("t11")
    bank.approve(change, "b1")
    assert bank.user("t11").qualified_folding
    with refused("SESSION_EXPIRED"):  # the rights may be others now
        teller.organization.list_orgs(org_pb.ListOrgsRequest())
    teller = bank.sign_in("t11")
    bank.approve(ask_update(bank, "c11", "display_name", display_name="新名"), "b1")
    teller.organization.list_orgs(org_pb.ListOrgsRequest())  # a name ends no session
    assert bank.user("t11").display_name == "新名"


def test_a_users_record_takes_only_what_makes_sense(bank: Bank) -> None:
    for path, fields in (
        ("display_name", {"display_name": ""}),
        ("certificate_sha256", {"certificate_sha256": "0" * 64}),  # of a person
        ("certificate_sha256", {"certificate_sha256": "x"}),
        ("locked", {"locked": False}),
    ):
        with refused("INVALID_FIELD"):
            ask_update(bank, "c11", path, **fields)


def test_a49_core_rights_are_not_cut_below_the_posts_held(bank: Bank) -> None:
    with refused("CORE_RIGHTS_MISMATCH"):
        ask_update(bank, "c11", "core_rights", core_rights=["card.draft"])


def test_a_disabled_user_is_out_at_once_and_comes_back_by_two_persons(bank: Bank) -> None:
    teller = bank.as_("t11")
    disable = pb.DisableUserRequest(name="users/t11", reason="长期离岗")
    with refused("SAME_PERSON"):
        teller_chief = pb.DisableUserRequest(name="users/c11", reason="x")
        bank.as_("c11").identity.disable_user(teller_chief)
    user = bank.as_("c11").identity.disable_user(disable).user
    assert (user.disabled, user.disable_reason) == (True, "长期离岗")
    with refused("SESSION_EXPIRED"):
        teller.organization.list_orgs(org_pb.ListOrgsRequest())
    with refused("USER_DISABLED"):
        bank.sign_in("t11")
    # Neither a new password nor an unlocking lets the user in.
    bank.as_("c11").identity.unlock_user(pb.UnlockUserRequest(name="users/t11"))
    with refused("USER_DISABLED"):
        bank.sign_in("t11")
    enable = pb.EnableUserRequest(name="users/t11", etag=bank.user("t11").etag, reason="返岗")
    change = bank.as_("c11").identity.enable_user(enable).change
    with refused("USER_DISABLED"):
        bank.sign_in("t11")
    bank.approve(change, "b1")
    assert bank.sign_in("t11").token
    enable.etag = bank.user("t11").etag
    with refused("INVALID_FIELD"):
        bank.as_("c11").identity.enable_user(enable)


def test_headquarters_keeps_two_administrators_who_can_act(bank: Bank) -> None:
    with refused("TOO_FEW_ADMINS", needed="3", present="2"):
        bank.as_("hq1").identity.disable_user(pb.DisableUserRequest(name="users/hq2", reason="x"))
    bank.approve(ask_user(bank, "hq3", "1000", "hq-admin", "hq1"), "hq2")
    bank.as_("hq1").identity.disable_user(pb.DisableUserRequest(name="users/hq3", reason="x"))
    with refused("TOO_FEW_ADMINS"):
        revoke(bank, "hq2", by="hq1")
    revoke(bank, "hq3", by="hq1")


def test_a49_rights_beyond_the_core_systems_are_refused(bank: Bank) -> None:
    request = pb.CreateUserRequest(
        user_id="n1", display_name="n1", org="orgs/2101", kind=pb.User.KIND_PERSON, reason="x",
        posts=["posts/sub-branch-teller"], core_rights=["card.draft", "verify.single"],
    )  # fmt: skip
    with refused("CORE_RIGHTS_MISMATCH") as caught:
        bank.as_("c11").identity.create_user(request)
    assert caught.value.numbers["permissions"] == (
        "account.read,account.sync,card.submit,verify.assist"
    )


def test_a32_auditors_read_and_change_nothing(bank: Bank) -> None:
    assert bank.user("t21", by="aud").name == "users/t21"
    with refused("NO_PERMISSION", permission="user.unlock"):
        bank.as_("aud").identity.unlock_user(pb.UnlockUserRequest(name="users/t21"))
