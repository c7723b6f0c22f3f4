"""State is a code with arguments: the sentences that stood there so far become the argument of the code `text`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = {
    "podcast": ("outcome", "next_reason", "paused"),
    "former_address": ("reason",),
    "held_item": ("reason",),
    "episode": ("decision", "transcript_choice"),
    "linked_file": ("error",),
    "destination": ("paused",),
    "delivery": ("error",),
    "follow_up": ("error",),
}


def upgrade() -> None:
    # The columns stay as they are, so that no table is made anew: on SQLite that would delete what hangs on it.
    for table_name, names in COLUMNS.items():
        table = sa.table(table_name, *(sa.column(name, sa.Text) for name in names))
        # One pass over the table, for a row of an episode is large.
        op.execute(
            table.update()
            .where(sa.or_(*(table.c[name].is_not(None) for name in names)))
            .values({name: _as_status(table.c[name]) for name in names})
        )


def _as_status(sentence: sa.ColumnElement[str]) -> sa.ColumnElement[str | None]:
    """`{"code": "text", "args": {"text": sentence}}`; NULL stays NULL."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    build = sa.func.json_build_object if on_postgresql else sa.func.json_object
    # Literals, as PostgreSQL can't tell the type of a parameter here.
    text: sa.ColumnElement[str] = sa.literal_column("'text'")
    status = build(sa.literal_column("'code'"), text, sa.literal_column("'args'"), build(text, sentence))
    return sa.case((sentence.is_not(None), sa.cast(status, sa.Text)))
