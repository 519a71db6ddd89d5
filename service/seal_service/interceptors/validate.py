"""Requests are parsed and checked against the rules in the contract (protovalidate)."""

from __future__ import annotations

from google.protobuf.message import DecodeError, Message
from protovalidate import Validator

from seal_service.domain.reasons import Reason, Refusal

_VALIDATOR = Validator()


def parsed(request_type: type[Message], data: bytes) -> Message:
    """Return the message of a request's bytes.

    Raises
    ------
    Refusal
        MESSAGE_MALFORMED; INVALID_FIELD with every field that breaks a rule.
    """
    try:
        message = request_type.FromString(data)
    except DecodeError as error:
        raise Refusal(Reason.MESSAGE_MALFORMED) from error
    violations = _VALIDATOR.collect_violations(message)
    if violations:
        raise Refusal(
            Reason.INVALID_FIELD,
            fields=tuple((_path(v.proto), v.proto.message or "is not valid") for v in violations),
        )
    return message


def _path(violation: object) -> str:
    """Return the path of a violated field, for example ``rule.first`` or ``posts[2]``."""
    field = getattr(violation, "field", None)
    parts: list[str] = []
    for element in getattr(field, "elements", ()):
        subscript = getattr(element, "subscript", None)
        name = element.field_name
        index = getattr(subscript, "value", None) if subscript is not None else None
        parts.append(f"{name}[{index}]" if index is not None else name)
    return ".".join(parts)
