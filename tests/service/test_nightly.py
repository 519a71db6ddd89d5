"""What happens every night: rights against the core system's (A49), reminders of reviews (A51)."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from refusals import refused
from service_bank import Bank

from seal_service.application import nightly, reminders
from seal_service.application.ports import NightlyRun
from sealapi.v1 import identity_pb2 as pb
from sealapi.v1 import organization_pb2 as ob

TELLER_RIGHTS = [
    "account.read", "account.sync", "card.draft", "card.submit", "verify.assist", "verify.single",
]  # fmt: skip


def night(bank: Bank) -> list[NightlyRun]:
    pipeline = bank.server.pipeline
    return nightly.run_due(pipeline.database, pipeline.tools.rules, bank.clock())


def next_day(bank: Bank, days: int = 1) -> None:
    bank.clock.forward(days=days)
    bank.clients.clear()


def report_all(bank: Bank, **changes: dict[str, Any]) -> None:
    """Report everyone as the core system should know them, but for some fields of some people."""
    users = bank.as_("hq1").identity.list_users(pb.ListUsersRequest(page_size=500)).users
    everything = [*TELLER_RIGHTS, "card.review", "manual.decide", "paper_fold.second",
                  "verify.batch"]  # fmt: skip
    tellers = []
    for user in users:
        key = user.name.removeprefix("users/")
        known = {"display_name": key, "org": user.org, "active": True, "rights": everything}
        tellers.append(pb.CoreTeller(user_id=key, **{**known, **changes.get(key, {})}))
    bank.as_("cor").identity.record_core_tellers(pb.RecordCoreTellersRequest(tellers=tellers))


def findings(bank: Bank, by: str = "hq1") -> dict[str, pb.RightsFinding]:
    reply = bank.as_(by).identity.list_rights_findings(pb.ListRightsFindingsRequest())
    return {one.user.removeprefix("users/"): one for one in reply.findings}


def test_a49_until_the_core_system_has_reported_nothing_is_compared(bank: Bank) -> None:
    assert (
        not bank.as_("hq1")
        .identity.list_rights_findings(pb.ListRightsFindingsRequest())
        .HasField("day")
    )
    night(bank)
    assert findings(bank) == {}


def test_a49_the_night_reports_who_differs_from_the_core_system(bank: Bank) -> None:
    report_all(
        bank,
        t11={"rights": [code for code in TELLER_RIGHTS if code != "card.draft"]},
        t12={"active": False},
        r11={"org": "orgs/2102"},
    )
    bank.as_("cor").identity.record_core_tellers(
        pb.RecordCoreTellersRequest(
            tellers=[pb.CoreTeller(user_id="c9", display_name="x", org="orgs/2101", active=True)]
        )
    )
    (run, _) = night(bank)
    assert night(bank) == []  # once a day
    reply = bank.as_("hq1").identity.list_rights_findings(pb.ListRightsFindingsRequest())
    assert [(one.user, pb.RightsFinding.Kind.Name(one.kind)) for one in reply.findings] == [
        ("users/r11", "KIND_OTHER_ORG"),
        ("users/t11", "KIND_BEYOND_CORE_RIGHTS"),
        ("users/t12", "KIND_BEYOND_CORE_RIGHTS"),
        ("users/t12", "KIND_INACTIVE_TELLER"),
    ]
    assert run.found == reply.found == 4
    found = findings(bank)
    assert list(found["t11"].permissions) == ["card.draft"]
    assert found["t11"].post == "posts/sub-branch-teller"
    # Cut to the reader's reach, and shown to auditors.
    assert set(findings(bank, "c12")) == {"t12"}
    assert set(findings(bank, "aud")) == {"t11", "t12", "r11"}


def test_a49_a_post_held_at_two_organisations_is_one_difference(bank: Bank) -> None:
    request = pb.AssignPostRequest(
        user="users/t11", post="posts/sub-branch-teller", org="orgs/2102", reason="x"
    )
    bank.approve(bank.as_("b1").identity.assign_post(request).change, "b1b")
    report_all(bank, t11={"rights": TELLER_RIGHTS[:1]})
    (run, _) = night(bank)
    assert run.found == 1
    # What goes beyond the core's rights does not stand in the way of a new name.
    user = pb.User(name="users/t11", etag=bank.user("t11").etag, display_name="新名")
    update = pb.UpdateUserRequest(
        user=user, update_mask=FieldMask(paths=["display_name"]), reason="x"
    )
    assert bank.as_("b1").identity.update_user(update).change.name


def test_a49_a_difference_that_lasts_keeps_its_first_day(bank: Bank) -> None:
    report_all(bank, t11={"active": False}, r11={"org": "orgs/2102"})
    night(bank)
    next_day(bank)
    report_all(bank, t11={"active": False})
    night(bank)
    assert set(findings(bank)) == {"t11"}
    since = findings(bank)["t11"].since_date
    assert (since.month, since.day) == (11, 23)
    first = pb.ListRightsFindingsRequest()
    first.day.year, first.day.month, first.day.day = 2026, 11, 23
    reply = bank.as_("hq1").identity.list_rights_findings(first)
    assert {one.user for one in reply.findings} == {"users/t11", "users/r11"}
    first.day.month = 13
    with refused("INVALID_FIELD"):
        bank.as_("hq1").identity.list_rights_findings(first)


def test_a49_posts_are_given_to_tellers_whom_the_core_system_knows(bank: Bank) -> None:
    report_all(bank)
    request = pb.CreateUserRequest(
        user_id="n1", display_name="n1", org="orgs/2101", kind=pb.User.KIND_PERSON, reason="x",
        posts=["posts/sub-branch-teller"], core_rights=TELLER_RIGHTS,
    )  # fmt: skip
    # What the asking person declares does not count any more.
    with refused("CORE_RIGHTS_MISMATCH"):
        bank.as_("c11").identity.create_user(request)
    teller = pb.CoreTeller(
        user_id="n1", display_name="n1", org="orgs/2101", rights=TELLER_RIGHTS, active=True
    )
    bank.as_("cor").identity.record_core_tellers(pb.RecordCoreTellersRequest(tellers=[teller]))
    assert bank.as_("c11").identity.create_user(request).change.name


def test_a25_a_merged_organisation_is_no_difference(bank: Bank) -> None:
    report_all(bank)
    request = ob.MergeOrgsRequest(
        name="orgs/2101", etag=bank.org("2101").etag, into="orgs/2102", reason="x"
    )
    bank.approve(bank.as_("hq1").organization.merge_orgs(request).change, "hq2")
    night(bank)
    assert findings(bank) == {}  # the core still names the old code


def test_two_processes_do_a_nights_work_once(bank: Bank) -> None:
    report_all(bank, t11={"active": False})
    done: list[NightlyRun] = []
    threads = [threading.Thread(target=lambda: done.extend(night(bank))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(run.job for run in done) == sorted(nightly.JOBS)
    assert len(bank.rows("rights_finding")) == 2


def test_a_clock_that_was_set_back_repeats_no_night(bank: Bank) -> None:
    assert len(night(bank)) == 2
    bank.clock.forward(days=-3)
    assert night(bank) == []


def stages(bank: Bank, by: str = "c11") -> list[str]:
    reply = bank.as_(by).identity.list_reminders(pb.ListRemindersRequest(page_size=500))
    return [one.stage for one in reply.reminders if one.org == "orgs/2101"]


def remind(bank: Bank, day: date) -> int:
    pipeline = bank.server.pipeline
    with pipeline.database.write() as work:
        return reminders.remind(work, pipeline.tools.rules, day)


def test_a51_reminders_come_nearer_and_stop_with_the_review(bank: Bank) -> None:
    assert remind(bank, date(2026, 12, 16)) == 0
    assert remind(bank, date(2026, 12, 17)) == 6  # where nobody works there is nothing to review
    assert remind(bank, date(2026, 12, 18)) == 0
    remind(bank, date(2026, 12, 30))
    remind(bank, date(2027, 1, 1))
    assert stages(bank) == ["D-1", "D-14", "OVERDUE-1"]
    assert stages(bank, "c12") == []
    review(bank, "2026Q4")
    assert stages(bank) == []
    assert remind(bank, date(2027, 1, 8)) == 5


def review(bank: Bank, quarter: str) -> None:
    identity = bank.as_("b1").identity
    start = pb.StartReviewRequest(org="orgs/2101", quarter=quarter)
    found = identity.start_review(start).review
    for item in found.items:
        keep = item.assignment.user != "users/t11"
        verdict = pb.ReviewItem.VERDICT_KEEP if keep else pb.ReviewItem.VERDICT_REVOKE
        identity.attest_assignment(
            pb.AttestAssignmentRequest(
                review=found.name, assignment=item.assignment.name, verdict=verdict
            )
        )
    identity.complete_review(pb.CompleteReviewRequest(name=found.name, etag=found.etag))


def test_a51_the_report_tells_how_far_every_organisation_is(bank: Bank) -> None:
    remind(bank, date(2026, 12, 31))
    review(bank, "2026Q4")
    request = pb.ListReviewSummariesRequest(quarter="2026Q4")
    lines = bank.as_("aud").identity.list_review_summaries(request).summaries
    by_org = {one.org.removeprefix("orgs/"): one for one in lines}
    done, missing = by_org["2101"], by_org["2102"]
    assert (done.kept, done.revoked, done.open, done.reminders) == (2, 1, 0, 1)
    assert done.completed_by == "users/b1"
    assert (missing.review, missing.overdue) == ("", False)
    next_day(bank, 60)
    lines = bank.as_("aud").identity.list_review_summaries(request).summaries
    assert [one.org for one in lines if one.org in {"orgs/2101", "orgs/2102"} and one.overdue] == [
        "orgs/2102"
    ]
