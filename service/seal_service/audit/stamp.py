"""When an event happened, by two clocks, and the id by which it is known."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something happened, by two clocks.

    `at_us` is the wall clock in microseconds since 1970 UTC, which an operator may set back.
    `monotonic_ns` counts from the boot named by `boot_id` (16 bytes) and never goes back, so that
    two stamps of one boot can be compared whatever became of the wall clock. Neither decides the
    order of the log: that is the sequence number.
    """

    at_us: int
    monotonic_ns: int
    boot_id: bytes

    @classmethod
    def now(cls, *, at_us: int | None = None) -> Stamp:
        """Read both clocks of this machine, or only the monotonic one where `at_us` is given."""
        at_us = time.time_ns() // 1000 if at_us is None else at_us
        return cls(at_us, time.monotonic_ns(), boot_id())

    @property
    def at(self) -> datetime:
        """Return the wall clock as a time in UTC."""
        return datetime.fromtimestamp(self.at_us / 1e6, UTC)


@lru_cache(maxsize=1)
def boot_id() -> bytes:
    """Return 16 bytes that name the machine's boot, or this process where none are to be had."""
    try:
        text = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        return bytes.fromhex(text.strip().replace("-", ""))
    except (OSError, ValueError):
        return secrets.token_bytes(16)


def new_event_id() -> bytes:
    """Return a fresh UUID, version 7 (RFC 9562): its index grows at the end, not all over."""
    value = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10))
    value[6] = 0x70 | value[6] & 0x0F
    value[8] = 0x80 | value[8] & 0x3F
    return bytes(value)
