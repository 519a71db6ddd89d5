"""Organisations: asked for by one person of headquarters, approved by another (A24)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from seal_service.application.admission import rights_changed
from seal_service.application.call import Call
from seal_service.application.changes import Writes, kind, propose, require_seen
from seal_service.application.core_orgs import require_follows
from seal_service.application.ports import Page
from seal_service.domain import orgs as rules
from seal_service.domain import posts
from seal_service.domain.changes import Change
from seal_service.domain.orgs import Org, OrgKind
from seal_service.domain.reasons import Reason, Refusal

ASK, CHECK = "org.manage", "org.check"


def shown(call: Call, org_id: str) -> Org:
    """Return one organisation; the code of a merged one is still found."""
    org = call.org_named(org_id)
    call.note(f"orgs/{org_id}")
    # Whoever looks after the outlet that goes on may look up the code of the one that ended.
    call.require(call.survivor(org))
    return org


def listed(call: Call, page: Page, *, parent: str, inactive: bool) -> list[Org]:
    """Return organisations in reach."""
    call.note("orgs/-")
    return call.work.orgs.listed(page, reach=call.reach(), parent=parent, inactive=inactive)


def history(call: Call, page: Page, *, as_of: datetime) -> list[Org]:
    """Return organisations in reach as they were."""
    call.note("orgs/-", after={"as_of": as_of.isoformat()})
    return call.work.orgs.as_of(as_of, page, reach=call.reach())


def ask_create(
    call: Call, *, org_id: str, name: str, parent: str, kind_of: OrgKind, reason: str
) -> Change:
    """Ask for a new organisation."""
    call.require_bank()
    body = {"org_id": org_id, "name": name, "parent": parent, "kind": str(kind_of)}
    return propose(
        call, "org.create", target=f"orgs/{org_id}", org=call.org_named(parent), body=body,
        reason=reason,
    )  # fmt: skip


@kind("org.create", ask=ASK, check=CHECK, bank_wide=True)
def _create(call: Call, change: Change) -> Writes:
    body = change.body
    if call.work.orgs.get(body["org_id"]) is not None:
        raise Refusal(Reason.ALREADY_EXISTS, resource=change.target)
    parent = call.org_named(body["parent"])
    org = rules.new_org(body["org_id"], body["name"], parent, OrgKind(body["kind"]), call.now)
    require_follows(call, org)

    def write() -> Mapping[str, Any]:
        call.work.orgs.add(org)
        return _remember(call, org, change)

    return write


def ask_update(
    call: Call,
    *,
    org_id: str,
    version: int,
    name: str | None,
    kind_of: OrgKind | None,
    reason: str,
) -> Change:
    """Ask for another name or kind."""
    body = {"name": name, "kind": str(kind_of) if kind_of else None}
    return _ask(call, "org.update", org_id, version=version, body=body, reason=reason)


@kind("org.update", ask=ASK, check=CHECK, bank_wide=True)
def _update(call: Call, change: Change) -> Writes:
    org = _seen(call, change)
    kind_of = OrgKind(change.body["kind"]) if change.body["kind"] else None
    new = rules.updated(org, name=change.body["name"], kind=kind_of, at=call.now)
    if new.kind is not org.kind:
        require_follows(call, new)
    return lambda: _remember(call, call.work.orgs.save(new), change)


def ask_delete(call: Call, *, org_id: str, version: int, reason: str) -> Change:
    """Ask to close an organisation that nothing belongs to."""
    return _ask(call, "org.delete", org_id, version=version, body={}, reason=reason)


@kind("org.delete", ask=ASK, check=CHECK, bank_wide=True, step_up=True)
def _delete(call: Call, change: Change) -> Writes:
    org = _seen(call, change)
    if any(below.active for below in call.work.orgs.below(org.path)):
        raise Refusal(Reason.ORG_NOT_EMPTY, what="orgs")
    for follower in call.work.followers:
        own = int(follower.name == "pending_changes" and change.org_id == org.id)
        stored = call.work.changes.get(change.id) is not None
        if follower.count(org.id) > (own if stored else 0):
            raise Refusal(Reason.ORG_NOT_EMPTY, what=follower.name)
    new = rules.closed(org, call.now)
    require_follows(call, new)
    return lambda: _remember(call, call.work.orgs.save(new), change)


def ask_transfer(call: Call, *, org_id: str, version: int, new_parent: str, reason: str) -> Change:
    """Ask to place an organisation under another parent."""
    return _ask(
        call, "org.transfer", org_id, version=version, body={"new_parent": new_parent},
        reason=reason,
    )  # fmt: skip


@kind("org.transfer", ask=ASK, check=CHECK, bank_wide=True)
def _transfer(call: Call, change: Change) -> Writes:
    org = _seen(call, change)
    new = rules.transferred(org, call.org_named(change.body["new_parent"]), call.now)
    require_follows(call, new)

    def write() -> Mapping[str, Any]:
        for below in call.work.orgs.below(org.path):
            moved = rules.moved_below(below, org.path, new.path, call.now)
            _remember(call, call.work.orgs.save(moved), change)
        return _remember(call, call.work.orgs.save(new), change)

    return write


def ask_merge(
    call: Call, *, org_id: str, version: int, into: str, reason: str
) -> tuple[Change, dict[str, int]]:
    """Ask to merge an outlet into another; return also what would move."""
    change = _ask(call, "org.merge", org_id, version=version, body={"into": into}, reason=reason)
    return change, _counts(call, org_id)


def preview_merge(call: Call, *, org_id: str, into: str) -> tuple[dict[str, int], list[str]]:
    """Return what a merge would move, and the people who would then hold posts that exclude."""
    call.require_bank()
    call.note(f"orgs/{org_id}", after={"into": into})
    rules.merged(call.org_named(org_id), call.org_named(into), call.now)
    return _counts(call, org_id), _obstacles(call, org_id, into)


@kind("org.merge", ask=ASK, check=CHECK, bank_wide=True, step_up=True)
def _merge(call: Call, change: Change) -> Writes:
    org = _seen(call, change)
    into = call.org_named(change.body["into"])
    new = rules.merged(org, into, call.now)
    require_follows(call, new)
    obstacles = _obstacles(call, org.id, into.id)
    if obstacles:
        raise Refusal(Reason.RULE_BROKEN_TODAY, users=",".join(obstacles))

    def write() -> Mapping[str, Any]:
        moved = _counts(call, org.id)
        for user in call.work.users.in_org(org.id):
            rights_changed(call, user, why="organisation merged")
        for follower in call.work.followers:
            follower.move(org.id, into.id, call.now)
        return {**_remember(call, call.work.orgs.save(new), change), "moved": moved}

    return write


def _ask(
    call: Call, name: str, org_id: str, *, version: int, body: Mapping[str, Any], reason: str
) -> Change:
    call.require_bank()
    org = call.org_named(org_id)
    return propose(
        call, name, target=f"orgs/{org_id}", org=org, body=body, reason=reason,
        target_version=version,
    )  # fmt: skip


def _seen(call: Call, change: Change) -> Org:
    org = call.org_named(change.target.removeprefix("orgs/"))
    require_seen(org.version, change.target_version)
    return org


def _remember(call: Call, org: Org, change: Change) -> dict[str, Any]:
    call.work.orgs.remember(org, change_id=change.id, at=call.now)
    call.work.marks.next_epoch()
    return {
        "name": org.name, "parent": org.parent_id, "kind": str(org.kind), "state": str(org.state),
        "merged_into": org.merged_into,
    }  # fmt: skip


def _counts(call: Call, org_id: str) -> dict[str, int]:
    return {follower.name: follower.count(org_id) for follower in call.work.followers}


def _obstacles(call: Call, org_id: str, into: str) -> list[str]:
    """Name the people whose posts would exclude each other once both outlets are one."""
    exclusions = call.work.rules.all()
    here = [*call.work.assignments.at_org(org_id), *call.work.assignments.at_org(into)]
    found = set()
    for user_id, held in call.work.assignments.of_users({a.user_id for a in here}).items():
        together = [posts.at_org(one, into) if one.org_id == org_id else one for one in held]
        if any(posts.conflicts(together, exclusions)):
            found.add(f"users/{user_id}")
    return sorted(found)
