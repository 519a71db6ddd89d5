"""From gRPC's generic handler to the pipeline: every method of the contract, by descriptor."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import grpc
from google.protobuf import message_factory
from google.protobuf.message import Message

from seal_service.access.policies import SERVICES, policy_of
from seal_service.application.call import Call
from seal_service.domain.reasons import Reason, Refusal
from seal_service.grpc_api import (
    access_modes,
    audit,
    change,
    core_orgs,
    core_rights,
    devices,
    maintenance,
    organization,
    people,
    posts,
    reviews,
    session,
)
from seal_service.grpc_api.errors import DETAILS_KEY, code_of, status_of
from seal_service.interceptors.exchange import Exchange, Handle, Method, Prepare
from seal_service.interceptors.pipeline import Pipeline
from seal_service.interceptors.trace import credentials_of, metadata_of, trace_id_of, unread

HANDLERS: Mapping[str, Mapping[str, Handle]] = {
    "OrganizationService": {**organization.HANDLERS, **core_orgs.HANDLERS},
    "IdentityService": {
        **people.HANDLERS,
        **posts.HANDLERS,
        **reviews.HANDLERS,
        **core_rights.HANDLERS,
    },
    "SessionService": session.HANDLERS,
    "ChangeService": change.HANDLERS,
    "PolicyService": access_modes.HANDLERS,
    "AuditService": audit.HANDLERS,
    "OperationsService": maintenance.HANDLERS,
    "DeviceService": devices.HANDLERS,
}
PREPARE: Mapping[str, Mapping[str, Prepare]] = {
    "IdentityService": people.PREPARE,
    "SessionService": session.PREPARE,
    "AuditService": audit.PREPARE,
}


def methods() -> dict[str, Method]:
    """Return every method of the contract by its path, with what the contract demands of it."""
    found = {}
    for service in SERVICES:
        for method in service.methods:
            found[f"/{service.full_name}/{method.name}"] = Method(
                policy=policy_of(method),
                request_type=message_factory.GetMessageClass(method.input_type),
                response_type=message_factory.GetMessageClass(method.output_type),
                handle=HANDLERS.get(service.name, {}).get(method.name, _not_built),
                prepare=PREPARE.get(service.name, {}).get(method.name),
            )
    return found


class Dispatcher(grpc.GenericRpcHandler):
    """Answers every call, those of methods that nobody offers too, with a rich error if need be."""

    def __init__(self, pipeline: Pipeline, foreign: Callable[[str], bool]) -> None:
        """Serve the contract's methods.

        Parameters
        ----------
        pipeline
            What calls pass through.
        foreign
            Tells whether another handler of the server (health, reflection) offers a path.
        """
        self._pipeline = pipeline
        self._foreign = foreign
        self._handlers = {path: self._handler(method) for path, method in methods().items()}

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler[bytes, Message] | None:
        """Return the handler of a path."""
        path = str(handler_call_details.method)
        handler = self._handlers.get(path)
        if handler is None:
            return None if self._foreign(path) else self._unknown(path)
        return handler

    def _unknown(self, path: str) -> grpc.RpcMethodHandler[bytes, Message]:
        def behaviour(_data: bytes, context: grpc.ServicerContext) -> Message:
            self._pipeline.unknown(path, context.peer())
            _abort(context, Refusal(Reason.NOT_BUILT))

        return _unary(behaviour, None)

    def _handler(self, method: Method) -> grpc.RpcMethodHandler[bytes, Message]:
        def behaviour(data: bytes, context: grpc.ServicerContext) -> Message:
            return self._serve(method, data, context)

        return _unary(behaviour, method.response_type)

    def _serve(self, method: Method, data: bytes, context: Any) -> Message:
        metadata = metadata_of(context.invocation_metadata())
        auth, peer = context.auth_context(), context.peer()
        exchange = Exchange(
            method=method,
            data=data,
            peer=peer,
            unread=unread(peer, auth),
            credentials=credentials_of(metadata, auth),
            trace_id=trace_id_of(metadata),
            correlation_id=secrets.token_hex(8),
            started=self._pipeline.clock(),
            time_left_s=context.time_remaining,
        )
        try:
            return self._pipeline.run(exchange)
        except Refusal as refusal:
            _abort(context, refusal)


def _unary(
    behaviour: Callable[[bytes, Any], Message], response_type: type[Message] | None
) -> grpc.RpcMethodHandler[bytes, Message]:
    """Return a handler whose requests come in as bytes.

    gRPC would answer a message that it cannot parse with INTERNAL; the pipeline knows better.
    """
    handler: grpc.RpcMethodHandler[bytes, Message] = grpc.unary_unary_rpc_method_handler(
        behaviour,
        response_serializer=response_type.SerializeToString if response_type else None,
    )
    return handler


def _not_built(_call: Call, _request: Message) -> Message:
    raise Refusal(Reason.NOT_BUILT)


def _abort(context: Any, refusal: Refusal) -> NoReturn:
    status = status_of(refusal)
    context.set_trailing_metadata(((DETAILS_KEY, status.SerializeToString()),))
    context.abort(code_of(refusal), status.message)
    raise AssertionError
