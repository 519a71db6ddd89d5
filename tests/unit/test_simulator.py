"""The simulator: same bytes for the same seed, true truth, every kind and forgery class."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from simulator import dataset, simulate, typefaces
from simulator.__main__ import parse_plan
from simulator.capture import lay, random_device, similarity, warp_page
from simulator.design import SealDesign
from simulator.dies import Die, Engraving, difference, drawing, engrave, random_engraving
from simulator.fields import U8
from simulator.forge import CATEGORIES, forged_layout, recut, rescan, sibling
from simulator.halftone import printed, random_printer
from simulator.inks import film_table, random_ink
from simulator.layout import lay_out
from simulator.orders import random_design
from simulator.paper import form
from simulator.paste import cut_out, random_job
from simulator.press import Stroke, press
from simulator.seeds import Role, stream
from simulator.voucher import make_card, make_voucher

CLEAN = Stroke(0, 0, 1, 0, dryness=0, mottle=0, ring=0, dirt=0, elastic_mm=0.0, spread_mm=0.04)

PRACTICE_FIELDS = set(
    """seal card card_dpi card_cx card_cy kind text fonts w_mm h_mm ink id voucher dpi cx cy rot
    scale camera level category genuine""".split()  # noqa: SIM905
)


def digests(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def rows(root: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / name).read_text().splitlines()]


def redness(image: U8) -> np.ndarray:
    """Return how much more a page reflects of red than of green: ink of the seal."""
    wide = image.astype(np.float32)
    return np.asarray(wide[..., 2] - wide[..., 1])


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def company() -> SealDesign:
    rng = stream(5, die=0, role=Role.DESIGN)
    return random_design(rng, style="finance")


def test_no_two_typefaces_are_one_drawing_under_two_names() -> None:
    """A refont in such a face is the genuine seal; two fonts of Debian's hold the same glyphs."""
    characters = "立林波钟印廖礼龚"

    def shapes(key: str) -> list[np.ndarray]:
        masks = (typefaces.line(character, key, 96) for character in characters)
        return [cv2.resize(mask, (96, 96), interpolation=cv2.INTER_AREA) > 110 for mask in masks]

    faces = typefaces.faces()
    drawn = {key: shapes(key) for key in faces}
    for a, b in combinations(faces, 2):
        if faces[a].typeface != faces[b].typeface:
            alike = [(x & y).sum() / (x | y).sum() for x, y in zip(drawn[a], drawn[b], strict=True)]
            assert max(alike) < 0.9, (a, b)


def test_same_seed_gives_same_bytes_for_any_number_of_jobs(tmp_path: Path) -> None:
    plan = {("genuine", "hard"): 1, ("sibling", "good"): 1, ("print", "typical"): 1}
    for jobs in (1, 2):
        simulate(tmp_path / str(jobs), seed=7, dies=3, per_die=plan, jobs=jobs, capture="mixed")
    one, two = digests(tmp_path / "1"), digests(tmp_path / "2")
    assert len(one) == 3 + 9 + 3 + 2  # cards, vouchers, differences of the siblings, two lists
    assert one == two


def test_a_die_is_the_same_whatever_range_it_is_made_in(tmp_path: Path) -> None:
    simulate(tmp_path / "all", seed=3, dies=2, per_die=1)
    simulate(tmp_path / "last", seed=3, dies=1, per_die=1, first_die=1)
    for name in ("cards/0001.jpg", "vouchers/0001_0.jpg"):
        assert (tmp_path / "all" / name).read_bytes() == (tmp_path / "last" / name).read_bytes()


def test_a_set_that_was_interrupted_is_not_taken_for_whole(tmp_path: Path) -> None:
    simulate(tmp_path, seed=3, dies=1, per_die=1)
    assert (tmp_path / "truth.jsonl").exists()

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path, seed=3, dies=2, per_die=1, progress=interrupt)
    assert not (tmp_path / "truth.jsonl").exists()
    assert not (tmp_path / "manifest.jsonl").exists()


def test_another_seed_gives_other_dies(tmp_path: Path) -> None:
    for seed in (1, 2):
        simulate(tmp_path / str(seed), seed=seed, dies=1, per_die=1)
    assert digests(tmp_path / "1") != digests(tmp_path / "2")


def test_streams_are_isolated() -> None:
    draws = {
        (die, role, index): stream(1, die=die, role=role, index=index).random()
        for die in (0, 1)
        for role in Role
        for index in (0, 1)
    }
    assert len(set(draws.values())) == len(draws)
    assert stream(1, die=0, role=Role.CARD).random() == draws[0, Role.CARD, 0]


