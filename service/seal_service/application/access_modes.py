"""The switches of the ways by which verification is reached (A03), kept by two persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from seal_service.application.call import Call
from seal_service.application.changes import Writes, kind, propose, require_seen
from seal_service.domain.access_modes import AccessMode, ModeSwitch
from seal_service.domain.changes import Change
from seal_service.domain.reasons import not_found


def listed(call: Call) -> list[ModeSwitch]:
    """Return every switch: how seals can be verified is no secret."""
    call.own_record()
    call.note("accessModes/-")
    return call.work.modes.all()


def ask_set(call: Call, mode: AccessMode, *, enabled: bool, version: int, reason: str) -> Change:
    """Ask to switch a way of access on or off."""
    call.require_bank()
    return propose(
        call, "mode.set", target=f"accessModes/{mode}", org=call.org_named(call.caller.org_id),
        body={"enabled": enabled}, reason=reason, target_version=version,
    )  # fmt: skip


@kind(
    "mode.set", ask="policy.manage", check="policy.check", bank_wide=True,
    acts=("switch.propose", "switch.approve"),
)  # fmt: skip
def _set(call: Call, change: Change) -> Writes:
    switch = call.work.modes.get(change.target.removeprefix("accessModes/"))
    if switch is None:
        raise not_found(change.target)
    require_seen(switch.version, change.target_version)
    new = replace(switch, enabled=bool(change.body["enabled"]))

    def write() -> Mapping[str, Any]:
        call.work.modes.save(new)
        return {"enabled": new.enabled}

    return write
