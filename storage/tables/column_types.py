"""What all tables share: how values are stored, and how constraints are named.

Times are in UTC, text is what every database takes, states are codes.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from storage.models.status import Status, from_json, to_json

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware time, stored in UTC; without the zone on SQLite, which has no type for it."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(sa.types.TypeDecorator[str]):
    """Text from anywhere, without NUL, which PostgreSQL refuses, and without surrogates, which can't be encoded."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        if value is None:
            return None
        return clean(value)


def clean(text: str) -> str:
    """The text as it is stored."""
    text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "ignore").decode("utf-8")


class StatusJson(sa.types.TypeDecorator[Status]):
    """A code with arguments. A plain sentence, as an older version wrote, is read as one."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Status | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else clean(to_json(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Status | None:
        del dialect
        return None if value is None else from_json(value)
