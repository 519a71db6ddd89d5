"""Users and their posts: appointments and transfers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from seal_service.application.admission import (
    ASK,
    CHECK,
    ask_about,
    keep_administrators,
    rights_changed,
    seen,
    seen_from_above,
    with_initial_password,
)
from seal_service.application.appointing import (
    post_named,
    require_above,
    require_appointer,
)
from seal_service.application.call import HQ_ADMIN, Call
from seal_service.application.changes import Writes, kind, propose
from seal_service.application.core_rights import beyond_core_rights
from seal_service.application.ports import Page
from seal_service.domain import people as rules
from seal_service.domain import posts as post_rules
from seal_service.domain.changes import Change, refuse_own
from seal_service.domain.orgs import Org, OrgKind, common_path, require_active
from seal_service.domain.people import Assignment, User, UserKind
from seal_service.domain.posts import Post
from seal_service.domain.reasons import Reason, Refusal, invalid, not_found


def shown(call: Call, user_id: str) -> tuple[User, list[Assignment]]:
    """Return a user in reach, or oneself, with the posts held."""
    user = call.user_named(user_id)
    call.note(f"users/{user_id}")
    if user.id == call.caller.user_id:
        call.own_record()
    else:
        call.require(call.org_named(user.org_id))
    return user, call.work.assignments.of_user(user_id)


def listed(call: Call, page: Page, *, org: str) -> list[tuple[User, list[Assignment]]]:
    """Return users in reach with the posts held."""
    call.note("users/-")
    users = call.work.users.listed(page, reach=call.reach(), org=org)
    held = call.work.assignments.of_users([user.id for user in users])
    return [(user, held.get(user.id, [])) for user in users]


def ask_create(
    call: Call,
    *,
    user_id: str,
    name: str,
    org_id: str,
    kind_of: UserKind,
    post_ids: list[str],
    certificate_sha256: str | None,
    qualified_folding: bool,
    core_rights: list[str],
    mobile: str | None,
    reason: str,
) -> Change:
    """Ask for a new user, posts included."""
    # The code of a merged outlet means the one that goes on, in its own place.
    org = call.survivor_of(org_id)
    call.require(org)
    body = {
        "user_id": user_id, "name": name, "org": org.id, "kind": str(kind_of), "posts": post_ids,
        "certificate_sha256": certificate_sha256, "qualified_folding": qualified_folding,
        "core_rights": core_rights, "mobile": mobile,
    }  # fmt: skip
    return propose(
        call, "user.create", target=f"users/{user_id}", org=org, body=body, reason=reason
    )


@kind("user.create", ask=ASK, check=CHECK)
def _create(call: Call, change: Change) -> Writes:
    body = change.body
    # What was asked for an outlet that has been merged since goes to the one that goes on.
    org = call.survivor_of(body["org"])
    require_active(org)
    require_appointer(call, body["posts"], org, by=[change.maker])
    if call.work.users.get(body["user_id"]) is not None:
        raise Refusal(Reason.ALREADY_EXISTS, resource=change.target)
    user = rules.new_user(
        body["user_id"], body["name"], org.id, at=call.now, kind=UserKind(body["kind"]),
        certificate_sha256=body["certificate_sha256"], core_rights=tuple(body["core_rights"]),
        qualified_folding=body["qualified_folding"], mobile=body.get("mobile"),
    )  # fmt: skip
    # A configured initial password is in force at once, and both know that it is.
    both = (call.user_named(change.maker), call.user_named(call.caller.user_id))
    user = replace(user, password_known_to=rules.known_through(*both))
    _check_certificate(call, user)
    given = _checked_posts(call, user, body["posts"], org, held=[], change_id=change.id)

    def write() -> Mapping[str, Any]:
        call.work.users.add(user)
        for assignment in given:
            call.work.assignments.add(assignment)
        return {"org": org.id, "posts": list(body["posts"])}

    return write


def _check_certificate(call: Call, user: User) -> None:
    if (user.kind is UserKind.SERVICE) != bool(user.certificate_sha256):
        raise invalid("certificate_sha256", "a service has one, a person has none")
    sha256 = user.certificate_sha256
    holder = call.work.users.by_certificate(sha256) if sha256 else None
    if holder is not None and holder.id != user.id:
        raise Refusal(Reason.ALREADY_EXISTS, resource="certificate")


def create_first_admin(
    call: Call, *, user_id: str, name: str, org_id: str, posts: list[str]
) -> tuple[User, str]:
    """Create a headquarters administrator at once: all that the super administrator may do."""
    call.own_record()
    org = call.org_named(org_id)
    if posts != [HQ_ADMIN] or org.parent_id is not None:
        raise Refusal(Reason.MAY_NOT_APPOINT, post=",".join(f"posts/{p}" for p in posts) or "none")
    return create_at_once(call, rules.new_user(user_id, name, org_id, at=call.now), org, posts)


def create_at_once(call: Call, user: User, org: Org, posts: list[str]) -> tuple[User, str]:
    """Create a user with posts where no second person is needed; return the initial password."""
    if call.work.users.get(user.id) is not None:
        raise Refusal(Reason.ALREADY_EXISTS, resource=f"users/{user.id}")
    user, password = with_initial_password(call, user)
    call.work.users.add(user)
    for given in _checked_posts(call, user, posts, org, held=[], change_id=None):
        call.work.assignments.add(given)
    call.note(f"users/{user.id}", after={"org": org.id, "posts": posts})
    return user, password


def ask_update(
    call: Call, *, user_id: str, version: int, fields: Mapping[str, Any], reason: str
) -> Change:
    """Ask to change some fields of a user: name, folding, core rights, certificate, mobile."""
    return ask_about(call, "user.update", user_id, version=version, body=fields, reason=reason)


@kind("user.update", ask=ASK, check=CHECK)
def _update(call: Call, change: Change) -> Writes:
    user = seen_from_above(call, change)
    body = change.body
    fields = dict(body)
    if "core_rights" in fields:
        fields["core_rights"] = tuple(fields["core_rights"])
    new = rules.checked(replace(user, **fields))
    _check_certificate(call, new)
    if "core_rights" in fields:
        for held in call.work.assignments.of_user(user.id):
            _check_core_rights(call, new, post_named(call, held.post_id))

    def write() -> Mapping[str, Any]:
        if fields.keys() == {"name"}:
            call.work.users.save(new)
        else:
            rights_changed(call, new, why="user changed")
        return dict(body)

    return write


def ask_assign(
    call: Call,
    *,
    user_id: str,
    post_id: str,
    org_id: str,
    application: Mapping[str, str] | None,
    reason: str,
) -> Change:
    """Ask for a post for a user: the permission request form (A43)."""
    org = call.survivor_of(org_id)
    call.require(org)
    user = call.user_named(user_id)
    call.require(call.org_named(user.org_id))
    body = {"post": post_id, "org": org.id, "application": application, "form": _form(call, user)}
    return propose(
        call, "post.assign", target=f"users/{user_id}", org=org, body=body, reason=reason,
        target_version=user.version,
    )  # fmt: skip


@kind("post.assign", ask="post.assign", check=CHECK)
def _assign(call: Call, change: Change) -> Writes:
    user = call.user_named(change.target.removeprefix("users/"))
    org = call.survivor_of(change.body["org"])
    require_active(org)
    require_appointer(call, [change.body["post"]], org, by=[change.maker])
    rules.require_not_shut_out(user)
    held = call.work.assignments.of_user(user.id)
    _require_one_above(call, change, held)
    given = _checked_posts(
        call, user, [change.body["post"]], org, held=held, change_id=change.id,
        application=change.body["application"],
    )  # fmt: skip

    def write() -> Mapping[str, Any]:
        for assignment in given:
            call.work.assignments.add(assignment)
        rights_changed(call, user, why="post given")
        return dict(change.body)

    return write


def revoke(call: Call, assignment_id: str, *, reason: str) -> Assignment:
    """Take a post away at once; the user's sessions end (A50)."""
    held = call.work.assignments.get(assignment_id)
    if held is None or held.valid_to is not None:
        raise not_found(f"assignments/{assignment_id}")
    call.require(call.org_named(held.org_id))
    call.note(f"users/{held.user_id}", before={"post": held.post_id, "org": held.org_id},
              after={"reason": reason})  # fmt: skip
    refuse_own([call.caller.user_id], f"users/{held.user_id}")
    require_above(call, [held], by=[call.caller.user_id])
    return end_assignment(call, held, why="post revoked")


