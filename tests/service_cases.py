"""One good call of every RPC, and who must not be able to make it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from service_bank import PASSWORD, WITNESS, Bank, ask_user

from seal_service.application import nightly, reminders
from seal_service.application.ports import ALLOWED, AuditEntry
from seal_service.audit.note import cosign
from seal_service.audit.signed import Signed
from sealapi.v1 import access_mode_pb2 as mb
from sealapi.v1 import audit_pb2 as ab
from sealapi.v1 import change_pb2 as cb
from sealapi.v1 import device_pb2 as db
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import maintenance_pb2 as nb
from sealapi.v1 import organization_pb2 as ob
from sealapi.v1 import session_pb2 as sb

RULE = "exclusionRules/auditor-not-operator"
IMAGE = "accounts/6222000000000001/cards/1/seals/2"


@dataclass(frozen=True)
class Case:
    """A call and its people.

    `user` can make it, `powerless` lacks the permission, `elsewhere` holds it where it does not
    reach. A list refuses nobody for that: what `user` sees of `hidden` is not shown to `c12`.
    """

    user: str
    request: Callable[[Bank], Message]
    powerless: str = "ops"
    elsewhere: str = ""
    hidden: str = ""


def bank_wide(request: Callable[[Bank], Message]) -> Case:
    """Return the case of a call that headquarters alone can make."""
    return Case("hq1", request, powerless="b1", elsewhere="loc")


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


def update_user(bank: Bank) -> ib.UpdateUserRequest:
    """Return a request for another name."""
    user = ib.User(name="users/t11", etag=etag(bank, "users/t11"), display_name="新名")
    return ib.UpdateUserRequest(
        user=user, update_mask=FieldMask(paths=["display_name"]), reason="x"
    )


def enable_user(bank: Bank) -> ib.EnableUserRequest:
    """Return a request to let a user in who has just been shut out."""
    bank.as_("b1").identity.disable_user(ib.DisableUserRequest(name="users/t11", reason="x"))
    return ib.EnableUserRequest(name="users/t11", etag=etag(bank, "users/t11"), reason="x")


def a_session(bank: Bank) -> str:
    """Return the name of a teller's session."""
    client = bank.sign_in("t11")
    return client.session.list_sessions(sb.ListSessionsRequest()).sessions[-1].name


def as_of(_bank: Bank) -> ob.ListOrgHistoryRequest:
    """Return a look at now."""
    return ob.ListOrgHistoryRequest(as_of=Timestamp(seconds=1_795_400_000))


def after(made: Callable[[Bank], object], request: Message) -> Callable[[Bank], Message]:
    """Return how to make something and then ask for a list of it."""

    def listed(bank: Bank) -> Message:
        made(bank)
        return request

    return listed


def remind(bank: Bank) -> None:
    """Have every organisation reminded of its review."""
    pipeline = bank.server.pipeline
    with pipeline.database.write() as work:
        assert reminders.remind(work, pipeline.tools.rules, date(2026, 12, 20)) > 0


def core_tellers(_bank: Bank) -> ib.RecordCoreTellersRequest:
    """Return the core system's report of one teller whom nobody has here."""
    teller = ib.CoreTeller(
        user_id="other", display_name="他人", org="orgs/2101", rights=["card.draft"], active=True
    )
    return ib.RecordCoreTellersRequest(tellers=[teller])


def core_orgs(_bank: Bank) -> ob.RecordCoreOrgsRequest:
    """Return the core system's report of an outlet under another name."""
    org = ob.CoreOrg(org="orgs/2101", display_name="新名", parent="orgs/2100", active=True)
    return ob.RecordCoreOrgsRequest(orgs=[org])


def report_other_name(bank: Bank) -> None:
    """Let the core system report that outlet."""
    bank.as_("cor").organization.record_core_orgs(core_orgs(bank))


def maintenance(
    bank: Bank, *, in_h: float = 48, lasting_h: float = 2
) -> nb.ScheduleMaintenanceRequest:
    """Return a request for a time of maintenance."""
    start, end = Timestamp(), Timestamp()
    begin = bank.clock() + timedelta(hours=in_h)
    start.FromDatetime(begin)
    end.FromDatetime(begin + timedelta(hours=lasting_h))
    return nb.ScheduleMaintenanceRequest(
        start_time=start, end_time=end, notice="系统升级", reason="x"
    )


