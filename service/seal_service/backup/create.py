"""Make a backup: a folder from which the service can go on, while it runs or not."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from seal_service.adapters.sql.database import SqlDatabase
from seal_service.adapters.sql.migrate import version
from seal_service.audit import hasher_of, profile_of
from seal_service.audit.files import make_folder
from seal_service.audit.store.state import load_settings
from seal_service.backup import manifest, postgres, record
from seal_service.backup.errors import BackupError
from seal_service.config import Settings

RPC, PERMISSION = "system/Backup", "backup.manage"
DATABASE, DUMP = "sealmatch.sqlite", "sealmatch.dump"
PUBLISHED = "audit"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made; `digest` is the hash of its manifest."""

    folder: Path
    digest: str
    files: int


def create(
    settings: Settings, database: SqlDatabase, folder: Path, *, actor: str, with_keys: bool
) -> Backup:
    """Save everything that the service needs to go on.

    The log's public copy comes first, the database after it: in the other order the database may
    be older than its public copy, and a server refuses to start on it.

    Parameters
    ----------
    folder
        New or empty; others cannot read it.
    actor
        A user of the bank with `backup.manage`.
    with_keys
        Save the installation's and the log's secret keys too.

    Raises
    ------
    BackupError
    OSError
        The folder cannot be written.
    """
    record.require(database, actor, PERMISSION, RPC)
    if folder.resolve().is_relative_to(settings.data_dir.resolve()):
        message = f"{folder} is inside the data directory: what it saves must lie elsewhere"
        raise BackupError(message)
    make_folder(folder)
    folder.chmod(0o700)
    if any(folder.iterdir()):
        message = f"{folder} is not empty"
        raise BackupError(message)
    connections = database.connections
    _copy_published(settings.published_log, folder / PUBLISHED)
    _copy_database(connections.url, folder)
    _copy_rest(settings, folder, with_keys=with_keys)
    with connections.read() as connection:
        log = load_settings(connection).origin
    now = datetime.now(UTC).isoformat(timespec="seconds")
    schema = version(connections) or ""
    algorithm = hasher_of(profile_of(settings.crypto.profile)[0]).name
    digest = manifest.write(folder, made_at=now, schema=schema, log=log, algorithm=algorithm)
    done = Backup(folder, digest, len(manifest.read(folder)[0].files))
    after = {"manifest_digest": digest, "files": done.files, "keys": with_keys}
    record.write(database, actor, RPC, name_of(digest), after=after)
    return done


def name_of(digest: str) -> str:
    """Return what the log calls a backup."""
    return f"backups/{digest.partition(':')[2][:16]}"


def _copy_published(source: Path, target: Path) -> None:
    """Copy the checkpoint first: tiles that come later only hold more."""
    files = sorted(path for path in source.rglob("*") if path.is_file())
    for path in sorted(files, key=lambda one: one.name != "checkpoint"):
        if path.name.startswith("."):
            continue  # being written
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, place)
        except FileNotFoundError:  # A partial tile that has made way for a fuller one.
            _copy_fuller(path, source, target)


def _copy_fuller(partial: Path, source: Path, target: Path) -> None:
    full = partial.parent.with_suffix("")  # 017.p/42 is a part of 017
    for path in [full, *(full.with_name(f"{full.name}.p").glob("[0-9]*"))]:
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _copy_database(url: URL, folder: Path) -> None:
    if url.drivername != "sqlite":
        postgres.dump(url, folder / DUMP)
        return
    with (
        closing(sqlite3.connect(str(url.database), timeout=30)) as source,
        closing(sqlite3.connect(folder / DATABASE)) as target,
    ):
        source.backup(target)


def _copy_rest(settings: Settings, folder: Path, *, with_keys: bool) -> None:
    """Copy the keys, wherever they are, and whatever else the data directory holds."""
    keys = {"sealmatch.key": settings.keys, "audit.key": settings.audit_key}
    public = settings.audit_key.with_name(f"{settings.audit_key.name}.pub")
    shutil.copyfile(public, folder / "audit.key.pub")
    if with_keys:
        for name, path in keys.items():
            shutil.copyfile(path, folder / name)
            (folder / name).chmod(0o600)
    saved = {*keys.values(), public, settings.published_log}
    database = Path(make_url(settings.url).database or DATABASE).name  # and -wal, -shm, the lock
    for path in sorted(settings.data_dir.iterdir()):
        if path in saved or path.name.startswith((database, ".")):
            continue
        if path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns(".*"))
        elif path.is_file():
            shutil.copy2(path, folder / path.name)
