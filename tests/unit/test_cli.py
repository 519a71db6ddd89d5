"""The command line: flags, fields and exit codes that other tools depend on."""

from __future__ import annotations

import base64
import io
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command import PROGRAM, read_rows, run, run_json, write_manifest
from conftest import Impressions
from PIL import Image

FIELDS = [
    "id", "verdict", "score", "reasons", "rotation_deg", "centre_px", "scale", "size_error_mm",
    "quality", "print", "profile", "elapsed_ms",
]  # fmt: skip


def test_help_names_every_command():
    done = run("--help")
    assert done.returncode == 0
    for name in ("verify", "verify-batch", "enrol", "simulate", "accuracy"):
        assert re.search(rf"\b{name}\b", done.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify"],
        ["verify", "--card", "a.jpg"],
        ["verify", "--card", "a", "--voucher", "b", "--card-dpi", "0"],
        ["verify", "--card", "a", "--voucher", "b", "--voucher-dpi", "-200"],
        ["verify", "--card", "a", "--voucher", "b", "--voucher-dpi", "nan"],
        ["verify", "--card", "a", "--voucher", "b", "--report", "out.pdf"],
        ["verify-batch", "m.jsonl"],
        ["verify-batch", "m.jsonl", "--out", "o", "--threads", "0"],
        ["verify-batch", "m.jsonl", "--out", "o", "--threads", "-3"],
        ["enrol", "--out", "t"],
        ["enrol", "a.jpg"],
        ["unheard-of"],
        ["verify", "--unheard-of"],
    ],
)
def test_bad_arguments_exit_2_and_say_why(arguments: list[str]):
    done = run(*arguments)
    assert done.returncode == 2
    assert "Usage" in done.stderr
    assert done.stdout == ""


def test_verify_json_has_exactly_the_agreed_fields(impressions: Impressions):
    result = run_json("verify", *impressions.arguments("genuine"))
    assert list(result) == FIELDS
    assert result["verdict"] in {"PASS", "FAIL", "REFER", "RETAKE"}
    assert isinstance(result["score"], float)
    assert isinstance(result["reasons"], list)
    assert -180.0 < result["rotation_deg"] <= 180.0
    assert result["elapsed_ms"] > 0


def test_verify_finds_the_seal_where_it_is(impressions: Impressions):
    row = impressions.row("genuine")
    truth = impressions.truth[str(row["id"])]
    result = run_json("verify", *impressions.arguments("genuine"))
    x, y = result["centre_px"]
    assert abs(x - float(str(truth["cx"]))) < 8
    assert abs(y - float(str(truth["cy"]))) < 8
    turn = (result["rotation_deg"] - float(str(truth["rot"])) + 180.0) % 360.0 - 180.0
    assert abs(turn) < 1.5
    assert result["scale"] == pytest.approx(1.0, abs=0.03)


def test_genuine_scores_above_another_seal(impressions: Impressions):
    genuine = run_json("verify", *impressions.arguments("genuine"))
    other = run_json("verify", *impressions.arguments("random"))
    assert genuine["score"] > other["score"]
    assert other["verdict"] != "PASS"
    assert other["reasons"]


def test_verify_prints_a_table_without_json(impressions: Impressions):
    done = run("verify", *impressions.arguments("genuine"))
    assert done.returncode == 0
    assert "verdict" in done.stdout
    assert "score" in done.stdout
    assert "{" not in done.stdout


def test_verify_reports_a_missing_file_in_json_with_exit_1(tmp_path: Path):
    result = run_json(
        "verify", "--card", tmp_path / "no.jpg", "--voucher", tmp_path / "no2.jpg", exit_code=1
    )
    assert result["error"]["code"] == "FILE_NOT_FOUND"
    assert "no.jpg" in result["error"]["message"]


def test_png_report_is_a_picture_that_carries_the_verdict(impressions: Impressions, tmp_path: Path):
    out = tmp_path / "报告.png"
    result = run_json("verify", *impressions.arguments("recut"), "--report", out)
    with Image.open(out) as picture:
        picture.load()
        assert min(picture.size) > 1000
        assert picture.info["sealmatch:verdict"] == result["verdict"]
        assert len(picture.convert("RGB").resize((64, 64)).getcolors(4096) or []) > 50
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_html_report_stands_alone(impressions: Impressions, tmp_path: Path):
    out = tmp_path / "report.html"
    result = run_json("verify", *impressions.arguments("genuine"), "--report", out)
    page = out.read_text("utf-8")
    assert result["verdict"] in page
    assert not re.findall(r"(?:src|href)=['\"](?!data:)", page)
    assert not re.findall(r"url\((?!#)|@import|\bimport\(|fetch\(|XMLHttpRequest|WebSocket", page)
    assert set(re.findall(r"https?://[^\s\"']+", page)) <= {"http://www.w3.org/2000/svg"}
    assert len(page.encode()) <= 2_000_000
    pictures = re.findall(r"data:image/(?:png|webp);base64,([A-Za-z0-9+/=]+)", page)
    assert len(pictures) >= 8
    for picture in pictures:
        Image.open(io.BytesIO(base64.b64decode(picture))).verify()


