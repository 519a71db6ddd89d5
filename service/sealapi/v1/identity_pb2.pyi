import datetime

from sealapi.options import validate_pb2 as _validate_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from sealapi.v1 import change_pb2 as _change_pb2
from sealapi.v1 import policy_pb2 as _policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class User(_message.Message):
    __slots__ = ("name", "display_name", "kind", "org", "locked", "lock_reason", "password_change_required", "qualified_folding", "certificate_sha256", "core_rights", "assignments", "create_time", "etag", "pending_change", "disabled", "disable_reason", "mobile")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[User.Kind]
        KIND_PERSON: _ClassVar[User.Kind]
        KIND_SERVICE: _ClassVar[User.Kind]
    KIND_UNSPECIFIED: User.Kind
    KIND_PERSON: User.Kind
    KIND_SERVICE: User.Kind
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    LOCKED_FIELD_NUMBER: _ClassVar[int]
    LOCK_REASON_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_CHANGE_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    QUALIFIED_FOLDING_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_SHA256_FIELD_NUMBER: _ClassVar[int]
    CORE_RIGHTS_FIELD_NUMBER: _ClassVar[int]
    ASSIGNMENTS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    PENDING_CHANGE_FIELD_NUMBER: _ClassVar[int]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    DISABLE_REASON_FIELD_NUMBER: _ClassVar[int]
    MOBILE_FIELD_NUMBER: _ClassVar[int]
    name: str
    display_name: str
    kind: User.Kind
    org: str
    locked: bool
    lock_reason: str
    password_change_required: bool
    qualified_folding: bool
    certificate_sha256: str
    core_rights: _containers.RepeatedScalarFieldContainer[str]
    assignments: _containers.RepeatedCompositeFieldContainer[Assignment]
    create_time: _timestamp_pb2.Timestamp
    etag: str
    pending_change: str
    disabled: bool
    disable_reason: str
    mobile: str
    def __init__(self, name: _Optional[str] = ..., display_name: _Optional[str] = ..., kind: _Optional[_Union[User.Kind, str]] = ..., org: _Optional[str] = ..., locked: _Optional[bool] = ..., lock_reason: _Optional[str] = ..., password_change_required: _Optional[bool] = ..., qualified_folding: _Optional[bool] = ..., certificate_sha256: _Optional[str] = ..., core_rights: _Optional[_Iterable[str]] = ..., assignments: _Optional[_Iterable[_Union[Assignment, _Mapping]]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ..., pending_change: _Optional[str] = ..., disabled: _Optional[bool] = ..., disable_reason: _Optional[str] = ..., mobile: _Optional[str] = ...) -> None: ...

class Assignment(_message.Message):
    __slots__ = ("name", "user", "post", "org", "start_time", "end_time")
    NAME_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    POST_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    name: str
    user: str
    post: str
    org: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., user: _Optional[str] = ..., post: _Optional[str] = ..., org: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Post(_message.Message):
    __slots__ = ("name", "display_name_zh", "display_name_en", "org_levels", "clearing_centre_only", "bank_wide", "roles", "appointed_by", "etag", "pending_change")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_ZH_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_EN_FIELD_NUMBER: _ClassVar[int]
    ORG_LEVELS_FIELD_NUMBER: _ClassVar[int]
    CLEARING_CENTRE_ONLY_FIELD_NUMBER: _ClassVar[int]
    BANK_WIDE_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    APPOINTED_BY_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    PENDING_CHANGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    display_name_zh: str
    display_name_en: str
    org_levels: _containers.RepeatedScalarFieldContainer[int]
    clearing_centre_only: bool
    bank_wide: bool
    roles: _containers.RepeatedScalarFieldContainer[str]
    appointed_by: _containers.RepeatedScalarFieldContainer[str]
    etag: str
    pending_change: str
    def __init__(self, name: _Optional[str] = ..., display_name_zh: _Optional[str] = ..., display_name_en: _Optional[str] = ..., org_levels: _Optional[_Iterable[int]] = ..., clearing_centre_only: _Optional[bool] = ..., bank_wide: _Optional[bool] = ..., roles: _Optional[_Iterable[str]] = ..., appointed_by: _Optional[_Iterable[str]] = ..., etag: _Optional[str] = ..., pending_change: _Optional[str] = ...) -> None: ...

class Role(_message.Message):
    __slots__ = ("name", "display_name_zh", "display_name_en", "permissions", "etag", "pending_change")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_ZH_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_EN_FIELD_NUMBER: _ClassVar[int]
    PERMISSIONS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    PENDING_CHANGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    display_name_zh: str
    display_name_en: str
    permissions: _containers.RepeatedScalarFieldContainer[str]
    etag: str
    pending_change: str
    def __init__(self, name: _Optional[str] = ..., display_name_zh: _Optional[str] = ..., display_name_en: _Optional[str] = ..., permissions: _Optional[_Iterable[str]] = ..., etag: _Optional[str] = ..., pending_change: _Optional[str] = ...) -> None: ...

class ExclusionRule(_message.Message):
    __slots__ = ("name", "kind", "first", "second", "reach", "etag", "pending_change")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[ExclusionRule.Kind]
        KIND_STATIC: _ClassVar[ExclusionRule.Kind]
        KIND_DYNAMIC: _ClassVar[ExclusionRule.Kind]
    KIND_UNSPECIFIED: ExclusionRule.Kind
    KIND_STATIC: ExclusionRule.Kind
    KIND_DYNAMIC: ExclusionRule.Kind
    class Reach(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        REACH_UNSPECIFIED: _ClassVar[ExclusionRule.Reach]
        REACH_SAME_ORG: _ClassVar[ExclusionRule.Reach]
        REACH_BANK: _ClassVar[ExclusionRule.Reach]
    REACH_UNSPECIFIED: ExclusionRule.Reach
    REACH_SAME_ORG: ExclusionRule.Reach
    REACH_BANK: ExclusionRule.Reach
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    SECOND_FIELD_NUMBER: _ClassVar[int]
    REACH_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    PENDING_CHANGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: ExclusionRule.Kind
    first: str
    second: str
    reach: ExclusionRule.Reach
    etag: str
    pending_change: str
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[ExclusionRule.Kind, str]] = ..., first: _Optional[str] = ..., second: _Optional[str] = ..., reach: _Optional[_Union[ExclusionRule.Reach, str]] = ..., etag: _Optional[str] = ..., pending_change: _Optional[str] = ...) -> None: ...

