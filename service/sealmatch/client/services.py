"""The services as typed methods. Written by `make proto`; nobody edits it."""

from __future__ import annotations

from typing import Protocol, TypeVar

from google.protobuf.message import Message

from sealapi.v1 import (
    access_mode_pb2,
    audit_pb2,
    change_pb2,
    device_pb2,
    identity_pb2,
    maintenance_pb2,
    organization_pb2,
    session_pb2,
)

Reply = TypeVar("Reply", bound=Message)


class Caller(Protocol):
    """How a method is called."""

    def __call__(
        self, path: str, request: Message, reply_type: type[Reply], *, timeout_s: float | None
    ) -> Reply:
        """Call it."""


class ChangeService:
    """The inbox of changes that wait for a second person."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def list_pending_changes(
        self, request: change_pb2.ListPendingChangesRequest, *, timeout_s: float | None = None
    ) -> change_pb2.ListPendingChangesResponse:
        """Lists the changes that the caller made or may decide."""
        return self._call(
            "/sealapi.v1.ChangeService/ListPendingChanges",
            request,
            change_pb2.ListPendingChangesResponse,
            timeout_s=timeout_s,
        )

    def get_pending_change(
        self, request: change_pb2.GetPendingChangeRequest, *, timeout_s: float | None = None
    ) -> change_pb2.GetPendingChangeResponse:
        """Shows one change, decided ones too."""
        return self._call(
            "/sealapi.v1.ChangeService/GetPendingChange",
            request,
            change_pb2.GetPendingChangeResponse,
            timeout_s=timeout_s,
        )

    def approve_change(
        self, request: change_pb2.ApproveChangeRequest, *, timeout_s: float | None = None
    ) -> change_pb2.ApproveChangeResponse:
        """Agrees to a change as its second person."""
        return self._call(
            "/sealapi.v1.ChangeService/ApproveChange",
            request,
            change_pb2.ApproveChangeResponse,
            timeout_s=timeout_s,
        )

    def reject_change(
        self, request: change_pb2.RejectChangeRequest, *, timeout_s: float | None = None
    ) -> change_pb2.RejectChangeResponse:
        """Refuses a change."""
        return self._call(
            "/sealapi.v1.ChangeService/RejectChange",
            request,
            change_pb2.RejectChangeResponse,
            timeout_s=timeout_s,
        )

    def withdraw_change(
        self, request: change_pb2.WithdrawChangeRequest, *, timeout_s: float | None = None
    ) -> change_pb2.WithdrawChangeResponse:
        """Takes back a change of one's own."""
        return self._call(
            "/sealapi.v1.ChangeService/WithdrawChange",
            request,
            change_pb2.WithdrawChangeResponse,
            timeout_s=timeout_s,
        )


