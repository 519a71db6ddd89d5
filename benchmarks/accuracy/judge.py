"""Runs the whole engine with a profile over a folder; compares verdicts and poses with truth."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from accuracy.extract import by_card, in_processes, scan_of, truth_rows
from seal_match_rs import NoSealError, PoorCardError, _native

if TYPE_CHECKING:
    from pathlib import Path

MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Judged:
    """One voucher judged: its truth, the verdict, and the error of the seal's edge.

    The error is how far the edge lies from where it is, RMS in mm (None: unknown).
    """

    truth: dict[str, Any]
    verdict: str
    score: float
    reasons: tuple[str, ...]
    edge_error_mm: float | None
    elapsed_ms: float

    @property
    def group(self) -> tuple[str, str]:
        """Category and level."""
        return self.truth["category"], self.truth["level"]


def true_edge_px(truth: dict[str, Any], points_px: np.ndarray) -> np.ndarray | None:
    """Return where points of the card (n, 2) px truly lie in the voucher, (n, 2) px.

    None when the truth does not say.
    """
    if (matrix := truth.get("h_card_to_voucher")) is not None:
        mapped = np.c_[points_px, np.ones(len(points_px))] @ np.reshape(matrix, (3, 3)).T
        return np.asarray(mapped[:, :2] / mapped[:, 2:])
    if truth.get("camera"):
        return None
    angle = math.radians(truth["rot"])
    size = truth["dpi"] / truth["card_dpi"] * truth["scale"]
    turn = size * np.array(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    )
    centred = points_px - [truth["card_cx"], truth["card_cy"]]
    return np.asarray(centred @ turn.T + [truth["cx"], truth["cy"]])


def placed_px(found: _native.Comparison, points_mm: np.ndarray, dpi: float) -> np.ndarray:
    """Return where points of the reference, (n, 2) mm, were laid: (n, 2) px."""
    angle, size = math.radians(found.rotation_deg), found.scale * dpi / MM_PER_INCH
    turn = size * np.array(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    )
    return np.asarray(points_mm @ turn.T + found.centre_px)


def _judge(task: tuple[Path, str, list[dict[str, Any]]]) -> list[Judged]:
    folder, profile_text, rows = task
    profile = _native.Profile.from_toml(profile_text)
    card_dpi = rows[0]["card_dpi"]
    card, _ = scan_of(folder / rows[0]["card"], card_dpi)
    try:
        template, report = _native.Template.enrol([(card, None)])
    except (PoorCardError, NoSealError):
        return []
    hull_mm = np.array(template.hull_mm())
    edge_px = hull_mm * (card_dpi / MM_PER_INCH) + np.array(report["centre_px"])
    judged = []
    for row in rows:
        begin = time.perf_counter()
        scan, kind = scan_of(folder / row["voucher"], row["dpi"])
        found = _native.examine(template, scan)
        decision = profile.decide(found, kind=kind)
        elapsed = (time.perf_counter() - begin) * 1e3
        error: float | None = None
        if row["category"] == "genuine":
            if found is None:
                error = math.inf
            elif (true := true_edge_px(row, edge_px)) is not None:
                apart = placed_px(found, hull_mm, row["dpi"]) - true
                px_per_mm = row["dpi"] / MM_PER_INCH
                error = float(np.sqrt(np.mean(np.sum(apart**2, axis=1))) / px_per_mm)
        judged.append(
            Judged(row, decision.verdict, decision.score, tuple(decision.reasons), error, elapsed)
        )
    return judged


def judge(folder: Path, profile_text: str, *, jobs: int) -> list[Judged]:
    """Judge every voucher of a folder in the practice format whose card can be enrolled."""
    tasks = [(folder, profile_text, group) for group in by_card(truth_rows(folder))]
    return in_processes(_judge, tasks, jobs)
