"""Scanners: what two persons agreed on is locked, and whoever works there reports a fault (A06)."""

from __future__ import annotations

import pytest
from refusals import refused
from service_bank import Bank
from service_cases import PARAMETERS, SCANNER, fault, other_parameters, registered, scanner

from sealapi.v1 import change_pb2 as cb
from sealapi.v1 import device_pb2 as pb
from sealapi.v1 import organization_pb2 as ob

State = pb.Device


def shown(bank: Bank, by: str = "t11") -> pb.Device:
    """Return the scanner."""
    return bank.as_(by).device.get_device(pb.GetDeviceRequest(name=SCANNER)).device


def listed(bank: Bank, by: str, **fields: object) -> list[str]:
    """Return the names of the scanners in somebody's list."""
    request = pb.ListDevicesRequest(**fields)
    return [device.name for device in bank.as_(by).device.list_devices(request).devices]


def report(bank: Bank, kind: str, by: str = "t11") -> str:
    """Report a fault; return its name."""
    request = pb.ReportFaultRequest(name=SCANNER, kind=f"KIND_{kind}", note="条纹")
    return bank.as_(by).device.report_fault(request).fault.name


def merge(bank: Bank, org: str, into: str) -> None:
    """Merge an outlet into another."""
    etag = bank.org(org).etag
    request = ob.MergeOrgsRequest(name=f"orgs/{org}", into=f"orgs/{into}", etag=etag, reason="x")
    bank.approve(bank.as_("hq1").organization.merge_orgs(request).change, "hq2")


def test_a06_a_scanner_is_registered_by_two_persons(bank: Bank) -> None:
    change = bank.as_("ops").device.register_device(scanner()).change
    with refused("NOT_FOUND"):
        shown(bank)
    with refused("NO_PERMISSION"):  # The technical side asks, and does not agree.
        bank.approve(change, "ops")
    with refused("OUT_OF_ORG_SCOPE"):
        bank.approve(change, "b2")
    bank.approve(change, "b1")
    found = shown(bank)
    assert (found.org, found.parameters, found.state) == (
        "orgs/2101", PARAMETERS, State.STATE_IN_USE
    )  # fmt: skip
    assert found.parameters_change == change.name
    with refused("ALREADY_EXISTS"):
        bank.as_("b1").device.register_device(scanner())


def test_a06_capture_parameters_change_by_approval_only(bank: Bank) -> None:
    request = other_parameters(bank)
    for nobody in ("t11", "c11", "hq1", "aud"):
        with refused("NO_PERMISSION"):
            bank.as_(nobody).device.set_capture_parameters(request)
    change = bank.as_("b1").device.set_capture_parameters(request).change
    assert shown(bank).parameters.dpi == 300
    assert shown(bank).pending_change == change.name
    with refused("SAME_PERSON"):
        bank.approve(change, "b1")
    bank.approve(change, "hq1")
    after = shown(bank)
    assert (after.parameters.dpi, after.parameters_change) == (200, change.name)
    with refused("ETAG_MISMATCH"):
        bank.as_("b1").device.set_capture_parameters(request)
    (row,) = bank.log("sealapi.v1.ChangeService/ApproveChange", "ALLOWED")[-1:]
    assert (row.target, row.organisation) == (SCANNER, "2101")


@pytest.mark.parametrize(
    ("field", "value"),
    [("dpi", 50), ("dpi", 2400), ("jpeg_quality", 0), ("jpeg_quality", 101),
     ("colour", pb.CaptureParameters.COLOUR_BILEVEL), ("format", pb.CaptureParameters.FORMAT_PNG),
     ("contrast", 101), ("brightness", -101)],
)  # fmt: skip
def test_a06_parameters_that_make_no_sense_are_refused(
    sqlite_bank: Bank, field: str, value: int
) -> None:
    request = scanner()
    setattr(request.parameters, field, value)
    with refused("INVALID_FIELD"):
        sqlite_bank.as_("b1").device.register_device(request)


