"""Organisations: three levels, transfers among equals, merges, history (A23–A27, A40)."""

from __future__ import annotations

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from refusals import refused
from service_bank import PASSWORD, Bank, ask_user
from sqlalchemy.exc import DBAPIError

from seal_service.adapters.sql.tables import metadata, org
from sealapi.v1 import audit_pb2 as ab
from sealapi.v1 import change_pb2, session_pb2
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as pb


def ask_create(bank: Bank, code: str, parent: str, by: str = "hq1") -> change_pb2.Change:
    request = pb.CreateOrgRequest(
        org_id=code,
        display_name="新网点",
        parent=f"orgs/{parent}",
        kind=pb.Org.KIND_REAL,
        reason="x",
    )
    return bank.as_(by).organization.create_org(request).change


def ask_transfer(bank: Bank, code: str, parent: str) -> change_pb2.Change:
    request = pb.TransferOrgRequest(
        name=f"orgs/{code}", etag=bank.org(code).etag, new_parent=f"orgs/{parent}", reason="x"
    )
    return bank.as_("hq1").organization.transfer_org(request).change


def ask_merge(bank: Bank, code: str, into: str) -> pb.MergeOrgsResponse:
    request = pb.MergeOrgsRequest(
        name=f"orgs/{code}", etag=bank.org(code).etag, into=f"orgs/{into}", reason="合并"
    )
    return bank.as_("hq1").organization.merge_orgs(request)


def test_a23_there_are_exactly_three_levels(bank: Bank) -> None:
    assert [bank.org(code).level for code in ("1000", "2100", "2101")] == [1, 2, 3]
    with refused("INVALID_FIELD"):
        ask_create(bank, "3101", "2101")


def test_a23_the_database_knows_the_levels_too(bank: Bank) -> None:
    transactions = bank.server.pipeline.database.connections.transactions  # type: ignore[attr-defined]
    for statement in (
        "update org set parent_id = '1000', parent_level = 1 where id = '2101'",
        "update org set level = 3 where id = '2100'",
        "update org set parent_id = null, parent_level = null where id = '2100'",
    ):
        with pytest.raises(DBAPIError), transactions.write() as connection:
            connection.exec_driver_sql(statement)


def test_a24_only_headquarters_keeps_organisations(bank: Bank) -> None:
    with refused("NO_PERMISSION", permission="org.manage"):
        ask_create(bank, "2103", "2100", by="b1")


def test_a24_a_new_organisation_needs_a_second_person(bank: Bank) -> None:
    change = ask_create(bank, "2103", "2100")
    with refused("NOT_FOUND"):
        bank.org("2103")
    with refused("SAME_PERSON"):
        bank.approve(change, "hq1")
    assert bank.approve(change, "hq2").state == change_pb2.Change.STATE_APPROVED
    assert bank.org("2103").parent == "orgs/2100"
    with refused("ALREADY_EXISTS"):
        ask_create(bank, "2103", "2200")


def test_a26_same_level_transfer_takes_the_people_along(bank: Bank) -> None:
    bank.as_("t11")
    assert bank.user("t11", by="b1").org == "orgs/2101"
    bank.approve(ask_transfer(bank, "2101", "2200"), "hq2")
    moved = bank.org("2101")
    assert moved.parent == "orgs/2200"
    # Reach follows the organisation at once: the old branch sees its people no more.
    with refused("OUT_OF_ORG_SCOPE"):
        bank.user("t11", by="b1")
    assert bank.user("t11", by="b2").org == "orgs/2101"


def test_a26_cross_level_and_circular_transfers_are_refused(bank: Bank) -> None:
    with refused("CROSS_LEVEL_TRANSFER", level="3", parent_level="1"):
        ask_transfer(bank, "2101", "1000")
    with refused("CROSS_LEVEL_TRANSFER", level="2", parent_level="2"):
        ask_transfer(bank, "2100", "2200")
    with refused("CROSS_LEVEL_TRANSFER", level="2", parent_level="3"):
        ask_transfer(bank, "2100", "2101")
    with refused("CROSS_LEVEL_TRANSFER", level="1", parent_level="2"):
        ask_transfer(bank, "1000", "2100")
    with refused("INVALID_FIELD"):
        ask_transfer(bank, "2101", "2100")


