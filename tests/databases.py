"""Databases for tests: SQLite in a file, and a real PostgreSQL that the project's script starts.

`SEALMATCH_TEST_POSTGRES` names a server that runs already (`tools/postgres.sh run make test`);
without it one is started for the session. `SEALMATCH_NO_POSTGRES=1` leaves those tests out.
"""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "tools" / "postgres.sh"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Return the URL of a server's maintenance database."""
    if os.environ.get("SEALMATCH_NO_POSTGRES"):
        pytest.skip("SEALMATCH_NO_POSTGRES is set")
    running = os.environ.get("SEALMATCH_TEST_POSTGRES")
    if running:
        yield running
        return
    # Not below pytest's own folders, which the server's user may not enter.
    folder = Path(f"/tmp/sealmatch-postgres.{uuid.uuid4().hex[:12]}")  # noqa: S108
    started = subprocess.run(
        [SCRIPT, "start", folder], capture_output=True, text=True, check=False, timeout=110
    )
    assert started.returncode == 0, started.stderr
    try:
        yield started.stdout.strip()
    finally:
        subprocess.run([SCRIPT, "stop", folder], check=True, timeout=60)


@pytest.fixture
def cluster() -> Iterator[tuple[Path, str]]:
    """Return the folder and URL of a server of the test's own, which it may restart."""
    if os.environ.get("SEALMATCH_NO_POSTGRES"):
        pytest.skip("SEALMATCH_NO_POSTGRES is set")
    folder = Path(f"/tmp/sealmatch-postgres.{uuid.uuid4().hex[:12]}")  # noqa: S108
    done = subprocess.run([SCRIPT, "start", folder], capture_output=True, text=True, check=True)
    yield folder, done.stdout.strip()
    subprocess.run([SCRIPT, "stop", folder], check=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Return the URL of an empty database of the test's own."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    admin = postgres_server.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(admin, autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name}")
    yield postgres_server.rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(admin, autocommit=True) as session:
        session.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database, once for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'audit.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
