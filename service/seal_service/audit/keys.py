"""Keys of the log and of its witnesses: Ed25519 here, SM2 in `sm2.py`, both behind one interface.

Keys have the text forms of C2SP signed-note: `<name>+<key id>+<base64>` for the public half and
`PRIVATE+KEY+<name>+<key id>+<base64>` for the secret one. The key id binds name, algorithm and
public key, so a signature line always says by which algorithm it was made.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from seal_service.audit.errors import BadSignatureError, MalformedNoteError, SigningFailedError
from seal_service.audit.hashing import HashId

ED25519_BYTES = 32
_SM2_LOG = b"\xffsealmatch-sm2-sm3/v1"
_SM2_COSIGN = b"\xffsealmatch-sm2-cosignature/v1"
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")


class SignatureId(IntEnum):
    """Stored id of a signature algorithm."""

    ED25519 = 1
    SM2 = 2


class Role(IntEnum):
    """What a key signs: checkpoints as their log, or cosignatures as a witness."""

    LOG = 0
    WITNESS = 1


_TYPES: dict[tuple[SignatureId, Role], bytes] = {
    (SignatureId.ED25519, Role.LOG): b"\x01",
    (SignatureId.ED25519, Role.WITNESS): b"\x04",
    (SignatureId.SM2, Role.LOG): _SM2_LOG,
    (SignatureId.SM2, Role.WITNESS): _SM2_COSIGN,
}


class Crypto(Protocol):
    """The three things that an algorithm does; public keys and secrets are raw bytes."""

    def sign(self, secret: bytes, message: bytes) -> bytes:
        """Sign a message with the secret."""
        ...

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature is good."""
        ...

    def public_of(self, secret: bytes) -> bytes:
        """Return the public half, or raise ValueError."""
        ...

    def generate(self) -> bytes:
        """Return a new secret."""
        ...


