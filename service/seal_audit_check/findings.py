"""What a check has found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MAX_FINDINGS = 1000


class CheckError(Exception):
    """The check itself could not be done: nothing readable there, no such algorithm."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    `seq` is the event it concerns, if it is one; `place` says where (`event`, `payload`, `leaf`,
    `tile 0/17`, `checkpoint 4000`, `witness`, …); `problem` says what.
    """

    place: str
    problem: str
    seq: int | None = None

    def __str__(self) -> str:
        """Return the finding as one line."""
        where = self.place if self.seq is None else f"seq {self.seq}: {self.place}"
        return f"{where}: {self.problem}"


@dataclass(slots=True)
class Report:
    """The outcome of a check; the log is sound exactly if `findings` is empty."""

    origin: str = ""
    events: int = 0
    payloads: int = 0
    pruned: int = 0
    checkpoints: int = 0
    signed_size: int = 0
    cosigned_size: int = 0
    """Largest size that a known witness has countersigned; 0 for none."""
    waiting: int = 0
    """Events that have no sequence number yet and are therefore not protected yet."""
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What a reader must know that is not wrong: where trust came from, clocks that went back."""
    elapsed_s: float = 0.0
    processes: int = 1

    @property
    def sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.findings

    def add(self, place: str, problem: str, seq: int | None = None) -> None:
        """Note a finding; after the thousandth they are counted no more."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(place, problem, seq))

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        values = {
            name: getattr(self, name)
            for name in (
                "origin", "events", "payloads", "pruned", "checkpoints", "signed_size",
                "cosigned_size", "waiting", "remarks", "elapsed_s", "processes",
            )
        }  # fmt: skip
        values["sound"] = self.sound
        values["findings"] = [
            {"seq": found.seq, "place": found.place, "problem": found.problem}
            for found in self.findings
        ]
        return values
