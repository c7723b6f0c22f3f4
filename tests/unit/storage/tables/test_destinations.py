"""Destinations: which channel of which server follows which podcast."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.engine.database import Database
from storage.models import (
    AnnouncementStyle,
    Destination,
    DestinationKind,
    Followers,
    Looks,
    Removal,
    Status,
    as_text,
)
from storage.tables.deliveries import due_deliveries, last_problem, plan_delivery
from storage.tables.delivery_outcomes import finish_delivery, hasten_deliveries
from storage.tables.destinations import (
    add_destination,
    all_destinations,
    configure_destination,
    followers,
    get_destination,
    guild_destinations,
    guild_podcast_ids,
    pause_destination,
    paused_destinations,
    paused_since,
    record_kind,
    remove_destinations,
    remove_followers,
    removed_destinations,
    restore_destinations,
    resume_destinations,
    waiting_deliveries,
)
from storage.tables.guild_podcasts import configure_guild_podcast
from storage.tables.podcasts import followed_podcasts, get_podcast
from tests.unit.storage.deliveries import delivery_queue
from tests.unit.storage.material import NOW, followed, ids, item, stored

SECOND = "https://feeds.example/second.xml"
# Ids of Discord take more than 53 bits.
GUILD, CHANNEL = 2**62 + 1, 2**62 + 3
LATER = NOW + timedelta(days=1, microseconds=1)


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
    removal = Removal(podcast_id, NOW, (one,))
    assert await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW) == removal
    nothing = Removal(podcast_id, LATER, ())
    assert await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=LATER) == nothing
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
    assert (await remove_destinations(db, guild_id=1, podcast_id=second, now=NOW)).destinations == (here[2],)
    assert await guild_podcast_ids(db, 1) == {podcast_id}
    assert await get_destination(db, there.id) == there
    both = tuple(here[:2])
    assert (await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW)).destinations == both


async def test_nobody_follows_what_was_removed_for_all(db: Database, podcast_id: int) -> None:
    second = await stored(db, item("a"), feed_url=SECOND)
    assert await followers(db, podcast_id) == Followers(by_operator=True)
    here = await followed(db, podcast_id, 10, guild_id=2)
    there = [await followed(db, podcast_id, channel) for channel in (11, 12)]
    other = await followed(db, second, 10)
    await followed(db, podcast_id, 13)
    assert await all_destinations(db, [podcast_id, second]) == await all_destinations(db)
    episodes = await ids(db, podcast_id)
    for to in (here, other):
        await plan_delivery(db, to.id, (await ids(db, to.podcast_id))["a"], NOW)
    sent, _ = await plan_delivery(db, there[0].id, episodes["a"], NOW)
    await finish_delivery(db, sent.id, 77, NOW)
    expected = Followers(servers=2, channels=4, waiting=1, by_operator=True)
    assert await followers(db, podcast_id) == expected
    assert expected.any
    assert await remove_followers(db, podcast_id, NOW) == expected
    assert await followers(db, podcast_id) == await remove_followers(db, podcast_id, NOW) == Followers()
    assert not Followers().any
    # Another podcast's are left alone, and what was sent stays sent.
    assert await all_destinations(db) == [other]
    assert await all_destinations(db, [podcast_id]) == []
    assert [one.id for one in await followed_podcasts(db)] == [second]
    assert [one.to.id for one in await due_deliveries(db, NOW, 9)] == [other.id]
    kept, new = await plan_delivery(db, there[0].id, episodes["a"], NOW)
    assert (kept.message_id, new) == (77, False)


async def test_how_it_is_announced_is_kept(db: Database, podcast_id: int) -> None:
    one = await followed(db, podcast_id, 10)
    assert (one.kind, one.looks, one.open_thread, one.publish, one.tag_ids) == (
        DestinationKind.TEXT,
        Looks(),
        False,
        False,
        (),
    )
    looks = Looks(AnnouncementStyle.COMPACT, 2**62 + 5, silent=True, spoiler=True)
    settings = replace(one, looks=looks, open_thread=True, publish=True, tag_ids=(2**62, 7))
    assert await configure_destination(db, one.id, lambda _: settings) == settings
    await record_kind(db, one.id, DestinationKind.FORUM)
    kept = await get_destination(db, one.id)
    assert kept == replace(settings, kind=DestinationKind.FORUM)


async def test_one_that_cannot_be_posted_to_rests_until_it_is_resumed(db: Database, podcast_id: int) -> None:
    one = await followed(db, podcast_id, 10)
    later = NOW + timedelta(minutes=2)
    refused = Status("refused", {"by": "Discord"})
    assert await pause_destination(db, one.id, as_text("403"), now=NOW, resume_at=later, gone=True)
    assert not await pause_destination(db, one.id, as_text("403"), now=later, resume_at=later, gone=True)
    assert await paused_since(db, one.id) == (NOW, NOW)
    # What Discord shows again is not gone, whatever else is missing.
    assert await pause_destination(db, one.id, refused, now=later, resume_at=later, gone=False)
    assert await paused_since(db, one.id) == (NOW, None)
    assert await paused_destinations(db) == await paused_destinations(db, 1) == [replace(one, paused=refused)]
    assert await paused_destinations(db, 2) == []
    assert await last_problem(db, one.id) == refused
    await resume_destinations(db, [one.id])
    assert await paused_destinations(db) == []
    assert await paused_since(db, one.id) == (None, None)
    # Adding it anew ends it, too.
    await pause_destination(db, one.id, as_text("403"), now=NOW, resume_at=later, gone=True)
    await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW)
    assert await followed(db, podcast_id, 10) == one


async def test_the_same_code_with_another_argument_is_no_new_reason(db: Database, podcast_id: int) -> None:
    one = await followed(db, podcast_id, 10)
    first, second = (Status("lacks", {"missing": (name,)}) for name in ("View Channel", "Embed Links"))
    assert await pause_destination(db, one.id, first, now=NOW, resume_at=NOW, gone=False)
    assert not await pause_destination(db, one.id, second, now=NOW, resume_at=NOW, gone=False)
    # What is told is the latest all the same.
    assert await last_problem(db, one.id) == second
    assert await pause_destination(db, one.id, Status("gone"), now=NOW, resume_at=NOW, gone=False)


@pytest.mark.parametrize("waits", [True, False])
async def test_what_goes_to_one_that_rests_waits_with_it(db: Database, podcast_id: int, waits: bool) -> None:
    one = await followed(db, podcast_id, 10)
    await plan_delivery(db, one.id, (await ids(db, podcast_id))["a"], NOW)
    later = NOW + timedelta(minutes=2)
    await pause_destination(db, one.id, as_text("403"), now=NOW, resume_at=later, gone=False)
    at = NOW if waits else later
    assert (await due_deliveries(db, at, 9) == []) == waits
    assert (await delivery_queue(db).claim("me", now=at, until=at, limit=9) == []) == waits
    assert await delivery_queue(db).next_due_at(NOW) == later
    if waits:
        assert await hasten_deliveries(db, 1) == 1
        assert len(await delivery_queue(db).claim("me", now=NOW, until=NOW, limit=9)) == 1


async def test_one_removal_brings_back_what_it_took_away_and_no_more(db: Database, podcast_id: int) -> None:
    first, second, third = [await followed(db, podcast_id, channel) for channel in (10, 11, 12)]
    elsewhere = await followed(db, podcast_id, 20, guild_id=2)
    chosen = replace(second, looks=Looks(role_id=7, silent=True), open_thread=True, tag_ids=(5,))
    await configure_destination(db, second.id, lambda _: chosen)
    for one in (first, chosen):
        await plan_delivery(db, one.id, 1, NOW)
    alone = await remove_destinations(
        db, guild_id=1, podcast_id=podcast_id, now=NOW, destination_id=second.id
    )
    assert alone == Removal(podcast_id, NOW, (chosen,), 1)
    assert await waiting_deliveries(db, [first.id, second.id]) == 1
    assert await guild_destinations(db, 1) == [first, third]
    rest = await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=LATER)
    assert (rest.destinations, rest.waiting) == ((first, third), 1)
    # One of these was added again since.
    await followed(db, podcast_id, 12)

    async def back(at: datetime, guild_id: int = 1) -> list[Destination]:
        return await restore_destinations(
            db, guild_id=guild_id, podcast_id=podcast_id, removed_at=at, added_by=6, now=LATER
        )

    assert await back(NOW, guild_id=2) == []
    assert await back(NOW + timedelta(microseconds=1)) == []
    assert await removed_destinations(db, guild_id=1, podcast_id=podcast_id, removed_at=LATER) == [first]
    assert await back(NOW) == [chosen]
    assert await back(NOW) == []
    assert await back(LATER) == [first]
    assert await guild_destinations(db, 1) == [first, chosen, third]
    assert await guild_destinations(db, 2) == [elsewhere]
    # What waited is given up: nothing is sent late.
    assert await due_deliveries(db, LATER, 10) == []


async def test_one_of_another_server_or_podcast_is_not_removed(db: Database, podcast_id: int) -> None:
    here, there = await followed(db, podcast_id, 10), await followed(db, podcast_id, 20, guild_id=2)
    second = await stored(db, item("a"), feed_url=SECOND)
    for guild_id, of, one in ((1, podcast_id, there), (2, podcast_id, here), (1, second, here)):
        removal = await remove_destinations(
            db, guild_id=guild_id, podcast_id=of, now=NOW, destination_id=one.id
        )
        assert removal.destinations == ()
    assert await guild_destinations(db, 1) == [here]


async def test_a_podcast_that_is_brought_back_is_left_no_more(db: Database) -> None:
    podcast_id = await stored(db, item("a"), by_operator=False)
    await followed(db, podcast_id, 10)
    removal = await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW)
    left = await get_podcast(db, podcast_id)
    assert left is not None
    assert left.left_at == NOW
    await restore_destinations(
        db, guild_id=1, podcast_id=podcast_id, removed_at=removal.at, added_by=6, now=LATER
    )
    back = await get_podcast(db, podcast_id)
    assert back is not None
    assert back.left_at is None


async def test_a_destination_knows_whether_its_server_links_audio(db: Database) -> None:
    podcast_id = await stored(db)
    here, there = (
        await followed(db, podcast_id, 11, guild_id=1),
        await followed(db, podcast_id, 21, guild_id=2),
    )
    assert not here.looks.audio
    await configure_guild_podcast(db, 1, podcast_id, lambda chosen: replace(chosen, audio=True))
    read = {one.id: one.looks.audio for one in await all_destinations(db)}
    assert read == {here.id: True, there.id: False}
    # A change of other settings leaves it.
    changed = await configure_destination(db, here.id, lambda one: replace(one, publish=True))
    assert changed is not None
    assert changed.looks.audio
