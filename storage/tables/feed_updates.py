"""Storing what a poll brought, in one transaction: episodes, validators, planned deliveries and the next poll."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import UNTITLED, FeedMove, Podcast, PollOutcome, PollResult
from storage.models.feed_identity import feed_key
from storage.tables.backups import perhaps_sent_since
from storage.tables.bulk_writes import insert_many, insert_new
from storage.tables.column_types import clean
from storage.tables.decisions import announce_come
from storage.tables.deliveries import planned_row
from storage.tables.due_times import is_ahead
from storage.tables.feed_items import insert_episodes, refresh_episodes, update_episode
from storage.tables.follow_ups import WITHDRAWN_AFTER, ask_for_edits
from storage.tables.held_items import keep_held
from storage.tables.leases import NO_LEASE
from storage.tables.podcasts import feed_host
from storage.tables.schema import (
    delivery,
    destination,
    episode,
    former_address,
    podcast,
)

EPISODES_AT_ONCE = 50


class StaleRevisionError(Exception):
    """The podcast was written to after the decision was made, so it has to be made again."""


async def create_podcast(db: Database, feed_url: str, result: PollResult, *, by_operator: bool) -> int:
    """Store a podcast with its first poll, the baseline; its id.

    One that is stored already stays as it is, also where it was added by another spelling of this address.
    """
    key = feed_key(feed_url)
    async with db.write() as connection:
        created = await insert_new(
            connection,
            podcast,
            {
                "feed_url": feed_url,
                "feed_key": key,
                "title": result.info.title or UNTITLED,
                "by_operator": by_operator,
                "revision": 0,
                "turns_revision": 0,
                "added_at": result.outcome.polled_at,
                "feed_host": feed_host(feed_url),
            },
        )
        podcast_id: int = (
            await connection.execute(
                sa.select(podcast.c.id)
                .where(sa.or_(podcast.c.feed_url == feed_url, podcast.c.feed_key == key))
                .order_by(sa.case((podcast.c.feed_url == feed_url, 0), else_=1))
                .limit(1)
            )
        ).scalar_one()
        if created:
            await _save(connection, podcast_id, result)
        elif by_operator:
            await connection.execute(
                podcast.update().where(podcast.c.id == podcast_id).values(by_operator=True, left_at=None)
            )
        return podcast_id


async def save_poll(
    db: Database,
    podcast_id: int,
    revision: int,
    result: PollResult,
) -> int:
    """Store what a poll brought and plan the deliveries it calls for. Raises StaleRevisionError.

    Returns how many episodes are announced now because their dates have come.
    """
    async with db.write() as connection:
        current = await connection.scalar(
            sa.select(podcast.c.revision).where(podcast.c.id == podcast_id).with_for_update()
        )
        if current != revision:
            raise StaleRevisionError(podcast_id)
        return await _save(connection, podcast_id, result)


async def record_poll(db: Database, podcast_id: int, outcome: PollOutcome) -> int:
    """Store how a poll ended that brought nothing: it failed, or the feed is unchanged.

    Returns how many episodes are announced now because their dates have come.
    """
    async with db.write() as connection:
        come = await announce_come(connection, podcast_id, outcome.polled_at)
        await _plan_deliveries(connection, podcast_id, dict.fromkeys(come), outcome.polled_at)
        await _store_outcome(connection, podcast_id, outcome, {})
        return len(come)


async def note_false_304(db: Database, podcast_id: int, now: datetime) -> None:
    """Remember that the podcast's host answers "not changed" although its feed has."""
    async with db.write() as connection:
        await connection.execute(podcast.update().where(podcast.c.id == podcast_id).values(false_304_at=now))


async def move_podcast(db: Database, known: Podcast, move: FeedMove, now: datetime) -> None:
    """Change the address of a podcast, unless it has changed already or another one has the new address."""
    async with db.write() as connection:
        current = await connection.scalar(sa.select(podcast.c.feed_url).where(podcast.c.id == known.id))
        if current == known.feed_url:
            await _move(connection, known.id, move, now)


async def _store_outcome(
    connection: AsyncConnection, podcast_id: int, outcome: PollOutcome, values: Mapping[str, Any]
) -> None:
    """Store how a poll ended, with other values of the podcast, and release the podcast's lease."""
    if outcome.move is not None:
        await _move(connection, podcast_id, outcome.move, outcome.polled_at)
    validators: dict[str, Any] = {}
    if outcome.validators is not None:
        validators = {
            "etag": outcome.validators.etag,
            "last_modified": outcome.validators.last_modified,
            "body_hash": outcome.validators.body_hash,
        }
    seen: dict[str, Any] = {"whole_at": outcome.polled_at} if outcome.whole else {}
    failing: dict[str, Any] = {"failing_since": None, "failures": 0}
    if outcome.failed:
        failing = {
            "failing_since": outcome.failing_since
            or sa.func.coalesce(podcast.c.failing_since, outcome.polled_at),
            "failures": podcast.c.failures + 1,
        }
    await connection.execute(
        podcast.update()
        .where(podcast.c.id == podcast_id)
        .values(
            polled_at=outcome.polled_at,
            outcome=outcome.status,
            next_poll_at=outcome.next_poll_at,
            next_reason=outcome.next_reason,
            paused=outcome.pause,
            **NO_LEASE,
            **failing,
            **validators,
            **seen,
            **values,
        )
    )


