"""The service's log: every act is in it, and what is done behind its back is found."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from refusals import refused
from service_bank import PASSWORD, WITNESS, Bank, Template, ask_user, running
from service_cases import IMAGE, seen_image

from seal_audit_check import Finding, Trust, check
from seal_service.adapters.sql.audit_log import SqlAuditLog
from seal_service.adapters.sql.database import SqlDatabase
from seal_service.audit import Verifier, hasher_of
from seal_service.audit.merkle import verify_consistency, verify_inclusion
from seal_service.audit.note import cosign, open_checkpoint
from seal_service.opening import StartError
from sealapi.v1 import audit_pb2 as ab
from sealapi.v1 import change_pb2 as cb
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as ob

ORG = ob.GetOrgRequest(name="orgs/2101")


def numbered(bank: Bank) -> None:
    """Wait until everything that waits has its number and is signed.

    One look at the database: what the appender says of itself is older or newer than a second look.
    """
    for _ in range(1000):
        waiting, size, signed = bank.log_state()
        if not waiting and signed == size > 0:
            return
        time.sleep(0.02)
    raise AssertionError


def test_a72_acts_views_refusals_and_replays_are_events(bank: Bank) -> None:
    change = ask_user(bank, "n1", "2101", "sub-branch-teller", "c11")
    bank.org("2101", by="c11")
    with refused("OUT_OF_ORG_SCOPE"):
        bank.org("2101", by="c12")
    request = ib.ResetPasswordRequest(
        name="users/t11", request_id="11111111-1111-4111-8111-111111111111"
    )
    for _ in range(2):
        bank.as_("c11").identity.reset_password(request)
    numbered(bank)
    events = (
        bank.as_("aud")
        .audit.list_audit_events(
            ab.ListAuditEventsRequest(
                page_size=7, order=ab.ListAuditEventsRequest.ORDER_NEWEST_FIRST
            )
        )
        .events
    )
    found = [
        (event.action.rpartition("/")[2], event.decision, event.reason, event.actor)
        for event in reversed(events)
        if not event.action.endswith("Login")
    ]
    assert found == [
        ("CreateUser", 1, "", "c11"), ("GetOrg", 1, "", "c11"),
        ("GetOrg", 2, "OUT_OF_ORG_SCOPE", "c12"), ("ResetPassword", 1, "", "c11"),
        ("ResetPassword", 1, "REPLAYED", "c11"),
    ]  # fmt: skip
    created = next(event for event in events if event.action.endswith("CreateUser"))
    assert created.org == "orgs/2101"
    assert created.target == "users/n1"
    assert json.loads(created.payload)["after"]["change"] == change.name.partition("/")[2]


def test_verify_passes_on_the_data_directory_of_a_live_and_of_a_stopped_server(
    founded_sqlite: Template, tmp_path: Path
) -> None:
    folder, url = founded_sqlite.copy(tmp_path / "data")
    done = threading.Event()
    with running(folder, url) as bank:
        clients = [bank.as_("c11"), bank.as_("b1")]

        def load(number: int) -> None:
            while not done.is_set():
                clients[number].organization.get_org(ORG)

        threads = [threading.Thread(target=load, args=(number,)) for number in (0, 1)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(5):
                assert check(str(folder), processes=1).findings == []
        finally:
            done.set()
            for thread in threads:
                thread.join()
        logged = len(bank.log())
    report = check(str(folder), processes=1)
    assert report.findings == []
    # A server that stops leaves nothing waiting, unsigned or unpublished.
    assert report.waiting == 0
    assert report.events == report.signed_size == logged
    assert f"\n{logged}\n" in (folder / "audit" / "checkpoint").read_text()


def test_a_server_takes_up_what_another_left_waiting(
    founded_sqlite: Template, tmp_path: Path
) -> None:
    folder, url = founded_sqlite.copy(tmp_path / "data")
    with running(folder, url) as bank:
        bank.server._appender.stop()
        bank.org("2101", by="c11")
        waiting = len(bank.rows("audit_outbox"))
    assert waiting >= 2
    report = check(str(folder), processes=1)
    assert (report.findings, report.waiting) == ([], waiting)
    with running(folder, url) as bank:
        numbered(bank)
    report = check(str(folder), processes=1)
    assert (report.findings, report.waiting) == ([], 0)


def test_a_clock_that_is_set_back_is_remarked_and_nothing_else(
    founded_sqlite: Template, tmp_path: Path
) -> None:
    folder, url = founded_sqlite.copy(tmp_path / "data")
    with running(folder, url) as bank:
        bank.org("2101", by="c11")
        bank.clock.forward(hours=-3)
        bank.org("2101", by="c11")
        assert bank.sign_in("t11", PASSWORD).token
        numbered(bank)
        events = bank.rows("audit_event", "true order by seq")
    times = [event.at_us for event in events]
    back = next(seq for seq in range(1, len(times)) if times[seq] < times[seq - 1])
    boots = {event.boot_id for event in events[back - 1 : back + 1]}
    assert len(boots) == 1
    assert events[back].monotonic_ns > events[back - 1].monotonic_ns
    report = check(str(folder), processes=1)
    assert report.findings == []
    assert f"seq {back}: the wall clock is behind that of the event before" in report.remarks


@pytest.fixture(scope="module")
def stopped(founded_sqlite: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, url = founded_sqlite.copy(tmp_path_factory.mktemp("stopped") / "data")
    with running(folder, url) as bank:
        bank.org("2101", by="c11")
    return folder


def flip_payload(database: sqlite3.Connection) -> None:
    (payload,) = database.execute("select payload from audit_payload where seq = 9").fetchone()
    flipped = bytes([payload[5] ^ 1])
    data = payload[:5] + flipped + payload[6:]
    database.execute("update audit_payload set payload = ? where seq = 9", (data,))


def change_actor(database: sqlite3.Connection) -> None:
    database.execute("update audit_event set actor = 'hq9' where seq = 9")


def remove_tail(database: sqlite3.Connection) -> None:
    (size,) = database.execute("select max(seq) + 1 from audit_event").fetchone()
    for table in ("audit_event", "audit_payload"):
        database.execute(f"delete from {table} where seq >= ?", (size - 3,))  # noqa: S608
    # Whoever does it well takes away the checkpoints as well.
    database.execute("delete from audit_checkpoint where size > ?", (size - 3,))


def swap_rows(database: sqlite3.Connection) -> None:
    for old, new in ((9, -1), (10, 9), (-1, 10)):
        for table in ("audit_event", "audit_payload"):
            database.execute(f"update {table} set seq = ? where seq = ?", (new, old))  # noqa: S608


def remove_row(database: sqlite3.Connection) -> None:
    database.execute("delete from audit_event where seq = 9")


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (flip_payload, lambda found: found.seq == 9 and "payload" in found.place),
        (change_actor, lambda found: found.seq == 9 and "entry was changed" in found.problem),
        (remove_tail, lambda found: "published copy" in found.place and "gone" in found.problem),
        (swap_rows, lambda found: found.seq == 9),
        (remove_row, lambda found: found.seq == 9 and "missing" in found.problem),
    ],
)
def test_a72_what_is_done_to_the_data_directory_is_found(
    stopped: Path,
    tmp_path: Path,
    harm: Callable[[sqlite3.Connection], None],
    expected: Callable[[Finding], bool],
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(stopped, folder)
    assert check(str(folder), processes=1).sound
    with sqlite3.connect(folder / "sealmatch.sqlite") as database:
        harm(database)
    database.close()
    report = check(str(folder), processes=1)
    assert not report.sound
    assert any(expected(found) for found in report.findings), report.findings


def test_a_server_does_not_start_on_a_log_that_lost_its_tail_or_its_key(
    stopped: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(stopped, folder)
    url = f"sqlite:///{folder / 'sealmatch.sqlite'}"
    (folder / "audit.key").rename(tmp_path / "key")
    with pytest.raises(StartError, match=r"its key .* is missing"), running(folder, url):
        pass
    (tmp_path / "key").rename(folder / "audit.key")
    with sqlite3.connect(folder / "sealmatch.sqlite") as database:
        remove_tail(database)
    database.close()
    with pytest.raises(StartError, match="the audit log cannot be continued"), running(folder, url):
        pass


def test_e29_a_bank_of_the_sm_profile_logs_and_keeps_to_it(tmp_path: Path) -> None:
    folder = tmp_path / "bank"
    url = f"sqlite:///{folder / 'sealmatch.sqlite'}"
    name = {"name": "bank.example/audit"}
    with running(folder, url, crypto={"profile": "sm"}, audit=name) as bank:
        with refused("SESSION_EXPIRED"):
            bank.guest().organization.get_org(ORG)
        numbered(bank)
        assert {row.leaf_alg for row in bank.rows("audit_event")} == {2}
    with running(folder, url) as bank:  # under the other profile the log goes on as it began
        numbered(bank)
        assert {row.leaf_alg for row in bank.rows("audit_event")} == {2}
    report = check(str(folder), processes=1)
    assert (report.findings, report.origin) == ([], "bank.example/audit")


def test_a72_queries_show_what_is_in_reach_a_signed_page_at_a_time(bank: Bank) -> None:
    for user in ("c11", "c12", "t11"):
        bank.org("2101" if user != "c12" else "2102", by=user)
    numbered(bank)

    def listed(user: str, **wanted: object) -> list[ab.AuditEvent]:
        request = ab.ListAuditEventsRequest(page_size=3, **wanted)  # type: ignore[arg-type]
        found: list[ab.AuditEvent] = []
        while True:
            reply = bank.as_(user).audit.list_audit_events(request)
            found += reply.events
            if not reply.next_page_token:
                return found
            assert len(reply.events) == 3
            request.page_token = reply.next_page_token

    mine = listed("c11")
    assert {event.org for event in mine} == {"orgs/2101"}
    assert {event.org for event in listed("b1")} >= {"orgs/2101", "orgs/2102"}
    assert {event.actor for event in listed("aud", actor="t11")} == {"t11"}
    logins = listed("aud", kinds=[4], org="orgs/2102")
    assert logins
    assert {event.org for event in logins} == {"orgs/2102"}
    assert all(event.kind == 4 for event in logins)
    assert listed("c11", org="orgs/2102") == []
    last = max(mine, key=lambda event: int(event.name.partition("/")[2]))
    assert [
        e.name for e in listed("c11", start_time=last.event_time, end_time=last.event_time)
    ] == []
    # A token is for one query of one person.
    request = ab.ListAuditEventsRequest(page_size=1)
    token = bank.as_("c11").audit.list_audit_events(request).next_page_token
    for user, changed in (("b1", {}), ("c11", {"actor": "t11"})):
        other = ab.ListAuditEventsRequest(page_size=1, page_token=token, **changed)
        with refused("PAGE_TOKEN_INVALID"):
            bank.as_(user).audit.list_audit_events(other)


def test_proofs_and_cosignatures_convince_somebody_who_has_only_the_keys(bank: Bank) -> None:
    audit = bank.as_("aud").audit
    numbered(bank)
    key = Verifier.parse((bank.settings.data_dir / "audit.key.pub").read_text())
    old = audit.get_checkpoint(ab.GetCheckpointRequest(name="checkpoints/latest")).checkpoint
    bank.org("2101", by="aud")
    numbered(bank)
    event = audit.get_audit_event(ab.GetAuditEventRequest(name=f"auditEvents/{old.size}")).event
    proof = audit.get_inclusion_proof(ab.GetInclusionProofRequest(name=event.name))
    new = open_checkpoint(proof.checkpoint.note, [key], key.name)
    hasher = hasher_of(new.algorithm)
    assert hasher.leaf(event.entry) == proof.leaf_hash == event.leaf_hash
    verify_inclusion(
        hasher, leaf=proof.leaf_hash, index=old.size, size=new.size, proof=list(proof.hashes),
        root=new.root,
    )  # fmt: skip
    growth = audit.get_consistency_proof(
        ab.GetConsistencyProofRequest(old_size=old.size, checkpoint=f"checkpoints/{new.size}")
    )
    verify_consistency(
        hasher, old_size=old.size, size=new.size, old_root=old.root_hash, root=new.root,
        proof=list(growth.hashes),
    )  # fmt: skip
    with refused("NOT_SIGNED_YET"):
        audit.get_inclusion_proof(
            ab.GetInclusionProofRequest(name=event.name, checkpoint=f"checkpoints/{old.size}")
        )
    with refused("NOT_FOUND"):
        audit.get_audit_event(ab.GetAuditEventRequest(name="auditEvents/999999"))
    name = f"checkpoints/{new.size}"
    line = str(cosign(WITNESS, new, 1_795_400_000))
    witness = bank.as_("wit").audit
    for bad in (
        line[:-3] + "AA=",
        "nonsense",
        str(cosign(WITNESS, open_checkpoint(old.note, [key]), 1)),
    ):
        with refused("INVALID_FIELD"):
            witness.add_cosignature(ab.AddCosignatureRequest(name=name, cosignature=bad))
    kept = witness.add_cosignature(ab.AddCosignatureRequest(name=name, cosignature=line)).checkpoint
    assert kept.cosignatures == [line]
    assert audit.get_checkpoint(ab.GetCheckpointRequest(name=name)).checkpoint == kept
    report = check(bank.settings.url, Trust.of((str(key), str(WITNESS.verifier))), processes=1)
    assert report.findings == []
    assert report.cosigned_size == new.size


def test_e34_a_stretch_is_checked_while_the_bank_works(bank: Bank) -> None:
    numbered(bank)
    audit = bank.as_("aud").audit
    sound = audit.verify_range(ab.VerifyRangeRequest(start=3, count=20))
    assert (sound.sound, sound.checked, sound.unsigned) == (True, 20, 0)
    assert sound.checkpoint.startswith("checkpoints/")
    numbered(bank)  # PostgreSQL would let either the appender's transaction or this one fail.
    with bank.server.pipeline.database.connections.write() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("UPDATE audit_payload SET salt = payload WHERE seq = 5")
        connection.exec_driver_sql("UPDATE audit_event SET actor = 'nobody' WHERE seq = 9")
    wrong = audit.verify_range(ab.VerifyRangeRequest(start=3, count=20))
    assert sorted(one.event for one in wrong.findings) == ["auditEvents/5", "auditEvents/9"]
    assert (wrong.sound, wrong.findings_count) == (False, 2)
    assert audit.verify_range(ab.VerifyRangeRequest(start=10, count=5)).sound
    assert audit.verify_range(ab.VerifyRangeRequest(start=10**9, count=5)).checked == 0


def test_e34_a_log_that_is_not_what_was_signed_is_found_by_any_stretch(bank: Bank) -> None:
    """Event, leaf and tile agree with one another; the signature was over something else."""
    bank.as_("aud")  # An event after the change would make the appender write the tile anew.
    numbered(bank)
    with bank.server.pipeline.database.connections.write() as connection:  # type: ignore[attr-defined]
        tiles = connection.exec_driver_sql(
            "SELECT hashes FROM audit_tile WHERE level = 0 ORDER BY idx"
        )
        last = bytes(list(tiles)[-1][0])
        parameters = (last[:-32] + bytes(32),)
        sign = "?" if connection.dialect.name == "sqlite" else "%s"
        connection.exec_driver_sql(
            f"UPDATE audit_tile SET hashes = {sign} WHERE level = 0 AND idx ="  # noqa: S608
            " (SELECT max(idx) FROM audit_tile WHERE level = 0)",
            parameters,
        )
    found = bank.as_("aud").audit.verify_range(ab.VerifyRangeRequest(start=0, count=1))
    assert "the tiles do not lead to the root that was signed" in {
        finding.problem for finding in found.findings
    }


def test_e35_a_report_counts_what_the_log_holds_and_its_hash_is_in_the_log(bank: Bank) -> None:
    with refused("OUT_OF_ORG_SCOPE"):
        bank.org("2101", by="c12")
    with refused("OUT_OF_ORG_SCOPE"):
        bank.org("2101", by="c12")
    numbered(bank)
    request = ab.CreateAuditReportRequest(org="orgs/2100")
    request.start_time.FromDatetime(bank.clock.now - timedelta(hours=1))
    request.end_time.FromDatetime(bank.clock.now + timedelta(hours=1))
    report = bank.as_("b1").audit.create_audit_report(request).report
    denied = [count for count in report.counts if count.reason == "OUT_OF_ORG_SCOPE"]
    assert [(count.kind, count.decision, count.count) for count in denied] == [
        (5, ab.AuditEvent.DECISION_DENIED, 2)
    ]
    assert report.total == sum(count.count for count in report.counts) > 2
    assert [(one.actor, one.count) for one in report.most_refused] == [("c12", 2)]
    state = ab.AuditReport()
    state.CopyFrom(report)
    state.ClearField("report_sha256")
    state.ClearField("report_digest")
    digest = hashlib.sha256(state.SerializeToString(deterministic=True)).hexdigest()
    assert report.report_sha256 == digest
    numbered(bank)
    wanted = ab.ListAuditEventsRequest(action="sealapi.v1.AuditService/CreateAuditReport")
    (event,) = bank.as_("aud").audit.list_audit_events(wanted).events
    assert json.loads(event.payload)["after"]["report_digest"] == f"sha256:{digest}"
    # Another branch's acts are not in it, and nobody may ask about a year and more.
    request.org = "orgs/2200"
    assert bank.as_("b2").audit.create_audit_report(request).report.most_refused == []
    request.end_time.FromDatetime(bank.clock.now + timedelta(days=400))
    with refused("INVALID_FIELD"):
        bank.as_("b2").audit.create_audit_report(request)


def test_e35_who_will_be_refused_has_nothing_counted_or_checked(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(*_: object, **__: object) -> None:
        raise AssertionError  # The caller would see INTERNAL.

    monkeypatch.setattr(SqlAuditLog, "tally", work)
    monkeypatch.setattr(SqlDatabase, "check_log", work)
    request = ab.CreateAuditReportRequest(org="orgs/2101")
    request.start_time.FromDatetime(bank.clock.now - timedelta(hours=1))
    request.end_time.FromDatetime(bank.clock.now)
    with refused("OUT_OF_ORG_SCOPE"):
        bank.as_("c12").audit.create_audit_report(request)
    with refused("OUT_OF_ORG_SCOPE"):
        bank.as_("loc").audit.verify_range(ab.VerifyRangeRequest(count=10))


def test_e30_who_has_seen_an_image(bank: Bank) -> None:
    request = seen_image(bank)
    (event,) = bank.as_("c11").audit.list_access_to_image(request).events
    assert (event.actor, event.target) == ("teller-of-2101", f"{IMAGE}/views/1")
    # Part of a name is no part of a record.
    other = ab.ListAccessToImageRequest(image=IMAGE[:-1] + "22")
    assert bank.as_("c11").audit.list_access_to_image(other).events == []
    with refused("INVALID_FIELD"):
        wrong = ab.ListAccessToImageRequest(image="accounts/%/cards/%")
        bank.as_("c11").audit.list_access_to_image(wrong)


def test_e30_a_refusal_before_the_use_case_names_whom_it_was_about(bank: Bank) -> None:
    with refused("NO_PERMISSION"):
        bank.as_("t11").identity.reset_password(ib.ResetPasswordRequest(name="users/hq1"))
    (entry,) = bank.log("sealapi.v1.IdentityService/ResetPassword", "NO_PERMISSION")
    assert (entry.actor, entry.target) == ("t11", "users/hq1")
    # Its organisation stays the caller's: nobody has found the other one yet.
    assert entry.organisation == "2101"


def test_e30_who_has_looked_up_whom_is_in_the_log(bank: Bank) -> None:
    chief = bank.as_("c11")
    chief.audit.list_audit_events(ab.ListAuditEventsRequest(actor="t11", page_size=7))
    chief.identity.list_users(ib.ListUsersRequest(org="orgs/2101"))
    chief.organization.list_orgs(ob.ListOrgsRequest())
    chief.change.list_pending_changes(cb.ListPendingChangesRequest(target="users/t11"))
    with refused("NO_PERMISSION"):
        bank.as_("t11").audit.list_audit_events(ab.ListAuditEventsRequest(actor="c11"))
    numbered(bank)
    joined = "audit_event e left join audit_payload p on p.seq = e.seq"
    asked = {
        (one.action.rpartition("/")[2], one.actor, one.target): json.loads(one.payload)["asked"]
        for one in bank.rows(joined)
        if "/List" in one.action and one.actor in {"c11", "t11"}
    }
    assert asked == {
        ("ListAuditEvents", "c11", "auditEvents/-"): {"actor": "t11", "page_size": 7},
        ("ListUsers", "c11", "users/-"): {"org": "orgs/2101"},
        ("ListOrgs", "c11", "orgs/-"): {},
        ("ListPendingChanges", "c11", "changes/-"): {"target": "users/t11"},
        ("ListAuditEvents", "t11", ""): {"actor": "c11"},
    }
