"""Posts, roles and exclusion rules as data; the catalogue of permissions is the program's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from seal_service.domain.orgs import Org, OrgKind
from seal_service.domain.people import Assignment
from seal_service.domain.reasons import Reason, Refusal, invalid

PERMISSIONS: dict[str, str] = {
    "org.read": "查询机构",
    "org.manage": "维护机构",
    "org.check": "复核机构变更",
    "user.read": "查询人员",
    "user.manage": "维护人员",
    "user.check": "复核人员变更",
    "user.transfer": "申请人员调动",
    "user.unlock": "解锁与重置密码",
    "post.read": "查询岗位与角色",
    "post.assign": "设置人员岗位",
    "post.manage": "维护岗位与角色",
    "post.check": "复核岗位与角色变更",
    "rule.manage": "维护牵制规则",
    "rule.check": "复核牵制规则变更",
    "session.manage": "管理会话",
    "change.read": "查看待复核变更",
    "change.decide": "处理待复核变更",
    "review.start": "发起权限核对",
    "review.attest": "核对权限",
    "access.explain": "查询权限来源",
    "core.feed": "报送核心柜员与机构信息",
    "log.read": "查询日志",
    "log.witness": "见证日志",
    "passrate.read": "查询通过率",
    "switch.manage": "维护验印开关",
    "switch.check": "复核验印开关",
    "policy.manage": "维护验印规则",
    "policy.check": "复核验印规则",
    "card.draft": "录入印鉴",
    "card.submit": "提交印鉴",
    "card.review": "复核印鉴",
    "verify.single": "单笔验印",
    "verify.batch": "批量验印",
    "verify.assist": "辅助验印",
    "manual.decide": "人工验印",
    "paper_fold.second": "折角验印第二人",
    "account.sync": "同步账户",
    "account.read": "查询账户",
    "device.manage": "设备管理",
    "device.check": "复核设备登记与参数",
    "device.use": "查看设备与报告故障",
    "inspection.manage": "检查管理",
    "maintenance.propose": "提出停机维护(技术部门)",
    "maintenance.agree": "会签停机维护(业务部门)",
    "maintenance.cancel": "取消停机维护",
    "backup.manage": "备份",
    "restore.drill": "恢复演练",
    "health.read": "运行状态",
    "report.read": "查询报表",
    "report.make": "编制审计报告",
}
"""Permission code → what it lets a person do."""

CORE_BOUND = frozenset(
    code
    for code in PERMISSIONS
    if code.partition(".")[0] in {"card", "verify", "manual", "paper_fold", "account"}
)
"""Permissions that the core system must grant as well (A49); the rest exist only here."""


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions (A36)."""

    id: str
    name_zh: str
    name_en: str
    permissions: tuple[str, ...]
    version: int = 1


@dataclass(frozen=True, slots=True)
class Post:
    """What a person is there for (A28)."""

    id: str
    name_zh: str
    name_en: str
    org_levels: tuple[int, ...]
    clearing_centre_only: bool
    bank_wide: bool
    roles: tuple[str, ...]
    appointed_by: tuple[str, ...]
    version: int = 1


class RuleKind(StrEnum):
    """When an exclusion is checked."""

    STATIC = "STATIC"
    DYNAMIC = "DYNAMIC"


class RuleReach(StrEnum):
    """How far an exclusion between posts reaches."""

    SAME_ORG = "SAME_ORG"
    BANK = "BANK"


@dataclass(frozen=True, slots=True)
class ExclusionRule:
    """Two posts that one person may not hold, or two acts that one person may not do (A30)."""

    id: str
    kind: RuleKind
    first: str
    second: str
    reach: RuleReach
    version: int = 1

    def excludes(self, act: str) -> bool:
        """Tell whether the rule keeps those who did something else from an act."""
        return self.kind is RuleKind.DYNAMIC and act in {self.first, self.second}

    def names(self, one: str, other: str) -> bool:
        """Tell whether the rule is about these two, in either order."""
        return {one, other} == {self.first, self.second}