async def _move(connection: AsyncConnection, podcast_id: int, move: FeedMove, now: datetime) -> None:
    """Change the address and keep the old one, unless another podcast has the new one, in whatever spelling."""
    key = feed_key(move.feed_url)
    rows = await connection.execute(
        sa.select(podcast.c.id, podcast.c.feed_url).where(
            sa.or_(
                podcast.c.id == podcast_id,
                podcast.c.feed_url == move.feed_url,
                podcast.c.feed_key == key,
            )
        )
    )
    addresses: dict[int, str] = {row.id: row.feed_url for row in rows}
    if set(addresses) != {podcast_id} or addresses[podcast_id] == move.feed_url:
        return
    old = addresses[podcast_id]
    try:
        async with connection.begin_nested():
            await connection.execute(
                podcast.update()
                .where(podcast.c.id == podcast_id)
                .values(feed_url=move.feed_url, feed_key=key, feed_host=feed_host(move.feed_url))
            )
    except IntegrityError:
        # Another process has just added the new address, which the next poll sees.
        return
    await connection.execute(
        former_address.delete().where(
            sa.or_(
                former_address.c.feed_url.in_([move.feed_url, old]),
                former_address.c.feed_key.in_([key, feed_key(old)]),
            )
        )
    )
    await connection.execute(
        former_address.insert().values(
            feed_url=old, feed_key=feed_key(old), podcast_id=podcast_id, left_at=now, reason=move.reason
        )
    )


async def _save(connection: AsyncConnection, podcast_id: int, result: PollResult) -> int:
    """Store all that a poll brought; how many episodes are announced because their dates have come."""
    now = result.outcome.polled_at
    new = [change for change in result.changes if change.episode_id is None]
    announced: dict[int, datetime | None] = {}
    for first in range(0, len(new), EPISODES_AT_ONCE):
        batch = new[first : first + EPISODES_AT_ONCE]
        ids = await insert_episodes(connection, podcast_id, batch, now)
        announced |= {
            id_: change.files_until for id_, change in zip(ids, batch, strict=True) if change.announce
        }
    for change in result.changes:
        if change.episode_id is not None:
            await update_episode(connection, change.episode_id, change.item, now)
    await refresh_episodes(connection, podcast_id, result.refreshed, now)
    changed = [change.episode_id for change in result.changes if change.episode_id is not None]
    await ask_for_edits(connection, changed, now)
    await _record_withdrawals(connection, result, now)
    stored = {clean(change.item.identity) for change in result.changes}
    await keep_held(connection, podcast_id, result.held, stored, now)
    come = await announce_come(connection, podcast_id, now)
    await _plan_deliveries(connection, podcast_id, announced | dict.fromkeys(come), now)
    await _store_outcome(connection, podcast_id, result.outcome, _podcast_values(result))
    return len(come)


async def _plan_deliveries(
    connection: AsyncConnection, podcast_id: int, announced: Mapping[int, datetime | None], now: datetime
) -> None:
    """Plan these new episodes for every destination of the podcast; each waits until then for its files.

    A channel that began to follow, perhaps again, while the feed could not be read is told of nothing older.
    """
    if not announced:
        return
    read_when_added = sa.or_(
        podcast.c.failing_since.is_(None), destination.c.added_at < podcast.c.failing_since
    )
    later = sa.or_(episode.c.published.is_(None), episode.c.published >= destination.c.added_at)
    query = (
        sa.select(destination.c.id, episode.c.id)
        .join_from(destination, podcast)
        .join(episode, episode.c.podcast_id == podcast.c.id)
        .where(
            podcast.c.id == podcast_id,
            destination.c.removed_at.is_(None),
            episode.c.id.in_(announced),
            sa.or_(read_when_added, later),
        )
        .order_by(episode.c.id, destination.c.id)
    )
    pairs = (await connection.execute(query)).all()
    perhaps_since = await perhaps_sent_since(connection, now) if pairs else None
    await insert_many(
        connection,
        delivery,
        [
            planned_row(destination_id, episode_id, now, perhaps_since, announced[episode_id])
            for destination_id, episode_id in pairs
        ],
    )


def _podcast_values(result: PollResult) -> dict[str, Any]:
    info = result.info
    turns_changed = any(change.item.turns for change in result.changes)
    # One answer without a title renames nothing.
    named = {"title": info.title} if info.title else {}
    return named | {
        "link": info.link,
        "image_url": info.image_url,
        "language": info.language,
        "author": info.author,
        "guid": info.guid,
        "ttl_s": info.ttl_s,
        "skip_hours": _listed(info.skip_hours),
        "skip_days": _listed(info.skip_days),
        "newest_at": result.rhythm.newest_at,
        "release_minute": result.rhythm.release_minute,
        "left_unread": result.left_unread,
        "revision": podcast.c.revision + 1,
        "turns_revision": podcast.c.turns_revision + int(turns_changed),
    }


async def _record_withdrawals(connection: AsyncConnection, result: PollResult, now: datetime) -> None:
    """Note which episodes the feed has stopped listing, and which it lists again."""
    if result.listed_again:
        await connection.execute(
            episode.update().where(episode.c.id.in_(result.listed_again)).values(withdrawn_at=None)
        )
        await ask_for_edits(connection, result.listed_again, now)
    if result.left_out:
        # A host may serve an older version of the feed for a while.
        counts_from = now + WITHDRAWN_AFTER
        withdrawn = sa.or_(
            episode.c.withdrawn_at <= now, is_ahead(episode.c.withdrawn_at, now, WITHDRAWN_AFTER)
        )
        new = episode.c.id.in_(result.left_out) & sa.or_(episode.c.withdrawn_at.is_(None), sa.not_(withdrawn))
        gone = await connection.execute(
            episode.update().where(new).values(withdrawn_at=counts_from).returning(episode.c.id)
        )
        await ask_for_edits(connection, list(gone.scalars()), now, withdrawn_at=counts_from)


def _listed(numbers: frozenset[int]) -> str | None:
    return ",".join(map(str, sorted(numbers))) or None
