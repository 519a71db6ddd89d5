from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Scope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCOPE_UNSPECIFIED: _ClassVar[Scope]
    SCOPE_SUBTREE: _ClassVar[Scope]
    SCOPE_SELF: _ClassVar[Scope]
    SCOPE_BANK: _ClassVar[Scope]

class AuditKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUDIT_KIND_UNSPECIFIED: _ClassVar[AuditKind]
    AUDIT_KIND_ACCOUNT: _ClassVar[AuditKind]
    AUDIT_KIND_BUSINESS: _ClassVar[AuditKind]
    AUDIT_KIND_DOCUMENT: _ClassVar[AuditKind]
    AUDIT_KIND_LOGIN: _ClassVar[AuditKind]
    AUDIT_KIND_ORG_STAFF: _ClassVar[AuditKind]

class Checker(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHECKER_UNSPECIFIED: _ClassVar[Checker]
    CHECKER_NONE: _ClassVar[Checker]
    CHECKER_SECOND_PERSON: _ClassVar[Checker]
    CHECKER_UPPER_ORG: _ClassVar[Checker]
SCOPE_UNSPECIFIED: Scope
SCOPE_SUBTREE: Scope
SCOPE_SELF: Scope
SCOPE_BANK: Scope
AUDIT_KIND_UNSPECIFIED: AuditKind
AUDIT_KIND_ACCOUNT: AuditKind
AUDIT_KIND_BUSINESS: AuditKind
AUDIT_KIND_DOCUMENT: AuditKind
AUDIT_KIND_LOGIN: AuditKind
AUDIT_KIND_ORG_STAFF: AuditKind
CHECKER_UNSPECIFIED: Checker
CHECKER_NONE: Checker
CHECKER_SECOND_PERSON: Checker
CHECKER_UPPER_ORG: Checker
POLICY_FIELD_NUMBER: _ClassVar[int]
policy: _descriptor.FieldDescriptor

class Policy(_message.Message):
    __slots__ = ("permission", "scope", "audit", "checker", "data_class", "step_up")
    PERMISSION_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    AUDIT_FIELD_NUMBER: _ClassVar[int]
    CHECKER_FIELD_NUMBER: _ClassVar[int]
    DATA_CLASS_FIELD_NUMBER: _ClassVar[int]
    STEP_UP_FIELD_NUMBER: _ClassVar[int]
    permission: str
    scope: Scope
    audit: AuditKind
    checker: Checker
    data_class: int
    step_up: bool
    def __init__(self, permission: _Optional[str] = ..., scope: _Optional[_Union[Scope, str]] = ..., audit: _Optional[_Union[AuditKind, str]] = ..., checker: _Optional[_Union[Checker, str]] = ..., data_class: _Optional[int] = ..., step_up: _Optional[bool] = ...) -> None: ...
