import datetime

from sealapi.options import validate_pb2 as _validate_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
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

class Org(_message.Message):
    __slots__ = ("name", "display_name", "level", "parent", "kind", "state", "merged_into", "admin_org", "create_time", "update_time", "etag", "pending_change")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[Org.Kind]
        KIND_REAL: _ClassVar[Org.Kind]
        KIND_VIRTUAL: _ClassVar[Org.Kind]
        KIND_CLEARING_CENTRE: _ClassVar[Org.Kind]
        KIND_DEPARTMENT: _ClassVar[Org.Kind]
    KIND_UNSPECIFIED: Org.Kind
    KIND_REAL: Org.Kind
    KIND_VIRTUAL: Org.Kind
    KIND_CLEARING_CENTRE: Org.Kind
    KIND_DEPARTMENT: Org.Kind
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[Org.State]
        STATE_ACTIVE: _ClassVar[Org.State]
        STATE_CLOSED: _ClassVar[Org.State]
        STATE_MERGED: _ClassVar[Org.State]
    STATE_UNSPECIFIED: Org.State
    STATE_ACTIVE: Org.State
    STATE_CLOSED: Org.State
    STATE_MERGED: Org.State
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    MERGED_INTO_FIELD_NUMBER: _ClassVar[int]
    ADMIN_ORG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    PENDING_CHANGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    display_name: str
    level: int
    parent: str
    kind: Org.Kind
    state: Org.State
    merged_into: str
    admin_org: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    etag: str
    pending_change: str
    def __init__(self, name: _Optional[str] = ..., display_name: _Optional[str] = ..., level: _Optional[int] = ..., parent: _Optional[str] = ..., kind: _Optional[_Union[Org.Kind, str]] = ..., state: _Optional[_Union[Org.State, str]] = ..., merged_into: _Optional[str] = ..., admin_org: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ..., pending_change: _Optional[str] = ...) -> None: ...