class PolicyService:
    """Rules of the bank that headquarters sets."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def list_access_modes(
        self, request: access_mode_pb2.ListAccessModesRequest, *, timeout_s: float | None = None
    ) -> access_mode_pb2.ListAccessModesResponse:
        """Lists the ways by which verification is reached (A03)."""
        return self._call(
            "/sealapi.v1.PolicyService/ListAccessModes",
            request,
            access_mode_pb2.ListAccessModesResponse,
            timeout_s=timeout_s,
        )

    def set_access_mode(
        self, request: access_mode_pb2.SetAccessModeRequest, *, timeout_s: float | None = None
    ) -> access_mode_pb2.SetAccessModeResponse:
        """Asks to switch one of them on or off."""
        return self._call(
            "/sealapi.v1.PolicyService/SetAccessMode",
            request,
            access_mode_pb2.SetAccessModeResponse,
            timeout_s=timeout_s,
        )


class AuditService:
    """The audit log (A72)."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def list_audit_events(
        self, request: audit_pb2.ListAuditEventsRequest, *, timeout_s: float | None = None
    ) -> audit_pb2.ListAuditEventsResponse:
        """Lists the events of organisations in reach, the newest first unless asked otherwise."""
        return self._call(
            "/sealapi.v1.AuditService/ListAuditEvents",
            request,
            audit_pb2.ListAuditEventsResponse,
            timeout_s=timeout_s,
        )

    def get_audit_event(
        self, request: audit_pb2.GetAuditEventRequest, *, timeout_s: float | None = None
    ) -> audit_pb2.GetAuditEventResponse:
        """Shows one event."""
        return self._call(
            "/sealapi.v1.AuditService/GetAuditEvent",
            request,
            audit_pb2.GetAuditEventResponse,
            timeout_s=timeout_s,
        )

    def get_checkpoint(
        self, request: audit_pb2.GetCheckpointRequest, *, timeout_s: float | None = None
    ) -> audit_pb2.GetCheckpointResponse:
        """Shows a signed state of the log with the signatures of its witnesses."""
        return self._call(
            "/sealapi.v1.AuditService/GetCheckpoint",
            request,
            audit_pb2.GetCheckpointResponse,
            timeout_s=timeout_s,
        )

    def get_inclusion_proof(
        self, request: audit_pb2.GetInclusionProofRequest, *, timeout_s: float | None = None
    ) -> audit_pb2.GetInclusionProofResponse:
        """Proves that an event is in the tree that a checkpoint has signed."""
        return self._call(
            "/sealapi.v1.AuditService/GetInclusionProof",
            request,
            audit_pb2.GetInclusionProofResponse,
            timeout_s=timeout_s,
        )

    def get_consistency_proof(
        self, request: audit_pb2.GetConsistencyProofRequest, *, timeout_s: float | None = None
    ) -> audit_pb2.GetConsistencyProofResponse:
        """Proves that a checkpoint's tree continues an older one."""
        return self._call(
            "/sealapi.v1.AuditService/GetConsistencyProof",
            request,
            audit_pb2.GetConsistencyProofResponse,
            timeout_s=timeout_s,
        )

    def verify_range(
        self, request: audit_pb2.VerifyRangeRequest, *, timeout_s: float | None = None
    ) -> audit_pb2.VerifyRangeResponse:
        """Hashes events again from storage, by the independent checker, and compares them with the newest signed state."""
        return self._call(
            "/sealapi.v1.AuditService/VerifyRange",
            request,
            audit_pb2.VerifyRangeResponse,
            timeout_s=timeout_s,
        )

    def list_access_to_image(
        self, request: audit_pb2.ListAccessToImageRequest, *, timeout_s: float | None = None
    ) -> audit_pb2.ListAccessToImageResponse:
        """Lists who has seen or tried to see an image of a seal, at organisations in reach."""
        return self._call(
            "/sealapi.v1.AuditService/ListAccessToImage",
            request,
            audit_pb2.ListAccessToImageResponse,
            timeout_s=timeout_s,
        )

    def create_audit_report(
        self, request: audit_pb2.CreateAuditReportRequest, *, timeout_s: float | None = None
    ) -> audit_pb2.CreateAuditReportResponse:
        """Counts what happened at an organisation and below it."""
        return self._call(
            "/sealapi.v1.AuditService/CreateAuditReport",
            request,
            audit_pb2.CreateAuditReportResponse,
            timeout_s=timeout_s,
        )

    def add_cosignature(
        self, request: audit_pb2.AddCosignatureRequest, *, timeout_s: float | None = None
    ) -> audit_pb2.AddCosignatureResponse:
        """Keeps a witness's signature beside a checkpoint."""
        return self._call(
            "/sealapi.v1.AuditService/AddCosignature",
            request,
            audit_pb2.AddCosignatureResponse,
            timeout_s=timeout_s,
        )


