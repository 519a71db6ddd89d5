"""A witness that has nothing but a connection: `sealmatch audit witness --server`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from certificates import Authority, Pair
from command import PROGRAM, run
from service_bank import PASSWORD, Bank, Template, running

from seal_audit_check import Trust, check
from seal_service.audit import Verifier
from seal_service.audit.witness import Witness
from sealapi.v1 import identity_pb2 as ib
from sealmatch.client import Client


class Host:
    """The witness's own machine: its folder, its certificate, and the log's public key."""

    def __init__(self, folder: Path, log_key: Path) -> None:
        self.state = folder / "state"
        self.log_key = folder / "log.pub"
        self.authority = Authority(folder / "ca")
        self.pair: Pair = self.authority.sign("witness")
        self.log_key.write_text(log_key.read_text())
        key = Verifier.parse(log_key.read_text())
        self.key = Witness.open(self.state, key, "witness.example/2").verifier
        server = self.authority.sign("server")
        self.tls = {
            "certificate": server.certificate, "key": server.key,
            "client_authority": self.authority.certificate,
        }  # fmt: skip

    def arguments(self, bank: Bank) -> list[str]:
        """Return how the command is called."""
        options = {
            "server": bank.address, "state": self.state, "key": self.log_key,
            "authority": self.authority.certificate, "certificate": self.pair.certificate,
            "certificate-key": self.pair.key,
        }  # fmt: skip
        return ["audit", "witness", *(f"--{name}={value}" for name, value in options.items())]

    def sign_in(self, bank: Bank) -> None:
        """Let a person come in from here."""
        client = Client(
            bank.address, authority=self.authority.certificate, certificate=self.pair.certificate,
            key=self.pair.key,
        )  # fmt: skip
        client.login("hq1", PASSWORD)
        bank.clients["hq1"] = client

    def look(self, bank: Bank) -> CompletedProcess[str]:
        """Look once."""
        return run(*self.arguments(bank), "--once")


@pytest.fixture
def host(tmp_path: Path, founded_sqlite: Template) -> Host:
    return Host(tmp_path / "host", founded_sqlite.folder / "audit.key.pub")


def appointed(bank: Bank, host: Host) -> None:
    """Let the bank know the witness's certificate."""
    request = ib.CreateUserRequest(
        user_id="wit2", display_name="见证机", org="orgs/1000", posts=["posts/witness"],
        kind=ib.User.KIND_SERVICE, certificate_sha256=host.pair.sha256, reason="x",
    )  # fmt: skip
    bank.approve(bank.as_("hq1").identity.create_user(request).change, "hq2")


def busy(bank: Bank, calls: int) -> None:
    """Let the log grow, and wait until all of it is signed."""
    for _ in range(calls):
        bank.org("2101", by="hq1")
    wait_until_signed(bank)


def wait_until_signed(bank: Bank) -> None:
    """Wait until the newest checkpoint holds every entry: a witness sees what is signed only."""
    for _ in range(1000):
        waiting, size, signed = bank.log_state()
        if not waiting and signed == size:
            return
        time.sleep(0.02)
    raise AssertionError


def test_a72_a_witness_on_another_machine_hands_its_signature_in(
    template: Template, tmp_path: Path
) -> None:
    host = Host(tmp_path / "host", template.folder / "audit.key.pub")
    folder, url = template.copy(tmp_path / "data")
    with running(folder, url) as bank:
        appointed(bank, host)
    audit = {"witnesses": [str(host.key)]}
    with running(folder, url, tls=host.tls, audit=audit) as bank:
        sizes = []
        for _ in range(2):
            done = host.look(bank)
            assert done.returncode == 0, done.stderr
            sizes.append(int(done.stdout.removeprefix("cosigned ")))
            wait_until_signed(bank)
        assert sizes[0] < sizes[1]
        kept = bank.rows("audit_cosignature", "true order by size")
        assert [(row.size, row.witness) for row in kept] == [
            (size, "witness.example/2") for size in sizes
        ]
        asked = [row.action.rpartition("/")[2] for row in bank.log() if row.actor == "wit2"]
        assert sorted(asked) == sorted(
            ["GetCheckpoint", "AddCosignature", "GetCheckpoint", "GetConsistencyProof",
             "AddCosignature"]
        )  # fmt: skip
    keys = (str(host.log_key), str(host.key))
    report = check(url, Trust.of(keys, witness_folders=(host.state,)), processes=1)
    assert (report.findings, report.cosigned_size) == ([], sizes[1])


def test_a72_a_server_that_shows_another_history_is_an_alarm(
    host: Host, founded_sqlite: Template, tmp_path: Path
) -> None:
    """Both histories are signed by the log's own key, and each of them is sound."""
    with running(*founded_sqlite.copy(tmp_path / "first")) as bank:
        appointed(bank, host)
    founded = Template(tmp_path / "first", "")
    options = {"tls": host.tls, "audit": {"witnesses": [str(host.key)]}}

    with running(*founded.copy(tmp_path / "one"), **options) as bank:
        host.sign_in(bank)
        busy(bank, 20)
        assert host.look(bank).returncode == 0
    seen = (host.state / "latest").read_bytes()
    with running(*founded.copy(tmp_path / "other"), **options) as bank:
        host.sign_in(bank)
        busy(bank, 1)
        done = host.look(bank)
        assert (done.returncode, "went back from" in done.stderr) == (1, True), done.stderr
        busy(bank, 60)
        done = host.look(bank)
        assert (done.returncode, "does not continue" in done.stderr) == (1, True), done.stderr
        assert bank.rows("audit_cosignature") == []
    assert (host.state / "latest").read_bytes() == seen


def test_a_witness_waits_for_its_server_and_says_what_it_refuses(
    host: Host, sqlite_bank: Bank
) -> None:
    address = f"--server={sqlite_bank.address}"
    plain = ["audit", "witness", address, f"--state={host.state}", f"--key={host.log_key}"]
    token = f"--token={sqlite_bank.as_('wit').token}"
    # The server has not been told this witness's key.
    done = run(*plain, token, "--once")
    assert done.returncode == 1
    assert done.stderr.startswith("sealmatch: INVALID_FIELD")
    assert len(done.stderr.splitlines()) == 1
    # Nobody in particular is refused, and asks again.
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *plain, "--every=0.1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as waiting:  # fmt: skip
        assert waiting.stderr is not None
        try:
            for _ in range(2):
                assert waiting.stderr.readline().startswith("held up: SESSION_EXPIRED")
            assert waiting.poll() is None
        finally:
            waiting.kill()
    assert sqlite_bank.rows("audit_cosignature") == []


def test_a_witness_is_told_of_one_log(host: Host) -> None:
    options = (f"--state={host.state}", f"--key={host.log_key}", "--once")
    for named in ((), ("here", "--server=127.0.0.1:1")):
        done = run("audit", "witness", *named, *options)
        assert done.returncode == 2
        assert "name either the log" in done.stderr
