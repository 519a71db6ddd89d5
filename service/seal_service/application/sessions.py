"""Signing in and out (A44–A47).

Passwords are compared before the transaction opens (`weigh`), because a comparison takes a tenth
of a second on purpose; the transaction then looks again whether the hash is still the same.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, replace

from seal_service.application.appointing import require_subordinate
from seal_service.application.bootstrap import SEALED, SUPER_ADMIN
from seal_service.application.call import Call, Tools
from seal_service.application.digests import digest, hasher_named
from seal_service.application.ports import Database, Page, Work
from seal_service.audit.again import with_tries
from seal_service.domain import people, sessions
from seal_service.domain.access_modes import AccessMode
from seal_service.domain.passwords import broken_rules
from seal_service.domain.people import User, UserKind
from seal_service.domain.reasons import Reason, Refusal, lost_against_another, not_found
from seal_service.domain.sessions import Session


@dataclass(frozen=True, slots=True)
class Weighed:
    """A password that was compared with a user's: with which hash, and whether it fits."""

    password_hash: str | None
    fits: bool


def weigh(tools: Tools, user: User | None, password: str) -> Weighed:
    """Compare a password with a user's, in the same time whether the user exists or not."""
    if user is None:
        return Weighed(None, tools.hasher.matches(None, password) and False)
    initial = tools.rules.passwords.initial
    if user.password_hash is None and user.password_initial and initial is not None:
        tools.hasher.matches(None, password)
        return Weighed(None, hmac.compare_digest(initial.encode(), password.encode()))
    return Weighed(user.password_hash, tools.hasher.matches(user.password_hash, password))


def send_code(tools: Tools, database: Database, user: User | None, weighed: Weighed) -> None:
    """Send a one-time code to whoever has given the right password and may sign in (E26).

    Each code is sent once, by whichever process is asked first: no transaction is open meanwhile.
    """
    if tools.codes is None or user is None or user.mobile is None or not weighed.fits:
        return
    if user.barred is not None:
        return
    name, at, until = tools.codes.present(user.id)

    def take() -> bool:
        with database.write() as work:
            return work.sessions.use_ticket(name, until)

    if not with_tries(take, passes=lost_against_another):
        return
    try:
        tools.codes.send(user.id, user.mobile, at)
    except Refusal:
        with database.write() as work:
            work.sessions.give_back_ticket(name)
        raise


def login(call: Call, user_id: str, weighed: Weighed, *, code: str) -> tuple[str, Session] | None:
    """Open a session; None where the refusal is kept because a wrong password counts."""
    call.note(f"users/{user_id}")
    user = call.work.users.get(user_id)
    refuse_sealed(call.work, user_id)
    if user is not None:
        people.require_admitted(user)
    if user is None or user.kind is not UserKind.PERSON or not _still(user, weighed):
        _count_wrong(call, user_id, user)
        return None
    if call.tools.codes is not None and user.mobile is not None:
        if not code:
            raise Refusal(Reason.CODE_REQUIRED)
        found = call.tools.codes.check(user_id, code, call.now)
        # A wrong code counts like a wrong password, or all of them could be tried.
        if found is None or not call.work.sessions.use_ticket(*found):
            _count_wrong(call, user_id, user)
            return None
    return open_session(call, user, AccessMode.DIRECT)


def exchange_ticket(call: Call, ticket: str) -> tuple[str, Session]:
    """Open a session for the user of a signed ticket of the core system, once."""
    if call.tools.tickets is None:
        raise Refusal(Reason.NOT_BUILT)
    user_id, ticket_id, expires_at = call.tools.tickets.check(ticket, call.now)
    call.note(f"users/{user_id}")
    user = call.work.users.get(user_id)
    refuse_sealed(call.work, user_id)
    if user is None or user.kind is not UserKind.PERSON:
        raise Refusal(Reason.BAD_TICKET)
    people.require_admitted(user)
    if not call.work.sessions.use_ticket(ticket_id, expires_at):
        raise Refusal(Reason.BAD_TICKET)
    # The core has authenticated the person: the initial password of this system is not in use.
    return open_session(call, replace(user, password_initial=False), AccessMode.CORE_TICKET)


def open_session(call: Call, user: User, mode: AccessMode) -> tuple[str, Session]:
    """Open a session; return its token, of which only a hash is stored."""
    token = _new_token(call.tools)
    session = sessions.opened(
        call.new_id(), token_hash(token), user, rules=call.rules.sessions, peer=call.peer,
        mode=mode, at=call.now, certificate_sha256=call.certificate_sha256,
    )  # fmt: skip
    call.work.sessions.add(session)
    call.org = user.org_id
    call.note(f"users/{user.id}", after={"session": session.id})
    return token, session


