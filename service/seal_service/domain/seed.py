"""The posts, roles and exclusions that a new bank starts with (A29, A37; services.md section 5).

Data, not rules: headquarters may change all of it. Migration 0002 writes it once.
"""

from __future__ import annotations

from seal_service.domain.posts import ExclusionRule, Post, Role, RuleKind, RuleReach

_COMMON = ("org.read", "user.read", "post.read", "change.read")
_ADMIN = (*_COMMON, "change.decide", "user.manage", "user.check", "user.transfer", "user.unlock",
          "post.assign", "session.manage", "review.start", "review.attest", "access.explain",
          "log.read", "passrate.read", "report.read", "report.make", "device.use")  # fmt: skip

ROLES = (
    Role("hq-admin", "总行管理员", "headquarters administrator", (
        *_ADMIN, "org.manage", "org.check", "post.manage", "post.check", "rule.manage", "rule.check",
        "switch.manage", "switch.check", "policy.manage", "policy.check", "account.read",
        "maintenance.agree", "maintenance.cancel", "device.check")),
    Role("branch-admin", "分行管理员", "branch administrator", (
        *_ADMIN, "device.manage", "device.check", "inspection.manage")),
    Role("sub-branch-admin", "支行管理员", "sub-branch administrator", _ADMIN),
    Role("card-clerk", "建库录入员", "card clerk", (
        "org.read", "account.read", "account.sync", "card.draft", "card.submit")),
    Role("card-reviewer", "建库复核员", "card reviewer", (
        "org.read", "account.read", "card.review")),
    Role("verifier", "验印员", "verifier", (
        "org.read", "account.read", "verify.single", "verify.assist", "device.use")),
    Role("batch-verifier", "批量验印员", "batch verifier", ("org.read", "verify.batch")),
    Role("manual-verifier", "人工验印员", "manual verifier", (
        "org.read", "manual.decide", "paper_fold.second", "device.use")),
    Role("operator", "科技运维员", "operator", (
        "device.manage", "device.use", "backup.manage", "restore.drill", "health.read",
        "maintenance.propose", "maintenance.cancel")),
    Role("operations-manager", "运营经理", "operations manager", (
        *_COMMON, "passrate.read", "report.read", "inspection.manage", "health.read")),
    Role("business-operator", "业务运营人员", "business operator", (
        "org.read", "account.read", "passrate.read", "report.read")),
    Role("auditor", "审计检查员", "auditor", (
        *_COMMON, "log.read", "passrate.read", "report.read", "report.make", "access.explain")),
    Role("witness", "审计见证", "audit witness", ("log.read", "log.witness")),
    Role("core-interface", "核心接口", "core interface", ("verify.single", "verify.batch", "core.feed")),
)  # fmt: skip

POSTS = (
    Post("sub-branch-teller", "支行柜员", "sub-branch teller", (2, 3), False, False,
         ("card-clerk", "verifier"), ("sub-branch-chief", "branch-admin")),
    Post("sub-branch-reviewer", "支行综合员", "sub-branch reviewer", (2, 3), False, False,
         ("card-reviewer", "manual-verifier"), ("sub-branch-chief", "branch-admin")),
    Post("sub-branch-chief", "支行会计主管", "sub-branch chief accountant", (2, 3), False, False,
         ("sub-branch-admin",), ("branch-admin",)),
    Post("branch-admin", "分行计财部管理员", "branch finance administrator", (2,), False, False,
         ("branch-admin",), ("hq-admin",)),
    Post("centre-teller", "总清柜员", "clearing-centre teller", (2, 3), True, True,
         ("verifier", "batch-verifier"), ("centre-admin", "hq-admin")),
    Post("centre-reviewer", "总清复核员", "clearing-centre reviewer", (2, 3), True, True,
         ("manual-verifier",), ("centre-admin", "hq-admin")),
    Post("centre-admin", "总清管理员", "clearing-centre administrator", (2, 3), True, False,
         ("sub-branch-admin",), ("hq-admin",)),
    Post("hq-admin", "总行管理员", "headquarters administrator", (1,), False, False,
         ("hq-admin",), ("hq-admin",)),
    Post("operator", "科技运维", "technical operations", (1,), False, False,
         ("operator",), ("hq-admin",)),
    Post("operations-manager", "运营经理", "operations manager", (1, 2), False, False,
         ("operations-manager",), ("hq-admin",)),
    Post("business-operator", "业务运营人员", "business operator", (1, 2), False, False,
         ("business-operator",), ("hq-admin",)),
    Post("auditor", "审计检查", "audit and inspection", (1, 2), False, False,
         ("auditor",), ("hq-admin",)),
    Post("witness", "审计见证", "audit witness", (1,), False, False,
         ("witness",), ("hq-admin",)),
    Post("core-interface", "核心接口", "core interface", (1,), False, True,
         ("core-interface",), ("hq-admin",)),
)  # fmt: skip

_TELLERS = ("sub-branch-teller", "centre-teller")
_REVIEWERS = ("sub-branch-reviewer", "centre-reviewer")
_ADMINS = ("sub-branch-chief", "branch-admin", "centre-admin", "hq-admin")
_APART = (
    *((t, r) for t in _TELLERS for r in _REVIEWERS),
    *((a, o) for a in _ADMINS for o in (*_TELLERS, *_REVIEWERS)),
    *(("operator", other) for other in (*_ADMINS, *_TELLERS, *_REVIEWERS)),
    *(("witness", other) for other in (*_ADMINS, *_TELLERS, *_REVIEWERS, "operator")),
    *(
        (manager, other)
        for manager in ("operations-manager", "business-operator")
        for other in (*_ADMINS, *_TELLERS, *_REVIEWERS)
    ),
    *(("auditor", other) for other in (*_ADMINS, *_TELLERS, *_REVIEWERS, "operator")),
)
_ACTS = {
    "card-two-persons": ("card.draft", "card.review"),
    "second-opinion": ("verify.assist", "manual.second"),
    "confirmation-review": ("confirmation.fill", "confirmation.review"),
    "confirmation-seal-fill": ("confirmation.fill", "confirmation.seal"),
    "confirmation-seal-review": ("confirmation.review", "confirmation.seal"),
    "switch-two-persons": ("switch.propose", "switch.approve"),
    "case-decision": ("case.review", "case.decide"),
}

RULES = (
    *(ExclusionRule(f"{a}-not-{b}", RuleKind.STATIC, a, b, RuleReach.BANK) for a, b in _APART),
    *(ExclusionRule(name, RuleKind.DYNAMIC, *acts, RuleReach.BANK)
      for name, acts in _ACTS.items()),
)  # fmt: skip
