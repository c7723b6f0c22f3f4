"""Published transcripts, chapters and tags, over real sockets and a real database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.feeds.http.limits import MAX_PER_HOST
from bot.polling.linked_files import MAX_ATTEMPTS, RETRY_AFTER
from bot.polling.services import Reader
from bot.quotes import QuoteFinder
from bot.search.quote_search import Scope
from bot.status_messages.sentences import sentence
from bot.transcripts.reader import PublishedTranscript, read_transcript
from storage.engine.database import Database
from storage.models import ChapterSource, TranscriptSource
from storage.tables.episodes import chapters_of, list_episodes
from storage.tables.linked_files import file_problems, pending_files
from storage.tables.transcripts import episode_turns
from tests.fakes.feed_host import FeedHost
from tests.fakes.watch import TIMEOUT_S
from tests.unit.feeds.material import feed_xml, item_xml

FEED = "/feed.xml"
VTT = (
    "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>The kettle is on.\n\n00:05.000 --> 00:07.000\n<v Bo>At last.\n"
)


def _now() -> datetime:
    return datetime.now(UTC)


def _recent(name: str, *inside: str, days: int = 1, **said: str) -> str:
    return item_xml(name, *inside, published=_now() - timedelta(days=days), **said)  # type: ignore[arg-type]


def _linked(name: str, *urls: str) -> str:
    return _recent(name, *(f'<podcast:transcript url="{url}" type="text/vtt"/>' for url in urls))


async def test_published_transcripts_are_read(sqlite_db: Database, reader: Reader, host: FeedHost) -> None:
    urls = [host.put(f"/{name}.vtt", VTT, content_type="text/vtt") for name in "ab"]
    feed = feed_xml([_linked("a", urls[0]), _linked("b", urls[1]), _recent("c")])
    podcast, _ = await reader.updater.follow(host.put(FEED, feed), by_operator=True)
    progress: list[tuple[int, int]] = []
    warnings = await reader.files.read(
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
            assert episode.transcript_source == TranscriptSource("vtt")
    assert await reader.files.read(podcast.id, limit=10) == []
    assert [host.count(f"/{name}.vtt") for name in "ab"] == [1, 1]


async def test_the_next_transcript_of_an_episode_is_read_where_the_first_can_not_be(
    sqlite_db: Database, reader: Reader, host: FeedHost
) -> None:
    good = host.put("/good.vtt", VTT, content_type="text/vtt")
    feed = feed_xml([_linked("a", host.url("/missing.vtt"), good)])
    podcast, _ = await reader.updater.follow(host.put(FEED, feed), by_operator=True)
    assert await reader.files.read(podcast.id, limit=10) == []
    [episode] = await list_episodes(sqlite_db)
    assert episode.turn_count == 2


@pytest.mark.parametrize(
    ("body", "told"), [(None, "404 Not Found"), ("WEBVTT\n", ""), ("", ""), ("\0\x01", "")]
)
async def test_a_transcript_that_can_not_be_read_is_told_and_tried_again_ever_later(
    sqlite_db: Database,
    reader: Reader,
    host: FeedHost,
    monkeypatch: pytest.MonkeyPatch,
    body: str | None,
    told: str,
) -> None:
    if body is not None:
        host.put("/a.vtt", body, content_type="text/vtt")
    feed = feed_xml([_linked("a", host.url("/a.vtt?key=sesame"))])
    podcast, _ = await reader.updater.follow(host.put(FEED, feed), by_operator=True)
    now = _now()
    monkeypatch.setattr("bot.polling.linked_files._now", lambda: now)

    async def due_at(when: datetime) -> bool:
        return bool(await pending_files(sqlite_db, podcast.id, due_at=when, limit=9))

    for attempt in range(MAX_ATTEMPTS):
        [warning] = await reader.files.read(podcast.id, limit=10)
        assert warning.startswith("The transcript of “About a” can't be used: ")
        assert told in warning
        assert "sesame" not in warning
        assert await reader.files.read(podcast.id, limit=10) == []
        later = now + RETRY_AFTER * 4**attempt
        assert not await due_at(later - timedelta(seconds=1))
        assert await due_at(later) == (attempt + 1 < MAX_ATTEMPTS)
        now = later
    assert await reader.files.read(podcast.id, limit=10) == []
    assert host.count("/a.vtt") == MAX_ATTEMPTS

    # Asking for all missing files ignores both the delay and the number of tries.
    for _ in range(2):
        [_] = await reader.files.read(podcast.id, limit=10, all_missing=True)
    host.put("/a.vtt", VTT, content_type="text/vtt")
    assert await reader.files.read(podcast.id, limit=10, all_missing=True) == []
    [episode] = await list_episodes(sqlite_db)
    assert episode.turn_count == 2


async def test_a_transcript_that_breaks_its_reader_stops_no_other(
    sqlite_db: Database,
    reader: Reader,
    host: FeedHost,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    names = "abc"
    urls = {
        name: host.put(f"/{name}.vtt", f"{VTT}\nNOTE {name}\n", content_type="text/vtt") for name in names
    }
    feed = feed_xml([_linked(name, urls[name]) for name in names])
    podcast, _ = await reader.updater.follow(host.put(FEED, feed), by_operator=True)

    def breaks(body: bytes, mime_type: str | None, **said: Any) -> PublishedTranscript:
        if b"NOTE b" in body:
            raise RecursionError("too deep")
        return read_transcript(body, mime_type, **said)

    monkeypatch.setattr("bot.reading.jobs.read_transcript", breaks)
    [warning] = await reader.files.read(podcast.id, limit=10)
    assert warning == "The transcript of “About b” can't be used: It is too broken to be read."
    assert {one.guid: one.turn_count for one in await list_episodes(sqlite_db)} == {"a": 2, "b": 0, "c": 2}
    assert "RecursionError: too deep" in caplog.text
    # The failure is stored, so the file isn't tried again at once.
    assert await reader.files.read(podcast.id, limit=10) == []


async def test_transcripts_to_come_are_those_that_can_be_read(
    sqlite_db: Database, reader: Reader, host: FeedHost
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
    podcast, _ = await reader.updater.follow(host.put(FEED, feed), by_operator=True)
    assert await reader.files.transcripts_to_come(podcast.id) == 2


async def test_what_was_said_is_found_with_where_to_hear_it(
    sqlite_db: Database, reader: Reader, host: FeedHost, tmp_path: Path
) -> None:
    notes = "<ul><li>00:00:00 Intro</li><li>00:00:04 Kettles</li><li>00:02:00 Tea</li></ul>"
    link = f'<podcast:transcript url="{host.put("/a.vtt", VTT)}" type="text/vtt"/>'
    feed = feed_xml([item_xml("a", link, notes=notes)])
    podcast, _ = await reader.updater.follow(host.put(FEED, feed), by_operator=True)
    await reader.files.read(podcast.id, limit=10)
    finder = QuoteFinder(sqlite_db, tmp_path, within_s=TIMEOUT_S)
    try:
        await finder.warm()
        [hit] = await finder.find("at last", Scope(frozenset({podcast.id})), limit=3)
        assert (hit.quote.speaker, hit.quote.text, hit.episode.title) == ("Bo", "At last.", "About a")
        assert hit.chapter is not None
        assert (hit.chapter.title, hit.url) == ("Kettles", "https://cdn.example/a.mp3#t=3")
        assert await finder.find("at last", Scope(frozenset()), limit=3) == []
        assert await finder.find("quite another thing", Scope(), limit=3) == []
    finally:
        await finder.close()


async def test_the_best_of_several_transcripts_is_kept_and_why(
    sqlite_db: Database, reader: Reader, host: FeedHost
) -> None:
    srt = (
        "1\n00:00:01,000 --> 00:00:04,000\nThe kettle is on.\n\n2\n00:00:05,000 --> 00:00:07,000\nAt last.\n"
    )
    links = [host.put("/a.srt", srt), host.put("/a.vtt", VTT)]
    podcast, _ = await reader.updater.follow(
        host.put(FEED, feed_xml([_linked("a", *links)])), by_operator=True
    )
    assert await reader.files.read(podcast.id, limit=10) == []
    [episode] = await list_episodes(sqlite_db)
    assert episode.transcript_source == TranscriptSource("vtt")
    assert episode.transcript_choice is not None
    assert sentence(episode.transcript_choice).startswith("VTT: 2 speakers, a time every 3 s; rather than ")


async def test_published_chapters_are_trusted_more_than_the_notes(
    sqlite_db: Database, reader: Reader, host: FeedHost
) -> None:
    chapters = [
        {"startTime": 0, "title": "Opening"},
        {"startTime": 61.5, "title": "Kettles"},
        {"startTime": 70, "title": "Hidden", "toc": False},
    ]
    url = host.put("/a.json", json.dumps({"version": "1.2.0", "chapters": chapters}))
    link = f'<podcast:chapters url="{url}" type="application/json+chapters"/>'
    notes = "<p>00:00 Intro</p><p>01:00 Tea</p><p>02:00 End</p>"
    podcast, _ = await reader.updater.follow(
        host.put(FEED, feed_xml([_recent("a", link, notes=notes)])), by_operator=True
    )
    [episode] = await list_episodes(sqlite_db)
    assert (episode.chapter_count, episode.chapters_source) == (3, ChapterSource.NOTES)
    assert await reader.files.read(podcast.id, limit=10) == []
    found = (await chapters_of(sqlite_db, [episode.id]))[episode.id]
    assert [(one.start_ms, one.title) for one in found] == [(0, "Opening"), (61_500, "Kettles")]
    [episode] = await list_episodes(sqlite_db)
    assert episode.chapters_source is ChapterSource.PODCAST
    assert await reader.files.read(podcast.id, limit=10) == []
    assert host.count("/a.json") == 1


async def test_broken_chapters_are_told(sqlite_db: Database, reader: Reader, host: FeedHost) -> None:
    link = f'<podcast:chapters url="{host.put("/a.json", "{}")}" type="application/json+chapters"/>'
    podcast, _ = await reader.updater.follow(host.put(FEED, feed_xml([_recent("a", link)])), by_operator=True)
    [warning] = await reader.files.read(podcast.id, limit=10)
    assert warning.startswith("The chapters of “About a” can't be used: ")
    [pending] = await pending_files(sqlite_db, podcast.id, due_at=_now() + RETRY_AFTER, limit=9)
    assert pending.attempts == 1


async def test_files_of_a_host_that_is_put_off_wait_without_an_attempt(
    sqlite_db: Database, reader: Reader, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.feeds.http.limits.SLOWEST_WITHIN_S", 0.2)
    monkeypatch.setattr("bot.feeds.http.slow_hosts.FIRST_S", 3600.0)
    async with FeedHost("127.0.0.2") as slow:
        paths = [f"/{number}.vtt" for number in range(20)]
        urls = [slow.put(path, VTT, content_type="text/vtt") for path in paths]
        for path in paths:
            slow.fault(path, "drip", times=99)
        good = host.put("/good.vtt", VTT, content_type="text/vtt")
        feed = feed_xml([_linked("good", good), *(_linked(str(at), url) for at, url in enumerate(urls))])
        podcast, _ = await reader.updater.follow(host.put(FEED, feed), by_operator=True)
        warnings = await reader.files.read(podcast.id, limit=30)
        tried = len(slow.requests)
        assert 1 <= tried <= MAX_PER_HOST
        told = slow.base_url.removeprefix("http://")
        assert warnings[-1].startswith(f"{20 - tried} files wait: {told} answers too slowly; tried again at ")
        assert sum("the host sends it too slowly" in one for one in warnings) == tried
        stored = await pending_files(sqlite_db, podcast.id, due_at=None, limit=30)
        assert sorted(one.attempts for one in stored) == [0] * (20 - tried) + [1] * tried
        assert await pending_files(sqlite_db, podcast.id, due_at=_now(), limit=30) == []
        problems = (await file_problems(sqlite_db))[podcast.id]
        assert problems.count == 20
        # Somebody asks for all of them: the host is not asked again before its time, nor is a file's turn used up.
        [warning] = await reader.files.read(podcast.id, limit=30, all_missing=True)
        assert warning.startswith("20 files wait: ")
        assert len(slow.requests) == tried
    assert host.count("/good.vtt") == 1


async def test_the_host_behind_a_redirect_is_put_off_and_not_the_one_that_all_links_name(
    sqlite_db: Database, reader: Reader, host: FeedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.feeds.http.limits.SLOWEST_WITHIN_S", 0.2)
    async with FeedHost("127.0.0.2") as slow:
        slow.put("/a.vtt", VTT, content_type="text/vtt")
        slow.fault("/a.vtt", "drip", times=99)
        items = []
        for number in range(20):
            host.fault(f"/{number}", "redirect", times=99, location=slow.url("/a.vtt"))
            items.append(_linked(str(number), host.url(f"/{number}")))
        items.append(
            _recent("last", f'<podcast:transcript url="{host.url("/last")}" type="text/vtt"/>', days=9)
        )
        host.put("/last", VTT, content_type="text/vtt")
        podcast, _ = await reader.updater.follow(host.put(FEED, feed_xml(items)), by_operator=True)
        await reader.files.read(podcast.id, limit=30)
        assert len(slow.requests) <= MAX_PER_HOST
    [read] = [one for one in await list_episodes(sqlite_db) if one.transcript_source is not None]
    assert read.guid == "last"
