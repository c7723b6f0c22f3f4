"""The tables of quotes that were given and shared."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables.column_types import METADATA, CleanText, UtcDateTime

answer = sa.Table(
    "answer",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    # Who asked. Not known of what an earlier version answered, which is anybody's in that server.
    sa.Column("member_id", sa.BigInteger),
    sa.Column("given_at", UtcDateTime, nullable=False),
)

# The quotes of an answer, as they were shown: its buttons hold only ids, and work after a restart.
quote = sa.Table(
    "quote",
    METADATA,
    sa.Column("answer_id", sa.ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("rank", sa.Integer, primary_key=True),
    sa.Column("episode_id", sa.ForeignKey("episode.id", ondelete="CASCADE"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("speaker", CleanText),
    sa.Column("start_ms", sa.Integer),
    sa.Column("end_ms", sa.Integer),
    sa.Column("text", CleanText, nullable=False),
    sa.Column("match_from", sa.Integer, nullable=False),
    sa.Column("match_to", sa.Integer, nullable=False),
    # The matched words, as "from-to from-to".
    sa.Column("marks", CleanText, nullable=False, server_default=""),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("shared_at", UtcDateTime),  # Of versions that noted nothing else of a share; not read any more.
    # For deleting an episode.
    sa.Index(None, "episode_id"),
)

# Quotes that members posted in channels; they go with the answers that they are from.
share = sa.Table(
    "share",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("answer_id", sa.Integer, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("shared_at", UtcDateTime, nullable=False),
    # Without a message it is not confirmed; it is gone when it was taken back, or found to be deleted.
    sa.Column("message_id", sa.BigInteger),
    sa.Column("gone_at", UtcDateTime),
    sa.ForeignKeyConstraint(["answer_id", "rank"], ["quote.answer_id", "quote.rank"], ondelete="CASCADE"),
    # For deleting an answer, and for what was shared in a server of late.
    sa.Index(None, "answer_id", "rank"),
    sa.Index(None, "guild_id", "shared_at"),
)
