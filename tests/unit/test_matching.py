"""The matching adapter: one door to the engine, the same answer from every thread."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import Impressions
from PIL import ImageDraw
from seal_drawings import card, encoded, paper, seal, stamped, voucher

from seal_service.adapters.matching import (
    BatchItem,
    BatchRow,
    CardKey,
    DpiUnequalError,
    DpiUnknownError,
    EnrolledSeal,
    FailedResult,
    FileMissingError,
    ImageRefusedError,
    Profile,
    RowResult,
    SearchBoxError,
    VerificationResult,
    enrol,
    load_profile,
    open_reference,
    verify,
    verify_batch,
)
from seal_service.adapters.matching.shelf import Shelf


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile()


@pytest.fixture(scope="module")
def reference() -> EnrolledSeal:
    return enrol([encoded(card(1))], dpi=300)


def timeless(results: list[RowResult]) -> list[RowResult]:
    """Set what may differ between runs to zero."""
    return [
        dataclasses.replace(r, elapsed_ms=0.0) if isinstance(r, VerificationResult) else r
        for r in results
    ]


def batch_of(impressions: Impressions) -> list[BatchItem]:
    return [
        BatchRow(
            id=str(row["id"]),
            card=CardKey(impressions.folder / str(row["card"]), float(str(row["card_dpi"]))),
            voucher=impressions.folder / str(row["voucher"]),
            voucher_dpi=float(str(row["voucher_dpi"])),
        )
        for row in impressions.rows
    ]


def test_eight_threads_say_what_one_says(impressions: Impressions, profile: Profile):
    rows = batch_of(impressions) * 4
    alone = timeless(list(verify_batch(rows, profile=profile, threads=1)))
    together = timeless(list(verify_batch(rows, profile=profile, threads=8)))
    assert together == alone
    assert all(isinstance(result, VerificationResult) for result in alone)


def test_one_template_serves_many_threads_at_once(reference: EnrolledSeal, profile: Profile):
    image = encoded(voucher(1))
    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(lambda _: verify(reference, image, profile=profile, dpi=200), range(16))
        )
    assert len(set(map(repr, timeless(list(results))))) == 1


def test_engine_and_decoder_release_the_gil(reference: EnrolledSeal, profile: Profile):
    image = encoded(voucher(1, dpi=300))

    def work() -> None:
        for _ in range(3):
            verify(reference, image, profile=profile, dpi=300)

    work()
    start = time.perf_counter()
    work()
    busy_s = time.perf_counter() - start
    ticks = ticks_during(work)
    # A counter that yields 1,000 times a second would stand still while the GIL is held: a held GIL
    # lets it advance a few times in all, a free one every millisecond even on a loaded machine.
    assert ticks > 100 * busy_s


def ticks_during(work: Callable[[], None]) -> int:
    """Count how often another thread gets to run while `work` does."""
    done = threading.Event()
    ticks = 0

    def count() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    work()
    done.set()
    counter.join()
    return ticks


def test_card_of_many_rows_is_enrolled_once_under_threads(
    monkeypatch: pytest.MonkeyPatch, impressions: Impressions, profile: Profile
):
    from seal_service.adapters.matching import batch

    opened: list[Path] = []
    lock = threading.Lock()

    def slow_open(key: CardKey) -> EnrolledSeal:
        with lock:
            opened.append(key.path)
        time.sleep(0.05)
        return open_reference(key.path, dpi=key.dpi, box=key.box)

    monkeypatch.setattr(batch, "_enrol", slow_open)
    rows = batch_of(impressions)
    results = list(verify_batch(rows, profile=profile, threads=8))
    assert len(results) == len(rows)
    assert sorted(opened) == sorted({row.card.path for row in rows if isinstance(row, BatchRow)})


def test_shelf_gives_one_error_to_every_row_and_empties_itself():
    key = CardKey(Path("x.jpg"))
    calls = 0

    def refuse(_: CardKey) -> EnrolledSeal:
        nonlocal calls
        calls += 1
        raise FileMissingError(str(key.path))

    shelf = Shelf[CardKey, EnrolledSeal]([key, key, key])
    for left in (1, 1, 0):
        with pytest.raises(FileMissingError):
            shelf.take(key, refuse)
        shelf.give_back(key)
        assert len(shelf) == left
    assert calls == 1


def test_failing_rows_keep_their_place(impressions: Impressions, profile: Profile):
    good = batch_of(impressions)[0]
    assert isinstance(good, BatchRow)
    rows: list[BatchItem] = [
        dataclasses.replace(good, id=1, voucher=Path("/nowhere/v.jpg")),
        dataclasses.replace(good, id=2),
        FailedResult("BAD_MANIFEST_LINE", "line 3: not JSON", None),
        dataclasses.replace(good, id=4, card=CardKey(Path("/nowhere/c.jpg"))),
        dataclasses.replace(good, id=5),
    ]
    results = list(verify_batch(rows, profile=profile, threads=4))
    assert [result.id for result in results] == [1, 2, None, 4, 5]
    codes = [result.code if isinstance(result, FailedResult) else "" for result in results]
    assert codes == ["FILE_NOT_FOUND", "", "BAD_MANIFEST_LINE", "FILE_NOT_FOUND", ""]
    assert timeless(results[1:2])[0].to_json() | {"id": 5} == timeless(results[4:])[0].to_json()


def test_consumer_may_stop_early(impressions: Impressions, profile: Profile):
    results = verify_batch(batch_of(impressions) * 50, profile=profile, threads=2)
    next(results)
    start = time.perf_counter()
    results.close()
    assert time.perf_counter() - start < 20
    assert not [t for t in threading.enumerate() if t.name.startswith("verify")]


@pytest.mark.parametrize("threads", [0, -1])
def test_batch_needs_a_thread(profile: Profile, threads: int):
    with pytest.raises(ValueError, match="at least 1"):
        verify_batch([], profile=profile, threads=threads)


def test_dpi_is_the_callers_then_the_files(reference: EnrolledSeal, profile: Profile):
    picture = voucher(1)
    stated = verify(reference, encoded(picture, dpi=(200, 200)), profile=profile)
    told = verify(reference, encoded(picture), profile=profile, dpi=200)
    overruled = verify(reference, encoded(picture, dpi=(96, 96)), profile=profile, dpi=200)
    assert timeless([stated]) == timeless([told]) == timeless([overruled])


def test_unknown_and_unequal_dpi_are_refused(reference: EnrolledSeal, profile: Profile):
    with pytest.raises(DpiUnknownError) as unknown:
        verify(reference, encoded(voucher(1)), profile=profile)
    assert unknown.value.code == "DPI_UNKNOWN"
    with pytest.raises(DpiUnequalError) as unequal:
        verify(reference, encoded(voucher(1), dpi=(200, 100)), profile=profile)
    assert (unequal.value.dpi_x, unequal.value.dpi_y) == (200, 100)


def test_pose_of_a_drawn_seal(reference: EnrolledSeal, profile: Profile):
    for angle_deg in (0.0, 12.0, 90.0, 179.0, -135.0):
        image = encoded(voucher(1, angle_deg=angle_deg))
        result = verify(reference, image, profile=profile, dpi=200)
        assert result.rotation_deg == pytest.approx(angle_deg, abs=0.5)
        assert result.centre_px == pytest.approx((120 / 25.4 * 200, 42 / 25.4 * 200), abs=1.5)
        assert result.size_error_mm == pytest.approx(0.0, abs=0.3)


def test_search_box_must_meet_the_voucher(reference: EnrolledSeal, profile: Profile):
    image = encoded(voucher(1))
    for box in [(5000, 0, 6000, 100), (-9, -9, -1, -1), (9, 9, 9, 20), (float("nan"),) * 4]:
        with pytest.raises(SearchBoxError):
            verify(reference, image, profile=profile, dpi=200, search_box=box)


def test_search_box_chooses_the_place(reference: EnrolledSeal, profile: Profile):
    image = encoded(voucher(1))
    box = (120 / 25.4 * 200 - 200, 42 / 25.4 * 200 - 200, 120 / 25.4 * 200 + 200, 530)
    result = verify(reference, image, profile=profile, dpi=200, search_box=box)
    assert result.rotation_deg == pytest.approx(12.0, abs=0.5)


def test_several_impressions_make_one_template(impressions: Impressions):
    seal = enrol([encoded(card(1)), encoded(card(1))], dpi=300)
    assert seal.impressions == 2
    other = impressions.folder / str(impressions.rows[0]["card"])
    with pytest.raises(ImageRefusedError) as refused:
        enrol([encoded(card(1), dpi=(300, 300)), other])
    assert refused.value.code == "POOR_CARD"


def test_a_forms_frame_of_the_seals_colour_does_not_leave_its_star_alone():
    # Seen on a simulated card: frame and seal close up to something too large for a seal, and what
    # was left to enrol was the star.
    sheet = card(1)
    mm = 300 / 25.4
    frame = [(5 * mm, 9.4 * mm), (88 * mm, 58 * mm)]  # 1.1 mm above the seal
    ImageDraw.Draw(sheet).rectangle(frame, outline=(200, 40, 50), width=5)
    assert max(enrol([encoded(sheet)], dpi=300).size_mm) > 36


def test_a_pale_blue_seal_is_enrolled_beside_heavy_green_print():
    # The print is denser than the seal, in the map of blue ink too: it was what got enrolled.
    sheet, mm = paper(90, 60, dpi=300), 300 / 25.4
    mark = seal(1, dpi=300, colour=(60, 70, 190))
    mark.putalpha(mark.getchannel("A").point(lambda level: level * 3 // 5))
    sheet = stamped(sheet, mark, (62, 30), dpi=300)
    pen = ImageDraw.Draw(sheet)
    for y_mm in range(14, 40, 5):
        pen.rectangle((5 * mm, y_mm * mm, 35 * mm, (y_mm + 2.5) * mm), fill=(20, 130, 60))
    assert min(enrol([encoded(sheet)], dpi=300).size_mm) > 36


def test_a_pale_seal_is_enrolled_inside_a_blue_frame_that_is_too_large_for_one():
    # Seen on a simulated card: the frame, 57 mm wide, is heavier than the seal and was taken for a
    # seal that stands on a corner; then it was none, and the card was refused.
    sheet, mm = paper(70, 70, dpi=300), 300 / 25.4
    mark = seal(1, dpi=300, colour=(220, 120, 140))
    mark.putalpha(mark.getchannel("A").point(lambda level: level * 3 // 5))
    sheet = stamped(sheet, mark, (35, 35), dpi=300)
    frame = (6 * mm, 6 * mm, 63 * mm, 63 * mm)
    ImageDraw.Draw(sheet).rectangle(frame, outline=(20, 80, 95), width=12)
    assert min(enrol([encoded(sheet)], dpi=300).size_mm) > 36


def test_enrol_checks_its_arguments():
    with pytest.raises(ValueError, match="at least one"):
        enrol([])
    with pytest.raises(ValueError, match="2 boxes"):
        enrol([encoded(card(1))], dpi=300, boxes=[None, None])


def test_result_is_immutable_and_angle_stays_in_range(reference: EnrolledSeal, profile: Profile):
    result = verify(reference, encoded(voucher(1)), profile=profile, dpi=200)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.verdict = "PASS"  # type: ignore[misc]
    edge = dataclasses.replace(result, rotation_deg=-179.99999)
    assert edge.to_json()["rotation_deg"] == 180.0
