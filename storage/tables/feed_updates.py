"""What a poll brings: episodes, their validators and the deliveries they call for, kept in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.models import (
    NOTES_TRANSCRIPT,
    ChapterSource,
    DeliveryState,
    EpisodeChange,
    FeedItem,
    FeedMove,
    FileKind,
    FileLink,
    HeldState,
    KnownEpisode,
    Look,
    PollResult,
)
from storage.tables.bulk_writes import (
    MAX_INT,
    chapter_rows,
    insert_many,
    insert_new,
    insert_turns,
    person_rows,
    replace_chapters,
    replace_persons,
    replace_turns,
)
from storage.tables.follow_ups import WITHDRAWN_AFTER, ask_for_edits
from storage.tables.held_items import held_states, keep_held
from storage.tables.leases import NO_LEASE
from storage.tables.linked_files import link_rows, save_links
from storage.tables.podcasts import feed_host
from storage.tables.schema import (
    chapter,
    clean,
    delivery,
    destination,
    episode,
    former_address,
    linked_file,
    person,
    podcast,
)

EPISODES_AT_ONCE = 50
# Rows become objects on the event loop: so many take about 3 ms.
KNOWN_AT_ONCE = 500


class StaleRevisionError(Exception):
    """The podcast was written to since the decision was made; decide again."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision is made on: the podcast's revision, its episodes, and what was decided about held items."""

    revision: int
    episodes: tuple[KnownEpisode, ...]
    held: Mapping[str, HeldState]


async def known_episodes(db: Database, podcast_id: int) -> Known:
    """What is stored of a podcast."""
    columns = episode.c
    page = (
        sa.select(
            columns.id,
            columns.identity,
            columns.content_hash,
            columns.raw_hash,
            columns.title,
            columns.enclosure_url,
            columns.duration_s,
            columns.published,
            columns.withdrawn_at.is_not(None),
        )
        .where(columns.podcast_id == podcast_id)
        .order_by(columns.id)
        .limit(KNOWN_AT_ONCE)
    )
    found: list[KnownEpisode] = []
    async with db.read() as connection:
        revision = await connection.scalar(sa.select(podcast.c.revision).where(podcast.c.id == podcast_id))
        held = await held_states(connection, podcast_id)
        while True:
            last = found[-1].id if found else 0
            rows = (await connection.execute(page.where(columns.id > last))).all()
            found += [KnownEpisode(*row) for row in rows]
            if len(rows) < KNOWN_AT_ONCE:
                return Known(revision or 0, tuple(found), held)


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
                "added_at": result.look.polled_at,
                "feed_host": feed_host(feed_url),
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


async def record_look(db: Database, podcast_id: int, look: Look) -> None:
    """Keep how a look ended that brought nothing: unchanged (with new validators perhaps), or failed."""
    async with db.write() as connection:
        await _keep_look(connection, podcast_id, look, {})


async def _keep_look(
    connection: AsyncConnection, podcast_id: int, look: Look, values: Mapping[str, Any]
) -> None:
    """Store a look with these values of the podcast beside it; whoever held the podcast does not any more."""
    moved = await _move(connection, podcast_id, look.move, look.polled_at) if look.move else {}
    validators: dict[str, Any] = {}
    if look.validators is not None:
        validators = {
            "etag": look.validators.etag,
            "last_modified": look.validators.last_modified,
            "body_hash": look.validators.body_hash,
        }
    failing: dict[str, Any] = {"failing_since": None, "failures": 0}
    if look.failed:
        failing = {
            "failing_since": sa.func.coalesce(podcast.c.failing_since, look.polled_at),
            "failures": podcast.c.failures + 1,
        }
    await connection.execute(
        podcast.update()
        .where(podcast.c.id == podcast_id)
        .values(
            polled_at=look.polled_at,
            outcome=look.outcome,
            next_poll_at=look.next_poll_at,
            next_reason=look.next_reason,
            paused=look.pause,
            **NO_LEASE,
            **failing,
            **validators,
            **moved,
            **values,
        )
    )


