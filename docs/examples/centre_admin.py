"""A clearing-centre administrator (总清管理员): people of the centre, and who was refused there."""

import os

from sealapi.v1.audit_pb2 import AuditEvent, ListAuditEventsRequest
from sealapi.v1.identity_pb2 import CreateUserRequest, ListUsersRequest, UnlockUserRequest, User
from sealmatch.client import Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")
CENTRE = f"orgs/{os.environ['SEALMATCH_ORG']}"

with Client(SERVER) as bank:
    bank.login(os.environ["SEALMATCH_USER"], os.environ["SEALMATCH_PASSWORD"])
    for user in bank.identity.list_users(ListUsersRequest(org=CENTRE)).users:
        print(user.name, *(held.post for held in user.assignments))
        if user.locked:  # six wrong passwords in a day (A46)
            bank.identity.unlock_user(UnlockUserRequest(name=user.name))
            print("unlocked:", user.name)
    asked = bank.identity.create_user(
        CreateUserRequest(
            user_id="290009", display_name="新总清柜员", org=CENTRE, kind=User.KIND_PERSON,
            posts=["posts/centre-teller"], reason="到岗",
        )
    )  # fmt: skip
    print("waits for headquarters:", asked.change.target)
    refused = ListAuditEventsRequest(decision=AuditEvent.DECISION_DENIED, page_size=10)
    for event in bank.audit.list_audit_events(refused).events:
        print("refused:", event.actor, event.action.rpartition("/")[2], event.reason)
