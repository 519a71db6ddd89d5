"""A small bank on a real server: three levels of organisations, a person in every post.

Built once for each kind of database through the RPCs themselves, then copied for every test.
"""

from __future__ import annotations

import shutil
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import argon2
import psycopg

from seal_service.adapters.crypto.passwords import Argon2id, Passwords, Pbkdf2Sm3
from seal_service.audit import Role, Signer
from seal_service.config import Settings, load
from seal_service.domain.posts import PERMISSIONS
from seal_service.server import Server
from sealapi.v1 import change_pb2, identity_pb2, organization_pb2, session_pb2
from sealmatch.client import Client, Retries

PASSWORD = "Blue-Horse-47"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FOUNDED = START - timedelta(days=1)
WITNESS = Signer.generate("witness.example/1", role=Role.WITNESS)
ORGS = [  # code, parent, kind
    ("2100", "1000", "REAL"),
    ("2200", "1000", "REAL"),
    ("2900", "1000", "CLEARING_CENTRE"),
    ("2101", "2100", "REAL"),
    ("2102", "2100", "REAL"),
    ("2199", "2100", "VIRTUAL"),
    ("2201", "2200", "REAL"),
]
PEOPLE = [  # user, organisation, post, who asks, who approves
    ("aud", "1000", "auditor", "hq1", "hq2"),
    ("ops", "1000", "operator", "hq1", "hq2"),
    ("wit", "1000", "witness", "hq1", "hq2"),
    ("b1", "2100", "branch-admin", "hq1", "hq2"),
    ("b1b", "2100", "branch-admin", "hq1", "hq2"),
    ("b2", "2200", "branch-admin", "hq1", "hq2"),
    ("c11", "2101", "sub-branch-chief", "b1", "b1b"),
    ("c12", "2102", "sub-branch-chief", "b1", "b1b"),
    ("t11", "2101", "sub-branch-teller", "c11", "b1"),
    ("r11", "2101", "sub-branch-reviewer", "c11", "b1"),
    ("t12", "2102", "sub-branch-teller", "c12", "b1"),
    ("t21", "2201", "sub-branch-teller", "b2", "hq1"),
    ("cor", "1000", "core-interface", "hq1", "hq2"),
    ("loc", "2200", "local", "hq1", "hq2"),
]


