"""OrganizationService: organisations here against the core system's."""

from __future__ import annotations

from google.protobuf.message import Message

from seal_service.application import core_orgs
from seal_service.application.call import Call
from seal_service.domain.core_orgs import CoreOrg, Difference, DifferenceKind
from seal_service.grpc_api.messages import timestamp
from seal_service.grpc_api.resources import id_of, next_token, page_of
from seal_service.interceptors.exchange import Handle
from sealapi.v1 import organization_pb2 as pb


def record_core_orgs(call: Call, request: pb.RecordCoreOrgsRequest) -> Message:
    """Take over what the core system says of its organisations."""
    recorded = core_orgs.record(
        call,
        [
            CoreOrg(
                id=id_of(org.org), name=org.display_name, parent_id=id_of(org.parent) or None,
                active=org.active, reported_at=call.now,
            )
            for org in request.orgs
        ],
    )  # fmt: skip
    return pb.RecordCoreOrgsResponse(recorded=recorded)


def list_org_differences(call: Call, request: pb.ListOrgDifferencesRequest) -> Message:
    """List where organisations differ from the core system's."""
    page = page_of(call, request)
    found = core_orgs.listed(call, page)
    last = core_orgs.key_of(found[-1][0]) if found else ""
    return pb.ListOrgDifferencesResponse(
        differences=[_message(difference, reported) for difference, reported in found],
        next_page_token=next_token(call, request, page, found, last),
    )


def _message(found: Difference, reported: CoreOrg | None) -> pb.OrgDifference:
    named = found.kind is DifferenceKind.OTHER_NAME
    return pb.OrgDifference(
        org=f"orgs/{found.org_id}", kind=f"KIND_{found.kind}",
        here=found.here if named or not found.here else f"orgs/{found.here}",
        core=found.core if named or not found.core else f"orgs/{found.core}",
        report_time=None if reported is None else timestamp(reported.reported_at),
    )  # fmt: skip


HANDLERS: dict[str, Handle] = {
    "RecordCoreOrgs": record_core_orgs,
    "ListOrgDifferences": list_org_differences,
}