class _Ed25519:
    def sign(self, secret: bytes, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(secret).sign(message)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def public_of(self, secret: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()

    def generate(self) -> bytes:
        return Ed25519PrivateKey.generate().private_bytes_raw()


def _crypto_of(algorithm: SignatureId) -> Crypto:
    if algorithm is SignatureId.ED25519:
        return _Ed25519()
    from seal_service.audit.sm2 import Sm2

    return Sm2()


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a key with its name; its text form is `str(verifier)`."""

    name: str
    algorithm: SignatureId
    role: Role
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes by which signature lines name the key."""
        kind = _TYPES[self.algorithm, self.role]
        return hashlib.sha256(self.name.encode() + b"\n" + kind + self.public).digest()[:4]

    def check(self, message: bytes, signature: bytes) -> None:
        """Verify a raw signature.

        Raises
        ------
        BadSignatureError
            It is not this key's signature of the message.
        AlgorithmUnavailableError
            The algorithm's library is not installed.
        """
        if not _crypto_of(self.algorithm).verify(self.public, message, signature):
            message_ = f"a signature by {self.name} does not verify"
            raise BadSignatureError(message_)

    def __str__(self) -> str:
        """Return the text form."""
        data = base64.b64encode(_TYPES[self.algorithm, self.role] + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{data}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read the text form.

        Raises
        ------
        MalformedNoteError
            It is not one, or its key id does not fit.
        """
        name, key_id, data = _split_key(text.strip())
        for (algorithm, role), kind in _TYPES.items():
            if data.startswith(kind):
                verifier = cls(name, algorithm, role, data[len(kind) :])
                if verifier.key_id.hex() != key_id:
                    message = f"the key id of {name} does not fit its key"
                    raise MalformedNoteError(message)
                return verifier
        message = f"the key of {name} is of an unknown algorithm"
        raise MalformedNoteError(message)


@dataclass(frozen=True, slots=True)
class Signer:
    """A key with its secret; `repr` and `str` never show the secret."""

    verifier: Verifier
    _secret: bytes

    def __repr__(self) -> str:
        """Return the public half only."""
        return f"Signer({self.verifier})"

    def sign(self, message: bytes) -> bytes:
        """Sign, and check the signature before it leaves: a faulty one could betray the secret.

        Raises
        ------
        SigningFailedError
            The fresh signature does not verify.
        AlgorithmUnavailableError
            The algorithm's library is not installed.
        """
        signature = _crypto_of(self.verifier.algorithm).sign(self._secret, message)
        try:
            self.verifier.check(message, signature)
        except BadSignatureError as error:
            message_ = f"the signature just made by {self.verifier.name} does not verify"
            raise SigningFailedError(message_) from error
        return signature

    @classmethod
    def generate(
        cls, name: str, algorithm: SignatureId = SignatureId.ED25519, role: Role = Role.LOG
    ) -> Signer:
        """Make a new key.

        Raises
        ------
        MalformedNoteError
            The name is empty or holds a space, a plus sign or a control character.
        AlgorithmUnavailableError
            The algorithm's library is not installed.
        """
        _check_name(name)
        crypto = _crypto_of(algorithm)
        secret = crypto.generate()
        return cls(Verifier(name, algorithm, role, crypto.public_of(secret)), secret)

    def text(self) -> str:
        """Return the secret text form, for a file that only the service may read."""
        verifier = self.verifier
        data = base64.b64encode(_TYPES[verifier.algorithm, verifier.role] + self._secret).decode()
        return f"PRIVATE+KEY+{verifier.name}+{verifier.key_id.hex()}+{data}"

    @classmethod
    def parse(cls, text: str) -> Signer:
        """Read the secret text form.

        Raises
        ------
        MalformedNoteError
            It is not one, or its key id does not fit.
        AlgorithmUnavailableError
            The algorithm's library is not installed.
        """
        prefix = "PRIVATE+KEY+"
        if not text.startswith(prefix):
            message = "not a private key of the audit log"
            raise MalformedNoteError(message)
        name, key_id, data = _split_key(text[len(prefix) :].strip())
        for (algorithm, role), kind in _TYPES.items():
            if data.startswith(kind):
                secret = data[len(kind) :]
                try:
                    public = _crypto_of(algorithm).public_of(secret)
                except ValueError as error:
                    message = f"the private key of {name} is malformed"
                    raise MalformedNoteError(message) from error
                signer = cls(Verifier(name, algorithm, role, public), secret)
                if signer.verifier.key_id.hex() != key_id:
                    message = f"the key id of {name} does not fit its key"
                    raise MalformedNoteError(message)
                return signer
        message = f"the private key of {name} is of an unknown algorithm"
        raise MalformedNoteError(message)

    def save(self, path: Path) -> None:
        """Write the secret to a new file with mode 0600, durably.

        Raises
        ------
        FileExistsError
            There is a file already; a key is never overwritten.
        """
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(self.text() + "\n")
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def load(cls, path: Path) -> Signer:
        """Read a secret from its file (errors as for `parse`)."""
        return cls.parse(path.read_text(encoding="utf-8"))


def profile_of(profile: str) -> tuple[HashId, SignatureId]:
    """Return hash and signature of `crypto.profile`: "international" or "sm".

    Raises
    ------
    ValueError
        There is no such profile.
    """
    if profile == "international":
        return HashId.SHA256, SignatureId.ED25519
    if profile == "sm":
        return HashId.SM3, SignatureId.SM2
    message = f"crypto profile {profile!r} is not one of: international, sm"
    raise ValueError(message)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        message = f"{name!r} cannot be a key's name: it needs 1 to 200 characters, no space, no +"
        raise MalformedNoteError(message)


def _split_key(text: str) -> tuple[str, str, bytes]:
    # Base64 may hold plus signs: only the first two separate.
    parts = text.split("+", 2)
    if len(parts) != 3:
        message = "a key has the form <name>+<key id>+<base64>"
        raise MalformedNoteError(message)
    _check_name(parts[0])
    try:
        return parts[0], parts[1], base64.b64decode(parts[2], validate=True)
    except (binascii.Error, ValueError) as error:
        message = f"the key of {parts[0]} is not base64"
        raise MalformedNoteError(message) from error
