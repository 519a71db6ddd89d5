"""Bring a database to a version of the schema, forward or back.

Alembic is imported by whoever migrates: a server that finds its schema starts without it.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect

from seal_service.adapters.sql.engine import Connections

FOLDER = Path(__file__).parent / "migrations"


def newest() -> str:
    """Return the version that this program works with: the last of `versions/mNNNN_….py`."""
    return max(path.name[1:5] for path in (FOLDER / "versions").glob("m[0-9]*.py"))


def version(connections: Connections) -> str | None:
    """Return the version of a database; None for an empty one."""
    with connections.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return None if found is None else str(found)


def migrate(connections: Connections, target: str = "head") -> None:
    """Migrate to a version: `head`, `base`, a version's name or a step such as ``-1``.

    Raises
    ------
    alembic.util.CommandError
        There is no such version.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()  # It needs no file.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connections"] = connections
    backwards = target == "base" or target.startswith("-")
    if not backwards and target != "head" and not target.startswith("+"):
        known = [s.revision for s in ScriptDirectory.from_config(config).walk_revisions()]
        current = version(connections)
        backwards = current in known and target in known and known.index(target) > known.index(
            current
        )  # fmt: skip
    (command.downgrade if backwards else command.upgrade)(config, target)
