"""What a request is about, for the log: known before anybody has looked at a record.

A call that is refused on its way to its use case is written with this; a use case that gets to
speak says it better. Of whom it is about follows nothing for the event's organisation: that stays
the caller's until a use case has found the record, or a made-up name could hide a refusal from
those who look after the caller.
"""

from __future__ import annotations

from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

_NAMES = ("name", "image", "assignment", "review", "checkpoint")
"""Fields that hold the name of the record that a request is about."""
_IDS = {
    "user_id": "users", "post_id": "posts", "role_id": "roles", "rule_id": "exclusionRules",
    "org_id": "orgs", "mode": "accessModes",
}  # fmt: skip
"""Fields that hold the id of a record of this collection, which may not exist yet."""
_RECORDS = ("user", "post", "role", "rule")
"""Fields that hold such a record with its name, or the name alone."""
_PLACES = ("org", "parent")
"""Fields that name the organisation, where a request is about nothing more exact."""


def subject_of(request: Message) -> str:
    """Return the resource name of what a request is about; empty where it names nothing."""
    fields = request.DESCRIPTOR.fields_by_name
    for field in (*_NAMES, *_IDS, *_RECORDS, *_PLACES):
        if field not in fields:
            continue
        value: Any = getattr(request, field)
        kind = fields[field].enum_type
        if kind is not None:
            value = kind.values_by_number[value].name.removeprefix("ACCESS_MODE_")
        name = str(getattr(value, "name", value))
        if name:
            return f"{_IDS[field]}/{name}" if field in _IDS else name
    return ""


def question_of(rpc: str, request: Message | None) -> dict[str, Any] | None:
    """Return what a list was asked for (nothing: for everything); None for other calls."""
    if request is None or not rpc.rpartition("/")[2].startswith("List"):
        return None
    asked = MessageToDict(request, preserving_proto_field_name=True)
    asked.pop("page_token", None)
    return asked
