"""DeviceService: the register of scanners."""

from __future__ import annotations

from google.protobuf.message import Message

from seal_service.application import changes, devices
from seal_service.application.call import Call
from seal_service.application.devices import DeviceView
from seal_service.domain.devices import CaptureParameters, Colour, Fault, FaultKind, FileFormat
from seal_service.grpc_api.messages import change_message, timestamp
from seal_service.grpc_api.resources import etag_of, id_of, next_token, page_of, version_of
from seal_service.interceptors.exchange import Handle
from sealapi.v1 import device_pb2 as pb


def register_device(call: Call, request: pb.RegisterDeviceRequest) -> Message:
    """Ask to register a scanner."""
    change = devices.ask_register(
        call, request.device_id, org_id=id_of(request.org), model=request.model,
        serial_no=request.serial_number, parameters=_parameters(request.parameters),
        reason=request.reason,
    )  # fmt: skip
    return pb.RegisterDeviceResponse(change=change_message(change))


def set_capture_parameters(call: Call, request: pb.SetCaptureParametersRequest) -> Message:
    """Ask for other capture parameters."""
    change = devices.ask_set(
        call, id_of(request.name), parameters=_parameters(request.parameters),
        version=version_of(request.etag), reason=request.reason,
    )  # fmt: skip
    return pb.SetCaptureParametersResponse(change=change_message(change))


def retire_device(call: Call, request: pb.RetireDeviceRequest) -> Message:
    """Take a scanner out of use for good."""
    view = devices.retire(
        call, id_of(request.name), version=version_of(request.etag), reason=request.reason
    )
    return pb.RetireDeviceResponse(device=_messages(call, [view])[0])


def report_fault(call: Call, request: pb.ReportFaultRequest) -> Message:
    """Report a fault or a virus."""
    kind_of = FaultKind(pb.DeviceFault.Kind.Name(request.kind).removeprefix("KIND_"))
    fault = devices.report(call, id_of(request.name), kind_of=kind_of, note=request.note)
    return pb.ReportFaultResponse(fault=_fault(fault))


def resolve_fault(call: Call, request: pb.ResolveFaultRequest) -> Message:
    """Say that a fault is mended."""
    _, device_id, _, fault_id = request.name.split("/")
    fault = devices.resolve(call, device_id, fault_id, note=request.note)
    return pb.ResolveFaultResponse(fault=_fault(fault))


def get_device(call: Call, request: pb.GetDeviceRequest) -> Message:
    """Show a scanner."""
    view = devices.shown(call, id_of(request.name))
    return pb.GetDeviceResponse(device=_messages(call, [view])[0])


def list_devices(call: Call, request: pb.ListDevicesRequest) -> Message:
    """List scanners in reach."""
    page = page_of(call, request)
    found = devices.listed(call, page, org=id_of(request.org), retired=request.show_retired)
    last = found[-1].device.id if found else ""
    return pb.ListDevicesResponse(
        devices=_messages(call, found),
        next_page_token=next_token(call, request, page, found, last),
    )


def _parameters(message: pb.CaptureParameters) -> CaptureParameters:
    return CaptureParameters(
        dpi=message.dpi,
        colour=Colour(message.Colour.Name(message.colour).removeprefix("COLOUR_")),
        format=FileFormat(message.Format.Name(message.format).removeprefix("FORMAT_")),
        jpeg_quality=message.jpeg_quality, brightness=message.brightness,
        contrast=message.contrast,
    )  # fmt: skip


def _messages(call: Call, views: list[DeviceView]) -> list[pb.Device]:
    pending = changes.pending_names(call, [f"devices/{view.device.id}" for view in views])
    return [_message(view, pending.get(f"devices/{view.device.id}", "")) for view in views]


def _message(view: DeviceView, pending: str) -> pb.Device:
    device, found = view.device, view.device.parameters
    return pb.Device(
        name=f"devices/{device.id}", org=f"orgs/{device.org_id}", model=device.model,
        serial_number=device.serial_no,
        parameters=pb.CaptureParameters(
            dpi=found.dpi, colour=f"COLOUR_{found.colour}", format=f"FORMAT_{found.format}",
            jpeg_quality=found.jpeg_quality, brightness=found.brightness, contrast=found.contrast,
        ),
        parameters_change=f"changes/{device.change_id}", state=f"STATE_{view.state}",
        faults=map(_fault, view.faults), create_time=timestamp(device.created_at),
        etag=etag_of(device.version), pending_change=pending,
    )  # fmt: skip


def _fault(fault: Fault) -> pb.DeviceFault:
    return pb.DeviceFault(
        name=f"devices/{fault.device_id}/faults/{fault.id}", kind=f"KIND_{fault.kind}",
        note=fault.note, reporter=f"users/{fault.reported_by}",
        report_time=timestamp(fault.reported_at),
        resolver=f"users/{fault.resolved_by}" if fault.resolved_by else "",
        resolve_time=timestamp(fault.resolved_at), resolution=fault.resolution,
    )  # fmt: skip


HANDLERS: dict[str, Handle] = {
    "RegisterDevice": register_device,
    "SetCaptureParameters": set_capture_parameters,
    "RetireDevice": retire_device,
    "ReportFault": report_fault,
    "ResolveFault": resolve_fault,
    "GetDevice": get_device,
    "ListDevices": list_devices,
}