class Review(_message.Message):
    __slots__ = ("name", "org", "quarter", "state", "due_date", "overdue", "items", "etag")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[Review.State]
        STATE_OPEN: _ClassVar[Review.State]
        STATE_COMPLETED: _ClassVar[Review.State]
    STATE_UNSPECIFIED: Review.State
    STATE_OPEN: Review.State
    STATE_COMPLETED: Review.State
    NAME_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    QUARTER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DUE_DATE_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    name: str
    org: str
    quarter: str
    state: Review.State
    due_date: _date_pb2.Date
    overdue: bool
    items: _containers.RepeatedCompositeFieldContainer[ReviewItem]
    etag: str
    def __init__(self, name: _Optional[str] = ..., org: _Optional[str] = ..., quarter: _Optional[str] = ..., state: _Optional[_Union[Review.State, str]] = ..., due_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., overdue: _Optional[bool] = ..., items: _Optional[_Iterable[_Union[ReviewItem, _Mapping]]] = ..., etag: _Optional[str] = ...) -> None: ...

class ReviewItem(_message.Message):
    __slots__ = ("assignment", "verdict", "attested_by", "attest_time", "note", "beyond_core_rights")
    class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        VERDICT_UNSPECIFIED: _ClassVar[ReviewItem.Verdict]
        VERDICT_KEEP: _ClassVar[ReviewItem.Verdict]
        VERDICT_REVOKE: _ClassVar[ReviewItem.Verdict]
    VERDICT_UNSPECIFIED: ReviewItem.Verdict
    VERDICT_KEEP: ReviewItem.Verdict
    VERDICT_REVOKE: ReviewItem.Verdict
    ASSIGNMENT_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    ATTESTED_BY_FIELD_NUMBER: _ClassVar[int]
    ATTEST_TIME_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    BEYOND_CORE_RIGHTS_FIELD_NUMBER: _ClassVar[int]
    assignment: Assignment
    verdict: ReviewItem.Verdict
    attested_by: str
    attest_time: _timestamp_pb2.Timestamp
    note: str
    beyond_core_rights: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, assignment: _Optional[_Union[Assignment, _Mapping]] = ..., verdict: _Optional[_Union[ReviewItem.Verdict, str]] = ..., attested_by: _Optional[str] = ..., attest_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., note: _Optional[str] = ..., beyond_core_rights: _Optional[_Iterable[str]] = ...) -> None: ...

