"""Since when nobody follows a podcast, how much text is stored of each episode, and which servers removed the bot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Who left a podcast before this is not known: its time begins when the upkeep first looks.
    op.add_column("podcast", sa.Column("left_at", sa.DateTime(timezone=True)))
    op.add_column("podcast", sa.Column("deleted_at", sa.DateTime(timezone=True)))
    for name in ("notes_bytes", "turns_bytes"):
        op.add_column("episode", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    episode = sa.table("episode", *map(sa.column, ("id", "notes", "intro", "notes_bytes", "turns_bytes")))
    turn = sa.table("turn", *map(sa.column, ("episode_id", "text")))
    spoken = sa.select(sa.func.sum(_bytes(turn.c.text))).where(turn.c.episode_id == episode.c.id)
    op.execute(
        episode.update().values(
            notes_bytes=_bytes(episode.c.notes) + _bytes(episode.c.intro),
            turns_bytes=sa.func.coalesce(spoken.scalar_subquery(), 0),
        )
    )
    op.create_index(
        "ix_episode_podcast_id_notes_bytes_turns_bytes",
        "episode",
        ["podcast_id", "notes_bytes", "turns_bytes"],
    )
    op.create_table(
        "removed_guild",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
    )


def _bytes(column: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
    if op.get_bind().dialect.name == "postgresql":
        return sa.func.octet_length(column)
    return sa.func.length(sa.cast(column, sa.LargeBinary))
