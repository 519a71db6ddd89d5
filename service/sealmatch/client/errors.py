"""A failed call, with everything that the server said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status

_DETAILS_KEY = "grpc-status-details-bin"
_CHINESE = "chinese"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A field of the request that is not valid."""

    field: str
    description: str


class CallError(Exception):
    """The server refused a call, or could not be reached.

    Attributes
    ----------
    code
        Name of the gRPC status code, for example ``PERMISSION_DENIED``.
    reason
        The machine-readable reason (docs/errors.md); empty where no server answered.
    english, chinese
        What to tell a person.
    numbers
        The reason's own data.
    fields
        Fields of the request that are not valid.
    retry_after_s
        The earliest sensible time for the same request; None where it should not be repeated.
    """

    def __init__(
        self,
        *,
        code: str,
        english: str,
        reason: str = "",
        chinese: str = "",
        numbers: Mapping[str, str] | None = None,
        fields: tuple[FieldViolation, ...] = (),
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(f"{reason or code}: {english}")
        self.code = code
        self.reason = reason
        self.english = english
        self.chinese = chinese
        self.numbers = dict(numbers or {})
        self.fields = fields
        self.retry_after_s = retry_after_s


def decoded(error: grpc.RpcError) -> CallError:
    """Return a gRPC error as what the server meant."""
    code, message, metadata = _parts(error)
    for key, value in metadata:
        if key == _DETAILS_KEY and isinstance(value, bytes):
            try:
                return _from_status(code, Status.FromString(value))
            except DecodeError:
                break
    return CallError(code=code, english=message)


def _parts(error: grpc.RpcError) -> tuple[str, str, list[tuple[str, str | bytes]]]:
    # Every error of a call is a call as well, which the type does not say.
    call: Any = error
    code = call.code() if hasattr(call, "code") else None
    if code is None:
        return "UNKNOWN", str(error), []
    metadata = [(str(key), value) for key, value in call.trailing_metadata() or ()]
    return str(code.name), str(call.details() or ""), metadata


def _from_status(code: str, status: Status) -> CallError:
    info, fields, retry_after_s = error_details_pb2.ErrorInfo(), [], None
    for detail in status.details:
        violations, retry = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            continue
        if detail.Unpack(violations):
            fields += [FieldViolation(v.field, v.description) for v in violations.field_violations]
        elif detail.Unpack(retry):
            retry_after_s = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
    numbers = dict(info.metadata)
    return CallError(
        code=code,
        english=status.message,
        reason=info.reason,
        chinese=numbers.pop(_CHINESE, ""),
        numbers=numbers,
        fields=tuple(fields),
        retry_after_s=retry_after_s,
    )
