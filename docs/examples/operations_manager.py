"""An operations manager (运营经理): who is in which post, what waits, which reviews are late."""

import os

from sealapi.v1.change_pb2 import ListPendingChangesRequest
from sealapi.v1.identity_pb2 import ListReviewSummariesRequest, ListUsersRequest
from sealmatch.client import Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")
ORG = f"orgs/{os.environ['SEALMATCH_ORG']}"

with Client(SERVER) as bank:
    bank.login(os.environ["SEALMATCH_USER"], os.environ["SEALMATCH_PASSWORD"])
    for user in bank.identity.list_users(ListUsersRequest(org=ORG)).users:
        print(user.name, user.display_name, *(held.post for held in user.assignments))
    for change in bank.change.list_pending_changes(ListPendingChangesRequest()).changes:
        print("waits since", change.make_time.ToDatetime().date(), change.kind, change.target)
    summaries = bank.identity.list_review_summaries(ListReviewSummariesRequest()).summaries
    print("reviews of rights not completed:", sum(not one.completed_by for one in summaries))
