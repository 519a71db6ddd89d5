"""PostgreSQL's own tools, of the server's version: pg_dump saves, pg_restore restores."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from seal_service.backup.errors import BackupError

FOLDER_VARIABLE = "SEALMATCH_POSTGRES_BIN"


def dump(url: URL, target: Path) -> None:
    """Save a database to a file, as one consistent view of it."""
    _run(url, "pg_dump", "--format=custom", "--no-owner", f"--file={target}")


@contextmanager
def restored(url: URL, source: Path) -> Iterator[URL]:
    """Restore into a new database beside the one of the URL; it is dropped afterwards.

    Raises
    ------
    BackupError
        The user may not create databases, or the file cannot be restored.
    """
    name = f"sealmatch_drill_{token_hex(6)}"
    identifier = sql.Identifier(name)
    try:
        with _session(url) as session:
            session.execute(sql.SQL("create database {} template template0").format(identifier))
    except psycopg.Error as error:
        message = f"no database can be made for the drill: {_line(error)}"
        raise BackupError(message) from error
    try:
        there = url.set(database=name)
        _run(there, "pg_restore", "--exit-on-error", "--no-owner", str(source))
        yield there
    finally:
        with _session(url) as session:
            session.execute(sql.SQL("drop database {} with (force)").format(identifier))


def tool_of(url: URL, name: str) -> Path:
    """Return a tool of the server's own version.

    Raises
    ------
    BackupError
        There is none.
    """
    try:
        with _session(url) as session:
            wanted = session.info.server_version // 10_000
    except psycopg.Error as error:
        message = f"the database cannot be reached: {_line(error)}"
        raise BackupError(message) from error
    places = [os.environ.get(FOLDER_VARIABLE), f"/usr/lib/postgresql/{wanted}/bin"]
    candidates = [Path(place) / name for place in places if place]
    on_path = shutil.which(name)
    for tool in [*candidates, *([Path(on_path)] if on_path else [])]:
        if tool.is_file() and _version_of(tool) == wanted:
            return tool
    message = (
        f"{name} of PostgreSQL {wanted}, the server's version, is missing: install "
        f"postgresql-client-{wanted}, or name its folder in {FOLDER_VARIABLE}"
    )
    raise BackupError(message)


def _version_of(tool: Path) -> int:
    asked = [str(tool), "--version"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    words = [word.split(".")[0] for word in done.stdout.split()]
    return next((int(word) for word in words if word.isdigit()), 0)


def _run(url: URL, name: str, *arguments: str) -> None:
    # With TLS options and all but the password: a command line can be read by everybody.
    bare = url.set(drivername="postgresql")._replace(
        password=None
    )  # `set` takes None for: as it is
    address = bare.render_as_string()
    given = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(  # noqa: S603  # the tool was looked for above, nothing is a user's
        [tool_of(url, name), f"--dbname={address}", *arguments],
        env={**os.environ, **given}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        message = f"{name} failed: {' '.join(done.stderr.split())[:500]}"
        raise BackupError(message)


@contextmanager
def _session(url: URL) -> Iterator[psycopg.Connection]:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True, connect_timeout=10) as session:
        yield session


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