def test_a27_a_merge_moves_everything_and_the_old_code_resolves(bank: Bank) -> None:
    preview = bank.as_("hq1").organization.preview_merge(
        pb.PreviewMergeRequest(name="orgs/2101", into="orgs/2102")
    )
    assert {one.what: one.count for one in preview.counts} == {
        "users": 3, "assignments": 3, "pending_changes": 0, "reviews": 0,
        "devices": 0,
    }  # fmt: skip
    asked = ask_merge(bank, "2101", "2102")
    assert {one.what: one.count for one in asked.preview}["users"] == 3
    teller = bank.as_("t11")
    bank.approve(asked.change, "hq2")
    with refused("SESSION_EXPIRED"):
        teller.organization.get_org(pb.GetOrgRequest(name="orgs/2102"))
    user = bank.user("t11", by="b1")
    assert user.org == "orgs/2102"
    assert [one.org for one in user.assignments] == ["orgs/2102"]
    old = bank.org("2101")
    assert (old.state, old.merged_into) == (pb.Org.STATE_MERGED, "orgs/2102")
    # Whoever looks after the outlet that goes on can still look up the old code.
    assert bank.org("2101", by="c12").merged_into == "orgs/2102"
    with refused("ORG_INACTIVE"):
        ask_transfer(bank, "2101", "2200")
    with refused("ALREADY_EXISTS"):
        ask_create(bank, "2101", "2200")


def test_a27_a_merge_that_would_break_a_rule_is_refused_with_names(bank: Bank) -> None:
    # With the rule cut to one outlet, one person may be teller here and reviewer there,
    # until the two outlets become one.
    name = "exclusionRules/sub-branch-teller-not-sub-branch-reviewer"
    rule = bank.as_("hq1").identity.get_exclusion_rule(ib.GetExclusionRuleRequest(name=name)).rule
    rule.reach = ib.ExclusionRule.REACH_SAME_ORG
    update = ib.UpdateExclusionRuleRequest(
        rule=rule, update_mask=FieldMask(paths=["reach"]), reason="x"
    )
    bank.approve(bank.as_("hq1").identity.update_exclusion_rule(update).change, "hq2")
    assign = ib.AssignPostRequest(
        user="users/t11", post="posts/sub-branch-reviewer", org="orgs/2102", reason="x"
    )
    bank.approve(bank.as_("b1").identity.assign_post(assign).change, "b1b")
    preview = bank.as_("hq1").organization.preview_merge(
        pb.PreviewMergeRequest(name="orgs/2101", into="orgs/2102")
    )
    assert list(preview.obstacles) == ["users/t11"]
    with refused("RULE_BROKEN_TODAY", users="users/t11"):
        ask_merge(bank, "2101", "2102")


def start_review(bank: Bank, code: str, quarter: str = "2026Q4") -> ib.Review:
    request = ib.StartReviewRequest(org=f"orgs/{code}", quarter=quarter)
    return bank.as_("b1").identity.start_review(request).review


def test_a27_what_waits_for_its_second_person_goes_along(bank: Bank) -> None:
    asked = ask_user(bank, "n1", "2101", "sub-branch-teller", "c11")
    bank.approve(ask_merge(bank, "2101", "2102").change, "hq2")
    request = change_pb2.GetPendingChangeRequest(name=asked.name)
    waiting = bank.as_("b1").change.get_pending_change(request).change
    assert waiting.org == "orgs/2102"
    bank.approve(waiting, "b1")
    user = bank.user("n1")
    assert (user.org, [one.org for one in user.assignments]) == ("orgs/2102", ["orgs/2102"])


def test_a27_an_open_review_goes_along_or_into_the_others(bank: Bank) -> None:
    alone, into = start_review(bank, "2101", "2026Q3"), start_review(bank, "2102")
    start_review(bank, "2101")
    bank.approve(ask_merge(bank, "2101", "2102").change, "hq2")
    get = bank.as_("c12").identity.get_review
    moved = get(ib.GetReviewRequest(name=alone.name)).review
    assert (moved.org, len(moved.items)) == ("orgs/2102", 3)
    joined = get(ib.GetReviewRequest(name=into.name)).review
    people = {item.assignment.user for item in joined.items}
    assert people == {"users/c11", "users/t11", "users/r11", "users/c12", "users/t12"}
    assert len(bank.rows("review")) == 2


