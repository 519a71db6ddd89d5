"""One good call of every RPC, and who must not be able to make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from service_bank import PASSWORD, WITNESS, Bank, ask_user

from seal_service.audit.note import cosign
from seal_service.audit.signed import Signed
from sealapi.v1 import audit_pb2 as ab
from sealapi.v1 import change_pb2 as cb
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as ob
from sealapi.v1 import session_pb2 as sb

RULE = "exclusionRules/auditor-not-operator"


@dataclass(frozen=True)
class Case:
    """Who can make a call, who lacks the permission, whose reach is elsewhere (empty: nobody)."""

    user: str
    request: Callable[[Bank], Message]
    powerless: str = "ops"
    elsewhere: str = ""


def etag(bank: Bank, name: str) -> str:
    """Return a record's etag."""
    kind, _, key = name.partition("/")
    identity = bank.as_("hq1").identity
    if kind == "orgs":
        return bank.org(key).etag
    if kind == "users":
        return bank.user(key).etag
    if kind == "posts":
        return identity.get_post(ib.GetPostRequest(name=name)).post.etag
    if kind == "roles":
        return identity.get_role(ib.GetRoleRequest(name=name)).role.etag
    return identity.get_exclusion_rule(ib.GetExclusionRuleRequest(name=name)).rule.etag


def pending(bank: Bank) -> cb.Change:
    """Return a change that waits."""
    return ask_user(bank, "n1", "2101", "sub-branch-teller", "c11")


def review(bank: Bank, *, attested: bool = False) -> ib.Review:
    """Return an open review."""
    identity = bank.as_("b1").identity
    request = ib.StartReviewRequest(org="orgs/2101", quarter="2026Q4")
    found = identity.start_review(request).review
    if attested:
        for item in found.items:
            identity.attest_assignment(attest(found, item))
    return found


def attest(found: ib.Review, item: ib.ReviewItem) -> ib.AttestAssignmentRequest:
    """Return a verdict on an item."""
    return ib.AttestAssignmentRequest(
        review=found.name, assignment=item.assignment.name, verdict=ib.ReviewItem.VERDICT_KEEP
    )


def free(bank: Bank, kind: str) -> str:
    """Return the name of a new post or role that nothing refers to."""
    identity = bank.as_("hq1").identity
    if kind == "post":
        post = identity.create_post(create_post(bank))
        bank.approve(post.change, "hq2")
        return "posts/extra"
    bank.approve(identity.create_role(create_role(bank)).change, "hq2")
    return "roles/extra"


def create_post(_bank: Bank) -> ib.CreatePostRequest:
    """Return a request for a new post."""
    post = ib.Post(
        display_name_zh="新岗", display_name_en="new", org_levels=[3], roles=["roles/verifier"],
        appointed_by=["posts/hq-admin"],
    )  # fmt: skip
    return ib.CreatePostRequest(post_id="extra", post=post, reason="x")


def create_role(_bank: Bank) -> ib.CreateRoleRequest:
    """Return a request for a new role."""
    role = ib.Role(display_name_zh="新", display_name_en="new", permissions=["org.read"])
    return ib.CreateRoleRequest(role_id="extra", role=role, reason="x")


def rule() -> ib.ExclusionRule:
    """Return a rule that nobody breaks."""
    return ib.ExclusionRule(
        kind=ib.ExclusionRule.KIND_STATIC, first="core-interface", second="auditor",
        reach=ib.ExclusionRule.REACH_BANK,
    )  # fmt: skip


def update_post(bank: Bank) -> ib.UpdatePostRequest:
    """Return a request for another name."""
    name = "posts/auditor"
    post = ib.Post(name=name, etag=etag(bank, name), display_name_zh="稽核")
    mask = FieldMask(paths=["display_name_zh"])
    return ib.UpdatePostRequest(post=post, update_mask=mask, reason="x")


def update_role(bank: Bank) -> ib.UpdateRoleRequest:
    """Return a request for another name."""
    name = "roles/auditor"
    role = ib.Role(name=name, etag=etag(bank, name), display_name_zh="稽核")
    mask = FieldMask(paths=["display_name_zh"])
    return ib.UpdateRoleRequest(role=role, update_mask=mask, reason="x")


