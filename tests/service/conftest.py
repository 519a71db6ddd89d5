"""A founded bank for every test of the service, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import postgres_server
from service_bank import Bank, Template, postgres_template, running, sqlite_template

__all__ = ["postgres_server"]


@pytest.fixture(scope="session")
def founded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Return the bank on SQLite."""
    return sqlite_template(tmp_path_factory.mktemp("founded") / "sqlite")


@pytest.fixture(scope="session")
def founded_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Template:
    """Return the bank on PostgreSQL."""
    return postgres_template(tmp_path_factory.mktemp("founded") / "postgres", postgres_server)


@pytest.fixture(params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest) -> Template:
    """Return the bank on each kind of database."""
    found: Template = request.getfixturevalue(f"founded_{request.param}")
    return found


@pytest.fixture
def bank(template: Template, tmp_path: Path) -> Iterator[Bank]:
    """Return a running copy of the bank, of the test's own."""
    folder, url = template.copy(tmp_path / "data")
    with running(folder, url) as running_bank:
        yield running_bank
    template.drop(url)


@pytest.fixture
def sqlite_bank(founded_sqlite: Template, tmp_path: Path) -> Iterator[Bank]:
    """Return a running copy on SQLite, where the database makes no difference."""
    folder, url = founded_sqlite.copy(tmp_path / "data")
    with running(folder, url) as running_bank:
        yield running_bank


@pytest.fixture
def copied(founded_sqlite: Template, tmp_path: Path) -> tuple[Path, str]:
    """Return data directory and URL of a copy on SQLite, which nobody serves yet."""
    return founded_sqlite.copy(tmp_path / "data")
