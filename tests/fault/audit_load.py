"""Load for the kill test: events from four threads; each acknowledged one is told on stdout."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from audit_log import ORIGIN, event_of  # the tests' folder comes first

from seal_service.audit import Signer
from seal_service.audit.store import Appender, GroupCommit, LogSettings, open_engine


def main() -> None:
    """Run until killed."""
    url, key, published, start = sys.argv[1:]
    engine = open_engine(url)
    signer = Signer.load(Path(key))
    appender = Appender(
        engine,
        LogSettings(ORIGIN),
        signer,
        publish_to=Path(published),
        batch=64,
        checkpoint_s=0.05,
        poll_s=0.01,
    )
    appender.start()
    group = GroupCommit(engine, committed=appender.wake)

    def client(number: int) -> None:
        while not appender.status.stopped:
            futures = [group.record(event_of(number + 4 * step)) for step in range(16)]
            for future in futures:
                os.write(1, f"{future.result().event_id.hex()}\n".encode())
            number += 4 * len(futures)
        os.write(2, appender.status.stopped.encode())
        os._exit(3)

    for offset in range(4):
        threading.Thread(target=client, args=(int(start) + offset,)).start()


if __name__ == "__main__":
    main()
