"""A signed state of the log as it is shown to others."""

from __future__ import annotations

from dataclasses import dataclass

from seal_service.audit.note import Checkpoint, Note


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint: the log's signed note, and the signature lines of witnesses."""

    note: str
    cosignatures: tuple[str, ...] = ()

    @property
    def checkpoint(self) -> Checkpoint:
        """Return what was signed (MalformedNoteError if the note is none)."""
        return Checkpoint.parse(Note.parse(self.note).text)
