"""`sealmatch audit …`: verify a log, witness it, run its appender, export a day, prune payloads."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seal_service.cli.failures import BadArgumentError, CommandError
from seal_service.cli.options import JsonOption

if TYPE_CHECKING:
    from seal_service.audit import Verifier
    from seal_service.audit.store import Transactions

audit_app = typer.Typer(
    name="audit",
    help="The tamper-evident audit log: verify, witness, append, export, prune.",
    no_args_is_help=True,
    add_completion=False,
)

DatabaseArgument = Annotated[
    str,
    typer.Argument(metavar="DATABASE_URL", help="sqlite:///path or postgresql+psycopg://…"),
]


@contextmanager
def _failures() -> Iterator[None]:
    """Turn what the audit log refuses into one line for a person."""
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from seal_service.audit.errors import AuditError
    from sealmatch.client import CallError

    try:
        yield
    except (AuditError, OSError, CallError) as error:
        raise CommandError(str(error)) from error
    except ArgumentError as error:
        raise BadArgumentError(str(error)) from error
    except SQLAlchemyError as error:
        text = " ".join(str(getattr(error, "orig", None) or error).split())
        message = f"the database failed: {text}"
        raise CommandError(message) from error


@contextmanager
def _opened(url: str) -> Iterator[Transactions]:
    """Open a log's database, and say in one line what it refuses."""
    from seal_service.audit.store import Transactions

    with _failures():
        log = Transactions(url)
        try:
            yield log
        finally:
            log.close()


