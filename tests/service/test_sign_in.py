"""Signing in: passwords, locks, sessions, the first set-up (A31, A44–A47)."""

from __future__ import annotations

from datetime import UTC
from itertools import pairwise
from pathlib import Path

import pytest
from refusals import refused
from service_bank import PASSWORD, START, Bank, running
from service_loss import verified

from seal_service.access.policies import PUBLIC
from seal_service.application.call import Caller, Rules
from seal_service.domain.access_modes import AccessMode
from seal_service.domain.people import new_user
from seal_service.domain.reasons import Reason, Refusal
from seal_service.domain.sessions import opened
from seal_service.grpc_api.dispatch import methods
from seal_service.interceptors.authorise import authorise
from seal_service.interceptors.exchange import Method
from sealapi.v1 import identity_pb2 as pb
from sealapi.v1 import organization_pb2 as org_pb
from sealapi.v1 import session_pb2


def wrong(bank: Bank, user: str, times: int) -> None:
    for number in range(1, times + 1):
        with refused("BAD_CREDENTIALS", remaining=str(5 - number)):
            bank.sign_in(user, "wrong")


def look(bank: Bank, user: str) -> None:
    bank.as_(user).organization.list_orgs(org_pb.ListOrgsRequest())


def reset(bank: Bank, user: str, by: str) -> str:
    request = pb.ResetPasswordRequest(name=f"users/{user}")
    return bank.as_(by).identity.reset_password(request).initial_password


def test_a46_fifth_wrong_password_does_not_lock(bank: Bank) -> None:
    wrong(bank, "t11", 5)
    assert bank.sign_in("t11").token


def test_a46_sixth_wrong_password_locks(bank: Bank) -> None:
    wrong(bank, "t11", 5)
    with refused("USER_LOCKED"):
        bank.sign_in("t11", "wrong")
    with refused("USER_LOCKED"):
        bank.sign_in("t11")
    user = bank.user("t11", by="c11")
    assert user.locked
    assert "6 wrong passwords on 2026-11-23" in user.lock_reason


def test_a46_success_does_not_reset_the_days_count(bank: Bank) -> None:
    wrong(bank, "t11", 3)
    bank.sign_in("t11")
    for remaining in ("1", "0"):
        with refused("BAD_CREDENTIALS", remaining=remaining):
            bank.sign_in("t11", "wrong")
    with refused("USER_LOCKED"):
        bank.sign_in("t11", "wrong")


def test_a46_the_count_begins_anew_at_the_banks_midnight_but_the_lock_stays(bank: Bank) -> None:
    wrong(bank, "t11", 5)
    bank.clock.forward(hours=14, minutes=59)  # 23:59 in Shanghai
    with refused("USER_LOCKED"):
        bank.sign_in("t11", "wrong")
    wrong(bank, "r11", 5)
    bank.clock.forward(minutes=2)
    wrong(bank, "r11", 1)
    with refused("USER_LOCKED"):
        bank.sign_in("t11")


def test_a46_a_lock_ends_running_sessions(bank: Bank) -> None:
    look(bank, "t11")
    wrong(bank, "t11", 5)
    with refused("USER_LOCKED"):
        bank.sign_in("t11", "wrong")
    with refused("SESSION_EXPIRED"):
        look(bank, "t11")


def test_a46_only_the_own_administrator_resets(bank: Bank) -> None:
    wrong(bank, "t11", 5)
    with refused("USER_LOCKED"):
        bank.sign_in("t11", "wrong")
    with refused("OUT_OF_ORG_SCOPE"):
        reset(bank, "t11", by="c12")
    with refused("NO_PERMISSION"):
        reset(bank, "t11", by="r11")
    with refused("SAME_PERSON"):
        reset(bank, "c11", by="c11")
    initial = reset(bank, "t11", by="c11")
    client = bank.sign_in("t11", initial)
    with refused("PASSWORD_CHANGE_REQUIRED"):
        client.organization.list_orgs(org_pb.ListOrgsRequest())