def check_role(role: Role) -> Role:
    """Refuse a role with a permission that does not exist."""
    for index, code in enumerate(role.permissions):
        if code not in PERMISSIONS:
            raise invalid(f"role.permissions[{index}]", f"{code} is no permission")
    return role


def check_post(post: Post, *, roles: Iterable[str], posts: Iterable[str]) -> Post:
    """Refuse a post that refers to what does not exist."""
    if not post.org_levels or not set(post.org_levels) <= {1, 2, 3}:
        raise invalid("post.org_levels", "name one or more of the levels 1, 2 and 3")
    for field, ids, known in (
        ("post.roles", post.roles, set(roles)),
        ("post.appointed_by", post.appointed_by, {*posts, post.id}),
    ):
        for index, name in enumerate(ids):
            if name not in known:
                raise invalid(f"{field}[{index}]", f"{name} does not exist")
    return post


def check_rule(rule: ExclusionRule, *, posts: Iterable[str], acts: Iterable[str]) -> ExclusionRule:
    """Refuse a rule about one thing and itself, about no post, or about an act nobody checks."""
    if rule.first == rule.second:
        raise invalid("rule.second", "is the same as first: nobody could hold the post")
    static = rule.kind is RuleKind.STATIC
    known = set(posts if static else acts)
    for field, name in (("rule.first", rule.first), ("rule.second", rule.second)):
        if name not in known:
            raise invalid(field, f"there is no {'post' if static else 'act'} {name}")
    return rule


def above(post_id: str, posts: Mapping[str, Post]) -> set[str]:
    """Return the posts above one: those that give it, those that give these, and so on.

    One that gives itself, as headquarters' does, stands above itself: its holders look after one
    another. One that does not exist any more has none above it.
    """
    found: set[str] = set()
    wanted = [post_id]
    while wanted:
        post = posts.get(wanted.pop())
        more = set(post.appointed_by) - found if post else set()
        found |= more
        wanted += more
    return found


def check_place(post: Post, org: Org) -> None:
    """Refuse a post where organisations of this level or kind do not have it."""
    centre = org.kind is OrgKind.CLEARING_CENTRE
    if org.level not in post.org_levels or (post.clearing_centre_only and not centre):
        raise Refusal(Reason.POST_NOT_AT_LEVEL, post=f"posts/{post.id}", org=f"orgs/{org.id}")


def conflicts(
    held: Iterable[Assignment], rules: Iterable[ExclusionRule]
) -> Iterator[tuple[ExclusionRule, Assignment, Assignment]]:
    """Yield every pair of one person's assignments that a static rule excludes."""
    held = list(held)
    for rule in rules:
        if rule.kind is not RuleKind.STATIC:
            continue
        for index, one in enumerate(held):
            for other in held[index + 1 :]:
                near = rule.reach is RuleReach.BANK or one.org_id == other.org_id
                if near and rule.names(one.post_id, other.post_id):
                    yield rule, one, other


def refuse_conflicts(held: Iterable[Assignment], rules: Iterable[ExclusionRule]) -> None:
    """Refuse assignments that one person may not hold together."""
    for rule, one, other in conflicts(held, rules):
        raise Refusal(
            Reason.EXCLUSIVE_POST,
            rule=f"exclusionRules/{rule.id}",
            first=f"posts/{one.post_id}",
            second=f"posts/{other.post_id}",
        )


def refuse_same_person(
    person: str, act: str, done: Iterable[tuple[str, str]], rules: Iterable[ExclusionRule]
) -> None:
    """Refuse an act on a thing by a person who did an act on it that excludes this one.

    Parameters
    ----------
    person, act
        Who is about to do what, for example ``card.review``.
    done
        Acts on the same thing so far: person and act.
    """
    done = list(done)
    for rule in rules:
        if not rule.excludes(act):
            continue
        for who, what in done:
            if who == person and rule.names(what, act):
                raise Refusal(Reason.SAME_PERSON)


def at_org(held: Assignment, org_id: str) -> Assignment:
    """Return an assignment as it would be at another organisation."""
    return replace(held, org_id=org_id)
