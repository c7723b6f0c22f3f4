"""Lines about chapters that a model wrote, what it was asked, and how many tokens that took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.tables.column_types import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "summary",
        sa.Column(
            "episode_id",
            sa.Integer,
            sa.ForeignKey("episode.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("overview", sa.Text),
        sa.Column("overview_basis", sa.Text, nullable=False, server_default=""),
        sa.Column("due_at", UtcDateTime),
        sa.Column("asked", sa.Integer, nullable=False, server_default="1"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until", UtcDateTime),
    )
    op.create_index("ix_summary_due_at", "summary", ["due_at"])
    op.create_table(
        "chapter_line",
        sa.Column(
            "episode_id",
            sa.Integer,
            sa.ForeignKey("episode.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("line", sa.Text),
        sa.Column("rejected", sa.Text),
    )
    op.create_index("ix_chapter_line_model_asked_at", "chapter_line", ["model", "asked_at"])
    op.create_table(
        "model_tokens",
        sa.Column("month", sa.Text, primary_key=True),
        sa.Column("tokens", sa.BigInteger, nullable=False),
    )
    op.add_column("guild_podcast", sa.Column("summaries", sa.Boolean))
    op.add_column("delivery", sa.Column("summary_edits", sa.Integer, nullable=False, server_default="0"))
