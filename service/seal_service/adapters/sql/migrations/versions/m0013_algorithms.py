"""The algorithm's id stands with every stored hash and ciphertext (E29).

What an older program wrote is SHA-256's, HMAC-SHA-256's and AES-256-GCM's, and gets their ids;
going back takes them away. What was made under the profile `sm` means nothing to an older program:
kept answers go, whoever signed in signs in again, and a change's hash is made anew from its body.

Revision ID: 0013
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

loses: dict[str, str] = {
    "first answers kept under the profile sm": (
        "SELECT count(*) FROM idempotency WHERE body_hash LIKE 'hmac-sm3:%%'"
    ),
    "sessions opened under the profile sm": (
        "SELECT count(*) FROM session WHERE token_hash LIKE 'sm3:%%'"
    ),
}

session = sa.table("session", sa.column("id"), sa.column("token_hash"))
change = sa.table(
    "pending_change", sa.column("id"), sa.column("body_hash"), sa.column("body", sa.JSON)
)
answer = sa.table(
    "idempotency", sa.column("principal"), sa.column("request_id"), sa.column("body_hash"),
    sa.column("response", sa.LargeBinary),
)  # fmt: skip
_KEY = (answer.c.principal, answer.c.request_id)


def upgrade() -> None:
    """Write the ids."""
    connection = op.get_bind()
    _rewrite(connection, session, session.c.token_hash, lambda old: _text("sha256", old))
    _rewrite(connection, change, change.c.body_hash, lambda old: _text("sha256", old))
    for *key, old, sealed in connection.execute(
        sa.select(*_KEY, answer.c.body_hash, answer.c.response)
    ).all():
        _save(connection, key, _text("hmac-sha256", old), b"\x01" + sealed)


def downgrade() -> None:
    """Take the ids away, and what an older program cannot use."""
    connection = op.get_bind()
    connection.execute(sa.delete(session).where(session.c.token_hash.like("sm3:%")))
    connection.execute(sa.delete(answer).where(answer.c.body_hash.like("hmac-sm3:%")))
    query = sa.select(change.c.id, change.c.body).where(change.c.body_hash.like("sm3:%"))
    for key, body in connection.execute(query).all():
        canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        made = _text("sha256", hashlib.sha256(canonical.encode()).hexdigest())
        connection.execute(sa.update(change).where(change.c.id == key).values(body_hash=made))
    _rewrite(connection, session, session.c.token_hash, _hex)
    _rewrite(connection, change, change.c.body_hash, _hex)
    for *key, new, sealed in connection.execute(
        sa.select(*_KEY, answer.c.body_hash, answer.c.response)
    ).all():
        _save(connection, key, _hex(new), sealed[1:])


def _rewrite(
    connection: sa.Connection,
    table: sa.TableClause,
    column: sa.ColumnClause[str],
    made: Callable[[str], str],
) -> None:
    for key, old in connection.execute(sa.select(table.c.id, column)).all():
        query = sa.update(table).where(table.c.id == key).values({column: made(old)})
        connection.execute(query)


def _save(connection: sa.Connection, key: list[str], body_hash: str, response: bytes) -> None:
    principal, request_id = key
    connection.execute(
        sa.update(answer)
        .where(answer.c.principal == principal, answer.c.request_id == request_id)
        .values(body_hash=body_hash, response=response)
    )


def _text(algorithm: str, value: str) -> str:
    return f"{algorithm}:{base64.urlsafe_b64encode(bytes.fromhex(value)).decode().rstrip('=')}"


def _hex(text: str) -> str:
    value = text.partition(":")[2]
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()
