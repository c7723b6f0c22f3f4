"""The tables of what a language model writes."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables.column_types import METADATA, CleanText, StatusJson, UtcDateTime

summary = sa.Table(
    "summary",
    METADATA,
    sa.Column("episode_id", sa.ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True),
    # The model that it was made with, or is to be made with.
    sa.Column("model", CleanText, nullable=False),
    # Two sentences about the episode, and a hash of what they were made of.
    sa.Column("overview", CleanText),
    sa.Column("overview_basis", CleanText, nullable=False, server_default=""),
    # When to make it; None if it is made.
    sa.Column("due_at", UtcDateTime),
    # Incremented when it is asked for again, so that what changed while it was made is looked at once more.
    sa.Column("asked", sa.Integer, nullable=False, server_default="1"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", StatusJson),
    sa.Column("lease_owner", CleanText),
    sa.Column("lease_until", UtcDateTime),
    sa.Index(None, "due_at"),
)

# Written before the model is asked: what was asked and got lost is not paid for again.
chapter_line = sa.Table(
    "chapter_line",
    METADATA,
    sa.Column("episode_id", sa.ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("model", CleanText, nullable=False),
    # A hash of the chapter's title and of what is said in it.
    sa.Column("basis", CleanText, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("line", CleanText),
    sa.Column("rejected", CleanText),
    sa.Index(None, "model", "asked_at"),
)

# By calendar month in UTC, as "2026-11".
model_tokens = sa.Table(
    "model_tokens",
    METADATA,
    sa.Column("month", CleanText, primary_key=True),
    sa.Column("tokens", sa.BigInteger, nullable=False),
)
