"""When an episode is announced that its feed dates ahead."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("episode", sa.Column("announce_at", sa.DateTime(timezone=True)))
    # Of these alone, as every poll looks for them.
    waiting = sa.text("announce_at IS NOT NULL")
    op.create_index(
        "ix_episode_podcast_id_announce_at",
        "episode",
        ["podcast_id", "announce_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
