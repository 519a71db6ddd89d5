"""OperationsService: maintenance."""

from __future__ import annotations

from google.protobuf.message import Message

from seal_service.application import maintenance
from seal_service.application.call import Call
from seal_service.grpc_api.messages import change_message, instant, maintenance_message
from seal_service.grpc_api.resources import id_of
from seal_service.interceptors.exchange import Handle
from sealapi.v1 import maintenance_pb2 as pb


def schedule_maintenance(call: Call, request: pb.ScheduleMaintenanceRequest) -> Message:
    """Ask for a time of maintenance."""
    change = maintenance.ask(
        call, starts_at=instant(request.start_time),
        ends_at=instant(request.end_time), notice=request.notice, reason=request.reason,
    )  # fmt: skip
    return pb.ScheduleMaintenanceResponse(change=change_message(change))


def cancel_maintenance(call: Call, request: pb.CancelMaintenanceRequest) -> Message:
    """Call maintenance off."""
    found = maintenance.cancel(call, id_of(request.name), reason=request.reason)
    return pb.CancelMaintenanceResponse(maintenance=maintenance_message(found))


def list_maintenances(call: Call, _request: pb.ListMaintenancesRequest) -> Message:
    """List what is announced or under way."""
    call.note("maintenances/-")
    found = maintenance.announced(call)
    return pb.ListMaintenancesResponse(maintenances=map(maintenance_message, found))


HANDLERS: dict[str, Handle] = {
    "ScheduleMaintenance": schedule_maintenance,
    "CancelMaintenance": cancel_maintenance,
    "ListMaintenances": list_maintenances,
}
