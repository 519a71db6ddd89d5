"""Refusals as rich errors: google.rpc.Status with ErrorInfo and whatever else helps."""

from __future__ import annotations

import math

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status

from seal_service.domain.reasons import Code, Reason, Refusal

DOMAIN = "sealmatch"
DETAILS_KEY = "grpc-status-details-bin"
_RETRY_S = 1.0


def status_of(refusal: Refusal) -> Status:
    """Return everything that a caller is told of a refusal."""
    metadata = {**refusal.numbers, "chinese": refusal.entry.chinese}
    details: list[Message] = [
        error_details_pb2.ErrorInfo(reason=refusal.reason, domain=DOMAIN, metadata=metadata)
    ]
    if refusal.fields:
        violations = [
            error_details_pb2.BadRequest.FieldViolation(field=field, description=description)
            for field, description in refusal.fields
        ]
        details.append(error_details_pb2.BadRequest(field_violations=violations))
    if refusal.reason is Reason.QUOTA:
        violation = error_details_pb2.QuotaFailure.Violation(
            subject="caller", description=f"{refusal.numbers['limit_per_s']} calls a second"
        )
        details.append(error_details_pb2.QuotaFailure(violations=[violation]))
    if refusal.entry.retry:
        details.append(error_details_pb2.RetryInfo(retry_delay=_delay(refusal.retry_after_s)))
    if refusal.entry.code is Code.INTERNAL:
        details.append(error_details_pb2.RequestInfo(request_id=refusal.numbers["correlation_id"]))
    return Status(
        code=code_of(refusal).value[0],
        message=refusal.entry.english,
        details=[_packed(detail) for detail in details],
    )


def code_of(refusal: Refusal) -> grpc.StatusCode:
    """Return the gRPC code of a refusal."""
    return grpc.StatusCode[refusal.entry.code]


def _packed(message: Message) -> Any:
    packed = Any()
    packed.Pack(message)
    return packed


def _delay(seconds: float | None) -> Duration:
    seconds = max(seconds if seconds is not None else _RETRY_S, 0.001)
    return Duration(seconds=int(seconds), nanos=math.floor(seconds % 1 * 1e9))