def announced(bank: Bank) -> str:
    """Return the name of maintenance on which both sides have agreed."""
    asked = bank.as_("ops").operations.schedule_maintenance(maintenance(bank)).change
    return bank.approve(asked, "hq1").target


SCANNER = "devices/SC-0001"
PARAMETERS = db.CaptureParameters(
    dpi=300, colour=db.CaptureParameters.COLOUR_FULL, format=db.CaptureParameters.FORMAT_JPEG,
    jpeg_quality=90,
)  # fmt: skip


def scanner(_bank: Bank | None = None, number: str = "SC-0001") -> db.RegisterDeviceRequest:
    """Return a request for a scanner of an outlet."""
    return db.RegisterDeviceRequest(
        device_id=number, org="orgs/2101", model="扫描仪 X", serial_number="7-13",
        parameters=PARAMETERS, reason="x",
    )  # fmt: skip


def registered(bank: Bank) -> db.Device:
    """Return that scanner, on which two persons have agreed."""
    bank.approve(bank.as_("b1").device.register_device(scanner()).change, "b1b")
    return bank.as_("t11").device.get_device(db.GetDeviceRequest(name=SCANNER)).device


def faulty(bank: Bank) -> str:
    """Return the name of a fault of it."""
    return bank.as_("t11").device.report_fault(fault(bank)).fault.name


def fault(bank: Bank) -> db.ReportFaultRequest:
    """Return a report of a fault."""
    registered(bank)
    return db.ReportFaultRequest(name=SCANNER, kind=db.DeviceFault.KIND_FAULT, note="条纹")


def other_parameters(bank: Bank) -> db.SetCaptureParametersRequest:
    """Return a request for another resolution."""
    found = registered(bank)
    found.parameters.dpi = 200
    return db.SetCaptureParametersRequest(
        name=found.name, parameters=found.parameters, etag=found.etag, reason="x"
    )


def first_chief(bank: Bank) -> ib.AddFirstChiefRequest:
    """Return a request for the chief of an outlet that is new; the core system knows the teller."""
    organization = bank.as_("hq1").organization
    asked = organization.create_org(
        ob.CreateOrgRequest(
            org_id="2105", display_name="新", parent="orgs/2100", kind=ob.Org.KIND_REAL, reason="x"
        )
    )
    bank.approve(asked.change, "hq2")
    teller = ib.CoreTeller(user_id="c15", display_name="主管", org="orgs/2105", active=True)
    bank.as_("cor").identity.record_core_tellers(ib.RecordCoreTellersRequest(tellers=[teller]))
    now = Timestamp()
    now.FromDatetime(bank.clock())
    return ib.AddFirstChiefRequest(
        user_id="c15", org="orgs/2105", post="posts/sub-branch-chief",
        phone_note=ib.PhoneNote(caller="筹备组", call_time=now, words="申请设置主管"),
        evidence=ib.Document(number="2026-7", sha256="ab" * 32),
    )  # fmt: skip


def compare(bank: Bank) -> None:
    """Compare everyone's rights with a core system that knows nobody of ours."""
    bank.as_("cor").identity.record_core_tellers(core_tellers(bank))
    nightly.run_due(bank.server.pipeline.database, bank.server.pipeline.tools.rules, bank.clock())


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


def seen_image(bank: Bank) -> ab.ListAccessToImageRequest:
    """Return how to ask who has seen an image that was seen at an outlet."""
    database: Any = bank.server.pipeline.database
    database.record(
        AuditEntry(
            kind="DOCUMENT", actor="teller-of-2101", org="2101", rpc="SealLibrary/RenderSealView",
            target=f"{IMAGE}/views/1", decision=ALLOWED, at=bank.clock(), trace_id="",
            request_id="", peer="", data_class=5,
        )
    )  # fmt: skip
    while bank.rows("audit_outbox"):
        time.sleep(0.02)  # The test's own limit of time ends it.
    return ab.ListAccessToImageRequest(image=IMAGE)


