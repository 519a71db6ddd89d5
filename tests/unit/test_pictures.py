"""Cutting a seal out of a picture: upright, and as the engine laid it over the reference."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from seal_service.adapters.matching.pictures import upright_cut, warped_cut


def test_warped_cut_follows_the_engines_map_to_a_fraction_of_a_pixel():
    """On a picture whose colour says its own position, each pixel tells where it was taken from."""
    x = np.arange(256, dtype=np.float32)
    picture = np.stack(
        [np.tile(x, (256, 1)), np.tile(x[:, None], (1, 256)), np.full((256, 256), 9.0)], axis=2
    ).astype(np.uint8)

    def bent(points: Sequence[tuple[float, float]]) -> list[list[float]]:
        return [
            [128 + 7.9 * x - 1.2 * y + 0.03 * x * y, 120 + 1.2 * x + 7.9 * y - 0.02 * x * x]
            for x, y in points
        ]

    cut = warped_cut(picture, bent, size_mm=(20.0, 18.0), out_px_per_mm=16.0)
    assert cut.shape == (288, 320, 3)
    rows, columns = np.mgrid[0:288, 0:320]
    x_mm, y_mm = (columns - 159.5) / 16.0, (rows - 143.5) / 16.0
    wanted = np.array(bent(list(zip(x_mm.ravel(), y_mm.ravel(), strict=True))))
    taken = cut.reshape(-1, 3)
    inside = (wanted > 2).all(axis=1) & (wanted < 253).all(axis=1)
    assert inside.mean() > 0.9
    # Half a step is lost to 8 bits, 1/64 px to OpenCV's table of weights.
    assert np.abs(taken[inside, :2] - wanted[inside]).max() < 0.6
    assert (taken[(wanted < -2).any(axis=1)] == 255).all()


def test_warped_cut_of_a_similarity_is_the_upright_cut():
    chance = np.random.default_rng(3)
    picture = cv2.GaussianBlur(chance.integers(0, 256, (300, 300, 3), np.uint8), (0, 0), 3)
    turn = math.radians(25.0)
    a, b = 8.0 * math.cos(turn), 8.0 * math.sin(turn)

    def similar(points: Sequence[tuple[float, float]]) -> list[list[float]]:
        return [[150 + a * x - b * y, 140 + b * x + a * y] for x, y in points]

    warped = warped_cut(picture, similar, size_mm=(12.0, 10.0), out_px_per_mm=16.0)
    upright = upright_cut(
        picture,
        centre_px=(150.0, 140.0),
        rotation_deg=25.0,
        px_per_mm=8.0,
        size_mm=(12.0, 10.0),
        out_px_per_mm=16.0,
    )
    assert np.abs(warped.astype(int) - upright).max() <= 3
