"""Bad images and bad batches: a clear answer each, never a PASS that must not be, no traceback."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import read_rows, run, run_json, write_manifest
from conftest import Impressions
from picture_files import png_bomb, png_chunk
from PIL import Image
from seal_drawings import card, encoded, paper, seal, stamped, voucher

from seal_service.adapters.matching import (
    EnrolledSeal,
    MatchingError,
    Profile,
    VerificationResult,
    enrol,
    load_profile,
    verify,
)

NOISE = np.random.default_rng(3)


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile()


@pytest.fixture(scope="module")
def reference() -> EnrolledSeal:
    return enrol([encoded(card(1))], dpi=300)


def plain(colour: int, size: tuple[int, int] = (1378, 630)) -> Image.Image:
    return Image.new("RGB", size, (colour, colour, colour))


def noise() -> Image.Image:
    return Image.fromarray(NOISE.integers(0, 256, (630, 1378, 3), dtype=np.uint8))


def deep_png() -> bytes:
    """Write the voucher's luma as a grey PNG of 16 bits, which Pillow cannot write in this mode."""
    luma = np.asarray(voucher(1).convert("L"), dtype=">u2") * 257
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in luma)
    size = struct.pack(">II", luma.shape[1], luma.shape[0])
    header = png_chunk(b"IHDR", size + struct.pack(">BBBBB", 16, 0, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + body


def pages() -> bytes:
    """Write a TIFF whose first page bears the seal, and whose second bears another."""
    return encoded(voucher(1), "TIFF", save_all=True, append_images=[voucher(2)])


UNDECODABLE: dict[str, tuple[bytes, set[str]]] = {
    "nothing": (b"", {"EMPTY_INPUT"}),
    "text": (b"Dear bank, please find my seal enclosed.", {"UNKNOWN_FORMAT"}),
    "truncated jpeg": (encoded(voucher(1))[:20_000], {"TRUNCATED", "CORRUPT"}),
    "truncated png": (encoded(voucher(1), "PNG")[:20_000], {"TRUNCATED", "CORRUPT"}),
    "two bytes": (b"\xff\xd8", {"TRUNCATED"}),
    "header only": (b"\xff\xd8\xff\xe0", {"TRUNCATED", "CORRUPT"}),
    "bomb": (png_bomb(), {"TOO_MANY_PIXELS"}),
    "cmyk": (encoded(voucher(1).convert("CMYK")), {"UNSUPPORTED_COLOUR"}),
}


@pytest.mark.parametrize("name", UNDECODABLE)
def test_undecodable_image_is_a_typed_error(name: str, reference: EnrolledSeal, profile: Profile):
    content, codes = UNDECODABLE[name]
    with pytest.raises(MatchingError) as as_voucher:
        verify(reference, content, profile=profile, dpi=200)
    assert as_voucher.value.code in codes
    assert str(as_voucher.value).startswith("voucher: ")
    with pytest.raises(MatchingError) as as_card:
        enrol([content], dpi=200)
    assert as_card.value.code in codes
    assert str(as_card.value).startswith("card: ")


SEALLESS: dict[str, Image.Image] = {
    "one pixel": plain(255, (1, 1)),
    "one row": plain(255, (1378, 1)),
    "black": plain(0),
    "white": plain(255),
    "grey": plain(128),
    "noise": noise(),
    "paper": paper(),
    "red": Image.new("RGB", (1378, 630), (200, 40, 50)),
}


@pytest.mark.parametrize("name", SEALLESS)
def test_voucher_without_a_seal_never_passes(name: str, reference: EnrolledSeal, profile: Profile):
    result = verify(reference, encoded(SEALLESS[name], "PNG"), profile=profile, dpi=200)
    assert result.verdict != "PASS"
    assert result.reasons
    assert isinstance(result.score, float)
    assert 0.0 <= result.quality <= 1.0


@pytest.mark.parametrize("name", ["one pixel", "one row"])
def test_image_smaller_than_a_seal_asks_for_another(
    name: str, reference: EnrolledSeal, profile: Profile
):
    result = verify(reference, encoded(SEALLESS[name], "PNG"), profile=profile, dpi=200)
    assert (result.verdict, result.reasons) == ("RETAKE", ("IMAGE_TOO_SMALL",))
    assert result.centre_px is None
    assert result.to_json()["rotation_deg"] is None


@pytest.mark.parametrize("name", SEALLESS)
def test_card_without_a_seal_cannot_be_enrolled(name: str):
    with pytest.raises(MatchingError) as refused:
        enrol([encoded(SEALLESS[name], "PNG")], dpi=200)
    assert refused.value.code in {"NO_SEAL_ON_CARD", "POOR_CARD", "IMAGE_TOO_SMALL"}


UNUSUAL: dict[str, bytes] = {
    "16-bit png": deep_png(),
    "palette png": encoded(voucher(1).quantize(64), "PNG"),
    "pages": pages(),
    "bmp": encoded(voucher(1), "BMP"),
    "grey jpeg": encoded(voucher(1).convert("L")),
    "alpha png": encoded(voucher(1).convert("RGBA"), "PNG"),
    "bilevel tiff": encoded(voucher(1).convert("1"), "TIFF", compression="group4"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_file_with_the_seal_is_judged(name: str, reference: EnrolledSeal, profile: Profile):
    result = verify(reference, UNUSUAL[name], profile=profile, dpi=200)
    assert isinstance(result, VerificationResult)
    if name != "bilevel tiff":  # dithering leaves dots of the seal: whether it is found is open
        assert result.rotation_deg == pytest.approx(12.0, abs=0.7)


def test_huge_page_is_judged_in_bounded_time(reference: EnrolledSeal, profile: Profile):
    sheet = paper(1000, 600, dpi=200)
    result = verify(
        reference, encoded(stamped(sheet, seal(2), (500, 300))), profile=profile, dpi=200
    )
    assert result.verdict != "PASS"


def test_seal_cut_by_the_edge_never_passes(reference: EnrolledSeal, profile: Profile):
    cut = stamped(paper(), seal(1), (2, 40))
    result = verify(reference, encoded(cut), profile=profile, dpi=200)
    assert result.verdict != "PASS"
    assert result.reasons


def test_card_cut_by_the_edge_is_refused():
    cut = stamped(plain(246, (1000, 800)), seal(1, dpi=300), (8, 40), dpi=300)
    with pytest.raises(MatchingError) as refused:
        enrol([encoded(cut)], dpi=300)
    assert refused.value.code in {"POOR_CARD", "NO_SEAL_ON_CARD"}


def test_other_seal_never_passes(reference: EnrolledSeal, profile: Profile):
    result = verify(reference, encoded(voucher(2)), profile=profile, dpi=200)
    same = verify(reference, encoded(voucher(1)), profile=profile, dpi=200)
    assert result.verdict != "PASS"
    assert result.score < same.score


def test_two_equal_seals_give_one_place(reference: EnrolledSeal, profile: Profile):
    twice = stamped(voucher(1), seal(1), (50, 42), angle_deg=-30)
    result = verify(reference, encoded(twice), profile=profile, dpi=200)
    assert result.centre_px is not None
    places = [(120 / 25.4 * 200, 12.0), (50 / 25.4 * 200, -30.0)]
    near = [angle for x, angle in places if abs(result.centre_px[0] - x) < 3]
    assert near
    assert result.rotation_deg == pytest.approx(near[0], abs=0.7)


def test_wrong_dpi_never_passes(reference: EnrolledSeal, profile: Profile):
    for dpi in (100, 150, 300, 400):
        result = verify(reference, encoded(voucher(1)), profile=profile, dpi=dpi)
        assert result.verdict != "PASS", dpi


@pytest.mark.parametrize("dpi", [1, 20, 71, 2500, 9999, 1e9])
def test_absurd_dpi_is_a_typed_error(dpi: float, reference: EnrolledSeal, profile: Profile):
    with pytest.raises(MatchingError) as refused:
        verify(reference, encoded(voucher(1)), profile=profile, dpi=dpi)
    assert refused.value.code == "BAD_DPI"


def test_card_and_voucher_swapped_or_equal_are_judged(impressions: Impressions):
    arguments = impressions.arguments("genuine")
    straight = run_json("verify", *arguments)
    flipped = {"--card": "--voucher", "--voucher": "--card"}
    flipped |= {f"{name}-dpi": f"{other}-dpi" for name, other in flipped.items()}
    swapped = run("verify", *[flipped.get(word, word) for word in arguments], "--json")
    assert swapped.returncode in {0, 1}
    assert '"verdict"' in swapped.stdout or '"error"' in swapped.stdout
    card_path, card_dpi = arguments[1], arguments[3]
    equal = run_json(
        *("verify", "--card", card_path, "--card-dpi", card_dpi),
        *("--voucher", card_path, "--voucher-dpi", card_dpi),
    )
    assert abs(equal["rotation_deg"]) < 0.2
    assert equal["scale"] == pytest.approx(1.0, abs=0.002)
    assert straight["verdict"] in {"PASS", "REFER", "FAIL", "RETAKE"}


def test_a_bad_row_leaves_the_others_done(impressions: Impressions, tmp_path: Path):
    good = {
        **impressions.row("genuine"),
        "card": str(impressions.folder / str(impressions.row("genuine")["card"])),
        "voucher": str(impressions.folder / str(impressions.row("genuine")["voucher"])),
    }
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "white.png").write_bytes(encoded(plain(255), "PNG"))
    os.mkfifo(tmp_path / "pipe.jpg")
    without_dpi = tmp_path / "nodpi.jpg"
    without_dpi.write_bytes(encoded(voucher(1)))
    cases: list[tuple[dict[str, Any] | str, str | None]] = [
        ({**good, "id": 0}, None),
        ("{not json", "BAD_MANIFEST_LINE"),
        ({**good, "id": 2, "voucher": "nowhere.jpg"}, "FILE_NOT_FOUND"),
        ({**good, "id": 3, "card": "nowhere.jpg"}, "FILE_NOT_FOUND"),
        ({**good, "id": 4, "voucher": "empty.jpg"}, "EMPTY_INPUT"),
        ({**good, "id": 5, "voucher": "text.jpg"}, "UNKNOWN_FORMAT"),
        ({**good, "id": 6, "voucher": str(tmp_path)}, "FILE_UNREADABLE"),
        ({**good, "id": 7, "voucher": "pipe.jpg"}, "FILE_UNREADABLE"),
        ({**good, "id": 8, "voucher": "a\0b"}, "FILE_UNREADABLE"),
        ({**good, "id": 9, "voucher": "x" * 5000}, "FILE_UNREADABLE"),
        ({**good, "id": 10, "voucher_dpi": 0}, "BAD_DPI"),
        ({**good, "id": 11, "voucher_dpi": 5}, "BAD_DPI"),
        ({**good, "id": 12, "voucher": "nodpi.jpg", "voucher_dpi": None}, "DPI_UNKNOWN"),
        ({**good, "id": 13, "card": "white.png"}, "NO_SEAL_ON_CARD"),
        ({**good, "id": 14, "search_box": [90000, 0, 90001, 1]}, "BAD_BOX"),
        ({**good, "id": 15, "card_box": [0, 0, 90000, 90000]}, "BAD_BOX"),
        ({"id": 16}, "BAD_MANIFEST_FIELD"),
        ({**good, "id": 0}, None),
    ]
    manifest = write_manifest(tmp_path / "manifest.jsonl", [line for line, _ in cases])
    out = tmp_path / "out.jsonl"
    done = run("verify-batch", manifest, "--out", out, "--threads", "4")
    assert done.returncode == 0, done.stderr
    rows = read_rows(out)
    assert [row.get("error", {}).get("code") for row in rows] == [code for _, code in cases]
    assert [row["id"] for row in rows] == [
        line["id"] if isinstance(line, dict) else None for line, _ in cases
    ]
    for row in rows:
        assert ("score" in row) != ("error" in row)
        assert "error" not in row or row["error"]["message"]


@pytest.mark.parametrize("place", ["missing/out.jsonl", "", "file/out.jsonl", "x" * 300])
def test_unwritable_output_is_known_before_the_work(
    place: str, impressions: Impressions, tmp_path: Path
):
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / place
    done = run("verify-batch", impressions.manifest, "--out", out)
    assert done.returncode == 1
    assert done.stderr.startswith("sealmatch: cannot write")
    assert len(done.stderr.splitlines()) == 1
    report = run("verify", *impressions.arguments("genuine"), "--report", tmp_path / "no" / "r.png")
    assert report.returncode == 1
    assert report.stderr.startswith("sealmatch: cannot write")
    template = run("enrol", "card.jpg", "--dpi", "300", "--out", tmp_path / "no" / "t")
    assert template.returncode == 1
    assert "cannot write" in template.stderr


@pytest.mark.parametrize("name", ["nowhere.jsonl", "."])
def test_unreadable_manifest_is_one_clear_line(name: str, tmp_path: Path):
    done = run("verify-batch", tmp_path / name, "--out", tmp_path / "out.jsonl")
    assert done.returncode == 1
    assert done.stderr.startswith("sealmatch: cannot read")
    assert not (tmp_path / "out.jsonl").exists()


def test_full_disk_is_one_clear_line(impressions: Impressions):
    done = run("verify-batch", impressions.manifest, "--out", "/dev/full")
    assert done.returncode == 1
    assert "no space left" in done.stderr.lower()


def test_a_failed_verification_leaves_no_half_report(impressions: Impressions, tmp_path: Path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no picture")
    arguments = impressions.arguments("genuine")
    arguments[arguments.index("--voucher") + 1] = str(bad)
    result = run_json("verify", *arguments, "--report", tmp_path / "r.png", exit_code=1)
    assert result["error"]["code"] == "UNKNOWN_FORMAT"
    assert [path.name for path in tmp_path.iterdir()] == ["bad.jpg"]


def test_a_template_of_rubbish_is_a_typed_error(tmp_path: Path):
    template = tmp_path / "seal.smt"
    template.write_bytes(b"SMT1" + bytes(range(200)))
    sheet = tmp_path / "voucher.jpg"
    sheet.write_bytes(encoded(voucher(1), dpi=(200, 200)))
    result = run_json("verify", "--card", template, "--voucher", sheet, exit_code=1)
    assert result["error"]["code"] == "BAD_TEMPLATE"


def test_report_of_a_voucher_without_a_seal_is_drawn(tmp_path: Path):
    (tmp_path / "card.jpg").write_bytes(encoded(card(1), dpi=(300, 300)))
    for name, picture in (("white", plain(255)), ("pixel", plain(255, (1, 1)))):
        sheet = tmp_path / f"{name}.png"
        sheet.write_bytes(encoded(picture, "PNG", dpi=(200, 200)))
        for kind in ("png", "html"):
            out = tmp_path / f"{name}-report.{kind}"
            result = run_json(
                *("verify", "--card", tmp_path / "card.jpg", "--voucher", sheet, "--report", out)
            )
            assert result["verdict"] != "PASS"
            assert out.stat().st_size > 1000
