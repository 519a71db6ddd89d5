"""What keeps `sealmatch serve`, `migrate` and `call` from working is said in one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from certificates import Authority
from command import run

from sealmatch.client import Client


def said(*arguments: str | Path, exit_code: int) -> str:
    """Return the one line that a command ends with."""
    done = run(*arguments)
    assert done.returncode == exit_code, done.stderr
    (line,) = done.stderr.splitlines()
    assert "internal error" not in line
    return line


@pytest.mark.parametrize(
    "url",
    [
        "", "garbage", "mysql://x/y", "sqlite:///", "sqlite:///:memory:", "sqlite+aiosqlite:///x",
        "postgresql://x/y", "postgresql+psycopg://user:secret@host:port/x",
    ],
)  # fmt: skip
def test_a_database_that_is_none_of_ours_is_named(tmp_path: Path, url: str) -> None:
    line = said("serve", "--data-dir", tmp_path, "--database-url", url, exit_code=2)
    assert "database_url: " in line
    assert "sqlite:///FILE or postgresql+psycopg://" in line
    assert "secret" not in line


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path, command: str) -> None:
    for place in (Path("/proc/bank"), tmp_path / "file", tmp_path / "file" / "below"):
        (tmp_path / "file").write_text("in the way")
        assert f"{place}: " in said(command, "--data-dir", place, exit_code=1)


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "bootstrap.token").mkdir()
    line = said("serve", "--data-dir", tmp_path, "--port", "0", exit_code=1)
    assert f"{tmp_path / 'bootstrap.token'}: is a directory" in line


@pytest.mark.parametrize(
    "command", [("serve", "--port", "0"), ("migrate",), ("config", "check", "--database")]
)
def test_a_file_that_is_no_database_is_said_to_be_damaged(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "sealmatch.sqlite").write_bytes(os.urandom(5000))
    line = said(*command, "--data-dir", tmp_path, exit_code=1)
    assert "is damaged, or the file is none of a database: restore a backup" in line


def test_a_configuration_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bank.toml").write_bytes(b"\xff\xfe\x00port")
    line = said("serve", "--config", tmp_path / "bank.toml", exit_code=2)
    assert "the configuration cannot be read" in line


def test_call_refuses_a_token_that_was_cut_or_mangled() -> None:
    for token in ("sha256.a\nb", "sha256.é"):
        line = said("call", "OrganizationService/ListOrgs", "--token", token, exit_code=2)
        assert "is it whole?" in line


def test_e29_a_certificate_without_the_servers_authority_sends_nothing(tmp_path: Path) -> None:
    """Without the authority there is no TLS: whoever gave a certificate did not want that."""
    authority = Authority(tmp_path / "ca")
    pair = authority.sign("c")
    for shown in (
        {"certificate": pair.certificate},
        {"key": pair.key},
        {"certificate": pair.certificate, "key": pair.key},
        {"authority": authority.certificate, "certificate": pair.certificate},
        {"authority": authority.certificate, "key": pair.key},
    ):
        with pytest.raises(ValueError, match="given together"):
            Client("127.0.0.1:1", **shown)
        options = [part for name, path in shown.items() for part in (f"--{name}", path)]
        line = said("call", "OrganizationService/ListOrgs", *options, exit_code=2)
        assert "are given together, and with --authority" in line
