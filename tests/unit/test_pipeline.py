"""From a poll to planned deliveries, over real sockets and a real database."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from bot.feeds.addresses import AllowedAddresses
from bot.feeds.fetch import FeedError, Fetcher
from bot.notes import Notes, read_notes
from bot.pipeline import (
    LOOKED_EARLY,
    MAX_TRANSCRIPT_ATTEMPTS,
    TRANSCRIPT_RETRY_AFTER,
    Pipeline,
    Poll,
)
from bot.quotes import QuoteFinder
from bot.search import Scope
from bot.transcripts import Transcript, read_transcript
from storage.database import Database
from storage.deliveries import due_deliveries
from storage.destinations import add_destination
from storage.episodes import list_episodes
from storage.models import Podcast, TranscriptSource
from storage.podcasts import due_podcasts, followed_podcasts, get_podcast, list_podcasts
from storage.polls import known_episodes, save_poll
from storage.transcripts import episode_turns, pending_transcripts
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml, item_xml
from tests.unit.storage.material import fresh, item, result

LOOPBACK = AllowedAddresses(networks=(ip_network("127.0.0.0/8"),))
FEED = "/feed.xml"
INTERVAL_S = 600.0
VTT = (
    "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>The kettle is on.\n\n00:05.000 --> 00:07.000\n<v Bo>At last.\n"
)


@pytest.fixture
async def host() -> AsyncIterator[FeedHost]:
    async with FeedHost() as running:
        yield running


@pytest.fixture
async def pipeline(sqlite_db: Database) -> AsyncIterator[Pipeline]:
    async with Fetcher(LOOPBACK) as fetcher:
        made = Pipeline(sqlite_db, fetcher, poll_interval_s=INTERVAL_S)
        yield made
        made.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _recent(name: str, *inside: str, days: int = 1, title: str | None = None) -> str:
    return item_xml(name, *inside, published=_now() - timedelta(days=days), title=title)


async def _followed(db: Database, pipeline: Pipeline, url: str, channel_id: int = 10) -> Podcast:
    podcast, _ = await pipeline.follow(url, by_operator=False)
    await add_destination(db, podcast.id, guild_id=1, channel_id=channel_id, added_by=5, now=_now())
    return podcast


async def _poll(db: Database, pipeline: Pipeline, podcast: Podcast) -> Poll:
    current = await get_podcast(db, podcast.id)
    assert current is not None
    return await pipeline.poll(current)


async def _titles_to_announce(db: Database) -> list[str]:
    titles = {one.id: one.title for one in await list_episodes(db)}
    return [titles[one.episode_id] for one in await due_deliveries(db, _now(), 100)]


async def test_to_follow_a_podcast_takes_its_episodes_as_the_baseline(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([_recent("b", days=0), _recent("a")]), etag='"1"')
    begun = _now()
    podcast, poll = await pipeline.follow(url, by_operator=True)
    ended = _now()
    assert poll == Poll(podcast.id, "Small Show", "added with 2 episodes", new=2)
    assert (podcast.feed_url, podcast.title, podcast.episode_count) == (url, "Small Show", 2)
    assert podcast.validators.etag == '"1"'
    assert podcast.polled_at is not None
    assert begun <= podcast.polled_at <= ended
    # A little before the interval is over, so that what is new is announced within it.
    assert podcast.next_poll_at == podcast.polled_at + timedelta(seconds=INTERVAL_S) - LOOKED_EARLY
    assert [one.title for one in await list_episodes(sqlite_db)] == ["About b", "About a"]
    assert [one.id for one in await followed_podcasts(sqlite_db)] == [podcast.id]
    assert await due_podcasts(sqlite_db, _now(), 10) == []


async def test_what_is_new_later_is_announced_once(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([_recent("a")]), etag='"1"')
    podcast = await _followed(sqlite_db, pipeline, url)
    assert (await _poll(sqlite_db, pipeline, podcast)).outcome == "unchanged"
    assert await _titles_to_announce(sqlite_db) == []

    host.put(FEED, feed_xml([_recent("c", days=0), _recent("b"), _recent("a", days=1)]), etag='"2"')
    poll = await _poll(sqlite_db, pipeline, podcast)
    assert (poll.new, poll.announced, poll.failed) == (2, 2, False)
    assert poll.outcome.startswith("2 new episodes")
    assert await _titles_to_announce(sqlite_db) == ["About b", "About c"]

    assert (await _poll(sqlite_db, pipeline, podcast)).outcome == "unchanged"
    assert await _titles_to_announce(sqlite_db) == ["About b", "About c"]
    assert [seen.status for seen in host.asked(FEED)] == [200, 304, 200, 304]


async def test_an_old_item_that_appears_is_stored_and_not_announced(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([item_xml("a")]))
    podcast = await _followed(sqlite_db, pipeline, url)
    host.put(FEED, feed_xml([_recent("old", days=30), item_xml("a")]))
    poll = await _poll(sqlite_db, pipeline, podcast)
    assert (poll.outcome, poll.new, poll.announced) == ("1 new episode", 1, 0)
    assert {one.title for one in await list_episodes(sqlite_db)} == {"About a", "About old"}
    assert await _titles_to_announce(sqlite_db) == []


async def test_an_edited_item_stays_the_same_episode(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([item_xml("a"), item_xml("b")]))
    podcast = await _followed(sqlite_db, pipeline, url)
    before = {one.guid: one.id for one in await list_episodes(sqlite_db)}
    host.put(FEED, feed_xml([item_xml("a", title="Renamed"), item_xml("b")]))
    poll = await _poll(sqlite_db, pipeline, podcast)
    assert (poll.outcome, poll.new, poll.changed, poll.announced) == ("1 changed", 0, 1, 0)
    after = await list_episodes(sqlite_db)
    assert {one.guid: one.id for one in after} == before
    assert {one.title for one in after} == {"Renamed", "About b"}
    assert await _titles_to_announce(sqlite_db) == []


async def test_items_that_left_and_came_back_are_known(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    a, b = _recent("a"), _recent("b")
    podcast = await _followed(sqlite_db, pipeline, host.put(FEED, feed_xml([a, b])))
    for items in ([a], [a, b]):
        host.put(FEED, feed_xml(items))
        assert (await _poll(sqlite_db, pipeline, podcast)).outcome == "nothing new"
    assert len(await list_episodes(sqlite_db)) == 2


async def test_a_body_without_validators_is_known_by_its_hash(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    podcast = await _followed(sqlite_db, pipeline, host.put(FEED, feed_xml([item_xml("a")])))
    poll = await _poll(sqlite_db, pipeline, podcast)
    assert poll == Poll(podcast.id, "Small Show", "unchanged")
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.revision, after.outcome) == (podcast.revision, "unchanged")
    assert after.polled_at is not None
    assert podcast.polled_at is not None
    assert after.polled_at >= podcast.polled_at
    assert [seen.status for seen in host.asked(FEED)] == [200, 200]


@pytest.mark.parametrize("how", ["500", "cut", "no feed", "no episodes", "closed"])
async def test_a_look_that_fails_keeps_what_is_stored(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost, how: str
) -> None:
    url = host.put(FEED, feed_xml([_recent("a")]), etag='"1"')
    podcast = await _followed(sqlite_db, pipeline, url)
    whole = feed_xml([_recent("b"), _recent("a")])
    if how == "500":
        host.fault(FEED, status=500)
    elif how == "closed":
        host.fault(FEED, "close", times=2)
    else:
        broken = {"cut": whole[:-30], "no feed": b"<html>Gone fishing</html>", "no episodes": feed_xml()}
        host.put(FEED, broken[how], etag='"2"')
    poll = await _poll(sqlite_db, pipeline, podcast)
    assert poll.failed
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.outcome, after.validators) == (poll.outcome, podcast.validators)
    assert after.episode_count == 1
    assert after.next_poll_at is not None
    assert after.next_poll_at > _now()

    # What failed left no validators behind that would hide what comes next.
    host.put(FEED, whole, etag='"2"')
    poll = await _poll(sqlite_db, pipeline, podcast)
    assert (poll.new, poll.failed) == (1, False)
    assert await _titles_to_announce(sqlite_db) == ["About b"]


async def test_a_podcast_that_can_not_be_read_is_not_taken_up(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    for path, told in {
        "/missing": "404 Not Found",
        host_path(host, "/html", b"<html/>"): "no podcast feed",
        host_path(host, "/empty", feed_xml()): "“Small Show” has no episodes",
    }.items():
        with pytest.raises(FeedError, match=told):
            await pipeline.follow(host.url(path), by_operator=True)
    host.fault("/304", status=304)
    with pytest.raises(FeedError, match="304 to a first request"):
        await pipeline.follow(host.url("/304"), by_operator=True)
    assert await list_podcasts(sqlite_db) == []


def host_path(host: FeedHost, path: str, body: bytes) -> str:
    """The path, with this served under it."""
    host.put(path, body)
    return path


async def test_to_follow_what_is_known_polls_it(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([_recent("a")]))
    podcast = await _followed(sqlite_db, pipeline, url)
    host.put(FEED, feed_xml([_recent("b"), _recent("a")]))
    again, poll = await pipeline.follow(url, by_operator=True)
    assert (again.id, again.episode_count, poll.new, poll.announced) == (podcast.id, 2, 1, 1)
    host.remove(FEED)
    again, poll = await pipeline.follow(url, by_operator=True)
    assert (again.id, again.episode_count, poll.failed) == (podcast.id, 2, True)


async def test_new_validators_of_the_same_body_are_kept(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    body = feed_xml([_recent("a")])
    podcast = await _followed(sqlite_db, pipeline, host.put(FEED, body, etag='"1"'))
    host.put(FEED, body, etag='"2"')
    assert (await _poll(sqlite_db, pipeline, podcast)).outcome == "unchanged"
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.validators.etag, after.validators.body_hash) == ('"2"', podcast.validators.body_hash)
    assert after.revision == podcast.revision
    assert (await _poll(sqlite_db, pipeline, podcast)).outcome == "unchanged"
    assert [seen.status for seen in host.asked(FEED)] == [200, 200, 304]


async def test_the_time_of_a_look_is_when_it_began(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a host takes, the next look comes when the interval says."""
    podcast = await _followed(sqlite_db, pipeline, host.put(FEED, feed_xml([_recent("a")]), etag='"1"'))
    begun = _now()
    # Each look at the clock takes a minute: the first is the beginning.
    for first in (0, 100):
        clock = itertools.count(first)
        monkeypatch.setattr("bot.pipeline._now", lambda: begun + timedelta(minutes=next(clock)))  # noqa: B023
        await _poll(sqlite_db, pipeline, podcast)
        after = await get_podcast(sqlite_db, podcast.id)
        assert after is not None
        began = begun + timedelta(minutes=first)
        assert after.polled_at == began
        assert after.next_poll_at == began + timedelta(seconds=INTERVAL_S) - LOOKED_EARLY
        host.put(FEED, feed_xml([_recent("b"), _recent("a")]), etag='"2"')


