"""Show that a backup can be restored: into an empty place, with the audit log checked there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seal_audit_check import Trust, check
from seal_audit_check.findings import CheckError
from seal_service.adapters.sql.database import SqlDatabase
from seal_service.adapters.sql.engine import Connections
from seal_service.adapters.sql.migrate import version
from seal_service.backup import manifest, postgres, record
from seal_service.backup.create import DATABASE, DUMP, PUBLISHED, name_of
from seal_service.backup.errors import BackupError
from seal_service.config import Settings
from seal_service.domain.reasons import Reason

RPC, PERMISSION = "system/RestoreDrill", "restore.drill"


@dataclass(frozen=True, slots=True)
class Drill:
    """What a drill has shown; the backup is good exactly if `problems` is empty."""

    events: int
    problems: tuple[str, ...]


def drill(settings: Settings, database: SqlDatabase, folder: Path, *, actor: str) -> Drill:
    """Restore a backup into an empty place, check it there, and clear the place away.

    The log is checked with the service's own public key, not with the one in the backup.

    Parameters
    ----------
    folder
        The backup; nothing in it is changed.
    actor
        A user of the bank with `restore.drill`.

    Raises
    ------
    BackupError
        It cannot be tried. What is wrong with a backup that could be read is in the result.
    """
    record.require(database, actor, PERMISSION, RPC)
    found, digest = manifest.read(folder)
    changed = manifest.differences(folder, found)
    done = Drill(0, tuple(f"{path} is not as it was saved" for path in changed))
    if not changed:
        done = _restored(settings, database, folder, found)
    decision = {} if not done.problems else {"decision": Reason.AUDIT_MISMATCH}
    after = {"manifest_digest": digest, "events": done.events, "problems": len(done.problems)}
    record.write(database, actor, RPC, name_of(digest), after=after, **decision)
    return done


def _restored(
    settings: Settings, database: SqlDatabase, folder: Path, found: manifest.Manifest
) -> Drill:
    key = settings.audit_key.with_name(f"{settings.audit_key.name}.pub")
    try:
        with _place(database, folder) as (url, published):
            trust = Trust.of((str(key),), published=published, origin=found.log)
            report = check(url, trust, processes=1)
            problems = [str(one) for one in report.findings]
            connections = Connections(url, pool_size=1)
            try:
                schema = version(connections)
            finally:
                connections.close()
    except CheckError as error:
        return Drill(0, (str(error),))
    if schema != found.schema:
        problems.append(f"the schema is {schema}, not {found.schema}")
    return Drill(report.events, tuple(problems))


@contextmanager
def _place(database: SqlDatabase, folder: Path) -> Iterator[tuple[str, Path]]:
    """Restore the database and the public copy; return where they are."""
    with tempfile.TemporaryDirectory(prefix="sealmatch-drill-") as name:
        place = Path(name)
        shutil.copytree(folder / PUBLISHED, place / PUBLISHED)
        if (folder / DATABASE).is_file():
            shutil.copyfile(folder / DATABASE, place / DATABASE)
            yield f"sqlite:///{place / DATABASE}", place / PUBLISHED
            return
        if database.connections.is_sqlite:
            message = f"{folder} is of a PostgreSQL database: give --database-url of a server"
            raise BackupError(message)
        with postgres.restored(database.connections.url, folder / DUMP) as url:
            yield url.render_as_string(hide_password=False), place / PUBLISHED
