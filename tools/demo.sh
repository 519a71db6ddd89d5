#!/usr/bin/env bash
# Simulates seals and vouchers, verifies them, and writes one report picture for each class of voucher.
set -euo pipefail
cd "$(dirname "$0")/.."
out=out/demo
sealmatch=.venv/bin/sealmatch
rm -rf "$out"
$sealmatch simulate "$out" --seed 7 --dies 2 --jobs 2
$sealmatch verify-batch "$out/manifest.jsonl" --out "$out/results.jsonl"
.venv/bin/python - "$out" <<'PY'
import json
import subprocess
import sys
from pathlib import Path

out = Path(sys.argv[1])
truth = {r["id"]: r for r in map(json.loads, (out / "truth.jsonl").read_text().splitlines())}
seen = set()
print(f"{'voucher':8} {'truth':9} {'level':8} verdict  score  reasons")
for result in map(json.loads, (out / "results.jsonl").read_text().splitlines()):
    row = truth[result["id"]]
    verdict = result.get("verdict", "error")
    print(
        f"{row['id']:8} {row['category']:9} {row['level']:8} {verdict:7} {result.get('score', float('nan')):6.2f}  "
        f"{' '.join(result.get('reasons', []))}",
    )
    if (row["category"], verdict) in seen:
        continue
    seen.add((row["category"], verdict))
    command = [".venv/bin/sealmatch", "verify", "--card", out / row["card"], "--voucher", out / row["voucher"]]
    dpi = ["--card-dpi", str(row["card_dpi"]), "--voucher-dpi", str(row["dpi"]), "--json"]
    for kind in ("png", "html"):
        report = out / f"report-{row['category']}-{verdict.lower()}.{kind}"
        subprocess.run([*command, *dpi, "--report", report], check=True, stdout=subprocess.DEVNULL)
print(f"\nReports (.png, .html): {', '.join(sorted(p.stem for p in out.glob('report-*.png')))} in {out}")
PY
