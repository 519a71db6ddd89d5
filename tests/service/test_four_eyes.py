"""Two accounts in one person's hands are one person: initial passwords, and what they open."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from core_tickets import CoreSystem
from refusals import refused
from service_bank import Bank, Template, ask_user, choose_password, running

from sealapi.v1 import change_pb2
from sealapi.v1 import identity_pb2 as pb
from sealapi.v1 import session_pb2 as sb
from sealmatch.client import Client, Retries

PASSWORDS = itertools.cycle(
    ["Grey-Mare-58", "Dark-Mule-94", "Tall-Goat-63", "Cold-Wolf-85", "Wild-Bear-72", "Slow-Toad-96"]
)


def take_over(bank: Bank, user: str, by: str) -> None:
    """Reset a password, sign in with it first and choose another: then be that user."""
    request = pb.ResetPasswordRequest(name=f"users/{user}")
    initial = bank.as_(by).identity.reset_password(request).initial_password
    client, own = bank.sign_in(user, initial), next(PASSWORDS)
    client.session.change_password(sb.ChangePasswordRequest(old_password=initial, new_password=own))
    bank.clients[user] = client


def new_admin(bank: Bank, user: str, *, password_from: str) -> None:
    bank.approve(ask_user(bank, user, "1000", "hq-admin", "hq1"), "hq2")
    take_over(bank, user, by=password_from)


def another(bank: Bank, maker: str, user: str = "n1") -> change_pb2.Change:
    return ask_user(bank, user, "1000", "auditor", maker)


def test_a30_whoever_has_reset_a_password_is_no_first_person_to_its_user(bank: Bank) -> None:
    change = another(bank, "hq1")
    take_over(bank, "hq2", by="hq1")
    with refused("SAME_PERSON"):
        bank.approve(change, "hq2")
    with refused("SAME_PERSON"):
        bank.as_("hq2").change.reject_change(
            change_pb2.RejectChangeRequest(name=change.name, etag=change.etag, reason="x")
        )


def test_a30_nor_a_second_one(bank: Bank) -> None:
    take_over(bank, "hq2", by="hq1")
    with refused("SAME_PERSON"):
        bank.approve(another(bank, "hq2"), "hq1")


def test_a30_a_chain_of_accounts_leads_back_to_its_beginning(bank: Bank) -> None:
    new_admin(bank, "hq3", password_from="hq2")
    change = another(bank, "hq1")
    take_over(bank, "hq2", by="hq1")
    take_over(bank, "hq3", by="hq2")
    with refused("SAME_PERSON"):
        bank.approve(change, "hq3")
    # Nor does an account clean itself by way of another one.
    take_over(bank, "hq2", by="hq3")
    with refused("SAME_PERSON"):
        bank.approve(change, "hq2")


def test_a30_a_password_from_somebody_else_makes_two_persons_of_them_again(bank: Bank) -> None:
    new_admin(bank, "hq3", password_from="hq1")
    change = another(bank, "hq1")
    with refused("SAME_PERSON"):
        bank.approve(change, "hq3")
    take_over(bank, "hq3", by="hq2")
    assert bank.approve(change, "hq3").checker == "users/hq3"


def test_a30_nobody_acts_on_oneself_through_another_account(bank: Bank) -> None:
    take_over(bank, "hq2", by="hq1")
    identity = bank.as_("hq2").identity
    with refused("SAME_PERSON"):
        identity.assign_post(
            pb.AssignPostRequest(
                user="users/hq1", post="posts/auditor", org="orgs/1000", reason="x"
            )
        )
    review = identity.start_review(pb.StartReviewRequest(org="orgs/1000", quarter="2026Q4")).review
    mine = next(item for item in review.items if item.assignment.user == "users/hq1")
    with refused("SAME_PERSON"):
        identity.attest_assignment(
            pb.AttestAssignmentRequest(
                review=review.name, assignment=mine.assignment.name,
                verdict=pb.ReviewItem.VERDICT_KEEP,
            )
        )  # fmt: skip


def test_a30_the_core_system_vouches_for_whom_it_sends(
    founded_sqlite: Template, tmp_path: Path
) -> None:
    core = CoreSystem(tmp_path / "core.pem")
    folder, url = founded_sqlite.copy(tmp_path / "data")
    with running(folder, url, sso={"public_key": core.public}) as bank:
        change = another(bank, "hq1")
        take_over(bank, "hq2", by="hq1")
        ticket = core.ticket(int(bank.clock().timestamp()), sub="hq2")
        opened = bank.guest().session.exchange_sso_ticket(
            sb.ExchangeSsoTicketRequest(ticket=ticket)
        )
        bank.clients["hq2"] = Client(bank.address, token=opened.token, retries=Retries(attempts=1))
        assert bank.approve(change, "hq2").checker == "users/hq2"


@pytest.mark.parametrize("by", ["hq1", "hq2"])
def test_a45_a_configured_initial_password_is_known_to_both_who_made_the_user(
    founded_sqlite: Template, tmp_path: Path, by: str
) -> None:
    folder, url = founded_sqlite.copy(tmp_path / "data")
    with running(folder, url, passwords={"initial": "888888"}) as bank:
        bank.approve(ask_user(bank, "hq3", "1000", "hq-admin", "hq1"), "hq2")
        choose_password(bank, "hq3", "888888")
        with refused("SAME_PERSON"):
            bank.approve(another(bank, by), "hq3")


def test_a30_what_was_asked_for_in_somebodys_hands_stays_so(bank: Bank) -> None:
    new_admin(bank, "hq3", password_from="hq2")
    take_over(bank, "hq2", by="hq1")
    change = another(bank, "hq2")
    take_over(bank, "hq2", by="hq3")  # gives the account back to its user, not the change
    with refused("SAME_PERSON"):
        bank.approve(change, "hq1")
    bank.approve(another(bank, "hq2", "n2"), "hq1")