def update_rule(bank: Bank) -> ib.UpdateExclusionRuleRequest:
    """Return a request for another reach."""
    found = ib.ExclusionRule(
        name=RULE, etag=etag(bank, RULE), kind=ib.ExclusionRule.KIND_STATIC, first="x", second="y",
        reach=ib.ExclusionRule.REACH_SAME_ORG,
    )  # fmt: skip
    mask = FieldMask(paths=["reach"])
    return ib.UpdateExclusionRuleRequest(rule=found, update_mask=mask, reason="x")


def decide(kind: type[Message]) -> Callable[[Bank], Message]:
    """Return how to decide a fresh change."""

    def request(bank: Bank) -> Message:
        change = pending(bank)
        fields = {"name": change.name, "etag": change.etag}
        if "reason" in kind.DESCRIPTOR.fields_by_name:
            fields["reason"] = "x"
        return kind(**fields)

    return request


def create_user(_bank: Bank) -> ib.CreateUserRequest:
    """Return a request for a new teller."""
    return ib.CreateUserRequest(
        user_id="n9", display_name="n9", org="orgs/2101", kind=ib.User.KIND_PERSON, reason="x",
        posts=["posts/sub-branch-teller"],
    )  # fmt: skip


def a_session(bank: Bank) -> str:
    """Return the name of a teller's session."""
    client = bank.sign_in("t11")
    return client.session.list_sessions(sb.ListSessionsRequest()).sessions[-1].name


def as_of(_bank: Bank) -> ob.ListOrgHistoryRequest:
    """Return a look at now."""
    return ob.ListOrgHistoryRequest(as_of=Timestamp(seconds=1_795_400_000))


def change_password(_bank: Bank) -> sb.ChangePasswordRequest:
    """Return a change of password."""
    return sb.ChangePasswordRequest(old_password=PASSWORD, new_password="Red-Carpet-93")


def logged(bank: Bank) -> str:
    """Return the name of an event at an outlet that is under a checkpoint: everyone signed in."""
    (number,) = bank.rows("audit_event", "organisation = '2101' order by seq limit 1")[0][:1]
    return f"auditEvents/{number}"


def signed(bank: Bank) -> str:
    """Return the name of a checkpoint."""
    return f"checkpoints/{bank.rows('audit_checkpoint', 'true order by size')[0].size}"


def cosignature(bank: Bank) -> ab.AddCosignatureRequest:
    """Return a witness's signature over a checkpoint; its line cannot be told from a good one."""
    row = bank.rows("audit_checkpoint", "true order by size")[0]
    line = cosign(WITNESS, Signed(row.note).checkpoint, 1_795_400_000)
    return ab.AddCosignatureRequest(name=f"checkpoints/{row.size}", cosignature=str(line))


def org_request(kind: type[Message], **fields: str) -> Callable[[Bank], Message]:
    """Return how to ask for a change of an outlet."""
    return lambda bank: kind(name="orgs/2101", etag=etag(bank, "orgs/2101"), reason="x", **fields)


