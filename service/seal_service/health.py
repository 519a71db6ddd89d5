"""Says through gRPC's health service whether calls to this server have a chance.

SERVING only while the database answers and the audit log is being written. Calls that come all the
same are served as far as they can be: a load balancer decides with this where to send them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import structlog
from grpc_health.v1 import health_pb2
from grpc_health.v1.health import HealthServicer

from seal_service.application.ports import Database
from seal_service.audit.store.appender import AppenderStatus
from seal_service.domain.reasons import Refusal

LOOK_EVERY_S = 1.0
log = structlog.get_logger("seal_service.health")


class HealthWatch:
    """Looks at what a server stands on, and tells whoever asks for its health.

    Parameters
    ----------
    servicer, names
        What answers, and for which services.
    database
        Looked at in a transaction of its own.
    appender
        Returns the state of the audit log's appender.
    """

    def __init__(
        self,
        servicer: HealthServicer,
        names: Sequence[str],
        *,
        database: Database,
        appender: Callable[[], AppenderStatus],
    ) -> None:
        self._servicer = servicer
        self._names = names
        self._database = database
        self._appender = appender
        self._ended = threading.Event()
        self._ailment: str | None = None

    def start(self) -> None:
        """Look once, then regularly until `stop`."""
        self.look()
        threading.Thread(target=self._watch, name="health", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()

    def look(self) -> None:
        """Look now, and tell what has changed."""
        ailment = self._found()
        if ailment == self._ailment:
            return
        self._ailment = ailment
        if ailment:
            log.error("not serving", why=ailment)
        else:
            log.info("serving well")
        reply = health_pb2.HealthCheckResponse
        for name in self._names:
            self._servicer.set(name, reply.NOT_SERVING if ailment else reply.SERVING)

    def _found(self) -> str:
        """Return what ails the server; empty where nothing does."""
        if self._appender().stopped:
            return f"the audit log has stopped: {self._appender().stopped}"
        try:
            with self._database.read() as work:
                work.marks.epoch()
        except Refusal as refusal:
            return f"the database: {refusal.reason}"
        except Exception:  # whatever it is, no call would get on
            log.exception("the database cannot be looked at")
            return "the database cannot be looked at"
        return ""

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_EVERY_S):
            self.look()
