"""Linked files are read in the background, a few podcasts at a time."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from bot.polling.file_reader import FILES_AT_A_TIME, PODCASTS_AT_ONCE, FileReader
from bot.polling.linked_files import LinkedFiles
from storage.engine.database import Database
from tests.unit.polling.material import SOON, FakeReader, add_podcast, pending


def _reading(files: FakeReader) -> FileReader:
    return FileReader(files.db, cast("LinkedFiles", files))


async def test_transcripts_are_read_until_none_is_missing(sqlite_db: Database) -> None:
    number = await add_podcast(sqlite_db, 1, due_in=SOON, episodes=2 * FILES_AT_A_TIME + 1)
    files = FakeReader(sqlite_db)
    reader = _reading(files)
    reader.read_soon(number)
    # While it is being read, nobody begins another time.
    reader.read_soon(number)
    await files.until(lambda: files.reads[number] == 3)
    await reader.stop()
    assert await pending(sqlite_db, number, 999) == []
    assert files.reads[number] == 3


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


async def test_of_what_is_due_a_few_podcasts_are_read_at_once(sqlite_db: Database) -> None:
    due = [await add_podcast(sqlite_db, number, episodes=1) for number in range(PODCASTS_AT_ONCE + 2)]
    files = FakeReader(sqlite_db, hosts=asyncio.Event())
    reader = _reading(files)
    await reader.read_due()
    await files.until(lambda: len(files.begun) == PODCASTS_AT_ONCE)
    await asyncio.sleep(0.02)
    assert len(files.begun) == PODCASTS_AT_ONCE
    files.hosts.set()
    await files.until(lambda: files.reads.keys() == set(due))
    await reader.stop()


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