def test_a27_the_old_code_stands_in_the_place_of_the_outlet_that_goes_on(bank: Bank) -> None:
    bank.approve(ask_merge(bank, "2101", "2201").change, "hq2")
    # The old branch has nothing to say there any more, though the old code's path is below it.
    with refused("OUT_OF_ORG_SCOPE"):
        ask_user(bank, "n1", "2101", "sub-branch-teller", "b1")
    assign = ib.AssignPostRequest(
        user="users/t12", post="posts/sub-branch-teller", org="orgs/2101", reason="x"
    )
    with refused("OUT_OF_ORG_SCOPE"):
        bank.as_("b1").identity.assign_post(assign)
    change = ask_user(bank, "n1", "2101", "sub-branch-teller", "b2")
    assert change.org == "orgs/2201"
    bank.approve(change, "hq1")
    with refused("ORG_INACTIVE"):
        start_review(bank, "2101")


def test_a27_the_log_of_the_old_code_is_seen_by_whoever_looks_after_what_goes_on(
    bank: Bank,
) -> None:
    def seen(by: str) -> int:
        request = ab.ListAuditEventsRequest(page_size=100)
        events = bank.as_(by).audit.list_audit_events(request).events
        return sum(event.org == "orgs/2101" for event in events)

    bank.wait_until_logged()
    known = seen("b1")
    assert (known > 3, seen("b2")) == (True, 0)
    bank.approve(ask_merge(bank, "2101", "2201").change, "hq2")
    assert seen("b2") >= known
    assert seen("b1") == 0
    request = ab.ListAuditEventsRequest(page_size=100)
    events = bank.as_("b2").audit.list_audit_events(request).events
    old = next(event for event in events if event.org == "orgs/2101")
    assert bank.as_("b2").audit.get_audit_event(ab.GetAuditEventRequest(name=old.name)).event
    with refused("OUT_OF_ORG_SCOPE"):
        bank.as_("b1").audit.get_audit_event(ab.GetAuditEventRequest(name=old.name))


STAYS = {
    "org": "the organisation itself",
    "reminder": "the nightly job settles those of an outlet where nobody holds a post",
    "rights_finding": "the report of a day, as it was",
}
"""Tables that name an organisation and do not go along in a merge, and why."""


def test_a27_every_table_that_names_an_organisation_follows_or_says_why_not(
    sqlite_bank: Bank,
) -> None:
    with sqlite_bank.server.pipeline.database.read() as work:
        following = {follower.table.name for follower in work.followers}  # type: ignore[attr-defined]
    naming = {
        table.name
        for table in metadata.sorted_tables
        if any(key.column is org.c.id for key in table.foreign_keys)
    }
    assert naming == following | STAYS.keys()
    assert not following & STAYS.keys()


def test_a27_only_outlets_merge(bank: Bank) -> None:
    with refused("CROSS_LEVEL_TRANSFER"):
        ask_merge(bank, "2100", "2200")
    with refused("CROSS_LEVEL_TRANSFER"):
        ask_merge(bank, "2101", "2100")
    with refused("INVALID_FIELD"):
        ask_merge(bank, "2101", "2101")


def test_a_merge_needs_fresh_passwords_of_both_persons(bank: Bank) -> None:
    def refresh(user: str) -> None:
        request = session_pb2.RefreshRequest(password=PASSWORD)
        bank.as_(user).token = bank.as_(user).session.refresh(request).token

    bank.as_("hq1")
    bank.clock.forward(minutes=6)
    with refused("STEP_UP_REQUIRED", max_age_s="300"):
        ask_merge(bank, "2101", "2102")
    refresh("hq1")
    bank.as_("hq2")
    change = ask_merge(bank, "2101", "2102").change
    bank.clock.forward(minutes=6)
    with refused("STEP_UP_REQUIRED", max_age_s="300"):
        bank.approve(change, "hq2")
    refresh("hq2")
    assert bank.approve(change, "hq2").checker == "users/hq2"


def test_a_clock_that_was_set_back_makes_no_password_fresh(bank: Bank) -> None:
    bank.as_("hq1")
    bank.clock.forward(minutes=-1)
    with refused("STEP_UP_REQUIRED"):
        ask_merge(bank, "2101", "2102")


