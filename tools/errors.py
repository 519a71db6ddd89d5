"""Write docs/errors.md from the one table of errors (`seal_service.domain.reasons`)."""

from __future__ import annotations

import sys
from pathlib import Path

from seal_service.domain.reasons import TABLE, Code

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "errors.md"
HEAD = """# Errors

Written by `make proto` from `seal_service/domain/reasons.py`; do not edit.

Every failed call carries `google.rpc.Status` with `ErrorInfo {reason, domain: "sealmatch"}`. Its metadata holds the numbers named
below and `chinese`, the text for a person. Invalid fields are listed in `BadRequest`; where the same request may be sent again there is
`RetryInfo`; over quota there is `QuotaFailure`. 每个失败的调用都带有下列原因之一。

"""


def text() -> str:
    """Return the document."""
    parts = [HEAD]
    for code in Code:
        rows = [(reason, entry) for reason, entry in TABLE.items() if entry.code is code]
        if not rows:
            continue
        parts.append(f"## {code}\n\n| reason | English | 中文 | numbers | send again |\n")
        parts.append("|---|---|---|---|---|\n")
        for reason, entry in rows:
            numbers = ", ".join(f"`{number}`" for number in entry.numbers)
            again = "yes" if entry.retry else ""
            parts.append(
                f"| `{reason}` | {entry.english} | {entry.chinese} | {numbers} | {again} |\n"
            )
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.write_text(text(), "utf-8")