def test_a46_unknown_numbers_are_answered_like_known_ones(bank: Bank) -> None:
    wrong(bank, "nobody", 5)
    with refused("USER_LOCKED"):
        bank.sign_in("nobody", "wrong")


def test_a45_an_initial_session_may_only_change_its_password(bank: Bank) -> None:
    client = bank.sign_in("t11", reset(bank, "t11", by="c11"))
    for call in (
        lambda: client.organization.list_orgs(org_pb.ListOrgsRequest()),
        lambda: client.session.list_sessions(session_pb2.ListSessionsRequest()),
        lambda: client.session.refresh(session_pb2.RefreshRequest()),
        lambda: client.session.logout(session_pb2.LogoutRequest()),
    ):
        with refused("PASSWORD_CHANGE_REQUIRED"):
            call()


@pytest.mark.parametrize("method", methods().values(), ids=lambda method: method.policy.rpc)
def test_a45_no_other_method_is_open_to_an_initial_session(method: Method) -> None:
    at, rules = START, Rules(zone=UTC)
    user = new_user("t11", "x", "2101", at=at)
    session = opened("s", "h", user, rules=rules.sessions, peer="", mode=AccessMode.DIRECT, at=at)
    everything = Caller(user.id, session=session, super_admin=True)
    if method.policy.permission == PUBLIC or method.policy.rpc.endswith("/ChangePassword"):
        authorise(method.policy, everything, rules, at)
        return
    with pytest.raises(Refusal) as caught:
        authorise(method.policy, everything, rules, at)
    assert caught.value.reason is Reason.PASSWORD_CHANGE_REQUIRED


def test_a45_888888_is_an_initial_password_that_can_only_change_itself(
    founded_sqlite: object, tmp_path: Path
) -> None:
    folder, url = founded_sqlite.copy(tmp_path / "data")  # type: ignore[attr-defined]
    with running(folder, url, passwords={"initial": "888888"}) as bank:
        assert reset(bank, "t11", by="c11") == "888888"
        client = bank.sign_in("t11", "888888")
        with refused("PASSWORD_CHANGE_REQUIRED"):
            client.organization.list_orgs(org_pb.ListOrgsRequest())
        change = session_pb2.ChangePasswordRequest(old_password="888888", new_password="888888")
        with refused("WEAK_PASSWORD") as caught:
            client.session.change_password(change)
        assert "is_initial" in caught.value.numbers["rules"]
        change.new_password = "Red-Carpet-93"
        client.session.change_password(change)
        client.organization.list_orgs(org_pb.ListOrgsRequest())
        with refused("BAD_CREDENTIALS"):
            bank.sign_in("t11", "888888")
        # Someone whose password is not initial cannot sign in with it either.
        with refused("BAD_CREDENTIALS"):
            bank.sign_in("r11", "888888")


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Ab1-xyq", "min_length"),
        ("onlyletters", "character_kinds"),
        ("xt11-Horse-4", "contains_user_id"),
        ("Horse-1234-x", "run"),
        ("Horse-aaaa-4", "run"),
        (PASSWORD, "used_before"),
    ],
)
def test_a45_weak_passwords_are_refused(sqlite_bank: Bank, password: str, rule: str) -> None:
    request = session_pb2.ChangePasswordRequest(old_password=PASSWORD, new_password=password)
    with refused("WEAK_PASSWORD") as caught:
        sqlite_bank.as_("t11").session.change_password(request)
    assert rule in caught.value.numbers["rules"].split(",")
    assert caught.value.fields[0].field == "new_password"
    assert sqlite_bank.sign_in("t11").token


def test_a45_former_passwords_are_remembered(sqlite_bank: Bank) -> None:
    passwords = [PASSWORD, "Red-Carpet-93", "Grey-Window-58", "Tall-Garden-26"]
    client = sqlite_bank.as_("t11").session
    for old, new in pairwise(passwords):
        client.change_password(
            session_pb2.ChangePasswordRequest(old_password=old, new_password=new)
        )
    with refused("WEAK_PASSWORD", rules="used_before"):
        client.change_password(
            session_pb2.ChangePasswordRequest(old_password=passwords[-1], new_password=passwords[1])
        )


