"""SessionService. Passwords are compared before the transaction opens."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import Message

from seal_service.application import sessions
from seal_service.application.call import Call, Caller, Tools
from seal_service.application.maintenance import announced
from seal_service.application.ports import Database
from seal_service.application.sessions import Weighed
from seal_service.grpc_api.messages import maintenance_message, session_message
from seal_service.grpc_api.resources import id_of, next_token, page_of
from seal_service.interceptors.exchange import Handle, Prepare
from sealapi.v1 import session_pb2 as pb


def weigh_login(
    tools: Tools, database: Database, _caller: Caller, request: pb.LoginRequest
) -> Weighed:
    """Compare the password that comes with a login."""
    with database.read() as work:
        user = work.users.get(request.user_id)
    weighed = sessions.weigh(tools, user, request.password)
    if not request.code:
        sessions.send_code(tools, database, user, weighed)
    return weighed


def login(call: Call, request: pb.LoginRequest) -> Message:
    """Open a session with a password."""
    opened = sessions.login(call, request.user_id, call.prepared, code=request.code)
    if opened is None:
        return pb.LoginResponse()
    return pb.LoginResponse(
        token=opened[0], session=session_message(opened[1]),
        maintenances=map(maintenance_message, announced(call)),
    )  # fmt: skip


def exchange_sso_ticket(call: Call, request: pb.ExchangeSsoTicketRequest) -> Message:
    """Open a session with a ticket of the core system."""
    token, session = sessions.exchange_ticket(call, request.ticket)
    return pb.ExchangeSsoTicketResponse(
        token=token, session=session_message(session),
        maintenances=map(maintenance_message, announced(call)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A change of password, with everything slow done."""

    weighed: Weighed
    new_hash: str
    reused: bool


def weigh_change(
    tools: Tools, database: Database, caller: Caller, request: pb.ChangePasswordRequest
) -> NewPassword:
    """Compare the old password, and the new one with former ones."""
    with database.read() as work:
        user = work.users.get(caller.user_id)
        history = work.users.recent_hashes(caller.user_id, tools.rules.passwords.history)
    weighed = sessions.weigh(tools, user, request.old_password)
    if not weighed.fits:
        return NewPassword(weighed, "", reused=False)
    current = [user.password_hash] if user and user.password_hash else []
    reused = any(
        tools.hasher.matches(known, request.new_password)
        for known in dict.fromkeys([*current, *history])
    )
    return NewPassword(weighed, tools.hasher.hash(request.new_password), reused=reused)


def change_password(call: Call, request: pb.ChangePasswordRequest) -> Message:
    """Change the caller's own password."""
    new: NewPassword = call.prepared
    sessions.change_password(
        call, request.new_password, new.new_hash, new.weighed, reused=new.reused
    )
    return pb.ChangePasswordResponse()


def weigh_refresh(
    tools: Tools, database: Database, caller: Caller, request: pb.RefreshRequest
) -> Weighed | None:
    """Compare the password of a step-up, where one is given."""
    if not request.password:
        return None
    with database.read() as work:
        user = work.users.get(caller.user_id)
    return sessions.weigh(tools, user, request.password)


def refresh(call: Call, _request: pb.RefreshRequest) -> Message:
    """Exchange the token."""
    renewed = sessions.refresh(call, call.prepared)
    if renewed is None:
        return pb.RefreshResponse()
    return pb.RefreshResponse(token=renewed[0], session=session_message(renewed[1]))


def logout(call: Call, _request: pb.LogoutRequest) -> Message:
    """End the caller's session."""
    sessions.logout(call)
    return pb.LogoutResponse()


def list_sessions(call: Call, request: pb.ListSessionsRequest) -> Message:
    """List open sessions."""
    page = page_of(call, request)
    found = sessions.listed(call, page, user_id=id_of(request.user))
    return pb.ListSessionsResponse(
        sessions=[session_message(session) for session in found],
        next_page_token=next_token(call, request, page, found, found[-1].id if found else ""),
    )


def revoke_session(call: Call, request: pb.RevokeSessionRequest) -> Message:
    """End a session of a user in reach."""
    sessions.revoke(call, id_of(request.name))
    return pb.RevokeSessionResponse()


HANDLERS: dict[str, Handle] = {
    "Login": login,
    "ExchangeSsoTicket": exchange_sso_ticket,
    "ChangePassword": change_password,
    "Refresh": refresh,
    "Logout": logout,
    "ListSessions": list_sessions,
    "RevokeSession": revoke_session,
}
PREPARE: dict[str, Prepare] = {
    "Login": weigh_login,
    "ChangePassword": weigh_change,
    "Refresh": weigh_refresh,
}
