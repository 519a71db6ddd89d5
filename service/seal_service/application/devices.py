"""The register of scanners (A06): two persons for how one captures, anyone there for a fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seal_service.application.call import Call
from seal_service.application.changes import Writes, kind, propose, require_seen
from seal_service.application.ports import Page
from seal_service.domain import devices as rules
from seal_service.domain.changes import Change
from seal_service.domain.devices import (
    CHECK,
    MANAGE,
    CaptureParameters,
    Device,
    DeviceState,
    Fault,
    FaultKind,
)
from seal_service.domain.orgs import require_active
from seal_service.domain.reasons import Reason, Refusal, not_found


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A scanner, and faults of it."""

    device: Device
    faults: list[Fault]

    @property
    def state(self) -> DeviceState:
        """Whether it may be worked with."""
        return rules.state_of(self.device, self.faults)


def ask_register(
    call: Call,
    device_id: str,
    *,
    org_id: str,
    model: str,
    serial_no: str,
    parameters: CaptureParameters,
    reason: str,
) -> Change:
    """Ask to register a scanner."""
    org = call.org_named(org_id)
    call.require(org)
    body = {
        "org": org_id, "model": model, "serial_no": serial_no, "parameters": parameters.plain(),
    }  # fmt: skip
    return propose(
        call, "device.register", target=f"devices/{device_id}", org=org, body=body, reason=reason
    )


@kind("device.register", ask=MANAGE, check=CHECK)
def _register(call: Call, change: Change) -> Writes:
    body, key = change.body, change.target.removeprefix("devices/")
    # What was asked for an outlet that has been merged since goes to the one that goes on.
    org = call.survivor_of(body["org"])
    require_active(org)
    if call.work.devices.get(key) is not None:
        raise Refusal(Reason.ALREADY_EXISTS, resource=change.target)
    device = Device(
        id=key, org_id=org.id, model=body["model"], serial_no=body["serial_no"],
        parameters=rules.require_consistent(CaptureParameters.of(body["parameters"])),
        change_id=change.id, created_at=call.now,
    )  # fmt: skip

    def write() -> Mapping[str, Any]:
        call.work.devices.add(device)
        return {"org": org.id, "parameters": device.parameters.plain()}

    return write


def ask_set(
    call: Call, device_id: str, *, parameters: CaptureParameters, version: int, reason: str
) -> Change:
    """Ask for other capture parameters."""
    device = _in_reach(call, device_id)
    return propose(
        call, "device.set", target=f"devices/{device_id}", org=call.org_named(device.org_id),
        body={"parameters": parameters.plain()}, reason=reason, target_version=version,
    )  # fmt: skip


@kind("device.set", ask=MANAGE, check=CHECK)
def _set(call: Call, change: Change) -> Writes:
    device = _existing(call, change.target.removeprefix("devices/"))
    require_seen(device.version, change.target_version)
    parameters = CaptureParameters.of(change.body["parameters"])
    new = rules.reset(device, parameters, change.id)

    def write() -> Mapping[str, Any]:
        call.work.devices.save(new)
        return {"was": device.parameters.plain(), "parameters": parameters.plain()}

    return write


def retire(call: Call, device_id: str, *, version: int, reason: str) -> DeviceView:
    """Take a scanner out of use for good."""
    device = _in_reach(call, device_id)
    require_seen(device.version, version)
    saved = call.work.devices.save(rules.retired(device, call.now))
    call.note(f"devices/{device_id}", after={"retired": True, "reason": reason})
    return DeviceView(saved, call.work.devices.faults(device_id))


def report(call: Call, device_id: str, *, kind_of: FaultKind, note: str) -> Fault:
    """Write down that something is wrong with a scanner."""
    device = _in_reach(call, device_id)
    rules.require_not_retired(device)
    fault = Fault(
        id=call.new_id(), device_id=device_id, kind=kind_of, note=note,
        reported_by=call.caller.user_id, reported_at=call.now,
    )  # fmt: skip
    call.work.devices.add_fault(fault)
    call.note(f"devices/{device_id}", after={"fault": fault.id, "kind": str(kind_of)})
    return fault


def resolve(call: Call, device_id: str, fault_id: str, *, note: str) -> Fault:
    """Write down that a fault is mended."""
    _in_reach(call, device_id)
    found = call.work.devices.fault(fault_id)
    if found is None or found.device_id != device_id:
        raise not_found(f"devices/{device_id}/faults/{fault_id}")
    call.note(f"devices/{device_id}", after={"fault": fault_id, "resolution": note})
    return call.work.devices.save_fault(rules.resolved(found, call.caller.user_id, note, call.now))


def shown(call: Call, device_id: str) -> DeviceView:
    """Return a scanner with all of its faults."""
    device = _in_reach(call, device_id)
    call.note(f"devices/{device_id}")
    return DeviceView(device, call.work.devices.faults(device_id))


def listed(call: Call, page: Page, *, org: str, retired: bool) -> list[DeviceView]:
    """Return scanners in reach, with their faults that are not mended."""
    call.note("devices/-", after={"org": org} if org else None)
    found = call.work.devices.listed(page, reach=call.reach(), org=org, retired=retired)
    open_ones = call.work.devices.open_faults(device.id for device in found)
    return [DeviceView(one, [f for f in open_ones if f.device_id == one.id]) for one in found]


def _existing(call: Call, device_id: str) -> Device:
    device = call.work.devices.get(device_id)
    if device is None:
        raise not_found(f"devices/{device_id}")
    return device


def _in_reach(call: Call, device_id: str) -> Device:
    device = _existing(call, device_id)
    # One that was retired at an outlet before its merge is looked after by the one that goes on.
    call.require(call.survivor_of(device.org_id))
    return device
