"""IdentityService: rights here against rights in the core system."""

from __future__ import annotations

from datetime import date

from google.protobuf.message import Message
from google.type.date_pb2 import Date

from seal_service.application import core_rights
from seal_service.application.call import Call
from seal_service.domain.core_rights import CoreTeller, Finding
from seal_service.domain.reasons import invalid
from seal_service.grpc_api.messages import date_message, timestamp
from seal_service.grpc_api.resources import id_of, next_token, page_of
from seal_service.interceptors.exchange import Handle
from sealapi.v1 import identity_pb2 as pb


def record_core_tellers(call: Call, request: pb.RecordCoreTellersRequest) -> Message:
    """Take over what the core system says of its tellers."""
    recorded = core_rights.record(
        call,
        [
            CoreTeller(
                id=teller.user_id, name=teller.display_name, org_id=id_of(teller.org),
                rights=tuple(sorted(teller.rights)), active=teller.active, reported_at=call.now,
            )
            for teller in request.tellers
        ],
    )  # fmt: skip
    return pb.RecordCoreTellersResponse(recorded=recorded)


def list_rights_findings(call: Call, request: pb.ListRightsFindingsRequest) -> Message:
    """Report where rights here differ from the core system's."""
    page = page_of(call, request)
    day = _day(request.day) if request.HasField("day") else None
    run, found = core_rights.report(call, page, day=day)
    if run is None:
        return pb.ListRightsFindingsResponse()
    return pb.ListRightsFindingsResponse(
        findings=[_finding_message(finding) for finding in found],
        next_page_token=next_token(call, request, page, found, found[-1].id if found else ""),
        day=date_message(run.day), compare_time=timestamp(run.at), found=run.found,
    )  # fmt: skip


def _day(message: Date) -> date:
    try:
        return date(message.year, message.month, message.day)
    except (ValueError, OverflowError) as error:
        raise invalid("day", "is no day of the calendar") from error


def _finding_message(finding: Finding) -> pb.RightsFinding:
    return pb.RightsFinding(
        user=f"users/{finding.user_id}", org=f"orgs/{finding.org_id}",
        kind=f"KIND_{finding.kind}",
        post=f"posts/{finding.post_id}" if finding.post_id else "",
        permissions=finding.permissions, since_date=date_message(finding.since),
    )  # fmt: skip


HANDLERS: dict[str, Handle] = {
    "RecordCoreTellers": record_core_tellers,
    "ListRightsFindings": list_rights_findings,
}