@audit_app.command("verify")
def verify_command(
    *,
    target: Annotated[
        str,
        typer.Argument(
            metavar="DIR|DATABASE_URL",
            help="A service's data directory, a database, a published copy or an exported day.",
        ),
    ],
    key: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="KEY|FILE", help="Public key of the log or of a witness."),
    ] = None,
    witness: Annotated[
        list[Path] | None,
        typer.Option("--witness", metavar="DIR", help="A witness's folder to compare with."),
    ] = None,
    published: Annotated[
        Path | None,
        typer.Option("--published", metavar="DIR", help="The published copy to compare with."),
    ] = None,
    origin: Annotated[
        str | None, typer.Option("--origin", help="Name that the log must have.")
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option("--processes", min=1, help="By default one for each processor."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Re-hash a log from storage and say precisely what is wrong. Exit code 0 if it is sound."""
    from seal_audit_check import Trust, check
    from seal_audit_check.__main__ import lines_of
    from seal_audit_check.findings import CheckError

    try:
        trust = Trust.of(
            tuple(key or ()),
            witness_folders=tuple(witness or ()),
            published=published,
            origin=origin,
        )
        report = check(target, trust, processes=processes)
    except CheckError as error:
        raise CommandError(str(error)) from error
    typer.echo(json.dumps(report.as_json()) if as_json else "\n".join(lines_of(report)))
    if not report.sound:
        raise typer.Exit(1)


@audit_app.command("keygen")
def keygen_command(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as bank.example/audit.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Secret key, mode 0600.")],
    profile: Annotated[
        str, typer.Option("--profile", help="international (Ed25519) or sm (SM2).")
    ] = "international",
) -> None:
    """Make the log's signing key: the secret in FILE, the public half in FILE.pub and printed."""
    from seal_service.audit import Signer, profile_of

    try:
        _, algorithm = profile_of(profile)
    except ValueError as error:
        raise BadArgumentError(str(error)) from error
    with _failures():
        signer = Signer.generate(name, algorithm)
        signer.save(out)
        Path(f"{out}.pub").write_text(f"{signer.verifier}\n", encoding="utf-8")
    typer.echo(str(signer.verifier))


@audit_app.command("append")
def append_command(
    *,
    database: DatabaseArgument,
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The log's secret key.")],
    profile: Annotated[
        str, typer.Option("--profile", help="The log's hash: international or sm.")
    ] = "international",
    publish: Annotated[
        Path | None, typer.Option("--publish", metavar="DIR", help="Folder of the public copy.")
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Take in what waits, sign, publish, and end.")
    ] = False,
) -> None:
    """Run the log's single appender until SIGTERM; in reserve while another process is it."""
    from seal_service.audit import Signer, profile_of, tables
    from seal_service.audit.store import Appender, LogSettings

    try:
        algorithm, _ = profile_of(profile)
    except ValueError as error:
        raise BadArgumentError(str(error)) from error
    with _opened(database) as log:
        signer = Signer.load(key)
        with log.write() as connection:
            tables.metadata.create_all(connection)
        settings = LogSettings(signer.verifier.name, algorithm)
        appender = Appender(log, settings, signer, publish_to=publish)
        if once:
            appender.open()
            appender.drain()
            appender.stop()
        else:
            _run_until_told(appender)
    status = appender.status
    typer.echo(f"{status.size} events, signed to {status.signed_size}")
    if status.stopped:
        raise CommandError(status.stopped)


def _run_until_told(appender: Any) -> None:
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    appender.start()
    while not told.wait(0.2):
        if appender.status.stopped:
            break
    appender.stop()


@audit_app.command("witness")
def witness_command(
    *,
    log: Annotated[
        str | None,
        typer.Argument(metavar="DIR|DATABASE_URL", help="The log's public copy, or its database."),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option("--server", metavar="HOST:PORT", help="Instead of either, the bank's server."),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--state", metavar="DIR", help="The witness's own folder.")
    ],
    log_key: Annotated[
        str, typer.Option("--key", metavar="KEY|FILE", help="The log's public key.")
    ],
    name: Annotated[
        str, typer.Option("--name", help="The witness's name, for a new folder.")
    ] = "witness",
    profile: Annotated[
        str, typer.Option("--profile", help="international (Ed25519) or sm (SM2).")
    ] = "international",
    every_s: Annotated[
        float | None,
        typer.Option(
            "--every", metavar="S", min=0.1, help="Seconds between looks: 1; at a server 60."
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
    authority: Annotated[
        Path | None,
        typer.Option(envvar="SEALMATCH_AUTHORITY", help="PEM of the server's authority."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="PEM of the certificate that the server knows you by.")
    ] = None,
    certificate_key: Annotated[Path | None, typer.Option(help="PEM of its key.")] = None,
    token: Annotated[
        str, typer.Option(envvar="SEALMATCH_TOKEN", help="A session's token, in place of both.")
    ] = "",
) -> None:
    """Co-sign the log's state as long as it continues what was signed before; else stop, exit 1."""
    from sqlalchemy.exc import SQLAlchemyError

    from seal_service.adapters.witnessed_server import WitnessedServer
    from seal_service.audit import profile_of
    from seal_service.audit.publish import PublishedLog
    from seal_service.audit.store.witnessed import WitnessedDatabase
    from seal_service.audit.witness import Witness
    from sealmatch.client import CallError, Client

    if (log is None) == (server is None):
        message = "name either the log (its public copy or database) or --server"
        raise BadArgumentError(message)
    try:
        _, algorithm = profile_of(profile)
    except ValueError as error:
        raise BadArgumentError(str(error)) from error
    with ExitStack() as stack:
        stack.enter_context(_failures())
        source: PublishedLog | WitnessedDatabase | WitnessedServer
        if server is not None:
            client = Client(
                server, authority=authority, certificate=certificate, key=certificate_key,
                token=token,
            )  # fmt: skip
            source = WitnessedServer(stack.enter_context(client))
            # Each look is three events of the log: one a second would be the log's main content.
            every_s = every_s or 60.0
        elif log is not None and "://" in log:
            source = WitnessedDatabase(stack.enter_context(_opened(log)))
        else:
            source = PublishedLog(Path(str(log)))
        witness = Witness.open(folder, _key_of(log_key), name, algorithm)
        while True:
            try:
                cosigned = witness.look(source)
                if cosigned is not None and not isinstance(source, PublishedLog):
                    source.accept(cosigned)
            except (OSError, SQLAlchemyError, CallError) as error:
                # The log's machine may be away for a while; only a bad log ends a witness.
                if once:
                    raise
                typer.echo(f"held up: {' '.join(str(error).split())}", err=True)
            else:
                if cosigned is not None:
                    typer.echo(f"cosigned {cosigned.checkpoint.size}")
            if once:
                return
            time.sleep(every_s or 1.0)


def _key_of(text: str) -> Verifier:
    from seal_service.audit import Verifier

    path = Path(text)
    return Verifier.parse(path.read_text(encoding="utf-8") if path.is_file() else text)


@audit_app.command("export")
def export_command(
    *,
    database: DatabaseArgument,
    day: Annotated[str, typer.Option("--day", metavar="YYYY-MM-DD", help="The day.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="New or empty folder.")],
    zone: Annotated[
        str, typer.Option("--zone", help="Time zone in which the day begins and ends.")
    ] = "Asia/Shanghai",
) -> None:
    """Write one day's events with their proof to a folder that `audit verify` checks alone."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from seal_service.audit.store.export import export_day

    try:
        wanted, where = date.fromisoformat(day), ZoneInfo(zone)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise BadArgumentError(str(error)) from error
    with _opened(database) as log, log.read() as connection:
        done = export_day(connection, wanted, where, out)
    typer.echo(f"{done.count} events from seq {done.first_seq}, signed to {done.signed_size}")


@audit_app.command("prune")
def prune_command(
    *,
    database: DatabaseArgument,
    kind: Annotated[
        str, typer.Option("--kind", help="ACCOUNT, BUSINESS, DOCUMENT, LOGIN or ORG_STAFF.")
    ],
    keep_days: Annotated[
        int, typer.Option("--keep-days", help="Payloads of this age and younger stay (≥ 183).")
    ],
    actor: Annotated[str, typer.Option("--actor", help="Who prunes; it is logged.")],
) -> None:
    """Remove old payloads of one kind; entries, hashes and proofs stay, and the log says so."""
    from seal_service.audit import AuditKind, hasher_of
    from seal_service.audit.store.retention import prune
    from seal_service.audit.store.state import load_settings

    if kind not in AuditKind.__members__:
        message = f"{kind} is not one of: {', '.join(AuditKind.__members__)}"
        raise BadArgumentError(message)
    count = 0
    now = datetime.now().astimezone()
    with _opened(database) as log:
        while True:
            with log.write() as connection:
                hasher = hasher_of(load_settings(connection).algorithm)
                done = prune(
                    connection,
                    AuditKind[kind],
                    keep=timedelta(days=keep_days),
                    actor=actor,
                    now=now,
                    hasher=hasher,
                )
            if done is None:
                break
            count += done.count
    typer.echo(f"{count} payloads of kind {kind} removed")
