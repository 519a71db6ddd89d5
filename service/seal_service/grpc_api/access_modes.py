"""PolicyService: the ways by which verification is reached."""

from __future__ import annotations

from google.protobuf.message import Message

from seal_service.application import access_modes, changes
from seal_service.application.call import Call
from seal_service.domain.access_modes import AccessMode
from seal_service.grpc_api.messages import change_message
from seal_service.grpc_api.resources import etag_of, version_of
from seal_service.interceptors.exchange import Handle
from sealapi.v1 import access_mode_pb2 as pb


def list_access_modes(call: Call, _request: pb.ListAccessModesRequest) -> Message:
    """List the ways by which verification is reached."""
    found = access_modes.listed(call)
    pending = changes.pending_names(call, [f"accessModes/{one.id}" for one in found])
    return pb.ListAccessModesResponse(
        modes=[
            pb.AccessModeSwitch(
                mode=f"ACCESS_MODE_{one.id}", enabled=one.enabled, etag=etag_of(one.version),
                pending_change=pending.get(f"accessModes/{one.id}", ""),
            )
            for one in found
        ]
    )  # fmt: skip


def set_access_mode(call: Call, request: pb.SetAccessModeRequest) -> Message:
    """Ask to switch a way of access on or off."""
    change = access_modes.ask_set(
        call, AccessMode(pb.AccessMode.Name(request.mode).removeprefix("ACCESS_MODE_")),
        enabled=request.enabled, version=version_of(request.etag), reason=request.reason,
    )  # fmt: skip
    return pb.SetAccessModeResponse(change=change_message(change))


HANDLERS: dict[str, Handle] = {
    "ListAccessModes": list_access_modes,
    "SetAccessMode": set_access_mode,
}
