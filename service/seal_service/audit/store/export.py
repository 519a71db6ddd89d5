"""Export a day's log as a folder that stands alone: readable, and verifiable without a database."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from seal_service.audit import tables
from seal_service.audit.encoding import encode
from seal_service.audit.entry import ENTRY_FIELDS, Entry
from seal_service.audit.errors import LogDamagedError
from seal_service.audit.files import make_folder, sync_folder, write_atomically
from seal_service.audit.search import micros
from seal_service.audit.store.proofs import cosignatures_of, signed_tree
from seal_service.audit.store.retention import PRUNE_ACTION
from seal_service.audit.store.rows import entry_of
from seal_service.audit.store.state import known_keys

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Export:
    """What was exported; `count` is 0 for a day without events."""

    folder: Path
    first_seq: int
    count: int
    signed_size: int


def export_day(connection: Connection, day: date, zone: tzinfo, folder: Path) -> Export:
    """Write the events of one day with the proof that they are in the signed log.

    The events are those from the first to the last whose wall clock is in the day, without a gap:
    one whose clock was set elsewhere meanwhile is in the export as well. Only signed events can be
    exported. `events.jsonl` has a line an event: its number, its canonical bytes, its payload with
    salt (base64) and its fields to read; `manifest.json` has the checkpoint, the witnesses' lines
    and the hashes left and right of the range.

    Parameters
    ----------
    connection
        From `reading`.
    zone
        In which the day begins and ends.
    folder
        New or empty.

    Raises
    ------
    FileExistsError
        The folder is not empty.
    InvalidProofError
        The log has no checkpoint.
    LogDamagedError
        What is stored contradicts itself.
    OSError
        The folder cannot be written.
    """
    tree, note = signed_tree(connection)
    make_folder(folder)
    if any(folder.iterdir()):
        message = f"{folder} is not empty"
        raise FileExistsError(message)
    first, end = _range(connection, day, zone, tree.size)
    left, right = tree.surroundings(first, end) if end > first else ([], [])
    _write_events(connection, first, end, folder / "events.jsonl")
    manifest = {
        "format": "sealmatch audit export 1",
        "day": day.isoformat(),
        "zone": str(zone),
        "first_seq": first,
        "count": end - first,
        "left": [value.hex() for value in left],
        "right": [value.hex() for value in right],
        "prunes": _prunes(connection),
        "checkpoint": note,
        "cosignatures": list(cosignatures_of(connection, tree.size)),
        "keys": [str(key) for key in known_keys(connection)],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    write_atomically(folder / "manifest.json", text.encode())
    return Export(folder, first, end - first, tree.size)


def _range(connection: Connection, day: date, zone: tzinfo, size: int) -> tuple[int, int]:
    begin = datetime.combine(day, time(), zone)
    finish = datetime.combine(day + timedelta(days=1), time(), zone)
    event = tables.event
    query = select(func.min(event.c.seq), func.max(event.c.seq)).where(
        event.c.at_us >= micros(begin), event.c.at_us < micros(finish), event.c.seq < size
    )
    low, high = connection.execute(query).one()
    return (0, 0) if low is None else (int(low), int(high) + 1)


def _write_events(connection: Connection, first: int, end: int, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for line in _lines(connection, first, end):
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def _lines(connection: Connection, first: int, end: int) -> Iterator[dict[str, Any]]:
    event, payload = tables.event, tables.payload
    expected = first
    for start in range(first, end, _CHUNK):
        query = (
            select(event, payload.c.salt, payload.c.payload)
            .outerjoin(payload, payload.c.seq == event.c.seq)
            .where(event.c.seq >= start, event.c.seq < min(start + _CHUNK, end))
            .order_by(event.c.seq)
        )
        for row in connection.execute(query).mappings():
            entry = entry_of(dict(row), f"event {row['seq']}")
            if row["seq"] != expected:
                message = f"event {expected} is missing"
                raise LogDamagedError(message)
            expected += 1
            yield {
                "seq": row["seq"],
                "fields": _readable(entry),
                "entry": _base64(encode(entry)),
                "salt": _base64(row["salt"]),
                "payload": _base64(row["payload"]),
            }
    if expected != end:
        message = f"event {expected} is missing"
        raise LogDamagedError(message)


def _readable(entry: Entry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in ENTRY_FIELDS}
    return {
        name: value.hex() if isinstance(value, bytes) else value for name, value in values.items()
    }


def _base64(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _prunes(connection: Connection) -> list[dict[str, Any]]:
    event, payload = tables.event, tables.payload
    query = (
        select(payload.c.payload)
        .join(event, payload.c.seq == event.c.seq)
        .where(event.c.kind == 5, event.c.action == PRUNE_ACTION)
    )
    kinds = {"ACCOUNT": 1, "BUSINESS": 2, "DOCUMENT": 3, "LOGIN": 4, "ORG_STAFF": 5}
    prunes = []
    for data in connection.scalars(query):
        values = json.loads(data)
        names = ("first_seq", "last_seq", "before_us", "actions")
        prune = {name: values[name] for name in names if name in values}
        prunes.append({"kind": kinds[values["kind"]], **prune})
    return prunes
