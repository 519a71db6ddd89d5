"""The canonical bytes of an entry, version 1, and their strict parser.

One entry has exactly one form, and every other sequence of bytes is refused, so that two people
who hash "the same entry" get the same hash. All numbers are unsigned and big-endian.

====== ===== =====================================================================
offset bytes what
====== ===== =====================================================================
0      4     `SMAE`
4      1     version, 1
5      1     kind, 1–5
6      1     decision, 1–3
7      1     algorithm of the payload's hash: 0 none, 1 SHA-256, 2 SM3
8      1     algorithm of the state hashes, likewise
9      1     0
10     8     wall clock, microseconds since 1970 UTC, below 2^63
18     8     monotonic clock, nanoseconds since the boot, below 2^63
26     16    boot id
42     16    event id
58     4     length of the payload
62     32    hash of 02 ‖ salt ‖ payload; zeros: no payload
94     32    hash of the state before; zeros: none
126    32    hash of the state after; zeros: none
158    14    lengths of the seven texts, two bytes each
172    …     action, actor, organisation, account, target, reason, correlation id: UTF-8
====== ===== =====================================================================
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from seal_service.audit.entry import ENTRY_FIELDS, TEXT_FIELDS, AuditKind, Decision, Entry
from seal_service.audit.errors import InvalidEventError, MalformedEntryError
from seal_service.audit.hashing import HASH_BYTES, HashId

MAGIC = b"SMAE"
VERSION = 1
HEAD = struct.Struct(">4sBBBBBxQQ16s16sI32s32s32s7H")
_ABSENT = bytes(HASH_BYTES)


def encode(entry: Entry) -> bytes:
    """Return the canonical bytes of an entry, 172 bytes and its texts."""
    return encode_values([getattr(entry, name) for name in ENTRY_FIELDS])


def encode_values(values: Sequence[Any]) -> bytes:
    """Return the canonical bytes of the 19 values of an entry in canonical order, unchecked."""
    # Unrolled by slices: the appender does this for every event of the bank.
    texts = [text.encode() for text in values[12:]]
    head = HEAD.pack(
        MAGIC,
        VERSION,
        *values[:9],
        values[9] or _ABSENT,
        values[10] or _ABSENT,
        values[11] or _ABSENT,
        *map(len, texts),
    )
    return b"".join((head, *texts))


def parse(data: bytes) -> Entry:
    """Return the entry of which `data` is the canonical form.

    Raises
    ------
    MalformedEntryError
        `data` is not the canonical form of any entry.
    """
    if len(data) < HEAD.size:
        raise MalformedEntryError(len(data), f"an entry has at least {HEAD.size} bytes")
    values = HEAD.unpack_from(data)
    if values[0] != MAGIC:
        raise MalformedEntryError(0, "does not begin with SMAE")
    if values[1] != VERSION:
        raise MalformedEntryError(4, f"version {values[1]} is not known")
    if data[9]:
        raise MalformedEntryError(9, "must be 0")
    lengths = values[14:]
    if HEAD.size + sum(lengths) != len(data):
        raise MalformedEntryError(HEAD.size, "the texts' lengths and the entry's disagree")
    texts, at = {}, HEAD.size
    for name, length in zip(TEXT_FIELDS, lengths, strict=True):
        try:
            texts[name] = data[at : at + length].decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedEntryError(at + error.start, f"{name} is not UTF-8") from error
        at += length
    try:
        return Entry(
            kind=AuditKind(values[2]),
            decision=Decision(values[3]),
            payload_alg=HashId(values[4]),
            state_alg=HashId(values[5]),
            at_us=values[6],
            monotonic_ns=values[7],
            boot_id=values[8],
            event_id=values[9],
            payload_bytes=values[10],
            payload_hash=_hash_or_none(values[11]),
            before_hash=_hash_or_none(values[12]),
            after_hash=_hash_or_none(values[13]),
            **texts,
        )
    except InvalidEventError as error:
        raise MalformedEntryError(0, str(error)) from error
    except ValueError as error:
        raise MalformedEntryError(5, f"an enumeration is out of range: {error}") from error


def _hash_or_none(value: bytes) -> bytes | None:
    return None if value == _ABSENT else value
