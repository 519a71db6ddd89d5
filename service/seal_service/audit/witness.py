"""A witness: signs the log's state from outside, and only if it continues what it saw before.

It runs as another process, better on another machine and under another person's control, with its
own key and its own folder. There it remembers the last state that it signed, so that not even the
holder of the log's key can take back or rewrite what was seen. The state is durable before the
signature leaves: a witness that forgot what it had signed could be made to sign a second history.

The folder holds `latest` (the last checkpoint with the log's signature and the witness's), `key`
(the secret, mode 0600) and `key.pub`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from seal_service.audit.errors import InconsistentLogError, InvalidProofError, LogDamagedError
from seal_service.audit.files import make_folder, write_atomically
from seal_service.audit.hashing import Hasher, hasher_of
from seal_service.audit.keys import Role, SignatureId, Signer, Verifier
from seal_service.audit.merkle import verify_consistency
from seal_service.audit.note import Checkpoint, Note, SignatureLine, cosign, open_checkpoint


class WitnessedLog(Protocol):
    """What a witness reads of a log: of its public copy, its database or its server."""

    def note(self) -> str | None:
        """Return the newest checkpoint's note, or None before the first."""
        ...

    def consistency(self, hasher: Hasher, old_size: int, size: int) -> Sequence[bytes]:
        """Return what should prove that the tree of `size` continues the one of `old_size`.

        Raises
        ------
        InvalidProofError, LogDamagedError
            The log has no such proof.
        """
        ...


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A state that the witness has signed; `line` is its signature line."""

    checkpoint: Checkpoint
    line: SignatureLine
    note: Note


class Witness:
    """A witness for one log.

    Parameters
    ----------
    folder
        Its own folder, which only it writes.
    log_key
        The log's public key, brought by a person and not taken from the log.
    """

    def __init__(self, folder: Path, log_key: Verifier, signer: Signer) -> None:
        if signer.verifier.role is not Role.WITNESS:
            message = "a witness signs with a key made for witnesses"
            raise ValueError(message)
        self.folder = folder
        self._log_key = log_key
        self._signer = signer

    @classmethod
    def open(
        cls,
        folder: Path,
        log_key: Verifier,
        name: str,
        algorithm: SignatureId = SignatureId.ED25519,
    ) -> Witness:
        """Open a witness's folder; make it and a new key in it if there is none.

        Raises
        ------
        OSError, MalformedNoteError, AlgorithmUnavailableError
            The folder or the key in it cannot be used.
        """
        make_folder(folder)
        path = folder / "key"
        if not path.exists():
            signer = Signer.generate(name, algorithm, Role.WITNESS)
            # The public half first: a secret that exists is one that others can know of.
            write_atomically(folder / "key.pub", f"{signer.verifier}\n".encode())
            signer.save(path)
        return cls(folder, log_key, Signer.load(path))

    @property
    def verifier(self) -> Verifier:
        """Return the witness's public key."""
        return self._signer.verifier

    def last(self) -> Checkpoint | None:
        """Return the last state that it signed, with the log's signature verified again.

        Raises
        ------
        MalformedNoteError, BadSignatureError
            The witness's own memory is damaged; a person must look before it may sign again.
        """
        try:
            note = (self.folder / "latest").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return open_checkpoint(note, [self._log_key])

    def look(self, log: WitnessedLog) -> Cosigned | None:
        """Sign the log's newest state if it continues the last one; None if there is nothing new.

        Raises
        ------
        InconsistentLogError
            The log went back, or was rewritten: the alarm for which the witness exists.
        MalformedNoteError, BadSignatureError
            The checkpoint is not one, or not the log's.
        OSError
            The state could not be made durable; nothing was signed.
        """
        text = log.note()
        if text is None:
            return None
        last = self.last()
        checkpoint = open_checkpoint(text, [self._log_key], None if last is None else last.origin)
        if last is not None:
            self._compare(last, checkpoint, log)
            if last.size == checkpoint.size:
                return None
        line = cosign(self._signer, checkpoint, int(time.time()))
        parsed = Note.parse(text)
        own = tuple(found for found in parsed.signatures if found.is_by(self._log_key))
        note = Note(parsed.text, (*own, line))
        write_atomically(self.folder / "latest", str(note).encode())
        return Cosigned(checkpoint, line, note)

    @staticmethod
    def _compare(last: Checkpoint, checkpoint: Checkpoint, log: WitnessedLog) -> None:
        if checkpoint.algorithm is not last.algorithm:
            message = "the log has changed its hash algorithm"
            raise InconsistentLogError(message)
        if checkpoint.size < last.size:
            message = f"the log went back from {last.size} events to {checkpoint.size}"
            raise InconsistentLogError(message)
        hasher = hasher_of(checkpoint.algorithm)
        try:
            proof = log.consistency(hasher, last.size, checkpoint.size)
            verify_consistency(
                hasher,
                old_size=last.size,
                size=checkpoint.size,
                old_root=last.root,
                root=checkpoint.root,
                proof=proof,
            )
        except (InvalidProofError, LogDamagedError) as error:
            message = f"the log over {checkpoint.size} does not continue {last.size}: {error}"
            raise InconsistentLogError(message) from error
