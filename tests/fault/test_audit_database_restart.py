"""PostgreSQL restarts under load, as by a crash: the log goes on and loses nothing."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import pytest
from audit_log import Log, event_of
from databases import SCRIPT
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from seal_service.audit import tables
from seal_service.audit.store import append


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_e34_a_database_that_restarts_under_load_loses_nothing(
    cluster: tuple[Path, str], tmp_path: Path
) -> None:
    folder, url = cluster
    log = Log(url, tmp_path)
    log.appender.start()
    acknowledged: set[bytes] = set()
    refused = [0]
    done = threading.Event()

    def client(number: int) -> None:
        while not done.is_set():
            event = event_of(number)
            number += 2
            while True:
                try:
                    with log.database.write() as connection:
                        append(connection, event)
                    acknowledged.add(event.event_id)
                    break
                except DBAPIError:
                    # Sent again with its id, it is in the log once, whatever became of the first.
                    refused[0] += 1
                    time.sleep(0.05)

    threads = [threading.Thread(target=client, args=(start,)) for start in (0, 1)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        time.sleep(1.0)
        subprocess.run([SCRIPT, "restart", folder], check=True, capture_output=True)
    time.sleep(1.0)
    done.set()
    for thread in threads:
        thread.join()
    log.appender.stop(timeout_s=60)
    assert not log.appender.status.stopped
    assert refused[0] > 0, "the restart was not felt"
    with log.database.read() as connection:
        held = [bytes(found) for found in connection.scalars(select(tables.event.c.event_id))]
    assert len(set(held)) == len(held)
    assert acknowledged <= set(held)
    report = log.check(published=True)
    assert report.findings == []
    assert report.signed_size == len(held)
    log.database.close()
