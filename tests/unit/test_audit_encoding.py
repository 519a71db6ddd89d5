"""Entries have one canonical form each, and the parser takes nothing else."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal_audit_check import entries as independent
from seal_service.audit import (
    AuditKind,
    Decision,
    Entry,
    Event,
    HashId,
    Stamp,
    encode,
    hasher_of,
    parse,
)
from seal_service.audit.entry import ENTRY_FIELDS, MAX_COUNT, MAX_PAYLOAD_BYTES
from seal_service.audit.errors import InvalidEventError, MalformedEntryError

SHA256 = hasher_of(HashId.SHA256)
STAMP = Stamp(1_795_000_000_000_000, 5_000_000_000, bytes(range(16)))
EVENT = Event(
    kind=AuditKind.BUSINESS,
    action="sealapi.v1.VerificationService/VerifySeal",
    actor="000123",
    organisation="支行7",
    account="6222000000000001",
    payload=b'{"verdict":"PASS"}',
    event_id=bytes(range(16, 32)),
)

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60)
hashes = st.none() | st.binary(min_size=32, max_size=32).filter(any)
counts = st.integers(0, MAX_COUNT)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    payload_hash, before, after = draw(hashes), draw(hashes), draw(hashes)
    algorithms = st.sampled_from([HashId.SHA256, HashId.SM3])
    has_state = before is not None or after is not None
    return Entry(
        kind=draw(st.sampled_from(AuditKind)),
        decision=draw(st.sampled_from(Decision)),
        payload_alg=draw(algorithms) if payload_hash else HashId.NONE,
        state_alg=draw(algorithms) if has_state else HashId.NONE,
        at_us=draw(counts),
        monotonic_ns=draw(counts),
        boot_id=draw(st.binary(min_size=16, max_size=16)),
        event_id=draw(st.binary(min_size=16, max_size=16)),
        payload_bytes=draw(st.integers(0, MAX_PAYLOAD_BYTES)) if payload_hash else 0,
        payload_hash=payload_hash,
        before_hash=before,
        after_hash=after,
        action=draw(texts.filter(bool)),
        actor=draw(texts.filter(bool)),
        **{name: draw(texts) for name in ENTRY_FIELDS[14:]},
    )


def independent_bytes(entry: Entry) -> bytes:
    values = [getattr(entry, name) for name in ENTRY_FIELDS]
    return independent.leaf_input([v.encode() if isinstance(v, str) else v for v in values])


@given(entries())
def test_a72_an_entry_comes_back_from_its_bytes(entry: Entry) -> None:
    data = encode(entry)
    assert parse(data) == entry
    assert independent_bytes(entry) == b"\x00" + data
    fields = independent.parse(data)
    assert fields == {name: getattr(entry, name) for name in ENTRY_FIELDS}


def columns_of(rows: list[list[object]]) -> list[list[object]]:
    """Return rows as the checker gets them: the four small numbers as one."""
    codes = [int.from_bytes(bytes(row[:4])) for row in rows]
    return [codes, *map(list, zip(*(row[4:] for row in rows), strict=True))]


@given(st.lists(entries(), min_size=1, max_size=5), st.booleans())
def test_a72_many_entries_at_once_are_as_each_alone(found: list[Entry], is_ascii: bool) -> None:
    if is_ascii:
        changes = dict.fromkeys(ENTRY_FIELDS[14:], "") | {"action": "Act", "actor": "77"}
        found = [replace(entry, **changes) for entry in found]
    rows = [[getattr(entry, name) for name in ENTRY_FIELDS] for entry in found]
    together = list(independent.leaf_inputs(columns_of(rows)))
    assert together == [b"\x00" + encode(entry) for entry in found]


@pytest.mark.parametrize("at", range(4, len(ENTRY_FIELDS)))
def test_a_value_stored_as_another_type_is_no_entry(at: int) -> None:
    """It may have the same bytes: a text as a blob, an id as a text, a number as digits."""
    entry = Entry.of(EVENT, SHA256, STAMP, b"s" * 16)
    good = [getattr(entry, name) for name in ENTRY_FIELDS]
    value = good[at]
    if isinstance(value, str):
        other: object = value.encode()
    elif isinstance(value, bytes):
        other = "x" * len(value)
    else:
        other = "x" * 32 if value is None else str(value)
    bad = [*good[:at], other, *good[at + 1 :]]
    assert len(list(independent.leaf_inputs(columns_of([good, good])))) == 2
    with pytest.raises(independent.EntryError):
        list(independent.leaf_inputs(columns_of([good, bad])))


@given(entries(), st.data())
def test_no_other_bytes_are_an_entry_of_the_same_meaning(entry: Entry, data: st.DataObject) -> None:
    whole = encode(entry)
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        other = parse(bytes(changed))
    except MalformedEntryError:
        return
    assert other != entry
    assert encode(other) == bytes(changed)


@given(st.binary(max_size=400) | st.binary(max_size=300).map(lambda data: b"SMAE\x01" + data))
def test_the_parser_refuses_or_reproduces_any_bytes(data: bytes) -> None:
    try:
        entry = parse(data)
    except MalformedEntryError:
        return
    assert encode(entry) == data


@given(entries(), st.integers(0, 300))
def test_a_cut_entry_is_refused(entry: Entry, count: int) -> None:
    data = encode(entry)
    with pytest.raises(MalformedEntryError):
        parse(data[: min(count, len(data) - 1)])
    with pytest.raises(MalformedEntryError):
        parse(data + bytes(1 + count))


def test_the_form_of_version_1_never_changes() -> None:
    entry = Entry.of(EVENT, SHA256, STAMP, b"s" * 16)
    data = encode(entry)
    assert data[:10] == b"SMAE" + bytes([1, 2, 1, 1, 0, 0])
    assert struct.unpack_from(">QQ", data, 10) == (STAMP.at_us, STAMP.monotonic_ns)
    assert data[26:58] == STAMP.boot_id + EVENT.event_id
    assert data[158:172] == struct.pack(">7H", 41, 6, 7, 16, 0, 0, 0)
    assert SHA256.leaf(data).hex() == (
        "08e07553c2179e495f2bf1c9698e518ed8d0ecc76b4e3f3053a73dea46706d3b"
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"action": ""}, "action"),
        ({"actor": ""}, "actor"),
        ({"actor": "a\nb"}, "actor"),
        ({"target": "nul\0"}, "target"),
        ({"reason": "x" * 1025}, "reason"),
        ({"reason": "账" * 400}, "reason"),
        ({"account": "\ud800"}, "account"),
        ({"account": 6222}, "account"),
        ({"kind": 3}, "kind"),
        ({"decision": 0}, "decision"),
        ({"payload": "text"}, "payload"),
        ({"payload": bytes(MAX_PAYLOAD_BYTES + 1)}, "payload"),
        ({"event_id": b"short"}, "event_id"),
        ({"before_hash": b"short"}, "before_hash"),
        ({"after_hash": bytes(32)}, "after_hash"),
    ],
)
def test_an_event_without_a_canonical_form_is_refused(
    change: dict[str, object], field: str
) -> None:
    event = replace(EVENT, **change)
    with pytest.raises(InvalidEventError) as caught:
        Entry.of(event, SHA256, STAMP, b"s" * 16)
    assert caught.value.field == field


def test_the_clock_cannot_be_out_of_range() -> None:
    for stamp in (
        replace(STAMP, at_us=-1),
        replace(STAMP, monotonic_ns=1 << 63),
        replace(STAMP, boot_id=b""),
    ):
        with pytest.raises(InvalidEventError):
            Entry.of(EVENT, SHA256, stamp, b"s" * 16)


def test_event_ids_are_in_the_order_of_their_making() -> None:
    made = [Event(kind=AuditKind.LOGIN, action="a", actor="b").event_id for _ in range(1000)]
    assert len(set(made)) == 1000
    assert [value[:6] for value in made] == sorted(value[:6] for value in made)
    assert all(value[6] >> 4 == 7 and value[8] >> 6 == 2 for value in made)
