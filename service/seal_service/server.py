"""One server process: everything put together, started, drained and stopped."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from zoneinfo import ZoneInfo

import grpc
import prometheus_client
import structlog
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from seal_service import config_files, log_upkeep
from seal_service.access.policies import SERVICES, by_data_class
from seal_service.adapters.crypto.installation import InstallationSecrets
from seal_service.adapters.crypto.keys import load_or_make_key
from seal_service.adapters.crypto.passwords import passwords_of
from seal_service.adapters.crypto.suites import Profile
from seal_service.adapters.sql.database import SqlDatabase
from seal_service.application.bootstrap import SUPER_ADMIN
from seal_service.application.call import Rules, Tools
from seal_service.application.housekeeping import tidy
from seal_service.application.nightly import run_due, run_long
from seal_service.application.ports import (
    ALLOWED,
    AuditEntry,
    NightlyRun,
    OneTimeCodes,
    PasswordHasher,
    Secrets,
    Tickets,
)
from seal_service.audit import Verifier, hasher_of, profile_of
from seal_service.call_threads import CallThreads
from seal_service.config import Settings, Sms, Sso, Tls
from seal_service.domain.data_classes import DataClasses
from seal_service.domain.passwords import PasswordRules
from seal_service.domain.sessions import SessionRules
from seal_service.grpc_api.dispatch import Dispatcher
from seal_service.health import HealthWatch
from seal_service.interceptors.metrics import Metrics
from seal_service.interceptors.pipeline import Pipeline
from seal_service.interceptors.quota import Quotas
from seal_service.opening import StartError, open_database, open_log

Clock = Callable[[], datetime]
FOREIGN = ("/grpc.health.v1.Health/", "/grpc.reflection.")
TIDY_EVERY_S = 60.0
BOOTSTRAP_FILE = "bootstrap.token"
log = structlog.get_logger("seal_service.server")


def rules_of(settings: Settings, bootstrap_token: str | None) -> Rules:
    """Return the part of the configuration that use cases see."""
    initial = settings.passwords.initial
    return Rules(
        zone=ZoneInfo(settings.time_zone),
        day_starts_h=settings.day_starts_h,
        passwords=PasswordRules(
            min_length=settings.passwords.min_length,
            history=settings.passwords.history,
            initial=initial.get_secret_value() if initial else None,
        ),
        sessions=SessionRules(**settings.sessions.model_dump()),
        change_lifetime=timedelta(days=settings.change_lifetime_days),
        maintenance_notice=timedelta(hours=settings.maintenance_notice_h),
        data_classes=DataClasses(
            encrypted_from=settings.data_classes.encrypted_from,
            persons_from=settings.data_classes.persons_from,
        ),
        bootstrap_token=bootstrap_token,
        witnesses=tuple(map(Verifier.parse, settings.audit.witnesses)),
    )


def bootstrap_token(settings: Settings, database: SqlDatabase) -> str | None:
    """Return the token of the first set-up from its file; None once it is done."""
    path = settings.data_dir / BOOTSTRAP_FILE
    with database.read() as work:
        done = work.marks.get(SUPER_ADMIN) is not None
    if done:
        path.unlink(missing_ok=True)
        return None
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    token = token_urlsafe(24)
    with os.fdopen(descriptor, "w") as file:
        file.write(token + "\n")
    log.warning("first set-up is open", token_file=str(path))
    return token


def hasher_of_bank(settings: Settings, database: SqlDatabase) -> PasswordHasher:
    """Return how passwords are hashed, and compared with what the bank has stored already."""
    with database.read() as work:
        stored = work.users.hash_schemes()
    return passwords_of(settings.crypto.profile, stored)


def codes_of(sms: Sms | None, secrets: Secrets, clock: Clock) -> OneTimeCodes | None:
    """Return one-time codes, where there is a gateway for them."""
    if sms is None:
        return None
    from seal_service.adapters.sms import SmsCodes  # urllib's modules take memory

    token = sms.token.get_secret_value()
    return SmsCodes(sms.gateway, token, mac=secrets.mac, clock=clock)


def tickets_of(sso: Sso | None, profile: Profile) -> Tickets | None:
    """Return the check of the core system's tickets, where single sign-on is set up."""
    if sso is None:
        return None
    from seal_service.adapters.crypto.tickets import CoreTickets  # its library takes 0.1 s

    return CoreTickets(sso.public_key, issuer=sso.issuer, audience=sso.audience, profile=profile)