def end_assignment(call: Call, held: Assignment, *, why: str) -> Assignment:
    """End an assignment and with it the user's sessions; headquarters keeps an administrator."""
    if held.post_id == HQ_ADMIN:
        keep_administrators(call, held.user_id)
    ended = call.work.assignments.save(held.ended(call.now))
    rights_changed(call, call.user_named(held.user_id), why=why)
    return ended


def ask_transfer(
    call: Call, *, user_id: str, version: int, new_org: str, post_ids: list[str], reason: str
) -> Change:
    """Ask to move a user: the transfer form (A43), decided above both places (A41)."""
    user = call.user_named(user_id)
    old, new = call.org_named(user.org_id), call.org_named(new_org)
    # Either side may ask; the decision is above both.
    authority = call.caller.authority
    call.require(old if authority.over(call.permission, old.path) else new)
    above = call.org_named(common_path(old.path, new.path).strip("/").rpartition("/")[2])
    return propose(
        call, "user.transfer", target=f"users/{user_id}", org=above,
        body={"new_org": new_org, "posts": post_ids, "form": _form(call, user)}, reason=reason,
        target_version=version,
    )  # fmt: skip


def _either_side(call: Call, change: Change) -> list[Org]:
    """Return where the maker of a transfer may stand."""
    user = call.user_named(change.target.removeprefix("users/"))
    return [call.org_named(user.org_id), call.org_named(change.body["new_org"])]