def test_a06_faults_and_viruses_are_reported_and_mended(bank: Bank) -> None:
    registered(bank)
    first, virus = report(bank, "FAULT"), report(bank, "VIRUS", by="r11")
    assert shown(bank).state == State.STATE_QUARANTINED
    device = bank.as_("ops").device
    for name, left in ((virus, State.STATE_FAULTY), (first, State.STATE_IN_USE)):
        device.resolve_fault(pb.ResolveFaultRequest(name=name, note="重装系统"))
        assert shown(bank).state == left
    with refused("INVALID_FIELD"):
        device.resolve_fault(pb.ResolveFaultRequest(name=name, note="x"))
    faults = shown(bank).faults
    assert [(one.kind, one.reporter, one.resolver, one.resolution) for one in faults] == [
        (pb.DeviceFault.KIND_FAULT, "users/t11", "users/ops", "重装系统"),
        (pb.DeviceFault.KIND_VIRUS, "users/r11", "users/ops", "重装系统"),
    ]
    # A list shows what is not mended.
    assert not bank.as_("t11").device.list_devices(pb.ListDevicesRequest()).devices[0].faults
    with refused("NOT_FOUND"):
        other = first.rpartition("/")[2].replace("0", "1")
        name = f"{SCANNER}/faults/{other}"
        device.resolve_fault(pb.ResolveFaultRequest(name=name, note="x"))


def test_a06_a_retired_scanner_is_out_of_the_list_and_not_touched_again(bank: Bank) -> None:
    request = fault(bank)
    stale = other_parameters_of(bank)
    change = bank.as_("b1").device.set_capture_parameters(stale).change
    found = shown(bank)
    retire = pb.RetireDeviceRequest(name=SCANNER, etag=found.etag, reason="x")
    retired = bank.as_("b1").device.retire_device(retire).device
    assert retired.state == State.STATE_RETIRED
    assert listed(bank, "t11") == []
    assert listed(bank, "t11", show_retired=True) == [SCANNER]
    with refused("INVALID_FIELD"):
        bank.as_("t11").device.report_fault(request)
    with refused("ETAG_MISMATCH"):
        bank.approve(change, "hq1")
    bank.as_("b1").change.withdraw_change(
        cb.WithdrawChangeRequest(name=change.name, etag=change.etag)
    )
    with refused("ALREADY_EXISTS"):
        bank.as_("b1").device.register_device(scanner())


def other_parameters_of(bank: Bank) -> pb.SetCaptureParametersRequest:
    """Return a request for another resolution of the scanner that is there."""
    found = shown(bank)
    found.parameters.dpi = 200
    return pb.SetCaptureParametersRequest(
        name=SCANNER, parameters=found.parameters, etag=found.etag, reason="x"
    )


def test_a06_a_list_ends_at_the_border_and_pages(bank: Bank) -> None:
    registered(bank)
    for number, org in (("SC-0002", "orgs/2102"), ("SC-0003", "orgs/2101")):
        request = scanner(number=number)
        request.org = org
        bank.approve(bank.as_("b1").device.register_device(request).change, "b1b")
    assert listed(bank, "t11") == [SCANNER, "devices/SC-0003"]
    assert listed(bank, "c12") == ["devices/SC-0002"]
    assert listed(bank, "b2") == []
    assert len(listed(bank, "ops")) == 3
    assert listed(bank, "b1", org="orgs/2102") == ["devices/SC-0002"]
    first = bank.as_("b1").device.list_devices(pb.ListDevicesRequest(page_size=2))
    rest = listed(bank, "b1", page_size=2, page_token=first.next_page_token)
    assert [one.name for one in first.devices] + rest == [
        SCANNER, "devices/SC-0002", "devices/SC-0003"
    ]  # fmt: skip


def test_a27_scanners_follow_a_merge_and_what_was_asked_for_them_too(bank: Bank) -> None:
    registered(bank)
    waiting = bank.as_("b1").device.register_device(scanner(number="SC-0002")).change
    merge(bank, "2101", "2102")
    assert shown(bank, by="c12").org == "orgs/2102"
    request = cb.GetPendingChangeRequest(name=waiting.name)
    bank.approve(bank.as_("b1b").change.get_pending_change(request).change, "b1b")
    assert listed(bank, "c12") == [SCANNER, "devices/SC-0002"]


def test_a27_an_outlet_with_scanners_is_not_closed(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    request = scanner()
    request.org = "orgs/2199"
    bank.approve(bank.as_("b1").device.register_device(request).change, "b1b")
    delete = ob.DeleteOrgRequest(name="orgs/2199", etag=bank.org("2199").etag, reason="x")
    with refused("ORG_NOT_EMPTY", what="devices"):
        bank.as_("hq1").organization.delete_org(delete)
    found = shown(bank, by="b1")
    retire = pb.RetireDeviceRequest(name=SCANNER, etag=found.etag, reason="x")
    bank.as_("b1").device.retire_device(retire)
    assert bank.as_("hq1").organization.delete_org(delete).change.name
