"""Write files so that after a crash at any instant each is the old one or the new one, whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Replace one file durably (see `write_all_atomically`)."""
    write_all_atomically({path: data})


def write_all_atomically(files: Mapping[Path, bytes]) -> None:
    """Replace each file durably: write beside it, sync, rename, then sync the folders once.

    Raises
    ------
    OSError
        Some files may be new and the rest old, but none is half of each, and none is certain to
        last: repeat the same call. A file whose sync failed is written anew then, for the kernel
        may have dropped its dirty pages.
    """
    beside = {path: path.with_name(f".{path.name}.new") for path in files}
    try:
        for path, data in files.items():
            make_folder(path.parent)
            handle = os.open(beside[path], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            try:
                _write_whole(handle, data)
                os.fsync(handle)
            finally:
                os.close(handle)
        for path in files:
            beside[path].replace(path)
    except OSError:
        for path in beside.values():
            path.unlink(missing_ok=True)
        raise
    for folder in {path.parent for path in files}:
        sync_folder(folder)


def make_folder(folder: Path) -> None:
    """Create a folder and those above it, each durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and new files in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_whole(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
