"""Requests are parsed and checked against the rules in the contract (protovalidate)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.timestamp_pb2 import Timestamp
from protovalidate import Validator

from seal_service.domain.reasons import Reason, Refusal

_VALIDATOR = Validator()
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Control characters other than tabs and line ends: no text of the bank needs one, PostgreSQL
stores no NUL, and a terminal that shows the log must not obey them."""


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
    broken = [
        (_path(found.proto), found.proto.message or "is not valid")
        for found in _VALIDATOR.collect_violations(message)
    ]
    broken += _strange(message)
    if broken:
        raise Refusal(Reason.INVALID_FIELD, fields=tuple(broken))
    return message


def _strange(message: Message, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path of every text that holds a control character, and of times that are none."""
    for field, value in message.ListFields():
        if field.type not in {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_MESSAGE}:
            continue
        values = enumerate(value) if field.is_repeated else [(None, value)]
        for index, one in values:
            path = f"{prefix}{field.name}" + ("" if index is None else f"[{index}]")
            if isinstance(one, Timestamp):
                if not _is_time(one):
                    yield path, "is no instant of the years 1 to 9999"
            elif field.type == FieldDescriptor.TYPE_MESSAGE:
                yield from _strange(one, f"{path}.")
            elif _CONTROL.search(one):
                yield path, "holds a control character"


def _is_time(stamp: Timestamp) -> bool:
    try:
        stamp.ToJsonString()
    except ValueError:
        return False
    return True


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