def test_files_match_the_practice_format(tmp_path: Path) -> None:
    simulate(tmp_path, seed=4, dies=1)
    truth, manifest = rows(tmp_path, "truth.jsonl"), rows(tmp_path, "manifest.jsonl")
    assert [set(row) for row in manifest] == [
        {"id", "card", "voucher", "card_dpi", "voucher_dpi"}
    ] * 10
    for row in truth:
        assert set(row) >= PRACTICE_FIELDS
        page = cv2.imread(str(tmp_path / row["voucher"]))
        assert page is not None
        half = min(row["w_mm"], row["h_mm"]) / 2 * row["dpi"] / 25.4
        assert half < row["cx"] < page.shape[1] - half
        assert half < row["cy"] < page.shape[0] - half
        mapped = np.reshape(row["h_card_to_voucher"], (3, 3)) @ [row["card_cx"], row["card_cy"], 1]
        assert mapped[:2] / mapped[2] == pytest.approx([row["cx"], row["cy"]], abs=0.01)
    assert sum(row["genuine"] for row in truth) == 4


@pytest.mark.parametrize("camera", [False, True])
def test_the_mapping_carries_the_card_onto_the_voucher(*, camera: bool) -> None:
    rng = stream(11, die=0, role=Role.VOUCHER, index=int(camera))
    die = engrave(lay_out(company()), Engraving(), rng)
    ink = random_ink(rng, "red")
    stamps = [press(die, CLEAN, ink, rng) for _ in range(2)]
    card = make_card(rng, stamps[0], die, dpi=300, size_mm=(100.0, 70.0), grey=False)
    blank = np.full((945, 2067, 3), 245, np.uint8)
    shot = make_voucher(
        rng, blank, stamps[1], die, dpi=300, level="good", foreign=[], capture="colour",
        camera=camera,
    )  # fmt: skip
    files = [cv2.imdecode(np.frombuffer(s.data, np.uint8), cv2.IMREAD_COLOR) for s in (card, shot)]
    mapping = shot.place @ np.linalg.inv(card.place)
    side = int(44 * 300 / 25.4)
    window = np.array([[1, 0, side / 2], [0, 1, side / 2], [0, 0, 1.0]]) @ np.diag(
        [300 / 25.4, 300 / 25.4, 1]
    )

    def cut(image: U8, place: np.ndarray) -> np.ndarray:
        to_window = window @ np.linalg.inv(place)
        return redness(np.asarray(cv2.warpPerspective(image, to_window, (side, side))))

    reference = cut(np.asarray(files[0], np.uint8), card.place)
    right = correlation(reference, cut(np.asarray(files[1], np.uint8), mapping @ card.place))
    assert right > 0.93
    for dx, dy in ((2, 0), (-2, 0), (0, 2), (0, -2)):
        off = np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1.0]]) @ mapping @ card.place
        assert correlation(reference, cut(np.asarray(files[1], np.uint8), off)) < right - 0.02


def test_every_kind_of_seal_is_drawn() -> None:
    seen = set()
    for die in range(120):
        design = random_design(stream(1, die=die, role=Role.DESIGN))
        seen.add((design.style, design.kind, design.inverted))
        assert lay_out(design).glyphs
    kinds = {(style, kind) for style, kind, _ in seen}
    assert kinds == {
        ("company", "round"), ("finance", "round"), ("invoice", "oval"), ("name", "square"),
        ("name", "rect"), ("square_finance", "square"),
    }  # fmt: skip
    assert {inverted for style, _, inverted in seen if style == "name"} == {True, False}


def test_every_character_stays_inside_its_seal() -> None:
    for index in range(80):
        design = random_design(stream(2, die=index, role=Role.DESIGN))
        for cell in lay_out(design).glyphs:
            assert abs(cell.x_mm) < design.w_mm / 2
            assert abs(cell.y_mm) < design.h_mm / 2
            if design.kind in ("round", "oval"):
                inside = (2 * cell.x_mm / design.w_mm) ** 2 + (2 * cell.y_mm / design.h_mm) ** 2
                assert inside < 0.97


def test_every_forgery_class_is_made_and_differs(tmp_path: Path) -> None:
    plan = {(category, "good"): 1 for category in CATEGORIES}
    simulate(tmp_path, seed=9, dies=1, per_die=plan)
    truth = rows(tmp_path, "truth.jsonl")
    assert [row["category"] for row in truth] == list(CATEGORIES)
    assert len({(tmp_path / row["voucher"]).read_bytes() for row in truth}) == len(CATEGORIES)


