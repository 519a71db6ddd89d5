"""What a backup holds: `backup.json`, written last, with the digest of every other file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from seal_service.audit.files import write_atomically
from seal_service.backup.errors import BackupError

NAME = "backup.json"
FORMAT = "sealmatch backup 1"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was saved: when, of which schema and log, and each file's SHA-256 by its path."""

    made_at: str
    schema: str
    log: str
    files: dict[str, str]
    format: str = FORMAT


def write(folder: Path, *, made_at: str, schema: str, log: str) -> str:
    """Write the manifest of what is in a folder; return its own SHA-256."""
    manifest = Manifest(made_at, schema, log, digests(folder))
    data = json.dumps(asdict(manifest), indent=1, sort_keys=True, ensure_ascii=False).encode()
    write_atomically(folder / NAME, data)
    return hashlib.sha256(data).hexdigest()


def read(folder: Path) -> tuple[Manifest, str]:
    """Return a backup's manifest with its own SHA-256.

    Raises
    ------
    BackupError
        There is none, which means that the backup was not completed, or it cannot be read.
    """
    try:
        data = (folder / NAME).read_bytes()
        manifest = Manifest(**json.loads(data))
    except (OSError, ValueError, TypeError) as error:
        message = f"{folder} holds no complete backup: {NAME} cannot be read"
        raise BackupError(message) from error
    if manifest.format != FORMAT:
        message = f"{folder} is of another format: {manifest.format}"
        raise BackupError(message)
    return manifest, hashlib.sha256(data).hexdigest()


def differences(folder: Path, manifest: Manifest) -> list[str]:
    """Return the paths that are missing, changed, or were added since."""
    found = digests(folder)
    paths = sorted(found.keys() | manifest.files.keys())
    return [path for path in paths if found.get(path) != manifest.files.get(path)]


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by its path there."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / NAME:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[path.relative_to(folder).as_posix()] = digest
    return found