def cheap_hasher(profile: str = "international") -> Passwords:
    """Return password hashes at the least cost: the algorithms are the real ones, only fast."""
    argon = Argon2id(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    pbkdf2 = Pbkdf2Sm3(iterations=10)
    return Passwords(pbkdf2, argon) if profile == "sm" else Passwords(argon, pbkdf2)


@dataclass
class Clock:
    """A clock that a test can set."""

    now: datetime = START

    def __call__(self) -> datetime:
        """Return the time; every look is a microsecond later."""
        self.now += timedelta(microseconds=1)
        return self.now

    def forward(self, **by: float) -> None:
        """Go forward, or with negative numbers back."""
        self.now += timedelta(**by)


@dataclass
class Bank:
    """A running server and clients of its people."""

    server: Server
    settings: Settings
    clock: Clock
    clients: dict[str, Client] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.server.port}"

    def guest(self) -> Client:
        """Return a client without a session."""
        return self.clients.setdefault("", Client(self.address, retries=Retries(attempts=1)))

    def sign_in(self, user: str, password: str = PASSWORD) -> Client:
        """Return a client with a new session."""
        client = Client(self.address, retries=Retries(attempts=1))
        client.login(user, password)
        self.clients[user + uuid.uuid4().hex] = client
        return client

    def as_(self, user: str) -> Client:
        """Return the client of a person, signed in when first asked for."""
        if user not in self.clients:
            self.clients[user] = self.sign_in(user)
        return self.clients[user]

    def approve(self, change: change_pb2.Change, by: str) -> change_pb2.Change:
        """Approve a change."""
        request = change_pb2.ApproveChangeRequest(name=change.name, etag=change.etag)
        return self.as_(by).change.approve_change(request).change

    def org(self, code: str, by: str = "hq1") -> organization_pb2.Org:
        """Return an organisation."""
        request = organization_pb2.GetOrgRequest(name=f"orgs/{code}")
        return self.as_(by).organization.get_org(request).org

    def user(self, user: str, by: str = "hq1") -> identity_pb2.User:
        """Return a user."""
        return self.as_(by).identity.get_user(
            identity_pb2.GetUserRequest(name=f"users/{user}")
        ).user  # fmt: skip

    def rows(self, table: str, where: str = "true") -> list[Any]:
        """Return rows of the database as they are."""
        where = where.replace("true", "1 = 1")
        with self.server.pipeline.database.connections.read() as connection:  # type: ignore[attr-defined]
            return list(connection.exec_driver_sql(f"select * from {table} where {where}"))  # noqa: S608

    def log(self, rpc: str = "", outcome: str = "") -> list[Any]:
        """Return the audit log's entries of a method and an outcome, the newest last.

        The numbered ones come first, and after them those that wait for their numbers.
        """
        columns = "action, actor, decision, reason, organisation, target, at_us"
        parts = (
            f"select {columns}, {waits} as waits, {order} as place from {table}"  # noqa: S608
            for table, waits, order in (("audit_event", 0, "seq"), ("audit_outbox", 1, "id"))
        )
        query = " union all ".join(parts) + " order by waits, place"
        with self.server.pipeline.database.connections.read() as connection:  # type: ignore[attr-defined]
            found = list(connection.exec_driver_sql(query))
        wanted = {"": None, "ALLOWED": ""}.get(outcome, outcome)
        return [row for row in found if rpc in {"", row.action} and wanted in {None, row.reason}]

    def log_state(self) -> tuple[int, int, int]:
        """Return how many events wait, are numbered and are signed, as one look shows them."""
        counts = (
            "count(*) from audit_outbox", "coalesce(max(seq) + 1, 0) from audit_event",
            "coalesce(max(size), 0) from audit_checkpoint",
        )  # fmt: skip
        query = f"select {', '.join(f'(select {one})' for one in counts)}"
        with self.server.pipeline.database.connections.read() as connection:  # type: ignore[attr-defined]
            waiting, size, signed = connection.exec_driver_sql(query).one()
        return waiting, size, signed

    def wait_until_logged(self) -> None:
        """Wait until no event waits for its number any more: queries show what is numbered."""
        for _ in range(1500):
            if not self.log_state()[0]:
                return
            time.sleep(0.02)
        raise AssertionError

    def close(self) -> None:
        """Stop everything."""
        for client in self.clients.values():
            client.close()
        self.server.stop()


@contextmanager
def running(folder: Path, url: str, clock: Clock | None = None, **options: Any) -> Iterator[Bank]:
    """Run a server on a database."""
    clock = clock or Clock()
    generous = {"per_s": 1e6, "burst": 10**6, "anonymous_per_s": 1e6, "anonymous_burst": 10**6}
    settings = load(
        None,
        **{
            "data_dir": folder,
            "database_url": url,
            "port": 0,
            "quota": generous,
            "audit": {"witnesses": [str(WITNESS.verifier)]},
            **options,
        },
    )
    server = Server(settings, hasher=cheap_hasher(settings.crypto.profile))
    server.pipeline.clock = clock
    server.start()
    bank = Bank(server, settings, clock)
    try:
        yield bank
    finally:
        bank.close()


