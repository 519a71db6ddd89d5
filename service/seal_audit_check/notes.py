"""Signed notes, checkpoints, cosignatures and keys, from the C2SP documents."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from seal_audit_check.findings import CheckError
from seal_audit_check.tree import HASH_BYTES, SHA256, SM3

_ED25519, _COSIGN = b"\x01", b"\x04"
_SM2, _SM2_COSIGN = b"\xffsealmatch-sm2-sm3/v1", b"\xffsealmatch-sm2-cosignature/v1"


class NoteError(Exception):
    """A note that is malformed, or whose signature does not hold."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key that the reader trusts."""

    name: str
    kind: bytes
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the first four bytes of the key's hash."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    @property
    def is_witness(self) -> bool:
        """Tell whether the key makes cosignatures."""
        return self.kind in {_COSIGN, _SM2_COSIGN}

    @property
    def algorithm(self) -> int:
        """Return the stored id of the signature algorithm: 1 Ed25519, 2 SM2."""
        return 1 if self.kind in {_ED25519, _COSIGN} else 2

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature is this key's."""
        if self.algorithm == 1:
            try:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            except (InvalidSignature, ValueError):
                return False
            return True
        try:
            import gmssl_pyx
        except ImportError as error:
            problem = "the log is signed with SM2; to check it: pip install gmssl-pyx"
            raise CheckError(problem) from error
        try:
            return bool(gmssl_pyx.sm2_verify(self.public, message, signature))
        except (gmssl_pyx.GmsslInnerError, ValueError):
            return False


def key_of(text: str) -> Key:
    """Read `<name>+<id>+<base64>` (CheckError if it is none)."""
    try:
        name, key_id, data = text.strip().split("+", 2)
        raw = base64.b64decode(data, validate=True)
    except ValueError as error:
        message = "a public key has the form <name>+<key id>+<base64>"
        raise CheckError(message) from error
    for kind in (_ED25519, _COSIGN, _SM2, _SM2_COSIGN):
        if raw.startswith(kind):
            key = Key(name, kind, raw[len(kind) :])
            if key.id.hex() == key_id:
                return key
    message = f"the public key of {name} is damaged or of an unknown algorithm"
    raise CheckError(message)


@dataclass(frozen=True, slots=True)
class Signed:
    """A note taken apart, and the checkpoint that its text is."""

    text: str
    lines: tuple[tuple[str, bytes, bytes], ...]
    origin: str
    size: int
    root: bytes
    algorithm: int

    def signer(self, keys: tuple[Key, ...]) -> Key:
        """Return a known key of the log that signed (NoteError if none did)."""
        found = None
        for name, key_id, signature in self.lines:
            for key in keys:
                if not key.is_witness and (key.name, key.id) == (name, key_id):
                    if not key.holds(self.text.encode(), signature):
                        message = f"the signature by {name} does not hold"
                        raise NoteError(message)
                    found = key
        if found is None:
            message = "no known key of the log has signed it"
            raise NoteError(message)
        return found


def _line(line: str) -> tuple[str, bytes, bytes]:
    dash, name, data = line.split(" ")
    raw = base64.b64decode(data, validate=True)
    # Base64 has spare bits: only one of the spellings of a signature is its own.
    is_canonical = base64.b64encode(raw).decode() == data
    if dash != "—" or not name or "+" in name or len(raw) < 5 or not is_canonical:
        raise ValueError
    return name, raw[:4], raw[4:]


def read_note(note: str) -> Signed:
    """Take a checkpoint's note apart, verifying nothing yet (NoteError if it is none)."""
    message = "it is not a signed checkpoint"
    if not isinstance(note, str):
        raise NoteError(message)
    text, blank, lines = note.rpartition("\n\n")
    text += "\n"
    if not blank or not lines.endswith("\n"):
        raise NoteError(message)
    parts = text.split("\n")
    extension = parts[3:-1]
    if len(parts) < 4 or parts[-1] or extension not in ([], ["hash sm3"]):
        raise NoteError(message)
    try:
        signatures = tuple(_line(line) for line in lines[:-1].split("\n"))
        size, root = int(parts[1]), base64.b64decode(parts[2], validate=True)
    except ValueError as error:
        raise NoteError(message) from error
    canonical = str(size) == parts[1] and base64.b64encode(root).decode() == parts[2]
    if not canonical or size < 0 or len(root) != HASH_BYTES or not parts[0]:
        raise NoteError(message)
    return Signed(text, signatures, parts[0], size, root, SM3 if extension else SHA256)


def cosigned_at(line: str, signed: Signed, keys: tuple[Key, ...]) -> int | None:
    """Return when a known witness signed this line, None if it is nobody's we know.

    Raises
    ------
    NoteError
        A known witness's line does not hold, or it is not a line.
    """
    try:
        name, key_id, data = _line(line)
    except (ValueError, TypeError) as error:
        message = "it is not a cosignature"
        raise NoteError(message) from error
    for key in keys:
        if key.is_witness and (key.name, key.id) == (name, key_id):
            at_s = int.from_bytes(data[:8], "big")
            message_bytes = f"cosignature/v1\ntime {at_s}\n{signed.text}".encode()
            if not key.holds(message_bytes, data[8:]):
                message = f"the cosignature by {name} does not hold"
                raise NoteError(message)
            return at_s
    return None
