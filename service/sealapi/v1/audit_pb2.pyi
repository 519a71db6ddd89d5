import datetime

from sealapi.options import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from sealapi.v1 import policy_pb2 as _policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AuditEvent(_message.Message):
    __slots__ = ("name", "kind", "decision", "reason", "action", "actor", "org", "account", "target", "event_time", "correlation_id", "payload", "payload_pruned", "entry", "leaf_hash")
    class Decision(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DECISION_UNSPECIFIED: _ClassVar[AuditEvent.Decision]
        DECISION_ALLOWED: _ClassVar[AuditEvent.Decision]
        DECISION_DENIED: _ClassVar[AuditEvent.Decision]
        DECISION_FAILED: _ClassVar[AuditEvent.Decision]
    DECISION_UNSPECIFIED: AuditEvent.Decision
    DECISION_ALLOWED: AuditEvent.Decision
    DECISION_DENIED: AuditEvent.Decision
    DECISION_FAILED: AuditEvent.Decision
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    EVENT_TIME_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_PRUNED_FIELD_NUMBER: _ClassVar[int]
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    LEAF_HASH_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: _policy_pb2.AuditKind
    decision: AuditEvent.Decision
    reason: str
    action: str
    actor: str
    org: str
    account: str
    target: str
    event_time: _timestamp_pb2.Timestamp
    correlation_id: str
    payload: bytes
    payload_pruned: bool
    entry: bytes
    leaf_hash: bytes
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[_policy_pb2.AuditKind, str]] = ..., decision: _Optional[_Union[AuditEvent.Decision, str]] = ..., reason: _Optional[str] = ..., action: _Optional[str] = ..., actor: _Optional[str] = ..., org: _Optional[str] = ..., account: _Optional[str] = ..., target: _Optional[str] = ..., event_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., correlation_id: _Optional[str] = ..., payload: _Optional[bytes] = ..., payload_pruned: _Optional[bool] = ..., entry: _Optional[bytes] = ..., leaf_hash: _Optional[bytes] = ...) -> None: ...

class Checkpoint(_message.Message):
    __slots__ = ("name", "size", "root_hash", "note", "cosignatures")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_HASH_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    COSIGNATURES_FIELD_NUMBER: _ClassVar[int]
    name: str
    size: int
    root_hash: bytes
    note: str
    cosignatures: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., size: _Optional[int] = ..., root_hash: _Optional[bytes] = ..., note: _Optional[str] = ..., cosignatures: _Optional[_Iterable[str]] = ...) -> None: ...

class ListAuditEventsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "kinds", "actor", "org", "account", "action", "target", "decision", "start_time", "end_time", "order")
    class Order(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        ORDER_UNSPECIFIED: _ClassVar[ListAuditEventsRequest.Order]
        ORDER_NEWEST_FIRST: _ClassVar[ListAuditEventsRequest.Order]
        ORDER_OLDEST_FIRST: _ClassVar[ListAuditEventsRequest.Order]
    ORDER_UNSPECIFIED: ListAuditEventsRequest.Order
    ORDER_NEWEST_FIRST: ListAuditEventsRequest.Order
    ORDER_OLDEST_FIRST: ListAuditEventsRequest.Order
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    kinds: _containers.RepeatedScalarFieldContainer[_policy_pb2.AuditKind]
    actor: str
    org: str
    account: str
    action: str
    target: str
    decision: AuditEvent.Decision
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    order: ListAuditEventsRequest.Order
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., kinds: _Optional[_Iterable[_Union[_policy_pb2.AuditKind, str]]] = ..., actor: _Optional[str] = ..., org: _Optional[str] = ..., account: _Optional[str] = ..., action: _Optional[str] = ..., target: _Optional[str] = ..., decision: _Optional[_Union[AuditEvent.Decision, str]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., order: _Optional[_Union[ListAuditEventsRequest.Order, str]] = ...) -> None: ...

class ListAuditEventsResponse(_message.Message):
    __slots__ = ("events", "next_page_token")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[AuditEvent]
    next_page_token: str
    def __init__(self, events: _Optional[_Iterable[_Union[AuditEvent, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetAuditEventRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetAuditEventResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: AuditEvent
    def __init__(self, event: _Optional[_Union[AuditEvent, _Mapping]] = ...) -> None: ...

class GetCheckpointRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetCheckpointResponse(_message.Message):
    __slots__ = ("checkpoint",)
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    checkpoint: Checkpoint
    def __init__(self, checkpoint: _Optional[_Union[Checkpoint, _Mapping]] = ...) -> None: ...

class GetInclusionProofRequest(_message.Message):
    __slots__ = ("name", "checkpoint")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    name: str
    checkpoint: str
    def __init__(self, name: _Optional[str] = ..., checkpoint: _Optional[str] = ...) -> None: ...

class GetInclusionProofResponse(_message.Message):
    __slots__ = ("leaf_hash", "hashes", "checkpoint")
    LEAF_HASH_FIELD_NUMBER: _ClassVar[int]
    HASHES_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    leaf_hash: bytes
    hashes: _containers.RepeatedScalarFieldContainer[bytes]
    checkpoint: Checkpoint
    def __init__(self, leaf_hash: _Optional[bytes] = ..., hashes: _Optional[_Iterable[bytes]] = ..., checkpoint: _Optional[_Union[Checkpoint, _Mapping]] = ...) -> None: ...

class GetConsistencyProofRequest(_message.Message):
    __slots__ = ("old_size", "checkpoint")
    OLD_SIZE_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    old_size: int
    checkpoint: str
    def __init__(self, old_size: _Optional[int] = ..., checkpoint: _Optional[str] = ...) -> None: ...

class GetConsistencyProofResponse(_message.Message):
    __slots__ = ("hashes", "checkpoint")
    HASHES_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    hashes: _containers.RepeatedScalarFieldContainer[bytes]
    checkpoint: Checkpoint
    def __init__(self, hashes: _Optional[_Iterable[bytes]] = ..., checkpoint: _Optional[_Union[Checkpoint, _Mapping]] = ...) -> None: ...

class AddCosignatureRequest(_message.Message):
    __slots__ = ("request_id", "name", "cosignature")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    COSIGNATURE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    cosignature: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., cosignature: _Optional[str] = ...) -> None: ...

class AddCosignatureResponse(_message.Message):
    __slots__ = ("checkpoint",)
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    checkpoint: Checkpoint
    def __init__(self, checkpoint: _Optional[_Union[Checkpoint, _Mapping]] = ...) -> None: ...

class VerifyRangeRequest(_message.Message):
    __slots__ = ("start", "count")
    START_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    start: int
    count: int
    def __init__(self, start: _Optional[int] = ..., count: _Optional[int] = ...) -> None: ...

class AuditFinding(_message.Message):
    __slots__ = ("event", "place", "problem")
    EVENT_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    event: str
    place: str
    problem: str
    def __init__(self, event: _Optional[str] = ..., place: _Optional[str] = ..., problem: _Optional[str] = ...) -> None: ...

class VerifyRangeResponse(_message.Message):
    __slots__ = ("sound", "findings", "findings_count", "checked", "pruned", "unsigned", "checkpoint")
    SOUND_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_COUNT_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    PRUNED_FIELD_NUMBER: _ClassVar[int]
    UNSIGNED_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    sound: bool
    findings: _containers.RepeatedCompositeFieldContainer[AuditFinding]
    findings_count: int
    checked: int
    pruned: int
    unsigned: int
    checkpoint: str
    def __init__(self, sound: _Optional[bool] = ..., findings: _Optional[_Iterable[_Union[AuditFinding, _Mapping]]] = ..., findings_count: _Optional[int] = ..., checked: _Optional[int] = ..., pruned: _Optional[int] = ..., unsigned: _Optional[int] = ..., checkpoint: _Optional[str] = ...) -> None: ...

class ListAccessToImageRequest(_message.Message):
    __slots__ = ("image", "page_size", "page_token")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    image: str
    page_size: int
    page_token: str
    def __init__(self, image: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListAccessToImageResponse(_message.Message):
    __slots__ = ("events", "next_page_token")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[AuditEvent]
    next_page_token: str
    def __init__(self, events: _Optional[_Iterable[_Union[AuditEvent, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreateAuditReportRequest(_message.Message):
    __slots__ = ("request_id", "org", "start_time", "end_time")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    org: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., org: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AuditReport(_message.Message):
    __slots__ = ("org", "start_time", "end_time", "counts", "total", "most_refused", "log_size", "report_sha256", "report_digest")
    class Count(_message.Message):
        __slots__ = ("kind", "decision", "reason", "count")
        KIND_FIELD_NUMBER: _ClassVar[int]
        DECISION_FIELD_NUMBER: _ClassVar[int]
        REASON_FIELD_NUMBER: _ClassVar[int]
        COUNT_FIELD_NUMBER: _ClassVar[int]
        kind: _policy_pb2.AuditKind
        decision: AuditEvent.Decision
        reason: str
        count: int
        def __init__(self, kind: _Optional[_Union[_policy_pb2.AuditKind, str]] = ..., decision: _Optional[_Union[AuditEvent.Decision, str]] = ..., reason: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...
    class Refused(_message.Message):
        __slots__ = ("actor", "count")
        ACTOR_FIELD_NUMBER: _ClassVar[int]
        COUNT_FIELD_NUMBER: _ClassVar[int]
        actor: str
        count: int
        def __init__(self, actor: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...
    ORG_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MOST_REFUSED_FIELD_NUMBER: _ClassVar[int]
    LOG_SIZE_FIELD_NUMBER: _ClassVar[int]
    REPORT_SHA256_FIELD_NUMBER: _ClassVar[int]
    REPORT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    org: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    counts: _containers.RepeatedCompositeFieldContainer[AuditReport.Count]
    total: int
    most_refused: _containers.RepeatedCompositeFieldContainer[AuditReport.Refused]
    log_size: int
    report_sha256: str
    report_digest: str
    def __init__(self, org: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., counts: _Optional[_Iterable[_Union[AuditReport.Count, _Mapping]]] = ..., total: _Optional[int] = ..., most_refused: _Optional[_Iterable[_Union[AuditReport.Refused, _Mapping]]] = ..., log_size: _Optional[int] = ..., report_sha256: _Optional[str] = ..., report_digest: _Optional[str] = ...) -> None: ...

class CreateAuditReportResponse(_message.Message):
    __slots__ = ("report",)
    REPORT_FIELD_NUMBER: _ClassVar[int]
    report: AuditReport
    def __init__(self, report: _Optional[_Union[AuditReport, _Mapping]] = ...) -> None: ...
