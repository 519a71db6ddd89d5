"""What a report says besides what the exhibit shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Names of the two files, without folders: a report is passed on."""

    card_name: str
    voucher_name: str
