"""Every failure that a client can see: its reason, its gRPC code, its numbers and its words.

The one table of errors. `docs/errors.md` is generated from it, the gRPC layer maps by it, and
`Refusal` accepts nothing that is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Names of the gRPC status codes in use."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    ABORTED = "ABORTED"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    NOT_FOUND = "NOT_FOUND"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    UNAVAILABLE = "UNAVAILABLE"
    UNIMPLEMENTED = "UNIMPLEMENTED"
    INTERNAL = "INTERNAL"
    DATA_LOSS = "DATA_LOSS"


class Reason(StrEnum):
    """`ErrorInfo.reason`, domain `sealmatch`. Closed: clients may rely on the list."""

    SESSION_EXPIRED = "SESSION_EXPIRED"
    SESSION_IDLE = "SESSION_IDLE"
    BAD_CREDENTIALS = "BAD_CREDENTIALS"
    CODE_REQUIRED = "CODE_REQUIRED"
    BAD_TICKET = "BAD_TICKET"
    CERT_UNKNOWN = "CERT_UNKNOWN"
    NO_PERMISSION = "NO_PERMISSION"
    OUT_OF_ORG_SCOPE = "OUT_OF_ORG_SCOPE"
    SAME_PERSON = "SAME_PERSON"
    SAME_DEPARTMENT = "SAME_DEPARTMENT"
    EXCLUSIVE_POST = "EXCLUSIVE_POST"
    MAY_NOT_APPOINT = "MAY_NOT_APPOINT"
    CORE_RIGHTS_MISMATCH = "CORE_RIGHTS_MISMATCH"
    CORE_TELLER_ELSEWHERE = "CORE_TELLER_ELSEWHERE"
    NOT_FIRST_CHIEF = "NOT_FIRST_CHIEF"
    ACCESS_MODE_OFF = "ACCESS_MODE_OFF"
    TLS_REQUIRED = "TLS_REQUIRED"
    PERSON_REQUIRED = "PERSON_REQUIRED"
    BOOTSTRAP_REFUSED = "BOOTSTRAP_REFUSED"
    PASSWORD_CHANGE_REQUIRED = "PASSWORD_CHANGE_REQUIRED"  # noqa: S105  # a reason, no password
    STEP_UP_REQUIRED = "STEP_UP_REQUIRED"
    USER_LOCKED = "USER_LOCKED"
    USER_DISABLED = "USER_DISABLED"
    SUPER_ADMIN_SEALED = "SUPER_ADMIN_SEALED"
    TOO_FEW_ADMINS = "TOO_FEW_ADMINS"
    CROSS_LEVEL_TRANSFER = "CROSS_LEVEL_TRANSFER"
    ORG_NOT_EMPTY = "ORG_NOT_EMPTY"
    ORG_INACTIVE = "ORG_INACTIVE"
    CORE_ORG_MISMATCH = "CORE_ORG_MISMATCH"
    CHANGE_ALREADY_PENDING = "CHANGE_ALREADY_PENDING"
    CHANGE_NOT_PENDING = "CHANGE_NOT_PENDING"
    MAKER_NOT_ENTITLED = "MAKER_NOT_ENTITLED"
    RULE_BROKEN_TODAY = "RULE_BROKEN_TODAY"
    STILL_IN_USE = "STILL_IN_USE"
    POST_NOT_AT_LEVEL = "POST_NOT_AT_LEVEL"
    REVIEW_INCOMPLETE = "REVIEW_INCOMPLETE"
    REVIEW_CLOSED = "REVIEW_CLOSED"
    ETAG_MISMATCH = "ETAG_MISMATCH"
    CONFLICT = "CONFLICT"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    NOT_FOUND = "NOT_FOUND"
    INVALID_FIELD = "INVALID_FIELD"
    WEAK_PASSWORD = "WEAK_PASSWORD"  # noqa: S105  # a reason, no password
    REQUEST_ID_REUSED = "REQUEST_ID_REUSED"
    PAGE_TOKEN_INVALID = "PAGE_TOKEN_INVALID"  # noqa: S105  # a reason, no password
    MESSAGE_MALFORMED = "MESSAGE_MALFORMED"
    QUOTA = "QUOTA"
    DEADLINE = "DEADLINE"
    CODE_NOT_SENT = "CODE_NOT_SENT"
    DRAINING = "DRAINING"
    MAINTENANCE = "MAINTENANCE"
    DATABASE_BUSY = "DATABASE_BUSY"
    STORAGE_FULL = "STORAGE_FULL"
    NOT_SIGNED_YET = "NOT_SIGNED_YET"
    AUDIT_MISMATCH = "AUDIT_MISMATCH"
    DATA_DAMAGED = "DATA_DAMAGED"
    NOT_BUILT = "NOT_BUILT"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True)
class Entry:
    """How a reason reaches the caller.

    `numbers` are the metadata keys that always come with it; `retry` says that the same request
    may be sent again as it is.
    """

    code: Code
    english: str
    chinese: str
    numbers: tuple[str, ...] = ()
    retry: bool = False


_R, _C = Reason, Code
TABLE: dict[Reason, Entry] = {
    _R.SESSION_EXPIRED: Entry(_C.UNAUTHENTICATED, "Sign in: there is no valid session.", "请登录:会话无效或已结束。"),
    _R.SESSION_IDLE: Entry(_C.UNAUTHENTICATED, "The session was idle for too long and has ended.", "会话超时未活动,已自动退出。", ("idle_limit_s",)),
    _R.BAD_CREDENTIALS: Entry(_C.UNAUTHENTICATED, "User number or password is wrong.", "工号或密码错误。", ("remaining",)),
    _R.CODE_REQUIRED: Entry(_C.UNAUTHENTICATED, "A code was sent to the user's telephone; sign in again with it.", "验证码已发送至预留手机,请输入验证码后重新登录。"),
    _R.BAD_TICKET: Entry(_C.UNAUTHENTICATED, "The single sign-on ticket is not valid, has expired or was used before.", "单点登录票据无效、过期或已使用。"),
    _R.CERT_UNKNOWN: Entry(_C.UNAUTHENTICATED, "The client certificate belongs to no service account, and nobody is signed in.", "客户端证书未登记,且未登录。"),
    _R.NO_PERMISSION: Entry(_C.PERMISSION_DENIED, "None of your posts has this permission.", "您的岗位没有此权限。", ("permission",)),
    _R.OUT_OF_ORG_SCOPE: Entry(_C.PERMISSION_DENIED, "The organisation is outside your reach.", "该机构不在您的管辖范围内。", ("permission",)),
    _R.SAME_PERSON: Entry(_C.PERMISSION_DENIED, "A second person is needed here.", "须由另一人办理,不得自办自核。"),
    _R.SAME_DEPARTMENT: Entry(_C.PERMISSION_DENIED, "The technical side asks and the business side agrees: nobody speaks for both.", "须由技术部门提出、业务部门会签,不得由同一方办理。"),
    _R.EXCLUSIVE_POST: Entry(_C.PERMISSION_DENIED, "The two posts exclude each other.", "两个岗位不得兼任。", ("rule", "first", "second")),
    _R.MAY_NOT_APPOINT: Entry(_C.PERMISSION_DENIED, "This post is not yours to give, nor its holders yours to act on.", "您无权任命该岗位,也无权处置任该岗位的人员。", ("post",)),
    _R.CORE_RIGHTS_MISMATCH: Entry(_C.PERMISSION_DENIED, "The core system does not grant the user these rights.", "与该柜员的核心系统权限不匹配。", ("permissions",)),
    _R.CORE_TELLER_ELSEWHERE: Entry(_C.FAILED_PRECONDITION, "The core system does not show this teller at work at this organisation.", "核心系统中该柜员不在此机构任职。", ("teller", "org")),
    _R.NOT_FIRST_CHIEF: Entry(_C.FAILED_PRECONDITION, "This way is for the first chief of a new organisation; ask for the post instead.", "此快捷方式仅限新建机构首任主管,请另行提交申请。", ("org",)),
    _R.ACCESS_MODE_OFF: Entry(_C.PERMISSION_DENIED, "Seals are not verified by this way of access.", "该验印接入方式未启用。", ("mode",)),
    _R.TLS_REQUIRED: Entry(_C.FAILED_PRECONDITION, "Data of this class does not travel unencrypted: connect with TLS.", "该级别数据不得明文传输,请使用TLS连接。", ("data_class",)),
    _R.PERSON_REQUIRED: Entry(_C.PERMISSION_DENIED, "Data of this class is for a person who has signed in, not for a service.", "该级别数据仅限本人登录后办理,不得以服务账号访问。", ("data_class",)),
    _R.BOOTSTRAP_REFUSED: Entry(_C.PERMISSION_DENIED, "The first set-up was done already, or the token is wrong.", "首次设置已完成或令牌错误。"),
    _R.PASSWORD_CHANGE_REQUIRED: Entry(_C.FAILED_PRECONDITION, "Change the initial password first.", "请先修改初始密码。"),
    _R.STEP_UP_REQUIRED: Entry(_C.FAILED_PRECONDITION, "Give your password again (Refresh) before this step.", "此操作须先重新验证密码。", ("max_age_s",)),
    _R.USER_LOCKED: Entry(_C.FAILED_PRECONDITION, "The user is locked; an administrator must reset the password.", "用户已锁定,请联系管理员重置密码。"),
    _R.USER_DISABLED: Entry(_C.FAILED_PRECONDITION, "The user is shut out; an administrator must ask to let the user in again.", "用户已停用,须由管理员申请恢复。"),
    _R.SUPER_ADMIN_SEALED: Entry(_C.FAILED_PRECONDITION, "The super administrator is locked for ever.", "超级管理员权限已永久锁死。"),
    _R.TOO_FEW_ADMINS: Entry(_C.FAILED_PRECONDITION, "Two headquarters administrators are needed first.", "须先设置至少两名总行管理员。", ("needed", "present")),
    _R.CROSS_LEVEL_TRANSFER: Entry(_C.FAILED_PRECONDITION, "The new parent is not of the level above.", "不支持跨级迁移。", ("level", "parent_level")),
    _R.ORG_NOT_EMPTY: Entry(_C.FAILED_PRECONDITION, "The organisation still has records.", "该机构下仍有数据。", ("what",)),
    _R.ORG_INACTIVE: Entry(_C.FAILED_PRECONDITION, "The organisation is closed or merged.", "该机构已撤销或合并。", ("org",)),
    _R.CORE_ORG_MISMATCH: Entry(_C.FAILED_PRECONDITION, "The core system has this organisation otherwise: it changes there first.", "与核心系统机构信息不一致,须以核心系统的机构变化为准。", ("org", "core")),
    _R.CHANGE_ALREADY_PENDING: Entry(_C.FAILED_PRECONDITION, "Another change of this record waits for its second person.", "该记录已有待复核的变更。", ("change",)),
    _R.CHANGE_NOT_PENDING: Entry(_C.FAILED_PRECONDITION, "The change has been decided, withdrawn, or has expired.", "该变更已处理、撤回或过期。", ("state",)),
    _R.MAKER_NOT_ENTITLED: Entry(_C.FAILED_PRECONDITION, "Whoever asked for this may not ask for it any more: it can only be rejected.", "申请人已停用或不再具有申请权限,该变更只能退回。", ("maker",)),
    _R.RULE_BROKEN_TODAY: Entry(_C.FAILED_PRECONDITION, "Someone breaks the rule today; see the preview.", "现有人员违反该规则,请先预览并调整。", ("users",)),
    _R.STILL_IN_USE: Entry(_C.FAILED_PRECONDITION, "Something still refers to the record.", "该记录仍被使用。", ("used_by",)),
    _R.POST_NOT_AT_LEVEL: Entry(_C.FAILED_PRECONDITION, "The post does not exist at organisations of this kind or level.", "该层级或类型的机构不设此岗位。", ("post", "org")),
    _R.REVIEW_INCOMPLETE: Entry(_C.FAILED_PRECONDITION, "Some assignments have no verdict yet.", "尚有岗位未核对。", ("open",)),
    _R.REVIEW_CLOSED: Entry(_C.FAILED_PRECONDITION, "The review is completed.", "该次核对已完成。"),
    _R.ETAG_MISMATCH: Entry(_C.ABORTED, "The record has changed since you read it; read it again.", "记录已被修改,请重新读取。"),
    _R.CONFLICT: Entry(_C.ABORTED, "Another call changed the same records at the same time; try again.", "与其他操作冲突,请重试。", retry=True),
    _R.ALREADY_EXISTS: Entry(_C.ALREADY_EXISTS, "There is such a record already.", "记录已存在。", ("resource",)),
    _R.NOT_FOUND: Entry(_C.NOT_FOUND, "There is no such record.", "记录不存在。", ("resource",)),
    _R.INVALID_FIELD: Entry(_C.INVALID_ARGUMENT, "A field of the request is not valid.", "请求字段不合法。"),
    _R.WEAK_PASSWORD: Entry(_C.INVALID_ARGUMENT, "The new password breaks a rule.", "新密码不符合密码设置要求。", ("rules",)),
    _R.REQUEST_ID_REUSED: Entry(_C.INVALID_ARGUMENT, "The request id was used for another request.", "请求编号已用于其他请求。"),
    _R.PAGE_TOKEN_INVALID: Entry(_C.INVALID_ARGUMENT, "The page token is not one of ours, or of another query.", "分页令牌无效。"),
    _R.MESSAGE_MALFORMED: Entry(_C.INVALID_ARGUMENT, "The bytes are no such message.", "报文无法解析。"),
    _R.QUOTA: Entry(_C.RESOURCE_EXHAUSTED, "Too many calls; wait and try again.", "调用过于频繁,请稍后再试。", ("limit_per_s",), retry=True),
    _R.DEADLINE: Entry(_C.DEADLINE_EXCEEDED, "The deadline passed before the call took effect; nothing was changed.", "已超过时限,操作未生效。"),
    _R.CODE_NOT_SENT: Entry(_C.UNAVAILABLE, "The code could not be sent; try again.", "验证码发送失败,请稍后再试。", retry=True),
    _R.DRAINING: Entry(_C.UNAVAILABLE, "The server is shutting down; call another one.", "服务正在停止,请连接其他节点。", retry=True),
    _R.MAINTENANCE: Entry(_C.UNAVAILABLE, "The service pauses for announced maintenance.", "系统正在按公告停机维护,请稍后再试。", ("until",)),
    _R.DATABASE_BUSY: Entry(_C.UNAVAILABLE, "The database cannot be reached or is busy.", "数据库繁忙或不可用。", retry=True),
    _R.STORAGE_FULL: Entry(_C.UNAVAILABLE, "The disk of the database is full; nothing was changed.", "数据库磁盘空间已满,操作未生效。"),
    _R.NOT_SIGNED_YET: Entry(_C.UNAVAILABLE, "The event is not under this checkpoint; a new one is signed every second.", "该记录尚未签入此检查点,请稍后再试。", retry=True),
    _R.AUDIT_MISMATCH: Entry(_C.DATA_LOSS, "The audit log contradicts itself: a person must look (sealmatch audit verify).", "审计日志校验不一致,请立即核查。"),
    _R.DATA_DAMAGED: Entry(_C.DATA_LOSS, "What is stored contradicts itself, which no call can have done: a person must look.", "数据库内容自相矛盾,非系统操作所致,请立即核查。", ("resource",)),
    _R.NOT_BUILT: Entry(_C.UNIMPLEMENTED, "This server does not offer the method.", "本服务未提供此功能。"),
    _R.INTERNAL: Entry(_C.INTERNAL, "Something went wrong here; give the correlation id to support.", "系统内部错误,请提供关联编号。", ("correlation_id",)),
}  # fmt: skip


class Refusal(Exception):  # noqa: N818  # a refusal is an answer, not a fault
    """A call may not or cannot do what it asks for.

    Parameters
    ----------
    reason
        Why.
    fields
        Violated fields: path in the request and what is wrong with it.
    retry_after_s
        Earliest sensible time for another try.
    numbers
        The metadata that the table promises for this reason, exactly.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        fields: tuple[tuple[str, str], ...] = (),
        retry_after_s: float | None = None,
        **numbers: object,
    ) -> None:
        entry = TABLE[reason]
        if set(numbers) != set(entry.numbers):
            message = f"{reason} comes with {entry.numbers}, not with {tuple(numbers)}"
            raise TypeError(message)
        super().__init__(f"{reason}: {entry.english}")
        self.reason = reason
        self.entry = entry
        self.fields = fields
        self.retry_after_s = retry_after_s
        self.in_log = False
        """Whether the audit log has it already: where what the call wrote is kept."""
        self.numbers = {key: str(value) for key, value in numbers.items()}


def invalid(field: str, description: str) -> Refusal:
    """Return the refusal of one field."""
    return Refusal(Reason.INVALID_FIELD, fields=((field, description),))


def not_found(resource: str) -> Refusal:
    """Return the refusal of a name that nothing has."""
    return Refusal(Reason.NOT_FOUND, resource=resource)


def lost_against_another(error: Exception) -> bool:
    """Tell whether a transaction failed only because another one was faster."""
    return isinstance(error, Refusal) and error.reason is Reason.CONFLICT
