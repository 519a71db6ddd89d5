"""A bank moves from one cryptographic profile to the other, and back (E29)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from core_tickets import Sm2CoreSystem
from service_bank import PASSWORD, Bank, Clock, Template, ask_user, found, running

from seal_audit_check import Trust, check
from seal_service.adapters.sql.engine import Connections
from seal_service.adapters.sql.migrate import LosesDataError, migrate
from seal_service.backup import manifest
from seal_service.backup.create import create
from seal_service.backup.drill import drill
from seal_service.backup.errors import BackupError
from seal_service.config import Crypto
from sealapi.v1 import audit_pb2 as ab
from sealapi.v1 import change_pb2 as cb
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import session_pb2 as sb
from sealmatch.client import Client, Retries

SM = {"crypto": {"profile": "sm"}}
RESET = ib.ResetPasswordRequest(name="users/t12", request_id=str(uuid.uuid4()))


@contextmanager
def serving(place: tuple[Path, str], clock: Clock, **options: Any) -> Iterator[Bank]:
    with running(*place, clock, **options) as bank:
        yield bank


@contextmanager
def with_token(bank: Bank, token: str) -> Iterator[Client]:
    with Client(bank.address, token=token, retries=Retries(attempts=1)) as client:
        yield client


def algorithms(bank: Bank) -> dict[str, set[str]]:
    """Name the algorithms that stand in the database."""
    return {
        "session": {row.token_hash.partition(":")[0] for row in bank.rows("session")},
        "change": {row.body_hash.partition(":")[0] for row in bank.rows("pending_change")},
        "request": {row.body_hash.partition(":")[0] for row in bank.rows("idempotency")},
        "answer": {str(bytes(row.response)[0]) for row in bank.rows("idempotency")},
        "password": {
            row.password_hash.split("$")[1]
            for row in bank.rows("users", "password_hash is not null")
        },
    }


def choose(bank: Bank, user: str, old: str, new: str) -> None:
    bank.sign_in(user, old).session.change_password(
        sb.ChangePasswordRequest(old_password=old, new_password=new)
    )


def users_page(client: Client, token: str = "") -> ib.ListUsersResponse:
    return client.identity.list_users(ib.ListUsersRequest(page_size=2, page_token=token))


@pytest.mark.parametrize(("first", "second"), [({}, SM), (SM, {})], ids=["to-sm", "from-sm"])
def test_e29_what_was_made_under_one_profile_is_good_under_the_other(
    template: Template, tmp_path: Path, first: dict[str, Any], second: dict[str, Any]
) -> None:
    place, clock = template.copy(tmp_path / "data"), Clock()
    with serving(place, clock, **first) as bank:
        token = bank.as_("c12").token
        initial = bank.as_("c12").identity.reset_password(RESET).initial_password
        page = users_page(bank.as_("hq1"))
        hq1 = bank.as_("hq1").token
        change = ask_user(bank, "n1", "2102", "sub-branch-teller", "c12")
        choose(bank, "t12", initial, "Red-Horse-47")
    with serving(place, clock, **second) as bank:
        with with_token(bank, token) as client:  # the session goes on
            assert client.identity.reset_password(RESET).initial_password == initial
        with with_token(bank, hq1) as client:
            assert users_page(client, page.next_page_token).users
        assert bank.sign_in(
            "t12", "Red-Horse-47"
        ).token  # the password that was chosen under the other
        same = bank.as_("b1").change.get_pending_change(
            cb.GetPendingChangeRequest(name=change.name)
        ).change  # fmt: skip
        assert same.body_digest == change.body_digest
        assert bank.approve(change, "b1").state == cb.Change.STATE_APPROVED
        # What is new is made by the new one.
        bank.as_("b1").identity.reset_password(
            ib.ResetPasswordRequest(name="users/c11", request_id=str(uuid.uuid4()))
        )
        ask_user(bank, "n2", "2102", "sub-branch-teller", "c12")
        choose(bank, "t11", PASSWORD, "Red-Horse-48")
        made = algorithms(bank)
        with bank.server.pipeline.database.read() as work:
            # What a server asks at its start, to compare every password in the same time.
            assert work.users.hash_schemes() == made["password"]
    assert made == {
        "session": {"sha256", "sm3"}, "change": {"sha256", "sm3"},
        "request": {"hmac-sha256", "hmac-sm3"}, "answer": {"1", "2"},
        "password": {"argon2id", "pbkdf2-hmac-sm3"},
    }  # fmt: skip
    # The log has gone on with its own algorithms, and is sound.
    trust = Trust.of((str(place[0] / "audit.key.pub"),), published=place[0] / "audit")
    assert check(place[1], trust).findings == []
    template.drop(place[1])


def test_e29_a_bank_that_begins_under_sm_has_nothing_else(tmp_path: Path) -> None:
    place = (tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'sealmatch.sqlite'}")
    core = Sm2CoreSystem(tmp_path / "core.pem")
    with serving(place, Clock(), **SM, sso={"public_key": core.public}) as bank:
        found(bank)
        made = algorithms(bank)
        ticket = core.ticket(int(bank.clock.now.timestamp()))
        signed_in = bank.guest().session.exchange_sso_ticket(
            sb.ExchangeSsoTicketRequest(ticket=ticket)
        )
        assert signed_in.token.startswith("sm3.")
        (org,) = {row.parent_id for row in bank.rows("org", "id = '2101'")}
        report = bank.as_("hq1").audit.create_audit_report(a_report(bank, org)).report
        assert report.report_digest.startswith("sm3:")
        assert report.report_sha256 == ""
    assert made == {
        "session": {"sm3"}, "change": {"sm3"}, "request": {"hmac-sm3"}, "answer": {"2"},
        "password": {"pbkdf2-hmac-sm3"},
    }  # fmt: skip
    assert "hash sm3" in (place[0] / "audit" / "checkpoint").read_text()
    trust = Trust.of((str(place[0] / "audit.key.pub"),), published=place[0] / "audit")
    assert check(place[1], trust).findings == []


def a_report(bank: Bank, org: str) -> ab.CreateAuditReportRequest:
    request = ab.CreateAuditReportRequest(request_id=str(uuid.uuid4()), org=f"orgs/{org}")
    request.start_time.FromDatetime(bank.clock.now.replace(hour=0))
    request.end_time.FromDatetime(bank.clock.now)
    return request


def test_e29_a_backup_is_checked_by_the_algorithm_that_it_names(
    sqlite_bank: Bank, tmp_path: Path
) -> None:
    database: Any = sqlite_bank.server.pipeline.database
    settings, folder = sqlite_bank.settings, tmp_path / "saved"
    wanted = settings.model_copy(update={"crypto": Crypto(profile="sm")})
    made = create(wanted, database, folder, actor="ops", with_keys=True)
    assert made.digest == manifest.read(folder)[1]
    assert made.digest.startswith("sm3:")
    assert drill(settings, database, folder, actor="ops").problems == ()
    # One of an older program names no algorithm, and is of SHA-256.
    old = json.loads((folder / "backup.json").read_text())
    del old["algorithm"]
    assert manifest.differences(folder, manifest.Manifest(**old))
    old["files"] = manifest.digests(folder, "sha256")
    (folder / "backup.json").write_text(json.dumps(old))
    assert drill(settings, database, folder, actor="ops").problems == ()
    for wrong in ("md5", "", 7, ["sha256"]):
        (folder / "backup.json").write_text(json.dumps({**old, "algorithm": wrong}))
        with pytest.raises(BackupError, match="does not know"):
            manifest.read(folder)


def test_e29_going_back_keeps_what_an_older_program_can_read(
    template: Template, tmp_path: Path
) -> None:
    place, clock = template.copy(tmp_path / "data"), Clock()
    with serving(place, clock) as bank:
        old = bank.as_("c12").token
    with serving(place, clock, **SM) as bank:
        change = ask_user(bank, "n1", "2102", "sub-branch-teller", "c12")
    connections = Connections(place[1])
    with pytest.raises(LosesDataError) as caught:
        migrate(connections, "0012")
    assert set(caught.value.lost) == {
        "sessions opened under the profile sm", "first answers kept under the profile sm",
    }  # fmt: skip
    migrate(connections, "0012", lose_data=True)
    with connections.read() as connection:
        for table, column in (("session", "token_hash"), ("pending_change", "body_hash")):
            hashes = connection.exec_driver_sql(f"select {column} from {table}").scalars()  # noqa: S608
            assert {len(bytes.fromhex(one)) for one in hashes} == {32}
    migrate(connections, "head")
    connections.close()
    with serving(place, clock) as bank:
        with with_token(bank, old) as client:
            assert client.identity.get_user(ib.GetUserRequest(name="users/t12")).user.name
        again = bank.as_("b1").change.get_pending_change(
            cb.GetPendingChangeRequest(name=change.name)
        ).change  # fmt: skip
        assert again.body_digest == f"sha256:{again.body_sha256}" != change.body_digest
    template.drop(place[1])
