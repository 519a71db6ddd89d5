"""Replays and prints: found on simulated vouchers, honest where nothing can be told."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import read_rows, run, run_json, write_manifest

from seal_match_rs import Imprint, ImprintError
from seal_service.adapters.matching import (
    BatchRow,
    CardKey,
    Earlier,
    EnrolledSeal,
    Examined,
    ImageRefusedError,
    Replay,
    examine_voucher,
    load_profile,
    open_earlier,
    open_reference,
    verify_batch,
)
from seal_service.adapters.matching.findings import (
    Print,
    Scale,
    findings,
    seek_replay,
    with_findings,
)


@dataclass(frozen=True)
class Bank:
    """One die's card and vouchers."""

    folder: Path
    rows: tuple[dict[str, Any], ...]
    seal: EnrolledSeal

    def of(self, category: str) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["category"] == category]

    def path(self, row: dict[str, Any]) -> Path:
        return self.folder / row["voucher"]

    def examined(self, row: dict[str, Any], *earlier: Earlier) -> Examined:
        return examine_voucher(
            self.seal, self.path(row), profile=load_profile(), dpi=row["dpi"], earlier=earlier,
            keep_imprint=True,
        )  # fmt: skip


def simulated(folder: Path, plan: dict[tuple[str, str], int], dpi: int, seed: int = 31) -> Bank:
    from simulator import simulate

    simulate(folder, seed=seed, dies=1, per_die=plan, dpi=dpi)
    lines = (folder / "truth.jsonl").read_text("utf-8").splitlines()
    rows = tuple(json.loads(line) for line in lines)
    seal = open_reference(folder / rows[0]["card"], dpi=rows[0]["card_dpi"])
    return Bank(folder, rows, seal)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    plan = {("genuine", "good"): 2, ("replay", "good"): 2}
    return simulated(tmp_path_factory.mktemp("replays"), plan, 300)


@pytest.fixture(scope="module")
def imprints(bank: Bank) -> dict[str, Imprint]:
    found = {}
    for row in bank.rows:
        imprint = bank.examined(row).imprint
        assert imprint is not None
        found[row["id"]] = imprint
    return found


def test_a_replay_is_found_and_a_second_stamping_is_not(bank: Bank):
    first, second = bank.of("genuine")
    for row in bank.of("replay"):
        source = next(one for one in bank.rows if one["id"] == row["source"])
        earlier = open_earlier(bank.seal, bank.path(source), dpi=source["dpi"])
        result = bank.examined(row, earlier).result
        assert result.replay is not None
        assert result.replay.found
        assert result.replay.false_alarm_rate is not None
        assert result.replay.false_alarm_rate <= 0.005
        assert result.replay.earlier == Path(source["voucher"]).name
        assert "REPLAYED" in result.reasons
        assert result.verdict != "PASS"
    result = bank.examined(second, open_earlier(bank.seal, bank.path(first), dpi=300)).result
    assert result.replay is not None
    assert result.replay.found is False
    assert "REPLAYED" not in result.reasons


def test_the_likest_of_several_is_named(bank: Bank, imprints: dict[str, Imprint]):
    row = bank.of("replay")[0]
    earlier = [Earlier(one["id"], imprints[one["id"]]) for one in bank.of("genuine")]
    found = seek_replay(imprints[row["id"]], earlier)
    assert found.earlier == row["source"]
    assert found.compared == 2
    assert seek_replay(None, earlier) == Replay(None, 2)


def test_an_imprint_survives_storage_and_is_small(imprints: dict[str, Imprint]):
    for imprint in imprints.values():
        data = imprint.to_bytes()
        assert len(data) < 16_000
        again = Imprint.from_bytes(data)
        assert np.array_equal(again.levels, imprint.levels)
        likeness = again.likeness_to(imprint)
        assert likeness is not None
        assert likeness.value == pytest.approx(1.0)


def test_bytes_that_are_no_imprint_are_refused(imprints: dict[str, Imprint]):
    data = next(iter(imprints.values())).to_bytes()
    head = data[:24]
    bomb = head[:20] + (8).to_bytes(2, "little") * 2 + zlib.compress(bytes(50_000_000))
    high = head[:20] + (2).to_bytes(2, "little") * 2 + zlib.compress(bytes([0, 1, 11, 2]))
    huge = head[:20] + (60_000).to_bytes(2, "little") * 2 + data[24:]
    for wrong in (b"", b"SMI1", data[:-3], data + b"x", b"SMT1" + data[4:], bomb, high, huge, head):
        with pytest.raises(ImprintError) as caught:
            Imprint.from_bytes(wrong)
        assert caught.value.code == "BAD_IMPRINT"


