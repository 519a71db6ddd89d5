"""Break every write, sync and rename of the audit log once; run with io_faults.so preloaded.

Prints one JSON line: how many calls of each kind were made to fail, and what went wrong then.
"""

from __future__ import annotations

import ctypes
import errno
import json
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from audit_log import Log, event_of  # the tests' folder comes first
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from seal_service.audit import tables
from seal_service.audit.errors import AuditError, LogDamagedError, NotDurableError
from seal_service.audit.publish import PublishedLog
from seal_service.audit.store import append
from seal_service.audit.witness import Witness

WRITE, SYNC, RENAME, TRUNCATE, SHORT = 1, 2, 4, 8, 16
FAULTS = {
    "write": (WRITE, errno.EIO, False),
    "sync": (SYNC, errno.EIO, False),
    "rename": (RENAME, errno.EIO, False),
    "truncate": (TRUNCATE, errno.EIO, False),
    "short write": (SHORT, 0, False),
    "disk full": (WRITE, errno.ENOSPC, True),
}
START, MORE = 250, 12
library = ctypes.CDLL(None)


def work(log: Log, witness: Witness, acknowledged: set[bytes]) -> None:
    """Append, sequence, sign, publish and witness, as far as the disk allows."""
    for number in range(START, START + MORE):
        event = event_of(number)
        try:
            with log.database.write() as connection:
                append(connection, event)
            acknowledged.add(event.event_id)
        except (NotDurableError, SQLAlchemyError):
            pass
        if number % 3 == 0:
            attempt(lambda: log.appender.step(sign=True))
            attempt(lambda: witness.look(PublishedLog(log.published)))


def attempt(act: Callable[[], object]) -> None:
    """Let an act fail in the ways in which it may; damage is not one of them."""
    try:
        act()
    except LogDamagedError:
        raise
    except (AuditError, SQLAlchemyError, OSError):
        pass


def one(template: Path, name: str, nth: int, *, restart: bool) -> tuple[bool, list[str]]:
    """Run the work with the nth call failing; return whether it struck and what was wrong after."""
    kind, error, lasts = FAULTS[name]
    folder = Path(tempfile.mkdtemp(dir=template.parent))
    try:
        shutil.copytree(template, folder, dirs_exist_ok=True)
        log = reopened(folder)
        log.appender.open()
        witness = Witness.open(folder / "witness", log.signer.verifier, "w")
        acknowledged: set[bytes] = set()
        library.fault_arm(kind, ctypes.c_long(nth), error, int(lasts), str(folder).encode())
        try:
            work(log, witness, acknowledged)
        finally:
            struck = library.fault_disarm()
        if restart:
            log.close()
            log = reopened(folder)
            log.appender.open()
        log.add([event_of(START + MORE)])
        cosigned = witness.look(PublishedLog(log.published))
        wrong = [] if cosigned is not None else ["the witness saw nothing new"]
        report = log.check(str(witness.verifier), witness=folder / "witness", published=True)
        wrong += [str(found) for found in report.findings]
        with log.database.read() as connection:
            held = list(connection.scalars(select(tables.event.c.event_id)))
        if not acknowledged <= set(held):
            wrong.append(f"{len(acknowledged - set(held))} acknowledged events are missing")
        if not report.signed_size == report.cosigned_size == len(held):
            wrong.append("not everything is signed")
        log.close()
        return struck > 0, [f"{name} {nth} restart={restart}: {text}" for text in wrong]
    finally:
        shutil.rmtree(folder)


def reopened(folder: Path) -> Log:
    """Open the template's log, with its key, in another folder."""
    log = Log(f"sqlite:///{folder / 'audit.db'}", folder)
    log.signer = log.signer.load(folder / "log.key")
    log.appender = log.new_appender()
    return log


def main() -> None:
    """Break every call once, with the process going on and with one that starts anew."""
    logging.disable(logging.CRITICAL)
    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    base = Path(tempfile.mkdtemp())
    template = base / "template"
    template.mkdir()
    log = Log(f"sqlite:///{template / 'audit.db'}", template)
    log.signer.save(template / "log.key")
    log.add(map(event_of, range(START)))
    Witness.open(template / "witness", log.signer.verifier, "w").look(PublishedLog(log.published))
    log.close()
    broken: dict[str, int] = {}
    wrong: list[str] = []
    for name in FAULTS:
        nth, struck = 1, True
        broken[name] = 0
        while struck:
            struck, found = one(template, name, nth, restart=nth // stride % 2 == 1)
            broken[name] += struck
            wrong += found
            nth += stride
    shutil.rmtree(base)
    print(json.dumps({"broken": broken, "wrong": wrong}))  # read by the test


if __name__ == "__main__":
    main()
