"""What the server does with its audit log every night: export, retention."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError
from service_bank import Bank, Template, running

from seal_audit_check import Trust, check
from seal_service.config import load
from seal_service.log_upkeep import EXPORT, PRUNE


def night(bank: Bank) -> dict[str, int]:
    return {run.job: run.found for run in bank.server.nightly()}


def payloads(bank: Bank, kind: int) -> int:
    joined = "audit_event e join audit_payload p on p.seq = e.seq"
    return len(bank.rows(joined, f"kind = {kind} and action <> 'audit.prune'"))


def test_e34_every_night_exports_the_days_that_have_ended(bank: Bank) -> None:
    done = night(bank)
    exports = bank.settings.exports
    assert [one.name for one in exports.iterdir()] == ["2026-11-22"]
    assert done[EXPORT] > 20  # the bank was founded on that day
    trust = Trust.of((str(bank.settings.audit_key) + ".pub",))
    report = check(str(exports / "2026-11-22"), trust)
    assert (report.findings, report.events) == ([], done[EXPORT])
    assert EXPORT not in night(bank)
    bank.clock.forward(days=3)
    night(bank)
    assert sorted(one.name for one in exports.iterdir()) == [
        f"2026-11-{day}" for day in (22, 23, 24, 25)
    ]
    assert len(bank.log(f"system/{EXPORT}", "ALLOWED")) == 2


def test_e34_every_night_prunes_what_the_policy_names(template: Template, tmp_path: Path) -> None:
    folder, url = template.copy(tmp_path / "data")
    with running(folder, url, audit={"retention": {"LOGIN": 200}}) as bank:
        logins, staff = payloads(bank, 4), payloads(bank, 5)
        assert logins
        assert staff
        assert night(bank)[PRUNE] == 0
        bank.clock.forward(days=201)
        assert night(bank)[PRUNE] >= logins
        assert payloads(bank, 4) == 0
        assert payloads(bank, 5) >= staff
        (entry,) = bank.log("audit.prune")
        assert entry.actor == "system:nightly"
    trust = Trust.of((str(folder / "audit.key.pub"),), published=folder / "audit")
    report = check(url, trust)
    assert (report.findings, report.pruned > 0) == ([], True)
    template.drop(url)


def test_e34_no_policy_keeps_less_than_six_months() -> None:
    for wrong in ({"LOGIN": 182}, {"NONSENSE": 400}):
        with pytest.raises(ValidationError):
            load(None, audit={"retention": wrong})
    assert json.loads(load(None).model_dump_json())["audit"]["retention"] == {}
