"""What others have seen of the log: its published copy and its witnesses' folders.

Whoever holds the log's key and the database can rewrite both so that they agree. What was signed
and is kept elsewhere does not change with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seal_audit_check.findings import Report
from seal_audit_check.notes import Key, NoteError, Signed, cosigned_at, read_note
from seal_audit_check.trust import Trust


@dataclass(frozen=True, slots=True)
class Seen:
    """A signed state that somebody keeps elsewhere."""

    place: str
    signed: Signed
    is_witness: bool


def seen_elsewhere(trust: Trust, keys: tuple[Key, ...], report: Report) -> list[Seen]:
    """Read and verify the states that are kept elsewhere; what is wrong with them is reported."""
    found = []
    if trust.published is not None:
        place = f"published copy {trust.published}"
        signed = _signed(trust.published / "checkpoint", place, keys, report)
        if signed is not None:
            found.append(Seen(place, signed, is_witness=False))
    for folder in trust.witness_folders:
        place = f"witness {folder.name}"
        signed = _signed(folder / "latest", place, keys, report)
        if signed is None:
            continue
        times = []
        try:
            text = (folder / "latest").read_text("utf-8")
            lines = text.rpartition("\n\n")[2].rstrip("\n").split("\n")
            times = [cosigned_at(line, signed, trust.witness_keys) for line in lines]
        except NoteError as error:
            report.add(place, str(error))
            continue
        is_known = any(at_s is not None for at_s in times)
        if not is_known:
            report.remarks.append(
                f"{place}: compared, but its cosignature is by no witness key that was given"
            )
        found.append(Seen(place, signed, is_witness=is_known))
    return found


def _signed(path: Path, place: str, keys: tuple[Key, ...], report: Report) -> Signed | None:
    try:
        signed = read_note(path.read_text("utf-8"))
        signed.signer(keys)
    except (OSError, UnicodeDecodeError) as error:
        report.add(place, f"cannot be read: {error}")
        return None
    except NoteError as error:
        report.add(place, str(error))
        return None
    return signed
