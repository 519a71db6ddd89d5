"""A log on each database: what is promised is the same on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from audit_log import Log, a_log


@pytest.fixture
def log(database_url: str, tmp_path: Path) -> Iterator[Log]:
    with a_log(database_url, tmp_path) as made:
        yield made
