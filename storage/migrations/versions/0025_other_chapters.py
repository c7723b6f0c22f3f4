"""Lists of chapters that are not shown, because another one of the episode is better."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "other_chapter",
        sa.Column(
            "episode_id", sa.Integer, sa.ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("start_ms", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
    )