@kind("user.transfer", ask="user.transfer", check=CHECK, asked_over=_either_side)
def _transfer(call: Call, change: Change) -> Writes:
    user = seen(call, change)
    new_org = call.org_named(change.body["new_org"])
    require_active(new_org)
    if new_org.id == user.org_id:
        raise invalid("new_org", "is the user's organisation already")
    if change.maker != call.caller.user_id:
        # Either side may ask, so the one who may appoint is the first or the second person.
        both = (change.maker, call.caller.user_id)
        require_appointer(call, change.body["posts"], new_org, by=both)
    _require_one_above(call, change, call.work.assignments.of_user(user.id))
    given = _checked_posts(call, user, change.body["posts"], new_org, held=[], change_id=change.id)

    def write() -> Mapping[str, Any]:
        for held in call.work.assignments.of_user(user.id):
            end_assignment(call, held, why="user transferred")
        for assignment in given:
            call.work.assignments.add(assignment)
        current = call.user_named(user.id)
        rights_changed(call, replace(current, org_id=new_org.id), why="user transferred")
        return {"org": new_org.id, "posts": list(change.body["posts"]), "from": user.org_id}

    return write


def _require_one_above(call: Call, change: Change, held: list[Assignment]) -> None:
    """Refuse a decision that neither of the two may take on posts held; anyone near may ask."""
    if change.maker != call.caller.user_id:
        require_above(call, held, by=(change.maker, call.caller.user_id))


def _form(call: Call, user: User) -> Mapping[str, Any]:
    """Return what the forms say of the person, as it was when they were filled in (A43)."""
    teller = call.work.core.get(user.id)
    held = call.work.assignments.of_user(user.id)
    return {
        "number": user.id, "name": user.name, "org": user.org_id,
        "posts": [f"{one.post_id} at {one.org_id}" for one in held],
        "core_rights": list(teller.rights if teller else user.core_rights),
    }  # fmt: skip


def _checked_posts(
    call: Call,
    user: User,
    post_ids: Iterable[str],
    org: Org,
    *,
    held: list[Assignment],
    change_id: str | None,
    application: Mapping[str, str] | None = None,
) -> list[Assignment]:
    """Return new assignments that break no rule."""
    given: list[Assignment] = []
    for post_id in post_ids:
        if org.kind is OrgKind.DEPARTMENT and not application:
            raise invalid("application", "a department's people get posts on a written one")
        post = post_named(call, post_id)
        post_rules.check_place(post, org)
        _check_core_rights(call, user, post)
        if any(one.post_id == post_id and one.org_id == org.id for one in [*held, *given]):
            raise Refusal(Reason.ALREADY_EXISTS, resource=f"posts/{post_id} at orgs/{org.id}")
        given.append(Assignment(call.new_id(), user.id, post_id, org.id, call.now, None, change_id))
    post_rules.refuse_conflicts([*held, *given], call.work.rules.all())
    return given


def _check_core_rights(call: Call, user: User, post: Post) -> None:
    missing = beyond_core_rights(call.work, user, post)
    if missing:
        raise Refusal(Reason.CORE_RIGHTS_MISMATCH, permissions=",".join(missing))