def test_changing_the_password_ends_other_sessions_and_counts_wrong_ones(bank: Bank) -> None:
    other = bank.sign_in("t11")
    client = bank.as_("t11")
    with refused("BAD_CREDENTIALS", remaining="4"):
        client.session.change_password(
            session_pb2.ChangePasswordRequest(old_password="wrong", new_password="Red-Carpet-93")
        )
    client.session.change_password(
        session_pb2.ChangePasswordRequest(old_password=PASSWORD, new_password="Red-Carpet-93")
    )
    look(bank, "t11")
    with refused("SESSION_EXPIRED"):
        other.organization.list_orgs(org_pb.ListOrgsRequest())


def test_a47_an_idle_session_ends(bank: Bank) -> None:
    look(bank, "t11")
    bank.clock.forward(seconds=899)
    look(bank, "t11")
    bank.clock.forward(seconds=899)
    look(bank, "t11")  # the last call counts, not the login
    bank.clock.forward(seconds=901)
    with refused("SESSION_IDLE", idle_limit_s="900"):
        look(bank, "t11")


def test_a47_logout_ends_the_session(bank: Bank) -> None:
    client = bank.as_("t11")
    token = client.token
    client.logout()
    client.token = token
    with refused("SESSION_EXPIRED"):
        look(bank, "t11")


def test_a_session_has_an_end_however_busy_it_is(bank: Bank) -> None:
    look(bank, "t11")
    for _ in range(48):
        bank.clock.forward(minutes=14, seconds=59)
        look(bank, "t11")
    bank.clock.forward(minutes=10)
    with refused("SESSION_EXPIRED"):
        look(bank, "t11")


def test_a_clock_that_was_set_back_lengthens_no_session(bank: Bank) -> None:
    look(bank, "t11")
    bank.clock.forward(hours=-2)
    look(bank, "t11")
    bank.clock.now = START
    bank.clock.forward(seconds=905)
    with refused("SESSION_IDLE"):
        look(bank, "t11")


def test_a_refreshed_token_replaces_the_old_one(bank: Bank) -> None:
    client = bank.as_("t11")
    old = client.token
    client.token = client.session.refresh(session_pb2.RefreshRequest()).token
    look(bank, "t11")
    client.token = old
    with refused("SESSION_EXPIRED"):
        look(bank, "t11")


def test_sessions_are_listed_and_revoked_by_administrators(bank: Bank) -> None:
    look(bank, "t11")
    request = session_pb2.ListSessionsRequest(user="users/t11")
    (session, *_rest) = bank.as_("c11").session.list_sessions(request).sessions[::-1]
    with refused("OUT_OF_ORG_SCOPE"):
        bank.as_("c12").session.list_sessions(request)
    with refused("NO_PERMISSION", permission="session.manage"):
        bank.as_("r11").session.list_sessions(request)
    bank.as_("c11").session.revoke_session(session_pb2.RevokeSessionRequest(name=session.name))
    with refused("SESSION_EXPIRED"):
        look(bank, "t11")


def test_e05_tokens_and_passwords_are_nowhere_in_the_database(bank: Bank) -> None:
    token = bank.as_("t11").token
    initial = reset(bank, "r11", by="c11")
    for table in (
        "session",
        "users",
        "password_history",
        "idempotency",
        "audit_outbox",
        "audit_event",
        "audit_payload",
    ):
        for row in bank.rows(table):
            text = repr(tuple(row))
            assert token not in text
            assert PASSWORD not in text
            assert initial not in text


