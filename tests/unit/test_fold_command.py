"""`sealmatch fold`: every mode, its words, and its refusals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import seal_drawings
from command import run, run_json
from conftest import Impressions
from PIL import Image

MODES = ("fold", "side-by-side", "overlay", "transparent", "magnifier", "heat", "arrows")


def test_every_mode_writes_its_own_picture(impressions: Impressions, tmp_path: Path):
    pair = impressions.arguments("recut")
    pictures = {}
    for mode in MODES:
        out = tmp_path / f"{mode}.png"
        done = run("fold", *pair, "--mode", mode, "--out", out)
        assert done.returncode == 0, done.stderr
        with Image.open(out) as picture:
            pictures[mode] = np.asarray(picture.convert("RGB").resize((64, 64)), dtype=float)
    for mode, picture in pictures.items():
        others = [np.abs(picture - p).mean() for other, p in pictures.items() if other != mode]
        assert min(others) > 0.5, mode


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_blink_is_animated(impressions: Impressions, tmp_path: Path, kind: str):
    out = tmp_path / f"blink.{kind}"
    done = run("fold", *impressions.arguments("genuine"), "--mode", "blink", "--out", out)
    assert done.returncode == 0, done.stderr
    with Image.open(out) as picture:
        assert picture.n_frames == 2


def test_fold_says_what_it_breaks_in_two_languages(impressions: Impressions, tmp_path: Path):
    out = tmp_path / "fold.png"
    arguments = (*impressions.arguments("recut"), "--angle-deg", "30", "--offset-mm", "2")
    done = run("fold", *arguments, "--out", out)
    english, chinese = done.stdout.splitlines()
    assert english.startswith("the fold at 30 degrees, +2.0 mm from the centre")
    assert chinese.startswith("30°折线")


def test_json_lists_the_strokes_and_sides_mirror_them(impressions: Impressions, tmp_path: Path):
    arguments = (*impressions.arguments("recut"), "--angle-deg", "60", "--out", tmp_path / "f.png")
    mine, theirs = (
        run_json("fold", *arguments, "--side", side) for side in ("reference", "moving")
    )
    assert mine["judged"] >= mine["broken"] >= 0
    assert len(mine["strokes"]) == len(theirs["strokes"]) > 3
    offsets = [
        (a["offset_mm"], b["offset_mm"])
        for a, b in zip(mine["strokes"], theirs["strokes"], strict=True)
        if a["offset_mm"] is not None
    ]
    assert offsets
    assert all(a == -b for a, b in offsets)


def test_grid_changes_the_picture(impressions: Impressions, tmp_path: Path):
    pair = (*impressions.arguments("genuine"), "--mode", "overlay")
    plain, ruled = tmp_path / "plain.png", tmp_path / "ruled.png"
    assert run("fold", *pair, "--out", plain).returncode == 0
    assert run("fold", *pair, "--grid", "--out", ruled).returncode == 0
    assert plain.read_bytes() != ruled.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--angle-deg", "181"], "--angle-deg"),
        (["--angle-deg", "nan"], "--angle-deg"),
        (["--offset-mm", "inf"], "--offset-mm"),
        (["--offset-mm", "nan"], "--offset-mm"),
        (["--side", "left"], "--side"),
        (["--mode", "origami"], "--mode"),
        (["--level", "2"], "--level"),
        (["--at-mm", "1;2"], "--at-mm"),
        (["--at-mm", "nan,2"], "--at-mm"),
        (["--mode", "magnifier", "--at-mm", "99,0"], "outside the picture"),
        (["--out", "picture.gif"], "--out"),
    ],
)
def test_wrong_arguments_are_refused_with_exit_2(
    impressions: Impressions, tmp_path: Path, arguments: list[str], said: str
):
    pair = impressions.arguments("genuine")
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "out.png")]
    done = run("fold", *pair, *out, *arguments)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_voucher_without_the_seal_is_one_clear_line(tmp_path: Path):
    card, voucher = tmp_path / "card.png", tmp_path / "voucher.png"
    seal_drawings.card(1).save(card)
    Image.new("RGB", (900, 500), (250, 250, 250)).save(voucher)
    pair = ("--card", card, "--card-dpi", "300", "--voucher", voucher, "--voucher-dpi", "200")
    done = run("fold", *pair, "--out", tmp_path / "out.png")
    assert done.returncode == 1
    assert "[NOTHING_ALIGNED]" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    done = run("fold", *pair, "--out", tmp_path / "out.png", "--json")
    assert json.loads(done.stdout)["error"]["code"] == "NOTHING_ALIGNED"
    assert not (tmp_path / "out.png").exists()


def test_a_guess_may_be_looked_at_but_not_folded(tmp_path: Path):
    card, voucher = tmp_path / "card.png", tmp_path / "voucher.png"
    seal_drawings.card(1).save(card)
    # Another seal altogether, printed in lines: something is aligned, and is not to be trusted.
    rng = np.random.default_rng(8)
    blank = seal_drawings.paper()
    noise = rng.integers(0, 255, (blank.height // 8, blank.width // 8, 3), dtype=np.uint8)
    rough = Image.fromarray(noise).resize(blank.size, Image.Resampling.BICUBIC)
    Image.blend(blank, rough, 0.5).save(voucher)
    pair = ("--card", card, "--card-dpi", "300", "--voucher", voucher, "--voucher-dpi", "200")
    folded = run("fold", *pair, "--out", tmp_path / "fold.png")
    assert folded.returncode == 1
    assert "[ALIGNMENT_UNTRUSTED]" in folded.stderr
    assert not (tmp_path / "fold.png").exists()
    looked = run("fold", *pair, "--mode", "overlay", "--out", tmp_path / "o.png", "--json")
    assert looked.returncode == 0
    assert "only a guess" in looked.stderr
    assert "strokes" not in json.loads(looked.stdout)


def test_a_stored_template_can_be_folded(impressions: Impressions, tmp_path: Path):
    row = impressions.row("genuine")
    template = tmp_path / "seal.smt"
    card = str(impressions.folder / str(row["card"]))
    assert run("enrol", card, "--dpi", str(row["card_dpi"]), "--out", template).returncode == 0
    arguments = impressions.arguments("genuine")
    arguments[arguments.index("--card") + 1] = str(template)
    out = tmp_path / "fold.png"
    done = run("fold", *arguments, "--out", out)
    assert done.returncode == 0, done.stderr
    assert out.exists()


def test_a_cut_beyond_the_seal_is_a_wrong_argument_and_no_matter_without_a_fold(
    impressions: Impressions, tmp_path: Path
):
    pair = (*impressions.arguments("recut"), "--out", tmp_path / "out.png")
    done = run("fold", *pair, "--offset-mm", "55")
    assert done.returncode == 2, done.stderr
    assert "--offset-mm 55 lies beyond this seal" in done.stderr
    done = run("fold", *pair, "--offset-mm", "55", "--mode", "heat", "--json")
    assert done.returncode == 0, done.stderr
    assert "strokes" not in json.loads(done.stdout)


def test_a_fold_that_verify_tells_is_found_again(impressions: Impressions, tmp_path: Path):
    pair = impressions.arguments("random")
    told = run_json("verify", *pair, "--folds")["folds"]
    assert told
    for fold in told:
        cut = ("--angle-deg", repr(fold["angle_deg"]), "--offset-mm", repr(fold["offset_mm"]))
        again = run_json("fold", *pair, *cut, "--out", tmp_path / "out.png")
        assert again["reason"] == fold["reason"]
        assert (again["judged"], again["broken"]) == (fold["judged"], fold["broken"])
