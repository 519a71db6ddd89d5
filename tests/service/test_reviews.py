"""The quarterly review of rights (A51)."""

from __future__ import annotations

from refusals import refused
from service_bank import Bank, ask_user

from sealapi.v1 import identity_pb2 as pb
from sealapi.v1 import organization_pb2 as org_pb


def test_a51_the_quarterly_review(bank: Bank) -> None:
    identity = bank.as_("b1").identity
    listed = identity.list_reviews(pb.ListReviewsRequest())
    assert "orgs/2101" in listed.missing_orgs
    started = identity.start_review(pb.StartReviewRequest(org="orgs/2101", quarter="2026Q4"))
    review = started.review
    assert (review.due_date.month, review.due_date.day) == (12, 31)
    assert "orgs/2101" not in identity.list_reviews(pb.ListReviewsRequest()).missing_orgs
    with refused("ALREADY_EXISTS"):
        identity.start_review(pb.StartReviewRequest(org="orgs/2101", quarter="2026Q4"))
    complete = pb.CompleteReviewRequest(name=review.name, etag=review.etag)
    with refused("REVIEW_INCOMPLETE", open="3"):
        identity.complete_review(complete)

    def attest(item: pb.ReviewItem, verdict: int, by: str) -> None:
        request = pb.AttestAssignmentRequest(
            review=review.name, assignment=item.assignment.name, verdict=verdict, note="核对"
        )
        bank.as_(by).identity.attest_assignment(request)

    items = {item.assignment.user: item for item in review.items}
    with refused("SAME_PERSON"):
        attest(items["users/c11"], pb.ReviewItem.VERDICT_KEEP, by="c11")
    for user, item in items.items():
        keep = user != "users/t11"
        attest(item, pb.ReviewItem.VERDICT_KEEP if keep else pb.ReviewItem.VERDICT_REVOKE, "b1")
    teller = bank.as_("t11")
    done = identity.complete_review(complete).review
    assert done.state == pb.Review.STATE_COMPLETED
    assert bank.user("t11").assignments == []
    with refused("SESSION_EXPIRED"):
        teller.organization.list_orgs(org_pb.ListOrgsRequest())
    with refused("REVIEW_CLOSED"):
        attest(items["users/r11"], pb.ReviewItem.VERDICT_KEEP, by="b1")


def test_a51_a_review_past_its_quarter_is_overdue(bank: Bank) -> None:
    request = pb.StartReviewRequest(org="orgs/2101", quarter="2026Q3")
    review = bank.as_("b1").identity.start_review(request).review
    assert review.overdue


def test_a51_only_this_quarter_and_the_one_before_are_reviewed(bank: Bank) -> None:
    for quarter in ("2027Q1", "2027Q3", "2026Q2", "2020Q4"):
        with refused("INVALID_FIELD"):
            bank.as_("b1").identity.start_review(
                pb.StartReviewRequest(org="orgs/2101", quarter=quarter)
            )


def test_a51_a_post_given_after_the_start_is_reviewed_too(bank: Bank) -> None:
    identity = bank.as_("b1").identity
    request = pb.StartReviewRequest(org="orgs/2101", quarter="2026Q4")
    review = identity.start_review(request).review
    bank.approve(ask_user(bank, "n1", "2101", "sub-branch-teller", "c11"), "b1")

    def attest_all() -> pb.Review:
        found = identity.get_review(pb.GetReviewRequest(name=review.name)).review
        for item in found.items:
            identity.attest_assignment(
                pb.AttestAssignmentRequest(
                    review=review.name, assignment=item.assignment.name,
                    verdict=pb.ReviewItem.VERDICT_KEEP,
                )
            )  # fmt: skip
        return found

    complete = pb.CompleteReviewRequest(name=review.name, etag=attest_all().etag)
    with refused("REVIEW_INCOMPLETE", open="1"):
        identity.complete_review(complete)
    # The refusal has written down what is missing.
    assert "users/n1" in {item.assignment.user for item in attest_all().items}
    assert identity.complete_review(complete).review.state == pb.Review.STATE_COMPLETED
