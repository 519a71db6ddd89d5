"""A chief accountant (支行会计主管): a new teller, a forgotten password, the quarterly review."""

import os

from sealapi.v1.identity_pb2 import (
    AttestAssignmentRequest,
    CreateUserRequest,
    ListRemindersRequest,
    ResetPasswordRequest,
    ReviewItem,
    StartReviewRequest,
    User,
)
from sealmatch.client import Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")
ORG = os.environ["SEALMATCH_ORG"]

with Client(SERVER) as bank:
    session = bank.login(os.environ["SEALMATCH_USER"], os.environ["SEALMATCH_PASSWORD"])
    asked = bank.identity.create_user(
        CreateUserRequest(
            user_id="330209", display_name="新柜员", org=f"orgs/{ORG}", kind=User.KIND_PERSON,
            posts=["posts/sub-branch-teller"], reason="到岗",
        )
    )  # fmt: skip
    print("waits for the branch:", asked.change.target)

    reset = bank.identity.reset_password(
        ResetPasswordRequest(name=f"users/{os.environ['SEALMATCH_TELLER']}")
    )
    print("a new initial password of", len(reset.initial_password), "characters")

    for reminder in bank.identity.list_reminders(ListRemindersRequest()).reminders:
        print("review due:", reminder.org, reminder.quarter, reminder.stage)
    review = bank.identity.start_review(StartReviewRequest(org=f"orgs/{ORG}", quarter="2026Q4"))
    for item in review.review.items:
        if item.assignment.user == session.user:
            print("left to the branch:", item.assignment.post)
            continue
        bank.identity.attest_assignment(
            AttestAssignmentRequest(
                review=review.review.name, assignment=item.assignment.name,
                verdict=ReviewItem.VERDICT_KEEP, note="在岗",
            )
        )  # fmt: skip
        print("still right:", item.assignment.user, item.assignment.post)
