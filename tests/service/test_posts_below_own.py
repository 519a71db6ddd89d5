"""Who may act on whom: "posts below own", for every act on a user (A38, A39).

The table is written by hand from what each post may, one line an actor, one column a target. It
holds for every act: acts at once, what is asked for a user's record, and a verdict in a review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from refusals import refused
from service_bank import Bank, Template, ask_user, choose_password, running

from seal_service.access.identity import Identities
from seal_service.application import admission, people, reviews
from seal_service.application import sessions as sign_in
from seal_service.application.call import Call
from seal_service.application.ports import Work
from seal_service.domain import sessions
from seal_service.domain.access_modes import AccessMode
from seal_service.domain.people import disabled
from seal_service.domain.posts import above
from seal_service.domain.reasons import Refusal
from seal_service.domain.reviews import Review, ReviewItem, ReviewState, Verdict
from seal_service.domain.seed import POSTS
from sealapi.v1 import change_pb2
from sealapi.v1 import identity_pb2 as pb

MORE = [  # user, organisation, post, who asks, who approves
    ("hq3", "1000", "hq-admin", "hq1", "hq2"),
    ("aud2", "2100", "auditor", "hq1", "hq2"),
    ("c10", "2100", "sub-branch-chief", "b1b", "b1"),  # of the branch itself: above no other chief
    ("c11b", "2101", "sub-branch-chief", "b1", "b1b"),
    ("m29", "2900", "centre-admin", "hq1", "hq2"),
    ("k29", "2900", "centre-teller", "m29", "hq1"),
]
"""Peers and superiors that the founded bank lacks."""
OUTCOMES = {
    "+": "done",
    "=": "SAME_PERSON",
    "^": "MAY_NOT_APPOINT",
    "o": "OUT_OF_ORG_SCOPE",
    ".": "NO_PERMISSION",
}
TABLE = {
    "":     "hq3  ops  b1b  b2   aud2 c10  c11  c11b t11  r11  c12  m29  k29",
    "hq1":  "+    +    +    +    +    +    +    +    +    +    +    +    +",
    "hq3":  "=    +    +    +    +    +    +    +    +    +    +    +    +",
    "b1":   "o    o    ^    o    ^    +    +    +    +    +    +    o    o",
    "b1b":  "o    o    =    o    ^    +    +    +    +    +    +    o    o",
    "c10":  "o    o    ^    o    ^    =    ^    ^    +    +    ^    o    o",
    "c11":  "o    o    o    o    o    o    =    ^    +    +    o    o    o",
    "c12":  "o    o    o    o    o    o    o    o    o    o    =    o    o",
    "m29":  "o    o    o    o    o    o    o    o    o    o    o    =    +",
    "ops":  ".    .    .    .    .    .    .    .    .    .    .    .    .",
    "aud2": ".    .    .    .    .    .    .    .    .    .    .    .    .",
    "t11":  ".    .    .    .    .    .    .    .    .    .    .    .    .",
    "r11":  ".    .    .    .    .    .    .    .    .    .    .    .    .",
}  # fmt: skip
Act = Callable[[Call, str], object]


def reset(call: Call, user: str) -> object:
    return admission.reset_password(call, user)


def unlock(call: Call, user: str) -> object:
    return admission.unlock(call, user)


def disable(call: Call, user: str) -> object:
    return admission.disable(call, user, reason="x")


def enable(call: Call, user: str) -> object:
    work = call.work
    out = work.users.save(disabled(work.users.get(user), "x", call.now))  # type: ignore[arg-type]
    return admission.ask_enable(call, user_id=user, version=out.version, reason="x")


def update(call: Call, user: str) -> object:
    seen, fields = call.user_named(user), {"mobile": "13900005678"}
    return people.ask_update(call, user_id=user, version=seen.version, fields=fields, reason="x")


def revoke_post(call: Call, user: str) -> object:
    (held,) = call.work.assignments.of_user(user)
    return people.revoke(call, held.id, reason="x")


def revoke_session(call: Call, user: str) -> object:
    of = replace(call.user_named(user), password_initial=False)
    opened = sessions.opened(
        call.new_id(), user, of, rules=call.rules.sessions, peer="", mode=AccessMode.DIRECT,
        at=call.now,
    )  # fmt: skip
    call.work.sessions.add(opened)
    sign_in.revoke(call, opened.id)
    return None


def attest(verdict: Verdict) -> Act:
    def act(call: Call, user: str) -> object:
        (held,) = call.work.assignments.of_user(user)
        review = Review(
            call.new_id(), held.org_id, "2026Q4", ReviewState.OPEN, call.today, "hq2", call.now
        )
        call.work.reviews.add(review)
        call.work.reviews.add_items([ReviewItem(call.new_id(), review.id, held.id)])
        return reviews.attest(
            call, review_id=review.id, assignment_id=held.id, verdict=verdict, note=""
        )

    return act


ACTS: dict[str, tuple[str, Act]] = {
    "ResetPassword": ("user.unlock", reset),
    "UnlockUser": ("user.unlock", unlock),
    "DisableUser": ("user.manage", disable),
    "EnableUser": ("user.manage", enable),
    "UpdateUser": ("user.manage", update),
    "RevokePost": ("post.assign", revoke_post),
    "RevokeSession": ("session.manage", revoke_session),
    "AttestAssignment KEEP": ("review.attest", attest(Verdict.KEEP)),
    "AttestAssignment REVOKE": ("review.attest", attest(Verdict.REVOKE)),
}


def add(bank: Bank, *person: str) -> None:
    """Add a person who has chosen a password: user, organisation, post, who asks, who approves."""
    user, org, post, maker, checker = person
    bank.approve(ask_user(bank, user, org, post, maker), checker)
    request = pb.ResetPasswordRequest(name=f"users/{user}")
    given = bank.as_(checker).identity.reset_password(request)
    choose_password(bank, user, given.initial_password)


class Undo(Exception):  # noqa: N818
    """Not an error: nothing of a try is kept."""


@pytest.fixture(scope="module")
def peopled(founded_sqlite: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """Return the bank with the peers and superiors; who uses it leaves it as it was."""
    folder, url = founded_sqlite.copy(tmp_path_factory.mktemp("peopled") / "data")
    with running(folder, url) as bank:
        for person in MORE:
            add(bank, *person)
        yield bank


def tried(bank: Bank, actor: str, permission: str, act: Callable[[Call], object]) -> str:
    """Return what comes of an act, and undo it."""
    pipeline = bank.server.pipeline
    outcome = "done"

    def carry_out(work: Work) -> None:
        nonlocal outcome
        user = work.users.get(actor)
        assert user is not None
        caller = Identities().service(work, user)
        if not caller.authority.holds(permission):
            outcome = "NO_PERMISSION"
        else:
            session = sessions.opened(
                "s", "s", user, rules=pipeline.tools.rules.sessions, peer="",
                mode=AccessMode.DIRECT, at=bank.clock(),
            )  # fmt: skip
            call = Call(
                work=work, caller=replace(caller, session=session), tools=pipeline.tools,
                now=bank.clock(), permission=permission,
            )  # fmt: skip
            try:
                act(call)
                assert call.scope_checked
            except Refusal as refusal:
                outcome = str(refusal.reason)
        raise Undo

    with pytest.raises(Undo), pipeline.database.write() as work:
        carry_out(work)
    return outcome


@pytest.mark.parametrize("name", ACTS)
def test_a38_a39_posts_below_own_for_every_act(peopled: Bank, name: str) -> None:
    permission, act = ACTS[name]
    (_, targets), *lines = TABLE.items()
    wrong = []
    for actor, line in lines:
        for target, sign in zip(targets.split(), line.split(), strict=True):
            expected = OUTCOMES[sign]
            if name == "RevokeSession" and sign == "=":
                expected = "done"  # whoever has lost a telephone ends one's own session
            found = tried(peopled, actor, permission, lambda call, to=target: act(call, to))  # type: ignore[misc]
            if found != expected:
                wrong.append((actor, target, found, expected))
    assert wrong == []


def test_posts_above_are_those_that_give_it_and_those_that_give_these() -> None:
    posts = {post.id: post for post in POSTS}
    assert above("sub-branch-teller", posts) == {"sub-branch-chief", "branch-admin", "hq-admin"}
    assert above("sub-branch-chief", posts) == {"branch-admin", "hq-admin"}
    assert above("hq-admin", posts) == {"hq-admin"}
    assert above("auditor", posts) == {"hq-admin"}
    assert above("not there any more", posts) == set()
    # The bank may have two posts give each other: then they are above each other, and it ends.
    ring = {
        "a": replace(posts["auditor"], id="a", appointed_by=("b",)),
        "b": replace(posts["auditor"], id="b", appointed_by=("a",)),
    }
    assert above("a", ring) == above("b", ring) == {"a", "b"}


def ask_update(bank: Bank, user: str, by: str) -> change_pb2.Change:
    record = pb.User(name=f"users/{user}", etag=bank.user(user).etag, display_name="新名")
    mask = FieldMask(paths=["display_name"])
    request = pb.UpdateUserRequest(user=record, update_mask=mask, reason="x")
    return bank.as_(by).identity.update_user(request).change


def ask_assign(bank: Bank, user: str, post: str, org: str, by: str) -> change_pb2.Change:
    request = pb.AssignPostRequest(
        user=f"users/{user}", post=f"posts/{post}", org=f"orgs/{org}", reason="x"
    )
    return bank.as_(by).identity.assign_post(request).change


def ask_transfer(bank: Bank, user: str, org: str, by: str) -> change_pb2.Change:
    request = pb.TransferUserRequest(
        name=f"users/{user}", etag=bank.user(user).etag, new_org=f"orgs/{org}", reason="x"
    )
    return bank.as_(by).identity.transfer_user(request).change


def reject(bank: Bank, change: change_pb2.Change, by: str) -> None:
    request = change_pb2.RejectChangeRequest(name=change.name, etag=change.etag, reason="x")
    bank.as_(by).change.reject_change(request)


def test_a39_nobody_decides_about_who_stands_above(bank: Bank) -> None:
    add(bank, "c10", "2100", "sub-branch-chief", "b1b", "b1")
    change = ask_update(bank, "b1b", by="hq1")
    for decide in (bank.approve, lambda c, by: reject(bank, c, by)):
        with refused("MAY_NOT_APPOINT", post="posts/branch-admin"):
            decide(change, "c10")
    # A peer may be the second pair of eyes of one who is above.
    assert bank.approve(change, "b1").checker == "users/b1"


def test_a39_a_maker_who_fell_below_meanwhile_asks_for_nothing(bank: Bank) -> None:
    add(bank, "b1c", "2100", "branch-admin", "hq1", "hq2")
    change = ask_update(bank, "c11", by="b1c")
    (held,) = bank.user("b1c").assignments
    bank.as_("hq1").identity.revoke_post(pb.RevokePostRequest(name=held.name, reason="x"))
    # The other post gives the permission back, and not the place above a chief.
    bank.approve(ask_assign(bank, "b1c", "sub-branch-chief", "2100", by="b1b"), "b1")
    with refused("MAY_NOT_APPOINT", post="posts/sub-branch-chief"):
        bank.approve(change, "b1")


def test_a39_of_two_who_give_a_post_more_one_stands_above_those_held(bank: Bank) -> None:
    add(bank, "b1c", "2100", "branch-admin", "hq1", "hq2")
    change = ask_assign(bank, "b1b", "sub-branch-chief", "2102", by="b1")
    with refused("MAY_NOT_APPOINT", post="posts/branch-admin"):
        bank.approve(change, "b1c")  # among peers
    assert bank.approve(change, "hq1").checker == "users/hq1"


def test_a41_of_two_who_move_a_user_one_stands_above_the_posts_held(bank: Bank) -> None:
    # A chief may ask for a peer, for asking is all that it is: the branch decides (A41).
    bank.approve(ask_transfer(bank, "c11", "2102", by="c12"), "b1")
    # What headquarters has given at the branch, the branch does not end by a move.
    create = pb.CreateUserRequest(
        user_id="w1", display_name="w1", org="orgs/2101", kind=pb.User.KIND_PERSON, reason="x"
    )
    bank.approve(bank.as_("b1").identity.create_user(create).change, "b1b")
    bank.approve(ask_assign(bank, "w1", "auditor", "2100", by="hq1"), "hq2")
    change = ask_transfer(bank, "w1", "2102", by="b1")
    with refused("MAY_NOT_APPOINT", post="posts/auditor"):
        bank.approve(change, "b1b")
    bank.approve(change, "hq1")
    assert (bank.user("w1").org, len(bank.user("w1").assignments)) == ("orgs/2102", 0)
