"""Quotes that members shared, and where they stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "share",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("answer_id", sa.Integer, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("gone_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["answer_id", "rank"],
            ["quote.answer_id", "quote.rank"],
            name="fk_share_answer_id_rank",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_share_answer_id_rank", "share", ["answer_id", "rank"])
    op.create_index("ix_share_guild_id_shared_at", "share", ["guild_id", "shared_at"])
