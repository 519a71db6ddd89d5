"""Column types that read and write the domain's own values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from seal_service.domain.devices import CaptureParameters

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An instant as whole microseconds since 1970 UTC: exact, sortable, the same everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn an aware instant into a number."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn a number into an instant of UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


class Name(TypeDecorator[StrEnum]):
    """A member of a closed list, by its name."""

    impl = String(32)
    cache_ok = True

    def __init__(self, names: type[StrEnum]) -> None:
        super().__init__()
        self.names = names

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the name."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        """Read the member; a name that is none is an error."""
        return None if value is None else self.names(value)


class Names(TypeDecorator[tuple[Any, ...]]):
    """A short tuple of names or numbers."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[Any, ...] | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Write a list."""
        return None if value is None else list(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Any, ...] | None:  # noqa: ARG002
        """Read a tuple."""
        return None if value is None else tuple(value)


class Capture(TypeDecorator[CaptureParameters]):
    """How a scanner captures."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: CaptureParameters | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Write an object."""
        return None if value is None else value.plain()

    def process_result_value(self, value: Any, dialect: Dialect) -> CaptureParameters | None:  # noqa: ARG002
        """Read the parameters."""
        return None if value is None else CaptureParameters.of(value)
