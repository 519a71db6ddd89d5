"""Reading image files without being led astray by what a path may name."""

from __future__ import annotations

import stat
from pathlib import Path

from seal_planes import DEFAULT_MAX_BYTES, TooManyBytesError
from seal_service.adapters.matching.errors import (
    FileMissingError,
    FileUnreadableError,
    refusal_of,
)


def read_image(source: bytes | Path, role: str) -> tuple[bytes, str]:
    """Return the bytes of an image and what to call it in messages.

    `source` is the content itself or the path of a regular file; a pipe or device would block or
    never end, so it is refused, and a file beyond the decoder's limit is refused unread.

    Raises
    ------
    FileMissingError, FileUnreadableError, ImageRefusedError
    """
    if isinstance(source, bytes):
        return source, role
    name = f"{role} {source}"
    try:
        facts = source.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise FileUnreadableError(name, "not a regular file")
        if facts.st_size > DEFAULT_MAX_BYTES:
            raise refusal_of(TooManyBytesError(facts.st_size, DEFAULT_MAX_BYTES), name)
        with source.open("rb") as file:
            # One byte more than allowed, in case the file grew: the decoder then refuses it.
            return file.read(DEFAULT_MAX_BYTES + 1), name
    except FileNotFoundError:
        raise FileMissingError(name) from None
    except OSError as error:
        raise FileUnreadableError(name, error.strerror or "cannot be read") from error
    except ValueError as error:  # a null byte or a lone surrogate in the path
        raise FileUnreadableError(name, "not a valid path") from error