HQ = "hq1"
CASES: dict[str, Case] = {
    "OrganizationService/CreateOrg": Case(HQ, lambda _: ob.CreateOrgRequest(
        org_id="2103", display_name="x", parent="orgs/2100", kind=ob.Org.KIND_REAL, reason="x"), "b1"),
    "OrganizationService/GetOrg": Case("c11", lambda _: ob.GetOrgRequest(name="orgs/2101"),
                                       elsewhere="c12"),
    "OrganizationService/ListOrgs": Case("c11", lambda _: ob.ListOrgsRequest()),
    "OrganizationService/UpdateOrg": Case(HQ, lambda bank: ob.UpdateOrgRequest(
        name="orgs/2101", etag=etag(bank, "orgs/2101"), display_name="y", reason="x",
        update_mask=FieldMask(paths=["display_name"])), "b1"),
    "OrganizationService/DeleteOrg": Case(HQ, lambda bank: ob.DeleteOrgRequest(
        name="orgs/2199", etag=etag(bank, "orgs/2199"), reason="x"), "b1"),
    "OrganizationService/TransferOrg": Case(
        HQ, org_request(ob.TransferOrgRequest, new_parent="orgs/2200"), "b1"),
    "OrganizationService/MergeOrgs": Case(HQ, org_request(ob.MergeOrgsRequest, into="orgs/2102"), "b1"),
    "OrganizationService/PreviewMerge": Case(HQ, lambda _: ob.PreviewMergeRequest(
        name="orgs/2101", into="orgs/2102"), "b1"),
    "OrganizationService/ListOrgHistory": Case("b1", as_of),
    "IdentityService/BootstrapSuperAdmin": Case("", lambda _: ib.BootstrapSuperAdminRequest(
        bootstrap_token="x", user_id="r2", display_name="x", password=PASSWORD, org_id="9999",
        org_display_name="x"), ""),
    "IdentityService/SealSuperAdmin": Case("", lambda _: ib.SealSuperAdminRequest(), HQ),
    "IdentityService/CreateUser": Case("c11", create_user, elsewhere="c12"),
    "IdentityService/GetUser": Case("c11", lambda _: ib.GetUserRequest(name="users/t11"),
                                    elsewhere="c12"),
    "IdentityService/ListUsers": Case("c11", lambda _: ib.ListUsersRequest()),
    "IdentityService/AssignPost": Case("b1", lambda _: ib.AssignPostRequest(
        user="users/t11", post="posts/sub-branch-teller", org="orgs/2102", reason="x"),
        elsewhere="b2"),
    "IdentityService/RevokePost": Case("c11", lambda bank: ib.RevokePostRequest(
        name=bank.user("t11").assignments[0].name, reason="x"), elsewhere="c12"),
    "IdentityService/TransferUser": Case("c11", lambda bank: ib.TransferUserRequest(
        name="users/t11", etag=etag(bank, "users/t11"), new_org="orgs/2102", reason="x"),
        elsewhere="b2"),
    "IdentityService/ResetPassword": Case(
        "c11", lambda _: ib.ResetPasswordRequest(name="users/t11"), elsewhere="c12"),
    "IdentityService/UnlockUser": Case(
        "c11", lambda _: ib.UnlockUserRequest(name="users/t11"), elsewhere="c12"),
    "IdentityService/CreatePost": Case(HQ, create_post, "b1"),
    "IdentityService/GetPost": Case("c11", lambda _: ib.GetPostRequest(name="posts/auditor")),
    "IdentityService/ListPosts": Case("c11", lambda _: ib.ListPostsRequest()),
    "IdentityService/UpdatePost": Case(HQ, update_post, "b1"),
    "IdentityService/DeletePost": Case(HQ, lambda bank: ib.DeletePostRequest(
        name=free(bank, "post"), etag="v1", reason="x"), "b1"),
    "IdentityService/CreateRole": Case(HQ, create_role, "b1"),
    "IdentityService/GetRole": Case("c11", lambda _: ib.GetRoleRequest(name="roles/auditor")),
    "IdentityService/ListRoles": Case("c11", lambda _: ib.ListRolesRequest()),
    "IdentityService/UpdateRole": Case(HQ, update_role, "b1"),
    "IdentityService/DeleteRole": Case(HQ, lambda bank: ib.DeleteRoleRequest(
        name=free(bank, "role"), etag="v1", reason="x"), "b1"),
    "IdentityService/CreateExclusionRule": Case(HQ, lambda _: ib.CreateExclusionRuleRequest(
        rule_id="extra", rule=rule(), reason="x"), "b1"),
    "IdentityService/GetExclusionRule": Case(
        "c11", lambda _: ib.GetExclusionRuleRequest(name=RULE)),
    "IdentityService/ListExclusionRules": Case("c11", lambda _: ib.ListExclusionRulesRequest()),
    "IdentityService/UpdateExclusionRule": Case(HQ, update_rule, "b1"),
    "IdentityService/DeleteExclusionRule": Case(HQ, lambda bank: ib.DeleteExclusionRuleRequest(
        name=RULE, etag=etag(bank, RULE), reason="x"), "b1"),
    "IdentityService/PreviewExclusionRule": Case(
        HQ, lambda _: ib.PreviewExclusionRuleRequest(rule=rule()), "b1"),
    "IdentityService/StartReview": Case("c11", lambda _: ib.StartReviewRequest(
        org="orgs/2101", quarter="2026Q4"), elsewhere="c12"),
    "IdentityService/GetReview": Case(
        "c11", lambda bank: ib.GetReviewRequest(name=review(bank).name), elsewhere="c12"),
    "IdentityService/ListReviews": Case("c11", lambda _: ib.ListReviewsRequest()),
    "IdentityService/AttestAssignment": Case(
        "b1", lambda bank: attest(found := review(bank), found.items[0]), elsewhere="c12"),
    "IdentityService/CompleteReview": Case("b1", lambda bank: ib.CompleteReviewRequest(
        name=review(bank, attested=True).name, etag="v1"), elsewhere="c12"),
    "IdentityService/ExplainAccess": Case("c11", lambda _: ib.ExplainAccessRequest(
        user="users/t11", permission="card.draft", org="orgs/2101"), elsewhere="c12"),
    "IdentityService/WhoCan": Case("c11", lambda _: ib.WhoCanRequest(
        permission="card.draft", org="orgs/2101"), elsewhere="c12"),
    "SessionService/Login": Case("", lambda _: sb.LoginRequest(user_id="t11", password=PASSWORD), ""),
    "SessionService/ExchangeSsoTicket": Case(
        "", lambda _: sb.ExchangeSsoTicketRequest(ticket="x"), ""),
    "SessionService/ChangePassword": Case("t11", change_password, ""),
    "SessionService/Refresh": Case("t11", lambda _: sb.RefreshRequest(), ""),
    "SessionService/Logout": Case("t11", lambda _: sb.LogoutRequest(), ""),
    "SessionService/ListSessions": Case("t11", lambda _: sb.ListSessionsRequest(), ""),
    "SessionService/RevokeSession": Case(
        "c11", lambda bank: sb.RevokeSessionRequest(name=a_session(bank)), elsewhere="c12"),
    "ChangeService/ListPendingChanges": Case("c11", lambda _: cb.ListPendingChangesRequest()),
    "ChangeService/GetPendingChange": Case("b1", lambda bank: cb.GetPendingChangeRequest(
        name=pending(bank).name), elsewhere="b2"),
    "ChangeService/ApproveChange": Case("b1", decide(cb.ApproveChangeRequest), elsewhere="b2"),
    "ChangeService/RejectChange": Case("b1", decide(cb.RejectChangeRequest), elsewhere="b2"),
    "ChangeService/WithdrawChange": Case("c11", decide(cb.WithdrawChangeRequest)),
    "AuditService/ListAuditEvents": Case("c11", lambda _: ab.ListAuditEventsRequest()),
    "AuditService/GetAuditEvent": Case("c11", lambda bank: ab.GetAuditEventRequest(
        name=logged(bank)), elsewhere="c12"),
    "AuditService/GetCheckpoint": Case("aud", lambda bank: ab.GetCheckpointRequest(
        name=signed(bank))),
    "AuditService/GetInclusionProof": Case("c11", lambda bank: ab.GetInclusionProofRequest(
        name=logged(bank)), elsewhere="c12"),
    "AuditService/GetConsistencyProof": Case("aud", lambda bank: ab.GetConsistencyProofRequest(
        old_size=1, checkpoint=signed(bank))),
    "AuditService/AddCosignature": Case("wit", cosignature, "aud"),
}  # fmt: skip

PUBLIC = {
    name
    for name in CASES
    if name.rpartition("/")[2] in {"Login", "ExchangeSsoTicket", "BootstrapSuperAdmin"}
}
SELF = {
    f"SessionService/{name}" for name in ("ChangePassword", "Refresh", "Logout", "ListSessions")
}
EXPECTED_REFUSAL = {
    "IdentityService/BootstrapSuperAdmin": "BOOTSTRAP_REFUSED",
    "IdentityService/SealSuperAdmin": "SESSION_EXPIRED",
    "SessionService/ExchangeSsoTicket": "NOT_BUILT",
}
"""What a founded bank without single sign-on answers: their own tests make these calls succeed."""
