"""Reads any podcast: leases, pauses and moves of feeds, held items, published files of every kind, marks."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _podcasts()
    _episodes()
    _files()


def _podcasts() -> None:
    # Columns are added with defaults: to recreate a table on SQLite would delete the rows that refer to it.
    moment = sa.DateTime(timezone=True)
    op.add_column("podcast", sa.Column("next_reason", sa.Text()))
    op.add_column("podcast", sa.Column("feed_host", sa.Text(), nullable=False, server_default=""))
    op.add_column("podcast", sa.Column("lease_owner", sa.Text()))
    op.add_column("podcast", sa.Column("lease_until", moment))
    op.add_column("podcast", sa.Column("failing_since", moment))
    op.add_column("podcast", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("podcast", sa.Column("paused", sa.Text()))
    op.add_column("podcast", sa.Column("ttl_s", sa.Integer()))
    op.add_column("podcast", sa.Column("skip_hours", sa.Text()))
    op.add_column("podcast", sa.Column("skip_days", sa.Text()))
    op.add_column("podcast", sa.Column("newest_at", moment))
    op.add_column("podcast", sa.Column("release_minute", sa.Integer()))
    podcast = sa.table(
        "podcast",
        sa.column("id", sa.Integer),
        sa.column("feed_url"),
        sa.column("feed_host"),
        sa.column("body_hash"),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(podcast.c.id, podcast.c.feed_url)).all():
        host = urlsplit(row.feed_url).netloc.rpartition("@")[2].lower()
        # Every feed is read once more: its items then tell what was not looked for before.
        connection.execute(
            podcast.update().where(podcast.c.id == row.id).values(feed_host=host, body_hash=None)
        )
    op.execute("UPDATE podcast SET etag = NULL, last_modified = NULL")
    op.create_table(
        "former_address",
        sa.Column("feed_url", sa.Text(), nullable=False),
        sa.Column("podcast_id", sa.Integer(), nullable=False),
        sa.Column("left_at", moment, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["podcast_id"], ["podcast.id"], name=op.f("fk_former_address_podcast_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("feed_url", name=op.f("pk_former_address")),
    )
    op.create_index(op.f("ix_former_address_podcast_id"), "former_address", ["podcast_id"])
    op.create_table(
        "held_item",
        sa.Column("podcast_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published", moment),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("held_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["podcast_id"], ["podcast.id"], name=op.f("fk_held_item_podcast_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("podcast_id", "identity", name=op.f("pk_held_item")),
    )


def _episodes() -> None:
    op.add_column("episode", sa.Column("raw_hash", sa.Text(), nullable=False, server_default=""))
    op.add_column("episode", sa.Column("kind", sa.Text(), nullable=False, server_default="full"))
    op.add_column("episode", sa.Column("season", sa.Integer()))
    op.add_column("episode", sa.Column("number", sa.Float()))
    op.add_column("episode", sa.Column("chapters_source", sa.Text()))
    op.add_column("episode", sa.Column("tag_tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("episode", sa.Column("transcript_choice", sa.Text()))
    op.execute(
        "UPDATE episode SET chapters_source = 'notes'"
        " WHERE EXISTS (SELECT 1 FROM chapter WHERE chapter.episode_id = episode.id)"
    )
    op.add_column("turn", sa.Column("mark", sa.Text()))
    op.create_table(
        "person",
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_person_episode_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("episode_id", "position", name=op.f("pk_person")),
    )


def _files() -> None:
    op.create_table(
        "linked_file",
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("mime_type", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text()),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_linked_file_episode_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("episode_id", "kind", "position", name=op.f("pk_linked_file")),
    )
    op.create_index(op.f("ix_linked_file_next_try_at"), "linked_file", ["next_try_at"])
    # What was not read is looked at anew: more formats can be read now. What was read stays read.
    op.execute(
        "INSERT INTO linked_file (episode_id, kind, position, url, mime_type, attempts, next_try_at, error)"
        " SELECT episode_id, 'transcript', position, url, mime_type, 0,"
        " CASE WHEN episode.transcript_source IS NULL THEN podcast.added_at END, error"
        " FROM transcript_link JOIN episode ON episode.id = episode_id"
        " JOIN podcast ON podcast.id = episode.podcast_id"
    )
    op.drop_table("transcript_link")
