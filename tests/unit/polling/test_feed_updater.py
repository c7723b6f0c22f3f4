"""From a poll to planned deliveries, over real sockets and a real database."""

from __future__ import annotations

import asyncio
from html import escape

import pytest

from bot.polling.feed_outcomes import NOTHING_NEW, UNCHANGED, Poll
from bot.polling.feed_updater import FeedUpdater
from bot.status_messages.sentences import sentence
from storage.engine.database import Database
from storage.models import HeldState
from storage.tables.episodes import list_episodes
from storage.tables.feed_items import KnownItems, known_items
from storage.tables.feed_updates import save_poll
from storage.tables.held_items import decide_held, waiting_items
from storage.tables.linked_files import file_problems
from storage.tables.podcasts import get_podcast
from tests.fakes.feed_host import FeedHost
from tests.fakes.hostile_html import reopened_formatting
from tests.unit.feeds.material import feed_xml, item_xml
from tests.unit.polling.updating import FEED, followed, now_utc, poll_again, recent, titles_to_announce
from tests.unit.storage.material import fresh, item, result


async def test_what_is_new_later_is_announced_once(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([recent("a")]), etag='"1"')
    podcast = await followed(sqlite_db, updater, url)
    assert (await poll_again(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    assert await titles_to_announce(sqlite_db) == []

    host.put(FEED, feed_xml([recent("c", days=0), recent("b"), recent("a", days=1)]), etag='"2"')
    poll = await poll_again(sqlite_db, updater, podcast)
    assert (poll.new, poll.announced, poll.failed) == (2, 2, False)
    assert sentence(poll.outcome).startswith("2 new episodes")
    assert await titles_to_announce(sqlite_db) == ["About b", "About c"]

    assert (await poll_again(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    assert await titles_to_announce(sqlite_db) == ["About b", "About c"]
    assert [seen.status for seen in host.asked(FEED)] == [200, 304, 200, 304]


async def test_an_old_item_that_appears_is_stored_and_not_announced(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([item_xml("a")]))
    podcast = await followed(sqlite_db, updater, url)
    host.put(FEED, feed_xml([item_xml("a"), recent("old", days=30)]))
    poll = await poll_again(sqlite_db, updater, podcast)
    assert (sentence(poll.outcome), poll.new, poll.announced) == ("1 new episode", 1, 0)
    assert {one.title for one in await list_episodes(sqlite_db)} == {"About a", "About old"}
    assert await titles_to_announce(sqlite_db) == []


async def test_an_edited_item_stays_the_same_episode(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([item_xml("a"), item_xml("b")]))
    podcast = await followed(sqlite_db, updater, url)
    before = {one.guid: one.id for one in await list_episodes(sqlite_db)}
    host.put(FEED, feed_xml([item_xml("a", title="Renamed"), item_xml("b")]))
    poll = await poll_again(sqlite_db, updater, podcast)
    assert (sentence(poll.outcome), poll.new, poll.changed, poll.announced) == ("1 changed", 0, 1, 0)
    after = await list_episodes(sqlite_db)
    assert {one.guid: one.id for one in after} == before
    assert {one.title for one in after} == {"Renamed", "About b"}
    assert await titles_to_announce(sqlite_db) == []


async def test_items_that_left_and_came_back_are_known(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    a, b = recent("a"), recent("b")
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([a, b])))
    for items in ([a], [a, b]):
        host.put(FEED, feed_xml(items))
        assert (await poll_again(sqlite_db, updater, podcast)).outcome == NOTHING_NEW()
    assert len(await list_episodes(sqlite_db)) == 2


async def test_a_body_without_validators_is_known_by_its_hash(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([item_xml("a")])))
    poll = await poll_again(sqlite_db, updater, podcast)
    assert poll == Poll(podcast.id, "Small Show", UNCHANGED())
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.revision, after.outcome) == (podcast.revision, UNCHANGED())
    assert after.polled_at is not None
    assert podcast.polled_at is not None
    assert after.polled_at >= podcast.polled_at
    assert [seen.status for seen in host.asked(FEED)] == [200, 200]


@pytest.mark.parametrize("how", ["500", "cut", "no feed", "no episodes", "closed"])
async def test_a_poll_that_fails_keeps_what_is_stored(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, how: str
) -> None:
    url = host.put(FEED, feed_xml([recent("a")]), etag='"1"')
    podcast = await followed(sqlite_db, updater, url)
    whole = feed_xml([recent("b"), recent("a")])
    if how == "500":
        host.fault(FEED, status=500)
    elif how == "closed":
        host.fault(FEED, "close", times=2)
    else:
        broken = {"cut": whole[:-30], "no feed": b"<html>Gone fishing</html>", "no episodes": feed_xml()}
        host.put(FEED, broken[how], etag='"2"')
    poll = await poll_again(sqlite_db, updater, podcast)
    assert poll.failed
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.outcome, after.validators) == (poll.outcome, podcast.validators)
    assert after.episode_count == 1
    assert after.next_poll_at is not None
    assert after.next_poll_at > now_utc()

    # What failed left no validators behind that would hide what comes next.
    host.put(FEED, whole, etag='"2"')
    poll = await poll_again(sqlite_db, updater, podcast)
    assert (poll.new, poll.failed) == (1, False)
    assert await titles_to_announce(sqlite_db) == ["About b"]


