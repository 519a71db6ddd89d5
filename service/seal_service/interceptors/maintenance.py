"""During announced maintenance only those go on who look after the service (A05)."""

from __future__ import annotations

from datetime import datetime, timedelta

from seal_service.access.policies import PUBLIC, SELF, Policy
from seal_service.application.call import Caller
from seal_service.application.ports import Work
from seal_service.domain.maintenance import AGREE, PROPOSE, Maintenance, require_open

REMEMBERED = timedelta(seconds=1)
"""How long a look at the announcements counts: they are made hours ahead."""


class Pauses:
    """The announced maintenance, as this process last saw it."""

    def __init__(self) -> None:
        self._seen: tuple[datetime, tuple[Maintenance, ...]] | None = None

    def require_open(self, work: Work, policy: Policy, caller: Caller, at: datetime) -> None:
        """Refuse a call that has to wait until maintenance is over (Refusal: MAINTENANCE).

        Signing in and out goes on, and so does whoever may ask for maintenance or agree to it.
        """
        if policy.permission in {PUBLIC, SELF}:
            return
        known = self._known(work, at)
        if known and not any(caller.authority.holds(one) for one in (PROPOSE, AGREE)):
            require_open(known, at)

    def _known(self, work: Work, at: datetime) -> tuple[Maintenance, ...]:
        seen = self._seen
        if seen is None or not timedelta(0) <= at - seen[0] < REMEMBERED:
            self._seen = seen = (at, tuple(work.maintenances.not_over(at)))
        return seen[1]
