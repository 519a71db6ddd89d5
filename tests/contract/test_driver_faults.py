"""What the driver finds wrong on the hot path leaves it as SQLAlchemy's faults."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from seal_service.audit.store import Transactions
from seal_service.audit.store.driver import run


def test_e34_a_connection_found_lost_is_sqlalchemys_fault(postgres_url: str) -> None:
    database = Transactions(postgres_url)
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.close()
        with pytest.raises(OperationalError) as caught:
            run(connection, "SELECT 1")
        connection.invalidate()
    assert caught.value.connection_invalidated
    database.close()
