"""Check an exported day: every entry and payload, and that they are in the signed tree.

An export is `events.jsonl`, a line an event, and `manifest.json` with the checkpoint and the hashes
left and right of the range. The readable fields of a line are compared with its canonical bytes.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from seal_audit_check.entries import EntryError, parse
from seal_audit_check.findings import CheckError, Report
from seal_audit_check.notes import NoteError, cosigned_at, key_of, read_note
from seal_audit_check.prunes import Prune, is_covered
from seal_audit_check.tree import New, new_of
from seal_audit_check.trust import Trust


def check_export(folder: Path, trust: Trust) -> Report:
    """Check a folder with `manifest.json` and `events.jsonl` (CheckError if unreadable)."""
    report = Report()
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        first, count = int(manifest["first_seq"]), int(manifest["count"])
        left, right = ([bytes.fromhex(h) for h in manifest[side]] for side in ("left", "right"))
        prunes = [Prune(**values) for values in manifest["prunes"]]
        note, cosignatures = str(manifest["checkpoint"]), list(manifest["cosignatures"])
        own_keys = [key_of(text) for text in manifest["keys"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"the manifest cannot be read: {error!r}"
        raise CheckError(message) from error
    keys = trust.log_keys
    if not keys:
        keys = tuple(own_keys)
        report.remarks.append(
            "the export's own key was trusted: give --key with a copy kept elsewhere"
        )
    try:
        signed = read_note(note)
        signed.signer(keys)
    except NoteError as error:
        report.add("checkpoint", str(error))
        return report
    report.origin, report.checkpoints = signed.origin, 1
    if trust.origin is not None and signed.origin != trust.origin:
        report.add("checkpoint", f"is of log {signed.origin}, not {trust.origin}")
    for line in cosignatures:
        try:
            if cosigned_at(str(line), signed, trust.witness_keys) is not None:
                report.cosigned_size = signed.size
        except NoteError as error:
            report.add("cosignature", str(error))
    new = new_of(signed.algorithm)
    leaves = _leaves(folder, first, new, prunes, report)
    if len(leaves) != count:
        report.add("events.jsonl", f"has {len(leaves)} events, the manifest says {count}")
    elif count and _root(new, leaves, first, signed.size, (left, right)) != signed.root:
        report.add("events.jsonl", "the events do not lead to the root that was signed")
    elif count:
        report.signed_size = signed.size
    if report.pruned:
        report.remarks.append(
            f"{report.pruned} payloads are missing by the manifest's word: only a check of the "
            "database shows that they were pruned"
        )
    return report


def _leaves(folder: Path, first: int, new: New, prunes: list[Prune], report: Report) -> list[bytes]:
    leaves: list[bytes] = []
    try:
        with (folder / "events.jsonl").open(encoding="utf-8") as lines:
            for seq, line in enumerate(lines, first):
                leaves.append(_leaf(seq, line, new, prunes, report))
    except (OSError, UnicodeDecodeError) as error:
        message = f"events.jsonl cannot be read: {error}"
        raise CheckError(message) from error
    report.events = len(leaves)
    return leaves


def _leaf(seq: int, line: str, new: New, prunes: list[Prune], report: Report) -> bytes:
    try:
        values = json.loads(line)
        entry = base64.b64decode(values["entry"], validate=True)
        fields = parse(entry)
        salt, payload = (
            None if values[name] is None else base64.b64decode(values[name], validate=True)
            for name in ("salt", "payload")
        )
    except (ValueError, KeyError, TypeError, EntryError) as error:
        report.add("event", f"the line is malformed: {error!r}", seq)
        return bytes(32)
    if values.get("seq") != seq:
        report.add("event", f"the line says it is seq {values.get('seq')}", seq)
    if values.get("fields") != readable(fields):
        report.add("event", "the readable fields are not those of the entry", seq)
    if payload is not None and salt is not None:
        report.payloads += 1
        algorithm = fields["payload_alg"]
        whole = len(payload) == fields["payload_bytes"] and len(salt) == 16
        if (
            not algorithm
            or not whole
            or (new_of(algorithm)(b"\x02" + salt + payload).digest() != fields["payload_hash"])
        ):
            report.add("payload", "was changed: it does not have the hash in its entry", seq)
    elif fields["payload_alg"]:
        if is_covered(prunes, seq, fields["kind"], fields["action"].encode(), fields["at_us"]):
            report.pruned += 1
        else:
            report.add("payload", "is missing, and no prune accounts for it", seq)
    return new(b"\x00" + entry).digest()


def readable(fields: dict[str, Any]) -> dict[str, Any]:
    """Return an entry's fields as the export writes them: bytes in hexadecimal."""
    return {
        name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()
    }


def _root(
    new: New,
    leaves: list[bytes],
    first: int,
    size: int,
    around: tuple[list[bytes], list[bytes]],
) -> bytes | None:
    """Return the root over the range and what surrounds it, or None if they do not fit."""
    end = first + len(leaves)
    if not 0 <= first < end <= size:
        return None
    lefts, rights = map(iter, around)

    def hash_of(low: int, high: int) -> bytes:
        if high <= first:
            return next(lefts)
        if low >= end:
            return next(rights)
        if high - low == 1:
            return leaves[low - first]
        half = 1 << (high - low - 1).bit_length() - 1
        left_hash = hash_of(low, low + half)
        return new(b"\x01" + left_hash + hash_of(low + half, high)).digest()

    try:
        root = hash_of(0, size)
    except (StopIteration, RuntimeError):
        return None
    return None if next(lefts, None) or next(rights, None) else root
