from sealapi.options import validate_pb2 as _validate_pb2
from sealapi.v1 import change_pb2 as _change_pb2
from sealapi.v1 import policy_pb2 as _policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AccessMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACCESS_MODE_UNSPECIFIED: _ClassVar[AccessMode]
    ACCESS_MODE_DIRECT: _ClassVar[AccessMode]
    ACCESS_MODE_CORE_TICKET: _ClassVar[AccessMode]
    ACCESS_MODE_INTERFACE: _ClassVar[AccessMode]
ACCESS_MODE_UNSPECIFIED: AccessMode
ACCESS_MODE_DIRECT: AccessMode
ACCESS_MODE_CORE_TICKET: AccessMode
ACCESS_MODE_INTERFACE: AccessMode

class AccessModeSwitch(_message.Message):
    __slots__ = ("mode", "enabled", "etag", "pending_change")
    MODE_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    PENDING_CHANGE_FIELD_NUMBER: _ClassVar[int]
    mode: AccessMode
    enabled: bool
    etag: str
    pending_change: str
    def __init__(self, mode: _Optional[_Union[AccessMode, str]] = ..., enabled: _Optional[bool] = ..., etag: _Optional[str] = ..., pending_change: _Optional[str] = ...) -> None: ...

class ListAccessModesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListAccessModesResponse(_message.Message):
    __slots__ = ("modes",)
    MODES_FIELD_NUMBER: _ClassVar[int]
    modes: _containers.RepeatedCompositeFieldContainer[AccessModeSwitch]
    def __init__(self, modes: _Optional[_Iterable[_Union[AccessModeSwitch, _Mapping]]] = ...) -> None: ...

class SetAccessModeRequest(_message.Message):
    __slots__ = ("request_id", "mode", "enabled", "etag", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    mode: AccessMode
    enabled: bool
    etag: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., mode: _Optional[_Union[AccessMode, str]] = ..., enabled: _Optional[bool] = ..., etag: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class SetAccessModeResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...
