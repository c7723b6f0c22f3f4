"""Keeping segments open and up to date in the background."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.search import index_keeper
from bot.search.index_keeper import IndexKeeper
from bot.workers.outage import DatabaseOutage
from tests.fakes.watch import TIMEOUT_S
from tests.unit.search.memory_source import MemorySource
from tests.unit.workers.material import unavailable


@pytest.fixture
def source() -> MemorySource:
    source = MemorySource()
    for podcast_id in (1, 2):
        for number in range(4):
            source.put(podcast_id, f"kite number {number} of podcast {podcast_id}", episode=number)
    return source


@pytest.fixture
async def keeper(source: MemorySource, tmp_path: Path) -> AsyncIterator[IndexKeeper]:
    keeper = IndexKeeper(source, tmp_path / "search")
    yield keeper
    await keeper.close()


async def _complete(keeper: IndexKeeper, source: MemorySource, *podcast_ids: int) -> None:
    revisions = await source.revisions(podcast_ids)
    found = await keeper.up_to_date(revisions, TIMEOUT_S)
    assert all(found[one].complete for one in podcast_ids)


async def test_what_was_asked_for_is_indexed_and_the_rest_is_not(
    keeper: IndexKeeper, source: MemorySource
) -> None:
    await _complete(keeper, source, 1)
    assert sorted(source.read) == [10, 11, 12, 13]
    assert list(keeper.at_hand(None)) == [1]
    assert list(keeper.at_hand([2, 1])) == [1]
    await keeper.wake_changed()
    await _complete(keeper, source, 1, 2)
    read = list(source.read)
    await keeper.wake_changed()
    await keeper.settle()
    assert source.read == read


async def test_what_arrives_while_others_are_read_costs_nothing_twice(
    keeper: IndexKeeper, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = source.turns
    arriving = iter(range(4, 10))

    async def arrive(episode_id: int, position: int) -> Any:
        if (number := next(arriving, None)) is not None:
            source.put(1, f"late kite number {number}", episode=number)
        return await turns(episode_id, position)

    monkeypatch.setattr(source, "turns", arrive)
    await _complete(keeper, source, 1)
    await _complete(keeper, source, 1)
    assert sorted(source.read) == list(range(10, 20))


async def test_podcasts_take_turns(
    keeper: IndexKeeper, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.search.index_writer._PIECE_EPISODES", 1)
    monkeypatch.setattr(index_keeper, "_MANY_EPISODES", 1)
    await _complete(keeper, source, 1, 2)
    order = [one // 10 for one in source.read]
    assert sorted(source.read) == [10, 11, 12, 13, 20, 21, 22, 23]
    assert order[:6] != [1, 1, 1, 1, 2, 2]


async def test_small_segments_become_one(keeper: IndexKeeper, source: MemorySource, tmp_path: Path) -> None:
    for number in range(4, 10):
        source.put(1, f"kite number {number}, " * 9, episode=number)
        await keeper.settle()
    assert len(source.segments(1)) <= 2
    assert sorted(source.read) == [*range(10, 20), *range(20, 24)]
    names = {path.name for path in (tmp_path / "search").glob("*.seg")}
    assert names == source.segments(1) | source.segments(2)


async def test_they_are_not_merged_while_more_keeps_coming(
    keeper: IndexKeeper, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.search.indexing_pace.FIRST_GATHERED_S", 0.0)
    monkeypatch.setattr("bot.search.indexing_pace.QUIET_S", TIMEOUT_S)
    monkeypatch.setattr(index_keeper, "_MANY_SEGMENTS", 3)
    for number in range(4, 10):
        await _complete(keeper, source, 1)
        assert 1 <= len(source.segments(1)) <= 5
        source.put(1, f"kite number {number}", episode=number)
    assert len(source.segments(1)) > 1


async def test_a_full_disk_is_told_once_and_takes_nothing_away(
    keeper: IndexKeeper,
    source: MemorySource,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(index_keeper, "_FIRST_RETRY_S", 0.01)
    await keeper.settle()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", f"file{time.monotonic()}")

    with monkeypatch.context() as patch:
        patch.setattr("bot.search.index.indexer.write_segment", full)
        source.put(1, "one more kite", episode=4)
        for _ in range(3):
            found = await keeper.up_to_date(await source.revisions([1]), 0.1)
            assert not found[1].complete
            assert len(found[1].keys) == 4
        await keeper.settle()
    assert caplog.text.count("No space left on device") == 1
    assert "Traceback" not in caplog.text
    await _complete(keeper, source, 1)


async def test_a_locked_database_is_told_as_one_and_takes_nothing_away(
    keeper: IndexKeeper,
    source: MemorySource,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(index_keeper, "_FIRST_RETRY_S", 0.01)
    monkeypatch.setattr(index_keeper, "OUTAGE", DatabaseOutage())
    await keeper.settle()

    async def locked(*_: object) -> None:
        raise unavailable()

    with monkeypatch.context() as patch:
        patch.setattr(source, "add", locked)
        for one in (1, 2):
            source.put(one, "one more kite", episode=4)
        await keeper.settle()
        await keeper.settle()
        found = await keeper.up_to_date(await source.revisions([1]), 0.1)
        assert len(found[1].keys) == 4
    assert len(caplog.messages) == 1
    assert "the database can't be used (database is locked): indexing" in caplog.text
    await _complete(keeper, source, 1, 2)


async def test_a_failed_merge_leaves_the_segments_in_use(
    keeper: IndexKeeper,
    source: MemorySource,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.search.podcast_index.merge", fail)
    await keeper.settle()
    source.put(1, "one more kite, " * 9, episode=4)
    await keeper.settle()
    assert len(source.segments(1)) == 2
    assert "No space left" in caplog.text
    await _complete(keeper, source, 1)


async def test_two_processes_do_not_do_the_same_work(source: MemorySource, tmp_path: Path) -> None:
    keepers = [IndexKeeper(source, tmp_path / "search") for _ in range(2)]
    await asyncio.gather(*(keeper.settle() for keeper in keepers))
    assert sorted(source.read) == [*range(10, 14), *range(20, 24)]
    for keeper in keepers:
        await _complete(keeper, source, 1, 2)
        await keeper.close()


async def test_a_process_that_stands_still_is_not_waited_for(
    source: MemorySource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_keeper, "_OTHERS_S", 0.1)
    monkeypatch.setattr(index_keeper, "_LOOKED_AFTER_S", 0.05)
    standing, keeper = (IndexKeeper(source, tmp_path / "search") for _ in range(2))
    assert standing._lock.take()
    await _complete(keeper, source, 1)
    await standing.close()
    await keeper.close()


async def test_an_index_of_a_deleted_podcast_is_closed(keeper: IndexKeeper, source: MemorySource) -> None:
    await keeper.settle()
    del source.texts[1]
    await keeper.wake_changed()
    assert list(keeper.at_hand(None)) == [2]
    # Its id was given to another podcast, whose revision is lower.
    source.texts[2] = {}
    source.revision_of[2] = 0
    await keeper.wake_changed()
    assert list(keeper.at_hand(None)) == []
    await keeper.settle()


async def test_it_ends_while_it_works_and_begins_nothing_after_that(
    source: MemorySource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_keeper, "_STOPPED_WITHIN_S", 0.05)
    asked = asyncio.Event()

    async def never(*_: object) -> Any:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(source, "turns", never)
    keeper = IndexKeeper(source, tmp_path / "search")
    waiting = asyncio.create_task(keeper.up_to_date({1: 4}, TIMEOUT_S))
    await asked.wait()
    await keeper.close()
    await waiting
    keeper.wake([1, 2])
    assert keeper._task is not None
    assert keeper._task.done()
    assert not source.indexed


async def test_what_was_cut_is_not_merged(keeper: IndexKeeper, source: MemorySource, tmp_path: Path) -> None:
    await keeper.settle()
    [name] = source.segments(1)
    os.truncate(tmp_path / "search" / name, 100)
    source.put(1, "one more kite, " * 9, episode=4)
    await keeper.settle()
    await _complete(keeper, source, 1)
    assert source.read.count(10) == 2
    assert source.read.count(20) == 1