def found(bank: Bank) -> None:
    """Build the bank: first set-up, organisations, people; everyone has chosen a password."""
    token = (bank.settings.data_dir / "bootstrap.token").read_text().strip()
    bank.guest().identity.bootstrap_super_admin(
        identity_pb2.BootstrapSuperAdminRequest(
            bootstrap_token=token, user_id="root", display_name="初始", password=PASSWORD,
            org_id="1000", org_display_name="总行",
        )
    )  # fmt: skip
    root = bank.sign_in("root").identity
    for admin in ("hq1", "hq2"):
        made = root.create_user(
            identity_pb2.CreateUserRequest(
                user_id=admin, display_name=admin, org="orgs/1000", posts=["posts/hq-admin"],
                kind=identity_pb2.User.KIND_PERSON, reason="first set-up",
            )
        )  # fmt: skip
        choose_password(bank, admin, made.initial_password)
    root.seal_super_admin(identity_pb2.SealSuperAdminRequest())
    for code, parent, kind in ORGS:
        request = organization_pb2.CreateOrgRequest(
            org_id=code, display_name=f"机构{code}", parent=f"orgs/{parent}", kind=f"KIND_{kind}",
            reason="founding",
        )  # fmt: skip
        bank.approve(bank.as_("hq1").organization.create_org(request).change, "hq2")
    found_local_post(bank)
    for user, org, post, maker, checker in PEOPLE:
        bank.approve(ask_user(bank, user, org, post, maker), checker)
        reset = identity_pb2.ResetPasswordRequest(name=f"users/{user}")
        # Whoever hands a password out is no second person to its user: not the one who asks.
        made = bank.as_(checker).identity.reset_password(reset)
        choose_password(bank, user, made.initial_password)


def found_local_post(bank: Bank) -> None:
    """Make a post that grants every permission, at a branch: all of them end at its border."""
    identity = bank.as_("hq1").identity
    role = identity_pb2.Role(
        display_name_zh="全权", display_name_en="everything", permissions=sorted(PERMISSIONS)
    )
    asked_role = identity_pb2.CreateRoleRequest(role_id="local", role=role, reason="founding")
    bank.approve(identity.create_role(asked_role).change, "hq2")
    post = identity_pb2.Post(
        display_name_zh="全权岗", display_name_en="everything", org_levels=[2],
        roles=["roles/local"], appointed_by=["posts/hq-admin"],
    )  # fmt: skip
    asked_post = identity_pb2.CreatePostRequest(post_id="local", post=post, reason="founding")
    bank.approve(identity.create_post(asked_post).change, "hq2")


def ask_user(bank: Bank, user: str, org: str, post: str, maker: str) -> change_pb2.Change:
    """Ask for a user with a post."""
    request = identity_pb2.CreateUserRequest(
        user_id=user, display_name=f"员工{user}", org=f"orgs/{org}", posts=[f"posts/{post}"],
        kind=identity_pb2.User.KIND_PERSON, reason="founding",
    )  # fmt: skip
    return bank.as_(maker).identity.create_user(request).change


def choose_password(bank: Bank, user: str, initial: str) -> None:
    """Change a user's initial password."""
    bank.sign_in(user, initial).session.change_password(
        session_pb2.ChangePasswordRequest(old_password=initial, new_password=PASSWORD)
    )


@dataclass(frozen=True)
class Template:
    """A founded bank on disk or in PostgreSQL, to be copied."""

    folder: Path
    url: str
    admin: str = ""

    def copy(self, folder: Path) -> tuple[Path, str]:
        """Copy it; return data directory and database URL."""
        shutil.copytree(self.folder, folder)
        if not self.admin:
            return folder, f"sqlite:///{folder / 'sealmatch.sqlite'}"
        name = f"bank_{uuid.uuid4().hex[:16]}"
        source = self.url.rpartition("/")[2]
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
        return folder, f"{self.url.rpartition('/')[0]}/{name}"

    def drop(self, url: str) -> None:
        """Remove a copy's database."""
        if self.admin:
            with psycopg.connect(self.admin, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


def sqlite_template(folder: Path) -> Template:
    """Found the bank on SQLite."""
    url = f"sqlite:///{folder / 'sealmatch.sqlite'}"
    with running(folder, url, Clock(FOUNDED)) as bank:
        found(bank)
    return Template(folder, url)


def postgres_template(folder: Path, server_url: str) -> Template:
    """Found the bank on PostgreSQL."""
    admin = server_url.replace("postgresql+psycopg:", "postgresql:")
    name = f"template_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = f"{server_url.rpartition('/')[0]}/{name}"
    with running(folder, url, Clock(FOUNDED)) as bank:
        found(bank)
    return Template(folder, url, admin)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
