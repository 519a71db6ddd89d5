"""The offsets' benchmark knows exactly what it moved."""

from __future__ import annotations

import numpy as np
import pytest

from fold_offsets.__main__ import Place, _paired
from fold_offsets.moved import FADE_MM, RIM_MM, Move, moved
from simulator.design import Glyph
from simulator.press import Impression

PPM = 16.0
CELL = Glyph("印", "serif", 3.0, -2.0, 4.0, 3.0, rot_deg=30.0)
BY = (0.24, -0.18)


def spots(places: list[tuple[float, float]]) -> Impression:
    """Return an impression with soft round spots at places in millimetres."""
    y, x = (np.mgrid[0:241, 0:321] - np.array([120, 160])[:, None, None]) / PPM
    film = sum(np.exp(-((x - u) ** 2 + (y - v) ** 2) / (2 * 0.15**2)) for u, v in places)
    film8 = np.asarray(200 * np.clip(film, 0, 1), np.uint8)
    white = np.asarray(255 - np.repeat(film8[:, :, None], 3, axis=2), np.uint8)
    return Impression(white, film8, PPM, 1.0)


def centre(film: np.ndarray, near: tuple[float, float]) -> tuple[float, float]:
    """Return the centre of mass of the ink within 0.7 mm of a place, in millimetres."""
    y, x = (np.mgrid[0:241, 0:321] - np.array([120, 160])[:, None, None]) / PPM
    ink = film.astype(float) * (np.hypot(x - near[0], y - near[1]) < 0.7)
    return float((ink * x).sum() / ink.sum()), float((ink * y).sum() / ink.sum())


def test_what_is_moved_moves_by_the_whole_amount_and_nothing_else_does():
    inside, outside, back = (3.4, -1.7), (-3.0, 2.0), (-3.5, -4.0)
    other = Glyph("鉴", "serif", -3.5, -4.0, 3.0, 3.0)
    move = Move((CELL, other), (1, -1), BY)
    before = spots([inside, outside, back])
    after = moved(before, move)
    there = (inside[0] + BY[0], inside[1] + BY[1])
    assert centre(after.film, there) == pytest.approx(there, abs=0.004)
    gone = (back[0] - BY[0], back[1] - BY[1])
    assert centre(after.film, gone) == pytest.approx(gone, abs=0.004)
    assert centre(after.film, outside) == pytest.approx(outside, abs=0.004)
    assert (255 - after.reflectance[:, :, 0]).astype(int) == pytest.approx(after.film, abs=2)
    places = np.array([inside, outside, back])
    assert move.known(places[:, 0], places[:, 1]).tolist() == [1.0, 0.0, -1.0]


def test_places_where_paper_was_stretched_are_not_known():
    move = Move((CELL,), (1,), BY)
    edge = CELL.w_mm / 2 + np.array([-0.01, 0.5 * (RIM_MM + FADE_MM), RIM_MM + FADE_MM + 0.6])
    turn = np.deg2rad(CELL.rot_deg)
    known = move.known(CELL.x_mm + edge * np.cos(turn), CELL.y_mm + edge * np.sin(turn))
    assert known[0] == 1.0
    assert np.isnan(known[1])
    assert known[2] == 0.0


def test_a_place_in_two_cells_that_go_apart_is_not_known():
    at = np.array([CELL.x_mm]), np.array([CELL.y_mm])
    assert np.isnan(Move((CELL, CELL), (1, -1), BY).known(*at)).all()
    assert Move((CELL, CELL), (1, 1), BY).known(*at).tolist() == [1.0]


def test_strokes_are_paired_by_cut_and_place():
    one = {Place(0.5, 1.0): 0.2, Place(0.5, 4.0): 0.1, Place(1.0, 1.0): 0.3}
    other = {Place(0.5, 1.01): 0.05, Place(0.5, 3.9): 7.0, Place(0.75, 1.0): 8.0}
    assert list(_paired(one, other)) == [(0.2, 0.05)]
