"""Alembic's entry: runs on the connection, and inside the transaction, that `storage.engine.database` hands over."""

from __future__ import annotations

from alembic import context

from storage.tables.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