def test_a_replay_is_a_copy_of_a_voucher_before_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="before it"):
        dataset.expand({("replay", "good"): 1, ("genuine", "good"): 1})
    plan = {("genuine", "good"): 1, ("replay", "good"): 1, ("genuine", "typical"): 1}
    simulate(tmp_path, seed=9, dies=1, per_die=plan, dpi=300)
    first, copy, second = rows(tmp_path, "truth.jsonl")
    assert copy["source"] == first["id"]
    assert first["source"] is None

    def film(row: dict[str, Any]) -> np.ndarray:
        """Return the seal on one grid, without what is slower than half a millimetre."""
        page = np.asarray(cv2.imread(str(tmp_path / row["voucher"])), np.uint8)
        place = np.reshape(row["h_card_to_voucher"], (3, 3))
        card = (row["card_cx"], row["card_cy"])
        side = int(0.6 * row["w_mm"] * row["card_dpi"] / 25.4)
        window = np.array([[1, 0, card[0] - side / 2], [0, 1, card[1] - side / 2], [0, 0, 1.0]])
        flat = cv2.warpPerspective(
            redness(page), place @ window, (side, side), flags=cv2.WARP_INVERSE_MAP
        )
        return np.asarray(flat - cv2.GaussianBlur(flat, (0, 0), 0.5 * row["card_dpi"] / 25.4))

    like = correlation(film(first), film(copy))
    assert like > correlation(film(first), film(second)) + 0.1
    assert like > 0.6


def test_some_forgers_trim_what_they_cut_out() -> None:
    trims = [random_job(stream(7, die=n, role=Role.FORGERY)).trim for n in range(300)]
    some = [trim for trim in trims if trim is not None]
    assert 20 < len(some) < 80
    die = drawing(lay_out(random_design(stream(7, die=1, role=Role.DESIGN))), 8.0)
    side = int(1.4 * 8 * max(die.w_mm, die.h_mm))
    scan = np.full((side, side, 3), 240, np.uint8)
    place = np.array([[8.0, 0, side / 2], [0, 8.0, side / 2], [0, 0, 1]])
    whole, cut = cut_out(scan, place, die), cut_out(scan, place, die, trim=0.9)
    rows, cols = np.indices(cut.cover.shape)
    centre = cut.place[:2, 2]
    far = np.hypot(cols - centre[0], rows - centre[1]) / 8.0 / (min(die.w_mm, die.h_mm) / 2)
    assert cut.cover[far > 0.95].max() == 0.0
    assert np.array_equal(cut.cover[far < 0.85], whole.cover[far < 0.85])
    assert whole.cover[far > 0.95].max() == 1.0


def test_a_sibling_keeps_the_holder_and_changes_the_words() -> None:
    for index in range(60):
        rng = stream(6, die=index, role=Role.FORGERY)
        design = random_design(rng)
        other = sibling(design, rng)
        assert other.texts != design.texts
        assert (other.kind, other.w_mm, other.ring_face) == (
            design.kind, design.w_mm, design.ring_face,
        )  # fmt: skip


def test_a_recut_die_moves_characters_independently() -> None:
    layout = lay_out(company())
    moved = recut(layout, stream(6, die=0, role=Role.FORGERY))
    shifts = np.array(
        [
            (b.x_mm - a.x_mm, b.y_mm - a.y_mm)
            for a, b in zip(layout.glyphs, moved.glyphs, strict=True)
        ]
    )
    length = np.hypot(shifts[:, 0], shifts[:, 1])
    assert length.min() > 0.03
    assert length.max() <= 0.4
    assert np.hypot(*shifts.mean(0)) < 0.6 * length.mean()
    assert all(
        b.thickness_mm < a.thickness_mm for a, b in zip(layout.rings, moved.rings, strict=True)
    )


def test_a_rescanned_die_is_close_but_not_the_same() -> None:
    rng = stream(8, die=0, role=Role.FORGERY)
    die = engrave(lay_out(company()), random_engraving(rng), rng)
    copy = rescan(die, random_ink(rng, "red"), rng)
    assert copy.relief.shape == die.relief.shape
    overlap = correlation(copy.relief, die.relief)
    assert 0.5 < overlap < 0.985


def test_a_bare_die_floor_takes_no_ink() -> None:
    rng = stream(8, die=1, role=Role.FORGERY)
    for _ in range(6):
        die = engrave(lay_out(company()), random_engraving(rng), rng)
        stamp = press(die, Stroke(dirt=0, supply=1.4, gain_mm=0.06), random_ink(rng), rng)
        assert int(stamp.film[:12].max()) == 0
        assert int(stamp.film[:, :12].max()) == 0


@pytest.mark.parametrize("screen", ["dots", "lines", "scatter", "diffusion"])
def test_a_print_is_made_of_dots(screen: Any) -> None:
    rng = stream(8, die=2, role=Role.FORGERY)
    printer = replace(random_printer(rng), screen=screen, lpi=120.0)
    design = replace(company(), star_mm=14.0)
    die = engrave(lay_out(design), Engraving(), rng)
    ink = random_ink(rng, "red")
    copy, stamp = printed(die, ink, rng, printer), press(die, CLEAN, ink, rng)

    def unevenness_of_the_star(image: U8, ppm: float) -> float:
        half, (cy, cx) = int(2 * ppm), (np.array(image.shape[:2]) - 1) // 2
        inside = image[cy - half : cy + half, cx - half : cx + half, 1].astype(np.float32)
        return float(inside.std())

    smooth = unevenness_of_the_star(stamp.reflectance, stamp.ppm)
    assert unevenness_of_the_star(copy.reflectance, copy.ppm) > 3 * smooth + 5


