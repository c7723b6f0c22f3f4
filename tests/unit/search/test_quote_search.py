"""The quote search: segments on disk, the list of them, and searches while both change."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.search.quote_search import QuoteSearch, Scope
from tests.fakes.watch import TIMEOUT_S
from tests.unit.search.memory_source import DAY, MemorySource

_MANY = 10


@pytest.fixture
def source() -> MemorySource:
    source = MemorySource()
    source.put(1, "The owl slept in the belfry.")
    source.put(2, "An owl slept in the old mill, and the owl slept well.")
    source.put(3)
    return source


@pytest.fixture
async def quote_search(source: MemorySource, tmp_path: Path) -> AsyncIterator[QuoteSearch]:
    quote_search = QuoteSearch(source, tmp_path / "search", within_s=TIMEOUT_S)
    yield quote_search
    await quote_search.close()


async def test_every_podcast_is_searched_and_the_newer_episode_comes_first(quote_search: QuoteSearch) -> None:
    found = await quote_search.find("owl slept in the")
    assert [quote.episode_id for quote in found] == [20, 10]
    assert [quote.episode_id for quote in await quote_search.find("owl slept in the", limit=1)] == [20]
    assert await quote_search.find("owl", limit=0) == []
    assert await quote_search.find("?") == []


async def test_the_same_words_are_listed_by_date(source: MemorySource, quote_search: QuoteSearch) -> None:
    await quote_search.warm()
    # It is stored last, although it is older than the other podcast's episode.
    source.put(1, "The owl slept in the belfry again.", episode=5)
    assert [quote.episode_id for quote in await quote_search.find("owl slept in the")] == [20, 15, 10]
    assert [quote.episode_id for quote in await quote_search.find("owl slept in the", limit=2)] == [20, 15]


@pytest.mark.parametrize(
    ("scope", "episodes"),
    [
        (Scope(podcast_ids=frozenset({1})), [10]),
        (Scope(podcast_ids=frozenset()), []),
        (Scope(podcast_ids=frozenset({3, 4})), []),
        (Scope(episode_id=20), [20]),
        (Scope(podcast_ids=frozenset({1}), episode_id=20), []),
        (Scope(speaker="ann"), [20, 10]),
        (Scope(speaker="bob"), []),
        (Scope(since=DAY + timedelta(days=11)), [20]),
        (Scope(until=DAY + timedelta(days=20)), [10]),
        (Scope(since=DAY + timedelta(days=11), until=DAY + timedelta(days=20)), []),
    ],
)
async def test_a_scope_limits_what_is_searched(
    quote_search: QuoteSearch, scope: Scope, episodes: list[int]
) -> None:
    assert [quote.episode_id for quote in await quote_search.find("owl slept in the", scope)] == episodes


async def test_only_new_episodes_are_indexed(source: MemorySource, quote_search: QuoteSearch) -> None:
    await quote_search.find("owl")
    await quote_search.find("owl")
    assert sorted(source.read) == [10, 20, 30]
    source.put(1, "The badger yawned.", episode=1)
    assert [quote.episode_id for quote in await quote_search.find("badger yawned")] == [11]
    assert sorted(source.read) == [10, 11, 20, 30]
    # The old words of a changed episode are no longer found.
    source.put(1, "The hedgehog yawned.")
    assert await quote_search.find("slept in the belfry") == []
    assert [quote.episode_id for quote in await quote_search.find("hedgehog yawned")] == [10]
    assert [quote.episode_id for quote in await quote_search.find("badger yawned")] == [11]


async def test_a_deleted_podcast_is_not_found(source: MemorySource, quote_search: QuoteSearch) -> None:
    await quote_search.find("owl")
    texts = source.texts.pop(1)
    assert [quote.episode_id for quote in await quote_search.find("owl slept in the")] == [20]
    assert await quote_search.find("owl", Scope(podcast_ids=frozenset({1}))) == []
    source.texts[1] = texts
    assert len(await quote_search.find("owl slept in the")) == 2


async def test_simultaneous_searches_build_an_index_once(
    source: MemorySource, quote_search: QuoteSearch
) -> None:
    queries = ["slept in the belfry", "slept in the old mill", "owl slept well", "submarine"] * 5
    found = await asyncio.gather(*(quote_search.find(query) for query in queries))
    firsts = [quotes[0].episode_id if quotes else None for quotes in found]
    assert firsts == [10, 20, 20, None] * 5
    assert sorted(source.read) == [10, 20, 30]


async def test_a_cancelled_search_does_no_harm(quote_search: QuoteSearch) -> None:
    cancelled = asyncio.create_task(quote_search.find("owl"))
    await asyncio.sleep(0)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert len(await quote_search.find("owl slept in the")) == 2


async def test_warming_builds_the_indexes(source: MemorySource, quote_search: QuoteSearch) -> None:
    await quote_search.warm()
    assert sorted(source.read) == [10, 20, 30]
    await quote_search.find("owl")
    assert sorted(source.read) == [10, 20, 30]


async def test_one_process_opens_what_another_built(
    source: MemorySource, quote_search: QuoteSearch, tmp_path: Path
) -> None:
    await quote_search.warm()
    other = QuoteSearch(source, tmp_path / "search", within_s=TIMEOUT_S)
    assert len(await other.find("owl slept in the")) == 2
    assert sorted(source.read) == [10, 20, 30]
    # The first sees what the other one builds.
    source.put(2, "The badger yawned.", episode=1)
    assert [quote.episode_id for quote in await other.find("badger yawned")] == [21]
    assert [quote.episode_id for quote in await quote_search.find("badger yawned")] == [21]
    await other.close()


async def test_deleted_segments_are_rebuilt(
    source: MemorySource, quote_search: QuoteSearch, tmp_path: Path
) -> None:
    await quote_search.warm()
    for path in (tmp_path / "search").iterdir():
        path.unlink()
    other = QuoteSearch(source, tmp_path / "search", within_s=TIMEOUT_S)
    assert len(await other.find("owl slept in the")) == 2
    assert len(await quote_search.find("owl slept in the")) == 2
    await other.close()


@pytest.mark.parametrize("place", [0, 20, -40])
async def test_a_damaged_segment_is_rebuilt_and_logged(
    source: MemorySource, tmp_path: Path, caplog: pytest.LogCaptureFixture, place: int
) -> None:
    folder = tmp_path / "search"
    first = QuoteSearch(source, folder, within_s=TIMEOUT_S)
    await first.warm()
    await first.close()
    for path in folder.glob("*.seg"):
        damaged = bytearray(path.read_bytes())
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
    quote_search = QuoteSearch(source, folder, within_s=TIMEOUT_S)
    await quote_search.warm()
    assert len(await quote_search.find("owl slept in the")) == 2
    assert "rebuil" in caplog.text
    await quote_search.close()


async def test_files_that_nothing_lists_are_deleted_once_they_are_old(
    source: MemorySource, quote_search: QuoteSearch, tmp_path: Path
) -> None:
    folder = tmp_path / "search"
    folder.mkdir()
    for name, age_s in (("left.seg", 999), ("half.unfinished", 999), ("young.seg", 0)):
        (folder / name).write_bytes(b"x")
        then = time.time() - age_s
        os.utime(folder / name, (then, then))
    await quote_search.warm()
    await quote_search.tidy()
    names = {path.name for path in folder.iterdir()}
    assert "young.seg" in names
    assert not {"left.seg", "half.unfinished"} & names


async def test_a_search_is_repeated_if_its_podcast_changes_meanwhile(
    source: MemorySource, quote_search: QuoteSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quote_search.warm()
    spoken = source.spoken

    async def changing(*asked: Any) -> Any:
        monkeypatch.setattr(source, "spoken", spoken)
        source.put(1, "A fox slept in the belfry.")
        return await spoken(*asked)

    monkeypatch.setattr(source, "spoken", changing)
    [quote] = await quote_search.find("slept in the belfry", Scope(podcast_ids=frozenset({1})))
    assert quote.text == "A fox slept in the belfry."


async def test_indexes_that_were_not_searched_lately_are_closed(
    source: MemorySource, quote_search: QuoteSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.search.index_keeper._MAX_OPEN", 1)
    for podcast_id, episode_id in ((1, 10), (2, 20), (1, 10)):
        scope = Scope(podcast_ids=frozenset({podcast_id}))
        found = await quote_search.find("owl slept in the", scope)
        assert [quote.episode_id for quote in found] == [episode_id]
        # The indexing that the search woke may still look at this podcast, and would open it again.
        if (indexing := quote_search._keeper._task) is not None:
            await indexing
        assert list(quote_search._keeper._indexes) == [podcast_id]
    # They are opened again, not built again.
    assert sorted(source.read) == [10, 20]


class _Held:
    """Lets one podcast's turns be read only once `released` is set."""

    def __init__(self, source: MemorySource, podcast_id: int) -> None:
        self.released = asyncio.Event()
        self.asked = asyncio.Event()
        self._turns = source.turns
        self._podcast_id = podcast_id

    async def turns(self, episode_id: int, position: int) -> Any:
        if episode_id // 10 == self._podcast_id:
            self.asked.set()
            await self.released.wait()
        return await self._turns(episode_id, position)


