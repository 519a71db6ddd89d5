"""`sealmatch migrate`, `config check` and `call`, as a person uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import run
from service_bank import PASSWORD, Bank


def test_migrate_says_from_where_to_where(tmp_path: Path) -> None:
    folder = ("--data-dir", tmp_path / "new")
    for to, said in (("head", "empty → 0003"), ("-1", "0003 → 0002"), ("base", "0002 → empty")):
        done = run("migrate", *folder, "--to", to)
        assert (done.returncode, done.stdout.strip()) == (0, said), done.stderr
    done = run("migrate", *folder, "--to", "nothing")
    assert done.returncode == 2
    assert "nothing" in done.stderr


def test_config_check_shows_what_is_in_force_and_masks_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bank.toml"
    file.write_text('port = 9000\nthreads = 8\n[passwords]\ninitial = "888888"\n')
    monkeypatch.setenv("SEALMATCH_THREADS", "4")
    done = run("config", "check", "--config", file, "--data-dir", tmp_path)
    found = json.loads(done.stdout)
    assert (found["port"], found["threads"]) == (9000, 4)  # the environment wins
    assert "888888" not in done.stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("prot = 1", "prot: Extra inputs"),
        ("port = 99999", "port: "),
        ('host = "0.0.0.0"', "tls.certificate"),
        ('time_zone = "Mars/Base"', "time_zone"),
        ('[tls]\ncertificate = "x"', "given together"),
        ("[", "cannot be read"),
    ],
)
def test_config_check_names_what_is_wrong(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "bank.toml"
    file.write_text(line)
    done = run("config", "check", "--config", file)
    assert done.returncode == 2
    assert said in done.stderr
    assert run("config", "check", "--config", tmp_path / "none.toml").returncode == 2


def test_call_prints_json_and_refusals_in_two_languages(sqlite_bank: Bank) -> None:
    address = ("--address", sqlite_bank.address)
    login = json.dumps({"user_id": "c11", "password": PASSWORD})
    done = run("call", "SessionService/Login", login, *address)
    token = json.loads(done.stdout)["token"]
    ask = ("call", "IdentityService/GetUser", '{"name": "users/t11"}', *address)
    done = run(*ask, "--token", token)
    assert json.loads(done.stdout)["user"]["display_name"] == "员工t11"
    done = run(*ask)
    assert done.returncode == 1
    assert "SESSION_EXPIRED: Sign in" in done.stderr
    assert "请登录" in done.stderr
    done = run("call", "IdentityService/GetUser", '{"name": "x"}', *address, "--token", token)
    assert "name: does not match" in done.stderr


def test_call_refuses_what_makes_no_sense() -> None:
    assert "IdentityService/WhoCan" in run("call", "list").stdout.splitlines()
    for arguments in (("Nope/Nope",), ("IdentityService/GetUser", "{"), (
        "IdentityService/GetUser", '{"nam": 1}')):  # fmt: skip
        done = run("call", *arguments)
        assert done.returncode == 2, done.stderr
