"""Whatever is changed in a stored log, the independent checker finds it and says where."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from audit_log import ORIGIN, Log, a_log, event_of
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from seal_audit_check import Report, Trust, check
from seal_service.audit.publish import PublishedLog
from seal_service.audit.store.witnessed import WitnessedDatabase
from seal_service.audit.witness import Witness

SIZE = 700
BYTES_OF = {
    "audit_event": [
        "boot_id", "event_id", "payload_hash", "before_hash", "after_hash", "action", "actor",
        "organisation", "account", "target", "reason", "correlation_id", "leaf_hash",
    ],
    "audit_payload": ["salt", "payload"],
    "audit_tile": ["hashes"],
    "audit_checkpoint": ["root", "note"],
    "audit_cosignature": ["line"],
}  # fmt: skip
NUMBERS_OF = {
    "audit_event": [
        "kind", "decision", "payload_alg", "state_alg", "at_us", "monotonic_ns", "payload_bytes",
        "leaf_alg",
    ],
    "audit_tile": ["hash_alg"],
    "audit_checkpoint": ["hash_alg", "signature_alg", "size"],
}  # fmt: skip


@dataclass
class Original:
    """A sound log that is copied for each attempt, with what a reader trusts."""

    folder: Path
    database: Path
    trust: Trust

    def attempt(self, change: Callable[[sqlite3.Connection], object]) -> Report:
        """Change a copy and check it."""
        copy = self.folder / "copy.db"
        shutil.copyfile(self.database, copy)
        connection = sqlite3.connect(copy)
        change(connection)
        connection.commit()
        connection.close()
        return check(f"sqlite:///{copy}", self.trust, processes=1)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    folder = tmp_path_factory.mktemp("tampering")
    with a_log(f"sqlite:///{folder / 'audit.db'}", folder, 300) as log:
        log.add(map(event_of, range(300, SIZE)))
        witness = Witness.open(folder / "witness", log.signer.verifier, "w")
        database = WitnessedDatabase(log.database)
        cosigned = witness.look(database)
        assert cosigned is not None
        database.accept(cosigned)
        keys = (str(log.signer.verifier), str(witness.verifier))
        trust = Trust.of(keys, witness_folders=(folder / "witness",), origin=ORIGIN)
        assert log.check(*keys, witness=folder / "witness", published=True).findings == []
    connection = sqlite3.connect(folder / "audit.db")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # SQLite lets the schema's own index stand in for a table: an attacker would drop it first.
    connection.execute("DROP INDEX audit_event_once")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return Original(folder, folder / "audit.db", trust)


examples = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def flip(value: object, at: int, bits: int) -> object:
    """Return a value with some bits of one byte changed; text stays text where it can."""
    data = bytearray(value.encode() if isinstance(value, str) else bytes(value))
    data[at % len(data)] ^= bits
    if isinstance(value, str):
        try:
            return data.decode()
        except UnicodeDecodeError:
            return bytes(data)
    return bytes(data)


@pytest.mark.parametrize("column", BYTES_OF["audit_event"][5:12])
def test_e34_a_text_stored_as_a_blob_is_found(original: Original, column: str) -> None:
    """It has the same bytes, but `column = 'text'` would never find it again."""
    report = original.attempt(
        lambda connection: connection.execute(
            f"UPDATE audit_event SET {column} = CAST({column} AS BLOB) WHERE seq = 5"  # noqa: S608
        )
    )
    assert [(found.place, found.seq) for found in report.findings] == [("event", 5)]


@pytest.mark.parametrize("column", [*BYTES_OF["audit_event"][:5], "leaf_hash"])
def test_e34_an_id_or_hash_stored_as_a_text_is_found(original: Original, column: str) -> None:
    """It has the same bytes, but the index takes it for another: the event could come again."""
    report = original.attempt(
        lambda connection: connection.execute(
            f"UPDATE audit_event SET {column} = CAST({column} AS TEXT) WHERE seq = 5"  # noqa: S608
        )
    )
    assert [(found.place, found.seq) for found in report.findings] == [("event", 5)]


@pytest.mark.parametrize("column", BYTES_OF["audit_event"][5:12])
def test_e34_a_text_that_is_no_text_any_more_is_found(original: Original, column: str) -> None:
    """A driver that reads texts as texts would fail on it, and tell nothing of the rest."""
    change = f"UPDATE audit_event SET {column} = CAST(x'ff' AS TEXT) WHERE seq = 5"  # noqa: S608
    report = original.attempt(lambda connection: connection.execute(change))
    assert [(found.place, found.seq) for found in report.findings] == [("event", 5)]


@pytest.mark.parametrize(("first", "second"), [("actor", "organisation"), ("target", "reason")])
def test_e34_a_byte_moved_from_one_text_to_the_next_is_found(
    original: Original, first: str, second: str
) -> None:
    """Side by side both have the same bytes as before."""
    change = (
        f"UPDATE audit_event SET {first} = substr({first}, 1, length({first}) - 1),"  # noqa: S608
        f" {second} = substr({first}, -1) || {second} WHERE seq = 5 AND length({first}) > 0"
    )
    report = original.attempt(lambda connection: connection.execute(change))
    assert [(found.place, found.seq) for found in report.findings] == [("event", 5)]


@pytest.mark.parametrize("level", [0, 1])
def test_e34_a_tile_stored_as_a_text_is_found(original: Original, level: int) -> None:
    change = (
        f"UPDATE audit_tile SET hashes = CAST(hashes AS TEXT) WHERE level = {level} AND idx = 0"  # noqa: S608
    )
    report = original.attempt(lambda connection: connection.execute(change))
    assert {found.place for found in report.findings} == {f"tile {level}/0"}


@pytest.mark.parametrize("column", ["kind", "decision", "payload_alg", "state_alg"])
@pytest.mark.parametrize("form", ["TEXT", "REAL"])
def test_e34_a_number_stored_as_another_type_is_found(
    original: Original, column: str, form: str
) -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = 'audit_event'",
            (f"{column} SMALLINT", f"{column} BLOB"),
        )
        connection.execute("PRAGMA writable_schema = RESET")
        change = f"UPDATE audit_event SET {column} = CAST({column} AS {form}) WHERE seq = 5"  # noqa: S608
        connection.execute(change)
        found = connection.execute(f"SELECT typeof({column}) FROM audit_event WHERE seq = 5")  # noqa: S608
        assert found.fetchone() == (form.lower(),)

    report = original.attempt(change)
    assert ("event", 5) in [(found.place, found.seq) for found in report.findings]


@examples
@given(st.data())
def test_e34_a_flipped_byte_anywhere_is_found(original: Original, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(sorted(BYTES_OF)))
    column = data.draw(st.sampled_from(BYTES_OF[table]))
    number, at = data.draw(st.integers(0, 10_000)), data.draw(st.integers(0, 10_000))
    bits = data.draw(st.integers(1, 255))
    touched: list[int] = []

    def change(connection: sqlite3.Connection) -> None:
        rows = connection.execute(
            f"SELECT rowid, {column} FROM {table} WHERE length({column}) > 0"  # noqa: S608
        ).fetchall()
        rowid, value = rows[number % len(rows)]
        touched.append(rowid)
        connection.execute(
            f"UPDATE {table} SET {column} = ? WHERE rowid = ?",  # noqa: S608
            (flip(value, at, bits), rowid),
        )

    report = original.attempt(change)
    assert not report.sound
    if table in {"audit_event", "audit_payload"}:
        assert {found.seq for found in report.findings} == {touched[0]}
    else:
        word = {"audit_tile": "tile", "audit_checkpoint": "checkpoint"}.get(table, "cosignature")
        assert any(word in found.place for found in report.findings)


@examples
@given(st.data())
def test_e34_a_changed_number_is_found(original: Original, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(sorted(NUMBERS_OF)))
    column = data.draw(st.sampled_from(NUMBERS_OF[table]))
    number = data.draw(st.integers(0, 10_000))
    by = data.draw(st.sampled_from([-(10**9), -256, -1, 1, 2, 256, 2**40]))

    def change(connection: sqlite3.Connection) -> None:
        rows = connection.execute(f"SELECT rowid, {column} FROM {table}").fetchall()  # noqa: S608
        rowid, value = rows[number % len(rows)]
        connection.execute(
            f"UPDATE {table} SET {column} = ? WHERE rowid = ?",  # noqa: S608
            (value + by, rowid),
        )

    assert not original.attempt(change).sound


COLUMNS = """kind, decision, payload_alg, state_alg, at_us, monotonic_ns, boot_id, event_id,
    payload_bytes, payload_hash, before_hash, after_hash, action, actor, organisation, account,
    target, reason, correlation_id, leaf_alg, leaf_hash"""


def remove(connection: sqlite3.Connection, first: int, last: int) -> None:
    for table in ("audit_event", "audit_payload"):
        connection.execute(
            f"DELETE FROM {table} WHERE seq BETWEEN ? AND ?",  # noqa: S608
            (first, last),
        )


@examples
@given(st.integers(1, SIZE - 1), st.booleans())
@example(1, True)
@example(SIZE - 300, True)
def test_e34_a_removed_tail_is_found(original: Original, count: int, thorough: bool) -> None:
    """`thorough`: tiles, checkpoints and cosignatures of the tail are taken back as well."""
    size = SIZE - count

    def change(connection: sqlite3.Connection) -> None:
        remove(connection, size, SIZE)
        if thorough:
            connection.execute("DELETE FROM audit_checkpoint WHERE size > ?", (size,))
            connection.execute("DELETE FROM audit_cosignature WHERE size > ?", (size,))
            for level, count_at in ((0, size), (1, size // 256)):
                connection.execute(
                    "DELETE FROM audit_tile WHERE level = ? AND idx * 256 >= ?", (level, count_at)
                )
                connection.execute(
                    "UPDATE audit_tile SET hashes = substr(hashes, 1, ?)"
                    " WHERE level = ? AND idx = ?",
                    (32 * (count_at % 256), level, count_at // 256),
                )

    report = original.attempt(change)
    assert not report.sound
    assert any(f"the last {count} rows are gone" in found.problem for found in report.findings)


@examples
@given(st.integers(0, SIZE - 2))
def test_e34_a_removed_row_is_found_and_named(original: Original, seq: int) -> None:
    report = original.attempt(lambda connection: remove(connection, seq, seq))
    assert [(found.seq, found.problem) for found in report.findings] == [
        (seq, "the row is missing")
    ]


@examples
@given(st.data())
def test_e34_a_removed_row_whose_gap_is_closed_is_found(
    original: Original, data: st.DataObject
) -> None:
    seq = data.draw(st.integers(0, SIZE - 2))

    def change(connection: sqlite3.Connection) -> None:
        remove(connection, seq, seq)
        for table in ("audit_event", "audit_payload"):
            connection.execute(
                f"UPDATE {table} SET seq = -seq WHERE seq > ?",  # noqa: S608
                (seq,),
            )
            connection.execute(f"UPDATE {table} SET seq = -seq - 1 WHERE seq < 0")  # noqa: S608

    report = original.attempt(change)
    assert min(found.seq for found in report.findings if found.seq is not None) == seq


@examples
@given(st.data())
def test_e34_a_swapped_pair_is_found(original: Original, data: st.DataObject) -> None:
    first, second = data.draw(
        st.lists(st.integers(0, SIZE - 1), min_size=2, max_size=2, unique=True)
    )
    tables = data.draw(
        st.sampled_from([["audit_event"], ["audit_payload"], ["audit_event", "audit_payload"]])
    )
    has_payload = event_of(first).payload is not None or event_of(second).payload is not None

    def change(connection: sqlite3.Connection) -> None:
        for table in tables:
            for old, new in ((first, -1), (second, first), (-1, second)):
                connection.execute(
                    f"UPDATE {table} SET seq = ? WHERE seq = ?",  # noqa: S608
                    (new, old),
                )

    report = original.attempt(change)
    if tables == ["audit_payload"] and not has_payload:
        assert report.sound  # Nothing was there to swap.
        return
    assert {found.seq for found in report.findings if found.seq is not None} == {first, second}


@examples
@given(st.integers(0, SIZE - 1), st.booleans())
def test_e34_a_replayed_row_is_found(original: Original, seq: int, in_place: bool) -> None:
    """Either at the end, or over another row."""
    target = (seq + 1) % SIZE if in_place else SIZE

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM audit_event WHERE seq = ?", (target,))
        connection.execute(
            f"INSERT INTO audit_event (seq, {COLUMNS}) SELECT ?, {COLUMNS}"  # noqa: S608
            " FROM audit_event WHERE seq = ?",
            (target, seq),
        )

    report = original.attempt(change)
    assert target in {found.seq for found in report.findings} | {
        # The later of the two is the one reported as a repetition.
        target if found.seq == max(seq, target) else None
        for found in report.findings
    }
    assert any("same event id" in found.problem for found in report.findings)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_tile WHERE level = 1",
        "DELETE FROM audit_tile WHERE level = 0 AND idx = 1",
        "INSERT INTO audit_tile SELECT 1, 7, hash_alg, hashes FROM audit_tile WHERE level = 1",
        "INSERT INTO audit_tile SELECT 0, 7, hash_alg, hashes FROM audit_tile WHERE idx = 1",
        "INSERT INTO audit_tile SELECT 2, 0, hash_alg, hashes FROM audit_tile WHERE level = 1",
        "UPDATE audit_tile SET hashes = hashes || hashes WHERE level = 1",
        "UPDATE audit_tile SET hashes = hashes || zeroblob(32) WHERE level = 0 AND idx = 2",
        "DELETE FROM audit_checkpoint WHERE size = 700",
        "DELETE FROM audit_checkpoint",
        "UPDATE audit_checkpoint SET note = (SELECT note FROM audit_checkpoint WHERE size = 300)",
        "INSERT INTO audit_payload VALUES (900, zeroblob(16), zeroblob(4))",
        "INSERT INTO audit_payload VALUES (3, zeroblob(16), zeroblob(4))",
        """UPDATE audit_payload SET salt = salt || substr(payload, 1, 1),
           payload = substr(payload, 2) WHERE seq = 9""",
        "DELETE FROM audit_payload WHERE seq = 9",
        "UPDATE audit_event SET before_hash = zeroblob(31) WHERE seq = 9",
        "UPDATE audit_event SET boot_id = boot_id || x'00' WHERE seq = 9",
        "UPDATE audit_event SET actor = NULL WHERE seq = 9",
        "UPDATE audit_event SET at_us = 'soon' WHERE seq = 9",
        "UPDATE audit_log SET origin = 'another.example/log'",
        "UPDATE audit_log SET hash_alg = 2",
    ],
)
def test_e34_other_changes_are_found(original: Original, statement: str) -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA writable_schema = ON")
        for name, sql in connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE name LIKE 'audit_%' AND type = 'table'"
        ).fetchall():
            connection.execute(
                "UPDATE sqlite_master SET sql = ? WHERE name = ?",
                (sql.replace(" NOT NULL", ""), name),
            )
        connection.commit()
        connection.execute("PRAGMA schema_version = 4711")
        connection.execute(statement)

    # A deleted last checkpoint alone leaves a log that was only not signed for a while; what its
    # witness has seen shows the rest.
    report = original.attempt(change)
    if statement == "DELETE FROM audit_checkpoint WHERE size = 700":
        assert [found.place for found in report.findings] == ["cosignature of w over 700"]
    assert not report.sound


def test_e34_a_log_rewritten_with_its_own_key_is_found_by_its_witness(tmp_path: Path) -> None:
    with a_log(f"sqlite:///{tmp_path / 'audit.db'}", tmp_path, 400) as log:
        witness = Witness.open(tmp_path / "witness", log.signer.verifier, "w")
        assert witness.look(PublishedLog(log.published)) is not None
        forged = Log(f"sqlite:///{tmp_path / 'forged.db'}", tmp_path / "forged")
        forged.signer = log.signer
        forged.appender = forged.new_appender()
        forged.add(map(event_of, range(450)))
        assert forged.check().sound, "by itself it is a perfect log"
        report = forged.check(str(witness.verifier), witness=tmp_path / "witness")
        assert [found.place for found in report.findings] == ["witness witness"]
        trust = Trust.of((str(log.signer.verifier),), published=log.published)
        assert not check(forged.url, trust).sound
        forged.close()


@examples
@given(st.data())
def test_e34_a_flipped_byte_in_the_published_copy_is_found(
    original: Original, data: st.DataObject
) -> None:
    published = original.folder / "published"
    files = sorted(path for path in published.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(changed)
    try:
        assert not check(str(published), original.trust).sound
    finally:
        path.write_bytes(whole)
    path.unlink()
    try:
        if path.name == "checkpoint":
            return
        report = check(str(published), original.trust)
        assert any("is missing" in found.problem for found in report.findings)
    finally:
        path.write_bytes(whole)
    assert check(str(published), original.trust).sound


def test_the_checker_shares_no_code_with_the_writer() -> None:
    program = (
        "import sys, pkgutil, importlib, seal_audit_check\n"
        "for module in pkgutil.walk_packages(seal_audit_check.__path__, 'seal_audit_check.'):\n"
        "    if not module.name.endswith('__main__'): importlib.import_module(module.name)\n"
        "import seal_audit_check.__main__\n"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " {'seal_service', 'sqlalchemy', 'sealapi', 'seal_match_rs', 'seal_planes'}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
