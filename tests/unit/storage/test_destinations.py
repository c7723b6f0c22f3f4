"""Destinations: which channel of which server follows which podcast."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage.database import Database
from storage.destinations import (
    add_destination,
    get_destination,
    guild_destinations,
    guild_podcast_ids,
    remove_destinations,
)
from storage.models import Destination
from tests.unit.storage.material import NOW, followed, item, stored

SECOND = "https://feeds.example/second.xml"
# Ids of Discord take more than 53 bits.
GUILD, CHANNEL = 2**62 + 1, 2**62 + 3


@pytest.fixture
async def podcast_id(db: Database) -> int:
    return await stored(db, item("a"))


async def test_one_is_added_once(db: Database, podcast_id: int) -> None:
    async def add() -> tuple[Destination, bool]:
        return await add_destination(
            db, podcast_id, guild_id=GUILD, channel_id=CHANNEL, added_by=2**62, now=NOW
        )

    outcomes = await asyncio.gather(add(), add(), add())
    assert sorted(made for _, made in outcomes) == [False, False, True]
    [one] = {one for one, _ in outcomes}
    assert (one.podcast_id, one.guild_id, one.channel_id) == (podcast_id, GUILD, CHANNEL)
    assert await get_destination(db, one.id) == one
    assert await guild_destinations(db, GUILD) == [one]


async def test_one_that_was_removed_is_taken_up_again_as_the_same(db: Database, podcast_id: int) -> None:
    one = await followed(db, podcast_id, 10)
    assert await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW) == 1
    assert await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW) == 0
    assert await get_destination(db, one.id) is None
    assert await guild_destinations(db, 1) == []
    again, made = await add_destination(
        db, podcast_id, guild_id=1, channel_id=10, added_by=6, now=NOW + timedelta(days=1)
    )
    assert (again, made) == (one, True)
    assert await guild_destinations(db, 1) == [one]


async def test_servers_see_their_own(db: Database, podcast_id: int) -> None:
    second = await stored(db, item("a"), feed_url=SECOND)
    here = [await followed(db, podcast_id, 10), await followed(db, podcast_id, 11)]
    here.append(await followed(db, second, 10))
    there = await followed(db, second, 20, guild_id=2)
    assert await guild_destinations(db, 1) == here
    assert await guild_podcast_ids(db, 1) == {podcast_id, second}
    assert await guild_podcast_ids(db, 2) == {second}
    assert await guild_podcast_ids(db, 3) == frozenset()
    assert await remove_destinations(db, guild_id=1, podcast_id=second, now=NOW) == 1
    assert await guild_podcast_ids(db, 1) == {podcast_id}
    assert await get_destination(db, there.id) == there
    assert await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW) == 2
