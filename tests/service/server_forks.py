"""Fork servers from a process that has imported all of it, for who starts hundreds of them.

Reads a data directory, a port and a database from each line of its input, answers with the
server's process id.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from seal_service import logs, server, workers
from seal_service.config import load


def serve(folder: Path, port: int, url: str) -> None:
    """Serve until killed."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    quota = {"per_s": 1e6, "burst": 10**6}
    settings = load(
        None, data_dir=folder, port=port, database_url=url, log_level="error", quota=quota
    )
    logs.configure(settings)
    workers.serve(settings, 0)


def main() -> None:
    """Fork one for each line."""
    assert server.Server  # imported before the first fork, that is the point
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # The kernel buries them.
    for line in sys.stdin:
        folder, port, url = line.rsplit(maxsplit=2)
        child = os.fork()
        if child == 0:
            sys.stdin.close()
            try:
                serve(Path(folder), int(port), url)
            finally:
                os._exit(1)
        print(child, flush=True)  # read by the test


if __name__ == "__main__":
    main()
