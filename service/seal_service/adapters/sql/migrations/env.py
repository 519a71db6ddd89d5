"""Run by Alembic: migrate over the connections that the caller brings."""

from __future__ import annotations

from alembic import context

from seal_service.adapters.sql.engine import Connections
from seal_service.adapters.sql.tables import metadata
from seal_service.audit import tables as audit

connections: Connections = context.config.attributes["connections"]

with connections.write() as connection:
    context.configure(
        connection=connection,
        target_metadata=[metadata, audit.metadata],
        render_as_batch=connections.is_sqlite,
        # One transaction for all steps, opened above: a migration that fails leaves nothing.
        transactional_ddl=True,
    )
    context.run_migrations()
