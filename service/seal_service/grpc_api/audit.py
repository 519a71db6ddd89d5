"""AuditService: the tamper-evident log, its checkpoints and proofs."""

from __future__ import annotations

from google.protobuf.message import Message

from seal_service.application import audit_log
from seal_service.application.call import Call, Caller, Tools
from seal_service.application.digests import digest, shown
from seal_service.application.ports import Database
from seal_service.audit import AuditKind, Decision, encode
from seal_service.audit.search import Checked, Cursor, Filter, Found, Order
from seal_service.audit.signed import Signed
from seal_service.grpc_api.messages import instant, timestamp
from seal_service.grpc_api.resources import Asker, id_of, page_of, token_of
from seal_service.interceptors.exchange import Handle, Prepare
from sealapi.v1 import audit_pb2 as pb

MOST_FINDINGS = 100
"""Of more findings only the number is told."""


def search(
    tools: Tools, database: Database, caller: Caller, request: pb.ListAuditEventsRequest
) -> audit_log.Search:
    """Look for events before the call's transaction begins."""
    page = page_of(Asker(tools, caller), request)
    order = (
        Order.OLDEST_FIRST if request.order == request.ORDER_OLDEST_FIRST else Order.NEWEST_FIRST
    )
    after = Cursor(*map(int, page.after.split("/"))) if page.after else None
    wanted = filter_of(request)
    return audit_log.search(database, caller, wanted, limit=page.limit, order=order, after=after)


def list_audit_events(call: Call, request: pb.ListAuditEventsRequest) -> Message:
    """List events."""
    page = audit_log.shown(call, call.prepared)
    call.note("auditEvents/-")
    token = ""
    if page.next is not None:
        token = token_of(call, request, f"{page.next.seq}/{page.next.size}")
    return pb.ListAuditEventsResponse(
        events=[event_message(found) for found in page.events], next_page_token=token
    )


def get_audit_event(call: Call, request: pb.GetAuditEventRequest) -> Message:
    """Show one event."""
    found = audit_log.event(call, int(id_of(request.name)))
    return pb.GetAuditEventResponse(event=event_message(found))


def get_checkpoint(call: Call, request: pb.GetCheckpointRequest) -> Message:
    """Show a checkpoint."""
    signed = audit_log.checkpoint(call, size_of(request.name))
    return pb.GetCheckpointResponse(checkpoint=checkpoint_message(signed))


def get_inclusion_proof(call: Call, request: pb.GetInclusionProofRequest) -> Message:
    """Prove that an event is in the log."""
    found, hashes, signed = audit_log.inclusion(
        call, int(id_of(request.name)), size_of(request.checkpoint)
    )
    return pb.GetInclusionProofResponse(
        leaf_hash=found.leaf_hash, hashes=hashes, checkpoint=checkpoint_message(signed)
    )


def get_consistency_proof(call: Call, request: pb.GetConsistencyProofRequest) -> Message:
    """Prove that the log has only grown."""
    hashes, signed = audit_log.consistency(call, request.old_size, size_of(request.checkpoint))
    return pb.GetConsistencyProofResponse(hashes=hashes, checkpoint=checkpoint_message(signed))


def check_range(
    _tools: Tools, database: Database, caller: Caller, request: pb.VerifyRangeRequest
) -> Checked | None:
    """Check events before the call's transaction begins."""
    return audit_log.check_range(database, caller, request.start, request.count)


def verify_range(call: Call, _request: pb.VerifyRangeRequest) -> Message:
    """Say whether events are as they were written."""
    found = audit_log.checked(call, call.prepared)
    return pb.VerifyRangeResponse(
        sound=not found.findings,
        findings=[
            pb.AuditFinding(
                event="" if seq is None else f"auditEvents/{seq}", place=place, problem=problem
            )
            for seq, place, problem in found.findings[:MOST_FINDINGS]
        ],
        findings_count=len(found.findings),
        checked=max(0, found.end - found.start), pruned=found.pruned,
        unsigned=max(0, found.end - max(found.start, found.signed_size)),
        checkpoint=f"checkpoints/{found.signed_size}" if found.signed_size else "",
    )  # fmt: skip


def search_image(
    tools: Tools, database: Database, caller: Caller, request: pb.ListAccessToImageRequest
) -> audit_log.Search:
    """Look for acts about an image before the call's transaction begins."""
    page = page_of(Asker(tools, caller), request)
    after = Cursor(*map(int, page.after.split("/"))) if page.after else None
    wanted = Filter(account=request.image.split("/")[1], below=request.image)
    order = Order.NEWEST_FIRST
    return audit_log.search(database, caller, wanted, limit=page.limit, order=order, after=after)