async def test_a_look_that_takes_longer_than_the_interval_is_followed_by_a_pause(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    podcast = await _followed(sqlite_db, pipeline, host.put(FEED, feed_xml([_recent("a")]), etag='"1"'))
    begun = _now()
    clock = itertools.count()
    monkeypatch.setattr("bot.pipeline._now", lambda: begun + timedelta(days=next(clock)))
    await _poll(sqlite_db, pipeline, podcast)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert after.next_poll_at == begun + timedelta(days=1) + LOOKED_EARLY


async def test_a_fault_of_our_own_is_an_outcome_that_waits_for_the_next_look(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    podcast = await _followed(sqlite_db, pipeline, host.put(FEED, feed_xml([_recent("a")]), etag='"1"'))
    await pipeline.record_fault(podcast)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert after.outcome == "The last look failed inside Earmark; its log says why."
    assert after.validators == podcast.validators
    assert await due_podcasts(sqlite_db, _now(), 10) == []


async def test_two_that_poll_at_once_announce_once(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    podcast = await _followed(sqlite_db, pipeline, host.put(FEED, feed_xml([_recent("a")])))
    host.put(FEED, feed_xml([_recent("b"), _recent("a")]))
    polls = await asyncio.gather(*(pipeline.poll(podcast) for _ in range(4)))
    assert sorted(poll.new for poll in polls) == [0, 0, 0, 1]
    assert not any(poll.failed for poll in polls)
    assert await _titles_to_announce(sqlite_db) == ["About b"]


async def test_two_that_follow_at_once_share_a_podcast(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    url = host.put(FEED, feed_xml([_recent("a")]))
    followed = await asyncio.gather(*(pipeline.follow(url, by_operator=False) for _ in range(3)))
    assert len({podcast.id for podcast, _ in followed}) == 1
    assert len(await list_episodes(sqlite_db)) == 1


async def test_a_decision_is_made_again_where_another_process_wrote_in_between(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    podcast = await _followed(sqlite_db, pipeline, host.put(FEED, feed_xml([_recent("a")])))
    host.put(FEED, feed_xml([_recent("b"), _recent("a")]))

    async def overtaken(db: Database, podcast_id: int) -> object:
        found = await known_episodes(db, podcast_id)
        monkeypatch.setattr("bot.pipeline.known_episodes", known_episodes)
        await save_poll(db, podcast_id, found[0], result(fresh(item("b"), announce=True), now=_now()))
        return found

    monkeypatch.setattr("bot.pipeline.known_episodes", overtaken)
    poll = await pipeline.poll(podcast)
    assert (poll.new, poll.announced, poll.failed) == (0, 0, False)
    assert await _titles_to_announce(sqlite_db) == ["About b"]


def _linked(name: str, *urls: str) -> str:
    return _recent(name, *(f'<podcast:transcript url="{url}" type="text/vtt"/>' for url in urls))


async def test_published_transcripts_are_read(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    urls = [host.put(f"/{name}.vtt", VTT, content_type="text/vtt") for name in "ab"]
    feed = feed_xml([_linked("a", urls[0]), _linked("b", urls[1]), _recent("c")])
    podcast, _ = await pipeline.follow(host.put(FEED, feed), by_operator=True)
    progress: list[tuple[int, int]] = []
    warnings = await pipeline.read_transcripts(
        podcast.id, limit=10, progress=lambda done, total: progress.append((done, total))
    )
    assert (warnings, progress) == ([], [(1, 2), (2, 2)])
    for episode in await list_episodes(sqlite_db):
        turns = [
            (turn.speaker, turn.start_ms, turn.text) for turn in await episode_turns(sqlite_db, episode.id)
        ]
        if episode.guid == "c":
            assert (turns, episode.transcript_source) == ([], None)
        else:
            assert turns == [("Ada", 1_000, "The kettle is on."), ("Bo", 5_000, "At last.")]
            assert episode.transcript_source is TranscriptSource.VTT
    assert await pipeline.read_transcripts(podcast.id, limit=10) == []
    assert [host.count(f"/{name}.vtt") for name in "ab"] == [1, 1]


async def test_the_next_transcript_of_an_episode_is_read_where_the_first_can_not_be(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    good = host.put("/good.vtt", VTT, content_type="text/vtt")
    feed = feed_xml([_linked("a", host.url("/missing.vtt"), good)])
    podcast, _ = await pipeline.follow(host.put(FEED, feed), by_operator=True)
    assert await pipeline.read_transcripts(podcast.id, limit=10) == []
    [episode] = await list_episodes(sqlite_db)
    assert episode.turn_count == 2


@pytest.mark.parametrize(
    ("body", "told"), [(None, "404 Not Found"), ("WEBVTT\n", ""), ("", ""), ("\0\x01", "")]
)
async def test_a_transcript_that_can_not_be_read_is_told_and_tried_again_ever_later(
    sqlite_db: Database,
    pipeline: Pipeline,
    host: FeedHost,
    monkeypatch: pytest.MonkeyPatch,
    body: str | None,
    told: str,
) -> None:
    if body is not None:
        host.put("/a.vtt", body, content_type="text/vtt")
    feed = feed_xml([_linked("a", host.url("/a.vtt?key=sesame"))])
    podcast, _ = await pipeline.follow(host.put(FEED, feed), by_operator=True)
    now = _now()
    monkeypatch.setattr("bot.pipeline._now", lambda: now)

    async def due_at(when: datetime) -> bool:
        found = await pending_transcripts(
            sqlite_db, podcast.id, due_at=when, max_attempts=MAX_TRANSCRIPT_ATTEMPTS, limit=9
        )
        return bool(found)

    for attempt in range(MAX_TRANSCRIPT_ATTEMPTS):
        [warning] = await pipeline.read_transcripts(podcast.id, limit=10)
        assert warning.startswith("The transcript of “About a” can't be used: ")
        assert told in warning
        assert "sesame" not in warning
        assert await pipeline.read_transcripts(podcast.id, limit=10) == []
        later = now + TRANSCRIPT_RETRY_AFTER * 4**attempt
        assert not await due_at(later - timedelta(seconds=1))
        assert await due_at(later) == (attempt + 1 < MAX_TRANSCRIPT_ATTEMPTS)
        now = later
    assert await pipeline.read_transcripts(podcast.id, limit=10) == []
    assert host.count("/a.vtt") == MAX_TRANSCRIPT_ATTEMPTS

    # Whoever asks for all of them waits for no time and no number of tries.
    for _ in range(2):
        [_] = await pipeline.read_transcripts(podcast.id, limit=10, all_missing=True)
    host.put("/a.vtt", VTT, content_type="text/vtt")
    assert await pipeline.read_transcripts(podcast.id, limit=10, all_missing=True) == []
    [episode] = await list_episodes(sqlite_db)
    assert episode.turn_count == 2


async def test_a_transcript_that_breaks_its_reader_stops_no_other(
    sqlite_db: Database,
    pipeline: Pipeline,
    host: FeedHost,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    names = "abc"
    urls = {
        name: host.put(f"/{name}.vtt", f"{VTT}\nNOTE {name}\n", content_type="text/vtt") for name in names
    }
    feed = feed_xml([_linked(name, urls[name]) for name in names])
    podcast, _ = await pipeline.follow(host.put(FEED, feed), by_operator=True)

    def breaks(body: bytes, mime_type: str | None) -> Transcript:
        if b"NOTE b" in body:
            raise RecursionError("too deep")
        return read_transcript(body, mime_type)

    monkeypatch.setattr("bot.pipeline.read_transcript", breaks)
    [warning] = await pipeline.read_transcripts(podcast.id, limit=10)
    assert warning == "The transcript of “About b” can't be used: The transcript is too broken to be read."
    assert {one.guid: one.turn_count for one in await list_episodes(sqlite_db)} == {"a": 2, "b": 0, "c": 2}
    assert "RecursionError: too deep" in caplog.text
    # It is kept as a failure, and not tried again and again.
    assert await pipeline.read_transcripts(podcast.id, limit=10) == []


async def test_notes_that_break_their_reader_stop_no_other_item(
    sqlite_db: Database,
    pipeline: Pipeline,
    host: FeedHost,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks(html: str, duration_s: float | None) -> Notes:
        if "of b" in html:
            raise RecursionError("too deep")
        return read_notes(html, duration_s)

    monkeypatch.setattr("bot.feeds.parse.read_notes", breaks)
    feed = feed_xml([item_xml(name, notes=f"<p>Notes of {name}</p>") for name in "abc"])
    await pipeline.follow(host.put(FEED, feed), by_operator=True)
    intros = {one.guid: one.intro for one in await list_episodes(sqlite_db)}
    assert intros == {"a": "Notes of a", "b": "", "c": "Notes of c"}
    assert "the notes of “About b” can't be read" in caplog.text


async def test_transcripts_to_come_are_those_that_can_be_read(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    url = host.put("/x.vtt", VTT)

    def link(mime_type: str) -> str:
        return f'<podcast:transcript url="{url}" type="{mime_type}"/>'

    feed = feed_xml(
        [
            _recent("a", link("application/pdf"), link("text/vtt; charset=utf-8"), link("application/json")),
            _recent("b", link("")),
            _recent("c", link("application/pdf")),
            _recent("d"),
        ]
    )
    podcast, _ = await pipeline.follow(host.put(FEED, feed), by_operator=True)
    assert await pipeline.transcripts_to_come(podcast.id) == 2


async def test_undated_episodes_are_listed_in_the_order_of_the_feed(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    items = [item_xml("4"), _recent("3", days=0), item_xml("2"), item_xml("1"), _recent("0", days=3)]
    podcast = await _followed(sqlite_db, pipeline, host.put(FEED, feed_xml(items)))
    assert [one.guid for one in await list_episodes(sqlite_db)] == list("43210")
    host.put(FEED, feed_xml([item_xml("6"), item_xml("5"), *items]))
    poll = await _poll(sqlite_db, pipeline, podcast)
    assert (poll.new, poll.announced) == (2, 2)
    assert [one.guid for one in await list_episodes(sqlite_db)] == list("6543210")


async def test_a_new_signature_brings_no_new_episode(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    def signed(key: str) -> bytes:
        return feed_xml([item_xml("a", guid=False, enclosure=f"https://cdn.example/a.mp3?key={key}")])

    podcast = await _followed(sqlite_db, pipeline, host.put(FEED, signed("1")))
    host.put(FEED, signed("2"))
    poll = await _poll(sqlite_db, pipeline, podcast)
    assert (poll.outcome, poll.new, poll.announced) == ("nothing new", 0, 0)


async def test_chapters_and_speech_in_the_notes_are_stored_with_the_episode(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    notes = (
        "<p>Hello.</p><ul><li>[00:00:00] Intro</li><li>[00:01:30] Kettles</li><li>[00:02:00] Tea</li></ul>"
    )
    podcast, _ = await pipeline.follow(
        host.put(FEED, feed_xml([item_xml("a", notes=notes)])), by_operator=True
    )
    [episode] = await list_episodes(sqlite_db, [podcast.id])
    assert (episode.chapter_count, episode.intro) == (3, "Hello.")


async def test_what_was_said_is_found_with_where_to_hear_it(
    sqlite_db: Database, pipeline: Pipeline, host: FeedHost
) -> None:
    notes = "<ul><li>00:00:00 Intro</li><li>00:00:04 Kettles</li><li>00:02:00 Tea</li></ul>"
    link = f'<podcast:transcript url="{host.put("/a.vtt", VTT)}" type="text/vtt"/>'
    feed = feed_xml([item_xml("a", link, notes=notes)])
    podcast, _ = await pipeline.follow(host.put(FEED, feed), by_operator=True)
    await pipeline.read_transcripts(podcast.id, limit=10)
    finder = QuoteFinder(sqlite_db)
    try:
        await finder.warm()
        [hit] = await finder.find("at last", Scope(frozenset({podcast.id})), limit=3)
        assert (hit.quote.speaker, hit.quote.text, hit.episode.title) == ("Bo", "At last.", "About a")
        assert hit.chapter is not None
        assert (hit.chapter.title, hit.url) == ("Kettles", "https://cdn.example/a.mp3#t=3")
        assert await finder.find("at last", Scope(frozenset()), limit=3) == []
        assert await finder.find("quite another thing", Scope(), limit=3) == []
    finally:
        finder.close()
