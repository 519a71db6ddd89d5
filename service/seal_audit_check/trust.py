"""Which keys a check trusts, and what it compares the log with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seal_audit_check.findings import CheckError
from seal_audit_check.notes import Key, key_of


@dataclass(frozen=True, slots=True)
class Trust:
    """What the reader knows from elsewhere.

    `log_keys` empty means that the log's own word is taken for its keys: the check then shows that
    the log agrees with itself, but not whose it is, and its report says so.
    """

    log_keys: tuple[Key, ...] = ()
    witness_keys: tuple[Key, ...] = ()
    witness_folders: tuple[Path, ...] = ()
    published: Path | None = None
    origin: str | None = None

    @classmethod
    def of(
        cls,
        keys: tuple[str, ...] = (),
        *,
        witness_folders: tuple[Path, ...] = (),
        published: Path | None = None,
        origin: str | None = None,
    ) -> Trust:
        """Make a Trust from keys in text form or files that hold them, a key a line.

        Raises
        ------
        CheckError
            A key is malformed, or a file cannot be read.
        """
        texts: list[str] = []
        for key in keys:
            path = Path(key)
            try:
                texts += path.read_text("utf-8").split("\n") if path.is_file() else [key]
            except (OSError, UnicodeDecodeError) as error:
                message = f"{path} cannot be read as keys: {error}"
                raise CheckError(message) from error
        parsed = [key_of(text) for text in texts if text.strip()]
        return cls(
            tuple(key for key in parsed if not key.is_witness),
            tuple(key for key in parsed if key.is_witness),
            witness_folders,
            published,
            origin,
        )