class BootstrapSuperAdminRequest(_message.Message):
    __slots__ = ("bootstrap_token", "user_id", "display_name", "password", "org_id", "org_display_name")
    BOOTSTRAP_TOKEN_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    ORG_ID_FIELD_NUMBER: _ClassVar[int]
    ORG_DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    bootstrap_token: str
    user_id: str
    display_name: str
    password: str
    org_id: str
    org_display_name: str
    def __init__(self, bootstrap_token: _Optional[str] = ..., user_id: _Optional[str] = ..., display_name: _Optional[str] = ..., password: _Optional[str] = ..., org_id: _Optional[str] = ..., org_display_name: _Optional[str] = ...) -> None: ...

class BootstrapSuperAdminResponse(_message.Message):
    __slots__ = ("user",)
    USER_FIELD_NUMBER: _ClassVar[int]
    user: User
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ...) -> None: ...

class SealSuperAdminRequest(_message.Message):
    __slots__ = ("request_id",)
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    def __init__(self, request_id: _Optional[str] = ...) -> None: ...

class SealSuperAdminResponse(_message.Message):
    __slots__ = ("seal_time",)
    SEAL_TIME_FIELD_NUMBER: _ClassVar[int]
    seal_time: _timestamp_pb2.Timestamp
    def __init__(self, seal_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CreateUserRequest(_message.Message):
    __slots__ = ("request_id", "user_id", "display_name", "org", "kind", "posts", "certificate_sha256", "qualified_folding", "core_rights", "reason", "mobile")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    POSTS_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_SHA256_FIELD_NUMBER: _ClassVar[int]
    QUALIFIED_FOLDING_FIELD_NUMBER: _ClassVar[int]
    CORE_RIGHTS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MOBILE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    user_id: str
    display_name: str
    org: str
    kind: User.Kind
    posts: _containers.RepeatedScalarFieldContainer[str]
    certificate_sha256: str
    qualified_folding: bool
    core_rights: _containers.RepeatedScalarFieldContainer[str]
    reason: str
    mobile: str
    def __init__(self, request_id: _Optional[str] = ..., user_id: _Optional[str] = ..., display_name: _Optional[str] = ..., org: _Optional[str] = ..., kind: _Optional[_Union[User.Kind, str]] = ..., posts: _Optional[_Iterable[str]] = ..., certificate_sha256: _Optional[str] = ..., qualified_folding: _Optional[bool] = ..., core_rights: _Optional[_Iterable[str]] = ..., reason: _Optional[str] = ..., mobile: _Optional[str] = ...) -> None: ...

class CreateUserResponse(_message.Message):
    __slots__ = ("change", "user", "initial_password")
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    INITIAL_PASSWORD_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    user: User
    initial_password: str
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ..., user: _Optional[_Union[User, _Mapping]] = ..., initial_password: _Optional[str] = ...) -> None: ...

class GetUserRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetUserResponse(_message.Message):
    __slots__ = ("user",)
    USER_FIELD_NUMBER: _ClassVar[int]
    user: User
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ...) -> None: ...

class ListUsersRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "org")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    org: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., org: _Optional[str] = ...) -> None: ...

class ListUsersResponse(_message.Message):
    __slots__ = ("users", "next_page_token")
    USERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    users: _containers.RepeatedCompositeFieldContainer[User]
    next_page_token: str
    def __init__(self, users: _Optional[_Iterable[_Union[User, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateUserRequest(_message.Message):
    __slots__ = ("request_id", "user", "update_mask", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    user: User
    update_mask: _field_mask_pb2.FieldMask
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., user: _Optional[_Union[User, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class UpdateUserResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class DisableUserRequest(_message.Message):
    __slots__ = ("request_id", "name", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DisableUserResponse(_message.Message):
    __slots__ = ("user",)
    USER_FIELD_NUMBER: _ClassVar[int]
    user: User
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ...) -> None: ...

class EnableUserRequest(_message.Message):
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

class EnableUserResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class AssignPostRequest(_message.Message):
    __slots__ = ("request_id", "user", "post", "org", "reason", "application")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    POST_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    user: str
    post: str
    org: str
    reason: str
    application: Document
    def __init__(self, request_id: _Optional[str] = ..., user: _Optional[str] = ..., post: _Optional[str] = ..., org: _Optional[str] = ..., reason: _Optional[str] = ..., application: _Optional[_Union[Document, _Mapping]] = ...) -> None: ...

class Document(_message.Message):
    __slots__ = ("number", "sha256")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    number: str
    sha256: str
    def __init__(self, number: _Optional[str] = ..., sha256: _Optional[str] = ...) -> None: ...

class PhoneNote(_message.Message):
    __slots__ = ("caller", "call_time", "words")
    CALLER_FIELD_NUMBER: _ClassVar[int]
    CALL_TIME_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    caller: str
    call_time: _timestamp_pb2.Timestamp
    words: str
    def __init__(self, caller: _Optional[str] = ..., call_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., words: _Optional[str] = ...) -> None: ...

class AddFirstChiefRequest(_message.Message):
    __slots__ = ("request_id", "user_id", "org", "post", "phone_note", "evidence")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    POST_FIELD_NUMBER: _ClassVar[int]
    PHONE_NOTE_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    user_id: str
    org: str
    post: str
    phone_note: PhoneNote
    evidence: Document
    def __init__(self, request_id: _Optional[str] = ..., user_id: _Optional[str] = ..., org: _Optional[str] = ..., post: _Optional[str] = ..., phone_note: _Optional[_Union[PhoneNote, _Mapping]] = ..., evidence: _Optional[_Union[Document, _Mapping]] = ...) -> None: ...

class AddFirstChiefResponse(_message.Message):
    __slots__ = ("user", "initial_password")
    USER_FIELD_NUMBER: _ClassVar[int]
    INITIAL_PASSWORD_FIELD_NUMBER: _ClassVar[int]
    user: User
    initial_password: str
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ..., initial_password: _Optional[str] = ...) -> None: ...

class AssignPostResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class RevokePostRequest(_message.Message):
    __slots__ = ("request_id", "name", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RevokePostResponse(_message.Message):
    __slots__ = ("assignment",)
    ASSIGNMENT_FIELD_NUMBER: _ClassVar[int]
    assignment: Assignment
    def __init__(self, assignment: _Optional[_Union[Assignment, _Mapping]] = ...) -> None: ...

class TransferUserRequest(_message.Message):
    __slots__ = ("request_id", "name", "etag", "new_org", "new_posts", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    NEW_ORG_FIELD_NUMBER: _ClassVar[int]
    NEW_POSTS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    etag: str
    new_org: str
    new_posts: _containers.RepeatedScalarFieldContainer[str]
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., etag: _Optional[str] = ..., new_org: _Optional[str] = ..., new_posts: _Optional[_Iterable[str]] = ..., reason: _Optional[str] = ...) -> None: ...

class TransferUserResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class ResetPasswordRequest(_message.Message):
    __slots__ = ("request_id", "name")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class ResetPasswordResponse(_message.Message):
    __slots__ = ("initial_password",)
    INITIAL_PASSWORD_FIELD_NUMBER: _ClassVar[int]
    initial_password: str
    def __init__(self, initial_password: _Optional[str] = ...) -> None: ...

class UnlockUserRequest(_message.Message):
    __slots__ = ("request_id", "name")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class UnlockUserResponse(_message.Message):
    __slots__ = ("user",)
    USER_FIELD_NUMBER: _ClassVar[int]
    user: User
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ...) -> None: ...

class CreatePostRequest(_message.Message):
    __slots__ = ("request_id", "post_id", "post", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    POST_ID_FIELD_NUMBER: _ClassVar[int]
    POST_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    post_id: str
    post: Post
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., post_id: _Optional[str] = ..., post: _Optional[_Union[Post, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class CreatePostResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class GetPostRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetPostResponse(_message.Message):
    __slots__ = ("post",)
    POST_FIELD_NUMBER: _ClassVar[int]
    post: Post
    def __init__(self, post: _Optional[_Union[Post, _Mapping]] = ...) -> None: ...

class ListPostsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPostsResponse(_message.Message):
    __slots__ = ("posts", "next_page_token")
    POSTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    posts: _containers.RepeatedCompositeFieldContainer[Post]
    next_page_token: str
    def __init__(self, posts: _Optional[_Iterable[_Union[Post, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdatePostRequest(_message.Message):
    __slots__ = ("request_id", "post", "update_mask", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    POST_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    post: Post
    update_mask: _field_mask_pb2.FieldMask
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., post: _Optional[_Union[Post, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class UpdatePostResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class DeletePostRequest(_message.Message):
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

class DeletePostResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class CreateRoleRequest(_message.Message):
    __slots__ = ("request_id", "role_id", "role", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    role_id: str
    role: Role
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., role_id: _Optional[str] = ..., role: _Optional[_Union[Role, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class CreateRoleResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class GetRoleRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetRoleResponse(_message.Message):
    __slots__ = ("role",)
    ROLE_FIELD_NUMBER: _ClassVar[int]
    role: Role
    def __init__(self, role: _Optional[_Union[Role, _Mapping]] = ...) -> None: ...

class ListRolesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListRolesResponse(_message.Message):
    __slots__ = ("roles", "next_page_token")
    ROLES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    roles: _containers.RepeatedCompositeFieldContainer[Role]
    next_page_token: str
    def __init__(self, roles: _Optional[_Iterable[_Union[Role, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateRoleRequest(_message.Message):
    __slots__ = ("request_id", "role", "update_mask", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    role: Role
    update_mask: _field_mask_pb2.FieldMask
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., role: _Optional[_Union[Role, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class UpdateRoleResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class DeleteRoleRequest(_message.Message):
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

class DeleteRoleResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class CreateExclusionRuleRequest(_message.Message):
    __slots__ = ("request_id", "rule_id", "rule", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    rule_id: str
    rule: ExclusionRule
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., rule_id: _Optional[str] = ..., rule: _Optional[_Union[ExclusionRule, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class CreateExclusionRuleResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class GetExclusionRuleRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetExclusionRuleResponse(_message.Message):
    __slots__ = ("rule",)
    RULE_FIELD_NUMBER: _ClassVar[int]
    rule: ExclusionRule
    def __init__(self, rule: _Optional[_Union[ExclusionRule, _Mapping]] = ...) -> None: ...

class ListExclusionRulesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListExclusionRulesResponse(_message.Message):
    __slots__ = ("rules", "next_page_token")
    RULES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    rules: _containers.RepeatedCompositeFieldContainer[ExclusionRule]
    next_page_token: str
    def __init__(self, rules: _Optional[_Iterable[_Union[ExclusionRule, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateExclusionRuleRequest(_message.Message):
    __slots__ = ("request_id", "rule", "update_mask", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    rule: ExclusionRule
    update_mask: _field_mask_pb2.FieldMask
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., rule: _Optional[_Union[ExclusionRule, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class UpdateExclusionRuleResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class DeleteExclusionRuleRequest(_message.Message):
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

class DeleteExclusionRuleResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: _change_pb2.Change
    def __init__(self, change: _Optional[_Union[_change_pb2.Change, _Mapping]] = ...) -> None: ...

class PreviewExclusionRuleRequest(_message.Message):
    __slots__ = ("rule",)
    RULE_FIELD_NUMBER: _ClassVar[int]
    rule: ExclusionRule
    def __init__(self, rule: _Optional[_Union[ExclusionRule, _Mapping]] = ...) -> None: ...

class PreviewExclusionRuleResponse(_message.Message):
    __slots__ = ("offenders",)
    class Offender(_message.Message):
        __slots__ = ("user", "first", "second")
        USER_FIELD_NUMBER: _ClassVar[int]
        FIRST_FIELD_NUMBER: _ClassVar[int]
        SECOND_FIELD_NUMBER: _ClassVar[int]
        user: str
        first: Assignment
        second: Assignment
        def __init__(self, user: _Optional[str] = ..., first: _Optional[_Union[Assignment, _Mapping]] = ..., second: _Optional[_Union[Assignment, _Mapping]] = ...) -> None: ...
    OFFENDERS_FIELD_NUMBER: _ClassVar[int]
    offenders: _containers.RepeatedCompositeFieldContainer[PreviewExclusionRuleResponse.Offender]
    def __init__(self, offenders: _Optional[_Iterable[_Union[PreviewExclusionRuleResponse.Offender, _Mapping]]] = ...) -> None: ...

class StartReviewRequest(_message.Message):
    __slots__ = ("request_id", "org", "quarter")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    QUARTER_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    org: str
    quarter: str
    def __init__(self, request_id: _Optional[str] = ..., org: _Optional[str] = ..., quarter: _Optional[str] = ...) -> None: ...

class StartReviewResponse(_message.Message):
    __slots__ = ("review",)
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    review: Review
    def __init__(self, review: _Optional[_Union[Review, _Mapping]] = ...) -> None: ...

class GetReviewRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetReviewResponse(_message.Message):
    __slots__ = ("review",)
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    review: Review
    def __init__(self, review: _Optional[_Union[Review, _Mapping]] = ...) -> None: ...

class ListReviewsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "quarter")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    QUARTER_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    quarter: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., quarter: _Optional[str] = ...) -> None: ...

class ListReviewsResponse(_message.Message):
    __slots__ = ("reviews", "next_page_token", "missing_orgs")
    REVIEWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MISSING_ORGS_FIELD_NUMBER: _ClassVar[int]
    reviews: _containers.RepeatedCompositeFieldContainer[Review]
    next_page_token: str
    missing_orgs: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, reviews: _Optional[_Iterable[_Union[Review, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., missing_orgs: _Optional[_Iterable[str]] = ...) -> None: ...

class AttestAssignmentRequest(_message.Message):
    __slots__ = ("request_id", "review", "assignment", "verdict", "note")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    ASSIGNMENT_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    review: str
    assignment: str
    verdict: ReviewItem.Verdict
    note: str
    def __init__(self, request_id: _Optional[str] = ..., review: _Optional[str] = ..., assignment: _Optional[str] = ..., verdict: _Optional[_Union[ReviewItem.Verdict, str]] = ..., note: _Optional[str] = ...) -> None: ...

class AttestAssignmentResponse(_message.Message):
    __slots__ = ("item",)
    ITEM_FIELD_NUMBER: _ClassVar[int]
    item: ReviewItem
    def __init__(self, item: _Optional[_Union[ReviewItem, _Mapping]] = ...) -> None: ...

class CompleteReviewRequest(_message.Message):
    __slots__ = ("request_id", "name", "etag")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    etag: str
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class CompleteReviewResponse(_message.Message):
    __slots__ = ("review",)
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    review: Review
    def __init__(self, review: _Optional[_Union[Review, _Mapping]] = ...) -> None: ...

class ExplainAccessRequest(_message.Message):
    __slots__ = ("user", "permission", "org")
    USER_FIELD_NUMBER: _ClassVar[int]
    PERMISSION_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    user: str
    permission: str
    org: str
    def __init__(self, user: _Optional[str] = ..., permission: _Optional[str] = ..., org: _Optional[str] = ...) -> None: ...

class ExplainAccessResponse(_message.Message):
    __slots__ = ("allowed", "steps", "granted_by")
    ALLOWED_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    GRANTED_BY_FIELD_NUMBER: _ClassVar[int]
    allowed: bool
    steps: _containers.RepeatedScalarFieldContainer[str]
    granted_by: _containers.RepeatedCompositeFieldContainer[Assignment]
    def __init__(self, allowed: _Optional[bool] = ..., steps: _Optional[_Iterable[str]] = ..., granted_by: _Optional[_Iterable[_Union[Assignment, _Mapping]]] = ...) -> None: ...

class WhoCanRequest(_message.Message):
    __slots__ = ("permission", "org")
    PERMISSION_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    permission: str
    org: str
    def __init__(self, permission: _Optional[str] = ..., org: _Optional[str] = ...) -> None: ...

class WhoCanResponse(_message.Message):
    __slots__ = ("assignments",)
    ASSIGNMENTS_FIELD_NUMBER: _ClassVar[int]
    assignments: _containers.RepeatedCompositeFieldContainer[Assignment]
    def __init__(self, assignments: _Optional[_Iterable[_Union[Assignment, _Mapping]]] = ...) -> None: ...

class Reminder(_message.Message):
    __slots__ = ("org", "quarter", "stage", "due_date", "make_date")
    ORG_FIELD_NUMBER: _ClassVar[int]
    QUARTER_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    DUE_DATE_FIELD_NUMBER: _ClassVar[int]
    MAKE_DATE_FIELD_NUMBER: _ClassVar[int]
    org: str
    quarter: str
    stage: str
    due_date: _date_pb2.Date
    make_date: _date_pb2.Date
    def __init__(self, org: _Optional[str] = ..., quarter: _Optional[str] = ..., stage: _Optional[str] = ..., due_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., make_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class ListRemindersRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListRemindersResponse(_message.Message):
    __slots__ = ("reminders", "next_page_token")
    REMINDERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    reminders: _containers.RepeatedCompositeFieldContainer[Reminder]
    next_page_token: str
    def __init__(self, reminders: _Optional[_Iterable[_Union[Reminder, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ReviewSummary(_message.Message):
    __slots__ = ("org", "review", "state", "due_date", "overdue", "kept", "revoked", "open", "reminders", "completed_by", "complete_time")
    ORG_FIELD_NUMBER: _ClassVar[int]
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DUE_DATE_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    REVOKED_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    REMINDERS_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_BY_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_TIME_FIELD_NUMBER: _ClassVar[int]
    org: str
    review: str
    state: Review.State
    due_date: _date_pb2.Date
    overdue: bool
    kept: int
    revoked: int
    open: int
    reminders: int
    completed_by: str
    complete_time: _timestamp_pb2.Timestamp
    def __init__(self, org: _Optional[str] = ..., review: _Optional[str] = ..., state: _Optional[_Union[Review.State, str]] = ..., due_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., overdue: _Optional[bool] = ..., kept: _Optional[int] = ..., revoked: _Optional[int] = ..., open: _Optional[int] = ..., reminders: _Optional[int] = ..., completed_by: _Optional[str] = ..., complete_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListReviewSummariesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "quarter")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    QUARTER_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    quarter: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., quarter: _Optional[str] = ...) -> None: ...

class ListReviewSummariesResponse(_message.Message):
    __slots__ = ("summaries", "next_page_token")
    SUMMARIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    summaries: _containers.RepeatedCompositeFieldContainer[ReviewSummary]
    next_page_token: str
    def __init__(self, summaries: _Optional[_Iterable[_Union[ReviewSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CoreTeller(_message.Message):
    __slots__ = ("user_id", "display_name", "org", "rights", "active")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    RIGHTS_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    display_name: str
    org: str
    rights: _containers.RepeatedScalarFieldContainer[str]
    active: bool
    def __init__(self, user_id: _Optional[str] = ..., display_name: _Optional[str] = ..., org: _Optional[str] = ..., rights: _Optional[_Iterable[str]] = ..., active: _Optional[bool] = ...) -> None: ...

class RecordCoreTellersRequest(_message.Message):
    __slots__ = ("request_id", "tellers")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TELLERS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    tellers: _containers.RepeatedCompositeFieldContainer[CoreTeller]
    def __init__(self, request_id: _Optional[str] = ..., tellers: _Optional[_Iterable[_Union[CoreTeller, _Mapping]]] = ...) -> None: ...

class RecordCoreTellersResponse(_message.Message):
    __slots__ = ("recorded",)
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    recorded: int
    def __init__(self, recorded: _Optional[int] = ...) -> None: ...

class RightsFinding(_message.Message):
    __slots__ = ("user", "org", "kind", "post", "permissions", "since_date")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[RightsFinding.Kind]
        KIND_UNKNOWN_TELLER: _ClassVar[RightsFinding.Kind]
        KIND_INACTIVE_TELLER: _ClassVar[RightsFinding.Kind]
        KIND_OTHER_ORG: _ClassVar[RightsFinding.Kind]
        KIND_BEYOND_CORE_RIGHTS: _ClassVar[RightsFinding.Kind]
    KIND_UNSPECIFIED: RightsFinding.Kind
    KIND_UNKNOWN_TELLER: RightsFinding.Kind
    KIND_INACTIVE_TELLER: RightsFinding.Kind
    KIND_OTHER_ORG: RightsFinding.Kind
    KIND_BEYOND_CORE_RIGHTS: RightsFinding.Kind
    USER_FIELD_NUMBER: _ClassVar[int]
    ORG_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    POST_FIELD_NUMBER: _ClassVar[int]
    PERMISSIONS_FIELD_NUMBER: _ClassVar[int]
    SINCE_DATE_FIELD_NUMBER: _ClassVar[int]
    user: str
    org: str
    kind: RightsFinding.Kind
    post: str
    permissions: _containers.RepeatedScalarFieldContainer[str]
    since_date: _date_pb2.Date
    def __init__(self, user: _Optional[str] = ..., org: _Optional[str] = ..., kind: _Optional[_Union[RightsFinding.Kind, str]] = ..., post: _Optional[str] = ..., permissions: _Optional[_Iterable[str]] = ..., since_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class ListRightsFindingsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "day")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    day: _date_pb2.Date
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., day: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class ListRightsFindingsResponse(_message.Message):
    __slots__ = ("findings", "next_page_token", "day", "compare_time", "found")
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    COMPARE_TIME_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    findings: _containers.RepeatedCompositeFieldContainer[RightsFinding]
    next_page_token: str
    day: _date_pb2.Date
    compare_time: _timestamp_pb2.Timestamp
    found: int
    def __init__(self, findings: _Optional[_Iterable[_Union[RightsFinding, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., day: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., compare_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., found: _Optional[int] = ...) -> None: ...
