"""May this caller call this method at all? Over which organisation, the use case asks."""

from __future__ import annotations

from datetime import datetime

from seal_service.access.policies import PUBLIC, SELF, Policy
from seal_service.application.call import Caller, Rules
from seal_service.domain.reasons import Reason, Refusal
from seal_service.domain.sessions import require_fresh

CHANGE_PASSWORD = "sealapi.v1.SessionService/ChangePassword"  # noqa: S105  # a method's name
SUPER_ADMIN_MAY = {"system.bootstrap", "user.manage"}
"""All that the super administrator can do: create administrators, and end the first set-up."""


def authorise(policy: Policy, caller: Caller, rules: Rules, at: datetime) -> None:
    """Refuse a caller who holds the method's permission nowhere.

    Raises
    ------
    Refusal
    """
    if caller.sealed:
        raise Refusal(Reason.SUPER_ADMIN_SEALED)
    if policy.permission == PUBLIC:
        return
    if not caller.user_id:
        known = not caller.unknown_certificate
        raise Refusal(Reason.SESSION_EXPIRED if known else Reason.CERT_UNKNOWN)
    session = caller.session
    if session is not None and session.restricted and policy.rpc != CHANGE_PASSWORD:
        raise Refusal(Reason.PASSWORD_CHANGE_REQUIRED)
    if policy.permission == SELF:
        if session is None:
            raise Refusal(Reason.SESSION_EXPIRED)
        return
    if caller.super_admin:
        if policy.permission not in SUPER_ADMIN_MAY:
            raise Refusal(Reason.NO_PERMISSION, permission=policy.permission)
    elif not caller.authority.holds(policy.permission):
        raise Refusal(Reason.NO_PERMISSION, permission=policy.permission)
    if policy.step_up and session is not None:
        require_fresh(session, rules.sessions, at)
