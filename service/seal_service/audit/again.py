"""Trying a transaction again that failed for a reason that passes."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TRIES = 8
"""How often a transaction is tried at most."""


def with_tries(
    transaction: Callable[[], T],
    *,
    passes: Callable[[Exception], bool],
    begin_again: Callable[[], object] = lambda: None,
    longest_s: float = math.inf,
) -> T:
    """Return what a transaction returns, tried again with growing pauses.

    Parameters
    ----------
    transaction
        What to do; it undoes itself where it fails.
    passes
        Tells of a failure whether another try may succeed. The last one is raised.
    begin_again
        Called before each try but the first.
    longest_s
        How long after the first try another one still begins.
    """
    began = time.monotonic()
    for tried in range(1, TRIES + 1):
        try:
            return transaction()
        except Exception as error:
            late = time.monotonic() - began >= longest_s
            if tried == TRIES or late or not passes(error):
                raise
            begin_again()
            time.sleep(random.uniform(0, 0.005 * 2**tried))  # noqa: S311  # spreading, no secret
    raise AssertionError
