"""What a backup holds: `backup.json`, written last, with the digest of every other file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes

from seal_service.audit.files import write_atomically
from seal_service.backup.errors import BackupError

NAME = "backup.json"
FORMAT = "sealmatch backup 1"
_ALGORITHMS = {"sha256": hashes.SHA256(), "sm3": hashes.SM3()}
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was saved: when, of which schema and log, and each file's hash by its path.

    `algorithm` is theirs and the manifest's own; manifests without one are of SHA-256 (E29).
    """

    made_at: str
    schema: str
    log: str
    files: dict[str, str]
    algorithm: str = "sha256"
    format: str = FORMAT


def write(folder: Path, *, made_at: str, schema: str, log: str, algorithm: str) -> str:
    """Write the manifest of what is in a folder; return its own hash, such as ``sm3:9f…``."""
    manifest = Manifest(made_at, schema, log, digests(folder, algorithm), algorithm)
    data = json.dumps(asdict(manifest), indent=1, sort_keys=True, ensure_ascii=False).encode()
    write_atomically(folder / NAME, data)
    return _digest(algorithm, [data])


def read(folder: Path) -> tuple[Manifest, str]:
    """Return a backup's manifest with its own hash, such as ``sm3:9f…``.

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
    if str(manifest.algorithm) not in _ALGORITHMS:
        message = f"{folder} is hashed with {manifest.algorithm}, which this version does not know"
        raise BackupError(message)
    return manifest, _digest(manifest.algorithm, [data])


def differences(folder: Path, manifest: Manifest) -> list[str]:
    """Return the paths that are missing, changed, or were added since."""
    found = digests(folder, manifest.algorithm)
    paths = sorted(found.keys() | manifest.files.keys())
    return [path for path in paths if found.get(path) != manifest.files.get(path)]


def digests(folder: Path, algorithm: str) -> dict[str, str]:
    """Return the hash of every file below a folder, hexadecimal, by its path there."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / NAME:
            with path.open("rb") as file:
                digest = _digest(algorithm, iter(lambda: file.read(_CHUNK), b""))
            found[path.relative_to(folder).as_posix()] = digest.partition(":")[2]
    return found


def _digest(algorithm: str, parts: Iterable[bytes]) -> str:
    digest = hashes.Hash(_ALGORITHMS[algorithm])
    for part in parts:
        digest.update(part)
    return f"{algorithm}:{digest.finalize().hex()}"
