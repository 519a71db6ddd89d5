"""Posts, roles and exclusion rules: kept by headquarters, in force bank-wide at once (A35)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, TypeVar

from seal_service.application.call import HQ_ADMIN, Call
from seal_service.application.changes import Writes, acts, kind, propose, require_seen
from seal_service.application.ports import Page, Store
from seal_service.domain import posts as rules
from seal_service.domain.changes import Change
from seal_service.domain.people import Assignment
from seal_service.domain.posts import ExclusionRule, Post, Role, RuleKind, RuleReach
from seal_service.domain.reasons import Reason, Refusal, not_found

Record = TypeVar("Record", Post, Role, ExclusionRule)

PREFIXES: dict[type, str] = {Post: "posts", Role: "roles", ExclusionRule: "exclusionRules"}
ASKS: dict[type, str] = {Post: "post.manage", Role: "post.manage", ExclusionRule: "rule.manage"}
CHECKS: dict[type, str] = {Post: "post.check", Role: "post.check", ExclusionRule: "rule.check"}


def store_of(call: Call, record_type: type[Record]) -> Store[Record]:
    """Return the store of posts, roles or rules."""
    stores: dict[type, Any] = {
        Post: call.work.posts, Role: call.work.roles, ExclusionRule: call.work.rules,
    }  # fmt: skip
    store: Store[Record] = stores[record_type]
    return store


def named(call: Call, record_type: type[Record], key: str) -> Record:
    """Return a record that exists."""
    record = store_of(call, record_type).get(key)
    if record is None:
        raise not_found(f"{PREFIXES[record_type]}/{key}")
    return record


def shown(call: Call, record_type: type[Record], key: str) -> Record:
    """Return one record: the bank's rules are no secret to those who may read any."""
    call.own_record()
    call.note(f"{PREFIXES[record_type]}/{key}")
    return named(call, record_type, key)


def listed(call: Call, record_type: type[Record], page: Page) -> list[Record]:
    """Return records in the order of their ids."""
    call.own_record()
    call.note(f"{PREFIXES[record_type]}/-")
    return store_of(call, record_type).page(page)


def ask_create(call: Call, record: Record, *, reason: str) -> Change:
    """Ask for a new record."""
    return _ask(call, "create", record, reason)


def ask_update(
    call: Call,
    record_type: type[Record],
    key: str,
    *,
    version: int,
    fields: Mapping[str, Any],
    reason: str,
) -> Change:
    """Ask to change some fields of a record."""
    current = named(call, record_type, key)
    # The version is the one that the maker saw: the plan refuses it where it is not the stored one.
    return _ask(call, "update", replace(current, **fields, version=version), reason)


def ask_delete(
    call: Call, record_type: type[Record], key: str, *, version: int, reason: str
) -> Change:
    """Ask to delete a record."""
    current = named(call, record_type, key)
    return _ask(call, "delete", replace(current, version=version), reason)


def offenders(call: Call, rule: ExclusionRule) -> list[tuple[Assignment, Assignment]]:
    """Return everyone's pairs of assignments that break a rule today.

    Nobody breaks a dynamic one by what was done before it: it is asked with every act from then on.
    """
    rules.check_rule(rule, posts=[post.id for post in call.work.posts.all()], acts=acts())
    by_user: dict[str, list[Assignment]] = {}
    for held in call.work.assignments.in_force():
        by_user.setdefault(held.user_id, []).append(held)
    return [
        (one, other)
        for user_id in sorted(by_user)
        for _, one, other in rules.conflicts(by_user[user_id], [rule])
    ]


def preview(call: Call, rule: ExclusionRule) -> list[tuple[Assignment, Assignment]]:
    """Return who would break a rule, before it is asked for."""
    call.require_bank()
    call.note("exclusionRules/-", after=_body(rule))
    return offenders(call, rule)


def _ask(call: Call, verb: str, record: Post | Role | ExclusionRule, reason: str) -> Change:
    call.require_bank()
    prefix = PREFIXES[type(record)]
    return propose(
        call, f"{prefix}.{verb}", target=f"{prefix}/{record.id}",
        org=call.org_named(call.caller.org_id), body=_body(record), reason=reason,
        target_version=None if verb == "create" else record.version,
    )  # fmt: skip


