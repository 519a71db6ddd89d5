"""The guide for operations (docs/operations.md) says what the program does (E32)."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest
from certificates import Authority
from command import PROGRAM, run
from service_bank import Bank, Template, running

from seal_service.access.policies import SERVICES
from seal_service.config import Settings
from seal_service.domain.reasons import Reason
from sealapi.v1 import organization_pb2 as ob
from sealmatch.client import CallError, Client, Retries

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "operations.md").read_text(encoding="utf-8")
CODE = re.findall(r"`([^`\n]+)`", GUIDE)


def configured() -> str:
    """Return the guide's example of a configuration."""
    found = re.search(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    return found[1]


def flows() -> dict[tuple[str, str], tuple[str, str]]:
    """Return port and protection of each flow of the guide, by its ends."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in GUIDE.splitlines()]
    return {(row[0], row[1]): (row[2], row[4]) for row in rows if len(row) == 5}


def test_e32_what_the_guide_refers_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", GUIDE):
        page, _, heading = target.partition("#")
        text = (DOCS / page).read_text(encoding="utf-8").lower()
        title = heading.replace("-", " ")
        assert not heading or f"\n## {title}\n" in text, target
    offered = {f"{one.name}/{method.name}" for one in SERVICES for method in one.methods}
    named = {code for code in CODE if re.fullmatch(r"[A-Z]\w+Service/\w+", code)}
    assert len(named) >= 4
    assert named <= offered
    reasons = {
        "INTERNAL", "BAD_CREDENTIALS", "SESSION_EXPIRED", "NO_PERMISSION", "QUOTA", "STORAGE_FULL",
        "DATABASE_BUSY",
    }  # fmt: skip
    assert reasons <= {str(reason) for reason in Reason}
    for reason in reasons:
        assert reason in GUIDE


COMMANDS = sorted(code for code in set(CODE) if code.startswith("sealmatch "))


@pytest.mark.parametrize("command", COMMANDS)
def test_e32_a_command_of_the_guide_exists(command: str) -> None:
    words = command.split()[1:]
    names = [word for word in words[:2] if word.islower() and not word.startswith("-")]
    said = run(*names, "--help")
    assert said.returncode == 0, said.stderr
    for option in (word for word in words if word.startswith("--")):
        assert option in said.stdout


def test_e32_the_guides_configuration_is_good_and_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SEALMATCH_HOST", raising=False)
    authority = Authority(tmp_path / "ca")
    server = authority.sign("server")
    text = configured().replace("/var/lib/sealmatch", str(tmp_path / "data"))
    for name, path in (
        ("server.pem", server.certificate), ("server.key", server.key),
        ("clients.pem", authority.certificate),
    ):  # fmt: skip
        text = text.replace(f"/etc/sealmatch/{name}", str(path))
    file = tmp_path / "bank.toml"
    file.write_text(text)
    done = run("config", "check", "--config", file)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["tls"]["client_authority"]
    assert not found["reflection"]
    assert found["metrics_host"] != found["host"]
    # Without its certificate the same server would not start.
    file.write_text(text.partition("[tls]")[0])
    done = run("config", "check", "--config", file)
    assert done.returncode == 2
    assert "tls.certificate" in done.stderr


def test_e32_ports_and_defaults_are_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    by_default = Settings()
    assert by_default.host == by_default.metrics_host == "127.0.0.1"
    assert by_default.metrics_port is None
    ports = {ends: port for ends, (port, _) in flows().items()}
    assert ports["callers", "application"] == f"{by_default.port}/tcp"
    assert ports["witness", "application"] == ports["callers", "application"]
    example = tomllib.loads(configured())
    assert ports["monitoring", "application"] == f"{example['metrics_port']}/tcp and up"
    assert f"`drain_s` ({by_default.drain_s:g} s)" in GUIDE


def test_e32_a_callers_flow_is_mutual_tls(founded_sqlite: Template, tmp_path: Path) -> None:
    assert flows()["callers", "application"][1] == "mutual TLS"
    authority, other = Authority(tmp_path / "ca"), Authority(tmp_path / "other")
    server, known, stranger = authority.sign("s"), authority.sign("c"), other.sign("c")
    expired = authority.sign("old", days=-1)
    tls = {
        "certificate": server.certificate, "key": server.key,
        "client_authority": authority.certificate,
    }  # fmt: skip

    def answer(bank: Bank, **shown: Path | None) -> str:
        with Client(bank.address, retries=Retries(1), timeout_s=10, **shown) as client:
            with pytest.raises(CallError) as caught:
                client.organization.get_org(ob.GetOrgRequest(name="orgs/2101"))
            return caught.value.reason or caught.value.code

    with running(*founded_sqlite.copy(tmp_path / "data"), tls=tls) as bank:
        trusted = authority.certificate
        assert answer(bank) == "UNAVAILABLE"  # no TLS
        assert answer(bank, authority=trusted) == "UNAVAILABLE"
        for pair in (stranger, expired):
            shown = {"certificate": pair.certificate, "key": pair.key}
            assert answer(bank, authority=trusted, **shown) == "UNAVAILABLE"
        shown = {"certificate": known.certificate, "key": known.key}
        # It opens the door and gives no rights.
        assert answer(bank, authority=trusted, **shown) in {"SESSION_EXPIRED", "CERT_UNKNOWN"}


def free_ports(count: int) -> int:
    """Return the first of some ports in a row that nobody listens on."""
    for first in range(20_000 + os.getpid() % 5_000, 60_000, count):
        held = []
        try:
            for port in range(first, first + count):
                held.append(socket.socket())
                held[-1].bind(("127.0.0.1", port))
        except OSError:
            continue
        else:
            return first
        finally:
            for one in held:
                one.close()
    raise AssertionError


def listening(process: int) -> set[int]:
    """Return the TCP ports on which a process and its children listen."""
    inodes, waiting = set(), [process]
    while waiting:
        one = waiting.pop()
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
            links = [str(fd.readlink()) for fd in Path(f"/proc/{one}/fd").iterdir()]
        except FileNotFoundError:
            continue
        inodes |= {link[8:-1] for link in links if link.startswith("socket:[")}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and cells[9] in inodes:
                found.add(int(cells[1].rpartition(":")[2], 16))
    return found


@pytest.fixture
def two_workers(tmp_path: Path) -> object:
    """Run a server of two workers; yield its first port, its process and its data directory."""
    first = free_ports(3)
    arguments = ["serve", "--data-dir", str(tmp_path / "data"), "--port", str(first)]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments, "--workers", "2"],
        env={**os.environ, "SEALMATCH_METRICS_PORT": str(first + 1)},
        stderr=subprocess.DEVNULL,
    )
    wanted = {first, first + 1, first + 2}
    try:
        until = time.monotonic() + 90
        while not wanted <= listening(process.pid) and time.monotonic() < until:
            assert process.poll() is None
            time.sleep(0.2)
        yield first, process, tmp_path / "data"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def test_e32_a_server_opens_the_guides_ports_and_no_other(
    two_workers: tuple[int, subprocess.Popen[bytes], Path],
) -> None:
    first, process, folder = two_workers
    assert listening(process.pid) == {first, first + 1, first + 2}
    shown = ""
    for worker in (0, 1):
        address = f"http://127.0.0.1:{first + 1 + worker}/metrics"
        shown += urllib.request.urlopen(address).read().decode()
    named = set(re.findall(r"`(sealmatch_\w+)`", GUIDE))
    known = set(re.findall(r"^# TYPE (\w+) ", shown, re.MULTILINE))
    assert len(named) >= 8
    assert named <= known
    assert sum(map(float, re.findall(r"^sealmatch_audit_leading (\S+)", shown, re.MULTILINE))) == 1
    # Who may look into the data directory.
    assert folder.stat().st_mode & 0o777 == 0o700
    keys = [path for path in folder.iterdir() if path.suffix == ".key"]
    assert len(keys) == 2
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in keys)
