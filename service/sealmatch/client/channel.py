"""The connection: TLS, the session's token, deadlines, retries."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import grpc
from google.protobuf.message import Message

from sealapi.v1 import session_pb2
from sealmatch.client import services
from sealmatch.client.errors import CallError, decoded
from sealmatch.client.retries import Retries

Reply = TypeVar("Reply", bound=Message)
_READS = ("Get", "List", "Preview", "Explain", "Who", "VerifyRange")
_DEFAULT_TIMEOUT_S = 30.0


class Client:
    """A client of one server or of several behind one name.

    Parameters
    ----------
    address
        ``host:port``.
    authority
        PEM of the authority that signed the server's certificate; None without TLS.
    certificate, key
        PEM of the client's own certificate and its key, for mutual TLS and for services.
    token
        A session's token, where there is one already.
    timeout_s
        Deadline of a call with all its repetitions, unless the call names its own.
    retries
        When calls are sent again.
    sleep
        How to wait between them.

    Raises
    ------
    OSError
        A PEM file cannot be read.
    ValueError
        There is a certificate without its key, or without the authority.
    """

    def __init__(
        self,
        address: str,
        *,
        authority: Path | None = None,
        certificate: Path | None = None,
        key: Path | None = None,
        token: str = "",
        timeout_s: float = _DEFAULT_TIMEOUT_S,
        retries: Retries | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.token = token
        self._timeout_s = timeout_s
        self._retries = retries or Retries()
        self._sleep = sleep
        # Repetitions are ours: gRPC's own would not know which calls are safe.
        options = [
            ("grpc.enable_retries", 0),
            # Or it would not dial for a second, and every repetition would be over by then.
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 5_000),
            ("grpc.max_receive_message_length", 16 << 20),
        ]
        if (certificate is None) != (key is None) or (
            certificate is not None and authority is None
        ):
            # Without the authority there would be no TLS: passwords would travel in the open.
            message = "certificate and key are given together, and with the server's authority"
            raise ValueError(message)
        if authority is None:
            self._channel = grpc.insecure_channel(address, options=options)
        else:
            trusted = grpc.ssl_channel_credentials(
                root_certificates=authority.read_bytes(),
                private_key=key.read_bytes() if key else None,
                certificate_chain=certificate.read_bytes() if certificate else None,
            )
            self._channel = grpc.secure_channel(address, trusted, options=options)
        self.organization = services.OrganizationService(self.call)
        self.identity = services.IdentityService(self.call)
        self.session = services.SessionService(self.call)
        self.change = services.ChangeService(self.call)
        self.policy = services.PolicyService(self.call)
        self.operations = services.OperationsService(self.call)
        self.audit = services.AuditService(self.call)
        self.device = services.DeviceService(self.call)

    def __enter__(self) -> Self:
        """Use the client in a ``with`` statement."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection; the session stays open until `logout` or its time is over."""
        self._channel.close()

    def login(self, user_id: str, password: str, *, code: str = "") -> session_pb2.Session:
        """Open a session and use it from now on; `code` where CODE_REQUIRED asked for one.

        Raises
        ------
        CallError
        """
        reply = self.session.login(
            session_pb2.LoginRequest(user_id=user_id, password=password, code=code)
        )
        self.token = reply.token
        return reply.session

    def logout(self) -> None:
        """End the session.

        Raises
        ------
        CallError
        """
        self.session.logout(session_pb2.LogoutRequest())
        self.token = ""

    def call(
        self,
        path: str,
        request: Message,
        reply_type: type[Reply],
        *,
        timeout_s: float | None = None,
    ) -> Reply:
        """Call a method; a mutation without a request id gets one.

        Parameters
        ----------
        path
            ``/sealapi.v1.IdentityService/GetUser``.
        timeout_s
            Deadline of the call with all its repetitions.

        Raises
        ------
        CallError
        """
        identified = "request_id" in request.DESCRIPTOR.fields_by_name
        if identified and not getattr(request, "request_id"):  # noqa: B009
            copy = type(request)()
            copy.CopyFrom(request)
            setattr(copy, "request_id", str(uuid.uuid4()))  # noqa: B010
            request = copy
        repeatable = identified or path.rpartition("/")[2].startswith(_READS)
        method: Any = self._channel.unary_unary(
            path,
            request_serializer=type(request).SerializeToString,
            response_deserializer=reply_type.FromString,
        )
        until = time.monotonic() + (timeout_s if timeout_s is not None else self._timeout_s)
        attempt = 0
        while True:
            attempt += 1
            try:
                reply: Reply = method(
                    request, timeout=max(until - time.monotonic(), 0.001), metadata=self._metadata()
                )
            except grpc.RpcError as error:
                failed = decoded(error)
                wait_s = self._retries.wait_s(failed, attempt, repeatable=repeatable)
                if wait_s is None or time.monotonic() + wait_s >= until:
                    raise failed from error
                self._sleep(wait_s)
            else:
                return reply

    def _metadata(self) -> list[tuple[str, str]]:
        trace = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
        found = [("traceparent", trace)]
        if self.token:
            found.append(("authorization", f"Bearer {self.token}"))
        return found


__all__ = ["CallError", "Client"]
