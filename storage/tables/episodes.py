"""Episodes and their chapters."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storage.engine.database import Database
from storage.engine.sqlite_reader import Rows, numbered_parameters, numbered_values
from storage.models import (
    Chapter,
    ChapterSource,
    Episode,
    EpisodeKind,
    FileKind,
    TranscriptSource,
    UntaggedEpisode,
)
from storage.tables.chapter_lists import keep_list
from storage.tables.follow_ups import ask_for_edits
from storage.tables.schema import chapter, episode, linked_file, person, podcast, turn
from storage.tables.summary_tables import chapter_line, summary

# The columns are in the order of `Episode`'s fields: reading rows by position is several times as fast as by name.
_EPISODE = sa.select(
    episode.c.id,
    episode.c.podcast_id,
    podcast.c.title.label("podcast_title"),
    episode.c.guid,
    episode.c.title,
    episode.c.link,
    episode.c.published,
    episode.c.duration_s,
    episode.c.image_url,
    episode.c.enclosure_url,
    episode.c.video_url,
    episode.c.intro,
    sa.select(sa.func.count())
    .where(chapter.c.episode_id == episode.c.id)
    .scalar_subquery()
    .label("chapters"),
    # Turns are numbered from 0 without gaps: the last is found by the index, while counting would read them all.
    sa.select(sa.func.coalesce(sa.func.max(turn.c.position) + 1, 0))
    .where(turn.c.episode_id == episode.c.id)
    .scalar_subquery()
    .label("turns"),
    episode.c.transcript_source,
    episode.c.transcript_choice,
    episode.c.chapters_source,
    episode.c.kind,
    episode.c.season,
    episode.c.number,
    podcast.c.feed_url,
).join_from(episode, podcast)
_CHAPTER = sa.select(chapter.c.episode_id, chapter.c.start_ms, chapter.c.title).order_by(
    chapter.c.episode_id, chapter.c.start_ms, chapter.c.position
)
_THIS = numbered_parameters("episode", 1)[0]
_GUESTS = (
    sa.select(person.c.name)
    .where(person.c.episode_id == _THIS, person.c.role == "guest")
    .order_by(person.c.position)
)
_EPISODE_STATE = (
    sa.select(podcast.c.turns_revision, episode.c.withdrawn_at, podcast.c.language, summary.c.overview)
    .join_from(podcast, episode)
    .outerjoin(summary, summary.c.episode_id == episode.c.id)
    .where(episode.c.id == _THIS)
)
_LINES = sa.select(chapter_line.c.position, chapter_line.c.line).where(
    chapter_line.c.episode_id == _THIS, chapter_line.c.line.is_not(None)
)
# Audio files that can hold chapters; their first bytes tell which they are.
_TAGGED_TYPES = (
    "audio/mp", "audio/x-mp", "audio/m4", "audio/x-m4", "audio/aac", "audio/ogg", "audio/x-ogg", "application/ogg",
    "audio/opus", "audio/x-opus", "audio/vorbis", "audio/flac", "audio/x-flac", "video/mp4", "video/x-m4v",
)  # fmt: skip
_TAGGED_ENDS = (".mp3", ".m4a", ".m4b", ".mp4", ".ogg", ".oga", ".opus", ".flac")
_TELLING_NOTHING = ("", "application/octet-stream", "binary/octet-stream", "audio", "audio/*")
_NEWEST_FIRST = (episode.c.sorted_at.desc(), episode.c.id.desc())


@dataclass(frozen=True, slots=True)
class AnnouncedEpisode:
    """What an announcement shows of an episode, except for what is said in it.

    `turns_revision` changes when the turns may have. `withdrawn`: the feed has not listed the episode for a while,
    though it lists others around it. `language`: the feed's. `lines` and `overview`: what a model wrote, a line or
    None for each chapter.
    """

    episode: Episode
    chapters: tuple[Chapter, ...]
    guests: tuple[str, ...]
    turns_revision: int
    withdrawn: bool
    language: str | None
    lines: tuple[str | None, ...] = ()
    overview: str = ""


def as_episode(row: Iterable[Any]) -> Episode:
    """The episode in a row of `_EPISODE`."""
    fields = list(row)
    source, chapters_source, kind = fields[14], fields[16], fields[17]
    fields[14] = TranscriptSource(source) if source else None
    fields[16] = ChapterSource(chapters_source) if chapters_source else None
    fields[17] = EpisodeKind(kind)
    return Episode(*fields)


def episodes_with(ids: Collection[int]) -> tuple[sa.Select[Any], dict[str, int]]:
    """The statement that reads these episodes, and its parameters."""
    return _episodes_in(len(ids)), numbered_values("episode", ids)


def chapters_with(episode_ids: Collection[int]) -> tuple[sa.Select[Any], dict[str, int]]:
    """The statement that reads the chapters of these episodes, in order, and its parameters."""
    return _chapters_in(len(episode_ids)), numbered_values("episode", episode_ids)


@lru_cache(maxsize=32)
def _episodes_in(count: int) -> sa.Select[Any]:
    return _EPISODE.where(episode.c.id.in_(numbered_parameters("episode", count)))


@lru_cache(maxsize=32)
def _chapters_in(count: int) -> sa.Select[Any]:
    return _CHAPTER.where(chapter.c.episode_id.in_(numbered_parameters("episode", count)))


async def list_episodes(
    db: Database, podcast_ids: Collection[int] | None = None, *, limit: int | None = None
) -> list[Episode]:
    """Episodes, newest first, of these podcasts or of all."""
    query = _EPISODE.order_by(*_NEWEST_FIRST).limit(limit)
    if podcast_ids is not None:
        query = query.where(episode.c.podcast_id.in_(podcast_ids))
    async with db.read() as connection:
        return [as_episode(row) for row in await connection.execute(query)]


async def get_episodes(db: Database, episode_ids: Collection[int]) -> dict[int, Episode]:
    """The episodes that exist of these, by id."""
    async with db.read() as connection:
        return {
            row.id: as_episode(row)
            for row in await connection.execute(_EPISODE.where(episode.c.id.in_(episode_ids)))
        }


async def get_episode(db: Database, episode_id: int) -> Episode | None:
    """An episode by its id."""
    return (await get_episodes(db, [episode_id])).get(episode_id)


async def read_announced_episode(db: Database, episode_id: int, now: datetime) -> AnnouncedEpisode | None:
    """An episode with what is announced of it, read as one state; None if it is not stored."""
    of = {"episode0": episode_id}

    def read(rows: Rows, _: None) -> AnnouncedEpisode | None:
        found = rows(*episodes_with([episode_id]))
        if not found:
            return None
        chapters = by_episode(rows(*chapters_with([episode_id])), [episode_id])[episode_id]
        guests = tuple(name for (name,) in rows(_GUESTS, of))
        [(revision, withdrawn_at, language, overview)] = rows(_EPISODE_STATE, of)
        written = {position: line for position, line in rows(_LINES, of) if position < len(chapters)}
        return AnnouncedEpisode(
            as_episode(found[0]),
            tuple(chapters),
            guests,
            revision,
            withdrawn_at is not None and withdrawn_at <= now,
            language,
            tuple(written.get(place) for place in range(len(chapters))) if written else (),
            overview or "",
        )

    return await db.find_and_read(lambda: None, read)


async def chapters_of(db: Database, episode_ids: Collection[int]) -> dict[int, list[Chapter]]:
    """The chapters of each of these episodes, in order."""
    async with db.read() as connection:
        rows = await connection.execute(_CHAPTER.where(chapter.c.episode_id.in_(episode_ids)))
        return by_episode(rows, episode_ids)


def by_episode(rows: Iterable[Any], episode_ids: Collection[int]) -> dict[int, list[Chapter]]:
    """Group rows of chapters by episode."""
    found: dict[int, list[Chapter]] = {episode_id: [] for episode_id in episode_ids}
    for episode_id, start_ms, title in rows:
        found[episode_id].append(Chapter(start_ms, title))
    return found


async def save_chapters(
    db: Database, episode_id: int, source: ChapterSource, chapters: Collection[Chapter]
) -> bool:
    """Store a list of an episode's chapters; whether it, or another one, is shown now instead of the one before."""
    async with db.write() as connection:
        written = await keep_list(connection, episode_id, source, list(chapters))
        if written:
            await ask_for_edits(connection, [episode_id], datetime.now(UTC))
        return written


