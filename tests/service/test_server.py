"""The server as a process of the bank: TLS, draining, health, metrics, quotas, faults, workers."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest
from certificates import Authority, Pair
from core_tickets import CoreSystem
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from refusals import refused
from service_bank import PASSWORD, Bank, Template, ask_user, cheap_hasher, running

from seal_audit_check import check
from seal_service.adapters.sql.engine import Connections
from seal_service.config import load
from seal_service.domain.reasons import Reason, Refusal
from seal_service.opening import StartError
from seal_service.server import Server
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as ob
from sealapi.v1 import session_pb2 as sb
from sealmatch.client import CallError, Client, Retries
from sealmatch.client.errors import decoded

PROGRAM = "from seal_service.cli import main; main()"
ORG = ob.GetOrgRequest(name="orgs/2101")


@pytest.fixture
def copied(founded_sqlite: Template, tmp_path: Path) -> tuple[Path, str]:
    return founded_sqlite.copy(tmp_path / "data")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def peer_certificate(port: int) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    with plain, context.wrap_socket(plain) as secure:
        found = secure.getpeercert(binary_form=True)
        assert found
        return found


def test_tls_follows_a_renewed_certificate(copied: tuple[Path, str], tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    pair = authority.sign("server")
    tls = {"certificate": pair.certificate, "key": pair.key}
    with running(*copied, tls=tls) as bank:
        address = bank.address
        with Client(address, authority=authority.certificate) as client:
            assert client.login("c11", PASSWORD).user == "users/c11"
        first = peer_certificate(bank.server.port)
        authority.sign("server", replacing=pair)
        assert peer_certificate(bank.server.port) != first
        with Client(address, authority=authority.certificate) as client:
            assert client.login("c11", PASSWORD).user == "users/c11"
        # A file that cannot be used changes nothing.
        pair.key.unlink()
        with Client(address, authority=authority.certificate) as client:
            assert client.login("c11", PASSWORD).user == "users/c11"


def test_a_certificate_may_be_renewed_in_two_steps_while_calls_go_on(
    copied: tuple[Path, str], tmp_path: Path
) -> None:
    authority, stranger = Authority(tmp_path / "ca"), Authority(tmp_path / "other")
    pair, fresh = authority.sign("server"), authority.sign("fresh")
    outsider = stranger.sign("outsider")
    tls = {
        "certificate": pair.certificate, "key": pair.key, "client_authority": authority.certificate
    }  # fmt: skip

    def login(known: Pair) -> str:
        with Client(
            bank.address, authority=authority.certificate, certificate=known.certificate,
            key=known.key, retries=Retries(attempts=1),
        ) as client:  # fmt: skip
            return client.login("c11", PASSWORD).user

    with running(*copied, tls=tls) as bank:
        assert login(fresh) == "users/c11"
        # Half of the new pair is there: the old one stays in use.
        pair.certificate.write_bytes(fresh.certificate.read_bytes())
        assert login(fresh) == "users/c11"
        pair.key.write_bytes(fresh.key.read_bytes())
        assert login(fresh) == "users/c11"
        with pytest.raises(CallError) as caught:
            login(outsider)
        assert caught.value.code == "UNAVAILABLE"
        # The clients' authority is renewed like the rest.
        both = authority.certificate.read_bytes() + stranger.certificate.read_bytes()
        authority.certificate.write_bytes(both)
        assert login(outsider) == "users/c11"


def test_e26_a_service_is_known_by_its_client_certificate(
    copied: tuple[Path, str], tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "ca")
    server, core, stranger = (authority.sign(name) for name in ("server", "core", "stranger"))
    folder, url = copied
    with running(folder, url) as bank:
        request = ib.CreateUserRequest(
            user_id="core", display_name="核心", org="orgs/1000", posts=["posts/core-interface"],
            kind=ib.User.KIND_SERVICE, certificate_sha256=core.sha256, reason="x",
        )  # fmt: skip
        bank.approve(bank.as_("hq1").identity.create_user(request).change, "hq2")
        request.user_id = "core2"
        with refused("ALREADY_EXISTS"):
            bank.as_("hq1").identity.create_user(request)
        with refused("BAD_CREDENTIALS"):
            bank.sign_in("core")
    tls = {
        "certificate": server.certificate, "key": server.key,
        "client_authority": authority.certificate,
    }  # fmt: skip

    def client(pair: Any) -> Client:
        return Client(
            bank.address, authority=authority.certificate, certificate=pair.certificate,
            key=pair.key, retries=Retries(attempts=1),
        )  # fmt: skip

    with running(folder, url, tls=tls) as bank:
        with client(core) as known:
            with refused("NO_PERMISSION", permission="org.read"):
                known.organization.get_org(ORG)
            assert "core" in {row.actor for row in bank.log()}
            # Methods about a session of one's own are for people.
            with refused("SESSION_EXPIRED"):
                known.session.logout(sb.LogoutRequest())
        with client(stranger) as unknown:
            with refused("CERT_UNKNOWN"):
                unknown.organization.get_org(ORG)
            assert bank.log("sealapi.v1.OrganizationService/GetOrg", "CERT_UNKNOWN")
            unknown.login("c11", PASSWORD)
            unknown.organization.get_org(ORG)
        with (
            Client(bank.address, authority=authority.certificate, retries=Retries(1)) as nobody,
            pytest.raises(CallError) as caught,
        ):
            nobody.organization.get_org(ORG)
        assert caught.value.code == "UNAVAILABLE"


def test_a44_a_token_opens_nothing_with_another_certificate(
    copied: tuple[Path, str], tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "ca")
    server, one, other = (authority.sign(name) for name in ("server", "one", "other"))
    tls = {
        "certificate": server.certificate, "key": server.key,
        "client_authority": authority.certificate,
    }  # fmt: skip

    def client(pair: Pair, token: str = "") -> Client:
        return Client(
            bank.address, authority=authority.certificate, certificate=pair.certificate,
            key=pair.key, token=token, retries=Retries(attempts=1),
        )  # fmt: skip

    with running(*copied, tls=tls) as bank:
        with client(one) as console:
            console.login("c11", PASSWORD)
            console.organization.get_org(ORG)
            with client(other, console.token) as thief, refused("SESSION_EXPIRED"):
                thief.organization.get_org(ORG)
            console.organization.get_org(ORG)
            token = console.token
        with client(one, token) as again:
            again.organization.get_org(ORG)
    # Nor where the server asks for no certificate any more.
    with (
        running(*copied) as bank,
        Client(bank.address, token=token) as bare,
        refused("SESSION_EXPIRED"),
    ):
        bare.organization.get_org(ORG)


def test_a44_a_core_ticket_opens_a_session_once(copied: tuple[Path, str], tmp_path: Path) -> None:
    core = CoreSystem(tmp_path / "core.pem")
    stranger = CoreSystem(tmp_path / "stranger.pem")

    def ticket(by: CoreSystem = core, **changes: Any) -> str:
        return by.ticket(int(bank.clock().timestamp()), **changes)

    def exchange(text: str) -> str:
        reply = bank.guest().session.exchange_sso_ticket(sb.ExchangeSsoTicketRequest(ticket=text))
        return reply.token

    with running(*copied, sso={"public_key": core.public}) as bank:
        good = ticket()
        token = exchange(good)
        with Client(bank.address, token=token) as client:
            assert client.organization.get_org(ORG).org.name == "orgs/2101"
        now = int(bank.clock().timestamp())
        header, payload, signature = ticket().split(".")
        for bad in (
            good,  # used before
            ticket(exp=now - 1),
            ticket(iat=now + 600, exp=now + 660),
            ticket(exp=now + 4000),
            ticket(aud="else"),
            ticket(iss="else"),
            ticket(sub="nobody"),
            ticket(jti="short"),
            ticket(stranger),
            f"{header}.{payload}.{signature[::-1]}",
            f"{header}.{payload}.",
            "eyJhbGciOiJub25lIn0.e30.",
            "nonsense",
        ):
            with refused("BAD_TICKET"):
                exchange(bad)


def test_draining_lets_running_calls_end_and_refuses_new_ones(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    client = bank.as_("c11")
    started, release = threading.Event(), threading.Event()
    original = cheap_hasher()

    class Slow:
        hash = original.hash

        def matches(self, password_hash: str | None, password: str) -> bool:
            started.set()
            release.wait(10)
            return original.matches(password_hash, password)

    object.__setattr__(bank.server.pipeline.tools, "hasher", Slow())
    results: list[object] = []
    slow = threading.Thread(target=lambda: results.append(bank.sign_in("t11").token))
    slow.start()
    assert started.wait(10)
    drain = threading.Thread(target=bank.server.drain)
    drain.start()
    time.sleep(0.1)
    with refused("DRAINING") as caught:
        client.organization.get_org(ORG)
    assert caught.value.code == "UNAVAILABLE"
    assert caught.value.retry_after_s
    with refused("DRAINING"):
        client.organization.get_org(ORG)
    # Of a flood one a second is in the log.
    assert len(bank.log("sealapi.v1.OrganizationService/GetOrg", "DRAINING")) == 1
    release.set()
    slow.join(10)
    drain.join(10)
    assert results
    assert results[0]


def test_health_and_reflection(copied: tuple[Path, str]) -> None:
    with running(*copied) as bank, grpc.insecure_channel(bank.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        for name in ("", "sealapi.v1.IdentityService"):
            reply = health.Check(health_pb2.HealthCheckRequest(service=name))
            assert reply.status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.RpcError) as caught:
            list(reflected(channel))
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED  # type: ignore[attr-defined]
    with running(*copied, reflection=True) as bank, grpc.insecure_channel(bank.address) as channel:
        (reply,) = reflected(channel)
        names = {service.name for service in reply.list_services_response.service}
        assert "sealapi.v1.ChangeService" in names


def wait_for_health(health: Any, status: int) -> None:
    for _ in range(200):
        reply = health.Check(health_pb2.HealthCheckRequest(service="sealapi.v1.AuditService"))
        if reply.status == status:
            return
        time.sleep(0.05)
    raise AssertionError(reply)


def test_health_says_when_the_audit_log_has_stopped(sqlite_bank: Bank) -> None:
    good, bad = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
    with grpc.insecure_channel(sqlite_bank.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        wait_for_health(health, good)
        appender = sqlite_bank.server._appender
        appender._note_status(stopped="the log is damaged")
        wait_for_health(health, bad)
        assert sqlite_bank.as_("hq1").organization.get_org(ORG).org.name  # served all the same


def test_health_follows_the_database(sqlite_bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
    connections = sqlite_bank.server.pipeline.database.connections  # type: ignore[attr-defined]

    def gone() -> Any:
        raise Refusal(Reason.DATABASE_BUSY)

    with grpc.insecure_channel(sqlite_bank.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        wait_for_health(health, good)
        with monkeypatch.context() as patch:
            patch.setattr(connections, "read", gone)
            wait_for_health(health, bad)
        wait_for_health(health, good)


def reflected(channel: grpc.Channel) -> Any:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    return stub.ServerReflectionInfo(
        iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    )


def test_metrics_count_calls_by_outcome(copied: tuple[Path, str]) -> None:
    port = free_port()
    with running(*copied, metrics_port=port) as bank:
        bank.org("2101")
        with refused("OUT_OF_ORG_SCOPE"):
            bank.org("2101", by="c12")
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    rpc = 'rpc="sealapi.v1.OrganizationService/GetOrg"'
    assert f'sealmatch_calls_total{{outcome="OK",{rpc}}} 1.0' in text
    assert f'sealmatch_calls_total{{outcome="OUT_OF_ORG_SCOPE",{rpc}}} 1.0' in text
    assert "process_resident_memory_bytes" in text
    assert "sealmatch_audit_leading 1.0" in text
    assert "sealmatch_audit_stopped 0.0" in text


def test_over_quota_says_when_to_come_again_and_does_not_flood_the_log(
    copied: tuple[Path, str],
) -> None:
    quota = {"per_s": 1000, "burst": 1000, "anonymous_per_s": 0.01, "anonymous_burst": 3}
    with running(*copied, quota=quota) as bank:
        for _ in range(3):
            with refused("SESSION_EXPIRED"):
                bank.guest().organization.get_org(ORG)
        begin = time.monotonic()
        for _ in range(20):
            with refused("QUOTA", limit_per_s="0.01") as caught:
                bank.guest().organization.get_org(ORG)
        assert caught.value.code == "RESOURCE_EXHAUSTED"
        assert caught.value.retry_after_s is not None
        assert 50 < caught.value.retry_after_s <= 100
        # One entry a second at most, however many calls there are.
        written = len(bank.log(outcome="QUOTA"))
        assert 1 <= written <= 1 + time.monotonic() - begin


def test_e30_calls_of_unknown_methods_are_in_the_log_once_a_second(sqlite_bank: Bank) -> None:
    raw = sqlite_bank.as_("c11")._channel.unary_unary
    for path in ("/sealapi.v1.IdentityService/DropEverything", "/x/y"):
        with pytest.raises(grpc.RpcError) as caught:
            raw(path)(b"")
        assert decoded(caught.value).reason == "NOT_BUILT"
    (entry,) = sqlite_bank.log("system/UnknownMethod")
    assert entry.target == "/sealapi.v1.IdentityService/DropEverything"
    assert entry.actor.startswith("peer:")


def test_an_unknown_fault_is_internal_with_a_correlation_id_and_undone(bank: Bank) -> None:
    pipeline = bank.server.pipeline
    before = bank.rows("users")
    bank.as_("c11")
    original = type(pipeline)._require_kept_promises

    def fail(*_: object) -> None:
        message = "secret detail"
        raise RuntimeError(message)

    type(pipeline)._require_kept_promises = fail  # type: ignore[method-assign]
    try:
        with refused("INTERNAL") as caught:
            bank.as_("c11").identity.unlock_user(ib.UnlockUserRequest(name="users/t11"))
    finally:
        type(pipeline)._require_kept_promises = original  # type: ignore[method-assign]
    assert len(caught.value.numbers["correlation_id"]) == 16
    assert "secret" not in str(caught.value)
    assert bank.rows("users") == before
    assert bank.log(outcome="INTERNAL")


def test_a_use_case_that_forgets_its_scope_is_rolled_back(sqlite_bank: Bank) -> None:
    from dataclasses import replace

    from seal_service.grpc_api import dispatch

    bank = sqlite_bank
    path = "/sealapi.v1.IdentityService/UnlockUser"
    dispatcher = next(
        handler
        for handler in bank.server._server._state.generic_handlers  # type: ignore[attr-defined]
        if isinstance(handler, dispatch.Dispatcher)
    )

    def careless(call: Any, request: ib.UnlockUserRequest) -> ib.UnlockUserResponse:
        user = call.work.users.get(request.name.removeprefix("users/"))
        call.work.users.save(replace(user, name="changed"))
        return ib.UnlockUserResponse()

    method = replace(dispatch.methods()[path], handle=careless)
    dispatcher._handlers[path] = dispatcher._handler(method)
    with refused("INTERNAL"):
        bank.as_("c11").identity.unlock_user(ib.UnlockUserRequest(name="users/t21"))
    assert bank.user("t21").display_name == "员工t21"


def test_a_database_that_is_gone_is_unavailable_not_internal(sqlite_bank: Bank) -> None:
    from contextlib import contextmanager

    bank = sqlite_bank
    client = bank.as_("c11")

    class Gone:
        @contextmanager
        def read(self) -> Any:
            raise Refusal(Reason.DATABASE_BUSY)
            yield

        write = read

    bank.server.pipeline.database = Gone()
    with refused("DATABASE_BUSY") as caught:
        client.organization.get_org(ORG)
    assert caught.value.code == "UNAVAILABLE"


def test_a_pool_that_is_used_up_is_busy_and_no_fault_of_ours(tmp_path: Path) -> None:
    connections = Connections(f"sqlite:///{tmp_path / 'x.sqlite'}", pool_size=1)
    pool: Any = connections.transactions.engine.pool
    pool._timeout = 0.05
    with ExitStack() as taken:
        for _ in range(1 + pool._max_overflow):
            taken.enter_context(connections.read())
        with pytest.raises(Refusal) as caught:
            taken.enter_context(connections.read())
    assert caught.value.reason is Reason.DATABASE_BUSY
    connections.close()


def test_e33_each_start_says_in_the_log_what_is_in_force(copied: tuple[Path, str]) -> None:
    with running(*copied, passwords={"initial": "888888"}, threads=5) as bank:
        before = len(bank.log("system/Start"))
        kept = [*bank.rows("audit_outbox"), *bank.rows("audit_payload")]
        (said,) = (one.payload for one in kept if b'"threads":5' in bytes(one.payload or b""))
    assert b'"initial":"**********"' in bytes(said)
    with running(*copied) as bank:
        assert len(bank.log("system/Start")) == before + 1


def test_two_approvals_at_once_are_one(bank: Bank) -> None:
    change = ask_user(bank, "n1", "2101", "sub-branch-teller", "c11")
    outcomes: list[str] = []
    # Neither has handed the maker's password out, nor has anyone who handed theirs out.
    clients = {user: bank.as_(user) for user in ("b1", "hq1")}

    def decide(user: str) -> None:
        from sealapi.v1 import change_pb2

        request = change_pb2.ApproveChangeRequest(name=change.name, etag=change.etag)
        try:
            clients[user].change.approve_change(request)
            outcomes.append("OK")
        except CallError as error:
            outcomes.append(error.reason)

    threads = [threading.Thread(target=decide, args=(user,)) for user in (*clients, *clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["CHANGE_NOT_PENDING"] * 3 + ["OK"]


def test_one_request_id_at_once_has_one_effect(bank: Bank) -> None:
    request = ib.ResetPasswordRequest(
        name="users/t11", request_id="11111111-1111-4111-8111-111111111111"
    )
    client, answers = bank.as_("c11"), []

    def reset() -> None:
        answers.append(client.identity.reset_password(request).initial_password)

    threads = [threading.Thread(target=reset) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1


def test_wrong_passwords_at_once_are_all_counted(bank: Bank) -> None:
    reasons: list[str] = []

    def attempt() -> None:
        try:
            bank.sign_in("t11", "wrong")
        except CallError as error:
            reasons.append(error.reason)

    threads = [threading.Thread(target=attempt) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reasons.count("BAD_CREDENTIALS") == 5
    assert reasons.count("USER_LOCKED") == 5


def test_a_port_in_use_and_a_wrong_schema_are_said_in_one_line(
    copied: tuple[Path, str], tmp_path: Path
) -> None:
    with running(*copied) as bank:
        settings = load(None, data_dir=tmp_path / "x", port=bank.server.port)
        with pytest.raises(StartError, match="is the port in use"):
            Server(settings)
    from seal_service.adapters.sql.migrate import migrate

    folder, url = copied
    connections = Connections(url)
    migrate(connections, "0001", lose_data=True)
    connections.close()
    with pytest.raises(StartError, match="sealmatch migrate"):
        Server(load(None, data_dir=folder, database_url=url, port=0))


def start(folder: Path, port: int, *options: str) -> subprocess.Popen[str]:
    arguments = ["serve", "--data-dir", str(folder), "--port", str(port), *options]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stderr=subprocess.PIPE, text=True
    )


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    # Not with a channel: after a refused connection it waits longer and longer.
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    process.kill()
    pytest.fail(process.communicate()[1])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_makes_its_data_directory_and_drains_on_sigterm(tmp_path: Path, workers: str) -> None:
    port = free_port()
    process = start(tmp_path / "bank", port, "--workers", workers)
    try:
        wait_for(port, process)
        with (
            Client(f"127.0.0.1:{port}") as client,
            refused("BAD_CREDENTIALS"),
        ):
            client.login("nobody", "x")
    finally:
        process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=60)[1]
    assert process.returncode == 0, log
    events = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    names = [event["event"] for event in events]
    assert names.count("draining") == int(workers)
    assert (tmp_path / "bank" / "bootstrap.token").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "bank" / "sealmatch.key").stat().st_mode & 0o777 == 0o600
    # Whichever process numbered it: nothing waits, everything is signed and published.
    report = check(str(tmp_path / "bank"), processes=1)
    assert report.findings == []
    assert report.signed_size == report.events >= 1
    assert report.waiting == 0
    assert f"\n{report.events}\n" in (tmp_path / "bank" / "audit" / "checkpoint").read_text()
    assert (tmp_path / "bank" / "audit.key").stat().st_mode & 0o777 == 0o600
    call = next(event for event in events if event["event"] == "call")
    assert call["outcome"] == "BAD_CREDENTIALS"
    assert len(call["trace_id"]) == 32


def test_workers_end_with_the_process_that_watches_them(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path / "bank", port, "--workers", "2")
    wait_for(port, process)
    process.kill()
    process.communicate(timeout=60)  # the workers hold its error stream open while they live
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)
