"""One call on its way through the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from google.protobuf.message import Message

from seal_service.access.identity import Credentials
from seal_service.access.policies import Policy
from seal_service.application.call import Call, Caller, Tools
from seal_service.application.ports import Database
from seal_service.domain.reasons import Reason, Refusal

Handle = Callable[[Call, Any], Message]
Prepare = Callable[[Tools, Database, Caller, Any], Any]


@dataclass(frozen=True, slots=True)
class Method:
    """An RPC that this server offers.

    `prepare` runs before the transaction opens and its result is `Call.prepared`: what takes long
    on purpose, such as a password's comparison.
    """

    policy: Policy
    request_type: type[Message]
    response_type: type[Message]
    handle: Handle
    prepare: Prepare | None = None


@dataclass(slots=True)
class Exchange:
    """What is known of a call; the steps fill it in."""

    method: Method
    data: bytes
    peer: str
    unread: bool
    """Nobody between the caller and this server can read what they send."""
    credentials: Credentials
    trace_id: str
    correlation_id: str
    started: datetime
    time_left_s: Callable[[], float | None]
    caller: Caller = field(default_factory=Caller)
    request: Message | None = None
    request_id: str = ""
    target: str = ""
    org: str = ""

    @property
    def principal(self) -> str:
        """For whom quotas and request ids count."""
        return self.caller.user_id or f"peer:{host_of(self.peer)}"

    def check_deadline(self) -> None:
        """Refuse to go on when nobody waits for the answer any more."""
        left = self.time_left_s()
        if left is not None and left <= 0:
            raise Refusal(Reason.DEADLINE)


def host_of(peer: str) -> str:
    """Return the host of a gRPC peer such as ``ipv4:10.0.0.1:5000``: its port means nothing."""
    return peer.rpartition(":")[0] or peer
