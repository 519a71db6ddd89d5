"""The examples in docs/examples run as they are, each in its own role."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest
from certificates import Authority
from service_bank import PASSWORD, Bank, Template, running
from service_cases import remind

from sealapi.v1 import identity_pb2 as pb

EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"


class Example:
    """Runs an example as a program, with its environment, and returns what it prints."""

    def __init__(
        self, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], used: set[str]
    ) -> None:
        self._patch, self._capsys, self._used = patch, capsys, used

    def __call__(
        self, name: str, bank: Bank, *arguments: str, user: str = "", **environment: object
    ) -> str:
        """Run one example."""
        self._used.add(name)
        self._patch.setattr(sys, "argv", [name, *arguments])
        values = {"ADDRESS": bank.address, "USER": user, "PASSWORD": PASSWORD, **environment}
        for key, value in values.items():
            self._patch.setenv(f"SEALMATCH_{key}", str(value))
        self._capsys.readouterr()
        runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
        lines = self._capsys.readouterr().out.splitlines()
        return "\n".join(line for line in lines if "[info" not in line)


@pytest.fixture(scope="module")
def used() -> set[str]:
    return set()


@pytest.fixture
def example(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], used: set[str]
) -> Example:
    return Example(monkeypatch, capsys, used)


def test_first_setup(example: Example, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with running(folder, f"sqlite:///{tmp_path / 'new' / 'x.sqlite'}") as bank:
        said = example("first_setup", bank, (folder / "bootstrap.token").read_text().strip())
        assert said.splitlines()[-1] == "the super administrator is locked for ever"
        name, password = said.splitlines()[0].split()
        assert bank.sign_in(name.removeprefix("users/"), password).token


def test_headquarters(example: Example, sqlite_bank: Bank) -> None:
    said = example("headquarters", sqlite_bank, user="hq1")
    assert said.splitlines() == [
        "waits for a second person: org.create orgs/2109",
        "waits for a second person: exclusionRules.create exclusionRules/auditors-apart",
    ]


def test_chief_and_then_branch(example: Example, sqlite_bank: Bank) -> None:
    remind(sqlite_bank)
    said = example("chief", sqlite_bank, user="c11", ORG="2101", TELLER="t11")
    assert "waits for the branch: users/330209" in said
    assert "review due: orgs/2101 2026Q4 D-14" in said
    assert "still right: users/t11 posts/sub-branch-teller" in said
    assert "left to the branch: posts/sub-branch-chief" in said
    said = example("branch", sqlite_bank, user="b1")
    assert "approved: users/330209" in said
    assert sqlite_bank.user("330209").org == "orgs/2101"


def test_teller(example: Example, sqlite_bank: Bank) -> None:
    request = pb.ResetPasswordRequest(name="users/t11")
    initial = sqlite_bank.as_("c11").identity.reset_password(request).initial_password
    said = example(
        "teller", sqlite_bank, user="t11", PASSWORD=initial, NEW_PASSWORD="Red-Carpet-93"
    )
    assert said.splitlines()[:2] == ["password changed", "signed in from ipv4"]
    assert "ACCESS_MODE_DIRECT off" in said


def test_auditor(example: Example, sqlite_bank: Bank) -> None:
    said = example("auditor", sqlite_bank, user="aud", ORG="2101")
    assert "can unlock at orgs/2101 users/c11 as posts/sub-branch-chief" in said
    assert "review of orgs/2101 not opened" in said
    assert said.splitlines()[-1] == "differences from the core system: 0"


def test_core_interface(example: Example, founded_sqlite: Template, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    server, core = authority.sign("server"), authority.sign("core")
    folder, url = founded_sqlite.copy(tmp_path / "data")
    with running(folder, url) as bank:
        request = pb.CreateUserRequest(
            user_id="core", display_name="核心", org="orgs/1000", posts=["posts/core-interface"],
            kind=pb.User.KIND_SERVICE, certificate_sha256=core.sha256, reason="x",
        )  # fmt: skip
        bank.approve(bank.as_("hq1").identity.create_user(request).change, "hq2")
    tls = {
        "certificate": server.certificate, "key": server.key,
        "client_authority": authority.certificate,
    }  # fmt: skip
    with running(folder, url, tls=tls) as bank:
        said = example(
            "core_interface", bank, AUTHORITY=authority.certificate,
            CERTIFICATE=core.certificate, KEY=core.key,
        )  # fmt: skip
        assert said == "tellers reported: 2"
        assert len(bank.rows("core_teller")) == 2


def test_operations(example: Example, sqlite_bank: Bank) -> None:
    said = example("operations", sqlite_bank, user="ops").splitlines()
    assert len(said) == 6
    assert all(line.endswith(" SERVING") for line in said)


def test_every_example_has_run(used: set[str]) -> None:
    if len(used) > 1:  # not when a single test was asked for
        assert used == {path.stem for path in EXAMPLES.glob("*.py")}
