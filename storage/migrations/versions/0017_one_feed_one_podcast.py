"""What all spellings of a feed's address share is stored with its podcast, so that a feed is one podcast."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from storage.models.feed_identity import feed_key

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

log = logging.getLogger(__name__)

PODCAST = sa.table(
    "podcast",
    *map(sa.column, ("id", "feed_url", "feed_key", "deleted_at")),
    sa.column("by_operator", sa.Boolean),
)
DESTINATION = sa.table("destination", *map(sa.column, ("podcast_id", "removed_at")))
FORMER = sa.table("former_address", *map(sa.column, ("feed_url", "feed_key")))


def upgrade() -> None:
    for table in ("podcast", "former_address"):
        op.add_column(table, sa.Column("feed_key", sa.Text()))
    _fill_podcasts()
    _fill_former_addresses()
    op.create_index("ix_podcast_feed_key", "podcast", ["feed_key"], unique=True)
    op.create_index("ix_former_address_feed_key", "former_address", ["feed_key"])


def _fill_podcasts() -> None:
    """Of podcasts that were added by several spellings, the one that is followed, else the oldest, answers to them.

    The others stay as they are, with all that follow them, and answer to their own spelling alone: to merge them
    would post episodes again in some channels, or leave them out.
    """
    followed = sa.or_(
        PODCAST.c.by_operator,
        sa.exists().where(
            DESTINATION.c.podcast_id == PODCAST.c.id,
            DESTINATION.c.removed_at.is_(None),
        ),
    )
    query = (
        sa.select(PODCAST.c.id, PODCAST.c.feed_url)
        .where(PODCAST.c.deleted_at.is_(None))
        .order_by(sa.case((followed, 0), else_=1), PODCAST.c.id)
    )
    holders: dict[str, int] = {}
    for podcast_id, feed_url in op.get_bind().execute(query).all():
        holder = holders.setdefault(feed_key(feed_url), podcast_id)
        if holder != podcast_id:
            log.warning(
                "podcasts %d and %d are read from two spellings of one address; both are kept as they are",
                holder,
                podcast_id,
            )
    _set(
        PODCAST.update().where(PODCAST.c.id == sa.bindparam("which")),
        ({"which": podcast_id, "key": key} for key, podcast_id in holders.items()),
    )


def _fill_former_addresses() -> None:
    addresses = op.get_bind().execute(sa.select(FORMER.c.feed_url)).scalars().all()
    _set(
        FORMER.update().where(FORMER.c.feed_url == sa.bindparam("which")),
        ({"which": address, "key": feed_key(address)} for address in addresses),
    )


def _set(update: sa.Update, rows: Iterable[dict[str, str | int]]) -> None:
    if values := list(rows):
        op.get_bind().execute(update.values(feed_key=sa.bindparam("key")), values)
