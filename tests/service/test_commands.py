"""`sealmatch migrate`, `config check` and `call`, as a person uses them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from certificates import Authority
from command import run
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from service_bank import PASSWORD, Bank

from seal_service.adapters.sql.migrate import newest
from seal_service.config import load
from seal_service.server import Server, StartError


def test_migrate_says_from_where_to_where(tmp_path: Path) -> None:
    folder = ("--data-dir", tmp_path / "new")
    for to, said in (
        ("head", f"empty → {newest()}"),
        ("0002", f"{newest()} → 0002"),
        ("-1", "0002 → 0001"),
        ("base", "0001 → empty"),
    ):
        done = run("migrate", *folder, "--to", to)
        assert (done.returncode, done.stdout.strip()) == (0, said), done.stderr
    done = run("migrate", *folder, "--to", "nothing")
    assert done.returncode == 2
    assert "nothing" in done.stderr


def test_migrate_goes_back_over_records_only_when_told_to(tmp_path: Path) -> None:
    folder = ("--data-dir", tmp_path / "new")
    assert run("migrate", *folder).returncode == 0
    with closing(sqlite3.connect(tmp_path / "new" / "sealmatch.sqlite")) as connection:
        connection.execute("insert into nightly_run values ('rights', '2026-11-22', 7, 1)")
        connection.commit()
    done = run("migrate", *folder, "--to", "0004")
    assert done.returncode == 1
    assert "going back would lose 1 nightly runs" in done.stderr
    assert run("migrate", *folder, "--to", "0004", "--lose-data").returncode == 0


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
        ('[audit]\nwitnesses = ["x"]', "audit.witnesses"),
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


def rsa_public_key(folder: Path) -> Path:
    """Return a key of a kind that tickets are not signed with."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    path = folder / "rsa.pem"
    path.write_bytes(pem)
    return path


def test_e32_config_check_looks_into_the_files(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    one, other = authority.sign("one"), authority.sign("other")
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nothing")
    good = {"certificate": one.certificate, "key": one.key}
    key = tmp_path / "data" / "sealmatch.key"

    def check(tls: dict[str, Path], sso: Path | None = None) -> CompletedProcess[str]:
        file = tmp_path / "bank.toml"
        lines = ["[tls]", *(f'{name} = "{path}"' for name, path in tls.items())]
        lines += ["[sso]", f'public_key = "{sso}"'] if sso else []
        file.write_text("\n".join(lines))
        return run("config", "check", "--config", file, "--data-dir", tmp_path / "data")

    done = check(good)
    assert done.returncode == 0, done.stderr
    assert "one.pem expires on" in done.stderr  # tomorrow
    for done, said in (
        (check({"certificate": one.certificate, "key": other.key}), "key values mismatch"),
        (check({"certificate": nonsense, "key": one.key}), "nonsense.pem"),
        (check({**good, "client_authority": nonsense}), "tls.client_authority"),
        (check(good, sso=nonsense), "holds no Ed25519 or P-256 public key"),
        (check(good, sso=rsa_public_key(tmp_path)), "holds no Ed25519 or P-256 public key"),
    ):
        assert done.returncode == 2
        assert said in done.stderr
    key.parent.mkdir()
    key.write_bytes(b"k" * 32)
    key.chmod(0o644)
    assert "chmod 600" in check(good).stderr
    # A start says the same, in one line.
    with pytest.raises(StartError, match="chmod 600"):
        Server(load(None, data_dir=key.parent, port=0))


def test_config_check_looks_at_the_database_when_asked(tmp_path: Path) -> None:
    options = ("--data-dir", tmp_path, "--database")
    assert run("config", "check", *options).returncode == 0  # a new one will be made
    assert run("migrate", "--data-dir", tmp_path, "--to", "0001").returncode == 0
    done = run("config", "check", *options)
    assert done.returncode == 1
    assert f"has schema 0001, this program needs {newest()}" in done.stderr
    nowhere = ("--database-url", "postgresql+psycopg://x@127.0.0.1:1/x")
    done = run("config", "check", *options, *nowhere)
    assert "cannot be reached" in done.stderr


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


def test_a_server_imports_nothing_of_the_engine_and_its_pictures() -> None:
    """A worker's memory is limited, and it starts within two seconds."""
    program = (
        "import sys; from seal_service.cli.program import app;"
        " import seal_service.cli.serving, seal_service.workers;"
        " print(*{'numpy', 'cv2', 'PIL', 'seal_match_rs', 'alembic'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []
