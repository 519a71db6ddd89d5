"""Puts the steps together: bytes and metadata in, an answer or a refusal out, one transaction."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from google.protobuf.message import Message

from seal_service.access.identity import Identities, touch
from seal_service.access.policies import Scope
from seal_service.application.call import Call, Caller, Tools
from seal_service.application.ports import ALLOWED, REPLAYED, AuditEntry, Database
from seal_service.application.sessions import SEAL_RPC
from seal_service.audit.again import with_tries
from seal_service.domain.access_modes import BOUND, require_enabled
from seal_service.domain.reasons import Reason, Refusal, lost_against_another
from seal_service.interceptors import validate
from seal_service.interceptors.authorise import authorise
from seal_service.interceptors.data_class import require_protection
from seal_service.interceptors.exchange import Exchange, host_of
from seal_service.interceptors.idempotency import first_answer, keep_answer, request_id_of
from seal_service.interceptors.maintenance import Pauses
from seal_service.interceptors.metrics import Metrics
from seal_service.interceptors.quota import Quotas
from seal_service.interceptors.subject import question_of, subject_of

_NOT_WRITTEN = {Reason.DATABASE_BUSY, Reason.STORAGE_FULL}
"""Refusals of a server that cannot write; they are in the metrics and the process's log."""
_THINNED = {Reason.QUOTA, Reason.DRAINING}
"""Refusals of which one a second and caller is written: many come at once, and all say the same."""
UNKNOWN_METHOD = "system/UnknownMethod"
_PATH_CHARS = 200
"""Of a path that nobody has checked, in the process's log: gRPC lets 16 KiB of it in."""

log = structlog.get_logger("seal_service.calls")


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Pipeline:
    """Everything that calls pass through."""

    database: Database
    tools: Tools
    quotas: Quotas
    metrics: Metrics
    identities: Identities = field(default_factory=Identities)
    pauses: Pauses = field(default_factory=Pauses)
    clock: Callable[[], datetime] = utc_now
    draining: threading.Event = field(default_factory=threading.Event)
    running: int = 0
    _gate: threading.Lock = field(default_factory=threading.Lock)
    _thinned: dict[str, float] = field(default_factory=dict)

    def run(self, exchange: Exchange) -> Message:
        """Serve one call.

        Raises
        ------
        Refusal
            Every failure, unknown ones as INTERNAL with the correlation id of the process's log.
        """
        rpc = exchange.method.policy.rpc
        outcome, begin = "OK", time.perf_counter()
        self._count(1)
        try:
            return self._served(exchange)
        except Refusal as refusal:
            outcome = refusal.reason
            raise
        finally:
            took_s = time.perf_counter() - begin
            self._count(-1)
            self.metrics.call(rpc, str(outcome), took_s)
            log.info(
                "call", rpc=rpc, outcome=outcome, took_ms=round(1e3 * took_s, 2),
                user=exchange.caller.user_id, trace_id=exchange.trace_id,
                correlation_id=exchange.correlation_id,
            )  # fmt: skip

    def _count(self, step: int) -> None:
        with self._gate:
            self.running += step

    def _served(self, exchange: Exchange) -> Message:
        try:
            return self._steps(exchange)
        except Refusal as refusal:
            self._write_refusal(exchange, refusal)
            raise
        except Exception as error:
            log.exception(
                "internal error", rpc=exchange.method.policy.rpc,
                correlation_id=exchange.correlation_id, trace_id=exchange.trace_id,
            )  # fmt: skip
            internal = Refusal(Reason.INTERNAL, correlation_id=exchange.correlation_id)
            self._write_refusal(exchange, internal)
            raise internal from error

    def _steps(self, exchange: Exchange) -> Message:
        if self.draining.is_set():
            raise Refusal(Reason.DRAINING)
        method = exchange.method
        anonymous = not (exchange.credentials.token or exchange.credentials.certificate_sha256)
        if not anonymous:
            exchange.caller = self._first_look(exchange)
        self.quotas.take(exchange.principal, anonymous=not exchange.caller.user_id)
        require_protection(exchange, self.tools.rules.data_classes)
        exchange.request = validate.parsed(method.request_type, exchange.data)
        exchange.request_id = request_id_of(exchange.request)
        exchange.target = subject_of(exchange.request)
        exchange.check_deadline()
        prepared = None
        if method.prepare is not None:
            authorise(method.policy, exchange.caller, self.tools.rules, exchange.started)
            prepared = method.prepare(self.tools, self.database, exchange.caller, exchange.request)
        return with_tries(
            lambda: self._transaction(exchange, prepared),
            passes=lost_against_another, begin_again=self.metrics.retries.inc,
        )  # fmt: skip

    def _first_look(self, exchange: Exchange) -> Caller:
        """Return who calls, as far as the steps before the transaction need to know."""
        if exchange.method.prepare is None:
            seen = self.identities.seen(exchange.credentials)
            if seen is not None:
                return seen
        with self.database.read() as work:
            return self.identities.caller(work, exchange.credentials, exchange.started)

    def _transaction(self, exchange: Exchange, prepared: object) -> Message:
        method, secrets = exchange.method, self.tools.secrets
        exchange.check_deadline()
        with self.database.write() as work:
            # Read again inside: whoever lost a post since the first look is not served.
            caller = self.identities.caller(work, exchange.credentials, exchange.started)
            exchange.caller = caller
            answer = None
            if not caller.sealed or method.policy.rpc == SEAL_RPC:
                answer = first_answer(work, exchange, secrets)
            if answer is not None:
                work.audit.append(self._entry(exchange, REPLAYED))
                return answer
            authorise(method.policy, caller, self.tools.rules, exchange.started)
            self.pauses.require_open(work, method.policy, caller, exchange.started)
            if method.policy.permission in BOUND:
                require_enabled(work.modes.get(caller.mode), caller.mode)
            if caller.session is not None:
                touch(work, caller.session, exchange.started)
            call = Call(
                work=work, caller=caller, tools=self.tools, now=exchange.started,
                permission=method.policy.permission, peer=exchange.peer, prepared=prepared,
                certificate_sha256=exchange.credentials.certificate_sha256,
                target=exchange.target,
            )  # fmt: skip
            try:
                response = method.handle(call, exchange.request)
            finally:
                exchange.target, exchange.org = call.target, call.org
            if call.kept_refusal is None:
                self._require_kept_promises(exchange, call, response)
                keep_answer(work, exchange, secrets, response)
            decision = call.kept_refusal.reason if call.kept_refusal else ALLOWED
            work.audit.append(self._entry(exchange, decision, call))
            exchange.check_deadline()
        if call.kept_refusal is not None:
            call.kept_refusal.in_log = True
            raise call.kept_refusal
        return response

    def _require_kept_promises(self, exchange: Exchange, call: Call, response: Message) -> None:
        """Roll back a call whose use case forgot what the contract promises of it."""
        policy = exchange.method.policy
        if policy.scope in {Scope.SUBTREE, Scope.BANK} and not call.scope_checked:
            message = f"{policy.rpc} has not asked for its scope"
            raise RuntimeError(message)
        if policy.second_person and not call.caller.super_admin:
            change = getattr(response, "change", None)
            if not getattr(change, "name", ""):
                message = f"{policy.rpc} took effect without its second person"
                raise RuntimeError(message)

    def _write_refusal(self, exchange: Exchange, refusal: Refusal) -> None:
        """Write a refused call to the log, in a transaction of its own: its own was undone."""
        if refusal.in_log or refusal.reason in _NOT_WRITTEN:
            return
        if refusal.reason in _THINNED and not self._first_of_second(exchange.principal):
            return
        self._record(self._entry(exchange, refusal.reason))

    def unknown(self, path: str, peer: str) -> None:
        """Write that somebody has called a method that there is not: one a second and caller."""
        log.info("unknown method", path=path[:_PATH_CHARS], peer=peer)
        principal = f"peer:{host_of(peer)}"
        if not self.draining.is_set() and self._first_of_second(principal):
            entry = AuditEntry(
                kind="BUSINESS", actor=principal, rpc=UNKNOWN_METHOD, org="", target=path,
                decision=Reason.NOT_BUILT, at=self.clock(), trace_id="", request_id="", peer=peer,
                data_class=2,
            )  # fmt: skip
            self._record(entry)

    def _record(self, entry: AuditEntry) -> None:
        try:
            self.database.record(entry)
        except Exception:  # the refusal itself must reach the caller
            self.metrics.unlogged.inc()
            log.exception("refusal not written", rpc=entry.rpc, trace_id=entry.trace_id)

    def _first_of_second(self, principal: str) -> bool:
        """Tell whether to write this one: one a second for a caller, or the log is the flood."""
        now = time.monotonic()
        if now - self._thinned.get(principal, -1e9) < 1.0:
            return False
        if len(self._thinned) > 10_000:
            self._thinned.clear()
        self._thinned[principal] = now
        return True

    def _entry(self, exchange: Exchange, decision: str, call: Call | None = None) -> AuditEntry:
        policy, caller = exchange.method.policy, exchange.caller
        return AuditEntry(
            kind=policy.audit_kind, actor=exchange.principal, rpc=policy.rpc,
            org=exchange.org or caller.org_id, target=exchange.target, decision=str(decision),
            at=self.clock(), trace_id=exchange.trace_id, request_id=exchange.request_id,
            peer=exchange.peer, data_class=policy.data_class,
            asked=question_of(policy.rpc, exchange.request),
            before=call.before if call else None, after=call.after if call else None,
        )  # fmt: skip
