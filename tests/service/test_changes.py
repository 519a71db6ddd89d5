"""Maker and checker: every rule of it, and a random walk that tries to break them."""

from __future__ import annotations

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from refusals import refused
from service_bank import Bank, ask_user
from sqlalchemy.exc import DBAPIError

from sealapi.v1 import change_pb2 as pb
from sealapi.v1 import identity_pb2 as pb_i
from sealapi.v1 import organization_pb2 as org_pb
from sealmatch.client import CallError


def get(bank: Bank, change: pb.Change, by: str) -> pb.Change:
    request = pb.GetPendingChangeRequest(name=change.name)
    return bank.as_(by).change.get_pending_change(request).change


def withdraw(bank: Bank, change: pb.Change, by: str) -> pb.Change:
    request = pb.WithdrawChangeRequest(name=change.name, etag=change.etag)
    return bank.as_(by).change.withdraw_change(request).change


def reject(bank: Bank, change: pb.Change, by: str) -> pb.Change:
    request = pb.RejectChangeRequest(name=change.name, etag=change.etag, reason="不同意")
    return bank.as_(by).change.reject_change(request).change


@pytest.fixture
def change(bank: Bank) -> pb.Change:
    return ask_user(bank, "n1", "2101", "sub-branch-teller", "c11")


def test_maker_cannot_decide(bank: Bank, change: pb.Change) -> None:
    for decide in (bank.approve, lambda c, by: reject(bank, c, by)):
        with refused("SAME_PERSON"):
            decide(change, "c11")


def test_one_pending_change_a_target(bank: Bank, change: pb.Change) -> None:
    with refused("CHANGE_ALREADY_PENDING", change=change.name):
        ask_user(bank, "n1", "2102", "sub-branch-teller", "c12")


def test_a_decided_change_stays_decided(bank: Bank, change: pb.Change) -> None:
    decided = bank.approve(change, "b1")
    for again in (
        lambda: bank.approve(decided, "b1b"),
        lambda: reject(bank, decided, "b1b"),
        lambda: withdraw(bank, decided, "c11"),
    ):
        with refused("CHANGE_NOT_PENDING", state="APPROVED"):
            again()


def test_a_rejected_change_has_no_effect_and_says_why(bank: Bank, change: pb.Change) -> None:
    rejected = reject(bank, change, "b1")
    assert (rejected.state, rejected.decision_reason) == (pb.Change.STATE_REJECTED, "不同意")
    with refused("NOT_FOUND"):
        bank.user("n1")
    assert ask_user(bank, "n1", "2101", "sub-branch-teller", "c11").name != change.name


def test_only_the_maker_withdraws(bank: Bank, change: pb.Change) -> None:
    with refused("NO_PERMISSION"):
        withdraw(bank, change, "b1")
    assert withdraw(bank, change, "c11").state == pb.Change.STATE_WITHDRAWN
    with refused("CHANGE_NOT_PENDING"):
        bank.approve(change, "b1")


def test_a_change_expires(bank: Bank, change: pb.Change) -> None:
    bank.clock.forward(days=5, seconds=1)
    bank.clients.clear()
    with refused("CHANGE_NOT_PENDING", state="EXPIRED"):
        bank.approve(change, "b1")
    # The refused approval has written what it found.
    assert get(bank, change, "b1").state == pb.Change.STATE_EXPIRED
    assert ask_user(bank, "n1", "2101", "sub-branch-teller", "c11").state == pb.Change.STATE_PENDING


def test_housekeeping_expires_changes_and_says_so_in_the_log(bank: Bank, change: pb.Change) -> None:
    from seal_service.application.housekeeping import tidy

    bank.clock.forward(days=6)
    with bank.server.pipeline.database.write() as work:
        assert tidy(work, bank.clock()) == 1
    bank.clients.clear()
    assert get(bank, change, "b1").state == pb.Change.STATE_EXPIRED
    assert bank.log("system/ExpireChange")


def test_a_change_that_has_become_impossible_is_refused_to_its_checker(bank: Bank) -> None:
    first = ask_user(bank, "n1", "2101", "sub-branch-teller", "c11")
    from sealapi.v1 import identity_pb2

    role = bank.as_("hq1").identity.get_post(
        identity_pb2.GetPostRequest(name="posts/sub-branch-teller")
    ).post  # fmt: skip
    from google.protobuf.field_mask_pb2 import FieldMask

    role.ClearField("org_levels")
    role.org_levels.extend([2])
    asked = bank.as_("hq1").identity.update_post(
        identity_pb2.UpdatePostRequest(
            post=role, update_mask=FieldMask(paths=["org_levels"]), reason="x"
        )
    )
    bank.approve(asked.change, "hq2")
    with refused("POST_NOT_AT_LEVEL"):
        bank.approve(first, "b1")
    assert get(bank, first, "b1").state == pb.Change.STATE_PENDING


