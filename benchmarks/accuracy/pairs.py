"""Aligned pairs with the truth of where their dies differ: what the network learns from."""

from __future__ import annotations

import math
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from accuracy.extract import by_card, in_processes, scan_of, truth_rows
from seal_match_rs import NoSealError, PoorCardError, _native
from simulator.dataset import DIFFERENCE_PPM

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LEVELS = 160
"""Value of a full stroke in `Pair.reference` and `Pair.moving`."""
_MM_PER_INCH = 25.4
_WRONG_MM, _WRONG_CAMERA_MM, _WRONG_DEG = 0.5, 1.2, 2.5


@dataclass(frozen=True, slots=True)
class Pair:
    """Reference and moving ink on the template's grid, all uint8 (rows, cols).

    covered: one where the moving image says nothing. difference: 255 where the dies differ.
    parts: what the networks judge, as `Comparison.parts` gives it.
    """

    die: str
    category: str
    level: str
    reference: NDArray[np.uint8]
    moving: NDArray[np.uint8]
    covered: NDArray[np.uint8]
    difference: NDArray[np.uint8]
    parts: NDArray[np.int32]


def _levels(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.clip(ink * LEVELS, 0, 255).astype(np.uint8)


def _die_grid(
    row: dict[str, Any], centre_px: list[float], shape: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the die's (x, y) in mm at every sample of the template's grid."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    card_ppm = row["card_dpi"] / _MM_PER_INCH
    step = card_ppm / _native.Template.PX_PER_MM
    size = card_ppm * row["card_scale"]
    dx = (centre_px[0] + (x - (shape[1] - 1) / 2) * step - row["card_cx"]) / size
    dy = (centre_px[1] + (y - (shape[0] - 1) / 2) * step - row["card_cy"]) / size
    c, s = math.cos(math.radians(row["card_rot"])), math.sin(math.radians(row["card_rot"]))
    return c * dx + s * dy, -s * dx + c * dy


def _misplaced(row: dict[str, Any], found: _native.Comparison) -> bool:
    """Whether the engine aligned something else than the seal."""
    x, y = found.centre_px
    apart_mm = math.hypot(x - row["cx"], y - row["cy"]) / (row["dpi"] / _MM_PER_INCH)
    turn = abs((found.rotation_deg - row["rot"] + 180) % 360 - 180)
    return bool(turn > _WRONG_DEG or apart_mm > (_WRONG_CAMERA_MM if row["camera"] else _WRONG_MM))


def _pairs(task: tuple[Path, list[dict[str, Any]]]) -> list[Pair]:
    folder, rows = task
    card, _ = scan_of(folder / rows[0]["card"], rows[0]["card_dpi"])
    try:
        template, report = _native.Template.enrol([(card, None)])
    except (PoorCardError, NoSealError):
        return []
    ink = np.asarray(template.ink())
    shape = (ink.shape[0], ink.shape[1])
    die_x, die_y = _die_grid(rows[0], report["centre_px"], shape)
    pairs = []
    for row in rows:
        scan, _ = scan_of(folder / row["voucher"], row["dpi"])
        found = _native.examine(template, scan)
        if found is None or not found.trusted:
            continue
        if row["category"] == "genuine" and _misplaced(row, found):
            continue
        difference = np.zeros(shape, np.uint8)
        if row["difference"]:
            truth = cv2.imread(str(folder / row["difference"]), cv2.IMREAD_GRAYSCALE)
            assert truth is not None
            map_x = (die_x * DIFFERENCE_PPM + (truth.shape[1] - 1) / 2).astype(np.float32)
            map_y = (die_y * DIFFERENCE_PPM + (truth.shape[0] - 1) / 2).astype(np.float32)
            difference = np.asarray(cv2.remap(truth, map_x, map_y, cv2.INTER_LINEAR), np.uint8)
        pairs.append(
            Pair(
                die=f"{folder.name}/{row['card']}",
                category=row["category"],
                level=row["level"],
                reference=_levels(ink),
                moving=_levels(np.asarray(found.aligned())),
                covered=(np.asarray(found.covered()) > 0).astype(np.uint8),
                difference=difference,
                parts=np.asarray(found.parts()),
            )
        )
    return pairs


def cached_pairs(folder: Path, *, jobs: int) -> list[Pair]:
    """Align every voucher of a simulated folder; remembered beside the folder."""
    store = folder / "pairs.pickle"
    if not store.exists():
        tasks = [(folder, group) for group in by_card(truth_rows(folder))]
        store.write_bytes(pickle.dumps(in_processes(_pairs, tasks, jobs)))
    return list(pickle.loads(store.read_bytes()))  # noqa: S301 - our own file
