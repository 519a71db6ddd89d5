"""The maker-checker kernel: everything that needs a second person goes through here.

A kind of change is registered with a *plan*: a function that checks a change against the records
as they are and returns the writes. The maker's call runs the checks and throws the writes away;
the checker's call runs the same checks again and then the writes, in one transaction. So a change
that cannot take effect is refused to its maker, and one that has become impossible to its checker.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from seal_service.application.access import authority_in
from seal_service.application.appointing import refuse_from_below
from seal_service.application.call import Call
from seal_service.application.digests import digest
from seal_service.application.four_eyes import behind_caller, refuse_maker
from seal_service.application.ports import Page
from seal_service.domain import changes
from seal_service.domain.changes import Change, ChangeState, refuse_own
from seal_service.domain.orgs import Org
from seal_service.domain.posts import refuse_same_person
from seal_service.domain.reasons import Reason, Refusal, not_found
from seal_service.domain.sessions import require_fresh

Writes = Callable[[], Mapping[str, Any]]
"""Carry out a planned change; return what the log should say of the record afterwards."""
Plan = Callable[[Call, Change], Writes]
Places = Callable[[Call, Change], Iterable[Org]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of change it is, and what its maker and its checker must hold.

    `bank_wide`: over the whole bank; otherwise over the change's organisation, where the maker may
    have it over one of `asked_over` instead. `step_up`: the checker's password must be fresh, as
    the maker's must by the contract. `acts`: what dynamic exclusions call asking and approving.
    """

    name: str
    ask_permission: str
    check_permission: str
    bank_wide: bool
    asked_over: Places
    step_up: bool
    acts: tuple[str, str]
    plan: Plan


KINDS: dict[str, Kind] = {}


def _its_own(call: Call, change: Change) -> Iterable[Org]:
    return [call.org_named(change.org_id)]


def kind(
    name: str,
    *,
    ask: str,
    check: str,
    bank_wide: bool = False,
    asked_over: Places = _its_own,
    step_up: bool = False,
    acts: tuple[str, str] | None = None,
) -> Callable[[Plan], Plan]:
    """Register a plan under the name of its kind of change."""

    def register(plan: Plan) -> Plan:
        named = acts or (f"{name}.ask", f"{name}.approve")
        KINDS[name] = Kind(name, ask, check, bank_wide, asked_over, step_up, named, plan)
        return plan

    return register


def propose(
    call: Call,
    name: str,
    *,
    target: str,
    org: Org,
    body: Mapping[str, Any],
    reason: str,
    target_version: int | None = None,
) -> Change:
    """Write down a change that waits for its second person; return it."""
    refuse_own(behind_caller(call), target)
    waiting = call.work.changes.pending_for(target)
    if waiting is not None:
        if not waiting.expired(call.now):
            raise Refusal(Reason.CHANGE_ALREADY_PENDING, change=f"changes/{waiting.id}")
        call.work.changes.save(changes.expired(waiting, call.now))
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    change = Change(
        id=call.new_id(), kind=name, target=target, org_id=org.id, body=dict(body),
        body_hash=digest(call.tools.hashes, canonical.encode()), state=ChangeState.PENDING,
        maker=call.caller.user_id, made_at=call.now, reason=reason,
        target_version=target_version, expires_at=call.now + call.rules.change_lifetime,
        maker_may_be=tuple(sorted(behind_caller(call) - {call.caller.user_id})),
    )  # fmt: skip
    rule = KINDS[name]
    if call.permission != rule.ask_permission:
        message = f"{name} is asked for with {call.permission}, not with {rule.ask_permission}"
        raise RuntimeError(message)
    _refuse_excluded(call, change, rule.acts[0])
    rule.plan(call, change)
    call.work.changes.add(change)
    call.note(target, after={"change": change.id, "kind": name, "body": change.body})
    return change


def approve(call: Call, change_id: str, *, version: int, reason: str) -> Change:
    """Agree to a change as its second person, and carry it out."""
    change = _for_checker(call, change_id)
    if _expire(call, change):
        return change
    decided = changes.approved(change, call.caller.user_id, reason, call.now)
    _require_second_person(call, change)
    _require_version(change, version)
    _require_maker(call, change)
    rule = KINDS[change.kind]
    _refuse_excluded(call, change, rule.acts[1], (change.maker, rule.acts[0]))
    writes = rule.plan(call, change)
    decided = call.work.changes.save(decided)
    after = writes()
    call.note(change.target, before={"change": change.id, "kind": change.kind}, after=after)
    return decided


def reject(call: Call, change_id: str, *, version: int, reason: str) -> Change:
    """Refuse a change as its second person."""
    change = _for_checker(call, change_id)
    if _expire(call, change):
        return change
    decided = changes.rejected(change, call.caller.user_id, reason, call.now)
    _require_second_person(call, change)
    _require_version(change, version)
    call.note(change.target, before={"change": change.id}, after={"reason": reason})
    return call.work.changes.save(decided)


