"""Runs the engine over a folder in the practice format and keeps what it measured."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

import seal_planes
from seal_match_rs import NoSealError, PoorCardError, _native

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Sample:
    """One voucher as measured.

    Its truth row, the seal's channels (n,), what the networks say (k,), what the fold sweep says
    (f,), and its regions (m, channels), float32.
    """

    truth: dict[str, Any]
    die: str
    category: str
    level: str
    evidence: NDArray[np.float32]
    likeness: NDArray[np.float32]
    folds: NDArray[np.float32]
    regions: NDArray[np.float32]

    @property
    def channels(self) -> NDArray[np.float32]:
        """What the seal model sees of it but for the statistics of its regions."""
        return np.concatenate([self.evidence, self.likeness, self.folds])

    @property
    def genuine(self) -> bool:
        """Whether the die of the card made the impression."""
        return self.category == "genuine"


def scan_of(path: Path, dpi: float) -> tuple[_native.Scan, Literal["colour", "grey", "bilevel"]]:
    """Decode a file into the engine's scan and its kind."""
    planes = seal_planes.decode(path.read_bytes(), dpi=dpi)
    bilevel = planes.kind == "bilevel"
    return _native.Scan(
        planes.y, planes.cb, planes.cr, dpi=float(dpi), bilevel=bilevel
    ), planes.kind


def truth_rows(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of `truth.jsonl`."""
    return [
        json.loads(line)
        for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()
        if line
    ]


def by_card(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the rows grouped by card, in the order in which cards first appear."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["card"], []).append(row)
    return list(groups.values())


def in_processes(work: Callable[[T], list[R]], items: list[T], jobs: int) -> list[R]:
    """Apply `work` to every item in `jobs` processes and join the lists in order."""
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return [result for part in pool.imap(work, items, chunksize=2) for result in part]


def _measure(task: tuple[Path, str, list[dict[str, Any]]]) -> list[Sample]:
    folder, network_text, rows = task
    network = _native.Network.from_toml(network_text)
    card, _ = scan_of(folder / rows[0]["card"], rows[0]["card_dpi"])
    try:
        template, _ = _native.Template.enrol([(card, None)])
    except (PoorCardError, NoSealError):
        return []
    samples = []
    for row in rows:
        scan, _ = scan_of(folder / row["voucher"], row["dpi"])
        found = _native.examine(template, scan)
        if found is None:
            continue
        samples.append(
            Sample(
                truth=row,
                die=f"{folder.name}/{row['card']}",
                category=row["category"],
                level=row["level"],
                evidence=np.array(list(found.evidence().values()), dtype=np.float32),
                likeness=np.asarray(network.channels(found)),
                folds=np.asarray(found.folds()),
                regions=np.asarray(found.regions())[:, 2:].copy(),
            ),
        )
    return samples


def measure(folder: Path, network: str, *, jobs: int, dies: int | None = None) -> list[Sample]:
    """Measure every voucher of a folder; those in which nothing can be aligned are left out.

    Args:
        folder: in the practice format.
        network: TOML with a section `[network]`.
        jobs: processes.
        dies: only the first so many.
    """
    tasks = [(folder, network, group) for group in by_card(truth_rows(folder))[:dies]]
    return in_processes(_measure, tasks, jobs)


def cached(folder: Path, network: str, *, jobs: int) -> list[Sample]:
    """Like :func:`measure`, remembered under the digest of engine and network."""
    engine = Path(str(_native.__file__)).read_bytes()
    digest = hashlib.sha256(engine + network.encode()).hexdigest()[:12]
    store = folder / f"measured-{digest}.pickle"
    if not store.exists():
        store.write_bytes(pickle.dumps(measure(folder, network, jobs=jobs)))
    return list(pickle.loads(store.read_bytes()))  # noqa: S301 - our own file


def channel_names() -> tuple[list[str], list[str]]:
    """Names of the seal's channels (evidence, likeness, folds) and of a region's."""
    seal = [*_native.EVIDENCE_CHANNELS, *_native.LIKENESS_CHANNELS, *_native.FOLD_CHANNELS]
    return seal, list(_native.Comparison.REGION_CHANNELS)
