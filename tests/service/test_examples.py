"""The examples in docs/examples run as they are, each in its own role."""

from __future__ import annotations

import runpy
import sys
import time
from pathlib import Path

import pytest
from certificates import Authority
from service_bank import PASSWORD, Bank, Template, ask_user, choose_password, running
from service_cases import SCANNER, faulty, pending, registered, remind, report_other_name

from seal_service.access.policies import SERVICES
from seal_service.audit import Verifier
from seal_service.audit.witness import Witness
from seal_service.domain import seed
from sealapi.v1 import identity_pb2 as pb
from sealmatch.client import CallError

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


def hire(bank: Bank, user: str, org: str, post: str) -> None:
    """Let headquarters give somebody a post; the password is everybody's."""
    bank.approve(ask_user(bank, user, org, post, "hq1"), "hq2")
    reset = pb.ResetPasswordRequest(name=f"users/{user}")
    choose_password(bank, user, bank.as_("hq1").identity.reset_password(reset).initial_password)


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


def test_the_clearing_centre(example: Example, sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    for post in ("teller", "reviewer", "admin"):
        hire(bank, f"z{post}", "2900", f"centre-{post}")
    registered(bank)
    said = example("centre_teller", bank, user="zteller", ORG="2101")
    assert said.splitlines() == [
        "vouchers come from 4 outlets", f"{SCANNER} 扫描仪 X 300 dpi", "reported: 扫描有条纹",
    ]  # fmt: skip
    said = example("centre_reviewer", bank, "2101", user="zreviewer")
    assert said.splitlines() == ["orgs/2101 机构2101 now orgs/2101", f"{SCANNER} FAULTY"]
    said = example("centre_reviewer", bank, "7777", user="zreviewer")
    assert said.startswith("not to be found: NOT_FOUND ")
    said = example("centre_admin", bank, user="zadmin", ORG="2900")
    assert "users/zteller posts/centre-teller" in said
    assert "waits for headquarters: users/290009" in said


def test_the_centre_unlocks_its_people_and_sees_who_was_refused(
    example: Example, sqlite_bank: Bank
) -> None:
    for post in ("teller", "admin"):
        hire(sqlite_bank, f"z{post}", "2900", f"centre-{post}")
    with pytest.raises(CallError):
        ask_user(sqlite_bank, "n1", "2900", "centre-teller", "zteller")
    for _ in range(6):
        with pytest.raises(CallError):
            sqlite_bank.sign_in("zteller", "wrong")
    for _ in range(500):
        if not sqlite_bank.log_state()[0]:
            break
        time.sleep(0.02)
    said = example("centre_admin", sqlite_bank, user="zadmin", ORG="2900")
    assert "unlocked: users/zteller" in said
    assert said.splitlines()[-1] == "refused: zteller CreateUser NO_PERMISSION"
    assert sqlite_bank.sign_in("zteller").token


def test_operations_manager(example: Example, sqlite_bank: Bank) -> None:
    hire(sqlite_bank, "om", "1000", "operations-manager")
    pending(sqlite_bank)
    said = example("operations_manager", sqlite_bank, user="om", ORG="2101").splitlines()
    assert "users/t11 员工t11 posts/sub-branch-teller" in said
    assert "waits since 2026-11-23 user.create users/n1" in said
    assert said[-1].startswith("reviews of rights not completed: ")
    assert int(said[-1].rpartition(" ")[2]) > 0


def test_business_operator(example: Example, sqlite_bank: Bank) -> None:
    hire(sqlite_bank, "bo", "1000", "business-operator")
    report_other_name(sqlite_bank)
    said = example("business_operator", sqlite_bank, user="bo").splitlines()
    assert said[:2] == ["organisations: 8", "a year ago: 0"]
    assert "differs from the core system: orgs/2101 OTHER_NAME 机构2101 新名" in said


def test_witness(example: Example, founded_sqlite: Template, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    server, machine = authority.sign("server"), authority.sign("witness")
    folder, url = founded_sqlite.copy(tmp_path / "data")
    log_key = (folder / "audit.key.pub").read_text()
    state = tmp_path / "state"
    own = Witness.open(state, Verifier.parse(log_key), "witness.example/1").verifier
    with running(folder, url) as bank:
        request = pb.CreateUserRequest(
            user_id="machine", display_name="见证机", org="orgs/1000", posts=["posts/witness"],
            kind=pb.User.KIND_SERVICE, certificate_sha256=machine.sha256, reason="x",
        )  # fmt: skip
        bank.approve(bank.as_("hq1").identity.create_user(request).change, "hq2")
    options = {
        "tls": {
            "certificate": server.certificate, "key": server.key,
            "client_authority": authority.certificate,
        },
        "audit": {"witnesses": [str(own)]},
    }  # fmt: skip
    environment = {
        "AUTHORITY": authority.certificate, "CERTIFICATE": machine.certificate,
        "KEY": machine.key, "STATE": state, "LOG_KEY": log_key,
    }  # fmt: skip
    with running(folder, url, **options) as bank:
        said = example("witness", bank, **environment)
        assert said == "the log continues what was seen; co-signed by witness.example/1"
        assert len(bank.rows("audit_cosignature")) == 1


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
    faulty(sqlite_bank)
    said = example("operations", sqlite_bank, user="ops").splitlines()
    names = {"server", *(service.full_name for service in SERVICES)}
    assert said[: len(names)] == [f"{line.split()[0]} SERVING" for line in said[: len(names)]]
    assert {line.split()[0] for line in said[: len(names)]} == names
    assert said[len(names) :] == [f"{SCANNER} FAULTY", "mended: 条纹"]


def test_every_post_has_an_example() -> None:
    heads = [path.read_text(encoding="utf-8").split('"""')[1] for path in EXAMPLES.glob("*.py")]
    missing = [post.name_zh for post in seed.POSTS if not any(post.name_zh in h for h in heads)]
    assert missing == []


def test_every_example_has_run(used: set[str]) -> None:
    if len(used) > 1:  # not when a single test was asked for
        assert used == {path.stem for path in EXAMPLES.glob("*.py")}
