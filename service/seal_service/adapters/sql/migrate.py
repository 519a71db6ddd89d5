"""Bring a database to a version of the schema, forward or back.

Alembic is imported by whoever migrates: a server that finds its schema starts without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from seal_service.adapters.sql.engine import Connections

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory

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


class LosesDataError(Exception):
    """Going back would lose records; `lost` says what and how many."""

    def __init__(self, lost: Mapping[str, int]) -> None:
        self.lost = dict(lost)
        listed = ", ".join(f"{count} {what}" for what, count in lost.items())
        super().__init__(f"going back would lose {listed}")


def migrate(connections: Connections, target: str = "head", *, lose_data: bool = False) -> None:
    """Migrate to a version: `head`, `base`, a version's name or a step such as ``-1``.

    Every migration says in `loses` what its way back would lose.

    Raises
    ------
    LosesDataError
        There is something that would be lost, and `lose_data` does not allow it.
    alembic.util.CommandError
        There is no such version.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()  # It needs no file.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connections"] = connections
    undone = _undone(ScriptDirectory.from_config(config), version(connections), target)
    if undone and not lose_data:
        lost = _lost(connections, undone)
        if lost:
            raise LosesDataError(lost)
    backwards = bool(undone) or target == "base" or target.startswith("-")
    (command.downgrade if backwards else command.upgrade)(config, target)


def _undone(scripts: ScriptDirectory, current: str | None, target: str) -> list[Script]:
    """Return the migrations that going to a version would undo, the newest first."""
    walked = list(scripts.walk_revisions())
    known: list[str | None] = [one.revision for one in walked]
    if current not in known:
        return []
    begin = known.index(current)
    if target == "base":
        return walked[begin:]
    if target[:1] == "-" and target[1:].isdigit():
        return walked[begin : begin + int(target[1:])]
    return walked[begin : known.index(target)] if target in known[begin:] else []


def _lost(connections: Connections, undone: Iterable[Script]) -> dict[str, int]:
    lost = {}
    with connections.read() as connection:
        for script in undone:
            for what, query in script.module.loses.items():
                count = connection.exec_driver_sql(query).scalar_one()
                if count:
                    lost[what] = count
    return lost
