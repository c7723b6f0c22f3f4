"""Documents that are too much for the reading process: told, remembered, and no harm to what stands beside them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.errors import FeedError
from bot.feeds.parsing.feed_parser import MAX_NOTES_BYTES, read_item_notes
from bot.polling.feed_outcomes import NOTHING_NEW, UNCHANGED
from bot.polling.heavy_documents import FEWER_NOTES_BYTES, MAX_TOO_HEAVY
from bot.polling.services import Reader
from bot.reading.child_process import (
    ENDS_THE_READER,
    TAKES_TOO_MUCH_MEMORY,
    TAKES_TOO_MUCH_TIME,
    DocumentTooHeavyError,
    ReaderUnavailableError,
)
from bot.reading.jobs import About, Body, FeedJob, FeedReading
from bot.status_messages.sentences import sentence
from storage.engine.database import Database
from storage.models import FeedItem
from storage.tables.episodes import list_episodes
from storage.tables.linked_files import file_problems, pending_files
from storage.tables.podcasts import get_podcast
from tests.fakes.feed_host import FeedHost
from tests.fakes.in_process_reader import InProcessReader
from tests.unit.feeds.material import feed_xml, item_xml
from tests.unit.polling.updating import FEED, followed, poll_again, recent

MEMORY = TAKES_TOO_MUCH_MEMORY(mib=400)


def _notes(name: str, *, days: int = 1) -> str:
    return recent(name, f"<description>Notes of {name}</description>", days=days)


@pytest.fixture
def heavy(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The guids of items whose notes are too much; "tried" counts are kept in `TRIED`."""
    guids: set[str] = set()
    TRIED.clear()

    def read(item: FeedItem) -> FeedItem:
        TRIED[item.guid or ""] += 1
        if item.guid in guids:
            raise DocumentTooHeavyError(MEMORY, item.content_hash)
        return read_item_notes(item)

    monkeypatch.setattr("bot.reading.jobs.read_item_notes", read)
    return guids


TRIED: Counter[str] = Counter()


async def test_notes_that_are_too_heavy_are_left_out_told_and_never_tried_again(
    sqlite_db: Database, reader: Reader, host: FeedHost, heavy: set[str]
) -> None:
    podcast = await followed(sqlite_db, reader.updater, host.put(FEED, feed_xml([_notes("a", days=2)])))
    heavy.update("bd")
    items = [_notes("d", days=0), _notes("c", days=0), _notes("b"), _notes("a", days=2)]
    host.put(FEED, feed_xml(items))
    poll = await poll_again(sqlite_db, reader.updater, podcast)
    assert (poll.failed, poll.new, poll.announced) == (False, 3, 3)
    assert sentence(poll.outcome) == "3 new episodes; the notes of 2 episodes can't be read"
    intros = {one.guid: one.intro for one in await list_episodes(sqlite_db)}
    assert intros == {"a": "Notes of a", "b": "", "c": "Notes of c", "d": ""}
    problems = (await file_problems(sqlite_db))[podcast.id]
    assert (problems.count, sentence(problems.newest)) == (
        2,
        "The notes of “About d” can't be read: Reading it takes more than 400 MiB of memory.",
    )
    tried = dict(TRIED)
    host.put(FEED, feed_xml(items, title="Renamed"))
    assert (await poll_again(sqlite_db, reader.updater, podcast)).outcome == NOTHING_NEW()
    assert tried == TRIED

    # What the feed tells differently is read again, and may be good by then.
    heavy.clear()
    host.put(FEED, feed_xml([items[0].replace("Notes of d", "Better notes of d"), *items[1:]]))
    poll = await poll_again(sqlite_db, reader.updater, podcast)
    assert sentence(poll.outcome) == "1 changed"
    assert (await file_problems(sqlite_db))[podcast.id].count == 1


