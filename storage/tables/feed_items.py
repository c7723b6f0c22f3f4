"""The items of a feed as episodes: what is known of them before a decision, and storing what was decided."""

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
    EpisodeChange,
    FeedItem,
    FileKind,
    FileLink,
    HeldState,
    KnownEpisode,
    RefreshedItem,
)
from storage.tables.bulk_writes import (
    MAX_INT,
    chapter_rows,
    insert_many,
    insert_turns,
    new_turns_key,
    person_rows,
    replace_persons,
    replace_turns,
    text_bytes,
)
from storage.tables.chapter_lists import keep_list
from storage.tables.column_types import clean
from storage.tables.held_items import held_states
from storage.tables.linked_files import link_rows, save_links
from storage.tables.schema import chapter, episode, linked_file, person, podcast

_REFRESHED = ("raw_hash", "link", "image_url", "enclosure_url", "video_url", "duration_s")
# Rows are made into objects on the event loop, which this many block for about 3 ms.
KNOWN_AT_ONCE = 500
# In the order of the fields of `KnownEpisode`.
_KNOWN = sa.select(
    episode.c.id,
    episode.c.identity,
    episode.c.content_hash,
    episode.c.raw_hash,
    episode.c.title,
    episode.c.enclosure_url,
    episode.c.duration_s,
    episode.c.published,
    episode.c.withdrawn_at.is_not(None),
    episode.c.guid,
)


@dataclass(frozen=True, slots=True)
class KnownItems:
    """What a decision about a feed's items is based on; `held` has the state of held items, by identity.

    `looked_at`: when the feed could be read last.
    """

    revision: int
    episodes: tuple[KnownEpisode, ...]
    held: Mapping[str, HeldState]
    looked_at: datetime | None = None


async def known_items(db: Database, podcast_id: int) -> KnownItems:
    """The episodes and held items of a podcast, with its revision."""
    columns = episode.c
    page = _KNOWN.where(columns.podcast_id == podcast_id).order_by(columns.id).limit(KNOWN_AT_ONCE)
    found: list[KnownEpisode] = []
    async with db.read() as connection:
        row = (
            await connection.execute(
                sa.select(
                    podcast.c.revision, sa.func.coalesce(podcast.c.failing_since, podcast.c.polled_at)
                ).where(podcast.c.id == podcast_id)
            )
        ).one_or_none()
        revision, looked_at = (0, None) if row is None else row
        held = await held_states(connection, podcast_id)
        while True:
            last = found[-1].id if found else 0
            rows = (await connection.execute(page.where(columns.id > last))).all()
            found += [KnownEpisode(*row) for row in rows]
            if len(rows) < KNOWN_AT_ONCE:
                return KnownItems(revision, tuple(found), held, looked_at)


async def newest_items(db: Database, podcast_id: int, limit: int) -> list[KnownEpisode]:
    """The newest episodes of a podcast, without those that its feed has withdrawn."""
    query = (
        _KNOWN.where(episode.c.podcast_id == podcast_id, episode.c.withdrawn_at.is_(None))
        .order_by(episode.c.sorted_at.desc(), episode.c.id.desc())
        .limit(limit)
    )
    async with db.read() as connection:
        return [KnownEpisode(*row) for row in await connection.execute(query)]


