"""What others have seen of the log: its published copy and its witnesses' folders.

Whoever holds the log's key and the database can rewrite both so that they agree. What was signed
and is kept elsewhere does not change with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seal_audit_check.findings import Report
from seal_audit_check.notes import Key, NoteError, Signed, cosigned_at, read_note
from seal_audit_check.trust import Trust


@dataclass(frozen=True, slots=True)
class Seen:
    """A signed state that somebody keeps elsewhere."""

    place: str
    signed: Signed
    is_witness: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A note as it is kept elsewhere, not looked into yet."""

    place: str
    text: str
    is_witness: bool


def kept_elsewhere(trust: Trust, report: Report) -> list[Kept]:
    """Read what is kept elsewhere. Before the database: a log that is at work only grows."""
    places = (
        []
        if trust.published is None
        else [(f"published copy {trust.published}", trust.published / "checkpoint", False)]
    )
    places += [
        (f"witness {folder.name}", folder / "latest", True) for folder in trust.witness_folders
    ]
    found = []
    for place, path, is_witness in places:
        try:
            found.append(Kept(place, path.read_text("utf-8"), is_witness))
        except (OSError, UnicodeDecodeError) as error:
            report.add(place, f"cannot be read: {error}")
    return found


def seen_elsewhere(
    kept: Sequence[Kept], trust: Trust, keys: tuple[Key, ...], report: Report
) -> list[Seen]:
    """Verify the states that are kept elsewhere; what is wrong with them is reported."""
    found = []
    for one in kept:
        try:
            signed = read_note(one.text)
            signed.signer(keys)
            is_known = one.is_witness and _is_cosigned(one.text, signed, trust)
        except NoteError as error:
            report.add(one.place, str(error))
            continue
        if one.is_witness and not is_known:
            report.remarks.append(
                f"{one.place}: compared, but its cosignature is by no witness key that was given"
            )
        found.append(Seen(one.place, signed, is_witness=is_known))
    return found


def _is_cosigned(text: str, signed: Signed, trust: Trust) -> bool:
    lines = text.rpartition("\n\n")[2].rstrip("\n").split("\n")
    times = [cosigned_at(line, signed, trust.witness_keys) for line in lines]
    return any(at_s is not None for at_s in times)