async def test_a_podcast_with_heavy_notes_can_be_added(
    sqlite_db: Database, reader: Reader, host: FeedHost, heavy: set[str]
) -> None:
    heavy.add("b")
    url = host.put(FEED, feed_xml([_notes("a"), _notes("b", days=2)]))
    _, poll = await reader.updater.follow(url, by_operator=True)
    assert sentence(poll.outcome) == "added with 2 episodes; the notes of 1 episode can't be read"


async def test_a_feed_of_many_heavy_notes_is_a_failing_feed(
    sqlite_db: Database, reader: Reader, host: FeedHost, heavy: set[str]
) -> None:
    podcast = await followed(sqlite_db, reader.updater, host.put(FEED, feed_xml([_notes("a", days=2)])))
    names = "bcdefghij"
    heavy.update(names)
    host.put(FEED, feed_xml([*map(_notes, names), _notes("a", days=2)]))
    poll = await poll_again(sqlite_db, reader.updater, podcast)
    assert (poll.failed, poll.outcome) == (True, MEMORY)
    assert sum(TRIED[name] for name in names) == MAX_TOO_HEAVY + 1
    assert [one.guid for one in await list_episodes(sqlite_db)] == ["a"]


async def test_a_long_feed_that_takes_too_much_memory_is_read_in_parts(
    sqlite_db: Database,
    reader: Reader,
    documents: InProcessReader,
    host: FeedHost,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def read(job: FeedJob, body: Body, about: About) -> FeedReading:
        tried.append(job.notes_bytes)
        found = read_feed(job, body, about)
        if sum(bool(one.item.notes) for one in found.decision.changes) > 2:
            raise DocumentTooHeavyError(MEMORY)
        return found

    read_feed = FeedJob.read
    monkeypatch.setattr(FeedJob, "read", read)
    notes = "x" * 900_000
    items = [
        recent(name, f"<description>{name} {notes}</description>", days=days)
        for days, name in enumerate("abcdef")
    ]
    url = host.put(FEED, feed_xml(items))
    podcast, poll = await reader.updater.follow(url, by_operator=True)
    assert tried == [MAX_NOTES_BYTES, FEWER_NOTES_BYTES]
    assert "wait for a later look" in sentence(poll.outcome)
    for _ in range(3):
        assert not (await poll_again(sqlite_db, reader.updater, podcast)).failed
    assert sorted(one.intro[:2] for one in await list_episodes(sqlite_db)) == [
        f"{name} " for name in "abcdef"
    ]
    assert (await poll_again(sqlite_db, reader.updater, podcast)).outcome == UNCHANGED()


async def test_the_process_is_started_while_a_new_feed_is_fetched_and_for_no_known_one(
    sqlite_db: Database, reader: Reader, documents: InProcessReader, host: FeedHost
) -> None:
    assert documents.started == 0
    podcast = await followed(sqlite_db, reader.updater, host.put(FEED, feed_xml([_notes("a")])))
    assert documents.started == 1
    names = list(documents.read_names)
    assert (await poll_again(sqlite_db, reader.updater, podcast)).outcome == UNCHANGED()
    # An unchanged feed needs no process at all.
    assert (documents.started, documents.read_names) == (1, names)


@pytest.mark.parametrize("status", [MEMORY, TAKES_TOO_MUCH_TIME(seconds=60), ENDS_THE_READER()])
async def test_a_feed_that_is_too_heavy_as_a_whole_is_a_failing_feed(
    sqlite_db: Database, reader: Reader, documents: InProcessReader, host: FeedHost, status: object
) -> None:
    podcast = await followed(sqlite_db, reader.updater, host.put(FEED, feed_xml([_notes("a")])))
    documents.too_heavy[f"the feed of podcast {podcast.id}"] = DocumentTooHeavyError(status)  # type: ignore[arg-type]
    host.put(FEED, feed_xml([_notes("b"), _notes("a")]))
    poll = await poll_again(sqlite_db, reader.updater, podcast)
    assert (poll.failed, poll.outcome) == (True, status)
    after = await get_podcast(sqlite_db, podcast.id)
    assert after is not None
    assert (after.outcome, after.failures, after.validators) == (status, 1, podcast.validators)
    assert after.next_poll_at is not None
    assert after.next_poll_at > datetime.now(UTC) + timedelta(minutes=5)

    documents.too_heavy["the feed of a new podcast"] = DocumentTooHeavyError(MEMORY)
    with pytest.raises(FeedError, match="more than 400 MiB"):
        await reader.updater.follow(host.put("/new.xml", feed_xml([_notes("a")])), by_operator=True)


async def test_files_that_are_too_heavy_are_unusable_and_not_tried_again(
    sqlite_db: Database, reader: Reader, documents: InProcessReader, host: FeedHost
) -> None:
    vtt = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Ada>The kettle was on.\n"
    url = host.put("/a.vtt", vtt, content_type="text/vtt")
    chapters = host.put("/a.json", '{"chapters": []}', content_type="application/json")
    links = (
        f'<podcast:transcript url="{url}" type="text/vtt"/>',
        f'<podcast:chapters url="{chapters}" type="application/json+chapters"/>',
    )
    podcast, _ = await reader.updater.follow(
        host.put(FEED, feed_xml([item_xml("a", *links), item_xml("b", links[0])])), by_operator=True
    )
    ids = {one.guid: one.id for one in await list_episodes(sqlite_db)}
    for kind in ("transcript", "chapters"):
        documents.too_heavy[f"the {kind} file of episode {ids['a']}"] = DocumentTooHeavyError(MEMORY)
    told = await reader.files.read(podcast.id, limit=10)
    assert sorted(told) == [
        "The chapters of “About a” can't be used: Reading it takes more than 400 MiB of memory.",
        "The transcript of “About a” can't be used: Reading it takes more than 400 MiB of memory.",
    ]
    assert {one.guid: one.turn_count for one in await list_episodes(sqlite_db)} == {"a": 0, "b": 1}
    assert (await file_problems(sqlite_db))[podcast.id].count == 2
    in_a_year = datetime.now(UTC) + timedelta(days=365)
    assert await pending_files(sqlite_db, podcast.id, due_at=in_a_year, limit=10) == []


async def test_a_tag_that_is_too_heavy_is_not_asked_for_again(
    sqlite_db: Database, reader: Reader, documents: InProcessReader, host: FeedHost
) -> None:
    audio = host.put("/a.mp3", b"ID3\x04\0\0\0\0\0\x10" + bytes(64), content_type="audio/mpeg")
    item = item_xml("a", enclosure=audio, enclosure_type="audio/mpeg")
    podcast, _ = await reader.updater.follow(host.put(FEED, feed_xml([item])), by_operator=True)
    [episode] = await list_episodes(sqlite_db)
    documents.too_heavy[f"the audio of episode {episode.id}"] = DocumentTooHeavyError(MEMORY)
    assert await reader.files.read(podcast.id, limit=10) == []
    assert documents.read_names[-1] == f"the audio of episode {episode.id}"
    asked = host.count("/a.mp3")
    assert await reader.files.read(podcast.id, limit=10) == []
    assert host.count("/a.mp3") == asked


async def test_a_process_that_is_not_there_is_no_fault_of_a_file(
    sqlite_db: Database, reader: Reader, documents: InProcessReader, host: FeedHost
) -> None:
    link = f'<podcast:chapters url="{host.put("/a.json", "{}")}" type="application/json+chapters"/>'
    podcast, _ = await reader.updater.follow(
        host.put(FEED, feed_xml([item_xml("a", link)])), by_operator=True
    )
    documents.unavailable = ReaderUnavailableError("the process that reads documents can't be started")
    with pytest.raises(ReaderUnavailableError, match="can't be started"):
        await reader.files.read(podcast.id, limit=10)
    assert await file_problems(sqlite_db) == {}
    documents.unavailable = None
    [told] = await reader.files.read(podcast.id, limit=10)
    assert "has no list" in told
