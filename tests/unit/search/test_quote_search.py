"""The quote search: segments on disk, the list of them, and searches while both change."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.search.quote_search import QuoteSearch, Scope
from storage.models import FoundTurns, IndexedEpisode, IndexState, SpokenTurn

_MANY = 10
# Episode 20 is published 20 days after this.
_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class _Source:
    """Transcripts and the list of segments in memory; remembers which episodes were read."""

    def __init__(self) -> None:
        self.texts: dict[int, dict[int, list[str]]] = {}
        self.revision_of: dict[int, int] = {}
        self.indexed: dict[int, str] = {}
        self.read: list[int] = []

    def put(self, podcast_id: int, *texts: str, episode: int = 0) -> int:
        """Store an episode with these turns, and return its id."""
        episode_id = podcast_id * 10 + episode
        self.texts.setdefault(podcast_id, {})[episode_id] = list(texts)
        self.indexed.pop(episode_id, None)
        self.revision_of[podcast_id] = self.revision_of.get(podcast_id, 0) + 1
        return episode_id

    async def revisions(self, podcast_ids: Collection[int] | None) -> Mapping[int, int]:
        return {
            podcast_id: self.revision_of[podcast_id]
            for podcast_id in self.texts
            if podcast_ids is None or podcast_id in podcast_ids
        }

    async def state(self, podcast_id: int) -> IndexState:
        await asyncio.sleep(0)
        episodes = sorted(self.texts.get(podcast_id, {}))
        return IndexState(
            self.revision_of.get(podcast_id, 0),
            tuple(
                IndexedEpisode(one, _DAY + timedelta(days=one), self.indexed[one])
                for one in episodes
                if one in self.indexed
            ),
            tuple(one for one in episodes if one not in self.indexed),
        )

    async def turns(self, episode_ids: Sequence[int]) -> Sequence[SpokenTurn]:
        self.read += episode_ids
        await asyncio.sleep(0)
        return [
            SpokenTurn(one, place, "Ann", 0, 1_000, text)
            for one in episode_ids
            for place, text in enumerate(self.texts[one // 10][one])
        ]

    async def save(
        self, podcast_id: int, revision: int, added: Mapping[str, Collection[int]], removed: Collection[str]
    ) -> bool:
        await asyncio.sleep(0)
        if self.revision_of[podcast_id] != revision:
            return False
        self.revision_of[podcast_id] += 1
        mine = self.texts[podcast_id]
        for one in [one for one, name in self.indexed.items() if name in removed and one in mine]:
            del self.indexed[one]
        self.indexed |= {one: name for name, ids in added.items() for one in ids}
        return True

    async def names(self) -> Collection[str]:
        return set(self.indexed.values())

    async def spoken(
        self, find: Callable[[], Sequence[tuple[int, int, int]]], podcast_ids: Collection[int] | None
    ) -> FoundTurns:
        ranges = await asyncio.to_thread(find)
        found = {
            (one, place): SpokenTurn(one, place, "Ann", 0, 1_000, self.texts[one // 10][one][place])
            for one, first, last in ranges
            if one // 10 in self.texts
            for place in range(first, last + 1)
        }
        return FoundTurns(await self.revisions(podcast_ids), found)


@pytest.fixture
def source() -> _Source:
    source = _Source()
    source.put(1, "The owl slept in the belfry.")
    source.put(2, "An owl slept in the old mill, and the owl slept well.")
    source.put(3)
    return source


@pytest.fixture
async def quote_search(source: _Source, tmp_path: Path) -> AsyncIterator[QuoteSearch]:
    quote_search = QuoteSearch(source, tmp_path / "search")
    yield quote_search
    quote_search.close()


async def test_every_podcast_is_searched_and_the_newer_episode_comes_first(quote_search: QuoteSearch) -> None:
    found = await quote_search.find("owl slept in the")
    assert [quote.episode_id for quote in found] == [20, 10]
    assert [quote.episode_id for quote in await quote_search.find("owl slept in the", limit=1)] == [20]
    assert await quote_search.find("owl", limit=0) == []
    assert await quote_search.find("?") == []


async def test_the_same_words_are_listed_by_date(source: _Source, quote_search: QuoteSearch) -> None:
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
        (Scope(since=_DAY + timedelta(days=11)), [20]),
        (Scope(until=_DAY + timedelta(days=20)), [10]),
        (Scope(since=_DAY + timedelta(days=11), until=_DAY + timedelta(days=20)), []),
    ],
)
async def test_a_scope_limits_what_is_searched(
    quote_search: QuoteSearch, scope: Scope, episodes: list[int]
) -> None:
    assert [quote.episode_id for quote in await quote_search.find("owl slept in the", scope)] == episodes


async def test_only_new_episodes_are_indexed(source: _Source, quote_search: QuoteSearch) -> None:
    await quote_search.find("owl")
    await quote_search.find("owl")
    assert source.read == [10, 20, 30]
    source.put(1, "The badger yawned.", episode=1)
    assert [quote.episode_id for quote in await quote_search.find("badger yawned")] == [11]
    assert source.read == [10, 20, 30, 11]
    # The old words of a changed episode are no longer found.
    source.put(1, "The hedgehog yawned.")
    assert await quote_search.find("slept in the belfry") == []
    assert [quote.episode_id for quote in await quote_search.find("hedgehog yawned")] == [10]
    assert [quote.episode_id for quote in await quote_search.find("badger yawned")] == [11]


async def test_a_deleted_podcast_is_not_found(source: _Source, quote_search: QuoteSearch) -> None:
    await quote_search.find("owl")
    texts = source.texts.pop(1)
    assert [quote.episode_id for quote in await quote_search.find("owl slept in the")] == [20]
    assert await quote_search.find("owl", Scope(podcast_ids=frozenset({1}))) == []
    source.texts[1] = texts
    assert len(await quote_search.find("owl slept in the")) == 2


async def test_simultaneous_searches_build_an_index_once(source: _Source, quote_search: QuoteSearch) -> None:
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


async def test_warming_builds_the_indexes(source: _Source, quote_search: QuoteSearch) -> None:
    await quote_search.warm()
    assert source.read == [10, 20, 30]
    await quote_search.find("owl")
    assert source.read == [10, 20, 30]


async def test_one_process_opens_what_another_built(
    source: _Source, quote_search: QuoteSearch, tmp_path: Path
) -> None:
    await quote_search.warm()
    other = QuoteSearch(source, tmp_path / "search")
    assert len(await other.find("owl slept in the")) == 2
    assert source.read == [10, 20, 30]
    # The first sees what the other one builds.
    source.put(2, "The badger yawned.", episode=1)
    assert [quote.episode_id for quote in await other.find("badger yawned")] == [21]
    assert [quote.episode_id for quote in await quote_search.find("badger yawned")] == [21]
    other.close()


async def test_deleted_segments_are_rebuilt(
    source: _Source, quote_search: QuoteSearch, tmp_path: Path
) -> None:
    await quote_search.warm()
    for path in (tmp_path / "search").iterdir():
        path.unlink()
    other = QuoteSearch(source, tmp_path / "search")
    assert len(await other.find("owl slept in the")) == 2
    assert len(await quote_search.find("owl slept in the")) == 2
    other.close()


@pytest.mark.parametrize("place", [0, 20, -40])
async def test_a_damaged_segment_is_rebuilt_and_logged(
    source: _Source, tmp_path: Path, caplog: pytest.LogCaptureFixture, place: int
) -> None:
    folder = tmp_path / "search"
    first = QuoteSearch(source, folder)
    await first.warm()
    first.close()
    for path in folder.iterdir():
        damaged = bytearray(path.read_bytes())
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
    quote_search = QuoteSearch(source, folder)
    await quote_search.warm()
    assert len(await quote_search.find("owl slept in the")) == 2
    assert "rebuil" in caplog.text
    quote_search.close()


async def test_many_segments_are_merged_while_searches_run(
    source: _Source, quote_search: QuoteSearch, tmp_path: Path
) -> None:
    for episode in range(1, _MANY):
        source.put(1, f"The number {episode} badger yawned at the owl.", episode=episode)
        assert await quote_search.find(f"number {episode} badger yawned")
    await asyncio.gather(*quote_search._merging.values())
    assert len({name for one, name in source.indexed.items() if one // 10 == 1}) == 1
    for episode in range(1, _MANY):
        found = await quote_search.find(f"number {episode} badger yawned at the owl", limit=1)
        assert [quote.episode_id for quote in found] == [10 + episode]
    # The merged segments are deleted.
    assert {path.name for path in (tmp_path / "search").iterdir()} == set(source.indexed.values()) - {""}


async def test_files_that_nothing_lists_are_deleted_once_they_are_old(
    source: _Source, quote_search: QuoteSearch, tmp_path: Path
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
    source: _Source, quote_search: QuoteSearch, monkeypatch: pytest.MonkeyPatch
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
    source: _Source, quote_search: QuoteSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.search.quote_search._MAX_OPEN", 1)
    for podcast_id, episode_id in ((1, 10), (2, 20), (1, 10)):
        scope = Scope(podcast_ids=frozenset({podcast_id}))
        found = await quote_search.find("owl slept in the", scope)
        assert [quote.episode_id for quote in found] == [episode_id]
        assert list(quote_search._indexes) == [podcast_id]
    # They are opened again, not built again.
    assert sorted(source.read) == [10, 20]


async def _find_in_two_segments(source: _Source, quote_search: QuoteSearch) -> None:
    await quote_search.warm()
    source.put(1, "The badger yawned at the owl.", episode=1)
    assert await quote_search.find("badger yawned at the owl")
    await asyncio.gather(*quote_search._merging.values())
    assert await quote_search.find("badger yawned at the owl")
    assert await quote_search.find("the owl slept in the belfry")


async def test_a_failed_merge_leaves_the_segments_in_use(
    source: _Source,
    quote_search: QuoteSearch,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.search.podcast_index.merge", full)
    await _find_in_two_segments(source, quote_search)
    assert "could not be merged" in caplog.text
    assert len({name for one, name in source.indexed.items() if one // 10 == 1}) == 2


async def test_a_merge_that_comes_too_late_is_dropped(
    source: _Source, quote_search: QuoteSearch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = source.save

    async def outdated(podcast_id: int, revision: int, added: Any, removed: Any) -> bool:
        return await save(podcast_id, revision - bool(added and removed), added, removed)

    monkeypatch.setattr(source, "save", outdated)
    await _find_in_two_segments(source, quote_search)
    assert {path.name for path in (tmp_path / "search").iterdir()} == set(source.indexed.values()) - {""}
