"""Scanners (扫描设备, A06): how each captures is locked, and what was wrong with it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from seal_service.domain.reasons import invalid

MANAGE, CHECK, USE = "device.manage", "device.check", "device.use"


class Colour(StrEnum):
    """What a scanner tells of colour."""

    FULL = "FULL"
    GREY = "GREY"
    BILEVEL = "BILEVEL"


class FileFormat(StrEnum):
    """What a scanner writes."""

    JPEG = "JPEG"
    PNG = "PNG"
    TIFF = "TIFF"
    BMP = "BMP"


@dataclass(frozen=True, slots=True)
class CaptureParameters:
    """How a scanner captures.

    `jpeg_quality` is 0 without JPEG; `brightness` and `contrast` are the driver's own corrections
    in percent, 0 for none.
    """

    dpi: int
    colour: Colour
    format: FileFormat
    jpeg_quality: int
    brightness: int = 0
    contrast: int = 0

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> CaptureParameters:
        """Return the parameters that `plain` has written."""
        whole = {name: int(values[name]) for name in values if name not in {"colour", "format"}}
        return cls(
            colour=Colour(values["colour"]), format=FileFormat(values["format"]), **whole
        )  # fmt: skip

    def plain(self) -> dict[str, Any]:
        """Return the parameters as JSON holds them."""
        return {
            name: str(value) if isinstance(value, StrEnum) else value
            for name, value in asdict(self).items()
        }


class FaultKind(StrEnum):
    """What was wrong."""

    FAULT = "FAULT"
    VIRUS = "VIRUS"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that was wrong with a scanner, until somebody has mended it."""

    id: str
    device_id: str
    kind: FaultKind
    note: str
    reported_by: str
    reported_at: datetime
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    resolution: str = ""
    version: int = 1


class DeviceState(StrEnum):
    """Whether a scanner may be worked with."""

    IN_USE = "IN_USE"
    FAULTY = "FAULTY"
    QUARANTINED = "QUARANTINED"
    RETIRED = "RETIRED"


@dataclass(frozen=True, slots=True)
class Device:
    """A scanner; `id` is its number in the bank's inventory.

    `change_id` is the change by which two persons agreed on the parameters.
    """

    id: str
    org_id: str
    model: str
    serial_no: str
    parameters: CaptureParameters
    change_id: str
    created_at: datetime
    retired_at: datetime | None = None
    version: int = 1


def state_of(device: Device, faults: Iterable[Fault]) -> DeviceState:
    """Return whether a scanner may be worked with, from its faults that are not mended."""
    if device.retired_at is not None:
        return DeviceState.RETIRED
    kinds = {fault.kind for fault in faults if fault.resolved_at is None}
    if FaultKind.VIRUS in kinds:
        return DeviceState.QUARANTINED
    return DeviceState.FAULTY if kinds else DeviceState.IN_USE


def require_consistent(parameters: CaptureParameters) -> CaptureParameters:
    """Refuse parameters that contradict one another."""
    jpeg = parameters.format is FileFormat.JPEG
    if jpeg is not (parameters.jpeg_quality > 0):
        raise invalid("parameters.jpeg_quality", "is 1 to 100 with JPEG and 0 without")
    if jpeg and parameters.colour is Colour.BILEVEL:
        raise invalid("parameters.format", "JPEG holds no bilevel picture")
    return parameters


def reset(device: Device, parameters: CaptureParameters, change_id: str) -> Device:
    """Return the scanner with the parameters of a change."""
    require_not_retired(device)
    return replace(device, parameters=require_consistent(parameters), change_id=change_id)


def retired(device: Device, at: datetime) -> Device:
    """Return the scanner out of use for good."""
    require_not_retired(device)
    return replace(device, retired_at=at)


def require_not_retired(device: Device) -> None:
    """Refuse a scanner that is out of use for good."""
    if device.retired_at is not None:
        raise invalid("name", "is out of use for good")


def resolved(fault: Fault, by: str, note: str, at: datetime) -> Fault:
    """Return the fault mended."""
    if fault.resolved_at is not None:
        raise invalid("name", "is mended already")
    return replace(fault, resolved_by=by, resolved_at=at, resolution=note)
