"""Two accounts are two persons only where neither may be in the other's hands.

Whoever gives a user an initial password can sign in with it first, and then is that user to the
service. So those through whose hands a password went (`User.password_known_to`) count as its user
until another person gives a new one. Not for whom the core system vouches in this very session, and
not for users whose telephone gets a code with every sign-in: a password alone opens nothing there.
Unlocking, resetting and shutting out give nobody anything and stay open to them: of two
administrators each must be able to let the other in again.

This does not help against one who takes two accounts over at once, to be maker and checker with
them: both owners find that their passwords have changed, and the log names who reset them.
"""

from __future__ import annotations

from seal_service.application.call import Call
from seal_service.domain.access_modes import AccessMode
from seal_service.domain.changes import Change
from seal_service.domain.reasons import Reason, Refusal


def refuse_maker(call: Call, change: Change) -> None:
    """Refuse a second person who may be the first, or the other way round."""
    if change.maker in behind_caller(call) or call.caller.user_id in change.maker_may_be:
        raise Refusal(Reason.SAME_PERSON)


def behind_caller(call: Call) -> set[str]:
    """Return who may be the caller: the caller's own number, and often nobody else's."""
    own = {call.caller.user_id}
    if call.caller.mode is not AccessMode.DIRECT:
        return own
    user = call.user_named(call.caller.user_id)
    if call.tools.codes is not None and user.mobile is not None:
        return own
    return {*own, *user.password_known_to}