async def untagged_episodes(
    db: Database, podcast_id: int, *, newest: int, max_tries: int
) -> list[UntaggedEpisode]:
    """Those of the `newest` episodes that have no chapters, and whose audio file may hold some."""
    latest = (
        sa.select(episode.c.id)
        .where(episode.c.podcast_id == podcast_id)
        .order_by(*_NEWEST_FIRST)
        .limit(newest)
        .scalar_subquery()
    )
    named_elsewhere = sa.exists().where(
        linked_file.c.episode_id == episode.c.id,
        linked_file.c.kind == FileKind.CHAPTERS,
        linked_file.c.next_try_at.is_not(None),
    )
    query = (
        sa.select(episode.c.id, episode.c.title, episode.c.enclosure_url, episode.c.duration_s)
        .where(
            episode.c.id.in_(latest),
            episode.c.chapters_source.is_(None),
            episode.c.enclosure_url.is_not(None),
            episode.c.tag_tries < max_tries,
            _may_be_tagged(),
            sa.not_(named_elsewhere),
        )
        .order_by(*_NEWEST_FIRST)
    )
    async with db.read() as connection:
        return [UntaggedEpisode(*row) for row in await connection.execute(query)]


def _may_be_tagged() -> sa.ColumnElement[bool]:
    """Whether an episode's file may be MP3, MP4, Ogg or FLAC, by its type or, without a telling one, by its name."""
    kind = sa.func.lower(episode.c.enclosure_type)
    named = sa.or_(*(episode.c.enclosure_url.icontains(end) for end in _TAGGED_ENDS))
    return sa.or_(
        *(kind.startswith(one) for one in _TAGGED_TYPES),
        sa.and_(sa.or_(kind.is_(None), kind.in_(_TELLING_NOTHING)), named),
    )


async def record_tag(db: Database, episode_id: int, *, tries: int) -> None:
    """Count `tries` at reading chapters from the episode's audio file."""
    async with db.write() as connection:
        await connection.execute(
            episode.update().where(episode.c.id == episode_id).values(tag_tries=episode.c.tag_tries + tries)
        )
