"""ChangeService: the inbox of changes that wait for a second person."""

from __future__ import annotations

from google.protobuf.message import Message

from seal_service.application import changes
from seal_service.application.call import Call
from seal_service.grpc_api.messages import change_message
from seal_service.grpc_api.resources import id_of, next_token, page_of, version_of
from seal_service.interceptors.exchange import Handle
from sealapi.v1 import change_pb2 as pb


def list_pending_changes(call: Call, request: pb.ListPendingChangesRequest) -> Message:
    """List pending changes."""
    page = page_of(call, request)
    found = changes.inbox(call, page, kind_name=request.kind, target=request.target)
    return pb.ListPendingChangesResponse(
        changes=[change_message(change) for change in found],
        next_page_token=next_token(call, request, page, found, found[-1].id if found else ""),
    )


def get_pending_change(call: Call, request: pb.GetPendingChangeRequest) -> Message:
    """Show one change."""
    change = changes.shown(call, id_of(request.name))
    return pb.GetPendingChangeResponse(change=change_message(change))


def approve_change(call: Call, request: pb.ApproveChangeRequest) -> Message:
    """Agree to a change as its second person."""
    change = changes.approve(
        call, id_of(request.name), version=version_of(request.etag), reason=request.reason
    )
    return pb.ApproveChangeResponse(change=change_message(change))


def reject_change(call: Call, request: pb.RejectChangeRequest) -> Message:
    """Refuse a change."""
    change = changes.reject(
        call, id_of(request.name), version=version_of(request.etag), reason=request.reason
    )
    return pb.RejectChangeResponse(change=change_message(change))


def withdraw_change(call: Call, request: pb.WithdrawChangeRequest) -> Message:
    """Take back a change of one's own."""
    change = changes.withdraw(call, id_of(request.name), version=version_of(request.etag))
    return pb.WithdrawChangeResponse(change=change_message(change))


HANDLERS: dict[str, Handle] = {
    "ListPendingChanges": list_pending_changes,
    "GetPendingChange": get_pending_change,
    "ApproveChange": approve_change,
    "RejectChange": reject_change,
    "WithdrawChange": withdraw_change,
}
