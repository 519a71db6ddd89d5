"""Hypothesis strategies for messages of any type, derived from their descriptors."""

from __future__ import annotations

from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st

# Real names make it past the first checks, so that what comes after them is tried too.
NAMES = [
    "orgs/1000", "orgs/2100", "orgs/2101", "orgs/9999", "users/t11", "users/hq1", "users/zz",
    "posts/auditor", "posts/hq-admin", "posts/none", "roles/verifier", "roles/none",
    "exclusionRules/auditor-not-operator", "v1", "v2", "v999999999", "v9999999999",
    "00000000-0000-4000-8000-000000000000", "changes/00000000-0000-4000-8000-000000000000",
    "assignments/00000000-0000-4000-8000-000000000000", "reviews/x", "2026Q4", "2099Q4",
    "org.read", "card.draft", "auditor", "operator", "t11", "hq1", "2103", "display_name", "kind",
    "display_name_zh", "permissions", "reach", "first", "etag", "name", "888888",
    "sessions/00000000-0000-4000-8000-000000000000", "%", "_", "'", "\x00", "\u202e", "总行",
]  # fmt: skip
_TEXT = st.one_of(
    st.sampled_from(NAMES),
    st.uuids(version=4).map(str),
    st.text(max_size=40),
    st.text(max_size=2000),
)
_BOUNDS = {
    FieldDescriptor.TYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.TYPE_UINT64: (0, 2**64 - 1),
}


def messages(descriptor: Descriptor, depth: int = 3) -> st.SearchStrategy[Message]:
    """Return a strategy for messages of a type; each field is there or not."""
    made = message_factory.GetMessageClass(descriptor)
    fields = {
        field.name: _values(field, depth)
        for field in descriptor.fields
        if depth or not _nested(field)
    }
    return st.fixed_dictionaries({}, optional=fields).map(lambda values: made(**values))


def _nested(field: FieldDescriptor) -> bool:
    return field.type == FieldDescriptor.TYPE_MESSAGE


def _values(field: FieldDescriptor, depth: int) -> st.SearchStrategy[Any]:
    one = _one(field, depth)
    if not field.is_repeated:
        return one
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return st.just({})
    return st.lists(one, max_size=4)


def _one(field: FieldDescriptor, depth: int) -> st.SearchStrategy[Any]:
    if field.type == FieldDescriptor.TYPE_STRING:
        return _TEXT
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=200)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans()
    if field.type == FieldDescriptor.TYPE_ENUM:
        known = [value.number for value in field.enum_type.values]
        return st.one_of(st.sampled_from(known), st.integers(-(2**31), 2**31 - 1))
    if field.type in _BOUNDS:
        low, high = _BOUNDS[field.type]
        return st.one_of(st.integers(0, 5), st.integers(low, high))
    if _nested(field):
        return messages(field.message_type, depth - 1)
    return st.floats(width=32)