class DeviceService:
    """The register of scanners (A06)."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def register_device(
        self, request: device_pb2.RegisterDeviceRequest, *, timeout_s: float | None = None
    ) -> device_pb2.RegisterDeviceResponse:
        """Asks to register a scanner with its capture parameters."""
        return self._call(
            "/sealapi.v1.DeviceService/RegisterDevice",
            request,
            device_pb2.RegisterDeviceResponse,
            timeout_s=timeout_s,
        )

    def set_capture_parameters(
        self, request: device_pb2.SetCaptureParametersRequest, *, timeout_s: float | None = None
    ) -> device_pb2.SetCaptureParametersResponse:
        """Asks for other capture parameters."""
        return self._call(
            "/sealapi.v1.DeviceService/SetCaptureParameters",
            request,
            device_pb2.SetCaptureParametersResponse,
            timeout_s=timeout_s,
        )

    def retire_device(
        self, request: device_pb2.RetireDeviceRequest, *, timeout_s: float | None = None
    ) -> device_pb2.RetireDeviceResponse:
        """Takes a scanner out of use for good."""
        return self._call(
            "/sealapi.v1.DeviceService/RetireDevice",
            request,
            device_pb2.RetireDeviceResponse,
            timeout_s=timeout_s,
        )

    def report_fault(
        self, request: device_pb2.ReportFaultRequest, *, timeout_s: float | None = None
    ) -> device_pb2.ReportFaultResponse:
        """Reports a fault or a virus."""
        return self._call(
            "/sealapi.v1.DeviceService/ReportFault",
            request,
            device_pb2.ReportFaultResponse,
            timeout_s=timeout_s,
        )

    def resolve_fault(
        self, request: device_pb2.ResolveFaultRequest, *, timeout_s: float | None = None
    ) -> device_pb2.ResolveFaultResponse:
        """Says that a fault is mended, and how."""
        return self._call(
            "/sealapi.v1.DeviceService/ResolveFault",
            request,
            device_pb2.ResolveFaultResponse,
            timeout_s=timeout_s,
        )

    def get_device(
        self, request: device_pb2.GetDeviceRequest, *, timeout_s: float | None = None
    ) -> device_pb2.GetDeviceResponse:
        """Shows a scanner with its faults."""
        return self._call(
            "/sealapi.v1.DeviceService/GetDevice",
            request,
            device_pb2.GetDeviceResponse,
            timeout_s=timeout_s,
        )

    def list_devices(
        self, request: device_pb2.ListDevicesRequest, *, timeout_s: float | None = None
    ) -> device_pb2.ListDevicesResponse:
        """Lists scanners of organisations in reach."""
        return self._call(
            "/sealapi.v1.DeviceService/ListDevices",
            request,
            device_pb2.ListDevicesResponse,
            timeout_s=timeout_s,
        )


class IdentityService:
    """Users are core teller numbers (A49)."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def bootstrap_super_admin(
        self, request: identity_pb2.BootstrapSuperAdminRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.BootstrapSuperAdminResponse:
        """Creates headquarters and the super administrator, once, with the token of the data directory."""
        return self._call(
            "/sealapi.v1.IdentityService/BootstrapSuperAdmin",
            request,
            identity_pb2.BootstrapSuperAdminResponse,
            timeout_s=timeout_s,
        )

    def seal_super_admin(
        self, request: identity_pb2.SealSuperAdminRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.SealSuperAdminResponse:
        """Locks the super administrator for ever (A31)."""
        return self._call(
            "/sealapi.v1.IdentityService/SealSuperAdmin",
            request,
            identity_pb2.SealSuperAdminResponse,
            timeout_s=timeout_s,
        )

    def create_user(
        self, request: identity_pb2.CreateUserRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.CreateUserResponse:
        """Asks for a new user."""
        return self._call(
            "/sealapi.v1.IdentityService/CreateUser",
            request,
            identity_pb2.CreateUserResponse,
            timeout_s=timeout_s,
        )

    def get_user(
        self, request: identity_pb2.GetUserRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.GetUserResponse:
        """Shows a user with its posts."""
        return self._call(
            "/sealapi.v1.IdentityService/GetUser",
            request,
            identity_pb2.GetUserResponse,
            timeout_s=timeout_s,
        )

    def list_users(
        self, request: identity_pb2.ListUsersRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.ListUsersResponse:
        """Lists users in reach, by number."""
        return self._call(
            "/sealapi.v1.IdentityService/ListUsers",
            request,
            identity_pb2.ListUsersResponse,
            timeout_s=timeout_s,
        )

    def update_user(
        self, request: identity_pb2.UpdateUserRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.UpdateUserResponse:
        """Asks to change a user's name, qualification, core rights, certificate or telephone number."""
        return self._call(
            "/sealapi.v1.IdentityService/UpdateUser",
            request,
            identity_pb2.UpdateUserResponse,
            timeout_s=timeout_s,
        )

    def disable_user(
        self, request: identity_pb2.DisableUserRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.DisableUserResponse:
        """Shuts a user out at once."""
        return self._call(
            "/sealapi.v1.IdentityService/DisableUser",
            request,
            identity_pb2.DisableUserResponse,
            timeout_s=timeout_s,
        )

    def enable_user(
        self, request: identity_pb2.EnableUserRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.EnableUserResponse:
        """Asks to let a disabled user in again."""
        return self._call(
            "/sealapi.v1.IdentityService/EnableUser",
            request,
            identity_pb2.EnableUserResponse,
            timeout_s=timeout_s,
        )

    def assign_post(
        self, request: identity_pb2.AssignPostRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.AssignPostResponse:
        """Asks for a post for a user."""
        return self._call(
            "/sealapi.v1.IdentityService/AssignPost",
            request,
            identity_pb2.AssignPostResponse,
            timeout_s=timeout_s,
        )

    def add_first_chief(
        self, request: identity_pb2.AddFirstChiefRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.AddFirstChiefResponse:
        """Creates a new organisation's first chief at once (A42)."""
        return self._call(
            "/sealapi.v1.IdentityService/AddFirstChief",
            request,
            identity_pb2.AddFirstChiefResponse,
            timeout_s=timeout_s,
        )

    def revoke_post(
        self, request: identity_pb2.RevokePostRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.RevokePostResponse:
        """Takes a post away at once (A50)."""
        return self._call(
            "/sealapi.v1.IdentityService/RevokePost",
            request,
            identity_pb2.RevokePostResponse,
            timeout_s=timeout_s,
        )

    def transfer_user(
        self, request: identity_pb2.TransferUserRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.TransferUserResponse:
        """Asks to move a user to another organisation."""
        return self._call(
            "/sealapi.v1.IdentityService/TransferUser",
            request,
            identity_pb2.TransferUserResponse,
            timeout_s=timeout_s,
        )

    def reset_password(
        self, request: identity_pb2.ResetPasswordRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.ResetPasswordResponse:
        """Gives a user a new initial password and lifts the lock (A46)."""
        return self._call(
            "/sealapi.v1.IdentityService/ResetPassword",
            request,
            identity_pb2.ResetPasswordResponse,
            timeout_s=timeout_s,
        )

    def unlock_user(
        self, request: identity_pb2.UnlockUserRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.UnlockUserResponse:
        """Lifts a user's lock and keeps the password."""
        return self._call(
            "/sealapi.v1.IdentityService/UnlockUser",
            request,
            identity_pb2.UnlockUserResponse,
            timeout_s=timeout_s,
        )

    def create_post(
        self, request: identity_pb2.CreatePostRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.CreatePostResponse:
        """Asks for a new post."""
        return self._call(
            "/sealapi.v1.IdentityService/CreatePost",
            request,
            identity_pb2.CreatePostResponse,
            timeout_s=timeout_s,
        )

    def get_post(
        self, request: identity_pb2.GetPostRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.GetPostResponse:
        """Shows a post."""
        return self._call(
            "/sealapi.v1.IdentityService/GetPost",
            request,
            identity_pb2.GetPostResponse,
            timeout_s=timeout_s,
        )

    def list_posts(
        self, request: identity_pb2.ListPostsRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.ListPostsResponse:
        """Lists posts."""
        return self._call(
            "/sealapi.v1.IdentityService/ListPosts",
            request,
            identity_pb2.ListPostsResponse,
            timeout_s=timeout_s,
        )

    def update_post(
        self, request: identity_pb2.UpdatePostRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.UpdatePostResponse:
        """Asks to change a post."""
        return self._call(
            "/sealapi.v1.IdentityService/UpdatePost",
            request,
            identity_pb2.UpdatePostResponse,
            timeout_s=timeout_s,
        )

    def delete_post(
        self, request: identity_pb2.DeletePostRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.DeletePostResponse:
        """Asks to delete a post that nobody holds."""
        return self._call(
            "/sealapi.v1.IdentityService/DeletePost",
            request,
            identity_pb2.DeletePostResponse,
            timeout_s=timeout_s,
        )

    def create_role(
        self, request: identity_pb2.CreateRoleRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.CreateRoleResponse:
        """Asks for a new role."""
        return self._call(
            "/sealapi.v1.IdentityService/CreateRole",
            request,
            identity_pb2.CreateRoleResponse,
            timeout_s=timeout_s,
        )

    def get_role(
        self, request: identity_pb2.GetRoleRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.GetRoleResponse:
        """Shows a role."""
        return self._call(
            "/sealapi.v1.IdentityService/GetRole",
            request,
            identity_pb2.GetRoleResponse,
            timeout_s=timeout_s,
        )

    def list_roles(
        self, request: identity_pb2.ListRolesRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.ListRolesResponse:
        """Lists roles."""
        return self._call(
            "/sealapi.v1.IdentityService/ListRoles",
            request,
            identity_pb2.ListRolesResponse,
            timeout_s=timeout_s,
        )

    def update_role(
        self, request: identity_pb2.UpdateRoleRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.UpdateRoleResponse:
        """Asks to change a role."""
        return self._call(
            "/sealapi.v1.IdentityService/UpdateRole",
            request,
            identity_pb2.UpdateRoleResponse,
            timeout_s=timeout_s,
        )

    def delete_role(
        self, request: identity_pb2.DeleteRoleRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.DeleteRoleResponse:
        """Asks to delete a role that no post has."""
        return self._call(
            "/sealapi.v1.IdentityService/DeleteRole",
            request,
            identity_pb2.DeleteRoleResponse,
            timeout_s=timeout_s,
        )

    def create_exclusion_rule(
        self, request: identity_pb2.CreateExclusionRuleRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.CreateExclusionRuleResponse:
        """Asks for a new exclusion rule (岗位牵制, A30)."""
        return self._call(
            "/sealapi.v1.IdentityService/CreateExclusionRule",
            request,
            identity_pb2.CreateExclusionRuleResponse,
            timeout_s=timeout_s,
        )

    def get_exclusion_rule(
        self, request: identity_pb2.GetExclusionRuleRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.GetExclusionRuleResponse:
        """Shows an exclusion rule."""
        return self._call(
            "/sealapi.v1.IdentityService/GetExclusionRule",
            request,
            identity_pb2.GetExclusionRuleResponse,
            timeout_s=timeout_s,
        )

    def list_exclusion_rules(
        self, request: identity_pb2.ListExclusionRulesRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.ListExclusionRulesResponse:
        """Lists exclusion rules."""
        return self._call(
            "/sealapi.v1.IdentityService/ListExclusionRules",
            request,
            identity_pb2.ListExclusionRulesResponse,
            timeout_s=timeout_s,
        )

    def update_exclusion_rule(
        self, request: identity_pb2.UpdateExclusionRuleRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.UpdateExclusionRuleResponse:
        """Asks to change how far an exclusion rule reaches."""
        return self._call(
            "/sealapi.v1.IdentityService/UpdateExclusionRule",
            request,
            identity_pb2.UpdateExclusionRuleResponse,
            timeout_s=timeout_s,
        )

    def delete_exclusion_rule(
        self, request: identity_pb2.DeleteExclusionRuleRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.DeleteExclusionRuleResponse:
        """Asks to delete an exclusion rule."""
        return self._call(
            "/sealapi.v1.IdentityService/DeleteExclusionRule",
            request,
            identity_pb2.DeleteExclusionRuleResponse,
            timeout_s=timeout_s,
        )

    def preview_exclusion_rule(
        self, request: identity_pb2.PreviewExclusionRuleRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.PreviewExclusionRuleResponse:
        """Lists who would break a rule, before it is asked for."""
        return self._call(
            "/sealapi.v1.IdentityService/PreviewExclusionRule",
            request,
            identity_pb2.PreviewExclusionRuleResponse,
            timeout_s=timeout_s,
        )

    def start_review(
        self, request: identity_pb2.StartReviewRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.StartReviewResponse:
        """Opens an organisation's review of rights for a quarter (A51)."""
        return self._call(
            "/sealapi.v1.IdentityService/StartReview",
            request,
            identity_pb2.StartReviewResponse,
            timeout_s=timeout_s,
        )

    def get_review(
        self, request: identity_pb2.GetReviewRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.GetReviewResponse:
        """Shows a review with its items."""
        return self._call(
            "/sealapi.v1.IdentityService/GetReview",
            request,
            identity_pb2.GetReviewResponse,
            timeout_s=timeout_s,
        )

    def list_reviews(
        self, request: identity_pb2.ListReviewsRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.ListReviewsResponse:
        """Lists reviews in reach, and the organisations whose review of the quarter is missing or late."""
        return self._call(
            "/sealapi.v1.IdentityService/ListReviews",
            request,
            identity_pb2.ListReviewsResponse,
            timeout_s=timeout_s,
        )

    def attest_assignment(
        self, request: identity_pb2.AttestAssignmentRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.AttestAssignmentResponse:
        """Says of one assignment whether it is still right."""
        return self._call(
            "/sealapi.v1.IdentityService/AttestAssignment",
            request,
            identity_pb2.AttestAssignmentResponse,
            timeout_s=timeout_s,
        )

    def complete_review(
        self, request: identity_pb2.CompleteReviewRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.CompleteReviewResponse:
        """Ends a review whose every item has a verdict."""
        return self._call(
            "/sealapi.v1.IdentityService/CompleteReview",
            request,
            identity_pb2.CompleteReviewResponse,
            timeout_s=timeout_s,
        )

    def list_reminders(
        self, request: identity_pb2.ListRemindersRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.ListRemindersResponse:
        """Lists the reminders in reach of reviews that are not completed (A51)."""
        return self._call(
            "/sealapi.v1.IdentityService/ListReminders",
            request,
            identity_pb2.ListRemindersResponse,
            timeout_s=timeout_s,
        )

    def list_review_summaries(
        self, request: identity_pb2.ListReviewSummariesRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.ListReviewSummariesResponse:
        """Reports how far the reviews of a quarter are, an organisation in reach a line."""
        return self._call(
            "/sealapi.v1.IdentityService/ListReviewSummaries",
            request,
            identity_pb2.ListReviewSummariesResponse,
            timeout_s=timeout_s,
        )

    def record_core_tellers(
        self, request: identity_pb2.RecordCoreTellersRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.RecordCoreTellersResponse:
        """Takes over what the core system says of its tellers."""
        return self._call(
            "/sealapi.v1.IdentityService/RecordCoreTellers",
            request,
            identity_pb2.RecordCoreTellersResponse,
            timeout_s=timeout_s,
        )

    def list_rights_findings(
        self, request: identity_pb2.ListRightsFindingsRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.ListRightsFindingsResponse:
        """Reports where rights here differ from the core system's, as a night's comparison found it."""
        return self._call(
            "/sealapi.v1.IdentityService/ListRightsFindings",
            request,
            identity_pb2.ListRightsFindingsResponse,
            timeout_s=timeout_s,
        )

    def explain_access(
        self, request: identity_pb2.ExplainAccessRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.ExplainAccessResponse:
        """Says why a user may or may not do something at an organisation."""
        return self._call(
            "/sealapi.v1.IdentityService/ExplainAccess",
            request,
            identity_pb2.ExplainAccessResponse,
            timeout_s=timeout_s,
        )

    def who_can(
        self, request: identity_pb2.WhoCanRequest, *, timeout_s: float | None = None
    ) -> identity_pb2.WhoCanResponse:
        """Lists who may do something at an organisation."""
        return self._call(
            "/sealapi.v1.IdentityService/WhoCan",
            request,
            identity_pb2.WhoCanResponse,
            timeout_s=timeout_s,
        )


class OperationsService:
    """The service works round the clock (A05)."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def schedule_maintenance(
        self, request: maintenance_pb2.ScheduleMaintenanceRequest, *, timeout_s: float | None = None
    ) -> maintenance_pb2.ScheduleMaintenanceResponse:
        """Asks, for the technical side, for a time of maintenance."""
        return self._call(
            "/sealapi.v1.OperationsService/ScheduleMaintenance",
            request,
            maintenance_pb2.ScheduleMaintenanceResponse,
            timeout_s=timeout_s,
        )

    def cancel_maintenance(
        self, request: maintenance_pb2.CancelMaintenanceRequest, *, timeout_s: float | None = None
    ) -> maintenance_pb2.CancelMaintenanceResponse:
        """Calls maintenance off, or ends it."""
        return self._call(
            "/sealapi.v1.OperationsService/CancelMaintenance",
            request,
            maintenance_pb2.CancelMaintenanceResponse,
            timeout_s=timeout_s,
        )

    def list_maintenances(
        self, request: maintenance_pb2.ListMaintenancesRequest, *, timeout_s: float | None = None
    ) -> maintenance_pb2.ListMaintenancesResponse:
        """Lists maintenance that is announced or under way, to everybody who has signed in."""
        return self._call(
            "/sealapi.v1.OperationsService/ListMaintenances",
            request,
            maintenance_pb2.ListMaintenancesResponse,
            timeout_s=timeout_s,
        )


class OrganizationService:
    """Organisations are kept by headquarters (A24)."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def create_org(
        self, request: organization_pb2.CreateOrgRequest, *, timeout_s: float | None = None
    ) -> organization_pb2.CreateOrgResponse:
        """Asks for a new organisation."""
        return self._call(
            "/sealapi.v1.OrganizationService/CreateOrg",
            request,
            organization_pb2.CreateOrgResponse,
            timeout_s=timeout_s,
        )

    def get_org(
        self, request: organization_pb2.GetOrgRequest, *, timeout_s: float | None = None
    ) -> organization_pb2.GetOrgResponse:
        """Shows one organisation."""
        return self._call(
            "/sealapi.v1.OrganizationService/GetOrg",
            request,
            organization_pb2.GetOrgResponse,
            timeout_s=timeout_s,
        )

    def list_orgs(
        self, request: organization_pb2.ListOrgsRequest, *, timeout_s: float | None = None
    ) -> organization_pb2.ListOrgsResponse:
        """Lists organisations in reach, by code."""
        return self._call(
            "/sealapi.v1.OrganizationService/ListOrgs",
            request,
            organization_pb2.ListOrgsResponse,
            timeout_s=timeout_s,
        )

    def update_org(
        self, request: organization_pb2.UpdateOrgRequest, *, timeout_s: float | None = None
    ) -> organization_pb2.UpdateOrgResponse:
        """Asks for a change of an organisation's name or kind."""
        return self._call(
            "/sealapi.v1.OrganizationService/UpdateOrg",
            request,
            organization_pb2.UpdateOrgResponse,
            timeout_s=timeout_s,
        )

    def delete_org(
        self, request: organization_pb2.DeleteOrgRequest, *, timeout_s: float | None = None
    ) -> organization_pb2.DeleteOrgResponse:
        """Asks to close an organisation that has no people, work or organisations below it."""
        return self._call(
            "/sealapi.v1.OrganizationService/DeleteOrg",
            request,
            organization_pb2.DeleteOrgResponse,
            timeout_s=timeout_s,
        )

    def transfer_org(
        self, request: organization_pb2.TransferOrgRequest, *, timeout_s: float | None = None
    ) -> organization_pb2.TransferOrgResponse:
        """Asks to place an organisation under another parent of the same level (A26)."""
        return self._call(
            "/sealapi.v1.OrganizationService/TransferOrg",
            request,
            organization_pb2.TransferOrgResponse,
            timeout_s=timeout_s,
        )

    def merge_orgs(
        self, request: organization_pb2.MergeOrgsRequest, *, timeout_s: float | None = None
    ) -> organization_pb2.MergeOrgsResponse:
        """Asks to merge one outlet into another (A27)."""
        return self._call(
            "/sealapi.v1.OrganizationService/MergeOrgs",
            request,
            organization_pb2.MergeOrgsResponse,
            timeout_s=timeout_s,
        )

    def preview_merge(
        self, request: organization_pb2.PreviewMergeRequest, *, timeout_s: float | None = None
    ) -> organization_pb2.PreviewMergeResponse:
        """Shows what a merge would move."""
        return self._call(
            "/sealapi.v1.OrganizationService/PreviewMerge",
            request,
            organization_pb2.PreviewMergeResponse,
            timeout_s=timeout_s,
        )

    def record_core_orgs(
        self, request: organization_pb2.RecordCoreOrgsRequest, *, timeout_s: float | None = None
    ) -> organization_pb2.RecordCoreOrgsResponse:
        """Takes over what the core system says of its organisations."""
        return self._call(
            "/sealapi.v1.OrganizationService/RecordCoreOrgs",
            request,
            organization_pb2.RecordCoreOrgsResponse,
            timeout_s=timeout_s,
        )

    def list_org_differences(
        self, request: organization_pb2.ListOrgDifferencesRequest, *, timeout_s: float | None = None
    ) -> organization_pb2.ListOrgDifferencesResponse:
        """Lists where real organisations differ from the core system's."""
        return self._call(
            "/sealapi.v1.OrganizationService/ListOrgDifferences",
            request,
            organization_pb2.ListOrgDifferencesResponse,
            timeout_s=timeout_s,
        )

    def list_org_history(
        self, request: organization_pb2.ListOrgHistoryRequest, *, timeout_s: float | None = None
    ) -> organization_pb2.ListOrgHistoryResponse:
        """Lists the organisations in reach as they were at an instant."""
        return self._call(
            "/sealapi.v1.OrganizationService/ListOrgHistory",
            request,
            organization_pb2.ListOrgHistoryResponse,
            timeout_s=timeout_s,
        )


class SessionService:
    """Sessions of people."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def login(
        self, request: session_pb2.LoginRequest, *, timeout_s: float | None = None
    ) -> session_pb2.LoginResponse:
        """Opens a session with a password."""
        return self._call(
            "/sealapi.v1.SessionService/Login",
            request,
            session_pb2.LoginResponse,
            timeout_s=timeout_s,
        )

    def exchange_sso_ticket(
        self, request: session_pb2.ExchangeSsoTicketRequest, *, timeout_s: float | None = None
    ) -> session_pb2.ExchangeSsoTicketResponse:
        """Opens a session with a signed ticket of the core system."""
        return self._call(
            "/sealapi.v1.SessionService/ExchangeSsoTicket",
            request,
            session_pb2.ExchangeSsoTicketResponse,
            timeout_s=timeout_s,
        )

    def change_password(
        self, request: session_pb2.ChangePasswordRequest, *, timeout_s: float | None = None
    ) -> session_pb2.ChangePasswordResponse:
        """Changes the caller's own password."""
        return self._call(
            "/sealapi.v1.SessionService/ChangePassword",
            request,
            session_pb2.ChangePasswordResponse,
            timeout_s=timeout_s,
        )

    def refresh(
        self, request: session_pb2.RefreshRequest, *, timeout_s: float | None = None
    ) -> session_pb2.RefreshResponse:
        """Exchanges the token for a new one."""
        return self._call(
            "/sealapi.v1.SessionService/Refresh",
            request,
            session_pb2.RefreshResponse,
            timeout_s=timeout_s,
        )

    def logout(
        self, request: session_pb2.LogoutRequest, *, timeout_s: float | None = None
    ) -> session_pb2.LogoutResponse:
        """Ends the caller's session."""
        return self._call(
            "/sealapi.v1.SessionService/Logout",
            request,
            session_pb2.LogoutResponse,
            timeout_s=timeout_s,
        )

    def list_sessions(
        self, request: session_pb2.ListSessionsRequest, *, timeout_s: float | None = None
    ) -> session_pb2.ListSessionsResponse:
        """Lists open sessions."""
        return self._call(
            "/sealapi.v1.SessionService/ListSessions",
            request,
            session_pb2.ListSessionsResponse,
            timeout_s=timeout_s,
        )

    def revoke_session(
        self, request: session_pb2.RevokeSessionRequest, *, timeout_s: float | None = None
    ) -> session_pb2.RevokeSessionResponse:
        """Ends a session of a user in reach."""
        return self._call(
            "/sealapi.v1.SessionService/RevokeSession",
            request,
            session_pb2.RevokeSessionResponse,
            timeout_s=timeout_s,
        )
