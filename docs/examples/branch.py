"""A branch administrator (分行计财部管理员): decides what waits in the branch."""

import os

from sealapi.v1.change_pb2 import ApproveChangeRequest, ListPendingChangesRequest
from sealmatch.client import CallError, Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")

with Client(SERVER) as bank:
    session = bank.login(os.environ["SEALMATCH_USER"], os.environ["SEALMATCH_PASSWORD"])
    for change in bank.change.list_pending_changes(ListPendingChangesRequest()).changes:
        print(change.kind, change.target, "asked by", change.maker, "because:", change.reason)
        if change.maker == session.user:
            continue  # somebody else decides one's own
        try:
            # The etag says which version was looked at: nothing is approved unseen.
            request = ApproveChangeRequest(name=change.name, etag=change.etag, reason="同意")
            print("approved:", bank.change.approve_change(request).change.target)
        except CallError as error:
            print("refused:", error.reason, error.chinese)
