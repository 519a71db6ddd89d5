"""Backups and restore drills (E31), on both databases, with the bank running."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from command import run
from service_bank import Bank, running
from sqlalchemy.engine import make_url

from seal_audit_check import Trust, check
from seal_service.adapters.sql.database import SqlDatabase
from seal_service.backup import manifest, postgres
from seal_service.backup.create import create
from seal_service.backup.drill import drill
from seal_service.backup.errors import BackupError


def options(bank: Bank) -> list[str | Path]:
    url = bank.settings.url
    return ["--data-dir", bank.settings.data_dir, "--database-url", url, "--actor", "ops"]


def made(bank: Bank, folder: Path) -> Path:
    bank.sign_in("t11")
    done = run("backup", "create", folder, *options(bank))
    assert done.returncode == 0, done.stderr
    return folder


def databases(bank: Bank) -> set[str]:
    if bank.settings.url.startswith("sqlite"):
        return set()
    return {row.datname for row in bank.rows("pg_database", "datname like 'sealmatch_drill%%'")}


def test_e31_a_backup_is_made_and_its_restore_is_tried(bank: Bank, tmp_path: Path) -> None:
    (bank.settings.data_dir / "audit-exports" / "2026-11-22").mkdir(parents=True)
    (bank.settings.data_dir / "audit-exports" / "2026-11-22" / "events.jsonl").write_text("{}\n")
    folder = made(bank, tmp_path / "saved")
    manifest = json.loads((folder / "backup.json").read_text())
    assert {
        "audit/checkpoint", "audit.key", "audit.key.pub", "sealmatch.key",
        "audit-exports/2026-11-22/events.jsonl",
    } < manifest["files"].keys()  # fmt: skip
    assert folder.stat().st_mode & 0o777 == 0o700
    before = sorted(path for path in folder.rglob("*"))
    done = run("backup", "check", folder, *options(bank))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing wrong" in done.stdout
    # The place of the drill is cleared away, the backup is as it was, and both are in the log.
    assert sorted(path for path in folder.rglob("*")) == before
    assert databases(bank) == set()
    (saved,) = bank.log("system/Backup", "ALLOWED")
    (tried,) = bank.log("system/RestoreDrill", "ALLOWED")
    assert saved.actor == tried.actor == "ops"
    assert saved.target == tried.target
    assert saved.target.startswith("backups/")


def test_e31_a_damaged_backup_is_found(bank: Bank, tmp_path: Path) -> None:
    folder = made(bank, tmp_path / "saved")
    exports = next(folder.glob("sealmatch.*[!y]"))
    data = exports.read_bytes()
    exports.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    done = run("backup", "check", folder, *options(bank))
    assert done.returncode == 1
    assert f"{exports.name} is not as it was saved" in done.stdout
    assert bank.log("system/RestoreDrill", "AUDIT_MISMATCH")


def test_e31_a_backup_whose_log_was_forged_with_its_digests_is_found(
    sqlite_bank: Bank, tmp_path: Path
) -> None:
    folder = made(sqlite_bank, tmp_path / "saved")
    with sqlite3.connect(folder / "sealmatch.sqlite") as forged:
        forged.execute("update audit_event set actor = 'aud' where seq = 3")
    forged.close()
    old, _digest = manifest.read(folder)
    (folder / "backup.json").unlink()
    saved = {"made_at": old.made_at, "schema": old.schema, "log": old.log}
    manifest.write(folder, **saved, algorithm=old.algorithm)
    done = drill(sqlite_bank.settings, database(sqlite_bank), folder, actor="ops")
    assert [problem[:12] for problem in done.problems] == ["seq 3: event"]
    assert sqlite_bank.log("system/RestoreDrill", "AUDIT_MISMATCH")


def test_e31_the_restored_bank_goes_on(sqlite_bank: Bank, tmp_path: Path) -> None:
    folder = made(sqlite_bank, tmp_path / "saved")
    sqlite_bank.sign_in("t12")  # What is done after the backup is lost with the machine.
    with running(folder, f"sqlite:///{folder / 'sealmatch.sqlite'}") as again:
        held, here = again.rows("audit_event"), sqlite_bank.rows("audit_event")
        assert held[:20] == here[:20]
        assert again.sign_in("t11").token
    report = check(str(folder), Trust.of((str(sqlite_bank.settings.audit_key) + ".pub",)))
    assert report.findings == []


def test_e31_only_whose_posts_allow_it(bank: Bank, tmp_path: Path) -> None:
    for actor in ("hq1", "t11", "nobody"):
        with pytest.raises(BackupError, match=r"has no post with backup\.manage"):
            create(bank.settings, database(bank), tmp_path / "x", actor=actor, with_keys=True)
        with pytest.raises(BackupError, match=r"has no post with restore\.drill"):
            drill(bank.settings, database(bank), tmp_path / "x", actor=actor)
    assert len(bank.log("system/Backup", "NO_PERMISSION")) == 3
    assert not (tmp_path / "x").exists()


def test_e31_secret_keys_may_stay_where_they_are(sqlite_bank: Bank, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    create(sqlite_bank.settings, database(sqlite_bank), folder, actor="ops", with_keys=False)
    assert not list(folder.glob("*.key"))
    assert drill(sqlite_bank.settings, database(sqlite_bank), folder, actor="ops").problems == ()


def test_e31_an_unfinished_backup_and_a_wrong_place_are_refused(
    sqlite_bank: Bank, tmp_path: Path
) -> None:
    inside = sqlite_bank.settings.data_dir / "saved"
    done = run("backup", "create", inside, *options(sqlite_bank))
    assert (done.returncode, "inside the data directory" in done.stderr) == (1, True)
    folder = made(sqlite_bank, tmp_path / "saved")
    done = run("backup", "create", folder, *options(sqlite_bank))
    assert (done.returncode, "is not empty" in done.stderr) == (1, True)
    (folder / "backup.json").unlink()
    done = run("backup", "check", folder, *options(sqlite_bank))
    assert (done.returncode, "no complete backup" in done.stderr) == (1, True)


def test_e31_the_servers_tools_are_missed_by_name(
    postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_version_of", lambda _tool: 9)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(BackupError, match=r"pg_dump of PostgreSQL \d+, the server's version"):
        postgres.tool_of(make_url(postgres_server), "pg_dump")


def database(bank: Bank) -> SqlDatabase:
    found = bank.server.pipeline.database
    assert isinstance(found, SqlDatabase)
    return found
