"""Signed notes, checkpoints and cosignatures: C2SP signed-note, tlog-checkpoint, tlog-cosignature.

A log whose tree is hashed with SM3 adds the extension line `hash sm3` to its checkpoints; one
hashed with SHA-256 has the plain C2SP form that other people's tools read.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seal_service.audit.errors import BadSignatureError, MalformedNoteError
from seal_service.audit.hashing import HASH_BYTES, HashId, hasher_of
from seal_service.audit.keys import Role, Signer, Verifier

MAX_NOTE_BYTES = 1 << 16
MAX_SIGNATURES = 64
_LINE = re.compile("— ([^ +\n]+) ([A-Za-z0-9+/=]+)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_SM3_LINE = "hash sm3"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature of a note: key name, 4-byte key id, raw signature."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """Return the line as it stands in a note, without its newline."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}"

    @classmethod
    def parse(cls, line: str) -> SignatureLine:
        """Read a line (MalformedNoteError if it is none)."""
        found = _LINE.fullmatch(line)
        try:
            data = base64.b64decode(found[2], validate=True) if found else b""
        except (binascii.Error, ValueError):
            data = b""
        # Base64 has spare bits: only one of the spellings of a signature is taken.
        if found is None or len(data) < 5 or base64.b64encode(data).decode() != found[2]:
            message = "a signature line of a note is malformed"
            raise MalformedNoteError(message)
        return cls(found[1], data[:4], data[4:])

    def is_by(self, verifier: Verifier) -> bool:
        """Tell whether the line claims to be this key's."""
        return self.name == verifier.name and self.key_id == verifier.key_id


@dataclass(frozen=True, slots=True)
class Note:
    """A text, newline at its end included, and its signature lines."""

    text: str
    signatures: tuple[SignatureLine, ...]

    def __str__(self) -> str:
        """Return the note as it is stored."""
        return self.text + "\n" + "".join(f"{line}\n" for line in self.signatures)

    @classmethod
    def parse(cls, note: str) -> Note:
        """Take a note apart, verifying nothing yet.

        Raises
        ------
        MalformedNoteError
            It is not a note, is larger than 64 KiB or bears more than 64 signatures.
        """
        if len(note.encode("utf-8", "replace")) > MAX_NOTE_BYTES:
            message = "the note is too large"
            raise MalformedNoteError(message)
        if any(ord(sign) < 32 and sign != "\n" for sign in note):
            message = "the note holds a control character"
            raise MalformedNoteError(message)
        text, blank, lines = note.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            message = "the note has no signatures after a blank line"
            raise MalformedNoteError(message)
        parsed = tuple(SignatureLine.parse(line) for line in lines[:-1].split("\n"))
        if len(parsed) > MAX_SIGNATURES:
            message = "the note bears too many signatures"
            raise MalformedNoteError(message)
        return cls(text + "\n", parsed)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its name, its size, its root."""

    origin: str
    size: int
    root: bytes
    algorithm: HashId = HashId.SHA256

    def body(self) -> str:
        """Return the text that is signed."""
        root = base64.b64encode(self.root).decode()
        extension = f"{_SM3_LINE}\n" if self.algorithm is HashId.SM3 else ""
        return f"{self.origin}\n{self.size}\n{root}\n{extension}"

    @classmethod
    def parse(cls, body: str) -> Checkpoint:
        """Read the text of a checkpoint; unknown extension lines are refused.

        Raises
        ------
        MalformedNoteError
            It is not the text of a checkpoint of this log's kind.
        """
        message = "the text is not a checkpoint"
        lines = body.split("\n")
        if len(lines) < 4 or lines[-1] or not lines[0] or not _SIZE.fullmatch(lines[1]):
            raise MalformedNoteError(message)
        extensions = lines[3:-1]
        if extensions not in ([], [_SM3_LINE]):
            raise MalformedNoteError(message)
        try:
            root = base64.b64decode(lines[2], validate=True)
        except (binascii.Error, ValueError) as error:
            raise MalformedNoteError(message) from error
        algorithm = HashId.SM3 if extensions else HashId.SHA256
        parsed = cls(lines[0], int(lines[1]), root, algorithm)
        if len(root) != HASH_BYTES or parsed.body() != body:
            raise MalformedNoteError(message)
        if not parsed.size and root != hasher_of(algorithm).empty():
            message = "a checkpoint over no events has a root that is not the empty tree's"
            raise MalformedNoteError(message)
        return parsed

    def sign(self, signer: Signer) -> Note:
        """Return the checkpoint as a note signed by its log."""
        body = self.body()
        signature = signer.sign(body.encode())
        line = SignatureLine(signer.verifier.name, signer.verifier.key_id, signature)
        return Note(body, (line,))


def open_checkpoint(note: str, logs: Iterable[Verifier], origin: str | None = None) -> Checkpoint:
    """Return a checkpoint that a known key of its log has signed.

    Raises
    ------
    MalformedNoteError
        The note is not a checkpoint, or of another log than `origin`.
    BadSignatureError
        No known key signed it, or a known key's signature does not verify.
    """
    parsed = Note.parse(note)
    known = [key for key in logs if key.role is Role.LOG]
    signed = False
    for line in parsed.signatures:
        for key in known:
            if line.is_by(key):
                key.check(parsed.text.encode(), line.signature)
                signed = True
    if not signed:
        message = "the checkpoint is not signed by a known key of the log"
        raise BadSignatureError(message)
    checkpoint = Checkpoint.parse(parsed.text)
    if origin is not None and checkpoint.origin != origin:
        message = f"the checkpoint is of log {checkpoint.origin}, not {origin}"
        raise MalformedNoteError(message)
    return checkpoint


def _cosigned(body: str, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{body}".encode()


def cosign(signer: Signer, checkpoint: Checkpoint, at_s: int) -> SignatureLine:
    """Return a witness's timestamped signature; `at_s` is in seconds since 1970 UTC."""
    signature = signer.sign(_cosigned(checkpoint.body(), at_s))
    verifier = signer.verifier
    return SignatureLine(verifier.name, verifier.key_id, at_s.to_bytes(8, "big") + signature)


def check_cosignature(line: SignatureLine, checkpoint: Checkpoint, keys: Sequence[Verifier]) -> int:
    """Verify a witness's line over a checkpoint and return its time in seconds since 1970 UTC.

    Raises
    ------
    BadSignatureError
        No known witness made it, or it does not verify.
    """
    for key in keys:
        if key.role is Role.WITNESS and line.is_by(key) and len(line.signature) > 8:
            at_s = int.from_bytes(line.signature[:8], "big")
            key.check(_cosigned(checkpoint.body(), at_s), line.signature[8:])
            return at_s
    message = f"the cosignature by {line.name} is by no known witness"
    raise BadSignatureError(message)
