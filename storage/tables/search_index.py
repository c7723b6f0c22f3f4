"""Which segments the search reads, and the turns that it shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.database import Database
from storage.engine.sqlite_reader import Rows, numbered_parameters, numbered_values
from storage.models import FoundTurns, IndexedEpisode, IndexState
from storage.tables.bulk_writes import ROWS_AT_ONCE, insert_many
from storage.tables.episodes import as_episode, by_episode, chapters_with, episodes_with
from storage.tables.schema import episode, indexed_episode, podcast, turn
from storage.tables.transcripts import spoken_turn

_ALL_REVISIONS = sa.select(podcast.c.id, podcast.c.turns_revision)


@dataclass(frozen=True, slots=True)
class TurnRange:
    """The turns of an episode from the position `first` to `last`, inclusive."""

    episode_id: int
    first: int
    last: int


async def index_state(db: Database, podcast_id: int) -> IndexState:
    """Which episodes of a podcast are indexed, and which are not."""
    query = (
        sa.select(episode.c.id, episode.c.sorted_at, indexed_episode.c.segment, episode.c.turns_key)
        .outerjoin_from(episode, indexed_episode, indexed_episode.c.episode_id == episode.c.id)
        .where(episode.c.podcast_id == podcast_id, episode.c.transcript_source.is_not(None))
        .order_by(episode.c.sorted_at, episode.c.id)
    )
    async with db.read() as connection:
        revision = await connection.scalar(
            sa.select(podcast.c.turns_revision).where(podcast.c.id == podcast_id)
        )
        rows = (await connection.execute(query)).all()
    return IndexState(
        revision or 0,
        tuple(IndexedEpisode(*row) for row in rows if row.segment is not None),
        {row.id: row.turns_key for row in rows if row.segment is None},
    )


# The writes below take what they need in one order: the podcast's row, then those of episodes that nobody else is
# changing right now. Waiting for the others could block both sides for good; they are indexed a moment later.


async def add_segments(db: Database, podcast_id: int, added: Mapping[str, Mapping[int, int]]) -> int:
    """List the episodes of new segments, given with the keys of the turns that were indexed.

    Episodes whose turns have another key by now are left out; how many were listed.
    """
    segment_of = {id_: (name, key) for name, keys in added.items() for id_, key in keys.items()}
    unlisted = (
        sa.select(episode.c.id, episode.c.turns_key)
        .outerjoin_from(episode, indexed_episode, indexed_episode.c.episode_id == episode.c.id)
        .where(episode.c.id.in_(segment_of), indexed_episode.c.episode_id.is_(None))
        .with_for_update(read=True, of=episode, skip_locked=True)
    )
    async with db.write() as connection:
        await _move_on(connection, podcast_id)
        rows = [
            {"episode_id": id_, "segment": segment_of[id_][0]}
            for id_, key in await connection.execute(unlisted)
            if segment_of[id_][1] == key
        ]
        await insert_many(connection, indexed_episode, rows)
        return len(rows)


async def replace_segments(
    db: Database, podcast_id: int, old: Collection[str], merged: str, episode_ids: Collection[int]
) -> int:
    """Let `merged` hold these episodes in place of the segments that it was made of; how many moved.

    Those that have left these segments meanwhile, as their turns are others, stay where they are.
    """
    async with db.write() as connection:
        await _move_on(connection, podcast_id)
        listed = set((await connection.execute(_listed_in(podcast_id, old))).scalars())
        moved = sorted(listed.intersection(episode_ids))
        for first in range(0, len(moved), ROWS_AT_ONCE):
            some = moved[first : first + ROWS_AT_ONCE]
            await connection.execute(
                indexed_episode.update().where(indexed_episode.c.episode_id.in_(some)).values(segment=merged)
            )
        return len(moved)


async def forget_segments(db: Database, podcast_id: int, names: Collection[str]) -> int:
    """Take segments off the podcast's list, so that their episodes are indexed anew; how many episodes."""
    async with db.write() as connection:
        await _move_on(connection, podcast_id)
        listed = list((await connection.execute(_listed_in(podcast_id, names))).scalars())
        for first in range(0, len(listed), ROWS_AT_ONCE):
            some = listed[first : first + ROWS_AT_ONCE]
            await connection.execute(indexed_episode.delete().where(indexed_episode.c.episode_id.in_(some)))
        return len(listed)


