"""The installation's own key: page tokens, request hashes and kept answers depend on it.

One file of 32 random bytes, readable by its owner only. Several servers on one database share it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from seal_service.application.ports import Secrets

KEY_BYTES = 32
_NONCE_BYTES = 12


class KeyFileError(Exception):
    """The key file cannot be used; the text says why."""


def load_or_make_key(path: Path) -> bytes:
    """Return the key of a file, which is made where there is none.

    Raises
    ------
    KeyFileError
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_bytes()
        else:
            key = secrets.token_bytes(KEY_BYTES)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o077
    except OSError as error:
        message = f"the key file {path} cannot be used: {error.strerror}"
        raise KeyFileError(message) from error
    if len(key) != KEY_BYTES:
        message = f"the key file {path} does not hold {KEY_BYTES} bytes"
        raise KeyFileError(message)
    if mode:
        message = f"the key file {path} can be read by others; run: chmod 600 {path}"
        raise KeyFileError(message)
    return key


def secrets_of(key: bytes) -> Secrets:
    """Return keyed functions, each under a key of its own derived from the installation's."""
    mac_key, seal_key = (
        HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(key)
        for purpose in (b"sealmatch mac 1", b"sealmatch seal 1")
    )
    cipher = AESGCM(seal_key)

    def mac(data: bytes) -> bytes:
        return hmac.digest(mac_key, data, hashlib.sha256)

    def seal(data: bytes, context: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + cipher.encrypt(nonce, data, context)

    def unseal(data: bytes, context: bytes) -> bytes:
        try:
            return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], context)
        except InvalidTag as error:
            message = "a kept answer was not sealed with this installation's key"
            raise KeyFileError(message) from error

    return Secrets(mac=mac, seal=seal, unseal=unseal)
