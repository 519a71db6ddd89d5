"""`sealmatch audit …` as an operator uses it; the witness runs in another process."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from audit_log import event_of
from command import PROGRAM, run

from seal_service.audit import tables
from seal_service.audit.store import Transactions, append


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("template")
    done = run("audit", "keygen", "bank.example/audit", "--out", made / "key")
    assert done.returncode == 0
    assert done.stdout == (made / "key.pub").read_text()
    add(made, 0, 20)
    return made


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """Return a folder with a key, a log of 20 events and its public copy."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return tmp_path


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'audit.db'}"


def add(folder: Path, start: int, end: int) -> None:
    database = Transactions(url(folder))
    with database.write() as connection:
        tables.metadata.create_all(connection)
        for number in range(start, end):
            append(connection, event_of(number))
    database.close()
    appended = run(
        "audit",
        "append",
        url(folder),
        "--key",
        folder / "key",
        "--publish",
        folder / "pub",
        "--once",
    )
    assert appended.stdout == f"{end} events, signed to {end}\n", appended.stderr


@contextmanager
def killed(process: subprocess.Popen[str]) -> Iterator[None]:
    """Leave no process behind, whatever a test comes to."""
    try:
        yield
    finally:
        process.kill()


def verify(folder: Path, target: str, *more: str | Path) -> tuple[int, dict[str, object]]:
    done = run("audit", "verify", target, "--key", folder / "key.pub", "--json", *more)
    return done.returncode, json.loads(done.stdout)


def test_a72_verify_says_what_is_wrong_and_where(folder: Path) -> None:
    code, report = verify(folder, url(folder), "--published", folder / "pub")
    assert (code, report["sound"], report["events"]) == (0, True, 20)
    with sqlite3.connect(folder / "audit.db") as connection:
        connection.execute("UPDATE audit_event SET actor = '999999' WHERE seq = 7")
    connection.close()
    code, report = verify(folder, url(folder))
    assert (code, report["sound"]) == (1, False)
    assert report["findings"] == [
        {
            "seq": 7,
            "place": "event",
            "problem": "the entry was changed: it no longer has its leaf hash",
        }
    ]
    plain = run("audit", "verify", url(folder))
    assert plain.returncode == 1
    assert "WRONG   seq 7: event" in plain.stdout
    assert "NOT SOUND: 1 findings" in plain.stdout
    alone = subprocess.run(
        [sys.executable, "-m", "seal_audit_check", url(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert alone.returncode == 1
    assert "seq 7" in alone.stdout


def test_a_witness_in_another_process_follows_the_log_and_stops_at_a_fork(folder: Path) -> None:
    arguments = ["audit", "witness", str(folder / "pub"), "--state", str(folder / "w")]
    arguments += ["--key", str(folder / "key.pub"), "--name", "w.example/1", "--every", "0.1"]
    with (
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as witness,
        killed(witness),
    ):
        assert witness.stdout is not None
        assert witness.stderr is not None
        assert witness.stdout.readline() == "cosigned 20\n"
        add(folder, 20, 300)
        # It may see the state between two batches as well.
        assert "cosigned 300\n" in iter(witness.stdout.readline, "")
        keys = ("--key", folder / "w" / "key.pub", "--witness", folder / "w")
        code, report = verify(folder, str(folder / "pub"), *keys)
        assert (code, report["cosigned_size"]) == (0, 300)
        code, report = verify(folder, url(folder), *keys)
        assert (code, report["cosigned_size"]) == (0, 300)
        # Somebody with the key begins the log anew, longer than it was.
        (folder / "audit.db").rename(folder / "old.db")
        (folder / "pub").rename(folder / "old")
        for name in ("audit.db-wal", "audit.db-shm"):
            (folder / name).unlink(missing_ok=True)
        add(folder, 0, 400)
        deadline = time.monotonic() + 60
        while witness.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert witness.returncode == 1
        # Which of the two it says hangs on when it looks: the new log grows in two batches.
        told = witness.stderr.read()
        assert "does not continue 300" in told or "went back from 300" in told
    code, report = verify(folder, url(folder), *keys)
    assert code == 1
    assert [found["place"] for found in report["findings"]] == ["witness w"]


def test_a_day_is_exported_and_verified_alone(folder: Path) -> None:
    day = datetime.now(UTC).date().isoformat()
    done = run("audit", "export", url(folder), "--day", day, "--zone", "UTC", "--out", folder / "d")
    assert done.stdout == "20 events from seq 0, signed to 20\n", done.stderr
    assert verify(folder, str(folder / "d"))[0] == 0
    again = run("audit", "export", url(folder), "--day", day, "--out", folder / "d")
    assert again.returncode == 1
    assert "is not empty" in again.stderr


def test_prune_asks_for_a_kind_and_six_months(folder: Path) -> None:
    arguments = ["audit", "prune", url(folder), "--actor", "000001"]
    assert run(*arguments, "--kind", "LOGIN", "--keep-days", "400").stdout == (
        "0 payloads of kind LOGIN removed\n"
    )
    assert run(*arguments, "--kind", "LOGIN", "--keep-days", "30").returncode == 1
    assert run(*arguments, "--kind", "MUSIC", "--keep-days", "400").returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "{}/nothing"),
        ("verify", "sqlite:///{}/nothing.db"),
        ("verify", "sqlite:///{}/key"),
        ("verify", "postgresql://nobody@127.0.0.1:1/nothing"),
        ("verify", "{}/pub"),
        ("verify", "sqlite:///{}/audit.db", "--key", "not a key"),
        ("append", "sqlite:///{}/audit.db", "--key", "{}/key.pub", "--once"),
        ("append", "sqlite:///{}/audit.db", "--key", "{}/key", "--profile", "sm", "--once"),
        ("append", "sqlite:///{}/no/where.db", "--key", "{}/key", "--once"),
        ("append", "oracle://x", "--key", "{}/key", "--once"),
        ("append", "sqlite:///{}/audit.db", "--key", "{}/key", "--profile", "rot13"),
        ("witness", "{}/pub", "--state", "{}/w", "--key", "{}/key", "--once"),
        ("witness", "{}/pub", "--state", "{}/key/w", "--key", "{}/key.pub", "--once"),
        ("keygen", "no spaces please", "--out", "{}/k"),
        ("keygen", "log", "--out", "{}/key"),
        ("keygen", "log", "--out", "{}/k", "--profile", "rot13"),
        ("export", "sqlite:///{}/audit.db", "--day", "yesterday", "--out", "{}/d"),
        ("export", "sqlite:///{}/audit.db", "--day", "2026-11-22", "--zone", "X", "--out", "{}/d"),
    ],
)
def test_bad_arguments_are_one_line_and_no_traceback(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    done = run("audit", *(argument.format(folder) for argument in arguments))
    assert done.returncode in {1, 2}
    assert done.stderr.startswith("sealmatch: ")
    assert "internal error" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