async def _move(
    connection: AsyncConnection, podcast_id: int, move: FeedMove, now: datetime
) -> dict[str, Any]:
    """The values of a feed's new address, its old one kept; none where another podcast has it."""
    rows = await connection.execute(
        sa.select(podcast.c.id, podcast.c.feed_url).where(
            sa.or_(podcast.c.id == podcast_id, podcast.c.feed_url == move.feed_url)
        )
    )
    addresses: dict[int, str] = {row.id: row.feed_url for row in rows}
    if set(addresses) != {podcast_id} or addresses[podcast_id] == move.feed_url:
        return {}
    await connection.execute(
        former_address.delete().where(former_address.c.feed_url.in_([move.feed_url, addresses[podcast_id]]))
    )
    await connection.execute(
        former_address.insert().values(
            feed_url=addresses[podcast_id], podcast_id=podcast_id, left_at=now, reason=move.reason
        )
    )
    return {"feed_url": move.feed_url, "feed_host": feed_host(move.feed_url)}


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
    now = result.look.polled_at
    new = [change for change in result.changes if change.episode_id is None]
    announced: list[int] = []
    for first in range(0, len(new), EPISODES_AT_ONCE):
        some = new[first : first + EPISODES_AT_ONCE]
        ids = await _insert_episodes(connection, podcast_id, some, now)
        announced += [id_ for id_, change in zip(ids, some, strict=True) if change.announce]
    for change in result.changes:
        if change.episode_id is not None:
            await _update_episode(connection, change.episode_id, change.item, now)
    if result.rehashed:
        await connection.execute(
            episode.update()
            .where(episode.c.id == sa.bindparam("known"))
            .values(raw_hash=sa.bindparam("hash")),
            [{"known": episode_id, "hash": raw_hash} for episode_id, raw_hash in result.rehashed.items()],
        )
    changed = [change.episode_id for change in result.changes if change.episode_id is not None]
    await ask_for_edits(connection, changed, now)
    await _keep_withdrawn(connection, result, now)
    stored = {clean(change.item.identity) for change in result.changes}
    await keep_held(connection, podcast_id, result.held, stored, now)
    await insert_many(
        connection,
        delivery,
        [
            {
                "destination_id": destination_id,
                "episode_id": episode_id,
                "state": DeliveryState.PLANNED,
                "attempts": 0,
                "planned_at": now,
            }
            for episode_id in announced
            for destination_id in destinations
        ],
    )
    turns_changed = any(change.item.turns for change in result.changes)
    info = result.info
    await _keep_look(
        connection,
        podcast_id,
        result.look,
        {
            "title": info.title,
            "link": info.link,
            "image_url": info.image_url,
            "language": info.language,
            "ttl_s": info.ttl_s,
            "skip_hours": _listed(info.skip_hours),
            "skip_days": _listed(info.skip_days),
            "newest_at": result.rhythm.newest_at,
            "release_minute": result.rhythm.release_minute,
            "revision": podcast.c.revision + 1,
            "turns_revision": podcast.c.turns_revision + int(turns_changed),
        },
    )


async def _keep_withdrawn(connection: AsyncConnection, result: PollResult, now: datetime) -> None:
    """Note what the feed lists no more, and what it does again."""
    if result.listed_again:
        await connection.execute(
            episode.update().where(episode.c.id.in_(result.listed_again)).values(withdrawn_at=None)
        )
        await ask_for_edits(connection, result.listed_again, now)
    if result.left_out:
        # A host may serve an older version of the feed for a while.
        counts_from = now + WITHDRAWN_AFTER
        new = episode.c.id.in_(result.left_out) & episode.c.withdrawn_at.is_(None)
        gone = await connection.execute(
            episode.update().where(new).values(withdrawn_at=counts_from).returning(episode.c.id)
        )
        await ask_for_edits(connection, list(gone.scalars()), now, withdrawn_at=counts_from)


def _listed(numbers: frozenset[int]) -> str | None:
    return ",".join(map(str, sorted(numbers))) or None


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
                "tag_tries": 0,
                "decision": change.reason,
                "stored_at": now,
                "chapters_source": change.item.chapters_source if change.item.chapters else None,
                "transcript_source": NOTES_TRANSCRIPT if change.item.turns else None,
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
    await insert_turns(connection, {id_: item.turns for id_, item in items})
    await insert_many(
        connection, person, [row for id_, item in items for row in person_rows(id_, item.persons)]
    )
    await insert_many(
        connection, linked_file, [row for id_, item in items for row in link_rows(id_, _links(item), now)]
    )
    return ids


async def _update_episode(
    connection: AsyncConnection, episode_id: int, item: FeedItem, now: datetime
) -> None:
    """Store an episode as the feed tells it now. What it does not tell any more, chapters and turns, stays.

    So does what was read from a better source: a published file does not give way to the notes.
    """
    columns = episode.c
    standing = (
        await connection.execute(
            sa.select(columns.chapters_source, columns.transcript_source).where(columns.id == episode_id)
        )
    ).one()
    values = _episode_values(item)
    if item.published is not None:
        values["sorted_at"] = min(item.published, now)
    await connection.execute(episode.update().where(episode.c.id == episode_id).values(**values))
    if item.chapters and _as_trusted(item.chapters_source, standing.chapters_source):
        await replace_chapters(connection, episode_id, item.chapters_source, item.chapters)
    if item.turns and standing.transcript_source in (None, NOTES_TRANSCRIPT):
        await replace_turns(connection, episode_id, NOTES_TRANSCRIPT, item.turns)
    await replace_persons(connection, episode_id, item.persons)
    await save_links(connection, episode_id, _links(item), now)


def _as_trusted(source: ChapterSource | None, standing: str | None) -> bool:
    order = list(ChapterSource)
    return standing is None or source is None or order.index(source) <= order.index(ChapterSource(standing))


def _links(item: FeedItem) -> dict[FileKind, tuple[FileLink, ...]]:
    return {
        FileKind.TRANSCRIPT: item.transcript_links,
        FileKind.CHAPTERS: (item.chapters_link,) if item.chapters_link else (),
    }


def _episode_values(item: FeedItem) -> dict[str, Any]:
    return {
        "identity": item.identity,
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
        "raw_hash": item.raw_hash,
        "kind": item.kind,
        "season": item.season if item.season is not None and 0 <= item.season <= MAX_INT else None,
        "number": item.number,
    }
