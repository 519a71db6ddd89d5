"""What is shown to others: proofs, exported days, witnesses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from audit_log import ORIGIN, Log, event_of

from seal_audit_check import Trust, check
from seal_service.audit import (
    Signer,
    Stamp,
)
from seal_service.audit.errors import (
    InconsistentLogError,
    InvalidProofError,
)
from seal_service.audit.merkle import verify_consistency, verify_inclusion
from seal_service.audit.note import open_checkpoint
from seal_service.audit.publish import PublishedLog
from seal_service.audit.store import append
from seal_service.audit.store.export import export_day
from seal_service.audit.store.proofs import prove_consistency, prove_inclusion
from seal_service.audit.store.witnessed import WitnessedDatabase
from seal_service.audit.witness import Witness


def test_proofs_of_inclusion_and_consistency(log: Log) -> None:
    log.add(map(event_of, range(300)))
    log.add(map(event_of, range(300, 700)))
    hasher = log.settings.hasher
    with log.database.read() as connection:
        for seq in (0, 255, 256, 512, 699):
            proof = prove_inclusion(connection, seq)
            checkpoint = open_checkpoint(proof.note, [log.signer.verifier], ORIGIN)
            assert proof.size == checkpoint.size == 700
            verify_inclusion(
                hasher,
                leaf=proof.leaf_hash,
                index=seq,
                size=700,
                proof=proof.hashes,
                root=checkpoint.root,
            )
        older = prove_inclusion(connection, 299, 300)
        old = open_checkpoint(older.note, [log.signer.verifier])
        hashes, note = prove_consistency(connection, 300)
        new = open_checkpoint(note, [log.signer.verifier])
        verify_consistency(
            hasher, old_size=300, size=700, old_root=old.root, root=new.root, proof=hashes
        )
        for call in (
            lambda: prove_inclusion(connection, 700),
            lambda: prove_inclusion(connection, 300, 300),
            lambda: prove_inclusion(connection, 3, 299),
            lambda: prove_consistency(connection, 701),
        ):
            with pytest.raises(InvalidProofError):
                call()


def test_an_exported_day_verifies_alone_and_any_change_is_found(log: Log, tmp_path: Path) -> None:
    stamp = Stamp.now()
    noon = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp() * 1e6)
    with log.database.write() as connection:
        for number in range(400):
            at_us = noon + number * 300_000_000
            append(connection, event_of(number), stamp=replace(stamp, at_us=at_us))
    log.add([])
    day = tmp_path / "day"
    with log.database.read() as connection:
        done = export_day(connection, date(2026, 11, 22), UTC, day)
        with pytest.raises(FileExistsError):
            export_day(connection, date(2026, 11, 22), UTC, day)
        nothing = export_day(connection, date(1999, 1, 1), UTC, tmp_path / "nothing")
    assert (done.first_seq, done.count) == (144, 256 - 0)
    assert nothing.count == 0
    trust = Trust.of((str(log.signer.verifier),), origin=ORIGIN)
    report = check(str(day), trust)
    assert report.findings == []
    assert (report.events, report.signed_size) == (256, 400)
    assert check(str(tmp_path / "nothing"), trust).sound
    lines = (day / "events.jsonl").read_text().splitlines(keepends=True)
    first = json.loads(lines[0])
    assert first["fields"]["organisation"] == event_of(144).organisation
    changed = json.loads(lines[9])
    changed["fields"]["actor"] = "999999"
    relabelled = json.dumps(changed) + "\n"
    for wrong in (
        lines[:-1],
        lines[1:],
        [*lines[:5], lines[6], lines[5], *lines[7:]],
        [*lines, lines[-1]],
        [*lines[:9], relabelled, *lines[10:]],
        [lines[0].replace('"entry":"U', '"entry":"V'), *lines[1:]],
        ["not json\n", *lines[1:]],
    ):
        (day / "events.jsonl").write_text("".join(wrong))
        assert not check(str(day), trust).sound
    (day / "events.jsonl").write_text("".join(lines))
    assert check(str(day), trust).sound
    stranger = Trust.of((str(Signer.generate(ORIGIN).verifier),))
    assert not check(str(day), stranger).sound


def test_a_witness_signs_growth_and_nothing_else(log: Log, tmp_path: Path) -> None:
    witness = Witness.open(tmp_path / "witness", log.signer.verifier, "witness.example/1")
    database = WitnessedDatabase(log.database)
    assert witness.look(database) is None
    log.add(map(event_of, range(300)))
    first = witness.look(database)
    assert first is not None
    database.accept(first)
    database.accept(first)
    assert witness.look(database) is None
    log.add(map(event_of, range(300, 900)))
    again = Witness.open(tmp_path / "witness", log.signer.verifier, "ignored")
    assert again.verifier == witness.verifier
    second = again.look(PublishedLog(log.published))
    assert second is not None
    assert second.checkpoint.size == 900
    database.accept(second)
    report = log.check(str(witness.verifier), witness=tmp_path / "witness")
    assert report.findings == []
    assert report.cosigned_size == 900
    with pytest.raises(ValueError, match="witness"):
        Witness(tmp_path, log.signer.verifier, log.signer)


def test_a_witness_stops_at_a_log_that_went_back_or_was_rewritten(log: Log, tmp_path: Path) -> None:
    log.add(map(event_of, range(300)))
    short = tmp_path / "short"
    PublishedLog(log.published).folder.rename(short)
    log.appender.stop()
    log.appender = log.new_appender()
    log.add(map(event_of, range(300, 600)))
    witness = Witness.open(tmp_path / "witness", log.signer.verifier, "w")
    assert witness.look(PublishedLog(log.published)) is not None
    with pytest.raises(InconsistentLogError, match="went back"):
        witness.look(PublishedLog(short))
    # The holder of the log's key makes another history of the same name, and a longer one.
    for size in (600, 601, 1200):
        other = Log(f"sqlite:///{tmp_path / f'{size}.db'}", tmp_path / f"other{size}")
        other.signer = log.signer
        other.appender = other.new_appender()
        other.add(map(event_of, range(size)))
        with pytest.raises(InconsistentLogError):
            witness.look(PublishedLog(other.published))
        other.close()
    last = witness.last()
    assert last is not None
    assert last.size == 600
