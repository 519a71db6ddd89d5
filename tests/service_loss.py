"""What a bank's database holds of changes asked for, and of the events that say so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from seal_audit_check import Trust, check
from seal_audit_check.findings import Report

CREATE = "sealapi.v1.IdentityService/CreateUser"
LOGGED = "(select count(*) from {} where action = :action and decision = 1 and reason = '')"
"""Without those whose reason is REPLAYED: of a call whose first answer was lost in a commit."""


@dataclass(frozen=True)
class Held:
    """The changes that are stored, and how many events say that one was asked for."""

    changes: set[str]
    logged: int

    @property
    def without_change(self) -> int:
        """How many events there are beside the changes: never more, never less than at first."""
        return self.logged - len(self.changes)


def held(url: str) -> Held:
    """Look without repairing anything; one statement sees one state of the database."""
    if url.startswith("sqlite"):
        url = f"{url.replace('///', '///file:')}?mode=ro&uri=true"
    both = " + ".join(LOGGED.format(table) for table in ("audit_outbox", "audit_event"))
    query = text(f"select id, {both} from pending_change where kind = 'user.create'")  # noqa: S608
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        rows = connection.execute(query, {"action": CREATE}).all()
    return Held({f"changes/{key}" for key, _ in rows}, rows[0][1])


def verified(folder: Path, url: str) -> Report:
    """Let the independent checker look at all of the log."""
    trust = Trust.of((str(folder / "audit.key.pub"),), published=folder / "audit")
    return check(url, trust, processes=1)
