"""Load for the kill test: events from eight threads; each acknowledged one is told on stdout."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from audit_log import ORIGIN, event_of  # the tests' folder comes first

from seal_service.audit import Signer
from seal_service.audit.store import Appender, LogSettings, Transactions, append

THREADS = 8


def main() -> None:
    """Run until killed."""
    url, key, published, start = sys.argv[1:]
    database = Transactions(url)
    signer = Signer.load(Path(key))
    appender = Appender(
        database,
        LogSettings(ORIGIN),
        signer,
        publish_to=Path(published),
        batch=64,
        checkpoint_s=0.05,
        poll_s=0.01,
    )
    appender.start()

    def client(number: int) -> None:
        while not appender.status.stopped:
            event = event_of(number)
            with database.write() as connection:
                append(connection, event)
            os.write(1, f"{event.event_id.hex()}\n".encode())
            number += THREADS
        os.write(2, appender.status.stopped.encode())
        os._exit(3)

    for offset in range(THREADS):
        threading.Thread(target=client, args=(int(start) + offset,)).start()


if __name__ == "__main__":
    main()