class Server:
    """A server of the contract.

    Parameters
    ----------
    settings
        What to serve, where and how.
    worker
        The number of this process among those that share the port.
    hasher
        How passwords are hashed.
    listen
        Open the port; without, the server only makes ready what others will work with.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        worker: int = 0,
        hasher: PasswordHasher | None = None,
        listen: bool = True,
    ) -> None:
        self.settings = settings
        self._worker = worker
        self._listen = listen
        found = config_files.problems(settings)
        if found:
            raise StartError("; ".join(found))
        with ExitStack() as opened:
            connections = open_database(settings)
            opened.callback(connections.close)
            self._appender = open_log(settings, connections)
            opened.callback(self._appender.stop)  # It numbers, signs and publishes what waits.
            database = SqlDatabase(
                connections, self._appender.settings.hasher, log_key=self._appender.verifier
            )
            opened.callback(database.close)
            self._build(database, hasher or hasher_of_bank(settings, database))
            self._upkeep = log_upkeep.jobs(settings, connections, self._appender.settings.hasher)
            self._opened = opened.pop_all()

    def _build(self, database: SqlDatabase, hasher: PasswordHasher) -> None:
        settings = self.settings
        profile = settings.crypto.profile
        secrets = InstallationSecrets(load_or_make_key(settings.keys), profile)
        self.pipeline = Pipeline(
            database=database,
            tools=Tools(
                hasher=hasher,
                secrets=secrets,
                tickets=tickets_of(settings.sso, profile),
                hashes=hasher_of(profile_of(profile)[0]),
                rules=rules_of(settings, bootstrap_token(settings, database)),
                codes=codes_of(settings.sms, secrets, self._now),
            ),
            quotas=Quotas(settings.quota),
            metrics=Metrics(),
        )
        self.pipeline.metrics.watch(
            running=lambda: self.pipeline.running, log=lambda: self._appender.status
        )
        self._threads = CallThreads(settings.threads)
        self._server = grpc.server(
            self._threads,  # type: ignore[arg-type]  # all of an executor that gRPC uses
            options=self._options(),
        )
        self._server.add_generic_rpc_handlers(
            (Dispatcher(self.pipeline, lambda path: path.startswith(FOREIGN)),)
        )
        self._health = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        names = [service.full_name for service in SERVICES]
        if settings.reflection:
            offered = [*names, health.SERVICE_NAME, reflection.SERVICE_NAME]
            reflection.enable_server_reflection(offered, self._server)
        self._health_watch = HealthWatch(
            self._health, ["", *names],
            database=self.pipeline.database, appender=lambda: self._appender.status,
        )  # fmt: skip
        self._stopped = threading.Event()
        self.port = self._bind() if self._listen else 0

    def _now(self) -> datetime:
        return self.pipeline.clock()

    def _options(self) -> list[tuple[str, int]]:
        return [
            ("grpc.max_receive_message_length", self.settings.max_message_mib << 20),
            ("grpc.so_reuseport", int(self.settings.workers > 1)),
            ("grpc.keepalive_time_ms", 60_000),
            ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ]

    def _bind(self) -> int:
        address = f"{self.settings.host}:{self.settings.port}"
        try:
            if self.settings.tls.certificate is None:
                return self._server.add_insecure_port(address)
            return self._server.add_secure_port(address, credentials(self.settings.tls))
        except RuntimeError as error:
            message = f"cannot listen on {address}: is the port in use?"
            raise StartError(message) from error

    def start(self) -> None:
        """Begin to serve; the log learns with which configuration (E33)."""
        self._record_start()
        self._appender.start()
        self._server.start()
        self._health_watch.start()
        port = self.settings.metrics_port
        if port is not None:
            registry = self.pipeline.metrics.registry
            prometheus_client.ProcessCollector(registry=registry)
            prometheus_client.start_http_server(
                port + self._worker if port else 0,
                addr=self.settings.metrics_host,
                registry=registry,
            )
        threading.Thread(target=self._tidy, name="housekeeping", daemon=True).start()
        log.info("serving", address=f"{self.settings.host}:{self.port}", worker=self._worker)

    def _record_start(self) -> None:
        """Write what is in force, secrets masked: two starts that differ show what was changed."""
        settings = self.settings.model_dump(mode="json")
        with self.pipeline.database.write() as work:
            work.audit.append(
                AuditEntry(
                    kind="BUSINESS", actor="system:server", org="", rpc="system/Start",
                    target=f"workers/{self._worker}", decision=ALLOWED, at=self.pipeline.clock(),
                    trace_id="", request_id="", peer="", data_class=2, after=settings,
                )
            )  # fmt: skip

    def drain(self) -> None:
        """Stop: calls that are running end, new ones are told DRAINING, then the port closes."""
        log.info("draining", worker=self._worker)
        self.pipeline.draining.set()
        self._health.enter_graceful_shutdown()
        until = time.monotonic() + self.settings.drain_s
        while self.pipeline.running and time.monotonic() < until:
            time.sleep(0.02)
        self.stop(grace_s=0.5)

    def stop(self, *, grace_s: float = 0.0) -> None:
        """Close the port and everything behind it."""
        self._stopped.set()
        self._health_watch.stop()
        self._server.stop(grace_s).wait()
        self._threads.shutdown()
        self._opened.close()
        log.info("stopped", worker=self._worker)

    @property
    def _kept_shorter(self) -> Iterator[tuple[timedelta, list[str]]]:
        """Yield how long first answers of a data class are kept, and its methods."""
        policies = by_data_class()
        for data_class, days in self.settings.data_classes.answers_kept_days.items():
            yield timedelta(days=days), [one.rpc for one in policies.get(data_class, ())]

    def _tidy(self) -> None:
        while not self._stopped.wait(TIDY_EVERY_S):
            try:
                with self.pipeline.database.write() as work:
                    tidy(work, self.pipeline.clock(), self._kept_shorter)
                for run in self.nightly():
                    log.info("nightly", job=run.job, day=str(run.day), found=run.found)
            except Exception:  # the next minute tries again
                log.exception("housekeeping failed")

    def nightly(self) -> Iterator[NightlyRun]:
        """Do what is due for the bank's day; yield what was done here."""
        database, rules, at = self.pipeline.database, self.pipeline.tools.rules, self._now()
        yield from run_due(database, rules, at)
        for name, job in self._upkeep.items():
            run = run_long(database, rules, at, name, job)
            if run is not None:
                yield run


def credentials(tls: Tls) -> grpc.ServerCredentials:
    """Return TLS credentials that follow renewed files without a restart.

    Raises
    ------
    StartError
        The files cannot be read.
    """
    paths = [path for path in (tls.certificate, tls.key, tls.client_authority) if path]
    seen: list[tuple[int, int]] = []

    def stamps() -> list[tuple[int, int]]:
        return [(stat.st_mtime_ns, stat.st_ino) for stat in map(Path.stat, paths)]

    def load() -> grpc.ServerCertificateConfiguration:
        seen[:] = stamps()
        certificate, key, *authority = (path.read_bytes() for path in paths)
        return grpc.ssl_server_certificate_configuration(
            [(key, certificate)], root_certificates=authority[0] if authority else None
        )

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        try:
            return load() if stamps() != seen else None
        except OSError:
            log.exception("renewed certificate cannot be read; the old one stays")
            return None

    try:
        first = load()
    except OSError as error:
        message = f"TLS files cannot be read: {error}"
        raise StartError(message) from error
    return grpc.dynamic_ssl_server_credentials(
        first,
        renewed,  # type: ignore[arg-type]  # None means: as before
        require_client_authentication=tls.client_authority is not None,
    )
