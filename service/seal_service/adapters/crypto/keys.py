"""The installation's own key: one file of 32 random bytes, readable by its owner only.

Page tokens, request hashes and kept answers depend on it (`installation.py`). Several servers on
one database share it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_BYTES = 32


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
