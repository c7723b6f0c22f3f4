"""What a server chose for a podcast: kept for that server alone, and read with its channels at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from storage.engine.database import Database
from storage.models import DestinationKind, GuildPodcast, PodcastSources, Visibility
from storage.tables.destinations import add_destination, orphaned_threads, record_parent, remove_destinations
from storage.tables.guild_podcasts import configure_guild_podcast, get_guild_podcast, podcast_sources
from tests.unit.storage.material import NOW, followed, item, stored

SECOND = "https://feeds.example/second.xml"
# Ids of Discord take more than 53 bits.
GUILD = 2**62 + 1


def _to(**settings: object) -> Callable[[GuildPodcast], GuildPodcast]:
    return lambda one: replace(one, **settings)  # type: ignore[arg-type]


@pytest.fixture
async def podcast_id(db: Database) -> int:
    return await stored(db, item("a"))


async def test_what_was_not_chosen_is_the_careful_choice(db: Database, podcast_id: int) -> None:
    assert await get_guild_podcast(db, GUILD, podcast_id) == GuildPodcast(
        GUILD, podcast_id, visible=Visibility.CHANNEL, audio=False
    )


async def test_a_choice_counts_in_its_server_and_for_its_podcast_alone(db: Database, podcast_id: int) -> None:
    other = await stored(db, item("a"), feed_url=SECOND)
    opened = GuildPodcast(GUILD, podcast_id, Visibility.EVERYBODY)
    assert await configure_guild_podcast(db, GUILD, podcast_id, _to(visible=Visibility.EVERYBODY)) == opened
    assert await get_guild_podcast(db, GUILD, podcast_id) == opened
    both = await configure_guild_podcast(db, GUILD, podcast_id, _to(audio=True))
    assert both == replace(opened, audio=True)
    closed = await configure_guild_podcast(db, GUILD, podcast_id, _to(visible=Visibility.CHANNEL))
    assert (
        await get_guild_podcast(db, GUILD, podcast_id) == closed == replace(both, visible=Visibility.CHANNEL)
    )
    for guild_id, one in ((GUILD, other), (1, podcast_id)):
        assert await get_guild_podcast(db, guild_id, one) == GuildPodcast(guild_id, one)


async def test_two_moderators_who_choose_at_once_both_count(db: Database, podcast_id: int) -> None:
    await asyncio.gather(
        configure_guild_podcast(db, GUILD, podcast_id, _to(visible=Visibility.EVERYBODY)),
        configure_guild_podcast(db, GUILD, podcast_id, _to(audio=True)),
    )
    assert await get_guild_podcast(db, GUILD, podcast_id) == GuildPodcast(
        GUILD, podcast_id, Visibility.EVERYBODY, audio=True
    )


async def test_the_channel_of_a_thread_is_read_with_it(db: Database, podcast_id: int) -> None:
    thread = DestinationKind.THREAD
    for channel_id, kind, parent_id in (
        (10, thread, None),
        (11, thread, 5),
        (12, DestinationKind.TEXT, None),
    ):
        await add_destination(
            db,
            podcast_id,
            guild_id=GUILD,
            channel_id=channel_id,
            added_by=1,
            now=NOW,
            kind=kind,
            parent_id=parent_id,
        )
    assert (await podcast_sources(db, GUILD))[podcast_id].parents == {11: 5}
    assert [one.channel_id for one in await orphaned_threads(db)] == [10]
    await record_parent(db, 10, 2**62)
    assert (await podcast_sources(db, GUILD))[podcast_id].parents == {10: 2**62, 11: 5}
    assert await orphaned_threads(db) == []


async def test_where_a_server_announces_what_and_for_whom_is_read_at_once(
    db: Database, podcast_id: int
) -> None:
    other = await stored(db, item("a"), feed_url=SECOND)
    for channel_id in (10, 11):
        await followed(db, podcast_id, channel_id, GUILD)
    await followed(db, other, 10, GUILD)
    await followed(db, other, 20, guild_id=2)
    await configure_guild_podcast(db, GUILD, other, _to(visible=Visibility.EVERYBODY, audio=True))
    sources = {
        podcast_id: PodcastSources(GuildPodcast(GUILD, podcast_id), frozenset({10, 11})),
        other: PodcastSources(GuildPodcast(GUILD, other, Visibility.EVERYBODY, audio=True), frozenset({10})),
    }
    assert await podcast_sources(db, GUILD) == sources
    assert {one.podcast_id for one in sources.values()} == set(sources)
    # What another server chose is not this one's.
    assert await podcast_sources(db, 2) == {other: PodcastSources(GuildPodcast(2, other), frozenset({20}))}
    assert await podcast_sources(db, 3) == {}
    # What was removed is followed no more, and its choice waits for when it is taken up again.
    await remove_destinations(db, guild_id=GUILD, podcast_id=other, now=NOW)
    assert set(await podcast_sources(db, GUILD)) == {podcast_id}
    await followed(db, other, 30, GUILD)
    again = (await podcast_sources(db, GUILD))[other]
    assert (again.channel_ids, again.settings) == (frozenset({30}), sources[other].settings)
