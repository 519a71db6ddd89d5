"""A server that fails inside a login, and whose audit log is found damaged.

The data directory, the format of the log and the password are its arguments; run by test_logs.py.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from service_bank import cheap_hasher

from seal_service import logs
from seal_service.config import load
from seal_service.server import Server
from sealmatch.client import CallError, Client, Retries


def main() -> None:
    """Fail in a login, in a use case and in the appender."""
    folder, log_format, password = sys.argv[1:]
    settings = load(None, data_dir=Path(folder), port=0, log_format=log_format)
    logs.configure(settings)
    hasher = cheap_hasher()
    hasher.matches = fail  # type: ignore[method-assign]
    server = Server(settings, hasher=hasher)
    server.start()
    with Client(f"127.0.0.1:{server.port}", retries=Retries(attempts=1)) as client:
        try:
            client.login("nobody", password)
        except CallError as error:
            assert error.reason == "INTERNAL", error
    try:
        fail(None, password)
    except ZeroDivisionError:
        logging.getLogger("seal_service.audit.store.appender").exception("the log is %s", "damaged")
    server.stop()


def fail(_hash: str | None, password: str) -> bool:
    """Fail with the password among the variables, here and above."""
    return len(password) // 0 > 0


if __name__ == "__main__":
    main()
