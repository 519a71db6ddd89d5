"""`sealmatch backup create` and `sealmatch backup check`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seal_service.cli.failures import CommandError
from seal_service.cli.serving import ConfigOption, DataOption, UrlOption, settings_of

if TYPE_CHECKING:
    from seal_service.adapters.sql.database import SqlDatabase
    from seal_service.config import Settings

backup_app = typer.Typer(
    name="backup", help="Back the service up, and try whether a backup can be restored.",
    no_args_is_help=True, add_completion=False,
)  # fmt: skip
FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The backup's folder.")]
ActorOption = Annotated[
    str, typer.Option("--actor", metavar="USER", help="A user whose posts allow it; it is logged.")
]


@backup_app.command("create")
def create_command(
    folder: FolderArgument,
    actor: ActorOption,
    config: ConfigOption = None,
    data_dir: DataOption = None,
    database_url: UrlOption = None,
    *,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Secret keys are kept elsewhere.")
    ] = False,
) -> None:
    """Save database, audit log, keys and files to a new folder, with the server running or not."""
    from seal_service.backup.create import create

    settings = settings_of(config, data_dir=data_dir, database_url=database_url)
    with _opened(settings) as database:
        done = create(settings, database, folder, actor=actor, with_keys=not without_keys)
    typer.echo(f"{done.files} files; the manifest is {done.digest}")


@backup_app.command("check")
def check_command(
    folder: FolderArgument,
    actor: ActorOption,
    config: ConfigOption = None,
    data_dir: DataOption = None,
    database_url: UrlOption = None,
) -> None:
    """Restore a backup into an empty place and verify the audit log there; change nothing else."""
    from seal_service.backup.drill import drill

    settings = settings_of(config, data_dir=data_dir, database_url=database_url)
    with _opened(settings) as database:
        done = drill(settings, database, folder, actor=actor)
    for problem in done.problems:
        typer.echo(problem)
    if done.problems:
        message = f"the backup cannot be relied on: {len(done.problems)} problems"
        raise CommandError(message)
    typer.echo(f"restored and checked: {done.events} events, nothing wrong")


@contextmanager
def _opened(settings: Settings) -> Iterator[SqlDatabase]:
    """Open the service's database as it is; nothing is made or migrated."""
    from sqlalchemy.exc import SQLAlchemyError

    from seal_service.adapters.sql.database import SqlDatabase
    from seal_service.adapters.sql.engine import Connections
    from seal_service.adapters.sql.migrate import newest, version
    from seal_service.audit import Signer
    from seal_service.audit.errors import AuditError
    from seal_service.audit.store.state import load_settings
    from seal_service.backup.errors import BackupError
    from seal_service.domain.reasons import Refusal

    connections = Connections(settings.url, pool_size=2)
    try:
        if version(connections) != newest():
            message = f"there is no database of this program's schema at {connections.url}"
            raise CommandError(message)
        with connections.read() as connection:
            hasher = load_settings(connection).hasher
        database = SqlDatabase(
            connections, hasher, log_key=Signer.load(settings.audit_key).verifier
        )
        try:
            yield database
        finally:
            database.close()
    except (BackupError, AuditError, OSError) as error:
        raise CommandError(str(error)) from error
    except (Refusal, SQLAlchemyError) as error:
        message = f"the database {connections.url} cannot be used"
        raise CommandError(message) from error
    finally:
        connections.close()
