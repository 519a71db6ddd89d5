"""IdentityService: the quarterly review of rights."""

from __future__ import annotations

from collections import Counter
from datetime import date

from google.protobuf.message import Message

from seal_service.application import reminders, reviews
from seal_service.application.call import Call
from seal_service.application.reminders import Summary
from seal_service.domain.reviews import Verdict
from seal_service.grpc_api.messages import date_message, item_message, review_message
from seal_service.grpc_api.resources import id_of, next_token, page_of, version_of
from seal_service.interceptors.exchange import Handle
from sealapi.v1 import identity_pb2 as pb


def start_review(call: Call, request: pb.StartReviewRequest) -> Message:
    """Open an organisation's review."""
    review, views = reviews.start(call, org_id=id_of(request.org), quarter=request.quarter)
    return pb.StartReviewResponse(review=review_message(review, views, call.today))


def get_review(call: Call, request: pb.GetReviewRequest) -> Message:
    """Show a review."""
    review, views = reviews.shown(call, id_of(request.name))
    return pb.GetReviewResponse(review=review_message(review, views, call.today))


def list_reviews(call: Call, request: pb.ListReviewsRequest) -> Message:
    """List the reviews of a quarter, and who has none."""
    page = page_of(call, request)
    found, missing = reviews.listed(call, page, quarter=request.quarter)
    return pb.ListReviewsResponse(
        reviews=[review_message(review, [], call.today) for review in found],
        next_page_token=next_token(call, request, page, found, found[-1].id if found else ""),
        missing_orgs=missing,
    )


def attest_assignment(call: Call, request: pb.AttestAssignmentRequest) -> Message:
    """Say of one assignment whether it is still right."""
    verdict = pb.ReviewItem.Verdict.Name(request.verdict).removeprefix("VERDICT_")
    view = reviews.attest(
        call, review_id=id_of(request.review), assignment_id=id_of(request.assignment),
        verdict=Verdict(verdict), note=request.note,
    )  # fmt: skip
    return pb.AttestAssignmentResponse(item=item_message(view))


def complete_review(call: Call, request: pb.CompleteReviewRequest) -> Message:
    """End a review."""
    review, views = reviews.complete(
        call, review_id=id_of(request.name), version=version_of(request.etag)
    )
    return pb.CompleteReviewResponse(review=review_message(review, views, call.today))


def list_reminders(call: Call, request: pb.ListRemindersRequest) -> Message:
    """List the reminders that still wait for a review."""
    page = page_of(call, request)
    found = reminders.listed(call, page)
    return pb.ListRemindersResponse(
        reminders=[
            pb.Reminder(
                org=f"orgs/{one.org_id}", quarter=one.quarter, stage=one.stage,
                due_date=date_message(one.due_on), make_date=date_message(one.made_on),
            )
            for one in found
        ],
        next_page_token=next_token(call, request, page, found, found[-1].id if found else ""),
    )  # fmt: skip


def list_review_summaries(call: Call, request: pb.ListReviewSummariesRequest) -> Message:
    """Report how far the reviews of a quarter are."""
    page = page_of(call, request)
    found = reminders.summaries(call, page, quarter=request.quarter)
    return pb.ListReviewSummariesResponse(
        summaries=[_summary_message(one, call.today) for one in found],
        next_page_token=next_token(call, request, page, found, found[-1].org.id if found else ""),
    )


def _summary_message(summary: Summary, today: date) -> pb.ReviewSummary:
    review = summary.review
    verdicts = Counter(item.verdict for item in summary.items)
    message = pb.ReviewSummary(
        org=f"orgs/{summary.org.id}", review=f"reviews/{review.id}" if review else "",
        state=f"STATE_{review.state if review else 'UNSPECIFIED'}",
        due_date=date_message(summary.due_on),
        overdue=today > summary.due_on and (review is None or review.overdue(today)),
        kept=verdicts[Verdict.KEEP], revoked=verdicts[Verdict.REVOKE], open=verdicts[None],
        reminders=summary.reminders,
    )  # fmt: skip
    if review is not None and review.completed_at is not None:
        message.completed_by = f"users/{review.completed_by}"
        message.complete_time.FromDatetime(review.completed_at)
    return message


HANDLERS: dict[str, Handle] = {
    "StartReview": start_review,
    "GetReview": get_review,
    "ListReviews": list_reviews,
    "AttestAssignment": attest_assignment,
    "CompleteReview": complete_review,
    "ListReminders": list_reminders,
    "ListReviewSummaries": list_review_summaries,
}
