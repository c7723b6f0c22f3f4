"""Databases as an older version left them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from storage.engine.database import MIGRATIONS


def rebuild(connection: sa.Connection, revision: str) -> None:
    """Back to an empty database, then up to what this revision made."""
    existing = sa.MetaData()
    existing.reflect(connection)
    existing.drop_all(connection)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
