"""When a call is sent again: only where the answer says so or nobody has answered."""

from __future__ import annotations

import random
from dataclasses import dataclass

from sealmatch.client.errors import CallError


@dataclass(frozen=True, slots=True)
class Retries:
    """How often, and how long to wait: exponential back-off with full jitter.

    A call is repeated when the server says that it may be (RetryInfo), or when no server answered.
    In the second case it may have taken effect: every mutation carries a request id, so that the
    repetition has the first answer instead of a second effect. Methods without one that are not
    reads (Login, Refresh) are not repeated.
    """

    attempts: int = 4
    first_wait_s: float = 0.1
    longest_wait_s: float = 5.0

    def wait_s(self, error: CallError, attempt: int, *, repeatable: bool) -> float | None:
        """Return how long to wait before the next attempt; None to give up.

        Parameters
        ----------
        attempt
            The number of attempts so far, from 1.
        repeatable
            Whether the call may have taken effect and be sent again all the same.
        """
        if attempt >= self.attempts:
            return None
        told = error.retry_after_s
        unanswered = error.code == "UNAVAILABLE" and not error.reason
        if told is None and not (unanswered and repeatable):
            return None
        ceiling = min(self.longest_wait_s, self.first_wait_s * 2 ** (attempt - 1))
        jitter = random.uniform(0, ceiling)  # noqa: S311  # spreading, no secret
        return min(self.longest_wait_s, told or 0.0) + jitter
