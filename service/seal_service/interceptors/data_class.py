"""Whether a call's way protects what it handles, by the data class of its RPC (E28)."""

from __future__ import annotations

from seal_service.access.policies import PUBLIC
from seal_service.domain.data_classes import DataClasses
from seal_service.interceptors.exchange import Exchange


def require_protection(exchange: Exchange, classes: DataClasses) -> None:
    """Refuse a call that asks for more than its way may carry.

    Before the request is read: what came over an open network is not acted upon, but the password
    in it has been seen, so a bank keeps such callers away by its network as well.

    Raises
    ------
    Refusal
        TLS_REQUIRED, PERSON_REQUIRED.
    """
    policy = exchange.method.policy
    known = bool(exchange.caller.user_id) and policy.permission != PUBLIC
    classes.require(
        policy.data_class,
        unread=exchange.unread,
        # Over a service's connection people sign in too, as by the core system's tickets.
        service=known and not exchange.credentials.token,
    )
