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
    KnownEpisode,
    PollResult,
    TranscriptLink,
    TranscriptSource,
)
from storage.rows import insert_new, replace_chapters, replace_turns
from storage.schema import delivery, destination, episode, podcast, transcript_link


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
        return revision or 0, {identity: KnownEpisode(id_, hash_) for identity, id_, hash_ in rows}


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
) -> None:
    """Keep how a look ended that brought nothing: unchanged, or failed."""
    async with db.write() as connection:
        await connection.execute(
            podcast.update()
            .where(podcast.c.id == podcast_id)
            .values(polled_at=now, outcome=outcome, next_poll_at=next_poll_at)
        )


async def _save(connection: AsyncConnection, podcast_id: int, result: PollResult) -> None:
    turns_changed = False
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
    for change in result.changes:
        episode_id = await _save_episode(connection, podcast_id, change, result.polled_at)
        if change.item.chapters:
            await replace_chapters(connection, episode_id, change.item.chapters)
        if change.item.turns:
            await replace_turns(connection, episode_id, TranscriptSource.NOTES, change.item.turns)
            turns_changed = True
        await _save_links(connection, episode_id, change.item.transcript_links)
        if change.announce:
            for destination_id in destinations:
                await insert_new(
                    connection,
                    delivery,
                    {
                        "destination_id": destination_id,
                        "episode_id": episode_id,
                        "state": DeliveryState.PLANNED,
                        "attempts": 0,
                        "planned_at": result.polled_at,
                    },
                )
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


async def _save_episode(
    connection: AsyncConnection, podcast_id: int, change: EpisodeChange, now: datetime
) -> int:
    values = _episode_values(change.item)
    if change.episode_id is not None:
        await connection.execute(episode.update().where(episode.c.id == change.episode_id).values(**values))
        return change.episode_id
    result = await connection.execute(
        episode.insert()
        .values(
            {"sorted_at": now}
            | values
            | {
                "podcast_id": podcast_id,
                "identity": change.item.identity,
                "decision": change.reason,
                "stored_at": now,
            }
        )
        .returning(episode.c.id)
    )
    return int(result.scalar_one())


def _episode_values(item: FeedItem) -> dict[str, Any]:
    values = {
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
    if item.published is not None:
        values["sorted_at"] = item.published
    return values


async def _save_links(connection: AsyncConnection, episode_id: int, links: Sequence[TranscriptLink]) -> None:
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
    if links:
        await connection.execute(
            transcript_link.insert(),
            [
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
            ],
        )
