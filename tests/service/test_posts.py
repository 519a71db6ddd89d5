"""Posts, roles, who may give them, and how soon they count (A28–A39, A50)."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.field_mask_pb2 import FieldMask
from refusals import refused
from service_asks import ask_assign, ask_transfer, revoke
from service_bank import Bank, Template, ask_user, running

from sealapi.v1 import identity_pb2 as pb
from sealapi.v1 import organization_pb2 as org_pb


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
