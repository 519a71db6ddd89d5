import datetime

from sealapi.options import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from sealapi.v1 import change_pb2 as _change_pb2
from sealapi.v1 import policy_pb2 as _policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CaptureParameters(_message.Message):
    __slots__ = ("dpi", "colour", "format", "jpeg_quality", "brightness", "contrast")
    class Colour(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        COLOUR_UNSPECIFIED: _ClassVar[CaptureParameters.Colour]
        COLOUR_FULL: _ClassVar[CaptureParameters.Colour]
        COLOUR_GREY: _ClassVar[CaptureParameters.Colour]
        COLOUR_BILEVEL: _ClassVar[CaptureParameters.Colour]
    COLOUR_UNSPECIFIED: CaptureParameters.Colour
    COLOUR_FULL: CaptureParameters.Colour
    COLOUR_GREY: CaptureParameters.Colour
    COLOUR_BILEVEL: CaptureParameters.Colour
    class Format(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        FORMAT_UNSPECIFIED: _ClassVar[CaptureParameters.Format]
        FORMAT_JPEG: _ClassVar[CaptureParameters.Format]
        FORMAT_PNG: _ClassVar[CaptureParameters.Format]
        FORMAT_TIFF: _ClassVar[CaptureParameters.Format]
        FORMAT_BMP: _ClassVar[CaptureParameters.Format]
    FORMAT_UNSPECIFIED: CaptureParameters.Format
    FORMAT_JPEG: CaptureParameters.Format
    FORMAT_PNG: CaptureParameters.Format
    FORMAT_TIFF: CaptureParameters.Format
    FORMAT_BMP: CaptureParameters.Format
    DPI_FIELD_NUMBER: _ClassVar[int]
    COLOUR_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    JPEG_QUALITY_FIELD_NUMBER: _ClassVar[int]
    BRIGHTNESS_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_FIELD_NUMBER: _ClassVar[int]
    dpi: int
    colour: CaptureParameters.Colour
    format: CaptureParameters.Format
    jpeg_quality: int
    brightness: int
    contrast: int
    def __init__(self, dpi: _Optional[int] = ..., colour: _Optional[_Union[CaptureParameters.Colour, str]] = ..., format: _Optional[_Union[CaptureParameters.Format, str]] = ..., jpeg_quality: _Optional[int] = ..., brightness: _Optional[int] = ..., contrast: _Optional[int] = ...) -> None: ...

class DeviceFault(_message.Message):
    __slots__ = ("name", "kind", "note", "reporter", "report_time", "resolver", "resolve_time", "resolution")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[DeviceFault.Kind]
        KIND_FAULT: _ClassVar[DeviceFault.Kind]
        KIND_VIRUS: _ClassVar[DeviceFault.Kind]
    KIND_UNSPECIFIED: DeviceFault.Kind
    KIND_FAULT: DeviceFault.Kind
    KIND_VIRUS: DeviceFault.Kind
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    REPORTER_FIELD_NUMBER: _ClassVar[int]
    REPORT_TIME_FIELD_NUMBER: _ClassVar[int]
    RESOLVER_FIELD_NUMBER: _ClassVar[int]
    RESOLVE_TIME_FIELD_NUMBER: _ClassVar[int]
    RESOLUTION_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: DeviceFault.Kind
    note: str
    reporter: str
    report_time: _timestamp_pb2.Timestamp
    resolver: str
    resolve_time: _timestamp_pb2.Timestamp
    resolution: str
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[DeviceFault.Kind, str]] = ..., note: _Optional[str] = ..., reporter: _Optional[str] = ..., report_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., resolver: _Optional[str] = ..., resolve_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., resolution: _Optional[str] = ...) -> None: ...