def test_a_stale_etag_is_refused(bank: Bank, change: pb.Change) -> None:
    change.etag = "v7"
    with refused("ETAG_MISMATCH"):
        bank.approve(change, "b1")


def test_others_do_not_see_what_is_not_in_their_reach(bank: Bank, change: pb.Change) -> None:
    assert get(bank, change, "b1").name == change.name
    with refused("OUT_OF_ORG_SCOPE"):
        get(bank, change, "b2")
    inbox = bank.as_("b2").change.list_pending_changes(pb.ListPendingChangesRequest())
    assert list(inbox.changes) == []
    mine = bank.as_("c11").change.list_pending_changes(pb.ListPendingChangesRequest())
    assert [one.name for one in mine.changes] == [change.name]


def test_the_database_keeps_four_eyes_and_one_pending_change(bank: Bank, change: pb.Change) -> None:
    transactions = bank.server.pipeline.database.connections.transactions  # type: ignore[attr-defined]
    key = change.name.removeprefix("changes/")
    copy = ", ".join(
        column if column != "id" else "'copy'"
        for column in (
            "id", "kind", "target", "org_id", "body", "body_hash", "state", "maker", "made_at",
            "reason", "target_version", "expires_at", "checker", "decided_at", "decision_reason",
            "version", "maker_may_be",
        )
    )  # fmt: skip
    for statement in (
        f"update pending_change set checker = maker, state = 'APPROVED' where id = '{key}'",  # noqa: S608
        f"update pending_change set state = 'APPROVED' where id = '{key}'",  # noqa: S608
        f"insert into pending_change select {copy} from pending_change where id = '{key}'",  # noqa: S608
    ):
        with pytest.raises(DBAPIError), transactions.write() as connection:
            connection.exec_driver_sql(statement)


def disable(bank: Bank, user: str, by: str) -> None:
    bank.as_(by).identity.disable_user(pb_i.DisableUserRequest(name=f"users/{user}", reason="x"))


def test_a30_a_change_falls_with_its_makers_standing(bank: Bank, change: pb.Change) -> None:
    disable(bank, "c11", by="b1")
    with refused("MAKER_NOT_ENTITLED", maker="users/c11"):
        bank.approve(change, "b1")
    assert reject(bank, change, "b1").state == pb.Change.STATE_REJECTED


def test_a30_and_with_the_post_that_let_the_maker_ask(bank: Bank, change: pb.Change) -> None:
    held = bank.user("c11").assignments[0].name
    bank.as_("b1").identity.revoke_post(pb_i.RevokePostRequest(name=held, reason="x"))
    with refused("MAKER_NOT_ENTITLED", maker="users/c11"):
        bank.approve(change, "b1")
    everywhere = bank.as_("hq1").organization.update_org(
        org_pb.UpdateOrgRequest(
            name="orgs/2101", etag=bank.org("2101").etag, display_name="新名", reason="x",
            update_mask=FieldMask(paths=["display_name"]),
        )
    )  # fmt: skip
    bank.approve(ask_user(bank, "hq3", "1000", "hq-admin", "hq1"), "hq2")
    disable(bank, "hq1", by="hq2")
    with refused("MAKER_NOT_ENTITLED", maker="users/hq1"):
        bank.approve(everywhere.change, "hq2")


def test_a39_the_maker_can_still_appoint_when_the_change_is_approved(bank: Bank) -> None:
    change = ask_user(bank, "n1", "2100", "sub-branch-chief", "b1")
    held = bank.user("b1").assignments[0].name
    bank.as_("hq1").identity.revoke_post(pb_i.RevokePostRequest(name=held, reason="x"))
    # Another post gives back the permission, not the right to make a chief.
    again = pb_i.AssignPostRequest(
        user="users/b1", post="posts/sub-branch-chief", org="orgs/2100", reason="x"
    )
    bank.approve(bank.as_("b1b").identity.assign_post(again).change, "hq1")
    with refused("MAY_NOT_APPOINT", post="posts/sub-branch-chief"):
        bank.approve(change, "b1b")


def test_a_locked_maker_comes_back(bank: Bank, change: pb.Change) -> None:
    for _ in range(6):
        with pytest.raises(CallError):
            bank.sign_in("c11", "wrong")
    assert bank.approve(change, "b1").state == pb.Change.STATE_APPROVED


def test_a50_nobody_gives_a_post_to_one_who_was_shut_out_meanwhile(bank: Bank) -> None:
    request = pb_i.AssignPostRequest(
        user="users/t11", post="posts/sub-branch-teller", org="orgs/2102", reason="x"
    )
    change = bank.as_("b1").identity.assign_post(request).change
    disable(bank, "t11", by="c11")
    with refused("USER_DISABLED"):
        bank.approve(change, "hq1")
