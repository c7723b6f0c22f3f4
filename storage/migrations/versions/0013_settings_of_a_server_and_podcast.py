"""What a server chose for a podcast: who sees it, and whether its audio is linked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guild_podcast",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column(
            "podcast_id",
            sa.Integer,
            sa.ForeignKey("podcast.id", name="fk_guild_podcast_podcast_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("visible", sa.Text, nullable=False, server_default="channel"),
        sa.Column("audio", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.UniqueConstraint("guild_id", "podcast_id", name="uq_guild_podcast_guild_id_podcast_id"),
    )
    op.create_index("ix_guild_podcast_podcast_id", "guild_podcast", ["podcast_id"])
