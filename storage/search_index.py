"""Which segments of the search count, by the revision of a podcast's turns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage.database import Database
from storage.episodes import CHAPTERS, EPISODES, as_episode, by_episode
from storage.models import IndexState, Spoken
from storage.rows import insert_many
from storage.schema import episode, indexed_episode, podcast, turn
from storage.transcripts import spoken_turn

# Put together once: that takes longer than to run them.
_ALL_REVISIONS = sa.select(podcast.c.id, podcast.c.turns_revision)
_REVISIONS = _ALL_REVISIONS.where(podcast.c.id.in_(sa.bindparam("podcasts", expanding=True)))
# One range at a time: of pairs in a list SQLite knows no index, and would read all turns that there are.
_TURNS = sa.select(turn).where(
    turn.c.episode_id == sa.bindparam("episode"),
    turn.c.position.between(sa.bindparam("first"), sa.bindparam("last")),
)


@dataclass(frozen=True, slots=True)
class TurnRange:
    """Turns of an episode, from the `first` position to the `last`."""

    episode_id: int
    first: int
    last: int


async def index_state(db: Database, podcast_id: int) -> IndexState:
    """What is indexed of a podcast, and what is not."""
    query = (
        sa.select(episode.c.id, indexed_episode.c.segment)
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
        tuple((id_, segment) for id_, segment in rows if segment is not None),
        tuple(id_ for id_, segment in rows if segment is None),
    )


async def save_segments(
    db: Database,
    podcast_id: int,
    revision: int,
    added: Mapping[str, Collection[int]],
    removed: Collection[str],
) -> bool:
    """Let segments count, or not any more; whether it was done: not where the turns or segments moved meanwhile."""
    async with db.write() as connection:
        moved = await connection.execute(
            podcast.update()
            .where(podcast.c.id == podcast_id, podcast.c.turns_revision == revision)
            .values(turns_revision=podcast.c.turns_revision + 1)
        )
        if not moved.rowcount:
            return False
        mine = sa.select(episode.c.id).where(episode.c.podcast_id == podcast_id)
        await connection.execute(
            indexed_episode.delete().where(
                indexed_episode.c.segment.in_(removed), indexed_episode.c.episode_id.in_(mine)
            )
        )
        rows = [{"episode_id": id_, "segment": name} for name, ids in added.items() for id_ in ids]
        await insert_many(connection, indexed_episode, rows)
        return True


async def segment_names(db: Database) -> set[str]:
    """Every segment that counts."""
    async with db.read() as connection:
        return set((await connection.execute(sa.select(indexed_episode.c.segment).distinct())).scalars())


async def read_spoken(
    db: Database, ranges: Sequence[TurnRange], podcast_ids: Collection[int] | None
) -> Spoken:
    """Turns in these ranges with what is shown beside them, and the revisions of these podcasts (None: all).

    All as one state and in one go: each question waits for it.
    """
    episode_ids = sorted({one.episode_id for one in ranges})

    def read(connection: sa.Connection) -> Spoken:
        rows = (
            connection.execute(_ALL_REVISIONS)
            if podcast_ids is None
            else connection.execute(_REVISIONS, {"podcasts": list(podcast_ids)})
        )
        revisions = {row.id: row.turns_revision for row in rows}
        if not ranges:
            return Spoken(revisions)
        turns = {
            (row.episode_id, row.position): spoken_turn(row)
            for one in ranges
            for row in connection.execute(
                _TURNS, {"episode": one.episode_id, "first": one.first, "last": one.last}
            )
        }
        asked = {"episodes": episode_ids}
        episodes = {row.id: as_episode(row) for row in connection.execute(EPISODES, asked)}
        chapters = by_episode(connection.execute(CHAPTERS, asked), episode_ids)
        return Spoken(revisions, turns, episodes, chapters)

    return await db.read_at_once(read)
