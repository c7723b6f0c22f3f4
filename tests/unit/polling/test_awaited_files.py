"""Which new episodes wait for files of their feed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.feeds.errors import FeedError
from bot.polling.awaited_files import awaits_files, with_waits
from bot.polling.file_reader import FileReader
from bot.polling.services import Reader, open_reader
from bot.reading.child_process import DocumentTooHeavyError
from storage.engine.database import Database
from storage.models import FileLink, as_text
from storage.tables.episodes import list_episodes
from tests.fakes.feed_host import FeedHost
from tests.fakes.in_process_reader import InProcessReader
from tests.fakes.watch import TIMEOUT_S
from tests.unit.feeds.material import feed_xml
from tests.unit.polling.updating import (
    FEED,
    LOOPBACK,
    followed,
    now_utc,
    poll_again,
    recent,
    titles_to_announce,
)
from tests.unit.storage.material import NOW, edited, fresh, item

VTT = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>The kettle is on.\n\n"


def _link(mime_type: str) -> FileLink:
    return FileLink("https://cdn.example/file", mime_type)


@pytest.mark.parametrize(
    ("transcripts", "chapters", "waits"),
    [
        ([], None, False),
        (["text/vtt"], None, True),
        (["Application/SRT; charset=utf-8"], None, True),
        ([""], None, True),
        (["application/pdf"], None, False),
        (["application/pdf", "text/html"], None, True),
        ([], "application/json+chapters", True),
        ([], "application/json", True),
        ([], "", True),
        ([], "application/xml", False),
        (["image/png"], "text/html", False),
        (["image/png"], "application/json", True),
    ],
)
def test_only_for_kinds_that_can_be_read(transcripts: list[str], chapters: str | None, waits: bool) -> None:
    one = item(
        "a",
        transcript_links=tuple(map(_link, transcripts)),
        chapters_link=None if chapters is None else _link(chapters),
    )
    assert awaits_files(one) == waits
    announced, quiet, known = with_waits([fresh(one, announce=True), fresh(one), edited(one, 4)], NOW)
    assert announced == replace(fresh(one, announce=True), files_until=NOW if waits else None)
    assert (quiet, known) == (fresh(one), edited(one, 4))


CHAPTERS = '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Oil"}]}'


def _named(kind: str, url: str) -> str:
    return (
        f'<podcast:{kind} url="{url}" type="{"text/vtt" if kind == "transcript" else "application/json"}"/>'
    )


@pytest.fixture
async def patient(sqlite_db: Database, documents: InProcessReader) -> AsyncIterator[Reader]:
    """Reads feeds, and lets new episodes wait for their files for five minutes."""
    async with open_reader(
        sqlite_db, LOOPBACK, poll_interval_s=600, documents=documents, wait_for_files_s=300
    ) as made:
        yield made


async def _new_episode(db: Database, patient: Reader, host: FeedHost, *named: str) -> int:
    """A podcast that a channel follows brings an episode with such files; the podcast's id."""
    url = host.put(FEED, feed_xml([recent("old", days=3)]))
    podcast = await followed(db, patient.updater, url)
    host.put(FEED, feed_xml([recent("new", *named), recent("old", days=3)]))
    assert (await poll_again(db, patient.updater, podcast)).announced == 1
    return podcast.id


async def test_the_wait_ends_when_the_last_file_was_read(
    sqlite_db: Database, patient: Reader, host: FeedHost
) -> None:
    urls = host.put("/a.vtt", VTT, content_type="text/vtt"), host.put("/a.json", CHAPTERS)
    slow = host.fault("/a.vtt", "hang")
    podcast_id = await _new_episode(
        sqlite_db, patient, host, _named("transcript", urls[0]), _named("chapters", urls[1])
    )
    ended: list[bool] = []
    reading = asyncio.create_task(
        patient.files.read(podcast_id, limit=9, on_awaited=lambda: ended.append(True))
    )
    # The chapters are read beside the transcript that is late.
    async with asyncio.timeout(TIMEOUT_S):
        while not (await list_episodes(sqlite_db))[0].chapter_count:  # noqa: ASYNC110 - a row has no event
            await asyncio.sleep(0.01)
    assert (await titles_to_announce(sqlite_db), ended) == ([], [])
    # What another call is reading is not asked for twice.
    assert await patient.files.read(podcast_id, limit=9, awaited_only=True) == []
    slow.release.set()
    assert await reading == []
    assert (await titles_to_announce(sqlite_db), ended) == (["About new"], [True])
    assert (host.count("/a.vtt"), host.count("/a.json")) == (1, 1)
    assert (await list_episodes(sqlite_db))[0].turn_count


@pytest.mark.parametrize("how", ["missing", "broken", "too heavy", "put off"])
async def test_what_was_refused_or_given_up_holds_up_nothing(
    sqlite_db: Database,
    patient: Reader,
    host: FeedHost,
    documents: InProcessReader,
    how: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = host.put("/a.vtt", VTT if how != "broken" else "WEBVTT\n\n", content_type="text/vtt")
    if how == "missing":
        host.fault("/a.vtt", status=404)
    elif how == "put off":
        until = now_utc() + timedelta(hours=1)
        put_off = FeedError(as_text("Its host is put off."), not_tried_until=until)
        monkeypatch.setattr("bot.feeds.http.fetcher.Fetcher.put_off", lambda *_: put_off)
    podcast_id = await _new_episode(sqlite_db, patient, host, _named("transcript", url))
    if how == "too heavy":
        [newest, _] = await list_episodes(sqlite_db)
        heavy = DocumentTooHeavyError(as_text("It takes too much memory."))
        documents.too_heavy[f"the transcript file of episode {newest.id}"] = heavy
    assert await titles_to_announce(sqlite_db) == []
    assert len(await patient.files.read(podcast_id, limit=9)) == 1
    assert await titles_to_announce(sqlite_db) == ["About new"]


async def test_without_files_nothing_waits(sqlite_db: Database, patient: Reader, host: FeedHost) -> None:
    await _new_episode(
        sqlite_db, patient, host, '<podcast:transcript url="https://a.example/1" type="image/png"/>'
    )
    assert await titles_to_announce(sqlite_db) == ["About new"]


async def test_a_file_of_an_older_episode_that_hangs_keeps_nothing_new_waiting(
    sqlite_db: Database, patient: Reader, host: FeedHost
) -> None:
    url = host.put("/a.vtt", VTT, content_type="text/vtt")
    hangs = host.fault("/old.vtt", "hang")
    old = recent("old", _named("transcript", host.put("/old.vtt", VTT, content_type="text/vtt")), days=3)
    podcast = await followed(sqlite_db, patient.updater, host.put(FEED, feed_xml([old])))
    told = asyncio.Event()
    files = FileReader(sqlite_db, patient.files, told.set)
    files.read_soon(podcast.id)
    await host.wait_for(lambda: host.count("/old.vtt"), "the older file")
    host.put(FEED, feed_xml([recent("new", _named("transcript", url)), old]))
    await poll_again(sqlite_db, patient.updater, podcast)
    assert await titles_to_announce(sqlite_db) == []
    files.read_soon(podcast.id)
    async with asyncio.timeout(TIMEOUT_S):
        await told.wait()
    assert await titles_to_announce(sqlite_db) == ["About new"]
    assert host.count("/old.vtt") == 1
    hangs.release.set()
    await files.stop()