def audit_report(bank: Bank) -> ab.CreateAuditReportRequest:
    """Return how to ask for a report of an outlet's day."""
    start, end = Timestamp(), Timestamp()
    start.FromDatetime(bank.clock() - timedelta(days=2))
    end.FromDatetime(bank.clock())
    return ab.CreateAuditReportRequest(org="orgs/2101", start_time=start, end_time=end)


def org_request(kind: type[Message], **fields: str) -> Callable[[Bank], Message]:
    """Return how to ask for a change of an outlet."""
    return lambda bank: kind(name="orgs/2101", etag=etag(bank, "orgs/2101"), reason="x", **fields)


CASES: dict[str, Case] = {
    "OrganizationService/CreateOrg": bank_wide(lambda _: ob.CreateOrgRequest(
        org_id="2103", display_name="x", parent="orgs/2100", kind=ob.Org.KIND_REAL, reason="x")),
    "OrganizationService/GetOrg": Case("c11", lambda _: ob.GetOrgRequest(name="orgs/2101"),
                                       elsewhere="c12"),
    "OrganizationService/ListOrgs": Case("c11", lambda _: ob.ListOrgsRequest(), hidden="orgs/2101"),
    "OrganizationService/UpdateOrg": bank_wide(lambda bank: ob.UpdateOrgRequest(
        name="orgs/2101", etag=etag(bank, "orgs/2101"), display_name="y", reason="x",
        update_mask=FieldMask(paths=["display_name"]))),
    "OrganizationService/DeleteOrg": bank_wide(lambda bank: ob.DeleteOrgRequest(
        name="orgs/2199", etag=etag(bank, "orgs/2199"), reason="x")),
    "OrganizationService/TransferOrg": bank_wide(
        org_request(ob.TransferOrgRequest, new_parent="orgs/2200")),
    "OrganizationService/MergeOrgs": bank_wide(org_request(ob.MergeOrgsRequest, into="orgs/2102")),
    "OrganizationService/PreviewMerge": bank_wide(lambda _: ob.PreviewMergeRequest(
        name="orgs/2101", into="orgs/2102")),
    "OrganizationService/ListOrgHistory": Case("b1", as_of, hidden="orgs/2101"),
    "OrganizationService/RecordCoreOrgs": Case("cor", core_orgs, elsewhere="loc"),
    "OrganizationService/ListOrgDifferences": Case(
        "c11", after(report_other_name, ob.ListOrgDifferencesRequest()), hidden="orgs/2101"),
    "IdentityService/BootstrapSuperAdmin": Case("", lambda _: ib.BootstrapSuperAdminRequest(
        bootstrap_token="x", user_id="r2", display_name="x", password=PASSWORD, org_id="9999",
        org_display_name="x"), ""),
    "IdentityService/SealSuperAdmin": Case("", lambda _: ib.SealSuperAdminRequest(), "hq1"),
    "IdentityService/CreateUser": Case("c11", create_user, elsewhere="c12"),
    "IdentityService/GetUser": Case("c11", lambda _: ib.GetUserRequest(name="users/t11"),
                                    elsewhere="c12"),
    "IdentityService/ListUsers": Case("c11", lambda _: ib.ListUsersRequest(), hidden="users/t11"),
    "IdentityService/UpdateUser": Case("c11", update_user, elsewhere="c12"),
    "IdentityService/DisableUser": Case("c11", lambda _: ib.DisableUserRequest(
        name="users/t11", reason="x"), elsewhere="c12"),
    "IdentityService/EnableUser": Case("c11", enable_user, elsewhere="c12"),
    "IdentityService/AssignPost": Case("b1", lambda _: ib.AssignPostRequest(
        user="users/t11", post="posts/sub-branch-teller", org="orgs/2102", reason="x"),
        elsewhere="b2"),
    "IdentityService/AddFirstChief": Case("b1", first_chief, elsewhere="b2"),
    "IdentityService/RevokePost": Case("c11", lambda bank: ib.RevokePostRequest(
        name=bank.user("t11").assignments[0].name, reason="x"), elsewhere="c12"),
    "IdentityService/TransferUser": Case("c11", lambda bank: ib.TransferUserRequest(
        name="users/t11", etag=etag(bank, "users/t11"), new_org="orgs/2102", reason="x"),
        elsewhere="b2"),
    "IdentityService/ResetPassword": Case(
        "c11", lambda _: ib.ResetPasswordRequest(name="users/t11"), elsewhere="c12"),
    "IdentityService/UnlockUser": Case(
        "c11", lambda _: ib.UnlockUserRequest(name="users/t11"), elsewhere="c12"),
    "IdentityService/CreatePost": bank_wide(create_post),
    "IdentityService/GetPost": Case("c11", lambda _: ib.GetPostRequest(name="posts/auditor")),
    "IdentityService/ListPosts": Case("c11", lambda _: ib.ListPostsRequest()),
    "IdentityService/UpdatePost": bank_wide(update_post),
    "IdentityService/DeletePost": bank_wide(lambda bank: ib.DeletePostRequest(
        name=free(bank, "post"), etag="v1", reason="x")),
    "IdentityService/CreateRole": bank_wide(create_role),
    "IdentityService/GetRole": Case("c11", lambda _: ib.GetRoleRequest(name="roles/auditor")),
    "IdentityService/ListRoles": Case("c11", lambda _: ib.ListRolesRequest()),
    "IdentityService/UpdateRole": bank_wide(update_role),
    "IdentityService/DeleteRole": bank_wide(lambda bank: ib.DeleteRoleRequest(
        name=free(bank, "role"), etag="v1", reason="x")),
    "IdentityService/CreateExclusionRule": bank_wide(lambda _: ib.CreateExclusionRuleRequest(
        rule_id="extra", rule=rule(), reason="x")),
    "IdentityService/GetExclusionRule": Case(
        "c11", lambda _: ib.GetExclusionRuleRequest(name=RULE)),
    "IdentityService/ListExclusionRules": Case("c11", lambda _: ib.ListExclusionRulesRequest()),
    "IdentityService/UpdateExclusionRule": bank_wide(update_rule),
    "IdentityService/DeleteExclusionRule": bank_wide(lambda bank: ib.DeleteExclusionRuleRequest(
        name=RULE, etag=etag(bank, RULE), reason="x")),
    "IdentityService/PreviewExclusionRule": bank_wide(
        lambda _: ib.PreviewExclusionRuleRequest(rule=rule())),
    "IdentityService/StartReview": Case("c11", lambda _: ib.StartReviewRequest(
        org="orgs/2101", quarter="2026Q4"), elsewhere="c12"),
    "IdentityService/GetReview": Case(
        "c11", lambda bank: ib.GetReviewRequest(name=review(bank).name), elsewhere="c12"),
    "IdentityService/ListReviews": Case("c11", after(review, ib.ListReviewsRequest()), hidden="orgs/2101"),
    "IdentityService/AttestAssignment": Case(
        "b1", lambda bank: attest(found := review(bank), found.items[0]), elsewhere="c12"),
    "IdentityService/CompleteReview": Case("b1", lambda bank: ib.CompleteReviewRequest(
        name=review(bank, attested=True).name, etag="v1"), elsewhere="c12"),
    "IdentityService/ListReminders": Case(
        "c11", after(remind, ib.ListRemindersRequest()), hidden="orgs/2101"),
    "IdentityService/ListReviewSummaries": Case(
        "c11", lambda _: ib.ListReviewSummariesRequest(), hidden="orgs/2101"),
    "IdentityService/RecordCoreTellers": Case("cor", core_tellers, elsewhere="loc"),
    "IdentityService/ListRightsFindings": Case(
        "c11", after(compare, ib.ListRightsFindingsRequest()), hidden="users/t11"),
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
    "PolicyService/ListAccessModes": Case("c11", lambda _: mb.ListAccessModesRequest()),
    "PolicyService/SetAccessMode": bank_wide(lambda _: mb.SetAccessModeRequest(
        mode=mb.ACCESS_MODE_DIRECT, enabled=True, etag="v1", reason="x")),
    "ChangeService/ListPendingChanges": Case(
        "c11", after(pending, cb.ListPendingChangesRequest()), hidden="orgs/2101"),
    "ChangeService/GetPendingChange": Case("b1", lambda bank: cb.GetPendingChangeRequest(
        name=pending(bank).name), elsewhere="b2"),
    "ChangeService/ApproveChange": Case("b1", decide(cb.ApproveChangeRequest), elsewhere="b2"),
    "ChangeService/RejectChange": Case("b1", decide(cb.RejectChangeRequest), elsewhere="b2"),
    "ChangeService/WithdrawChange": Case("c11", decide(cb.WithdrawChangeRequest)),
    "AuditService/ListAuditEvents": Case(
        "c11", lambda _: ab.ListAuditEventsRequest(), hidden="orgs/2101"),
    "AuditService/GetAuditEvent": Case("c11", lambda bank: ab.GetAuditEventRequest(
        name=logged(bank)), elsewhere="c12"),
    "AuditService/GetCheckpoint": Case("aud", lambda bank: ab.GetCheckpointRequest(
        name=signed(bank))),
    "AuditService/GetInclusionProof": Case("c11", lambda bank: ab.GetInclusionProofRequest(
        name=logged(bank)), elsewhere="c12"),
    "AuditService/GetConsistencyProof": Case("aud", lambda bank: ab.GetConsistencyProofRequest(
        old_size=1, checkpoint=signed(bank))),
    "AuditService/VerifyRange": Case(
        "aud", lambda _: ab.VerifyRangeRequest(count=100), elsewhere="loc"),
    "AuditService/ListAccessToImage": Case("c11", seen_image, hidden="teller-of-2101"),
    "AuditService/CreateAuditReport": Case("c11", audit_report, elsewhere="c12"),
    "OperationsService/ScheduleMaintenance": Case(
        "ops", maintenance, powerless="hq1", elsewhere="loc"),
    "OperationsService/CancelMaintenance": Case(
        "ops", lambda bank: nb.CancelMaintenanceRequest(name=announced(bank), reason="x"),
        powerless="b1", elsewhere="loc"),
    "OperationsService/ListMaintenances": Case("t11", lambda _: nb.ListMaintenancesRequest(), ""),
    "DeviceService/RegisterDevice": Case("b1", scanner, "hq1", elsewhere="b2"),
    "DeviceService/SetCaptureParameters": Case("b1", other_parameters, "hq1", elsewhere="b2"),
    "DeviceService/RetireDevice": Case("b1", lambda bank: db.RetireDeviceRequest(
        name=SCANNER, etag=registered(bank).etag, reason="x"), "hq1", elsewhere="b2"),
    "DeviceService/ReportFault": Case("t11", fault, "aud", elsewhere="t12"),
    "DeviceService/ResolveFault": Case("b1", lambda bank: db.ResolveFaultRequest(
        name=faulty(bank), note="x"), "hq1", elsewhere="b2"),
    "DeviceService/GetDevice": Case("t11", lambda bank: db.GetDeviceRequest(
        name=registered(bank).name), "aud", elsewhere="t12"),
    "DeviceService/ListDevices": Case(
        "t11", after(registered, db.ListDevicesRequest()), "aud", hidden=SCANNER),
    "AuditService/AddCosignature": Case("wit", cosignature, "aud", elsewhere="loc"),
}  # fmt: skip

PUBLIC = {
    name
    for name in CASES
    if name.rpartition("/")[2] in {"Login", "ExchangeSsoTicket", "BootstrapSuperAdmin"}
}
SELF = {
    f"SessionService/{name}" for name in ("ChangePassword", "Refresh", "Logout", "ListSessions")
} | {"OperationsService/ListMaintenances"}
OPEN = {
    f"IdentityService/{verb}{noun}{plural}"
    for noun in ("Post", "Role", "ExclusionRule")
    for verb, plural in (("Get", ""), ("List", "s"))
} | {
    "PolicyService/ListAccessModes",
    "AuditService/GetCheckpoint",
    "AuditService/GetConsistencyProof",
}
"""The bank's rules and the log's checkpoints: whoever may read any may read all."""
EXPECTED_REFUSAL = {
    "IdentityService/BootstrapSuperAdmin": "BOOTSTRAP_REFUSED",
    "IdentityService/SealSuperAdmin": "SESSION_EXPIRED",
    "SessionService/ExchangeSsoTicket": "NOT_BUILT",
}
"""What a founded bank without single sign-on answers: their own tests make these calls succeed."""
