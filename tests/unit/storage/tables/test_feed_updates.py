"""What a poll brings is kept in one transaction: episodes, validators, deliveries."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.engine.database import Database, open_database
from storage.models import (
    Chapter,
    FeedInfo,
    FeedMove,
    FileLink,
    Rhythm,
    Status,
    TranscriptSource,
    Turn,
    Validators,
    as_text,
)
from storage.tables.deliveries import due_deliveries
from storage.tables.delivery_outcomes import finish_delivery
from storage.tables.destinations import add_destination, remove_destinations
from storage.tables.episodes import chapters_of, list_episodes
from storage.tables.feed_items import KnownItems, known_items
from storage.tables.feed_updates import StaleRevisionError, create_podcast, record_poll, save_poll
from storage.tables.podcasts import former_addresses, get_podcast, list_podcasts, podcast_by_feed
from storage.tables.transcripts import episode_turns, turns_revisions
from tests.unit.storage.material import (
    FEED,
    NOW,
    edited,
    followed,
    fresh,
    ids,
    item,
    outcome,
    poll,
    result,
    stored,
    turn,
)

LATER = NOW + timedelta(days=1)


async def test_the_first_poll_is_kept_whole(db: Database) -> None:
    one = item(
        "a",
        chapters=(Chapter(0, "Intro"), Chapter(90_000, "Talk")),
        turns=(turn("Hello."), Turn("Bo", 3_000, 4_500, "Hi.")),
        transcript_links=(FileLink("https://cdn.example/a.vtt", "text/vtt"),),
    )
    podcast_id = await create_podcast(db, FEED, result(fresh(one)), by_operator=True)

    podcast = await get_podcast(db, podcast_id)
    assert podcast is not None
    assert (podcast.feed_url, podcast.title, podcast.link) == (FEED, "First Show", "https://show.example")
    assert podcast.image_url == "https://show.example/cover.png"
    assert podcast.validators == Validators('"1"', "Sun, 01 Mar 2026 11:00:00 GMT", "f00d")
    assert (podcast.revision, podcast.episode_count, podcast.outcome) == (1, 1, as_text("1 changes"))
    assert (podcast.polled_at, podcast.next_poll_at) == (NOW, NOW + timedelta(minutes=10))

    [episode] = await list_episodes(db)
    assert (episode.title, episode.guid, episode.duration_s) == ("About a", "a", 1800.5)
    assert episode.published == NOW - timedelta(days=1)
    assert (episode.chapter_count, episode.turn_count) == (2, 2)
    assert episode.transcript_source == TranscriptSource("notes")
    assert (await chapters_of(db, [episode.id]))[episode.id] == list(one.chapters)
    said = [
        Turn(turn.speaker, turn.start_ms, turn.end_ms, turn.text)
        for turn in await episode_turns(db, episode.id)
    ]
    assert said == list(one.turns)
    assert await turns_revisions(db, None) == {podcast_id: 1}


async def test_a_podcast_that_just_appeared_is_left_alone(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    again = await create_podcast(db, FEED, result(fresh(item("b")), title="Other"), by_operator=False)
    assert again == podcast_id
    assert list(await ids(db, podcast_id)) == ["a"]
    assert [podcast.title for podcast in await list_podcasts(db)] == ["First Show"]


async def test_two_that_create_the_same_podcast_get_one(db: Database) -> None:
    made = await asyncio.gather(*(stored(db, item("a")) for _ in range(3)))
    assert len(set(made)) == 1
    assert list(await ids(db, made[0])) == ["a"]


async def test_a_decision_on_an_older_revision_is_refused(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    known = await known_items(db, podcast_id)
    assert (known.revision, [one.identity for one in known.episodes]) == (1, ["a"])
    await save_poll(db, podcast_id, known.revision, result(fresh(item("b"))))
    with pytest.raises(StaleRevisionError):
        await save_poll(db, podcast_id, known.revision, result(fresh(item("c")), title="Late"))
    podcast = await get_podcast(db, podcast_id)
    assert podcast is not None
    assert (podcast.revision, podcast.title) == (2, "First Show")
    assert set(await ids(db, podcast_id)) == {"a", "b"}


async def test_of_decisions_made_at_once_one_is_kept(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    outcomes = await asyncio.gather(
        *(save_poll(db, podcast_id, 1, result(fresh(item("b"), announce=True))) for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == 3 * ["StaleRevisionError"] + ["int"]
    assert set(await ids(db, podcast_id)) == {"a", "b"}


async def test_a_podcast_that_is_gone_is_stale(db: Database) -> None:
    assert await known_items(db, 4711) == KnownItems(0, (), {})
    with pytest.raises(StaleRevisionError):
        await save_poll(db, 4711, 0, result(fresh(item("a"))))


async def test_what_is_announced_goes_once_to_every_destination_that_is_active(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    other = await stored(db, item("a"), feed_url="https://feeds.example/second.xml")
    for channel_id in (10, 11, 12):
        await followed(db, podcast_id, channel_id)
    await followed(db, podcast_id, 13, guild_id=2)
    await followed(db, other, 10)
    await remove_destinations(db, guild_id=2, podcast_id=podcast_id, now=NOW)

    await poll(db, podcast_id, fresh(item("b"), announce=True), fresh(item("c")))
    known = await ids(db, podcast_id)
    planned = [(one.channel_id, one.episode_id) for one in await due_deliveries(db, NOW, 100)]
    assert sorted(planned) == [(10, known["b"]), (11, known["b"]), (12, known["b"])]

    again = edited(item("b", content_hash="new"), known["b"], announce=True)
    await poll(db, podcast_id, again, now=LATER)
    assert len(await due_deliveries(db, LATER, 100)) == 3


async def test_a_channel_that_was_added_while_the_feed_failed_is_told_of_nothing_older(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    before = NOW - timedelta(days=2)
    long_here, _ = await add_destination(
        db, podcast_id, guild_id=1, channel_id=10, added_by=5, now=before - timedelta(days=1)
    )
    await record_poll(db, podcast_id, outcome("no answer", before, failed=True, failing_since=before))
    new_here = await followed(db, podcast_id, 11)
    older, newer, undated = (
        item("older", published=NOW - timedelta(hours=1)),
        item("newer", published=NOW + timedelta(hours=1)),
        item("undated", published=None),
    )
    await poll(db, podcast_id, *(fresh(one, announce=True) for one in (older, newer, undated)), now=LATER)
    known = await ids(db, podcast_id)
    planned = {(one.destination_id, one.episode_id) for one in await due_deliveries(db, LATER, 100)}
    everything = {(long_here.id, known[name]) for name in ("older", "newer", "undated")}
    assert planned == everything | {(new_here.id, known[name]) for name in ("newer", "undated")}
    # From then on the feed was read: what a host shows late is news in both.
    await poll(
        db, podcast_id, fresh(item("late", published=NOW - timedelta(hours=2)), announce=True), now=LATER
    )
    late = (await ids(db, podcast_id))["late"]
    planned = {(one.destination_id, one.episode_id) for one in await due_deliveries(db, LATER, 100)}
    assert {(long_here.id, late), (new_here.id, late)} < planned


async def test_what_was_sent_is_not_planned_again_when_a_destination_comes_back(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    first = await followed(db, podcast_id, 10)
    await poll(db, podcast_id, fresh(item("b"), announce=True))
    [delivery] = await due_deliveries(db, NOW, 10)
    await finish_delivery(db, delivery.id, 999, NOW)
    await remove_destinations(db, guild_id=1, podcast_id=podcast_id, now=NOW)
    assert (await followed(db, podcast_id, 10)).id == first.id
    known = await ids(db, podcast_id)
    await poll(db, podcast_id, edited(item("b"), known["b"], announce=True))
    assert await due_deliveries(db, LATER, 10) == []


async def test_a_look_that_brought_nothing_moves_no_revision(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    before = await get_podcast(db, podcast_id)
    assert before is not None
    await record_poll(db, podcast_id, outcome("unchanged", LATER))
    due = LATER + timedelta(minutes=10)
    after = replace(before, outcome=as_text("unchanged"), polled_at=LATER, next_poll_at=due)
    assert await get_podcast(db, podcast_id) == after
    validators = Validators('"2"', None, "beef")
    await record_poll(db, podcast_id, outcome("unchanged", LATER, validators=validators))
    assert await get_podcast(db, podcast_id) == replace(after, validators=validators)


async def test_failures_are_counted_until_a_look_succeeds(db: Database) -> None:
    podcast_id = await stored(db, item("a"))

    async def failing() -> tuple[datetime | None, int, Status | None]:
        podcast = await get_podcast(db, podcast_id)
        assert podcast is not None
        return podcast.failing_since, podcast.failures, podcast.paused

    await record_poll(db, podcast_id, outcome("no answer", NOW, failed=True))
    await record_poll(db, podcast_id, outcome("no answer", LATER, failed=True, pause=as_text("it is gone")))
    assert await failing() == (NOW, 2, as_text("it is gone"))
    await poll(db, podcast_id, fresh(item("b")), now=LATER)
    assert await failing() == (None, 0, None)


async def test_a_feed_that_moves_is_found_under_every_address(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    second, third = "https://feeds.example/second.xml", "https://OTHER.example:8443/third.xml"
    other = await stored(db, item("a"), feed_url=second)
    # Where another podcast stands, nothing moves.
    await record_poll(db, podcast_id, outcome(move=FeedMove(second, as_text("301"))))
    assert await former_addresses(db, podcast_id) == []
    await record_poll(db, podcast_id, outcome(move=FeedMove(third, as_text("301"))))
    for address in (FEED, third):
        found = await podcast_by_feed(db, address)
        assert found is not None
        assert (found.id, found.feed_url) == (podcast_id, third)
    assert await former_addresses(db, podcast_id) == [FEED]
    # And back, with a poll that stores something.
    known = await known_items(db, podcast_id)
    back = outcome(move=FeedMove(FEED, as_text("301")))
    await save_poll(db, podcast_id, known.revision, result(fresh(item("b")), outcome=back))
    assert await former_addresses(db, podcast_id) == [third]
    found = await podcast_by_feed(db, FEED)
    assert found is not None
    assert found.id == podcast_id
    assert (await podcast_by_feed(db, second) or found).id == other


async def test_a_feed_moves_to_no_other_podcasts_address_in_any_spelling(db: Database) -> None:
    podcast_id = await stored(db, item("a"))
    other = await stored(db, item("a"), feed_url="https://feeds.example/second.xml")
    for spelling in ("http://feeds.example/second.xml", "https://FEEDS.example/second.xml?utm_source=x"):
        await record_poll(db, podcast_id, outcome(move=FeedMove(spelling, as_text("301"))))
    podcast = await get_podcast(db, podcast_id)
    assert podcast is not None
    assert podcast.feed_url == FEED
    assert await former_addresses(db, podcast_id) == []
    assert (await podcast_by_feed(db, "http://feeds.example/second.xml#a") or podcast).id == other


async def test_a_former_address_is_found_in_every_spelling_until_another_has_it(db: Database) -> None:
    plain, secure = "http://feeds.example/a.xml", "https://feeds.example/a.xml"
    podcast_id = await stored(db, item("a"), feed_url=plain)
    for address in (secure, "https://new.example/a.xml"):
        await record_poll(db, podcast_id, outcome(move=FeedMove(address, as_text("301"))))
    assert await former_addresses(db, podcast_id) == [secure]
    for spelling in (plain, secure, "https://FEEDS.example:443/a.xml?utm_medium=x"):
        found = await podcast_by_feed(db, spelling)
        assert found is not None
        assert (found.id, found.feed_url) == (podcast_id, "https://new.example/a.xml")
    # A feed that has appeared there comes first.
    newer = await stored(db, item("b"), feed_url=secure)
    assert newer != podcast_id
    found = await podcast_by_feed(db, plain)
    assert found is not None
    assert found.id == newer
    # It returns to an address that another podcast has by now: nothing moves.
    await record_poll(db, podcast_id, outcome(move=FeedMove(plain, as_text("301"))))
    found = await podcast_by_feed(db, "https://new.example/a.xml")
    assert found is not None
    assert found.id == podcast_id


async def test_spellings_that_processes_add_at_once_are_one_podcast(new_address: str) -> None:
    spellings = [
        FEED,
        FEED.replace("https", "http"),
        FEED.replace("feeds", "FEEDS"),
        f"{FEED}?utm_source=x",
        FEED.replace(".example", ".example:443"),
    ]
    processes = [await open_database(new_address) for _ in range(2)]
    try:
        made = await asyncio.gather(
            *(stored(db, item("a"), feed_url=spelling) for spelling in spellings for db in processes)
        )
        assert len(set(made)) == 1
        assert [one.episode_count for one in await list_podcasts(processes[0])] == [1]
    finally:
        for db in processes:
            await db.close()


async def test_of_a_move_and_an_addition_at_once_one_has_the_address(db: Database) -> None:
    """On PostgreSQL both may look before either writes."""
    new = "https://new.example/a.xml"
    podcast_id = await stored(db, item("a"))
    await asyncio.gather(
        record_poll(db, podcast_id, outcome(move=FeedMove(new, as_text("301")))),
        *(stored(db, item("a"), feed_url=spelling) for spelling in (new, f"{new}?utm_source=x")),
    )
    found = await podcast_by_feed(db, new)
    assert found is not None
    moved = await get_podcast(db, podcast_id)
    assert moved is not None
    assert moved.outcome == as_text("unchanged")
    assert moved.feed_url in (FEED, new)
    assert (found.id == podcast_id) is (moved.feed_url == new)
    assert len(await list_podcasts(db)) == (1 if moved.feed_url == new else 2)


async def test_what_the_feed_asks_and_its_rhythm_are_kept(db: Database) -> None:
    info = FeedInfo("Show", None, None, None, None, 3600, frozenset({0, 23}), frozenset({6}))
    rhythm = Rhythm(NOW, 615)
    podcast_id = await create_podcast(db, FEED, result(info=info, rhythm=rhythm), by_operator=True)
    podcast = await get_podcast(db, podcast_id)
    assert podcast is not None
    assert (podcast.ttl_s, podcast.skip_hours, podcast.skip_days) == (
        3600,
        frozenset({0, 23}),
        frozenset({6}),
    )
    assert podcast.rhythm == rhythm


async def test_of_many_new_ones_those_to_announce_are_planned(db: Database) -> None:
    podcast_id = await stored(db, item("first"))
    await followed(db, podcast_id, 10)
    await followed(db, podcast_id, 11)
    changes = [fresh(item(f"{number}"), announce=number % 3 == 0) for number in range(120)]
    await poll(db, podcast_id, *changes)
    known = await ids(db, podcast_id)
    planned = {(one.channel_id, one.episode_id) for one in await due_deliveries(db, NOW, 200)}
    assert planned == {(channel, known[f"{number}"]) for channel in (10, 11) for number in range(0, 120, 3)}