def test_history_shows_organisations_as_they_were(bank: Bank) -> None:
    before = Timestamp()
    before.FromDatetime(bank.clock())
    bank.clock.forward(days=1)
    for client in list(bank.clients):
        del bank.clients[client]
    bank.approve(ask_transfer(bank, "2101", "2200"), "hq2")
    request = pb.UpdateOrgRequest(
        name="orgs/2102", etag=bank.org("2102").etag, display_name="改名",
        update_mask=FieldMask(paths=["display_name"]), reason="x",
    )  # fmt: skip
    bank.approve(bank.as_("hq1").organization.update_org(request).change, "hq2")
    after = Timestamp()
    after.FromDatetime(bank.clock())
    shown = [
        {
            org.name: (org.parent, org.display_name)
            for org in bank.as_("hq1")
            .organization.list_org_history(pb.ListOrgHistoryRequest(as_of=at))
            .orgs
        }
        for at in (before, after)
    ]
    assert [one["orgs/2101"][0] for one in shown] == ["orgs/2100", "orgs/2200"]
    assert [one["orgs/2102"][1] for one in shown] == ["机构2102", "改名"]
    # History is cut to the reader's reach as it was then.
    mine = bank.as_("b1").organization.list_org_history(pb.ListOrgHistoryRequest(as_of=before))
    assert {org.name for org in mine.orgs} == {"orgs/2100", "orgs/2101", "orgs/2102", "orgs/2199"}


def test_only_an_empty_organisation_closes(bank: Bank) -> None:
    def ask(code: str) -> change_pb2.Change:
        request = pb.DeleteOrgRequest(name=f"orgs/{code}", etag=bank.org(code).etag, reason="x")
        return bank.as_("hq1").organization.delete_org(request).change

    with refused("ORG_NOT_EMPTY", what="orgs"):
        ask("2100")
    with refused("ORG_NOT_EMPTY", what="users"):
        ask("2101")
    with refused("ORG_NOT_EMPTY"):
        ask("1000")
    bank.approve(ask("2199"), "hq2")
    assert bank.org("2199").state == pb.Org.STATE_CLOSED
    listed = bank.as_("hq1").organization.list_orgs(pb.ListOrgsRequest(parent="orgs/2100"))
    assert [org.name for org in listed.orgs] == ["orgs/2101", "orgs/2102"]
    request = pb.ListOrgsRequest(parent="orgs/2100", show_inactive=True)
    assert len(bank.as_("hq1").organization.list_orgs(request).orgs) == 3


def test_a04_a38_lists_are_cut_to_the_readers_reach(bank: Bank) -> None:
    def names(user: str) -> list[str]:
        found = bank.as_(user).organization.list_orgs(pb.ListOrgsRequest()).orgs
        return [org.name.removeprefix("orgs/") for org in found]

    assert len(names("hq1")) == 8
    assert names("b1") == ["2100", "2101", "2102", "2199"]
    assert names("c11") == ["2101"]


def test_pages_join_up_and_tokens_belong_to_their_query(bank: Bank) -> None:
    service = bank.as_("hq1").organization
    first = service.list_orgs(pb.ListOrgsRequest(page_size=3))
    names, token = [org.name for org in first.orgs], first.next_page_token
    while token:
        page = service.list_orgs(pb.ListOrgsRequest(page_size=3, page_token=token))
        names += [org.name for org in page.orgs]
        token = page.next_page_token
    assert names == [org.name for org in service.list_orgs(pb.ListOrgsRequest()).orgs]
    stolen = first.next_page_token
    with refused("PAGE_TOKEN_INVALID"):
        service.list_orgs(pb.ListOrgsRequest(page_token=stolen, parent="orgs/2100"))
    with refused("PAGE_TOKEN_INVALID"):
        bank.as_("hq2").organization.list_orgs(pb.ListOrgsRequest(page_token=stolen))
    with refused("PAGE_TOKEN_INVALID"):
        service.list_orgs(
            pb.ListOrgsRequest(page_token=("y" if stolen[0] == "x" else "x") + stolen[1:])
        )
    with refused("PAGE_TOKEN_INVALID"):
        service.list_orgs(pb.ListOrgsRequest(page_token="总"))


def test_a40_headquarters_looks_after_virtual_organisations(bank: Bank) -> None:
    assert bank.org("2199").admin_org == "orgs/1000"
    assert bank.org("2101").admin_org == "orgs/2101"
    # The seeded matrix lets a branch administrator appoint tellers; here headquarters may as well.
    change = ask_user(bank, "v1", "2199", "sub-branch-teller", "hq1")
    bank.approve(change, "hq2")
    assert bank.user("v1").org == "orgs/2199"
    with refused("MAY_NOT_APPOINT"):
        ask_user(bank, "v2", "2101", "sub-branch-teller", "hq1")