def _body(record: Post | Role | ExclusionRule) -> dict[str, Any]:
    body = asdict(record)
    del body["version"]
    return {key: list(value) if isinstance(value, tuple) else value for key, value in body.items()}


def _from_body(record_type: type[Record], body: Mapping[str, Any], version: int) -> Record:
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in body.items()
    }
    if "org_levels" in fields:  # numbers come back from storage as they may
        fields["org_levels"] = tuple(int(level) for level in fields["org_levels"])
    if "reach" in fields:
        fields |= {"reach": RuleReach(fields["reach"]), "kind": RuleKind(fields["kind"])}
    made: Record = record_type(**fields, version=version)
    return made


def _check(call: Call, record: Post | Role | ExclusionRule) -> None:
    """Refuse a record that makes no sense, or that someone would break today."""
    post_ids = [post.id for post in call.work.posts.all()]
    if isinstance(record, Role):
        rules.check_role(record)
    elif isinstance(record, Post):
        rules.check_post(record, roles=[r.id for r in call.work.roles.all()], posts=post_ids)
    else:
        broken = {f"users/{one.user_id}" for one, _ in offenders(call, record)}
        if broken:
            raise Refusal(Reason.RULE_BROKEN_TODAY, users=",".join(sorted(broken)))


def _users_of(call: Call, record: Post | Role | ExclusionRule) -> str:
    """Name something that still refers to a record; empty where nothing does."""
    if isinstance(record, Post):
        if record.id == HQ_ADMIN:
            return "headquarters"
        held = call.work.assignments.of_post(record.id)
        used = [f"users/{one.user_id}" for one in held[:1]]
        used += [f"posts/{p.id}" for p in call.work.posts.all()
                 if record.id in p.appointed_by and p.id != record.id]  # fmt: skip
        used += [f"exclusionRules/{r.id}" for r in call.work.rules.all()
                 if r.kind is RuleKind.STATIC and record.id in {r.first, r.second}]  # fmt: skip
        return next(iter(used), "")
    if isinstance(record, Role):
        return next((f"posts/{p.id}" for p in call.work.posts.all() if record.id in p.roles), "")
    return ""


def _plan_create(record_type: type[Record]) -> None:
    @kind(
        f"{PREFIXES[record_type]}.create",
        ask=ASKS[record_type],
        check=CHECKS[record_type],
        bank_wide=True,
    )
    def plan(call: Call, change: Change) -> Writes:
        record = _from_body(record_type, change.body, 1)
        store = store_of(call, record_type)
        if store.get(record.id) is not None:
            raise Refusal(Reason.ALREADY_EXISTS, resource=change.target)
        _check(call, record)

        def write() -> Mapping[str, Any]:
            store.add(record)
            call.work.marks.next_epoch()
            return change.body

        return write


def _plan_update(record_type: type[Record]) -> None:
    @kind(
        f"{PREFIXES[record_type]}.update",
        ask=ASKS[record_type],
        check=CHECKS[record_type],
        bank_wide=True,
    )
    def plan(call: Call, change: Change) -> Writes:
        current = named(call, record_type, change.body["id"])
        require_seen(current.version, change.target_version)
        record = _from_body(record_type, change.body, current.version)
        _check(call, record)

        def write() -> Mapping[str, Any]:
            store_of(call, record_type).save(record)
            call.work.marks.next_epoch()
            return change.body

        return write


def _plan_delete(record_type: type[Record]) -> None:
    @kind(
        f"{PREFIXES[record_type]}.delete", ask=ASKS[record_type], check=CHECKS[record_type],
        bank_wide=True,
        step_up=record_type is ExclusionRule,  # whoever takes a restraint away says so in person
    )  # fmt: skip
    def plan(call: Call, change: Change) -> Writes:
        current = named(call, record_type, change.body["id"])
        require_seen(current.version, change.target_version)
        used_by = _users_of(call, current)
        if used_by:
            raise Refusal(Reason.STILL_IN_USE, used_by=used_by)

        def write() -> Mapping[str, Any]:
            store_of(call, record_type).remove(current)
            call.work.marks.next_epoch()
            return {}

        return write


def _register(record_type: type[Record]) -> None:
    _plan_create(record_type)
    _plan_update(record_type)
    _plan_delete(record_type)


_register(Post)
_register(Role)
_register(ExclusionRule)
