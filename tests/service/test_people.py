"""Users, posts, appointments, transfers (A28–A43, A48–A50)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from refusals import refused
from service_bank import Bank, Template, ask_user, running

from sealapi.v1 import change_pb2
from sealapi.v1 import identity_pb2 as pb
from sealapi.v1 import organization_pb2 as org_pb
from sealmatch.client import CallError


def ask_assign(bank: Bank, user: str, post: str, org: str, by: str) -> change_pb2.Change:
    request = pb.AssignPostRequest(
        user=f"users/{user}", post=f"posts/{post}", org=f"orgs/{org}", reason="申请"
    )
    return bank.as_(by).identity.assign_post(request).change


def ask_transfer(
    bank: Bank, user: str, org: str, by: str, posts: tuple[str, ...] = ()
) -> change_pb2.Change:
    request = pb.TransferUserRequest(
        name=f"users/{user}", etag=bank.user(user).etag, new_org=f"orgs/{org}",
        new_posts=[f"posts/{post}" for post in posts], reason="调动",
    )  # fmt: skip
    return bank.as_(by).identity.transfer_user(request).change


def revoke(bank: Bank, user: str, by: str) -> pb.Assignment:
    held = bank.user(user).assignments[0].name
    request = pb.RevokePostRequest(name=held, reason="离岗")
    return bank.as_(by).identity.revoke_post(request).assignment


def test_a29_seven_base_posts_and_a37_five_roles_are_seeded(bank: Bank) -> None:
    posts = bank.as_("hq1").identity.list_posts(pb.ListPostsRequest(page_size=100)).posts
    assert {post.display_name_zh for post in posts} >= {
        "支行柜员", "支行综合员", "支行会计主管", "分行计财部管理员", "总清柜员",
        "总清复核员", "总清管理员",
    }  # fmt: skip
    roles = bank.as_("hq1").identity.list_roles(pb.ListRolesRequest(page_size=100)).roles
    assert {role.display_name_zh for role in roles} >= {
        "总行管理员", "分行管理员", "支行管理员", "建库录入员", "建库复核员",
    }  # fmt: skip


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


def test_a39_who_may_appoint_whom(bank: Bank) -> None:
    for maker, post, org in (
        ("hq1", "sub-branch-teller", "2101"),
        ("hq1", "sub-branch-chief", "2101"),
        ("b1", "branch-admin", "2100"),
        ("c11", "sub-branch-chief", "2101"),
    ):
        with refused("MAY_NOT_APPOINT", post=f"posts/{post}"):
            ask_user(bank, "n1", org, post, maker)
    assert ask_user(bank, "n2", "2101", "sub-branch-chief", "b1").state
    assert ask_user(bank, "n3", "2101", "sub-branch-teller", "c11").state
    assert ask_user(bank, "n4", "2200", "branch-admin", "hq1").state


def open_centre(bank: Bank) -> None:
    """Open a clearing centre below a branch."""
    request = org_pb.CreateOrgRequest(
        org_id="2109", display_name="分行清算中心", parent="orgs/2100",
        kind=org_pb.Org.KIND_CLEARING_CENTRE, reason="x",
    )  # fmt: skip
    bank.approve(bank.as_("hq1").organization.create_org(request).change, "hq2")


def test_a39_a_transfer_appoints_nobody_whom_neither_person_may_appoint(bank: Bank) -> None:
    open_centre(bank)
    for user, post in (("c12", "centre-admin"), ("t12", "centre-teller")):
        with refused("MAY_NOT_APPOINT", post=f"posts/{post}"):
            ask_assign(bank, user, post, "2109", by="b1")
        change = ask_transfer(bank, user, "2109", by="b1", posts=(post,))
        with refused("MAY_NOT_APPOINT", post=f"posts/{post}"):
            bank.approve(change, "b1b")
        # The old side may ask, where the second person is the one who gives the post.
        bank.approve(change, "hq1")


def test_a39_whoever_may_not_appoint_may_not_shut_out_either(bank: Bank) -> None:
    bank.approve(ask_user(bank, "c11b", "2101", "sub-branch-chief", "b1"), "b1b")
    bank.approve(ask_user(bank, "aud2", "2100", "auditor", "hq1"), "hq2")
    for peer, by, post in (
        ("c11b", "c11", "sub-branch-chief"),
        ("b1b", "b1", "branch-admin"),
        ("aud2", "b1", "auditor"),
    ):
        identity = bank.as_(by).identity
        for act in (
            lambda i, u: i.reset_password(pb.ResetPasswordRequest(name=u)),
            lambda i, u: i.unlock_user(pb.UnlockUserRequest(name=u)),
            lambda i, u: i.disable_user(pb.DisableUserRequest(name=u, reason="x")),
        ):
            with refused("MAY_NOT_APPOINT", post=f"posts/{post}"):
                act(identity, f"users/{peer}")
        with refused("MAY_NOT_APPOINT", post=f"posts/{post}"):
            revoke(bank, peer, by=by)
    # Whoever gives the post takes it, and a higher organisation looks after all below it.
    revoke(bank, "c11b", by="b1")
    revoke(bank, "aud2", by="hq1")
    bank.as_("hq1").identity.disable_user(pb.DisableUserRequest(name="users/t11", reason="x"))


def test_posts_exist_where_they_are_meant_to(bank: Bank) -> None:
    with refused("POST_NOT_AT_LEVEL", post="posts/hq-admin", org="orgs/2101"):
        ask_user(bank, "n1", "2101", "hq-admin", "hq1")
    with refused("POST_NOT_AT_LEVEL"):
        ask_user(bank, "n1", "2101", "centre-teller", "hq1")
    assert ask_user(bank, "n1", "2900", "centre-teller", "hq1").state


def test_a38_administrators_reach_their_own_subtree_only(bank: Bank) -> None:
    with refused("OUT_OF_ORG_SCOPE"):
        ask_user(bank, "n1", "2201", "sub-branch-teller", "b1")
    with refused("OUT_OF_ORG_SCOPE"):
        ask_user(bank, "n1", "2102", "sub-branch-teller", "c11")
    with refused("OUT_OF_ORG_SCOPE"):
        bank.user("t21", by="b1")
    listed = bank.as_("b1").identity.list_users(pb.ListUsersRequest(page_size=100)).users
    assert {user.name for user in listed} == {
        f"users/{u}" for u in ("b1", "b1b", "c11", "c12", "t11", "r11", "t12")
    }
    # The checker's reach counts as well.
    change = ask_user(bank, "n1", "2101", "sub-branch-teller", "c11")
    with refused("OUT_OF_ORG_SCOPE"):
        bank.approve(change, "b2")
    with refused("NO_PERMISSION"):
        bank.approve(change, "t11")


def test_a28_a36_a_role_and_a_post_of_ones_own_let_a_person_only_check(bank: Bank) -> None:
    role = pb.Role(
        display_name_zh="只复核", display_name_en="checker",
        permissions=["change.read", "change.decide", "user.check"],
    )  # fmt: skip
    asked = bank.as_("hq1").identity.create_role(
        pb.CreateRoleRequest(role_id="checker", role=role, reason="x")
    )
    bank.approve(asked.change, "hq2")
    post = pb.Post(
        display_name_zh="复核岗", display_name_en="checker", org_levels=[2],
        roles=["roles/checker"], appointed_by=["posts/hq-admin"],
    )  # fmt: skip
    asked_post = bank.as_("hq1").identity.create_post(
        pb.CreatePostRequest(post_id="checker", post=post, reason="x")
    )
    bank.approve(asked_post.change, "hq2")
    bank.approve(ask_user(bank, "k1", "2100", "checker", "hq1"), "hq2")
    from service_bank import choose_password

    reset = pb.ResetPasswordRequest(name="users/k1")
    choose_password(bank, "k1", bank.as_("hq1").identity.reset_password(reset).initial_password)
    change = ask_user(bank, "n1", "2101", "sub-branch-teller", "c11")
    assert bank.approve(change, "k1").checker == "users/k1"
    with refused("NO_PERMISSION", permission="user.manage"):
        ask_user(bank, "n2", "2101", "sub-branch-teller", "k1")


def test_a50_a_revoked_post_ends_the_running_session_at_once(bank: Bank) -> None:
    teller = bank.as_("t11")
    teller.organization.get_org(org_pb.GetOrgRequest(name="orgs/2101"))
    ended = revoke(bank, "t11", by="c11")
    assert ended.end_time.seconds
    with refused("SESSION_EXPIRED"):
        teller.organization.get_org(org_pb.GetOrgRequest(name="orgs/2101"))
    again = bank.sign_in("t11")
    with refused("NO_PERMISSION", permission="org.read"):
        again.organization.get_org(org_pb.GetOrgRequest(name="orgs/2101"))


def test_a50_a_post_revoked_at_one_server_is_gone_at_the_other_with_the_next_call(
    template: Template, tmp_path: Path
) -> None:
    folder, url = template.copy(tmp_path / "data")
    with running(folder, url) as bank, running(folder, url, bank.clock) as other:
        teller = other.as_("t11").organization
        # What each of the servers keeps of the session is kept by now.
        for _ in range(3):
            teller.get_org(org_pb.GetOrgRequest(name="orgs/2101"))
        revoke(bank, "t11", by="c11")
        with refused("SESSION_EXPIRED"):
            teller.get_org(org_pb.GetOrgRequest(name="orgs/2101"))
        with refused("NO_PERMISSION", permission="org.read"):
            other.sign_in("t11").organization.get_org(org_pb.GetOrgRequest(name="orgs/2101"))
    template.drop(url)


def test_nobody_takes_a_post_from_oneself_and_headquarters_keeps_two(bank: Bank) -> None:
    with refused("SAME_PERSON"):
        revoke(bank, "hq1", by="hq1")
    with refused("TOO_FEW_ADMINS"):
        revoke(bank, "hq2", by="hq1")


def test_nobody_asks_for_or_decides_what_is_about_oneself(bank: Bank) -> None:
    # Maker and checker are two persons, and neither is the one who gains.
    with refused("SAME_PERSON"):
        ask_assign(bank, "b1", "sub-branch-chief", "2101", by="b1")
    change = ask_assign(bank, "b1b", "sub-branch-chief", "2101", by="b1")
    with refused("SAME_PERSON"):
        bank.approve(change, "b1b")
    assert bank.approve(change, "hq1").checker == "users/hq1"


def test_a41_a_transfer_inside_a_branch_is_decided_by_the_branch(bank: Bank) -> None:
    change = ask_transfer(bank, "t11", "2102", by="c11", posts=("sub-branch-teller",))
    assert change.org == "orgs/2100"
    with refused("OUT_OF_ORG_SCOPE"):
        bank.approve(change, "c12")
    bank.approve(change, "b1")
    user = bank.user("t11")
    assert (user.org, [a.org for a in user.assignments]) == ("orgs/2102", ["orgs/2102"])


def test_a41_a_transfer_between_branches_is_decided_by_headquarters(bank: Bank) -> None:
    change = ask_transfer(bank, "t11", "2201", by="b1")
    assert change.org == "orgs/1000"
    for branch_admin in ("b2", "b1b"):
        with refused("OUT_OF_ORG_SCOPE"):
            bank.approve(change, branch_admin)
    bank.approve(change, "hq1")
    user = bank.user("t11", by="b2")
    assert (user.org, len(user.assignments)) == ("orgs/2201", 0)


def test_a43_a_change_carries_its_form_and_is_seen_on_the_record(bank: Bank) -> None:
    change = ask_transfer(bank, "t11", "2102", by="c11", posts=("sub-branch-teller",))
    assert change.body["new_org"] == "2102"
    assert (change.maker, change.reason) == ("users/c11", "调动")
    assert bank.user("t11").pending_change == change.name
    inbox = bank.as_("b1").change.list_pending_changes(change_pb2.ListPendingChangesRequest())
    assert [one.name for one in inbox.changes] == [change.name]
    with refused("CHANGE_ALREADY_PENDING", change=change.name):
        ask_transfer(bank, "t11", "2102", by="b1")


def test_a_stale_record_cannot_be_changed_or_approved(bank: Bank) -> None:
    stale = bank.user("t11").etag
    change = ask_transfer(bank, "t11", "2102", by="c11")
    unlock = pb.UnlockUserRequest(name="users/t11")
    bank.as_("c11").identity.unlock_user(unlock)  # the record has another version now
    with refused("ETAG_MISMATCH"):
        bank.approve(change, "b1")
    request = pb.TransferUserRequest(
        name="users/r11", etag=stale + "9", new_org="orgs/2102", reason="x"
    )
    with refused("ETAG_MISMATCH"):
        bank.as_("c11").identity.transfer_user(request)
    with refused("ETAG_MISMATCH"):
        request.etag = "总"
        bank.as_("c11").identity.transfer_user(request)


def ask_update(bank: Bank, by: str, path: str, **fields: Any) -> change_pb2.Change:
    user = pb.User(name="users/t11", etag=bank.user("t11").etag, **fields)
    request = pb.UpdateUserRequest(user=user, update_mask=FieldMask(paths=[path]), reason="x")
    return bank.as_(by).identity.update_user(request).change


def test_a_users_record_changes_with_a_second_person(bank: Bank) -> None:
    change = ask_update(bank, "c11", "qualified_folding", qualified_folding=True)
    assert not bank.user("t11").qualified_folding
    teller = bank.as_("t11")
    bank.approve(change, "b1")
    assert bank.user("t11").qualified_folding
    with refused("SESSION_EXPIRED"):  # the rights may be others now
        teller.organization.list_orgs(org_pb.ListOrgsRequest())
    teller = bank.sign_in("t11")
    bank.approve(ask_update(bank, "c11", "display_name", display_name="新名"), "b1")
    teller.organization.list_orgs(org_pb.ListOrgsRequest())  # a name ends no session
    assert bank.user("t11").display_name == "新名"


def test_a_users_record_takes_only_what_makes_sense(bank: Bank) -> None:
    for path, fields in (
        ("display_name", {"display_name": ""}),
        ("certificate_sha256", {"certificate_sha256": "0" * 64}),  # of a person
        ("certificate_sha256", {"certificate_sha256": "x"}),
        ("locked", {"locked": False}),
    ):
        with refused("INVALID_FIELD"):
            ask_update(bank, "c11", path, **fields)


def test_a49_core_rights_are_not_cut_below_the_posts_held(bank: Bank) -> None:
    with refused("CORE_RIGHTS_MISMATCH"):
        ask_update(bank, "c11", "core_rights", core_rights=["card.draft"])


def test_a_disabled_user_is_out_at_once_and_comes_back_by_two_persons(bank: Bank) -> None:
    teller = bank.as_("t11")
    disable = pb.DisableUserRequest(name="users/t11", reason="长期离岗")
    with refused("SAME_PERSON"):
        teller_chief = pb.DisableUserRequest(name="users/c11", reason="x")
        bank.as_("c11").identity.disable_user(teller_chief)
    user = bank.as_("c11").identity.disable_user(disable).user
    assert (user.disabled, user.disable_reason) == (True, "长期离岗")
    with refused("SESSION_EXPIRED"):
        teller.organization.list_orgs(org_pb.ListOrgsRequest())
    with refused("USER_DISABLED"):
        bank.sign_in("t11")
    # Neither a new password nor an unlocking lets the user in.
    bank.as_("c11").identity.unlock_user(pb.UnlockUserRequest(name="users/t11"))
    with refused("USER_DISABLED"):
        bank.sign_in("t11")
    enable = pb.EnableUserRequest(name="users/t11", etag=bank.user("t11").etag, reason="返岗")
    change = bank.as_("c11").identity.enable_user(enable).change
    with refused("USER_DISABLED"):
        bank.sign_in("t11")
    bank.approve(change, "b1")
    assert bank.sign_in("t11").token
    enable.etag = bank.user("t11").etag
    with refused("INVALID_FIELD"):
        bank.as_("c11").identity.enable_user(enable)


def test_headquarters_keeps_two_administrators_who_can_act(bank: Bank) -> None:
    with refused("TOO_FEW_ADMINS", needed="3", present="2"):
        bank.as_("hq1").identity.disable_user(pb.DisableUserRequest(name="users/hq2", reason="x"))
    bank.approve(ask_user(bank, "hq3", "1000", "hq-admin", "hq1"), "hq2")
    bank.as_("hq1").identity.disable_user(pb.DisableUserRequest(name="users/hq3", reason="x"))
    with refused("TOO_FEW_ADMINS"):
        revoke(bank, "hq2", by="hq1")
    revoke(bank, "hq3", by="hq1")


def test_a49_rights_beyond_the_core_systems_are_refused(bank: Bank) -> None:
    request = pb.CreateUserRequest(
        user_id="n1", display_name="n1", org="orgs/2101", kind=pb.User.KIND_PERSON, reason="x",
        posts=["posts/sub-branch-teller"], core_rights=["card.draft", "verify.single"],
    )  # fmt: skip
    with refused("CORE_RIGHTS_MISMATCH") as caught:
        bank.as_("c11").identity.create_user(request)
    assert caught.value.numbers["permissions"] == (
        "account.read,account.sync,card.submit,verify.assist"
    )


def test_a35_a_changed_role_is_in_force_at_once_in_the_whole_bank(bank: Bank) -> None:
    tellers = [bank.as_(user).identity for user in ("t11", "t12", "t21")]

    def refused_to_all() -> None:
        for teller in tellers:
            with refused("NO_PERMISSION", permission="post.read"):
                teller.list_posts(pb.ListPostsRequest())

    refused_to_all()
    role = bank.as_("hq1").identity.get_role(pb.GetRoleRequest(name="roles/verifier")).role
    role.permissions.append("post.read")
    asked = bank.as_("hq1").identity.update_role(
        pb.UpdateRoleRequest(role=role, update_mask=FieldMask(paths=["permissions"]), reason="x")
    )
    refused_to_all()
    bank.approve(asked.change, "hq2")
    # In their running sessions, at every outlet.
    for teller in tellers:
        assert teller.list_posts(pb.ListPostsRequest()).posts


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


def test_records_in_use_cannot_be_deleted(bank: Bank) -> None:
    def etag(post: str) -> str:
        return bank.as_("hq1").identity.get_post(pb.GetPostRequest(name=f"posts/{post}")).post.etag

    for post, used_by in (("hq-admin", "headquarters"), ("auditor", "users/aud")):
        request = pb.DeletePostRequest(name=f"posts/{post}", etag=etag(post), reason="x")
        with refused("STILL_IN_USE", used_by=used_by):
            bank.as_("hq1").identity.delete_post(request)
    with refused("STILL_IN_USE", used_by="posts/sub-branch-teller"):
        bank.as_("hq1").identity.delete_role(
            pb.DeleteRoleRequest(name="roles/card-clerk", etag="v1", reason="x")
        )


def test_explain_access_and_who_can(bank: Bank) -> None:
    def explain(user: str, permission: str, org: str) -> pb.ExplainAccessResponse:
        request = pb.ExplainAccessRequest(
            user=f"users/{user}", permission=permission, org=f"orgs/{org}"
        )
        return bank.as_("b1").identity.explain_access(request)

    allowed = explain("t11", "card.draft", "2101")
    assert allowed.allowed
    assert allowed.steps[0] == "sub-branch-teller at 2101: grants card.draft over 2101"
    assert not explain("t11", "card.draft", "2102").allowed
    assert not explain("t11", "org.manage", "2101").allowed
    who = bank.as_("b1").identity.who_can(
        pb.WhoCanRequest(permission="card.review", org="orgs/2101")
    )
    assert [one.user for one in who.assignments] == ["users/r11"]
    who = bank.as_("b1").identity.who_can(
        pb.WhoCanRequest(permission="user.manage", org="orgs/2101")
    )
    assert {one.user.removeprefix("users/") for one in who.assignments} == {
        "hq1", "hq2", "b1", "b1b", "c11",
    }  # fmt: skip


def test_e27_explanations_are_what_the_server_does(sqlite_bank: Bank) -> None:
    """What ExplainAccess and WhoCan say of everyone and everywhere, GetUser confirms."""
    bank = sqlite_bank
    bank.as_("c12").identity.disable_user(pb.DisableUserRequest(name="users/t12", reason="x"))
    # One person of each organisation stands for it; each asks to see each.
    there = {"1000": "aud", "2100": "b1", "2200": "b2", "2101": "t11", "2102": "c12", "2201": "t21"}
    askers = ["hq1", "aud", "ops", "cor", "b1", "b2", "c11", "c12", "t11", "r11", "t12", "loc"]
    for org, shown in there.items():
        who = bank.as_("hq1").identity.who_can(
            pb.WhoCanRequest(permission="user.read", org=f"orgs/{org}")
        )
        can = {one.user.removeprefix("users/") for one in who.assignments}
        for asker in askers:
            said = bank.as_("hq1").identity.explain_access(
                pb.ExplainAccessRequest(
                    user=f"users/{asker}", permission="user.read", org=f"orgs/{org}"
                )
            )
            assert said.allowed is (asker in can), (asker, org, said.steps)
            assert said.allowed is bool(said.granted_by)
            assert said.steps
            if asker == shown:
                continue  # everyone sees oneself
            try:
                bank.user(shown, by=asker)
                done = True
            except CallError as error:
                assert error.reason in {"NO_PERMISSION", "OUT_OF_ORG_SCOPE", "USER_DISABLED"}
                done = False
            assert done is said.allowed, (asker, org, said.steps)


def test_explanations_name_what_bars_a_person_and_what_is_switched_off(bank: Bank) -> None:
    bank.as_("c11").identity.disable_user(pb.DisableUserRequest(name="users/t11", reason="x"))
    said = bank.as_("c11").identity.explain_access(
        pb.ExplainAccessRequest(user="users/t11", permission="verify.single", org="orgs/2101")
    )
    assert not said.allowed
    assert said.steps[0].startswith("USER_DISABLED")
    assert said.steps[-1] == "verify.single is switched off for: DIRECT"


def test_a32_auditors_read_and_change_nothing(bank: Bank) -> None:
    assert bank.user("t21", by="aud").name == "users/t21"
    with refused("NO_PERMISSION", permission="user.unlock"):
        bank.as_("aud").identity.unlock_user(pb.UnlockUserRequest(name="users/t21"))


def test_a51_the_quarterly_review(bank: Bank) -> None:
    identity = bank.as_("b1").identity
    listed = identity.list_reviews(pb.ListReviewsRequest())
    assert "orgs/2101" in listed.missing_orgs
    started = identity.start_review(pb.StartReviewRequest(org="orgs/2101", quarter="2026Q4"))
    review = started.review
    assert (review.due_date.month, review.due_date.day) == (12, 31)
    assert "orgs/2101" not in identity.list_reviews(pb.ListReviewsRequest()).missing_orgs
    with refused("ALREADY_EXISTS"):
        identity.start_review(pb.StartReviewRequest(org="orgs/2101", quarter="2026Q4"))
    complete = pb.CompleteReviewRequest(name=review.name, etag=review.etag)
    with refused("REVIEW_INCOMPLETE", open="3"):
        identity.complete_review(complete)

    def attest(item: pb.ReviewItem, verdict: int, by: str) -> None:
        request = pb.AttestAssignmentRequest(
            review=review.name, assignment=item.assignment.name, verdict=verdict, note="核对"
        )
        bank.as_(by).identity.attest_assignment(request)

    items = {item.assignment.user: item for item in review.items}
    with refused("SAME_PERSON"):
        attest(items["users/c11"], pb.ReviewItem.VERDICT_KEEP, by="c11")
    for user, item in items.items():
        keep = user != "users/t11"
        attest(item, pb.ReviewItem.VERDICT_KEEP if keep else pb.ReviewItem.VERDICT_REVOKE, "b1")
    teller = bank.as_("t11")
    done = identity.complete_review(complete).review
    assert done.state == pb.Review.STATE_COMPLETED
    assert bank.user("t11").assignments == []
    with refused("SESSION_EXPIRED"):
        teller.organization.list_orgs(org_pb.ListOrgsRequest())
    with refused("REVIEW_CLOSED"):
        attest(items["users/r11"], pb.ReviewItem.VERDICT_KEEP, by="b1")


def test_a51_a_review_past_its_quarter_is_overdue(bank: Bank) -> None:
    request = pb.StartReviewRequest(org="orgs/2101", quarter="2026Q3")
    review = bank.as_("b1").identity.start_review(request).review
    assert review.overdue


def test_a51_only_this_quarter_and_the_one_before_are_reviewed(bank: Bank) -> None:
    for quarter in ("2027Q1", "2027Q3", "2026Q2", "2020Q4"):
        with refused("INVALID_FIELD"):
            bank.as_("b1").identity.start_review(
                pb.StartReviewRequest(org="orgs/2101", quarter=quarter)
            )


def test_a51_a_post_given_after_the_start_is_reviewed_too(bank: Bank) -> None:
    identity = bank.as_("b1").identity
    request = pb.StartReviewRequest(org="orgs/2101", quarter="2026Q4")
    review = identity.start_review(request).review
    bank.approve(ask_user(bank, "n1", "2101", "sub-branch-teller", "c11"), "b1")

    def attest_all() -> pb.Review:
        found = identity.get_review(pb.GetReviewRequest(name=review.name)).review
        for item in found.items:
            identity.attest_assignment(
                pb.AttestAssignmentRequest(
                    review=review.name, assignment=item.assignment.name,
                    verdict=pb.ReviewItem.VERDICT_KEEP,
                )
            )  # fmt: skip
        return found

    complete = pb.CompleteReviewRequest(name=review.name, etag=attest_all().etag)
    with refused("REVIEW_INCOMPLETE", open="1"):
        identity.complete_review(complete)
    # The refusal has written down what is missing.
    assert "users/n1" in {item.assignment.user for item in attest_all().items}
    assert identity.complete_review(complete).review.state == pb.Review.STATE_COMPLETED
