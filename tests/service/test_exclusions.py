"""Posts and acts that exclude each other (A30)."""

from __future__ import annotations

from refusals import refused
from service_asks import ask_assign
from service_bank import Bank, ask_user

from sealapi.v1 import identity_pb2 as pb


def test_a30_excluding_posts_cannot_be_held_together(bank: Bank) -> None:
    with refused("EXCLUSIVE_POST", rule="exclusionRules/sub-branch-teller-not-sub-branch-reviewer"):
        ask_assign(bank, "t11", "sub-branch-reviewer", "2101", by="c11")
    # Not at another outlet either: the seeded rule reaches the whole bank.
    with refused("EXCLUSIVE_POST"):
        ask_assign(bank, "t11", "sub-branch-reviewer", "2102", by="b1")
    with refused("EXCLUSIVE_POST"):
        change = ask_user(bank, "x1", "2101", "sub-branch-teller", "c11")
        bank.approve(change, "b1")
        ask_assign(bank, "x1", "sub-branch-chief", "2101", by="b1")


def test_a30_a_new_rule_lists_its_offenders_before_it_can_be_asked_for(bank: Bank) -> None:
    rule = pb.ExclusionRule(
        kind=pb.ExclusionRule.KIND_STATIC, first="auditor", second="core-interface",
        reach=pb.ExclusionRule.REACH_BANK,
    )  # fmt: skip
    bank.approve(ask_assign(bank, "aud", "core-interface", "1000", by="hq1"), "hq2")
    preview = bank.as_("hq1").identity.preview_exclusion_rule(
        pb.PreviewExclusionRuleRequest(rule=rule)
    )
    assert [one.user for one in preview.offenders] == ["users/aud"]
    create = pb.CreateExclusionRuleRequest(rule_id="new-rule", rule=rule, reason="x")
    with refused("RULE_BROKEN_TODAY", users="users/aud"):
        bank.as_("hq1").identity.create_exclusion_rule(create)
    wanted = next(a for a in bank.user("aud").assignments if a.post == "posts/core-interface")
    bank.as_("hq1").identity.revoke_post(pb.RevokePostRequest(name=wanted.name, reason="x"))
    change = bank.as_("hq1").identity.create_exclusion_rule(create).change
    bank.approve(change, "hq2")
    with refused("EXCLUSIVE_POST", rule="exclusionRules/new-rule"):
        ask_assign(bank, "aud", "core-interface", "1000", by="hq1")


def dynamic(first: str, second: str) -> pb.ExclusionRule:
    return pb.ExclusionRule(
        kind=pb.ExclusionRule.KIND_DYNAMIC, first=first, second=second,
        reach=pb.ExclusionRule.REACH_BANK,
    )  # fmt: skip


def test_a30_a_dynamic_rule_is_in_force_until_it_is_deleted(bank: Bank) -> None:
    identity = bank.as_("hq1").identity
    for user in ("n1", "n2"):
        bank.approve(ask_user(bank, user, "2101", "sub-branch-teller", "b1"), "b1b")
    rule = dynamic("user.create.ask", "post.assign.approve")
    preview = pb.PreviewExclusionRuleRequest(rule=rule)
    assert not identity.preview_exclusion_rule(preview).offenders
    create = pb.CreateExclusionRuleRequest(rule_id="own-people", rule=rule, reason="x")
    bank.approve(identity.create_exclusion_rule(create).change, "hq2")
    change = ask_assign(bank, "n1", "sub-branch-teller", "2102", by="b1b")
    with refused("SAME_PERSON"):
        bank.approve(change, "b1")  # who has asked for this very user
    bank.approve(change, "hq1")
    bank.approve(ask_assign(bank, "t11", "sub-branch-teller", "2102", by="b1b"), "b1")
    name = "exclusionRules/own-people"
    stored = identity.get_exclusion_rule(pb.GetExclusionRuleRequest(name=name)).rule
    delete = pb.DeleteExclusionRuleRequest(name=name, etag=stored.etag, reason="x")
    bank.approve(identity.delete_exclusion_rule(delete).change, "hq2")
    bank.approve(ask_assign(bank, "n2", "sub-branch-teller", "2102", by="b1b"), "b1")


def test_a30_a_dynamic_rule_keeps_from_asking_too(bank: Bank) -> None:
    create = pb.CreateExclusionRuleRequest(
        rule_id="own-people", rule=dynamic("user.create.approve", "post.assign.ask"), reason="x"
    )
    bank.approve(bank.as_("hq1").identity.create_exclusion_rule(create).change, "hq2")
    bank.approve(ask_user(bank, "n1", "2101", "sub-branch-teller", "b1"), "b1b")
    with refused("SAME_PERSON"):
        ask_assign(bank, "n1", "sub-branch-teller", "2102", by="b1b")
    assert ask_assign(bank, "n1", "sub-branch-teller", "2102", by="b1").name


def test_a30_no_rule_is_made_of_acts_that_nobody_checks(bank: Bank) -> None:
    for first in ("made.up", "confirmation.fill", "sub-branch-teller"):
        rule = dynamic(first, "switch.approve")
        create = pb.CreateExclusionRuleRequest(rule_id="void", rule=rule, reason="x")
        with refused("INVALID_FIELD"):
            bank.as_("hq1").identity.create_exclusion_rule(create)
        with refused("INVALID_FIELD"):
            bank.as_("hq1").identity.preview_exclusion_rule(
                pb.PreviewExclusionRuleRequest(rule=rule)
            )