class MergeCount(_message.Message):
    __slots__ = ("what", "count")
    WHAT_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    what: str
    count: int
    def __init__(self, what: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class CreateOrgRequest(_message.Message):
    __slots__ = ("request_id", "org_id", "display_name", "parent", "kind", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ORG_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    org_id: str
    display_name: str
    parent: str
    kind: Org.Kind
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., org_id: _Optional[str] = ..., display_name: _Optional[str] = ..., parent: _Optional[str] = ..., kind: _Optional[_Union[Org.Kind, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class CreateOrgResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class GetOrgRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetOrgResponse(_message.Message):
    __slots__ = ("org",)
    ORG_FIELD_NUMBER: _ClassVar[int]
    org: Org
    def __init__(self, org: _Optional[_Union[Org, _Mapping]] = ...) -> None: ...

class ListOrgsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "parent", "show_inactive")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    SHOW_INACTIVE_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    parent: str
    show_inactive: bool
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., parent: _Optional[str] = ..., show_inactive: _Optional[bool] = ...) -> None: ...

class ListOrgsResponse(_message.Message):
    __slots__ = ("orgs", "next_page_token")
    ORGS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    orgs: _containers.RepeatedCompositeFieldContainer[Org]
    next_page_token: str
    def __init__(self, orgs: _Optional[_Iterable[_Union[Org, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateOrgRequest(_message.Message):
    __slots__ = ("request_id", "name", "etag", "display_name", "kind", "update_mask", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    etag: str
    display_name: str
    kind: Org.Kind
    update_mask: _field_mask_pb2.FieldMask
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., etag: _Optional[str] = ..., display_name: _Optional[str] = ..., kind: _Optional[_Union[Org.Kind, str]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class UpdateOrgResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class DeleteOrgRequest(_message.Message):
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

class DeleteOrgResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class TransferOrgRequest(_message.Message):
    __slots__ = ("request_id", "name", "etag", "new_parent", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    NEW_PARENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    etag: str
    new_parent: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., etag: _Optional[str] = ..., new_parent: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class TransferOrgResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class MergeOrgsRequest(_message.Message):
    __slots__ = ("request_id", "name", "etag", "into", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    INTO_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    etag: str
    into: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., etag: _Optional[str] = ..., into: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class MergeOrgsResponse(_message.Message):
    __slots__ = ("change", "preview")
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    preview: _containers.RepeatedCompositeFieldContainer[MergeCount]
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ..., preview: _Optional[_Iterable[_Union[MergeCount, _Mapping]]] = ...) -> None: ...

class PreviewMergeRequest(_message.Message):
    __slots__ = ("name", "into")
    NAME_FIELD_NUMBER: _ClassVar[int]
    INTO_FIELD_NUMBER: _ClassVar[int]
    name: str
    into: str
    def __init__(self, name: _Optional[str] = ..., into: _Optional[str] = ...) -> None: ...

class PreviewMergeResponse(_message.Message):
    __slots__ = ("counts", "obstacles")
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    OBSTACLES_FIELD_NUMBER: _ClassVar[int]
    counts: _containers.RepeatedCompositeFieldContainer[MergeCount]
    obstacles: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, counts: _Optional[_Iterable[_Union[MergeCount, _Mapping]]] = ..., obstacles: _Optional[_Iterable[str]] = ...) -> None: ...

class ListOrgHistoryRequest(_message.Message):
    __slots__ = ("as_of", "page_size", "page_token")
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    as_of: _timestamp_pb2.Timestamp
    page_size: int
    page_token: str
    def __init__(self, as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListOrgHistoryResponse(_message.Message):
    __slots__ = ("orgs", "next_page_token")
    ORGS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    orgs: _containers.RepeatedCompositeFieldContainer[Org]
    next_page_token: str
    def __init__(self, orgs: _Optional[_Iterable[_Union[Org, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CoreOrg(_message.Message):
    __slots__ = ("org", "display_name", "parent", "active")
    ORG_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    org: str
    display_name: str
    parent: str
    active: bool
    def __init__(self, org: _Optional[str] = ..., display_name: _Optional[str] = ..., parent: _Optional[str] = ..., active: _Optional[bool] = ...) -> None: ...

class RecordCoreOrgsRequest(_message.Message):
    __slots__ = ("request_id", "orgs")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ORGS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    orgs: _containers.RepeatedCompositeFieldContainer[CoreOrg]
    def __init__(self, request_id: _Optional[str] = ..., orgs: _Optional[_Iterable[_Union[CoreOrg, _Mapping]]] = ...) -> None: ...

class RecordCoreOrgsResponse(_message.Message):
    __slots__ = ("recorded",)
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    recorded: int
    def __init__(self, recorded: _Optional[int] = ...) -> None: ...

class OrgDifference(_message.Message):
    __slots__ = ("org", "kind", "here", "core", "report_time")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[OrgDifference.Kind]
        KIND_MISSING_HERE: _ClassVar[OrgDifference.Kind]
        KIND_UNKNOWN_TO_CORE: _ClassVar[OrgDifference.Kind]
        KIND_CLOSED_IN_CORE: _ClassVar[OrgDifference.Kind]
        KIND_OTHER_PARENT: _ClassVar[OrgDifference.Kind]
        KIND_OTHER_NAME: _ClassVar[OrgDifference.Kind]
    KIND_UNSPECIFIED: OrgDifference.Kind
    KIND_MISSING_HERE: OrgDifference.Kind
    KIND_UNKNOWN_TO_CORE: OrgDifference.Kind
    KIND_CLOSED_IN_CORE: OrgDifference.Kind
    KIND_OTHER_PARENT: OrgDifference.Kind
    KIND_OTHER_NAME: OrgDifference.Kind
    ORG_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    HERE_FIELD_NUMBER: _ClassVar[int]
    CORE_FIELD_NUMBER: _ClassVar[int]
    REPORT_TIME_FIELD_NUMBER: _ClassVar[int]
    org: str
    kind: OrgDifference.Kind
    here: str
    core: str
    report_time: _timestamp_pb2.Timestamp
    def __init__(self, org: _Optional[str] = ..., kind: _Optional[_Union[OrgDifference.Kind, str]] = ..., here: _Optional[str] = ..., core: _Optional[str] = ..., report_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListOrgDifferencesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListOrgDifferencesResponse(_message.Message):
    __slots__ = ("differences", "next_page_token")
    DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    differences: _containers.RepeatedCompositeFieldContainer[OrgDifference]
    next_page_token: str
    def __init__(self, differences: _Optional[_Iterable[_Union[OrgDifference, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
