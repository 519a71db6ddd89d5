"""The canonical bytes of an entry, version 1, from their document (docs/audit.md).

Two forms: for columns of many rows at once, because a log has hundreds of millions of them, and
for one row, which says what is wrong with it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

TEXTS = ("action", "actor", "organisation", "account", "target", "reason", "correlation_id")
FIELDS = (
    "kind", "decision", "payload_alg", "state_alg", "at_us", "monotonic_ns", "boot_id",
    "event_id", "payload_bytes", "payload_hash", "before_hash", "after_hash", *TEXTS,
)  # fmt: skip
_HEAD = struct.Struct(">4sBBBBBBQQ16s16sI32s32s32s7H")
_PACKED_HEAD = struct.Struct(">6sIxQQ16s16sI32s32s32s7H")
"""The same with the bytes 5 to 8 as one number."""
_ZEROS = bytes(32)


class EntryError(Exception):
    """A row or bytes that are not an entry."""


def leaf_inputs(columns: Sequence[Sequence[Any]]) -> Iterator[bytes]:
    """Yield `00 ‖ entry` for every row.

    Parameters
    ----------
    columns
        The numbers from `kind` to `state_alg` as the bytes 5 to 8 of the entry read as one, then
        the other 15 fields in order; texts as str.

    Raises
    ------
    EntryError
        Some row has no canonical form; `leaf_input` tells which.
    """
    texts = columns[9:]
    try:
        # Whatever is no str, such as a text that is stored as a blob, cannot be joined to one.
        joined = list(map("".join, zip(*texts, strict=True)))
        if "".join(joined).isascii():
            sizes = [map(len, column) for column in texts]
        else:
            sizes = [map(len, map(str.encode, column)) for column in texts]
        yield from map(bytes.__add__, _heads(columns[:9], sizes), map(str.encode, joined))
    except (struct.error, TypeError, UnicodeError) as error:
        message = f"a value has the wrong type or range: {error}"
        raise EntryError(message) from error


def _heads(columns: Sequence[Sequence[Any]], sizes: Sequence[Iterable[int]]) -> Iterator[bytes]:
    """Yield everything of `00 ‖ entry` that comes before the texts, which have these sizes."""
    hashes = [_filled(column) for column in columns[6:9]]
    for values, size in ((columns[3], 16), (columns[4], 16), *((row, 32) for row in hashes)):
        # struct would pad or cut a value of another length without a word.
        if set(map(len, values)) != {size}:
            message = f"an id or hash has another length than {size} bytes"
            raise EntryError(message)
    return map(_PACKED_HEAD.pack, repeat(b"\x00SMAE\x01"), *columns[:6], *hashes, *sizes)


def _filled(hashes: Sequence[bytes | None]) -> Sequence[bytes]:
    absent = hashes.count(None)
    if absent == len(hashes):
        return [_ZEROS] * absent
    return [_ZEROS if one is None else one for one in hashes]


def leaf_input(values: Sequence[Any]) -> bytes:
    """Return `00 ‖ entry` for one row, texts as UTF-8 (EntryError says what is wrong with it)."""
    for name, value in zip(FIELDS, values, strict=True):
        if name in TEXTS and not isinstance(value, bytes):
            message = f"{name} is not text"
            raise EntryError(message)
    try:
        # Packed on its own, because one number would hide what is out of its byte's range.
        code = int.from_bytes(struct.pack(">4B", *values[:4]), "big")
    except struct.error as error:
        message = f"a value has the wrong type or range: {error}"
        raise EntryError(message) from error
    numbers, texts = (code, *values[4:12]), values[12:]
    try:
        heads = _heads([[value] for value in numbers], [[len(text)] for text in texts])
        return b"".join((next(heads), *texts))
    except (struct.error, TypeError) as error:
        message = f"a value has the wrong type or range: {error}"
        raise EntryError(message) from error


def parse(data: bytes) -> dict[str, Any]:
    """Return the fields of canonical bytes (EntryError if they are not)."""
    if len(data) < _HEAD.size or data[:4] != b"SMAE" or data[4] != 1 or data[9] != 0:
        message = "the bytes are not an entry of version 1"
        raise EntryError(message)
    values = _HEAD.unpack_from(data)
    lengths = values[15:]
    if _HEAD.size + sum(lengths) != len(data):
        message = "the entry is longer or shorter than it says"
        raise EntryError(message)
    fields: dict[str, Any] = dict(zip(FIELDS, [*values[2:6], *values[7:15]], strict=False))
    for name in ("payload_hash", "before_hash", "after_hash"):
        if fields[name] == _ZEROS:
            fields[name] = None
    at = _HEAD.size
    for name, length in zip(TEXTS, lengths, strict=True):
        try:
            fields[name] = data[at : at + length].decode()
        except UnicodeDecodeError as error:
            message = f"{name} is not UTF-8"
            raise EntryError(message) from error
        at += length
    return fields
