"""One thing said in two languages."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """English and Chinese; `chinese` is empty where there is only a code to spell."""

    english: str
    chinese: str
