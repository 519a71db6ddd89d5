"""How many calls one caller may make: a bucket of tokens for each, in this process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from seal_service.config import Quota
from seal_service.domain.reasons import Reason, Refusal


class Quotas:
    """Buckets of callers; those that are not used for long are forgotten (and full again)."""

    def __init__(
        self,
        quota: Quota,
        *,
        clock: Callable[[], float] = time.monotonic,
        remembered: int = 50_000,
    ) -> None:
        self._quota = quota
        self._clock = clock
        self._limit = remembered
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._gate = threading.Lock()

    def take(self, principal: str, *, anonymous: bool) -> None:
        """Take one token.

        Raises
        ------
        Refusal
            QUOTA, with the time until there is a token again.
        """
        rate = self._quota.anonymous_per_s if anonymous else self._quota.per_s
        burst = self._quota.anonymous_burst if anonymous else self._quota.burst
        now = self._clock()
        with self._gate:
            tokens, at = self._buckets.pop(principal, (float(burst), now))
            tokens = min(float(burst), tokens + (now - at) * rate)
            self._buckets[principal] = (tokens - 1 if tokens >= 1 else tokens, now)
            while len(self._buckets) > self._limit:
                self._buckets.popitem(last=False)
        if tokens < 1:
            raise Refusal(Reason.QUOTA, limit_per_s=f"{rate:g}", retry_after_s=(1 - tokens) / rate)
