"""`sealmatch serve`, `migrate` and `config check`."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seal_service.cli.failures import BadArgumentError, CommandError

if TYPE_CHECKING:
    from seal_service.config import Settings

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="PATH", help="TOML file; SEALMATCH_… variables win over it."),
]
DataOption = Annotated[
    Path | None,
    typer.Option("--data-dir", metavar="DIR", help="Where the database and keys are; made."),
]
UrlOption = Annotated[
    str | None,
    typer.Option("--database-url", metavar="URL", help="sqlite:///… or postgresql+psycopg://…"),
]

config_app = typer.Typer(help="Look at the service's configuration.", no_args_is_help=True)


def serve_command(  # noqa: PLR0917  # typer reads the arguments by name
    config: ConfigOption = None,
    data_dir: DataOption = None,
    database_url: UrlOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 for any free one.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes on the one port.")] = None,
) -> None:
    """Serve the bank's gRPC services until SIGTERM, then drain."""
    from seal_service import logs
    from seal_service import workers as processes
    from seal_service.adapters.crypto.keys import KeyFileError
    from seal_service.opening import StartError

    settings = settings_of(
        config,
        data_dir=data_dir,
        database_url=database_url,
        host=host,
        port=port,
        workers=workers,
    )
    logs.configure(settings)
    try:
        processes.run(settings)
    except (StartError, KeyFileError) as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(_file_trouble(error)) from error


def _file_trouble(error: OSError) -> str:
    return f"{error.filename or 'a file'}: {(error.strerror or 'cannot be used').lower()}"


def migrate_command(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    database_url: UrlOption = None,
    to: Annotated[
        str, typer.Option(help="head, base, a version, or a step such as -1 or +1.")
    ] = "head",
    *,
    lose_data: Annotated[
        bool, typer.Option("--lose-data", help="Go back although records would be lost.")
    ] = False,
) -> None:
    """Bring the database's schema to a version, forward or back."""
    from alembic.util import CommandError as AlembicError

    from seal_service.adapters.sql.engine import Connections
    from seal_service.adapters.sql.migrate import LosesDataError, migrate, version
    from seal_service.domain.reasons import Refusal
    from seal_service.opening import unusable

    settings = settings_of(config, data_dir=data_dir, database_url=database_url)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CommandError(_file_trouble(error)) from error
    connections = Connections(settings.url)
    try:
        before = version(connections)
        migrate(connections, to, lose_data=lose_data)
        after = version(connections)
    except LosesDataError as error:
        message = f"{error}: make a backup, then repeat with --lose-data"
        raise CommandError(message) from error
    except AlembicError as error:
        raise BadArgumentError(str(error)) from error
    except Refusal as error:
        raise CommandError(unusable(connections, error)) from error
    finally:
        connections.close()
    typer.echo(f"{before or 'empty'} → {after or 'empty'}")


@config_app.command("check")
def config_check_command(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    database_url: UrlOption = None,
    *,
    database: Annotated[
        bool, typer.Option("--database", help="Look at the database and its schema as well.")
    ] = False,
) -> None:
    """Check the configuration and its files; print what is in force, secrets masked."""
    from seal_service import config_files

    settings = settings_of(config, data_dir=data_dir, database_url=database_url)
    problems = config_files.problems(settings)
    if problems:
        raise BadArgumentError("; ".join(problems))
    for line in config_files.warnings(settings):
        typer.echo(line, err=True)
    if database:
        _check_database(settings)
    typer.echo(json.dumps(settings.model_dump(mode="json"), indent=2, ensure_ascii=False))


def _check_database(settings: Settings) -> None:
    """Say whether a server would find its database as it needs it; change nothing."""
    from seal_service.adapters.sql.engine import Connections
    from seal_service.adapters.sql.migrate import newest, version
    from seal_service.domain.reasons import Refusal
    from seal_service.opening import unusable

    connections = Connections(settings.url)
    try:
        found = version(connections)
    except Refusal as error:
        raise CommandError(unusable(connections, error)) from error
    finally:
        connections.close()
    if found not in {None, newest()}:
        message = f"the database has schema {found}, this program needs {newest()}"
        raise CommandError(message)


def settings_of(config: Path | None, **options: Any) -> Settings:
    """Read the configuration; what is wrong with it is told in one line."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from seal_service.config import load

    try:
        return load(config, **options)
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in one['loc']) or 'configuration'}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)
        ]
        raise BadArgumentError("; ".join(lines)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, SettingsError) as error:
        message = f"the configuration cannot be read: {error}"
        raise BadArgumentError(message) from error
    except OSError as error:
        message = f"{config}: {(error.strerror or 'cannot be read').lower()}"
        raise BadArgumentError(message) from error
