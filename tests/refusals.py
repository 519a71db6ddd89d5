"""How tests say that a call is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sealmatch.client import CallError


@contextmanager
def refused(reason: str, **numbers: str) -> Iterator[pytest.ExceptionInfo[CallError]]:
    """Expect a refusal with this reason and these numbers among its own."""
    with pytest.raises(CallError) as caught:
        yield caught
    assert caught.value.reason == reason, caught.value
    assert caught.value.numbers.items() >= numbers.items()
