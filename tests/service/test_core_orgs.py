"""Organisations follow the core system's changes (A25)."""

from __future__ import annotations

from refusals import refused
from service_bank import ORGS, Bank

from sealapi.v1 import organization_pb2 as pb


def report(bank: Bank, *orgs: tuple[str, str, bool]) -> None:
    """Let the core system report organisations: code, parent, whether it does business."""
    told = [
        pb.CoreOrg(
            org=f"orgs/{code}", display_name="总行" if code == "1000" else f"机构{code}",
            parent=f"orgs/{parent}" if parent else "", active=active,
        )
        for code, parent, active in orgs
    ]  # fmt: skip
    bank.as_("cor").organization.record_core_orgs(pb.RecordCoreOrgsRequest(orgs=told))


def report_as_it_is(bank: Bank) -> None:
    """Let the core system report the real organisations as they are here."""
    real = [(code, parent, True) for code, parent, kind in ORGS if kind == "REAL"]
    report(bank, ("1000", "", True), *real)


def differing(bank: Bank, by: str = "hq1") -> list[tuple[str, str, str, str]]:
    """Return what a person sees of the differences."""
    found = bank.as_(by).organization.list_org_differences(pb.ListOrgDifferencesRequest())
    kinds = pb.OrgDifference.Kind
    return [
        (one.org.removeprefix("orgs/"), kinds.Name(one.kind)[5:], one.here, one.core)
        for one in found.differences
    ]


def create(bank: Bank, code: str, parent: str, kind: pb.Org.Kind = pb.Org.KIND_REAL) -> None:
    request = pb.CreateOrgRequest(
        org_id=code, display_name=f"机构{code}", parent=f"orgs/{parent}", kind=kind, reason="x"
    )
    bank.approve(bank.as_("hq1").organization.create_org(request).change, "hq2")


def test_a25_until_the_core_system_has_reported_nothing_is_compared(sqlite_bank: Bank) -> None:
    assert differing(sqlite_bank) == []
    create(sqlite_bank, "2103", "2100")


def test_a25_differences_from_the_core_system_are_listed(bank: Bank) -> None:
    report_as_it_is(bank)
    # Virtual ones, departments and the clearing centre are this system's own.
    assert differing(bank) == []
    report(bank, ("2103", "2100", True), ("2102", "2100", False), ("2201", "2100", True))
    create(bank, "2103", "2100")
    report(bank, ("2104", "2200", True), ("2105", "2100", False))
    told = pb.CoreOrg(org="orgs/2200", display_name="新名", parent="orgs/1000", active=True)
    bank.as_("cor").organization.record_core_orgs(pb.RecordCoreOrgsRequest(orgs=[told]))
    assert differing(bank) == [
        ("2102", "CLOSED_IN_CORE", "", ""),
        ("2104", "MISSING_HERE", "", "orgs/2200"),
        ("2200", "OTHER_NAME", "机构2200", "新名"),
        ("2201", "OTHER_PARENT", "orgs/2200", "orgs/2100"),
    ]
    # A branch sees its own, and what the core system has opened below it.
    assert [code for code, *_ in differing(bank, "b2")] == ["2104", "2200", "2201"]
    assert [code for code, *_ in differing(bank, "c12")] == ["2102"]
    first = pb.ListOrgDifferencesRequest(page_size=3)
    found = bank.as_("hq1").organization.list_org_differences(first)
    rest = pb.ListOrgDifferencesRequest(page_size=3, page_token=found.next_page_token)
    assert [
        one.org for one in bank.as_("hq1").organization.list_org_differences(rest).differences
    ] == ["orgs/2201"]


def test_a25_an_organisation_that_the_core_system_does_not_know_is_a_difference(bank: Bank) -> None:
    report(bank, ("1000", "", True))
    unknown = [code for code, kind, *_ in differing(bank) if kind == "UNKNOWN_TO_CORE"]
    assert unknown == ["2100", "2101", "2102", "2200", "2201"]


def test_a25_real_organisations_open_move_and_close_as_in_the_core_system(bank: Bank) -> None:
    report_as_it_is(bank)
    organization = bank.as_("hq1").organization
    with refused("CORE_ORG_MISMATCH", core="unknown"):
        create(bank, "2103", "2100")
    report(bank, ("2103", "2100", False))
    with refused("CORE_ORG_MISMATCH", core="closed"):
        create(bank, "2103", "2100")
    report(bank, ("2103", "2200", True))
    with refused("CORE_ORG_MISMATCH", core="orgs/2200"):
        create(bank, "2103", "2100")
    report(bank, ("2103", "2100", True))
    create(bank, "2103", "2100")
    create(bank, "2198", "2100", pb.Org.KIND_VIRTUAL)

    def move() -> None:
        request = pb.TransferOrgRequest(
            name="orgs/2103", etag=bank.org("2103").etag, new_parent="orgs/2200", reason="x"
        )
        bank.approve(organization.transfer_org(request).change, "hq2")

    with refused("CORE_ORG_MISMATCH"):
        move()
    report(bank, ("2103", "2200", True))
    move()
    assert bank.org("2103").parent == "orgs/2200"

    def close() -> None:
        request = pb.DeleteOrgRequest(name="orgs/2103", etag=bank.org("2103").etag, reason="x")
        bank.approve(organization.delete_org(request).change, "hq2")

    with refused("CORE_ORG_MISMATCH"):
        close()
    report(bank, ("2103", "2200", False))
    close()
    assert differing(bank) == []


def test_a25_what_the_core_system_changes_meanwhile_stops_the_second_person(bank: Bank) -> None:
    report_as_it_is(bank)
    report(bank, ("2103", "2100", True))
    request = pb.CreateOrgRequest(
        org_id="2103",
        display_name="机构2103",
        parent="orgs/2100",
        kind=pb.Org.KIND_REAL,
        reason="x",
    )
    change = bank.as_("hq1").organization.create_org(request).change
    report(bank, ("2103", "2100", False))
    with refused("CORE_ORG_MISMATCH"):
        bank.approve(change, "hq2")


def test_a25_a_merge_follows_the_core_systems_closure(bank: Bank) -> None:
    report_as_it_is(bank)

    def merge() -> None:
        request = pb.MergeOrgsRequest(
            name="orgs/2101", etag=bank.org("2101").etag, into="orgs/2102", reason="x"
        )
        bank.approve(bank.as_("hq1").organization.merge_orgs(request).change, "hq2")

    with refused("CORE_ORG_MISMATCH"):
        merge()
    report(bank, ("2101", "2100", False))
    merge()
    assert bank.org("2101").merged_into == "orgs/2102"
    assert differing(bank) == []
