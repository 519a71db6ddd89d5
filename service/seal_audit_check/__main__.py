"""`python -m seal_audit_check TARGET [--key KEY]…`: the checker alone, without the service."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from seal_audit_check.check import check
from seal_audit_check.findings import CheckError, Report
from seal_audit_check.trust import Trust


def lines_of(report: Report) -> list[str]:
    """Return a report as lines for a person."""
    rate = report.events / report.elapsed_s if report.elapsed_s else 0.0
    verdict = "SOUND" if report.sound else f"NOT SOUND: {len(report.findings)} findings"
    return [
        *(f"  WRONG   {found}" for found in report.findings),
        *(f"  remark  {remark}" for remark in report.remarks),
        (
            f"log {report.origin or '?'}: {report.events} events, {report.payloads} payloads "
            f"hashed, {report.pruned} pruned, {report.checkpoints} checkpoints, signed to "
            f"{report.signed_size}, witnessed to {report.cosigned_size}, {report.waiting} waiting"
        ),
        f"{report.elapsed_s:.2f} s, {rate:,.0f} events/s, {report.processes} processes",
        verdict,
    ]


def main(arguments: list[str] | None = None) -> int:
    """Check and print; return 0 if the log is sound, 1 if not, 2 if nothing could be checked."""
    parser = argparse.ArgumentParser(prog="seal_audit_check", description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--witness", action="append", default=[], type=Path)
    parser.add_argument("--published", type=Path)
    parser.add_argument("--origin")
    parser.add_argument("--processes", type=int)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        trust = Trust.of(
            tuple(options.key),
            witness_folders=tuple(options.witness),
            published=options.published,
            origin=options.origin,
        )
        report = check(options.target, trust, processes=options.processes)
    except CheckError as error:
        print(f"seal_audit_check: {error}", file=sys.stderr)  # a program's output
        return 2
    text = json.dumps(report.as_json()) if options.json else "\n".join(lines_of(report))
    print(text)  # a program's output
    return 0 if report.sound else 1


if __name__ == "__main__":
    sys.exit(main())