def test_an_imprint_of_another_template_is_refused(bank: Bank, imprints: dict[str, Imprint]):
    mine = imprints[bank.rows[0]["id"]]
    other = Imprint(mine.levels, bytes(16))
    with pytest.raises(ImprintError, match="another template"):
        mine.likeness_to(other)
    with pytest.raises(ImageRefusedError) as caught:
        seek_replay(mine, [Earlier("old card", other)])
    assert caught.value.code == "BAD_IMPRINT"
    smaller = Imprint(np.ascontiguousarray(mine.levels[:-1]), mine.template_digest)
    with pytest.raises(ImprintError):
        mine.likeness_to(smaller)


def test_levels_are_those_of_the_strokes(bank: Bank, imprints: dict[str, Imprint]):
    ink = bank.seal.template.ink()
    levels = imprints[bank.rows[0]["id"]].levels
    assert levels.shape == ink.shape
    film = (levels >= 1) & (levels <= 5)
    assert ink[film].min() > 0.5
    assert film.sum() > 1000
    # Five levels of a normal deviate: the middle one holds about a third.
    share = np.bincount(levels[film], minlength=6)[1:] / film.sum()
    assert share[2] == share.max()
    assert share.min() > 0.03


def test_verify_keeps_an_imprint_and_finds_its_copy(bank: Bank, tmp_path: Path):
    row = bank.of("replay")[0]
    source = next(one for one in bank.rows if one["id"] == row["source"])
    card = ("--card", str(bank.folder / row["card"]), "--card-dpi", str(row["card_dpi"]))
    out = tmp_path / "first.imprint"
    first = run_json(
        "verify", *card, "--voucher", str(bank.path(source)), "--imprint", str(out), "--folds"
    )
    assert "replay" not in first
    assert isinstance(first["folds"], list)
    assert out.read_bytes().startswith(b"SMI1")
    second = run_json("verify", *card, "--voucher", str(bank.path(row)), "--earlier", str(out))
    found = second["replay"]
    assert isinstance(found, dict)
    assert found["found"] is True
    assert found["earlier"] == "first.imprint"
    assert "folds" not in second
    done = run("verify", *card, "--voucher", str(bank.path(row)), "--earlier", str(bank.folder))
    assert done.returncode == 1
    assert "earlier impression" in done.stderr


def test_batch_finds_a_copy_and_bad_entries_cost_their_own_row_only(bank: Bank, tmp_path: Path):
    copy = bank.of("replay")[0]
    source = next(one for one in bank.rows if one["id"] == copy["source"])
    second = next(one for one in bank.of("genuine") if one is not source)
    pair = {"card": str(bank.folder / copy["card"]), "card_dpi": copy["card_dpi"]}
    kept = bank.examined(source).imprint
    assert kept is not None
    (tmp_path / "source.imprint").write_bytes(kept.to_bytes())
    (tmp_path / "cut.imprint").write_bytes(kept.to_bytes()[:-3])
    other = Imprint(kept.levels, bytes(16))
    (tmp_path / "other.imprint").write_bytes(other.to_bytes())
    (tmp_path / "nothing.txt").write_bytes(b"no image")

    def row(name: str, voucher: dict[str, Any], *earlier: str, **more: object) -> dict[str, Any]:
        questioned = {"voucher": str(bank.path(voucher)), "voucher_dpi": voucher["dpi"]}
        return {"id": name, **pair, **questioned, "earlier": list(earlier), **more}

    image = str(bank.path(source))
    manifest = write_manifest(
        tmp_path / "m.jsonl",
        [
            row("stored", copy, "source.imprint"),
            row("image", copy, image, earlier_dpi=source["dpi"]),
            row("second", second, "source.imprint", image, earlier_dpi=source["dpi"]),
            row("none", copy),
            row("missing", copy, "source.imprint", "nowhere.imprint"),
            row("cut", copy, "cut.imprint"),
            row("other", copy, "other.imprint"),
            row("folder", copy, "."),
            row("text", copy, "nothing.txt"),
            row("type", copy, earlier=[7]),
            row("again", copy, "source.imprint"),
        ],
    )
    out = tmp_path / "out.jsonl"
    assert run("verify-batch", manifest, "--out", out, "--threads", "2").returncode == 0
    rows = {one["id"]: one for one in read_rows(out)}
    for name in ("stored", "image", "again"):
        assert rows[name]["replay"]["found"] is True, name
        assert "REPLAYED" in rows[name]["reasons"]
        assert rows[name]["verdict"] != "PASS"
    assert rows["stored"]["replay"]["earlier"] == str(tmp_path / "source.imprint")
    assert rows["image"]["replay"]["likeness"] == rows["stored"]["replay"]["likeness"]
    assert rows["second"]["replay"]["found"] is False
    assert rows["second"]["replay"]["compared"] == 2
    assert "replay" not in rows["none"]
    wrong = ("missing", "cut", "other", "folder", "text", "type")
    assert [rows[name]["error"]["code"] for name in wrong] == [
        "FILE_NOT_FOUND", "BAD_IMPRINT", "BAD_IMPRINT", "FILE_UNREADABLE", "UNKNOWN_FORMAT",
        "BAD_MANIFEST_FIELD",
    ]  # fmt: skip
    assert "nowhere.imprint" in rows["missing"]["error"]["message"]


