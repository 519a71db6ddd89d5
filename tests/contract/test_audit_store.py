"""What the audit log promises on every database: the same suite on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from audit_log import ORIGIN, Log, a_log, event_of
from sqlalchemy import Connection, delete, func, select, text, update
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.exc import DBAPIError

from seal_audit_check import Trust, check
from seal_service.audit import (
    AuditKind,
    Event,
    HashId,
    Role,
    SignatureId,
    Signer,
    Stamp,
    encode,
    hasher_of,
    tables,
)
from seal_service.audit.errors import (
    AppenderBusyError,
    InconsistentLogError,
    InvalidEventError,
    InvalidProofError,
    LogDamagedError,
    LogRolledBackError,
    NotDurableError,
    ProfileMismatchError,
    RetentionError,
)
from seal_service.audit.merkle import verify_consistency, verify_inclusion
from seal_service.audit.note import open_checkpoint
from seal_service.audit.publish import PublishedLog
from seal_service.audit.search import Filter, Order
from seal_service.audit.store import Appender, LogSettings, Recorder, append
from seal_service.audit.store.export import export_day
from seal_service.audit.store.proofs import prove_consistency, prove_inclusion
from seal_service.audit.store.query import find
from seal_service.audit.store.retention import prune
from seal_service.audit.store.sequencer import waiting_count
from seal_service.audit.store.witnessed import WitnessedDatabase
from seal_service.audit.witness import Witness


@pytest.fixture
def log(database_url: str, tmp_path: Path) -> Iterator[Log]:
    with a_log(database_url, tmp_path) as made:
        yield made


def count(log: Log, name: str) -> int:
    with log.database.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() or 0)  # noqa: S608


def test_a72_an_event_shares_the_fate_of_its_transaction(log: Log) -> None:
    log.add([event_of(0)])

    def act(number: int, then: Event) -> None:
        with log.database.write() as connection:
            append(connection, event_of(number))
            append(connection, then)

    with pytest.raises(InvalidEventError):
        act(1, replace(event_of(2), actor=""))
    with pytest.raises(AttributeError):
        act(1, None)  # type: ignore[arg-type]
    log.add([event_of(4)])
    with log.database.read() as connection:
        found = find(connection, Filter(), order=Order.OLDEST_FIRST).events
    assert [event.entry.target for event in found] == ["cards/0", "cards/4"]
    assert log.check(published=True).sound


def test_entries_come_back_as_they_were_written(log: Log) -> None:
    events = [event_of(number) for number in range(60)]
    with log.database.write() as connection:
        entries = [append(connection, event) for event in events]
    log.add([])
    with log.database.read() as connection:
        page = find(connection, Filter(), order=Order.OLDEST_FIRST)
    assert [found.entry for found in page.events] == entries
    assert [found.payload for found in page.events] == [event.payload for event in events]
    hasher = log.settings.hasher
    assert [found.leaf_hash for found in page.events] == [hasher.leaf(encode(e)) for e in entries]
    assert page.next is None


@pytest.mark.parametrize("hash_id", [HashId.SHA256, HashId.SM3])
@pytest.mark.parametrize("signature", SignatureId)
def test_e29_the_log_works_and_verifies_with_every_algorithm(
    tmp_path: Path, hash_id: HashId, signature: SignatureId
) -> None:
    url = f"sqlite:///{tmp_path / 'audit.db'}"
    with a_log(url, tmp_path, 600, algorithm=hash_id, signature=signature) as log:
        witness = Witness.open(tmp_path / "w", log.signer.verifier, "w", signature)
        database = WitnessedDatabase(log.database)
        cosigned = witness.look(database)
        assert cosigned is not None
        database.accept(cosigned)
        report = log.check(str(witness.verifier), witness=tmp_path / "w", published=True)
        assert report.findings == []
        assert (report.events, report.signed_size, report.cosigned_size) == (600, 600, 600)
        with log.database.read() as connection:
            algorithms = connection.execute(
                select(tables.event.c.leaf_alg, tables.event.c.payload_alg).distinct()
            ).all()
            signatures = connection.scalars(select(tables.checkpoint.c.signature_alg)).all()
        assert set(algorithms) == {(int(hash_id), int(hash_id)), (int(hash_id), 0)}
        assert set(signatures) == {int(signature)}


def test_a_log_does_not_change_its_profile(log: Log) -> None:
    log.add([event_of(0)])
    log.appender.stop()
    for settings in (LogSettings(ORIGIN, HashId.SM3), LogSettings("another/log")):
        with pytest.raises(ProfileMismatchError):
            Appender(log.database, settings, log.signer).open()


def test_a_log_may_change_its_key_and_old_signatures_still_count(log: Log) -> None:
    log.add(map(event_of, range(10)))
    old = log.signer
    log.appender.stop()
    log.signer = Signer.generate(ORIGIN, SignatureId.SM2)
    log.appender = Appender(log.database, log.settings, log.signer)
    log.add(map(event_of, range(10, 20)))
    assert log.check(str(old.verifier)).sound
    assert not log.check().sound
    assert check(log.url, processes=1).sound


def test_the_sequence_does_not_depend_on_the_clock(log: Log) -> None:
    boot = Stamp.now().boot_id
    times = [5_000_000_000, 9_000_000_000, 2_000_000_000, 2_000_000_001]
    with log.database.write() as connection:
        for number, at_us in enumerate(times):
            append(connection, event_of(number), stamp=Stamp(at_us, 1000 + number, boot))
    log.add([])
    with log.database.read() as connection:
        found = find(connection, Filter(), order=Order.OLDEST_FIRST).events
    assert [event.seq for event in found] == [0, 1, 2, 3]
    assert [event.entry.at_us for event in found] == times
    assert [event.entry.monotonic_ns for event in found] == [1000, 1001, 1002, 1003]
    report = log.check()
    assert report.sound
    assert report.remarks == ["seq 2: the wall clock is behind that of the event before"]


def test_an_event_that_is_sent_again_is_logged_once(log: Log) -> None:
    events = [event_of(number) for number in range(5)]
    log.add(events)
    log.add([events[2], event_of(7), events[4], events[4]])
    assert count(log, "audit_event") == 6
    assert count(log, "audit_outbox") == 0
    assert log.appender.status.repeated == 3
    assert log.check().sound


def test_there_is_one_appender_and_another_takes_over(log: Log) -> None:
    log.appender.open()
    second = log.new_appender()
    with pytest.raises(AppenderBusyError):
        second.open()
    second.start()
    time.sleep(0.3)
    assert not second.status.leading
    log.appender.stop()
    with log.database.write() as connection:
        append(connection, event_of(0))
    deadline = time.monotonic() + 20
    while second.status.published_size < 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    second.stop()
    assert second.status.published_size == 1
    assert log.check(published=True).sound


def test_two_appenders_without_a_lock_cannot_give_one_number_twice(log: Log) -> None:
    log.add(map(event_of, range(3)))
    rogue = log.new_appender()
    rogue._lock = type("NoLock", (), {"hold": lambda _: None, "release": lambda _: None})()
    rogue.open()
    with log.database.write() as connection:
        append(connection, event_of(3))
    rogue.drain()
    with log.database.write() as connection:
        append(connection, event_of(4))
    with pytest.raises(AppenderBusyError, match="another appender"):
        log.appender.step(sign=True)
    log.appender.drain()
    assert count(log, "audit_event") == 5
    assert log.check().sound


def test_the_appender_signs_within_a_second_and_after_a_thousand(log: Log) -> None:
    log.appender = Appender(log.database, log.settings, log.signer, batch=250, checkpoint_s=0.2)
    log.appender.open()
    with log.database.write() as connection:
        append(connection, event_of(0))
    assert log.appender.step().note is None
    time.sleep(0.25)
    assert log.appender.step().note is not None
    log.appender.stop()
    log.appender = Appender(log.database, log.settings, log.signer, batch=250, checkpoint_s=3600)
    log.appender.open()
    with log.database.write() as connection:
        for number in range(1, 1500):
            append(connection, event_of(number))
    signed = [log.appender.step().note is not None for _ in range(6)]
    assert signed == [False, False, False, True, False, False]
    assert log.check().sound


def test_writers_go_on_after_the_commit(log: Log) -> None:
    log.appender.start()
    seen = []

    def client(start: int) -> None:
        for number in range(start, 200, 8):
            event = event_of(number)
            with log.database.write() as connection:
                append(connection, event)
            # It moves from one to the other in one transaction: look first where it comes from.
            with log.database.read() as connection:
                held = [
                    connection.execute(
                        select(func.count()).where(table.c.event_id == event.event_id)
                    ).scalar_one()
                    for table in (tables.outbox, tables.event)
                ]
            seen.append((event.event_id, sum(held)))

    at_once([lambda start=start: client(start) for start in range(8)])
    log.appender.stop()
    assert len({event_id for event_id, _ in seen}) == 200
    assert all(held == 1 for _, held in seen)
    assert count(log, "audit_event") == 200
    assert log.check().sound


def at_once(tasks: list[Callable[[], object]]) -> list[BaseException | None]:
    """Run each task in a thread of its own; return what they raised."""
    outcomes: list[BaseException | None] = [None] * len(tasks)

    def run(number: int) -> None:
        try:
            tasks[number]()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def one_group(log: Log, work: list[Callable[[Connection], object]]) -> list[BaseException | None]:
    """Have several write at once; on SQLite all of them come while the first has its turn."""
    turns = log.database
    came = threading.Event()

    def first() -> None:
        with turns.write() as connection:
            came.set()
            wait_until(lambda: not turns.is_sqlite or turns._waiting == len(work) - 1)
            work[0](connection)

    def other(number: int) -> None:
        came.wait()
        with turns.write() as connection:
            work[number](connection)

    others = [lambda number=number: other(number) for number in range(1, len(work))]
    return at_once([first, *others])


def statements(log: Log) -> list[str]:
    """Return a list that fills with what is sent to the database, without its values."""
    sent: list[str] = []

    def note(_c: object, _d: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sqlalchemy_event.listen(log.database.engine, "before_cursor_execute", note)
    return sent


def test_writers_share_a_commit_and_fail_alone(log: Log) -> None:
    with log.database.write() as connection:
        connection.execute(text("CREATE TABLE work (id INTEGER PRIMARY KEY)"))
    sent = statements(log)

    def insert(number: int) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            connection.execute(text("INSERT INTO work VALUES (:id)"), {"id": number})
            append(connection, event_of(number))

        return work

    outcomes = one_group(log, [insert(number) for number in (1, 2, 2, 3)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "IntegrityError", "NoneType", "NoneType", "NoneType",
    ]  # fmt: skip
    if log.database.is_sqlite:
        assert sent.count("COMMIT") == 1
    assert count(log, "work") == 3
    log.add([])
    assert count(log, "audit_event") == 3


def test_a72_queries_by_kind_person_organisation_account_and_time(log: Log) -> None:
    start = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    stamp = Stamp.now()
    events = [event_of(number) for number in range(200)]
    with log.database.write() as connection:
        for number, event in enumerate(events):
            at = start + timedelta(seconds=number)
            at_us = int(at.timestamp()) * 1_000_000
            append(connection, event, stamp=replace(stamp, at_us=at_us))
    log.add([])

    def targets(wanted: Filter) -> set[str]:
        with log.database.read() as connection:
            return {found.entry.target for found in find(connection, wanted, limit=1000).events}

    def expected(test: object) -> set[str]:
        return {event.target for number, event in enumerate(events) if test(number, event)}

    someone, somewhere = events[5].actor, events[9]
    for wanted, test in (
        (Filter(), lambda *_: True),
        (
            Filter(kinds=[AuditKind.LOGIN, AuditKind.ACCOUNT]),
            lambda _, e: e.kind in {AuditKind.LOGIN, AuditKind.ACCOUNT},
        ),
        (Filter(actor=someone), lambda _, e: e.actor == someone),
        (
            Filter(organisations={somewhere.organisation}),
            lambda _, e: e.organisation == somewhere.organisation,
        ),
        (Filter(organisations=set()), lambda *_: False),
        (Filter(account=somewhere.account), lambda _, e: e.account == somewhere.account),
        (Filter(decision=events[1].decision), lambda _, e: e.decision is events[1].decision),
        (Filter(action=events[1].action), lambda _, e: e.action == events[1].action),
        (
            Filter(since=start + timedelta(seconds=50), before=start + timedelta(seconds=70)),
            lambda n, _: 50 <= n < 70,
        ),
        (
            Filter(kinds=[AuditKind.LOGIN], actor=someone, since=start + timedelta(seconds=30)),
            lambda n, e: n >= 30 and e.kind is AuditKind.LOGIN and e.actor == someone,
        ),
    ):
        assert targets(wanted) == expected(test), wanted
    with log.database.read() as connection:
        with pytest.raises(ValueError, match="zone"):
            find(connection, Filter(since=datetime(2026, 1, 1)))  # noqa: DTZ001
        for limit in (0, 1001):
            with pytest.raises(ValueError, match="page"):
                find(connection, Filter(), limit=limit)


@pytest.mark.parametrize("order", Order)
def test_pages_neither_repeat_nor_skip_while_the_log_grows(log: Log, order: Order) -> None:
    log.add(map(event_of, range(95)))
    wanted = Filter(kinds=[AuditKind.BUSINESS, AuditKind.DOCUMENT])
    seen, after, number = [], None, 95
    while True:
        with log.database.read() as connection:
            page = find(connection, wanted, limit=7, order=order, after=after)
        seen += [found.seq for found in page.events]
        if page.next is None:
            break
        after = page.next
        log.add(map(event_of, range(number, number + 5)))
        number += 5
    right = [number for number in range(95) if number % 5 in {1, 2}]
    assert seen == (right if order is Order.OLDEST_FIRST else right[::-1])


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


def test_e34_retention_removes_payloads_and_keeps_the_proof(log: Log) -> None:
    now = datetime.now(UTC)
    old = replace(Stamp.now(), at_us=int((now - timedelta(days=400)).timestamp() * 1e6))
    with log.database.write() as connection:
        for number in range(100):
            append(connection, event_of(number), stamp=old if number < 60 else None)
    log.add([])
    login = [n for n in range(60) if n % 5 == 3 and event_of(n).payload is not None]
    done = []
    for _ in range(4):
        with log.database.write() as connection:
            done.append(
                prune(
                    connection, AuditKind.LOGIN, keep=timedelta(days=200), actor="000001", limit=4
                )
            )
        assert log.check().sound, "between the removal and its number"
        log.add([])
    counts = [found.count for found in done if found is not None]
    assert counts == [4, 4, len(login) - 8]
    assert done[-1] is None
    report = log.check(published=True)
    assert report.sound
    assert report.pruned == len(login)
    with log.database.read() as connection:
        page = find(connection, Filter(kinds=[AuditKind.LOGIN]), order=Order.OLDEST_FIRST)
        gone = [found.seq for found in page.events if found.payload is None and found.seq < 60]
        assert [seq for seq in gone if event_of(seq).payload is not None] == login
        events = find(connection, Filter(action="audit.prune"), order=Order.OLDEST_FIRST).events
        assert [json.loads(e.payload or b"")["count"] for e in events] == counts
        proof = prove_inclusion(connection, login[0])
    verify_inclusion(
        log.settings.hasher,
        leaf=proof.leaf_hash,
        index=login[0],
        size=proof.size,
        proof=proof.hashes,
        root=open_checkpoint(proof.note, [log.signer.verifier]).root,
    )


def test_e34_a_payload_that_no_prune_accounts_for_is_missed(log: Log) -> None:
    now = datetime.now(UTC)
    old = replace(Stamp.now(), at_us=int((now - timedelta(days=400)).timestamp() * 1e6))
    with log.database.write() as connection:
        for number in range(50):
            append(connection, event_of(number), stamp=old if number < 40 else None)
    log.add([])
    with log.database.write() as connection:
        prune(connection, AuditKind.LOGIN, keep=timedelta(days=200), actor="000001")
    log.add([])
    assert log.check().sound
    # Another kind inside the range, the same kind too young, and the prune's own record.
    for seq in (6, 43, 50):
        with log.database.write() as connection:
            kept = connection.execute(
                select(tables.payload).where(tables.payload.c.seq == seq)
            ).one()
            connection.execute(delete(tables.payload).where(tables.payload.c.seq == seq))
        findings = log.check().findings
        assert seq in {found.seq for found in findings if "no prune" in found.problem}
        with log.database.write() as connection:
            connection.execute(tables.payload.insert(), kept._asdict())


def test_nothing_younger_than_six_months_is_pruned(log: Log) -> None:
    with log.database.write() as connection, pytest.raises(RetentionError):
        prune(connection, AuditKind.LOGIN, keep=timedelta(days=182), actor="000001")


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


def test_a_database_older_than_its_published_copy_is_not_appended_to(log: Log) -> None:
    log.add(map(event_of, range(50)))
    log.appender.stop()
    with log.database.write() as connection:
        for table in (tables.event, tables.payload, tables.tile, tables.checkpoint):
            connection.execute(delete(table))
    fresh = log.new_appender()
    with pytest.raises(LogRolledBackError) as caught:
        fresh.open()
    assert (caught.value.stored_size, caught.value.published_size) == (0, 50)
    fresh.start()
    deadline = time.monotonic() + 10
    while not fresh.status.stopped and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "restore" in fresh.status.stopped
    fresh.stop()


def test_the_appender_refuses_damaged_tiles_and_waiting_events(log: Log) -> None:
    log.add(map(event_of, range(300)))
    log.appender.stop()
    with log.database.write() as connection:
        connection.execute(
            update(tables.tile).where(tables.tile.c.level == 0).values(hashes=bytes(32 * 256))
        )
    with pytest.raises(LogDamagedError):
        log.new_appender().open()


def test_a_waiting_event_that_is_none_stops_the_appender(log: Log) -> None:
    log.appender.open()
    with log.database.write() as connection:
        append(connection, event_of(1))
        connection.execute(update(tables.outbox).values(kind=9))
    with pytest.raises(LogDamagedError, match="waiting event"):
        log.appender.step()
    with log.database.read() as connection:
        assert waiting_count(connection) == 1


def test_keys_of_the_wrong_role_do_not_verify_a_log(log: Log) -> None:
    log.add([event_of(0)])
    stranger = Signer.generate(ORIGIN, role=Role.WITNESS).verifier
    report = check(log.url, Trust.of((str(Signer.generate(ORIGIN).verifier), str(stranger))))
    assert [found.place for found in report.findings] == ["checkpoint 1"]
    assert hasher_of(HashId.SHA256) == log.settings.hasher


def test_nobody_of_a_group_goes_on_when_its_commit_fails(log: Log) -> None:
    failing = [True]

    def fail(*arguments: object) -> None:
        if failing[0] and (len(arguments) == 1 or arguments[2] == "COMMIT"):
            message = "no space left"
            raise OSError(message)

    for name in ("commit", "before_cursor_execute"):  # PostgreSQL's, and ours on SQLite
        sqlalchemy_event.listen(log.database.engine, name, fail)
    events = [event_of(number) for number in range(3)]
    work = [lambda connection, event=event: append(connection, event) for event in events]

    def refused(_: Connection) -> None:
        raise ZeroDivisionError

    outcomes = one_group(log, [*work, refused])
    kinds = {type(outcome) for outcome in outcomes}
    # Who was refused for what others had written is not told so before it is durable.
    assert kinds == ({NotDurableError} if log.database.is_sqlite else {OSError, ZeroDivisionError})
    failing[0] = False
    assert count(log, "audit_outbox") == 0
    assert one_group(log, list(work)) == [None] * 3
    log.add([])
    assert count(log, "audit_event") == 3


def test_events_that_stand_alone_are_acknowledged_when_they_are_durable(log: Log) -> None:
    recorder = Recorder(log.database, log.settings.hasher)
    sent = statements(log)
    with log.database.write() if log.database.is_sqlite else nullcontext():
        futures = [recorder.record(event_of(number)) for number in range(600)]
        time.sleep(0.1)
        assert not any(future.done() for future in futures) or not log.database.is_sqlite
    assert [future.result(30).target for future in futures] == [f"cards/{n}" for n in range(600)]
    assert count(log, "audit_outbox") == 600
    # One by one they would have been 600 transactions.
    assert sum(statement.startswith("INSERT INTO audit_outbox") for statement in sent) < 300
    with pytest.raises(InvalidEventError):
        recorder.record(replace(event_of(9), action=""))
    with log.database.write() as connection:
        connection.execute(text("ALTER TABLE audit_outbox RENAME TO elsewhere"))
    with pytest.raises(NotDurableError) as caught:
        recorder.record(event_of(600)).result(30)
    assert isinstance(caught.value.__cause__, DBAPIError)
    with log.database.write() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO audit_outbox"))
    recorder.record(event_of(600)).result(30)
    recorder.close()
    with pytest.raises(NotDurableError, match="closed"):
        recorder.record(event_of(601))
    log.add([])
    assert count(log, "audit_event") == 601
    assert log.check().sound


def test_a_member_that_cannot_be_undone_ends_its_group_and_nothing_else(tmp_path: Path) -> None:
    with a_log(f"sqlite:///{tmp_path / 'audit.db'}", tmp_path) as log:

        def stubborn(connection: Connection) -> None:
            append(connection, event_of(1))
            connection.exec_driver_sql("RELEASE member")  # as if undoing failed
            raise ZeroDivisionError

        outcomes = one_group(log, [lambda connection: append(connection, event_of(0)), stubborn])
        assert [type(outcome) for outcome in outcomes] == [NotDurableError] * 2
        assert count(log, "audit_outbox") == 0
        log.add([event_of(2)])
        assert count(log, "audit_event") == 1


def test_who_gets_no_turn_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seal_service.audit.store.transactions.BUSY_TIMEOUT_S", 0.1)
    with a_log(f"sqlite:///{tmp_path / 'audit.db'}", tmp_path) as log:
        with (
            log.database.write(),
            pytest.raises(NotDurableError, match="no turn"),
            log.database.write(),
        ):
            pass
        log.add([event_of(0)])
        assert count(log, "audit_event") == 1


def test_the_log_goes_on_while_its_public_copy_cannot_be_written(log: Log) -> None:
    log.appender.start()
    wait_until(lambda: log.appender.status.leading)
    log.published.write_text("a file where the folder should be")
    with log.database.write() as connection:
        for number in range(250):
            append(connection, event_of(number))
    wait_until(lambda: log.appender.status.signed_size == 250)
    wait_until(lambda: "public copy" in log.appender.status.fault)
    log.published.unlink()
    wait_until(lambda: log.appender.status.published_size == 250)
    wait_until(lambda: not log.appender.status.fault)
    log.appender.stop()
    assert log.check(published=True).sound


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
