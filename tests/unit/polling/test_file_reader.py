"""Linked files are read in the background, and a podcast whose host is slow holds up no other."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from bot.feeds.http.limits import MAX_PER_HOST
from bot.polling.file_reader import (
    FILES_AT_A_TIME,
    FIRST_OUTAGE_WAIT_S,
    LONGEST_OUTAGE_WAIT_S,
    FileReader,
)
from bot.polling.linked_files import LinkedFiles
from bot.polling.services import Reader as Services
from bot.reading.child_process import ReaderUnavailableError
from storage.engine.database import Database
from storage.tables.podcasts import coverage
from tests.fakes.feed_host import FeedHost
from tests.fakes.watch import TIMEOUT_S
from tests.unit.feeds.material import feed_xml, item_xml
from tests.unit.polling.material import SOON, FakeReader, add_podcast, pending
from tests.unit.workers.material import unavailable

VTT = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>The kettle is on.\n\n"


def _reading(files: FakeReader) -> FileReader:
    return FileReader(files.db, cast("LinkedFiles", files))


def _linked(name: str, url: str) -> str:
    return item_xml(name, f'<podcast:transcript url="{url}" type="text/vtt"/>', published=datetime.now(UTC))


async def test_transcripts_are_read_until_none_is_missing(sqlite_db: Database) -> None:
    number = await add_podcast(sqlite_db, 1, due_in=SOON, episodes=2 * FILES_AT_A_TIME + 1)
    files = FakeReader(sqlite_db)
    reader = _reading(files)
    reader.read_soon(number)
    # While it is being read, nobody begins another time, but for what an announcement waits for.
    reader.read_soon(number)
    await files.until(lambda: files.reads[number] == 3)
    await reader.stop()
    assert await pending(sqlite_db, number, 999) == []
    assert (files.reads[number], files.beside[number]) == (3, 1)


async def test_transcripts_that_cannot_be_read_are_not_tried_for_ever(sqlite_db: Database) -> None:
    number = await add_podcast(sqlite_db, 1, due_in=SOON, episodes=3)
    other = await add_podcast(sqlite_db, 2, due_in=SOON)
    files = FakeReader(sqlite_db, unreadable=True)
    reader = _reading(files)
    reader.read_soon(number)
    await files.until(lambda: files.reads[number] == 2)
    reader.read_soon(other)
    await files.until(lambda: files.reads[other] == 1)
    # One that was removed meanwhile is no error.
    reader.read_soon(12345)
    await reader.stop()
    assert files.reads[number] == 2


async def test_of_what_is_due_so_many_podcasts_are_read_at_once(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.polling.file_reader.PODCASTS_AT_ONCE", 2)
    due = [await add_podcast(sqlite_db, number, episodes=1) for number in range(4)]
    files = FakeReader(sqlite_db, hosts=asyncio.Event())
    reader = _reading(files)
    await reader.read_due()
    await files.until(lambda: len(files.begun) == 2)
    # There is no place for more, and those that are being read are not begun again.
    await reader.read_due()
    assert len(files.begun) == 2
    files.hosts.set()
    await files.until(lambda: files.reads.keys() == set(due[:2]))
    while reader._tasks:
        await asyncio.gather(*reader._tasks.values())
    await reader.read_due()
    await files.until(lambda: files.reads.keys() == set(due))
    await reader.stop()


async def test_hosts_that_drip_hold_up_no_other_podcast(sqlite_db: Database, reader: Services) -> None:
    """Nothing waits for a timeout: the hosts drip until every file of the third podcast is stored."""
    async with FeedHost("127.0.0.2") as slow, FeedHost("127.0.0.3") as good:
        drips = []
        for name in "ab":
            items = []
            for number in range(20):
                path = f"/{name}{number}.vtt"
                drips.append(slow.fault(path, ("drip", "hang", "stall")[number % 3], times=99))
                items.append(_linked(f"{name}{number}", slow.put(path, VTT * 50, content_type="text/vtt")))
            await reader.updater.follow(slow.put(f"/{name}.xml", feed_xml(items)), by_operator=True)
        items = [
            _linked(str(number), good.put(f"/{number}.vtt", VTT, content_type="text/vtt"))
            for number in range(60)
        ]
        third, _ = await reader.updater.follow(good.put("/feed.xml", feed_xml(items)), by_operator=True)
        files = FileReader(sqlite_db, reader.files)
        await files.read_due()
        await slow.wait_for(lambda: sum(one.hits for one in drips) >= MAX_PER_HOST)
        async with asyncio.timeout(TIMEOUT_S):
            await files._tasks[third.id]
        assert (await coverage(sqlite_db, third.id)).transcripts_missing == 0
        # The host was asked no more than it has slots, and both of its podcasts still wait.
        assert sum(one.hits for one in drips) == MAX_PER_HOST
        assert len(files._tasks) == 2
        await files.stop()


async def test_a_fault_is_logged_and_ends_nothing(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def failing(_files: FakeReader, _podcast_id: int, *, limit: int) -> list[str]:
        raise ZeroDivisionError(f"on purpose, at {limit}")

    monkeypatch.setattr(FakeReader, "read", failing)
    reader = _reading(FakeReader(sqlite_db))
    reader.read_soon(1)
    reader.read_soon(2)
    await reader.stop()
    assert caplog.text.count("its linked files can't be read") == 2


@pytest.mark.parametrize(
    "error", [ExceptionGroup("files", [unavailable()]), ReaderUnavailableError("it can't be started")]
)
async def test_while_nothing_can_be_stored_or_read_hosts_are_asked_for_one_podcast_at_a_time(
    sqlite_db: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    now = 0.0
    monkeypatch.setattr("bot.polling.file_reader.time", SimpleNamespace(monotonic=lambda: now))
    for number in range(3):
        await add_podcast(sqlite_db, number, episodes=1)
    full, asked = True, 0
    read = FakeReader.read

    async def storing(files: FakeReader, podcast_id: int, *, limit: int, **_: object) -> list[str]:
        nonlocal asked
        asked += 1
        if full:
            raise error
        return await read(files, podcast_id, limit=limit)

    monkeypatch.setattr(FakeReader, "read", storing)
    files = FakeReader(sqlite_db)
    reader = _reading(files)

    async def asked_now() -> int:
        nonlocal asked
        asked = 0
        await reader.read_due()
        while reader._tasks:
            await asyncio.gather(*reader._tasks.values())
        return asked

    assert await asked_now() == 3
    assert await asked_now() == 0
    now += FIRST_OUTAGE_WAIT_S
    assert await asked_now() == 1
    now += FIRST_OUTAGE_WAIT_S
    reader.read_soon(3)
    assert await asked_now() == 0
    now += LONGEST_OUTAGE_WAIT_S
    full = False
    assert await asked_now() == 1
    assert await asked_now() == 2
    assert "its linked files can't be read" not in caplog.text
    # Once for the three that began together, and once for the one after them.
    assert caplog.text.count("it can't be started") == (2 if isinstance(error, ReaderUnavailableError) else 0)
    assert files.reads.total() == 3
    await reader.stop()


async def test_what_hangs_is_cancelled_at_the_end_and_nothing_begins_after_it(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.polling.file_reader.STOPPED_WITHIN_S", 0.01)
    files = FakeReader(sqlite_db, hosts=asyncio.Event())
    reader = _reading(files)
    reader.read_soon(1)
    await files.until(lambda: files.begun == {1})
    await reader.stop()
    reader.read_soon(2)
    await asyncio.sleep(0.01)
    assert (files.begun, files.reads) == ({1}, {})