def test_html_report_escapes_hostile_file_names(impressions: Impressions, tmp_path: Path):
    row = impressions.row("genuine")
    hostile = tmp_path / "<img src=x onerror=alert(1)>.jpg"
    hostile.write_bytes((impressions.folder / str(row["voucher"])).read_bytes())
    arguments = impressions.arguments("genuine")
    arguments[arguments.index("--voucher") + 1] = str(hostile)
    out = tmp_path / "report.html"
    assert run("verify", *arguments, "--report", out).returncode == 0
    assert "<img src=x" not in out.read_text("utf-8")


def test_enrolled_template_verifies_like_its_card(impressions: Impressions, tmp_path: Path):
    row = impressions.row("genuine")
    template = tmp_path / "seal.smt"
    card = impressions.folder / str(row["card"])
    found = run_json("enrol", card, "--dpi", str(row["card_dpi"]), "--out", template)
    assert found["impressions"] == 1
    assert 10 < found["size_mm"][0] < 50
    from_card = run_json("verify", *impressions.arguments("genuine"))
    arguments = impressions.arguments("genuine")
    arguments[arguments.index("--card") + 1] = str(template)
    from_template = run_json("verify", *arguments, "--report", tmp_path / "r.png")
    for field in FIELDS[1:-1]:
        assert from_template[field] == from_card[field]


def test_batch_keeps_order_and_agrees_with_verify(impressions: Impressions, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    done = run("verify-batch", impressions.manifest, "--out", out, "--threads", "3")
    assert done.returncode == 0, done.stderr
    rows = read_rows(out)
    assert [row["id"] for row in rows] == [row["id"] for row in impressions.rows]
    assert all(list(row) == FIELDS for row in rows)
    alone = run_json("verify", *impressions.arguments("genuine"))
    with_others = next(row for row in rows if row["id"] == impressions.row("genuine")["id"])
    for field in FIELDS[1:-1]:
        assert alone[field] == with_others[field]


def test_batch_shows_no_progress_bar_off_a_terminal(impressions: Impressions, tmp_path: Path):
    manifest = write_manifest(
        impressions.folder / "short.jsonl", [impressions.rows[0], impressions.rows[1]]
    )
    done = run("verify-batch", manifest, "--out", tmp_path / "o.jsonl")
    assert done.stdout == ""
    assert done.stderr.startswith("2 rows:")
    assert len(done.stderr.splitlines()) == 1


def test_batch_shows_a_progress_bar_on_a_terminal(impressions: Impressions, tmp_path: Path):
    manifest = write_manifest(impressions.folder / "one.jsonl", [impressions.rows[0]])
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, "verify-batch", manifest, "--out", tmp_path / "o"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(list(map(str, command)), stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 4096):
            shown += block
    except OSError:  # Linux says EIO when the other side has closed
        pass
    os.close(ours)
    assert process.wait(timeout=60) == 0
    assert b"verifying" in shown
    assert b"1/1" in shown


def test_batch_can_write_to_standard_output(impressions: Impressions):
    manifest = write_manifest(impressions.folder / "one.jsonl", [impressions.rows[0]])
    done = run("verify-batch", manifest, "--out", "/dev/stdout")
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith('{"id"')


def test_empty_manifest_gives_an_empty_output(tmp_path: Path):
    manifest = write_manifest(tmp_path / "m.jsonl", ["", "  "])
    out = tmp_path / "o.jsonl"
    assert run("verify-batch", manifest, "--out", out).returncode == 0
    assert out.read_bytes() == b""


def test_manifest_is_never_overwritten(impressions: Impressions, tmp_path: Path):
    manifest = write_manifest(tmp_path / "m.jsonl", [impressions.rows[0]])
    before = manifest.read_bytes()
    assert run("verify-batch", manifest, "--out", manifest).returncode == 2
    assert manifest.read_bytes() == before


def test_interrupted_batch_stops_soon_and_keeps_what_it_has(
    impressions: Impressions, tmp_path: Path
):
    manifest = write_manifest(impressions.folder / "long.jsonl", impressions.rows * 200)
    out = tmp_path / "out.jsonl"
    # A job that a script starts in the background ignores SIGINT, and its children with it.
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", listening + PROGRAM, "verify-batch", manifest, "--out", out]
    process = subprocess.Popen(
        list(map(str, [*command, "--threads", "2"])), stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        parts = list(tmp_path.glob("out.jsonl.*.part"))
        if parts and parts[0].stat().st_size > 1000:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Traceback" not in said
    assert "stopped" in said
    assert not out.exists()
    (part,) = tmp_path.glob("out.jsonl.*.part")
    assert str(part) in said
    kept = read_rows(part)
    assert [row["id"] for row in kept[:3]] == [row["id"] for row in impressions.rows[:3]]


def test_simulate_writes_a_set_that_batch_reads(tmp_path: Path):
    out = tmp_path / "set"
    done = run("simulate", out, "--seed", "3", "--dies", "1", "--per-die", "1")
    assert done.returncode == 0, done.stderr
    assert (out / "manifest.jsonl").exists()
    assert (out / "truth.jsonl").exists()


def test_simulate_refuses_a_wrong_plan(tmp_path: Path):
    done = run("simulate", tmp_path / "set", "--plan", "nonsense")
    assert done.returncode == 2
    assert "nonsense" in done.stderr


def test_wrong_profile_is_one_clear_line(impressions: Impressions, tmp_path: Path):
    profile = tmp_path / "profile.toml"
    profile.write_text("this is [not a profile", "utf-8")
    done = run("verify", *impressions.arguments("genuine"), "--profile", profile)
    assert done.returncode == 1
    assert "profile" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
