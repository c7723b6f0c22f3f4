"""Files of the search that are deleted, cut, overwritten or replaced while they are open."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.search.index.segment_file import FileCondition, SegmentDamagedError, verify
from bot.search.quote_search import QuoteSearch, Scope
from tests.fakes.watch import TIMEOUT_S
from tests.unit.search.memory_source import MemorySource

FIRST, SECOND = Scope(podcast_ids=frozenset({1})), Scope(podcast_ids=frozenset({2}))


def _delete(path: Path) -> None:
    path.unlink()


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _overwrite(path: Path) -> None:
    """The same size, and another time."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(b"\x55" * size)


def _overwrite_one_byte(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)[0]
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last ^ 1]))


def _replace(path: Path) -> None:
    other = path.with_suffix(".other")
    other.write_bytes(b"\x55" * path.stat().st_size)
    other.replace(path)


def _remove_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def _make_folder_of_it(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "file").write_text("x")


UNNAMED = (_delete, _replace, _remove_folder)
CHANGED = (_truncate, _empty, _overwrite, _overwrite_one_byte)


@pytest.fixture
def source() -> MemorySource:
    source = MemorySource()
    source.put(1, "The owl slept in the belfry.")
    source.put(2, "A badger slept in the old mill.")
    return source


@pytest.fixture
async def quote_search(source: MemorySource, tmp_path: Path) -> AsyncIterator[QuoteSearch]:
    quote_search = QuoteSearch(source, tmp_path / "search", within_s=TIMEOUT_S)
    await quote_search.warm()
    yield quote_search
    await quote_search.close()


def _file_of(source: MemorySource, folder: Path, podcast_id: int = 1) -> Path:
    [name] = source.segments(podcast_id)
    return folder / "search" / name


async def _sound(source: MemorySource, tmp_path: Path) -> None:
    """Wait until every listed segment is what was written."""
    async with asyncio.timeout(TIMEOUT_S):
        while True:
            try:
                for podcast_id in (1, 2):
                    verify(_file_of(source, tmp_path, podcast_id))
            except (ValueError, OSError, SegmentDamagedError):
                await asyncio.sleep(0.01)
            else:
                return


@pytest.mark.parametrize("harm", [*UNNAMED, *CHANGED])
async def test_it_is_noticed_and_rebuilt(
    source: MemorySource,
    quote_search: QuoteSearch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    harm: Callable[[Path], None],
) -> None:
    harm(_file_of(source, tmp_path))
    other = await quote_search.search("badger slept in the old mill", SECOND)
    assert ([one.episode_id for one in other.quotes], other.partial) == ([20], False)
    for _ in range(2):
        found = await quote_search.search("owl slept in the belfry")
        assert [one.episode_id for one in found.quotes][:1] == [10]
        assert not found.partial
    await _sound(source, tmp_path)
    assert caplog.text.count("rebuilding search segments of podcast 1") == 1


@pytest.mark.parametrize("harm", CHANGED)
async def test_until_then_it_is_left_out_and_its_episodes_count_as_unread(
    source: MemorySource,
    quote_search: QuoteSearch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    harm: Callable[[Path], None],
) -> None:
    turns, go_on = source.turns, asyncio.Event()

    async def held(episode_id: int, position: int) -> Any:
        await go_on.wait()
        return await turns(episode_id, position)

    monkeypatch.setattr(source, "turns", held)
    quote_search._within_s = 0.05
    harm(_file_of(source, tmp_path))
    for _ in range(3):
        found = await quote_search.search("slept in the")
        assert [one.episode_id for one in found.quotes] == [20]
        assert (found.partial, set(found.unread)) == (True, {10})
    go_on.set()
    quote_search._within_s = TIMEOUT_S
    quote_search._keeper._behind_since.clear()
    assert len((await quote_search.search("slept in the")).quotes) == 2


async def test_a_file_that_is_sound_is_opened_again_and_not_rebuilt(
    source: MemorySource, quote_search: QuoteSearch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = _file_of(source, tmp_path)
    read = list(source.read)
    os.utime(path, (1, 1))
    found = await quote_search.search("owl slept in the belfry", FIRST)
    assert ([one.episode_id for one in found.quotes], found.partial) == ([10], False)
    copy = path.with_suffix(".copy")
    shutil.copy(path, copy)
    copy.replace(path)
    for _ in range(3):
        assert len(await quote_search.find("owl slept in the belfry", FIRST)) == 1
    async with asyncio.timeout(TIMEOUT_S):
        while quote_search._keeper._doubted:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await quote_search.find("owl", FIRST)
    [view] = quote_search._keeper.at_hand([1])[1].views
    assert view.segment.condition() is FileCondition.SAME
    assert source.read == read
    assert "rebuilding" not in caplog.text


async def test_on_a_full_disk_it_is_told_once_and_the_others_are_found(
    source: MemorySource,
    quote_search: QuoteSearch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.search.index_keeper._FIRST_RETRY_S", 0.01)
    monkeypatch.setattr("bot.search.index.indexer.write_segment", full)
    quote_search._within_s = 0.2
    _truncate(_file_of(source, tmp_path))
    async with asyncio.timeout(TIMEOUT_S):
        while "No space left" not in caplog.text:
            found = await quote_search.search("slept in the")
            assert [one.episode_id for one in found.quotes] == [20]
            assert set(found.unread) == {10}
            await asyncio.sleep(0.05)
    for _ in range(3):
        assert (await quote_search.search("slept in the")).partial
    assert caplog.text.count("No space left on device") == 1
    monkeypatch.undo()
    quote_search._within_s = TIMEOUT_S
    async with asyncio.timeout(TIMEOUT_S):
        while len(await quote_search.find("slept in the")) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_folder_that_stands_in_the_way_takes_away_no_answer(
    source: MemorySource, quote_search: QuoteSearch, tmp_path: Path
) -> None:
    quote_search._within_s = 0.5
    _make_folder_of_it(_file_of(source, tmp_path))
    # What is mapped can still be read.
    assert len(await quote_search.find("owl slept in the belfry", FIRST)) == 1
    assert len(await quote_search.find("badger slept", SECOND)) == 1
