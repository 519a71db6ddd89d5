"""IdentityService: users, the first set-up, and who may do what."""

from __future__ import annotations

from google.protobuf.message import Message

from seal_service.application import access, admission, bootstrap, changes, first_chief, people
from seal_service.application.call import Call, Caller, Tools
from seal_service.application.ports import Database
from seal_service.domain.people import UserKind
from seal_service.domain.reasons import invalid
from seal_service.grpc_api.messages import (
    assignment_message,
    change_message,
    instant,
    timestamp,
    user_message,
)
from seal_service.grpc_api.resources import id_of, masked, next_token, page_of, version_of
from seal_service.interceptors.exchange import Handle, Prepare
from sealapi.v1 import identity_pb2 as pb


def hash_first_password(
    tools: Tools, _database: Database, _caller: Caller, request: pb.BootstrapSuperAdminRequest
) -> str:
    """Hash the super administrator's password."""
    return tools.hasher.hash(request.password)


def bootstrap_super_admin(call: Call, request: pb.BootstrapSuperAdminRequest) -> Message:
    """Create headquarters and the super administrator."""
    user = bootstrap.bootstrap(
        call, token=request.bootstrap_token, user_id=request.user_id, name=request.display_name,
        password=request.password, password_hash=call.prepared, org_id=request.org_id,
        org_name=request.org_display_name,
    )  # fmt: skip
    return pb.BootstrapSuperAdminResponse(user=user_message(user))


def seal_super_admin(call: Call, _request: pb.SealSuperAdminRequest) -> Message:
    """Lock the super administrator for ever."""
    return pb.SealSuperAdminResponse(seal_time=timestamp(bootstrap.seal(call)))


def create_user(call: Call, request: pb.CreateUserRequest) -> Message:
    """Ask for a new user."""
    post_ids = [id_of(name) for name in request.posts]
    if call.caller.super_admin:
        user, password = people.create_first_admin(
            call, user_id=request.user_id, name=request.display_name, org_id=id_of(request.org),
            posts=post_ids,
        )  # fmt: skip
        return pb.CreateUserResponse(user=user_message(user), initial_password=password)
    change = people.ask_create(
        call, user_id=request.user_id, name=request.display_name, org_id=id_of(request.org),
        kind_of=UserKind(pb.User.Kind.Name(request.kind).removeprefix("KIND_")),
        post_ids=post_ids, certificate_sha256=request.certificate_sha256 or None,
        qualified_folding=request.qualified_folding, core_rights=list(request.core_rights),
        mobile=request.mobile or None, reason=request.reason,
    )  # fmt: skip
    return pb.CreateUserResponse(change=change_message(change))


def get_user(call: Call, request: pb.GetUserRequest) -> Message:
    """Show a user."""
    user, held = people.shown(call, id_of(request.name))
    pending = changes.pending_names(call, [request.name]).get(request.name, "")
    return pb.GetUserResponse(user=user_message(user, held, pending))


def list_users(call: Call, request: pb.ListUsersRequest) -> Message:
    """List users in reach."""
    page = page_of(call, request)
    found = people.listed(call, page, org=id_of(request.org))
    pending = changes.pending_names(call, [f"users/{user.id}" for user, _ in found])
    return pb.ListUsersResponse(
        users=[
            user_message(user, held, pending.get(f"users/{user.id}", "")) for user, held in found
        ],
        next_page_token=next_token(call, request, page, found, found[-1][0].id if found else ""),
    )


def update_user(call: Call, request: pb.UpdateUserRequest) -> Message:
    """Ask to change some fields of a user."""
    user = request.user
    known = {
        "display_name": ("name", user.display_name),
        "qualified_folding": ("qualified_folding", user.qualified_folding),
        "core_rights": ("core_rights", sorted(set(user.core_rights))),
        "certificate_sha256": ("certificate_sha256", user.certificate_sha256 or None),
        "mobile": ("mobile", user.mobile or None),
    }
    if not user.name.startswith("users/"):
        raise invalid("user.name", "is not like users/some-id")
    change = people.ask_update(
        call, user_id=id_of(user.name), version=version_of(user.etag),
        fields=masked(request.update_mask, known), reason=request.reason,
    )  # fmt: skip
    return pb.UpdateUserResponse(change=change_message(change))


