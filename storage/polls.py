"""What a poll brings: episodes, their validators and the deliveries they call for, kept in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.models import (
    DeliveryState,
    EpisodeChange,
    FeedItem,
    FileLink,
    KnownEpisode,
    PollResult,
    TranscriptSource,
    Validators,
)
from storage.rows import (
    Row,
    chapter_rows,
    insert_many,
    insert_new,
    replace_chapters,
    replace_turns,
    turn_rows,
)
from storage.schema import chapter, clean, delivery, destination, episode, podcast, transcript_link, turn

EPISODES_AT_ONCE = 50


class StaleRevisionError(Exception):
    """The podcast was written to since the decision was made; decide again."""


async def known_episodes(db: Database, podcast_id: int) -> tuple[int, Mapping[str, KnownEpisode]]:
    """The revision of the podcast, and what is stored of it by identity."""
    async with db.read() as connection:
        revision = await connection.scalar(sa.select(podcast.c.revision).where(podcast.c.id == podcast_id))
        rows = await connection.execute(
            sa.select(episode.c.identity, episode.c.id, episode.c.content_hash).where(
                episode.c.podcast_id == podcast_id
            )
        )
        return revision or 0, {identity: KnownEpisode(id_, identity, hash_) for identity, id_, hash_ in rows}


async def create_podcast(db: Database, feed_url: str, result: PollResult, *, by_operator: bool) -> int:
    """Store a podcast with its first poll, the baseline; its id. One that just appeared is left alone."""
    async with db.write() as connection:
        made = await insert_new(
            connection,
            podcast,
            {
                "feed_url": feed_url,
                "title": result.info.title,
                "by_operator": by_operator,
                "revision": 0,
                "turns_revision": 0,
                "added_at": result.polled_at,
            },
        )
        podcast_id: int = (
            await connection.execute(sa.select(podcast.c.id).where(podcast.c.feed_url == feed_url))
        ).scalar_one()
        if made:
            await _save(connection, podcast_id, result)
        elif by_operator:
            await connection.execute(
                podcast.update().where(podcast.c.id == podcast_id).values(by_operator=True)
            )
        return podcast_id


async def save_poll(
    db: Database,
    podcast_id: int,
    revision: int,
    result: PollResult,
) -> None:
    """Store what a poll brought and plan the deliveries it calls for. Raises StaleRevisionError."""
    async with db.write() as connection:
        current = await connection.scalar(
            sa.select(podcast.c.revision).where(podcast.c.id == podcast_id).with_for_update()
        )
        if current != revision:
            raise StaleRevisionError(podcast_id)
        await _save(connection, podcast_id, result)


async def record_look(
    db: Database,
    podcast_id: int,
    *,
    outcome: str,
    now: datetime,
    next_poll_at: datetime,
    validators: Validators | None = None,
) -> None:
    """Keep how a look ended that brought nothing: unchanged (with new validators perhaps), or failed."""
    values: dict[str, Any] = {"polled_at": now, "outcome": outcome, "next_poll_at": next_poll_at}
    if validators is not None:
        values |= {
            "etag": validators.etag,
            "last_modified": validators.last_modified,
            "body_hash": validators.body_hash,
        }
    async with db.write() as connection:
        await connection.execute(podcast.update().where(podcast.c.id == podcast_id).values(**values))


async def _save(connection: AsyncConnection, podcast_id: int, result: PollResult) -> None:
    destinations: Sequence[int] = (
        (
            await connection.execute(
                sa.select(destination.c.id).where(
                    destination.c.podcast_id == podcast_id, destination.c.removed_at.is_(None)
                )
            )
        )
        .scalars()
        .all()
    )
    new = [change for change in result.changes if change.episode_id is None]
    announced: list[int] = []
    for first in range(0, len(new), EPISODES_AT_ONCE):
        some = new[first : first + EPISODES_AT_ONCE]
        ids = await _insert_episodes(connection, podcast_id, some, result.polled_at)
        announced += [id_ for id_, change in zip(ids, some, strict=True) if change.announce]
    for change in result.changes:
        if change.episode_id is not None:
            await _update_episode(connection, change.episode_id, change.item)
    await insert_many(
        connection,
        delivery,
        [
            {
                "destination_id": destination_id,
                "episode_id": episode_id,
                "state": DeliveryState.PLANNED,
                "attempts": 0,
                "planned_at": result.polled_at,
            }
            for episode_id in announced
            for destination_id in destinations
        ],
    )
    turns_changed = any(change.item.turns for change in result.changes)
    await connection.execute(
        podcast.update()
        .where(podcast.c.id == podcast_id)
        .values(
            title=result.info.title,
            link=result.info.link,
            image_url=result.info.image_url,
            language=result.info.language,
            etag=result.validators.etag,
            last_modified=result.validators.last_modified,
            body_hash=result.validators.body_hash,
            revision=podcast.c.revision + 1,
            turns_revision=podcast.c.turns_revision + int(turns_changed),
            polled_at=result.polled_at,
            outcome=result.outcome,
            next_poll_at=result.next_poll_at,
        )
    )


async def _insert_episodes(
    connection: AsyncConnection, podcast_id: int, changes: Sequence[EpisodeChange], now: datetime
) -> list[int]:
    """Store new episodes with all that belongs to them, in a few statements for all; their ids in this order.

    One transaction is the only writer: a statement or two an episode kept others waiting for 24 s.
    """
    inserted = await connection.execute(
        # In the order of the parameters SQLite would give them only at the price of a statement for each.
        episode.insert().returning(episode.c.id, episode.c.identity),
        [
            _episode_values(change.item)
            | {
                "sorted_at": change.sorted_at,
                "podcast_id": podcast_id,
                "identity": change.item.identity,
                "decision": change.reason,
                "stored_at": now,
                "transcript_source": TranscriptSource.NOTES if change.item.turns else None,
            }
            for change in changes
        ],
    )
    by_identity = {row.identity: row.id for row in inserted}
    ids: list[int] = [by_identity[clean(change.item.identity)] for change in changes]
    items = [(id_, change.item) for id_, change in zip(ids, changes, strict=True)]
    await insert_many(
        connection, chapter, [row for id_, item in items for row in chapter_rows(id_, item.chapters)]
    )
    await insert_many(connection, turn, [row for id_, item in items for row in turn_rows(id_, item.turns)])
    await insert_many(
        connection,
        transcript_link,
        [row for id_, item in items for row in _link_rows(id_, item.transcript_links, {})],
    )
    return ids


async def _update_episode(connection: AsyncConnection, episode_id: int, item: FeedItem) -> None:
    """Store an episode as the feed tells it now. What it does not tell any more, chapters and turns, stays."""
    values = _episode_values(item)
    if item.published is not None:
        values["sorted_at"] = item.published
    await connection.execute(episode.update().where(episode.c.id == episode_id).values(**values))
    if item.chapters:
        await replace_chapters(connection, episode_id, item.chapters)
    if item.turns:
        await replace_turns(connection, episode_id, TranscriptSource.NOTES, item.turns)
    await _save_links(connection, episode_id, item.transcript_links)


def _episode_values(item: FeedItem) -> dict[str, Any]:
    return {
        "guid": item.guid,
        "title": item.title,
        "link": item.link,
        "published": item.published,
        "duration_s": item.duration_s,
        "image_url": item.image_url,
        "enclosure_url": item.enclosure_url,
        "enclosure_type": item.enclosure_type,
        "video_url": item.video_url,
        "notes": item.notes,
        "intro": item.intro,
        "content_hash": item.content_hash,
    }


async def _save_links(connection: AsyncConnection, episode_id: int, links: Sequence[FileLink]) -> None:
    """Keep the published transcripts; what is known of an address that stays (attempts, errors) stays."""
    columns = transcript_link.c
    standing = (
        await connection.execute(
            sa.select(columns.url, columns.mime_type, columns.attempts, columns.next_try_at, columns.error)
            .where(columns.episode_id == episode_id)
            .order_by(columns.position)
        )
    ).all()
    if [(link.url, link.mime_type) for link in links] == [(row.url, row.mime_type) for row in standing]:
        return
    known = {row.url: row for row in standing}
    await connection.execute(transcript_link.delete().where(transcript_link.c.episode_id == episode_id))
    await insert_many(connection, transcript_link, _link_rows(episode_id, links, known))


def _link_rows(
    episode_id: int, links: Sequence[FileLink], known: Mapping[str, sa.Row[*tuple[Any, ...]]]
) -> list[Row]:
    """Published transcripts as rows, with what is known of their addresses."""
    return [
        {
            "episode_id": episode_id,
            "position": position,
            "url": link.url,
            "mime_type": link.mime_type,
            "attempts": row.attempts if row else 0,
            "next_try_at": row.next_try_at if row else None,
            "error": row.error if row else None,
        }
        for position, link in enumerate(links)
        for row in [known.get(link.url)]
    ]