def test_a31_the_super_administrator_is_sealed_for_ever(bank: Bank) -> None:
    with refused("SUPER_ADMIN_SEALED"):
        bank.sign_in("root")
    with refused("BOOTSTRAP_REFUSED"):
        bank.guest().identity.bootstrap_super_admin(
            pb.BootstrapSuperAdminRequest(
                bootstrap_token="x", user_id="root2", display_name="x", password=PASSWORD,
                org_id="9999", org_display_name="x",
            )
        )  # fmt: skip
    with refused("NO_PERMISSION", permission="system.bootstrap"):
        bank.as_("hq1").identity.seal_super_admin(pb.SealSuperAdminRequest())
    with refused("SUPER_ADMIN_SEALED"):
        reset(bank, "root", by="hq1")
    assert not (bank.settings.data_dir / "bootstrap.token").exists()


def test_a31_not_even_in_the_database(bank: Bank) -> None:
    from sqlalchemy.exc import DBAPIError

    transactions = bank.server.pipeline.database.connections.transactions  # type: ignore[attr-defined]
    for statement in (
        "delete from system_mark where key = 'super_admin_sealed'",
        "update system_mark set value = 'x' where key = 'super_admin'",
    ):
        with pytest.raises(DBAPIError, match="never changed"), transactions.write() as connection:
            connection.exec_driver_sql(statement)
    # Whoever drops the guard and the mark is stopped by what the log remembers.
    with transactions.write() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("drop trigger system_mark_no_delete")
        else:
            connection.exec_driver_sql("drop trigger system_mark_guard on system_mark")
        connection.exec_driver_sql("delete from system_mark where key = 'super_admin_sealed'")
    with refused("SUPER_ADMIN_SEALED"):
        bank.sign_in("root")
    # Nor does a post help that was given by hand.
    with transactions.write() as connection:
        connection.exec_driver_sql("update assignment set user_id = 'root' where user_id = 'hq2'")
    with refused("SUPER_ADMIN_SEALED"):
        bank.sign_in("root")


def test_a31_whoever_makes_the_log_forget_the_sealing_is_found(bank: Bank) -> None:
    settings = bank.settings
    bank.wait_until_logged()
    transactions = bank.server.pipeline.database.connections.transactions  # type: ignore[attr-defined]
    with transactions.write() as connection:
        action = "sealapi.v1.IdentityService/SealSuperAdmin"
        ((seq,),) = connection.exec_driver_sql(
            f"select seq from audit_event where action = '{action}' and decision = 1"  # noqa: S608
        )
        connection.exec_driver_sql(f"delete from audit_event where seq = {seq}")  # noqa: S608
    assert [one.seq for one in verified(settings.data_dir, settings.url).findings][:1] == [seq]


def test_a31_first_set_up_needs_its_token_and_two_administrators(tmp_path: Path) -> None:
    with running(tmp_path / "new", f"sqlite:///{tmp_path / 'new' / 'x.sqlite'}") as bank:
        request = pb.BootstrapSuperAdminRequest(
            bootstrap_token="wrong", user_id="root", display_name="x", password=PASSWORD,
            org_id="1000", org_display_name="总行",
        )  # fmt: skip
        with refused("BOOTSTRAP_REFUSED"):
            bank.guest().identity.bootstrap_super_admin(request)
        token = tmp_path / "new" / "bootstrap.token"
        assert token.stat().st_mode & 0o077 == 0
        request.bootstrap_token = token.read_text().strip()
        request.password = "weak"
        with refused("WEAK_PASSWORD"):
            bank.guest().identity.bootstrap_super_admin(request)
        request.password = PASSWORD
        bank.guest().identity.bootstrap_super_admin(request)
        with refused("BOOTSTRAP_REFUSED"):
            bank.guest().identity.bootstrap_super_admin(request)
        root = bank.as_("root").identity
        with refused("TOO_FEW_ADMINS", needed="2", present="0"):
            root.seal_super_admin(pb.SealSuperAdminRequest())
        # The super administrator may create administrators and nothing else.
        create = pb.CreateUserRequest(
            user_id="a", display_name="a", org="orgs/1000", posts=["posts/auditor"],
            kind=pb.User.KIND_PERSON, reason="x",
        )  # fmt: skip
        with refused("MAY_NOT_APPOINT"):
            root.create_user(create)
        with refused("NO_PERMISSION"):
            root.list_users(pb.ListUsersRequest())
