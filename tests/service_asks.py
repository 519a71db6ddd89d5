"""What tests ask for about people."""

from __future__ import annotations

from service_bank import Bank

from sealapi.v1 import change_pb2
from sealapi.v1 import identity_pb2 as pb


def ask_assign(bank: Bank, user: str, post: str, org: str, by: str) -> change_pb2.Change:
    """Ask for a post for a user."""
    request = pb.AssignPostRequest(
        user=f"users/{user}", post=f"posts/{post}", org=f"orgs/{org}", reason="申请"
    )
    return bank.as_(by).identity.assign_post(request).change


def ask_transfer(
    bank: Bank, user: str, org: str, by: str, posts: tuple[str, ...] = ()
) -> change_pb2.Change:
    """Ask for a user to be moved."""
    request = pb.TransferUserRequest(
        name=f"users/{user}", etag=bank.user(user).etag, new_org=f"orgs/{org}",
        new_posts=[f"posts/{post}" for post in posts], reason="调动",
    )  # fmt: skip
    return bank.as_(by).identity.transfer_user(request).change


def revoke(bank: Bank, user: str, by: str) -> pb.Assignment:
    """Take a user's first post."""
    held = bank.user(user).assignments[0].name
    request = pb.RevokePostRequest(name=held, reason="离岗")
    return bank.as_(by).identity.revoke_post(request).assignment