async def test_a_search_is_answered_in_time_out_of_what_is_at_hand(
    source: MemorySource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote_search = QuoteSearch(source, tmp_path / "search", within_s=TIMEOUT_S)
    await quote_search.warm()
    held = _Held(source, 1)
    monkeypatch.setattr(source, "turns", held.turns)
    source.put(1, "The badger yawned in the belfry.", episode=1)
    quote_search._within_s = 0.05
    early = await quote_search.search("slept in the belfry")
    assert [quote.episode_id for quote in early.quotes] == [10]
    assert early.partial
    # What is known to be behind is not waited for again, and other podcasts aren't waited for at all.
    quote_search._within_s = TIMEOUT_S
    other = await quote_search.search("owl slept well", Scope(podcast_ids=frozenset({2})))
    assert ([quote.episode_id for quote in other.quotes], other.partial) == ([20], False)
    held.released.set()
    late = await quote_search.search("badger yawned")
    assert ([quote.episode_id for quote in late.quotes], late.partial) == ([11], False)
    await quote_search.close()


async def test_what_is_no_longer_said_is_not_shown_before_it_is_indexed_anew(
    source: MemorySource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote_search = QuoteSearch(source, tmp_path / "search", within_s=TIMEOUT_S)
    source.put(1, "The owl slept in the belfry once more.", episode=1)
    await quote_search.warm()
    held = _Held(source, 1)
    monkeypatch.setattr(source, "turns", held.turns)
    # It has the same turns and as many words, so that only the key tells.
    source.put(1, "The cow slept in the belfry once more.", episode=1)
    quote_search._within_s = 0.05
    found = await quote_search.search("owl slept in the belfry", limit=1)
    assert [quote.episode_id for quote in found.quotes] == [10]
    assert found.partial
    held.released.set()
    await quote_search.close()