async def _move_on(connection: AsyncConnection, podcast_id: int) -> None:
    """Let the searches of all processes see that something changed."""
    await connection.execute(
        podcast.update().where(podcast.c.id == podcast_id).values(turns_revision=podcast.c.turns_revision + 1)
    )


def _listed_in(podcast_id: int, names: Collection[str]) -> sa.Select[tuple[int]]:
    return (
        sa.select(indexed_episode.c.episode_id)
        .join_from(indexed_episode, episode, indexed_episode.c.episode_id == episode.c.id)
        .where(indexed_episode.c.segment.in_(names), episode.c.podcast_id == podcast_id)
        .with_for_update(of=indexed_episode, skip_locked=True)
    )


async def segment_names(db: Database) -> set[str]:
    """The segments in use."""
    async with db.read() as connection:
        return set((await connection.execute(sa.select(indexed_episode.c.segment).distinct())).scalars())


async def find_turns(
    db: Database, find: Callable[[], Sequence[TurnRange]], podcast_ids: Collection[int] | None
) -> FoundTurns:
    """Run `find` in a thread, then read the turns in the ranges that it returns, with what is shown beside them.

    The revisions of these podcasts (None: of all) are read as well. All of it is one state and one call, as every
    search waits for it.
    """

    def read(rows: Rows, ranges: Sequence[TurnRange]) -> FoundTurns:
        revisions = {row[0]: row[1] for row in rows(*_revisions(podcast_ids))}
        if not ranges:
            return FoundTurns(revisions)
        values = {
            name: value for at, one in enumerate(ranges) for name, value in _range_values(at, one).items()
        }
        turns = map(spoken_turn, rows(_turns_in(len(ranges)), values))
        episode_ids = sorted({one.episode_id for one in ranges})
        episodes = map(as_episode, rows(*episodes_with(episode_ids)))
        return FoundTurns(
            revisions,
            {(one.episode_id, one.position): one for one in turns},
            {one.id: one for one in episodes},
            by_episode(rows(*chapters_with(episode_ids)), episode_ids),
            {
                row[0]: row[1]
                for row in rows(_keys_of(len(episode_ids)), numbered_values("episode", episode_ids))
            },
        )

    return await db.find_and_read(find, read)


def _revisions(podcast_ids: Collection[int] | None) -> tuple[sa.Select[Any], dict[str, int]]:
    if podcast_ids is None:
        return _ALL_REVISIONS, {}
    return _revisions_of(len(podcast_ids)), numbered_values("podcast", podcast_ids)


# Building these statements takes longer than running them: each is built once for a number of parameters.


@lru_cache(maxsize=128)
def _revisions_of(podcasts: int) -> sa.Select[Any]:
    return _ALL_REVISIONS.where(podcast.c.id.in_(numbered_parameters("podcast", podcasts)))


@lru_cache(maxsize=32)
def _keys_of(episodes: int) -> sa.Select[Any]:
    ids = numbered_parameters("episode", episodes)
    return sa.select(episode.c.id, episode.c.turns_key).where(episode.c.id.in_(ids))


def _range_values(at: int, one: TurnRange) -> dict[str, int]:
    return {f"episode{at}": one.episode_id, f"first{at}": one.first, f"last{at}": one.last}


@lru_cache(maxsize=32)
def _turns_in(ranges: int) -> sa.CompoundSelect[Any]:
    """One SELECT for each range: for a list of pairs SQLite would use no index and read all turns."""
    episodes, firsts, lasts = (numbered_parameters(name, ranges) for name in ("episode", "first", "last"))
    return sa.union_all(
        *(
            sa.select(turn).where(turn.c.episode_id == of, turn.c.position.between(first, last))
            for of, first, last in zip(episodes, firsts, lasts, strict=True)
        )
    )