def withdraw(call: Call, change_id: str, *, version: int) -> Change:
    """Take back a change of one's own."""
    change = _existing(call, change_id)
    call.note(change.target, before={"change": change.id})
    taken = changes.withdrawn(change, call.caller.user_id, call.now)
    _require_version(change, version)
    return call.work.changes.save(taken)


def shown(call: Call, change_id: str) -> Change:
    """Return a change that the caller made or that lies in reach."""
    change = _existing(call, change_id)
    call.note(change.target)
    if change.maker == call.caller.user_id:
        call.own_record()
    else:
        call.require(call.org_named(change.org_id))
    return change


def inbox(call: Call, page: Page, *, kind_name: str, target: str) -> list[Change]:
    """Return the pending changes that the caller made or that lie in reach."""
    call.note("changes/-")
    reach = call.reach()
    return call.work.changes.pending(
        page, reach=reach, maker=call.caller.user_id, kind=kind_name, target=target
    )


def pending_names(call: Call, targets: Iterable[str]) -> dict[str, str]:
    """Return the names of the pending changes of several records: a record shows its own."""
    found = call.work.changes.pending_for_many(targets)
    return {target: f"changes/{change}" for target, change in found.items()}


def acts() -> set[str]:
    """Return the acts that are checked, so that a dynamic exclusion may be about them."""
    return {act for one in KINDS.values() for act in one.acts}


def require_seen(version: int, seen: int | None) -> None:
    """Refuse a change of a record that is not as its maker saw it."""
    if version != seen:
        raise Refusal(Reason.ETAG_MISMATCH)


def _for_checker(call: Call, change_id: str) -> Change:
    change = _existing(call, change_id)
    call.note(change.target, before={"change": change.id, "kind": change.kind})
    if change.maker == call.caller.user_id:
        raise Refusal(Reason.SAME_PERSON)
    rule = KINDS[change.kind]
    if not call.caller.authority.holds(rule.check_permission):
        raise Refusal(Reason.NO_PERMISSION, permission=rule.check_permission)
    if rule.bank_wide:
        call.require_bank(permission=rule.check_permission)
    else:
        call.require(call.org_named(change.org_id), permission=rule.check_permission)
    if rule.step_up and call.caller.session is not None:
        require_fresh(call.caller.session, call.rules.sessions, call.now)
    return change


def _require_second_person(call: Call, change: Change) -> None:
    """Refuse a checker who may be the maker, the one whom the change is about, or stands below."""
    refuse_maker(call, change)
    refuse_own(behind_caller(call), change.target)
    refuse_from_below(call, change.target)


def _require_maker(call: Call, change: Change) -> None:
    """Refuse a change whose maker is shut out by now, or may not ask for it any more."""
    rule, maker = KINDS[change.kind], call.user_named(change.maker)
    authority = authority_in(call.work, call.work.assignments.of_user(maker.id))
    if rule.bank_wide:
        entitled = authority.bank_wide(rule.ask_permission)
    else:
        places = rule.asked_over(call, change)
        entitled = any(authority.over(rule.ask_permission, org.path) for org in places)
    # One who is only locked comes back: six wrong passwords, anybody's, undo nothing.
    if maker.disabled or not entitled:
        raise Refusal(Reason.MAKER_NOT_ENTITLED, maker=f"users/{maker.id}")


def _refuse_excluded(call: Call, change: Change, act: str, *done: tuple[str, str]) -> None:
    """Refuse an act on a record that excludes what the same person did to the record before.

    Of earlier changes of the same kind nothing counts: the two administrators who once decided one
    could never change the record the other way round.
    """
    rules = [rule for rule in call.work.rules.all() if rule.excludes(act)]
    if not rules:
        return
    before = list(done)
    for earlier in call.work.changes.approved_for(change.target):
        if earlier.kind != change.kind and earlier.kind in KINDS:
            asked, approved = KINDS[earlier.kind].acts
            before += [(earlier.maker, asked), (str(earlier.checker), approved)]
    for person in behind_caller(call):
        refuse_same_person(person, act, before, rules)


def _expire(call: Call, change: Change) -> bool:
    """Where nobody has said so yet, write that the change's time is over, and refuse the call."""
    if not change.expired(call.now):
        return False
    call.work.changes.save(changes.expired(change, call.now))
    call.refuse_but_keep(Refusal(Reason.CHANGE_NOT_PENDING, state=ChangeState.EXPIRED))
    return True


def _existing(call: Call, change_id: str) -> Change:
    change = call.work.changes.get(change_id)
    if change is None:
        raise not_found(f"changes/{change_id}")
    return change


def _require_version(change: Change, version: int) -> None:
    if change.version != version:
        raise Refusal(Reason.ETAG_MISMATCH)