def change_password(
    call: Call, new_password: str, new_hash: str, weighed: Weighed, *, reused: bool
) -> None:
    """Change the caller's own password; all other sessions of the caller end."""
    user = call.user_named(call.caller.user_id)
    call.note(f"users/{user.id}")
    if not _still(user, weighed):
        _count_wrong(call, user.id, user)
        return
    rules = call.rules.passwords
    broken = broken_rules(new_password, user_id=user.id, rules=rules)
    if reused:
        broken.append("used_before")
    if broken:
        raise Refusal(
            Reason.WEAK_PASSWORD, rules=",".join(broken),
            fields=tuple(("new_password", rule) for rule in broken),
        )  # fmt: skip
    fresh = people.with_password(user, new_hash, initial=False, at=call.now)
    call.work.users.save(fresh)
    call.work.users.remember_hash(user.id, new_hash, call.now)
    session = call.caller.session
    if session is not None:
        call.work.sessions.end_all(user.id, "password changed", call.now, keep=session.id)
        call.work.sessions.update(
            replace(session, restricted=False, authenticated_at=call.now, last_seen_at=call.now)
        )


def refresh(call: Call, weighed: Weighed | None) -> tuple[str, Session] | None:
    """Exchange the token; with the password, the session counts as freshly signed in."""
    session = call.caller.session
    if session is None:
        raise Refusal(Reason.SESSION_EXPIRED)
    user = call.user_named(session.user_id)
    call.note(f"users/{user.id}", after={"session": session.id, "step_up": weighed is not None})
    if weighed is not None and not _still(user, weighed):
        _count_wrong(call, user.id, user)
        return None
    token = _new_token(call.tools)
    renewed = replace(session, token_hash=token_hash(token), last_seen_at=call.now)
    if weighed is not None:
        renewed = replace(renewed, authenticated_at=call.now)
    call.work.sessions.update(renewed)
    return token, renewed


def logout(call: Call) -> None:
    """End the caller's session."""
    session = call.caller.session
    if session is None:
        raise Refusal(Reason.SESSION_EXPIRED)
    call.note(f"users/{session.user_id}", before={"session": session.id})
    call.work.sessions.update(sessions.ended(session, "logout", call.now))


def listed(call: Call, page: Page, *, user_id: str) -> list[Session]:
    """Return open sessions: one's own, or with `session.manage` those of a user in reach."""
    user_id = user_id or call.caller.user_id
    call.note(f"users/{user_id}")
    if user_id != call.caller.user_id:
        if not call.caller.authority.holds("session.manage"):
            raise Refusal(Reason.NO_PERMISSION, permission="session.manage")
        user = call.user_named(user_id)
        call.require(call.org_named(user.org_id), permission="session.manage")
    return call.work.sessions.open_of(user_id, page, call.now)


def revoke(call: Call, session_id: str) -> None:
    """End a session: one's own, or of a user in reach who holds posts below the caller's."""
    session = call.work.sessions.get(session_id)
    if session is None:
        raise not_found(f"sessions/{session_id}")
    user = call.user_named(session.user_id)
    call.note(f"users/{user.id}", before={"session": session_id})
    if user.id == call.caller.user_id:
        call.own_record()
    else:
        require_subordinate(call, user)
    call.work.sessions.update(sessions.ended(session, "revoked", call.now))


def token_hash(token: str) -> str:
    """Return what is stored of a token. It has 256 random bits: no salt, no slowness needed.

    Which algorithm hashes it stands before its full stop, so a session that was opened under
    another cryptographic profile goes on; tokens of older programs say nothing and mean SHA-256.
    """
    name, stop, _ = token.partition(".")
    hasher = (hasher_named(name) if stop else None) or hasher_named("sha256")
    assert hasher is not None  # noqa: S101  # every Python has SHA-256
    return digest(hasher, token.encode())


def _new_token(tools: Tools) -> str:
    return f"{tools.hashes.name}.{secrets.token_urlsafe(32)}"


def refuse_sealed(work: Work, user_id: str) -> None:
    """Refuse the super administrator once sealed, whatever else a table may say."""
    if user_id and work.marks.get(SUPER_ADMIN) == user_id and sealed(work):
        raise Refusal(Reason.SUPER_ADMIN_SEALED)


def sealed(work: Work) -> bool:
    """Tell whether the super administrator is sealed: by the mark, or by what the log remembers."""
    return work.marks.get(SEALED) is not None or work.audit.allowed(SEAL_RPC)


SEAL_RPC = "sealapi.v1.IdentityService/SealSuperAdmin"


def _still(user: User, weighed: Weighed) -> bool:
    return weighed.fits and user.password_hash == weighed.password_hash


def _count_wrong(call: Call, user_id: str, user: User | None) -> None:
    """Count a wrong password of the bank day; the sixth locks (A46). Kept although refused."""
    # Unknown numbers are counted too, so that the answers do not tell which numbers exist.
    wrong = call.work.users.count_wrong_password(user_id, call.today)
    if people.locks(wrong):
        if user is not None:
            why = f"{wrong} wrong passwords on {call.today}"
            call.work.users.save(people.locked(user, why, call.now))
            call.work.sessions.end_all(user_id, "user locked", call.now)
        call.refuse_but_keep(Refusal(Reason.USER_LOCKED))
        return
    remaining = people.MAX_WRONG_PASSWORDS_A_DAY - wrong
    call.refuse_but_keep(Refusal(Reason.BAD_CREDENTIALS, remaining=remaining))
