"""Pictures of ten pairs: the most wrongly judged, and those that the threshold only just holds.

Each as reference, aligned moving, both over each other, differences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from accuracy.extract import scan_of
from seal_match_rs import _native

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from accuracy.judge import Judged

HEIGHT_PX = 144


def _row(folder: Path, judged: Judged) -> np.ndarray:
    truth = judged.truth
    card, _ = scan_of(folder / truth["card"], truth["card_dpi"])
    template, _ = _native.Template.enrol([(card, None)])
    scan, _ = scan_of(folder / truth["voucher"], truth["dpi"])
    found = _native.examine(template, scan)
    reference = np.clip(template.ink(), 0, 1)
    moving = np.clip(found.aligned(), 0, 1) if found else np.zeros_like(reference)
    overlay = np.stack(
        [1 - 0.9 * reference, 1 - 0.75 * np.maximum(reference, moving), 1 - 0.9 * moving], -1
    )
    change = np.ones((*reference.shape, 3))
    if found:
        extra, missing = found.extra(), found.missing()
        change -= np.stack([extra, np.maximum(extra, missing), missing], -1)
        change[found.covered() > 0] *= 0.75
    grey = [np.repeat((1 - a)[..., None], 3, -1) for a in (reference, moving)]
    strip = np.hstack([*grey, overlay, np.clip(change, 0, 1)])
    size = (int(strip.shape[1] * HEIGHT_PX / strip.shape[0]), HEIGHT_PX)
    picture = cv2.resize((strip * 255).astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    words = (
        f"{truth['id']} {truth['category']} {truth['level']} {judged.verdict} {judged.score:.2f}"
    )
    cv2.putText(
        picture, words, (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 200), 1, cv2.LINE_AA
    )
    return picture


def worst_pairs(folder: Path, judged: Sequence[Judged], out: Path) -> None:
    """Write the five lowest good or typical genuine and the five highest forged pairs."""
    genuine = sorted(
        (j for j in judged if j.group[0] == "genuine" and j.group[1] != "hard"),
        key=lambda j: j.score,
    )
    forged = sorted((j for j in judged if j.group[0] != "genuine"), key=lambda j: -j.score)
    _write(folder, [*genuine[:5], *forged[:5]], out)


def nearest_pairs(folder: Path, judged: Sequence[Judged], out: Path) -> None:
    """Write five genuine and five forged pairs with the highest scores that did not pass."""
    referred = sorted((j for j in judged if j.verdict == "REFER"), key=lambda j: -j.score)
    genuine = [j for j in referred if j.group[0] == "genuine"]
    forged = [j for j in referred if j.group[0] != "genuine"]
    _write(folder, [*genuine[:5], *forged[:5]], out)


def _write(folder: Path, chosen: Sequence[Judged], out: Path) -> None:
    rows = [_row(folder, j) for j in chosen]
    width = max(r.shape[1] for r in rows)
    padded = [cv2.copyMakeBorder(r, 0, 3, 0, width - r.shape[1], cv2.BORDER_CONSTANT) for r in rows]
    cv2.imwrite(str(out), np.vstack(padded))
