"""A request that is sent again has the first answer (AIP-155), byte for byte."""

from __future__ import annotations

from google.protobuf.message import Message

from seal_service.application.ports import Remembered, Secrets, Work
from seal_service.domain.reasons import Reason, Refusal
from seal_service.interceptors.exchange import Exchange


def request_id_of(request: Message) -> str:
    """Return a request's id; empty for a method that has none."""
    if "request_id" not in request.DESCRIPTOR.fields_by_name:
        return ""
    return str(getattr(request, "request_id")).lower()  # noqa: B009


def first_answer(work: Work, exchange: Exchange, secrets: Secrets) -> Message | None:
    """Return the first answer to this request; None where there is none yet.

    Raises
    ------
    Refusal
        REQUEST_ID_REUSED: the id came with another request before.
    """
    if not exchange.request_id:
        return None
    known = work.requests.find(exchange.principal, exchange.request_id)
    if known is None:
        return None
    rpc = exchange.method.policy.rpc
    if known.rpc != rpc or not secrets.is_tag(known.body_hash, _body(exchange)):
        raise Refusal(Reason.REQUEST_ID_REUSED)
    data = secrets.unseal(known.response, _context(exchange))
    return exchange.method.response_type.FromString(data)


def keep_answer(work: Work, exchange: Exchange, secrets: Secrets, response: Message) -> None:
    """Keep the first answer, in the transaction that made it true."""
    if exchange.request_id:
        sealed = secrets.seal(response.SerializeToString(deterministic=True), _context(exchange))
        tag = secrets.tag(_body(exchange))
        answer = Remembered(exchange.method.policy.rpc, tag, sealed)
        work.requests.keep(exchange.principal, exchange.request_id, answer, at=exchange.started)


def _body(exchange: Exchange) -> bytes:
    """Return what is hashed of a request, with a key: from a plain hash, passwords are guessed."""
    request = exchange.request
    data = b"" if request is None else request.SerializeToString(deterministic=True)
    return b"request|" + exchange.method.policy.rpc.encode() + b"|" + data


def _context(exchange: Exchange) -> bytes:
    return f"{exchange.principal}|{exchange.request_id}|{exchange.method.policy.rpc}".encode()
