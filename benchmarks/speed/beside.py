"""What looks beside the score: is it printed, is it a copy, how do strokes run over folds."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accuracy.extract import by_card, scan_of
from seal_match_rs import _native, compose_fold, measure_grain, sweep_folds, take_imprint

if TYPE_CHECKING:
    from collections.abc import Callable

    from seal_match_rs import Comparison, Imprint, Scan, Template

    Clock = Callable[[Callable[[], object]], float]


def measured_beside(
    folder: Path, rows: list[dict[str, Any]], *, rounds: int, clock: Clock
) -> dict[str, list[float]]:
    """Return milliseconds by name, of every row that can be trusted, `rounds` times each."""
    times: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        times.setdefault(name, []).extend(clock(work) for _ in range(rounds))

    for group in by_card(rows):
        card, _ = scan_of(folder / group[0]["card"], group[0]["card_dpi"])
        template, _ = _native.Template.enrol([(card, None)])
        kept: list[Imprint] = []
        for row in group:
            scan, _ = scan_of(folder / row["voucher"], row["dpi"])
            found = _native.examine(template, scan)
            if found is None or not found.trusted:
                continue
            _print_check(template, found, scan, timed, dpi=row["dpi"])
            _folds(template, found, timed)
            imprint = take_imprint(template, found)
            itself = imprint.likeness_to(imprint)
            assert itself is None or itself.value > 0.999
            timed("replay: imprint taken", partial(take_imprint, template, found))
            for earlier in kept:
                timed("replay: an earlier one compared", partial(imprint.likeness_to, earlier))
            kept.append(imprint)
    return times


def _folds(
    template: Template, found: Comparison, timed: Callable[[str, Callable[[], object]], None]
) -> None:
    assert sweep_folds(template, found).summary.strokes_judged > 0
    # The limits are a seal's of 42 mm, the largest that is made.
    sized = ", 40 mm on (limit {})" if max(template.size_mm) >= 39.5 else ""
    timed(f"fold: sweep 180 x 21 x 2{sized.format(8)}", partial(sweep_folds, template, found))
    # From Python: arrays in, a new array out.
    reference, moving = template.ink(), found.aligned()
    for angle_deg in (0.0, 33.0):
        compose = partial(compose_fold, reference, moving, angle_deg=angle_deg, offset_mm=0.8)
        folded = compose()
        # Both corners lie beside the cut, whatever the seal's shape.
        assert np.array_equal(folded[:9, -9:], moving[:9, -9:])
        assert np.array_equal(folded[-9:, :9], reference[-9:, :9])
        timed(f"fold: compose {angle_deg:.0f}°{sized.format(0.3)}", compose)


def _print_check(
    template: Template,
    found: Comparison,
    scan: Scan,
    timed: Callable[[str, Callable[[], object]], None],
    *,
    dpi: float,
) -> None:
    told = measure_grain(template, found, scan) is not None
    assert dpi >= 250 or not told
    name = f"print check at {dpi:g} dpi" + ("" if told else ", cannot tell")
    timed(name, partial(measure_grain, template, found, scan))
