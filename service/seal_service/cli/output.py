"""Files that a command writes: checked before the work begins, complete when they appear.

A file is written beside its place under a name that ends in ``.part`` and takes its place when it
is complete, so nobody ever reads half a result as a whole one. Where the place is not a regular
file (``/dev/stdout``, a pipe), it is written to directly.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from seal_service.cli.failures import CommandError


@dataclass(frozen=True, slots=True)
class Output:
    """An open file, and where its bytes are until it is complete (None: they go out directly)."""

    file: BinaryIO
    part: Path | None


@contextmanager
def output_file(path: Path, *, keep_part: bool = False) -> Iterator[Output]:
    """Open `path` for writing; put the complete file in place when the block ends without error.

    On an error the part is removed, or with `keep_part` left where its name says what it is.

    Raises
    ------
    CommandError
        The place cannot be written to; raised before the block begins where that can be known.
    """
    done = True
    part: Path | None = None
    try:
        target = _checked(path)
        if path.exists() and not path.is_file():  # a link in /proc leads nowhere that has a name
            with path.open("wb") as file:
                yield Output(file, None)
            return
        fresh = target.with_name(f"{target.name}.{os.getpid()}.part")
        with fresh.open("xb") as file:
            part, done = fresh, False
            yield Output(file, part)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        done = True
    except (BrokenPipeError, CommandError):
        raise
    except OSError as error:
        message = f"cannot write {path}: {(error.strerror or 'the system refused').lower()}"
        raise CommandError(message) from error
    finally:
        if part is not None and not done and not keep_part:
            part.unlink(missing_ok=True)


def _checked(path: Path) -> Path:
    """Return where a link leads; refuse what we would have to refuse at the end."""
    try:
        target = path.resolve()
        is_folder, is_locked = path.is_dir(), path.exists() and not os.access(path, os.W_OK)
    except (ValueError, RuntimeError) as error:  # a null byte, or a loop of links
        message = f"cannot write {path!s}: not a valid path"
        raise CommandError(message) from error
    if is_folder:
        message = f"cannot write {path}: it is a folder"
        raise CommandError(message)
    if is_locked:
        message = f"cannot write {path}: the file is write-protected"
        raise CommandError(message)
    return target