def test_a_batch_examines_a_shared_earlier_voucher_once(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
):
    opened: list[Path] = []

    def counted(reference: EnrolledSeal, path: Path, **rest: Any) -> Earlier:
        opened.append(path)
        return open_earlier(reference, path, **rest)

    monkeypatch.setattr("seal_service.adapters.matching.batch.open_earlier", counted)
    first, second = bank.of("genuine")
    card = CardKey(bank.folder / first["card"], first["card_dpi"])
    voucher, earlier = bank.path(second), (bank.path(first),)
    row = BatchRow("a", card, voucher, second["dpi"], earlier=earlier, earlier_dpi=first["dpi"])
    results = list(verify_batch([row] * 4, profile=load_profile(), threads=2))
    assert [getattr(result, "replay", None) for result in results] == [results[0].replay] * 4
    assert opened == [bank.path(first)]


def test_a_print_is_told_at_600_dpi_and_nothing_at_200(tmp_path: Path):
    plan = {("genuine", "good"): 1, ("print", "good"): 1}
    fine = simulated(tmp_path / "fine", plan, 600, seed=34)
    stamped, printed = (fine.examined(row).result.printed for row in fine.rows)
    assert stamped is not None
    assert printed is not None
    assert stamped.grain is not None
    assert printed.grain is not None
    assert stamped.grain < printed.grain
    assert stamped.found is None
    coarse = simulated(tmp_path / "coarse", plan, 200)
    assert [coarse.examined(row).result.printed for row in coarse.rows] == [Print(None)] * 2


def test_a_scale_falls_and_stays_at_its_end():
    scale = Scale(0.5, ((0.0, 0.5), (0.5, 0.01), (1.0, 1e-6)), 600)
    assert scale.false_alarm_rate(-1.0) == pytest.approx(0.5)
    assert scale.false_alarm_rate(0.25) == pytest.approx((0.5 * 0.01) ** 0.5)
    assert scale.false_alarm_rate(9.0) == pytest.approx(1e-6)
    # What six hundred cannot show is not told.
    assert scale.stated(1e-6) == pytest.approx(0.005)
    assert scale.stated(0.25) == pytest.approx(0.25)
    assert scale.stated(3.0) == 1.0


@dataclass(frozen=True)
class Alike:
    """An imprint as like any other as it is told to be."""

    value: float

    def likeness_to(self, _: object) -> Alike:
        return self


def test_the_more_earlier_impressions_the_more_alike_a_copy_must_be():
    scale = findings().replay
    for many in (1, 2, 10, 50, 400):
        # The least likeness that is found among so many, by halving.
        low, high = 0.0, 1.0
        for _ in range(40):
            middle = (low + high) / 2
            earlier: Any = [Earlier(str(n), Alike(middle)) for n in range(many)]  # type: ignore[arg-type]
            found = seek_replay(Alike(middle), earlier)  # type: ignore[arg-type]
            low, high = (low, middle) if found.found else (middle, high)
        assert many * scale.false_alarm_rate(high) <= 0.001 + 1e-9, many
        assert found.false_alarm_rate is not None
        assert found.false_alarm_rate >= 3.0 / scale.fitted_on


def test_packaged_scales_are_whole():
    shipped = findings()
    for scale in (shipped.replay, *(scale for scale, _, _ in shipped.prints)):
        values, shares = zip(*scale.points, strict=True)
        assert list(values) == sorted(set(values))
        assert list(shares) == sorted(set(shares), reverse=True)
        assert scale.false_alarm_rate(scale.found) <= 0.011
    assert shipped.replay.false_alarm_rate(shipped.replay.found) <= 0.001


@pytest.mark.parametrize(
    ("verdict", "after"), [("PASS", "REFER"), ("REFER", "REFER"), ("FAIL", "FAIL")]
)
def test_a_finding_leaves_no_pass(verdict: Any, after: str):
    printed, replay = Print(True, 3.0, 1e-4), Replay(True, 1, 0.9, 1e-5, "a")
    assert with_findings(verdict, (), printed=printed) == (after, ("PRINTED",))
    assert with_findings(verdict, ("X",), replay=replay) == (after, ("REPLAYED", "X"))
    assert with_findings(verdict, (), replay=Replay(None, 1), printed=Print(None)) == (verdict, ())