async def insert_episodes(
    connection: AsyncConnection, podcast_id: int, changes: Sequence[EpisodeChange], now: datetime
) -> list[int]:
    """Store new episodes with their chapters, turns, people and links; the ids, in the order of the changes.

    A few statements insert all of them: with one or two for each episode the transaction, which is the only writer,
    kept others waiting for 24 s.
    """
    inserted = await connection.execute(
        # Returning them in the order of the parameters would take a statement for each on SQLite.
        episode.insert().returning(episode.c.id, episode.c.identity),
        [
            _episode_values(change.item)
            | {
                "sorted_at": change.sorted_at,
                "podcast_id": podcast_id,
                "tag_tries": 0,
                "decision": change.reason,
                "announce_at": change.announce_at,
                "stored_at": now,
                "chapters_source": change.item.chapters_source if change.item.chapters else None,
                "transcript_source": NOTES_TRANSCRIPT if change.item.turns else None,
                "turns_key": new_turns_key(),
                "turns_bytes": text_bytes(one.text for one in change.item.turns),
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


async def update_episode(connection: AsyncConnection, episode_id: int, item: FeedItem, now: datetime) -> None:
    """Store an episode as its feed describes it now.

    Chapters and turns that the feed no longer has are kept. The turns of its notes don't replace what a linked file
    gave; of its chapters and those of files, the better list is shown. Notes that could not be read don't replace
    those that could.
    """
    columns = episode.c
    stored_transcript = (
        await connection.execute(sa.select(columns.transcript_source).where(columns.id == episode_id))
    ).scalar_one()
    values = _episode_values(item)
    if item.notes_error is not None:
        del values["notes"], values["intro"], values["notes_bytes"]
    if item.published is not None:
        values["sorted_at"] = min(item.published, now)
    values["announce_at"] = _if_waiting(sa.literal(item.published or now, columns.announce_at.type))
    await connection.execute(episode.update().where(episode.c.id == episode_id).values(**values))
    await keep_list(connection, episode_id, item.chapters_source, item.chapters)
    if item.turns and stored_transcript in (None, NOTES_TRANSCRIPT):
        await replace_turns(connection, episode_id, NOTES_TRANSCRIPT, item.turns)
    await replace_persons(connection, episode_id, item.persons)
    await save_links(connection, episode_id, _links(item), now)


async def refresh_episodes(
    connection: AsyncConnection, podcast_id: int, refreshed: Mapping[int, RefreshedItem], now: datetime
) -> None:
    """Keep the newest addresses of episodes whose content stays, and of their files that are still to be read."""
    if not refreshed:
        return
    newest: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in _REFRESHED}
    dated: dict[str, sa.ColumnElement[Any]] = {
        name: sa.func.coalesce(sa.bindparam(f"new_{name}", type_=episode.c[name].type), episode.c[name])
        for name in ("published", "sorted_at")
    }
    dated["announce_at"] = _if_waiting(dated["published"])
    await connection.execute(
        episode.update().where(episode.c.id == sa.bindparam("known")).values(newest | dated),
        [
            {"known": id_, "new_published": one.published}
            | {"new_sorted_at": min(one.published, now) if one.published else None}
            | {f"new_{name}": getattr(one, name) for name in _REFRESHED}
            for id_, one in refreshed.items()
        ],
    )
    columns = linked_file.c
    waiting = await connection.execute(
        sa.select(columns.episode_id, columns.kind, columns.position, columns.url)
        .join_from(linked_file, episode)
        .where(episode.c.podcast_id == podcast_id, columns.next_try_at.is_not(None))
    )
    for row in waiting.all():
        one = refreshed.get(row.episode_id)
        urls = one.files.get(FileKind(row.kind), ()) if one else ()
        if row.position < len(urls) and urls[row.position] != row.url:
            await connection.execute(
                linked_file.update()
                .where(
                    columns.episode_id == row.episode_id,
                    columns.kind == row.kind,
                    columns.position == row.position,
                )
                .values(url=urls[row.position])
            )


def _if_waiting(date: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The date until which an episode waits, moved to another one; None of one that does not wait."""
    return sa.case((episode.c.announce_at.is_not(None), date), else_=None)


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
        "notes_bytes": text_bytes((item.notes, item.intro)),
        "notes_error": item.notes_error,
        "content_hash": item.content_hash,
        "raw_hash": item.raw_hash,
        "kind": item.kind,
        "season": item.season if item.season is not None and 0 <= item.season <= MAX_INT else None,
        "number": item.number,
    }