class Device(_message.Message):
    __slots__ = ("name", "org", "model", "serial_number", "parameters", "parameters_change", "state", "faults", "create_time", "etag", "pending_change")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[Device.State]
        STATE_IN_USE: _ClassVar[Device.State]
        STATE_FAULTY: _ClassVar[Device.State]
        STATE_QUARANTINED: _ClassVar[Device.State]
        STATE_RETIRED: _ClassVar[Device.State]
    STATE_UNSPECIFIED: Device.State
    STATE_IN_USE: Device.State
    STATE_FAULTY: Device.State
    STATE_QUARANTINED: Device.State
    STATE_RETIRED: Device.State
    NAME_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_CHANGE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FAULTS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    PENDING_CHANGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    org: str
    model: str
    serial_number: str
    parameters: CaptureParameters
    parameters_change: str
    state: Device.State
    faults: _containers.RepeatedCompositeFieldContainer[DeviceFault]
    create_time: _timestamp_pb2.Timestamp
    etag: str
    pending_change: str
    def __init__(self, name: _Optional[str] = ..., org: _Optional[str] = ..., model: _Optional[str] = ..., serial_number: _Optional[str] = ..., parameters: _Optional[_Union[CaptureParameters, _Mapping]] = ..., parameters_change: _Optional[str] = ..., state: _Optional[_Union[Device.State, str]] = ..., faults: _Optional[_Iterable[_Union[DeviceFault, _Mapping]]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ..., pending_change: _Optional[str] = ...) -> None: ...

class RegisterDeviceRequest(_message.Message):
    __slots__ = ("request_id", "device_id", "org", "model", "serial_number", "parameters", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    device_id: str
    org: str
    model: str
    serial_number: str
    parameters: CaptureParameters
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., device_id: _Optional[str] = ..., org: _Optional[str] = ..., model: _Optional[str] = ..., serial_number: _Optional[str] = ..., parameters: _Optional[_Union[CaptureParameters, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class RegisterDeviceResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class SetCaptureParametersRequest(_message.Message):
    __slots__ = ("request_id", "name", "parameters", "etag", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    parameters: CaptureParameters
    etag: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., parameters: _Optional[_Union[CaptureParameters, _Mapping]] = ..., etag: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class SetCaptureParametersResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class RetireDeviceRequest(_message.Message):
    __slots__ = ("request_id", "name", "etag", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    etag: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., etag: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RetireDeviceResponse(_message.Message):
    __slots__ = ("device",)
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    device: Device
    def __init__(self, device: _Optional[_Union[Device, _Mapping]] = ...) -> None: ...

class ReportFaultRequest(_message.Message):
    __slots__ = ("request_id", "name", "kind", "note")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    kind: DeviceFault.Kind
    note: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., kind: _Optional[_Union[DeviceFault.Kind, str]] = ..., note: _Optional[str] = ...) -> None: ...

class ReportFaultResponse(_message.Message):
    __slots__ = ("fault",)
    FAULT_FIELD_NUMBER: _ClassVar[int]
    fault: DeviceFault
    def __init__(self, fault: _Optional[_Union[DeviceFault, _Mapping]] = ...) -> None: ...

class ResolveFaultRequest(_message.Message):
    __slots__ = ("request_id", "name", "note")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    note: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class ResolveFaultResponse(_message.Message):
    __slots__ = ("fault",)
    FAULT_FIELD_NUMBER: _ClassVar[int]
    fault: DeviceFault
    def __init__(self, fault: _Optional[_Union[DeviceFault, _Mapping]] = ...) -> None: ...

class GetDeviceRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetDeviceResponse(_message.Message):
    __slots__ = ("device",)
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    device: Device
    def __init__(self, device: _Optional[_Union[Device, _Mapping]] = ...) -> None: ...

class ListDevicesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "org", "show_retired")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    SHOW_RETIRED_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    org: str
    show_retired: bool
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., org: _Optional[str] = ..., show_retired: _Optional[bool] = ...) -> None: ...

class ListDevicesResponse(_message.Message):
    __slots__ = ("devices", "next_page_token")
    DEVICES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    devices: _containers.RepeatedCompositeFieldContainer[Device]
    next_page_token: str
    def __init__(self, devices: _Optional[_Iterable[_Union[Device, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