def disable_user(call: Call, request: pb.DisableUserRequest) -> Message:
    """Shut a user out at once."""
    user = admission.disable(call, id_of(request.name), reason=request.reason)
    return pb.DisableUserResponse(user=user_message(user))


def enable_user(call: Call, request: pb.EnableUserRequest) -> Message:
    """Ask to let a disabled user in again."""
    change = admission.ask_enable(
        call, user_id=id_of(request.name), version=version_of(request.etag), reason=request.reason
    )
    return pb.EnableUserResponse(change=change_message(change))


def assign_post(call: Call, request: pb.AssignPostRequest) -> Message:
    """Ask for a post for a user."""
    change = people.ask_assign(
        call, user_id=id_of(request.user), post_id=id_of(request.post), org_id=id_of(request.org),
        application=_document(request.application) if request.HasField("application") else None,
        reason=request.reason,
    )  # fmt: skip
    return pb.AssignPostResponse(change=change_message(change))


def add_first_chief(call: Call, request: pb.AddFirstChiefRequest) -> Message:
    """Create a new organisation's first chief at once."""
    note = request.phone_note
    user, password = first_chief.add(
        call, user_id=request.user_id, org_id=id_of(request.org), post_id=id_of(request.post),
        called_at=instant(note.call_time),
        note={"caller": note.caller, "words": note.words, **_document(request.evidence)},
    )  # fmt: skip
    return pb.AddFirstChiefResponse(user=user_message(user), initial_password=password)


def _document(message: pb.Document) -> dict[str, str]:
    return {"document": message.number, "sha256": message.sha256}


def revoke_post(call: Call, request: pb.RevokePostRequest) -> Message:
    """Take a post away at once."""
    held = people.revoke(call, id_of(request.name), reason=request.reason)
    return pb.RevokePostResponse(assignment=assignment_message(held))


def transfer_user(call: Call, request: pb.TransferUserRequest) -> Message:
    """Ask to move a user."""
    change = people.ask_transfer(
        call, user_id=id_of(request.name), version=version_of(request.etag),
        new_org=id_of(request.new_org), post_ids=[id_of(name) for name in request.new_posts],
        reason=request.reason,
    )  # fmt: skip
    return pb.TransferUserResponse(change=change_message(change))


def reset_password(call: Call, request: pb.ResetPasswordRequest) -> Message:
    """Give a user a new initial password."""
    return pb.ResetPasswordResponse(
        initial_password=admission.reset_password(call, id_of(request.name))
    )


def unlock_user(call: Call, request: pb.UnlockUserRequest) -> Message:
    """Lift a user's lock."""
    return pb.UnlockUserResponse(user=user_message(admission.unlock(call, id_of(request.name))))


def explain_access(call: Call, request: pb.ExplainAccessRequest) -> Message:
    """Say why a user may or may not do something."""
    allowed, steps, granting = access.explain_access(
        call, user_id=id_of(request.user), permission=request.permission, org_id=id_of(request.org)
    )
    return pb.ExplainAccessResponse(
        allowed=allowed, steps=steps, granted_by=[assignment_message(one) for one in granting]
    )


def who_can(call: Call, request: pb.WhoCanRequest) -> Message:
    """List who may do something."""
    found = access.who_can(call, permission=request.permission, org_id=id_of(request.org))
    return pb.WhoCanResponse(assignments=[assignment_message(one) for one in found])


HANDLERS: dict[str, Handle] = {
    "BootstrapSuperAdmin": bootstrap_super_admin,
    "SealSuperAdmin": seal_super_admin,
    "CreateUser": create_user,
    "GetUser": get_user,
    "ListUsers": list_users,
    "UpdateUser": update_user,
    "DisableUser": disable_user,
    "EnableUser": enable_user,
    "AssignPost": assign_post,
    "AddFirstChief": add_first_chief,
    "RevokePost": revoke_post,
    "TransferUser": transfer_user,
    "ResetPassword": reset_password,
    "UnlockUser": unlock_user,
    "ExplainAccess": explain_access,
    "WhoCan": who_can,
}
PREPARE: dict[str, Prepare] = {"BootstrapSuperAdmin": hash_first_password}