def list_access_to_image(call: Call, request: pb.ListAccessToImageRequest) -> Message:
    """List who has seen or tried to see an image."""
    page = audit_log.shown(call, call.prepared)
    call.note(request.image)
    token = ""
    if page.next is not None:
        token = token_of(call, request, f"{page.next.seq}/{page.next.size}")
    return pb.ListAccessToImageResponse(
        events=[event_message(found) for found in page.events], next_page_token=token
    )


def count(
    _tools: Tools, database: Database, caller: Caller, request: pb.CreateAuditReportRequest
) -> audit_log.Report:
    """Count events before the call's transaction begins."""
    since = instant(request.start_time)
    return audit_log.count(database, caller, id_of(request.org), since, instant(request.end_time))


def create_audit_report(call: Call, request: pb.CreateAuditReportRequest) -> Message:
    """Count what happened; the log keeps the report's hash."""
    tally = audit_log.counted(call, call.prepared)
    report = pb.AuditReport(
        org=request.org, start_time=request.start_time, end_time=request.end_time,
        counts=[
            pb.AuditReport.Count(
                kind=f"AUDIT_KIND_{one.kind.name}", decision=f"DECISION_{one.decision.name}",
                reason=one.reason, count=one.count,
            )
            for one in tally.counts
        ],
        total=sum(one.count for one in tally.counts),
        most_refused=[
            pb.AuditReport.Refused(actor=actor, count=number) for actor, number in tally.refused
        ],
        log_size=tally.size,
    )  # fmt: skip
    made = digest(call.tools.hashes, report.SerializeToString(deterministic=True))
    report.report_digest, report.report_sha256 = shown(made)
    call.note(
        f"{request.org}/auditReports/-",
        after={"report_digest": report.report_digest, "total": report.total},
    )
    return pb.CreateAuditReportResponse(report=report)


def add_cosignature(call: Call, request: pb.AddCosignatureRequest) -> Message:
    """Keep a witness's signature."""
    signed = audit_log.cosign(call, int(id_of(request.name)), request.cosignature)
    return pb.AddCosignatureResponse(checkpoint=checkpoint_message(signed))


def filter_of(request: pb.ListAuditEventsRequest) -> Filter:
    """Return what a request looks for."""
    return Filter(
        kinds=[AuditKind(kind) for kind in request.kinds] or None,
        actor=request.actor or None,
        organisations=[id_of(request.org)] if request.org else None,
        account=request.account or None,
        action=request.action or None,
        target=request.target or None,
        decision=Decision(request.decision) if request.decision else None,
        since=instant(request.start_time) if request.HasField("start_time") else None,
        before=instant(request.end_time) if request.HasField("end_time") else None,
    )


def size_of(name: str) -> int | None:
    """Return the size in a checkpoint's name; None for the latest."""
    text = id_of(name)
    return None if text in {"", "latest"} else int(text)


def event_message(found: Found) -> pb.AuditEvent:
    """Return an event as a message."""
    entry = found.entry
    return pb.AuditEvent(
        name=f"auditEvents/{found.seq}", kind=f"AUDIT_KIND_{entry.kind.name}",
        decision=f"DECISION_{entry.decision.name}",
        reason=entry.reason, action=entry.action, actor=entry.actor,
        org=f"orgs/{entry.organisation}" if entry.organisation else "", account=entry.account,
        target=entry.target, event_time=timestamp(entry.stamp.at),
        correlation_id=entry.correlation_id, payload=found.payload or b"",
        payload_pruned=found.payload is None and entry.payload_hash is not None,
        entry=encode(entry), leaf_hash=found.leaf_hash,
    )  # fmt: skip


def checkpoint_message(signed: Signed) -> pb.Checkpoint:
    """Return a checkpoint as a message."""
    state = signed.checkpoint
    return pb.Checkpoint(
        name=f"checkpoints/{state.size}", size=state.size, root_hash=state.root, note=signed.note,
        cosignatures=signed.cosignatures,
    )  # fmt: skip


HANDLERS: dict[str, Handle] = {
    "ListAuditEvents": list_audit_events,
    "GetAuditEvent": get_audit_event,
    "GetCheckpoint": get_checkpoint,
    "GetInclusionProof": get_inclusion_proof,
    "GetConsistencyProof": get_consistency_proof,
    "AddCosignature": add_cosignature,
    "VerifyRange": verify_range,
    "ListAccessToImage": list_access_to_image,
    "CreateAuditReport": create_audit_report,
}
PREPARE: dict[str, Prepare] = {
    "ListAuditEvents": search,
    "VerifyRange": check_range,
    "ListAccessToImage": search_image,
    "CreateAuditReport": count,
}