def test_more_film_is_never_lighter() -> None:
    table = film_table(random_ink(stream(1, die=0, role=Role.CARD))).astype(int)[:, 0]
    assert np.all(table[0] == 255)
    assert np.all(np.diff(table, axis=0) <= 0)


def test_ink_multiplies_with_what_lies_under_it() -> None:
    rng = stream(1, die=3, role=Role.CARD)
    die = engrave(lay_out(company()), Engraving(), rng)
    stamp = press(die, CLEAN, random_ink(rng, "red"), rng)
    page = np.full((500, 500, 3), 240, np.uint8)
    page[240:260] = 30
    before = page.copy()
    lay(page, stamp, similarity(250, 250, scale=8.0, rot_deg=10))
    assert np.all(page <= before)
    assert (page[..., 1] < 120).mean() > 0.03


def test_a_scanner_keeps_scale_within_its_tolerance() -> None:
    for index in range(40):
        device = random_device(stream(2, die=index, role=Role.CARD), (600, 1400), camera=False)
        assert np.sqrt(np.linalg.det(device.warp[:2, :2])) == pytest.approx(1.0, abs=0.01)
    page = form(stream(2, die=0, role=Role.FORM), 200, (175.0, 80.0))
    assert warp_page(page, device, stream(2, die=0, role=Role.CARD)).shape == page.shape


def test_capture_modes_write_grey_and_bilevel_files(tmp_path: Path) -> None:
    simulate(tmp_path / "g", seed=1, dies=1, per_die=1, capture="grey")
    simulate(tmp_path / "b", seed=1, dies=1, per_die=1, capture="bilevel")
    grey = cv2.imread(str(tmp_path / "g/vouchers/0000_0.jpg"), cv2.IMREAD_UNCHANGED)
    assert grey is not None
    assert grey.ndim == 2
    cut = cv2.imread(str(tmp_path / "b/vouchers/0000_0.tif"), cv2.IMREAD_UNCHANGED)
    assert cut is not None
    assert set(np.unique(cut)) <= {0, 1, 255}
    assert 0.5 < (cut > 0).mean() < 0.99


def test_plans_are_checked() -> None:
    assert parse_plan("print:good=2, sibling:hard=1") == {
        ("print", "good"): 2, ("sibling", "hard"): 1,
    }  # fmt: skip
    assert len(dataset.expand(13)) == 13
    with pytest.raises(ValueError, match="plan entry"):
        dataset.expand({("replayed", "good"): 1})
    with pytest.raises(ValueError, match="CATEGORY:LEVEL=COUNT"):
        parse_plan("genuine=1")
    rng = stream(1, die=0, role=Role.FORGERY)
    with pytest.raises(ValueError, match="nothing is drawn"):
        forged_layout("print", company(), rng)


def test_only_what_a_sibling_says_otherwise_differs(tmp_path: Path):
    """Not the whole outline, though another hand has cut it."""
    simulate(tmp_path, seed=4, dies=3, per_die={("sibling", "good"): 2}, style="company")
    for row in rows(tmp_path, "truth.jsonl"):
        shown = cv2.imread(str(tmp_path / row["difference"]), cv2.IMREAD_GRAYSCALE)
        assert shown is not None
        assert 3 < (shown > 100).sum() < 0.05 * shown.size
        assert (shown == 0).mean() > 0.7


def test_the_difference_of_dies_lies_where_they_differ():
    """None with itself; a patch shows at its place, whichever die is the larger."""
    one = Die(np.zeros((241, 361), np.uint8), 15.0, 10.0, 24.0)
    assert not difference(one, one, 8.0).any()
    for shape in [(241, 361), (201, 301), (301, 401)]:
        relief = np.zeros(shape, np.uint8)
        row, col = shape[0] // 2 + 48, shape[1] // 2 - 72  # 2 mm below, 3 mm left of the centre
        relief[row - 12 : row + 13, col - 12 : col + 13] = 255
        shown = difference(one, Die(relief, 15.0, 10.0, 24.0), 8.0)
        assert shown.shape == (81, 121)
        rows, cols = np.nonzero(shown > 127)
        assert (rows.mean(), cols.mean()) == pytest.approx((40 + 16, 60 - 24), abs=0.5)
        assert len(rows) == pytest.approx(64, abs=20)
