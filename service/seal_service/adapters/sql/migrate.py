"""Bring a database to a version of the schema, forward or back."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from seal_service.adapters.sql.engine import Connections

FOLDER = Path(__file__).parent / "migrations"


def configuration(connections: Connections) -> Config:
    """Return Alembic's configuration, which needs no file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connections"] = connections
    return config


def newest() -> str:
    """Return the version that this program works with."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def version(connections: Connections) -> str | None:
    """Return the version of a database; None for an empty one."""
    with connections.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(connections: Connections, target: str = "head") -> None:
    """Migrate to a version: `head`, `base`, a version's name or a step such as ``-1``.

    Raises
    ------
    alembic.util.CommandError
        There is no such version.
    """
    config = configuration(connections)
    backwards = target == "base" or target.startswith("-")
    if not backwards and target != "head" and not target.startswith("+"):
        known = [s.revision for s in ScriptDirectory.from_config(config).walk_revisions()]
        current = version(connections)
        backwards = current in known and target in known and known.index(target) > known.index(
            current
        )  # fmt: skip
    (command.downgrade if backwards else command.upgrade)(config, target)