async def test_new_validators_of_the_same_body_are_kept(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    body = feed_xml([recent("a")])
    podcast = await followed(sqlite_db, updater, host.put(FEED, body, etag='"1"'))
    host.put(FEED, body, etag='"2"')
    assert (await poll_again(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.validators.etag, after.validators.body_hash) == ('"2"', podcast.validators.body_hash)
    assert after.revision == podcast.revision
    assert (await poll_again(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    assert [seen.status for seen in host.asked(FEED)] == [200, 200, 304]


async def test_two_that_poll_at_once_announce_once(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([recent("a")])))
    host.put(FEED, feed_xml([recent("b"), recent("a")]))
    polls = await asyncio.gather(*(updater.poll(podcast) for _ in range(4)))
    assert sorted(poll.new for poll in polls) == [0, 0, 0, 1]
    assert not any(poll.failed for poll in polls)
    assert await titles_to_announce(sqlite_db) == ["About b"]


async def test_a_decision_is_made_again_where_another_process_wrote_in_between(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([recent("a")])))
    host.put(FEED, feed_xml([recent("b"), recent("a")]))

    async def overtaken(db: Database, podcast_id: int) -> KnownItems:
        found = await known_items(db, podcast_id)
        monkeypatch.setattr("bot.polling.feed_updater.known_items", known_items)
        await save_poll(
            db, podcast_id, found.revision, result(fresh(item("b"), announce=True), now=now_utc())
        )
        return found

    monkeypatch.setattr("bot.polling.feed_updater.known_items", overtaken)
    poll = await updater.poll(podcast)
    assert (poll.new, poll.announced, poll.failed) == (0, 0, False)
    assert await titles_to_announce(sqlite_db) == ["About b"]


async def test_undated_episodes_are_listed_in_the_order_of_the_feed(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    items = [item_xml("4"), recent("3", days=0), item_xml("2"), item_xml("1"), recent("0", days=3)]
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml(items)))
    assert [one.guid for one in await list_episodes(sqlite_db)] == list("43210")
    host.put(FEED, feed_xml([item_xml("6"), item_xml("5"), *items]))
    poll = await poll_again(sqlite_db, updater, podcast)
    assert (poll.new, poll.announced) == (2, 2)
    assert [one.guid for one in await list_episodes(sqlite_db)] == list("6543210")


async def test_a_new_signature_brings_no_new_episode(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    def signed(key: str) -> bytes:
        return feed_xml([item_xml("a", guid=False, enclosure=f"https://cdn.example/a.mp3?key={key}")])

    podcast = await followed(sqlite_db, updater, host.put(FEED, signed("1")))
    host.put(FEED, signed("2"))
    poll = await poll_again(sqlite_db, updater, podcast)
    assert (sentence(poll.outcome), poll.new, poll.announced) == ("nothing new", 0, 0)


async def test_chapters_and_speech_in_the_notes_are_stored_with_the_episode(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    notes = (
        "<p>Hello.</p><ul><li>[00:00:00] Intro</li><li>[00:01:30] Kettles</li><li>[00:02:00] Tea</li></ul>"
    )
    podcast, _ = await updater.follow(
        host.put(FEED, feed_xml([item_xml("a", notes=notes)])), by_operator=True
    )
    [episode] = await list_episodes(sqlite_db, [podcast.id])
    assert (episode.chapter_count, episode.intro) == (3, "Hello.")


async def test_a_crowd_is_held_until_somebody_decides(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    def items(name: str) -> list[str]:
        return [recent(f"{name}{n}", days=n, title=f"{name} number {n}") for n in range(1, 7)]

    newest = recent("newest", days=0)
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([newest, *items("old")])))
    host.put(FEED, feed_xml(items("other")))
    poll = await poll_again(sqlite_db, updater, podcast)
    assert (poll.new, poll.held, poll.announced) == (0, 6, 0)
    assert sentence(poll.outcome) == "6 held, as most of the feed looks new at once"
    assert len((await waiting_items(sqlite_db))[podcast.id]) == 6
    assert (await poll_again(sqlite_db, updater, podcast)).outcome == UNCHANGED()
    assert await titles_to_announce(sqlite_db) == []

    assert await decide_held(sqlite_db, podcast.id, HeldState.RELEASED) == 6
    current = await get_podcast(sqlite_db, podcast.id)
    assert current is not None
    poll = await updater.poll_afresh(current)
    assert (poll.new, poll.announced, poll.held) == (6, 6, 0)
    assert await waiting_items(sqlite_db) == {}
    assert len(await list_episodes(sqlite_db)) == 13


async def test_a_feed_whose_ids_all_changed_brings_nothing_new(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost
) -> None:
    def items(prefix: str) -> list[str]:
        return [
            recent(f"{prefix}{n}", days=n, title=f"Number {n}").replace(
                f"cdn.example/{prefix}{n}", f"cdn.example/{n}"
            )
            for n in range(1, 7)
        ]

    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml(items("old-"))))
    before = {one.title: one.id for one in await list_episodes(sqlite_db)}
    host.put(FEED, feed_xml(items("new-")))
    poll = await poll_again(sqlite_db, updater, podcast)
    assert (sentence(poll.outcome), poll.announced) == ("6 known again under a new id", 0)
    assert {one.title: one.id for one in await list_episodes(sqlite_db)} == before
    host.put(FEED, feed_xml([recent("today", days=0), *items("new-")]))
    assert (await poll_again(sqlite_db, updater, podcast)).announced == 1


async def test_notes_that_cost_too_much_are_told_and_not_read_again(
    sqlite_db: Database, updater: FeedUpdater, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = host.put(FEED, feed_xml([recent("a", "<description>Lamps.</description>")]))
    podcast = await followed(sqlite_db, updater, url)
    costly = recent("a", f"<description>{escape(reopened_formatting())}</description>")
    host.put(FEED, feed_xml([costly]))
    poll = await poll_again(sqlite_db, updater, podcast)
    assert sentence(poll.outcome) == "1 changed; the notes of 1 episode can't be read"
    problems = (await file_problems(sqlite_db))[podcast.id]
    assert (problems.count, problems.newest.code) == (1, "document.too_much_markup")
    [episode] = await list_episodes(sqlite_db)
    assert episode.intro == "Lamps."

    monkeypatch.setattr("bot.reading.jobs.read_item_notes", pytest.fail)
    host.put(FEED, feed_xml([costly], title="Renamed"))
    assert (await poll_again(sqlite_db, updater, podcast)).outcome == NOTHING_NEW()
    assert list(await file_problems(sqlite_db)) == [podcast.id]
