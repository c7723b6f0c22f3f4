"""The engine: segments on disk and the list of them, and searches beside all that moves."""

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
from storage.models import IndexedEpisode, IndexState, Spoken, SpokenTurn

_MANY = 10
# Episode 20 is published 20 days later.
_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class _Source:
    """Transcripts and the list of segments at hand; remembers which episodes were read."""

    def __init__(self) -> None:
        self.texts: dict[int, dict[int, list[str]]] = {}
        self.moved: dict[int, int] = {}
        self.indexed: dict[int, str] = {}
        self.read: list[int] = []

    def put(self, podcast_id: int, *texts: str, episode: int = 0) -> int:
        """Let an episode of the podcast say this; its id."""
        episode_id = podcast_id * 10 + episode
        self.texts.setdefault(podcast_id, {})[episode_id] = list(texts)
        self.indexed.pop(episode_id, None)
        self.moved[podcast_id] = self.moved.get(podcast_id, 0) + 1
        return episode_id

    async def revisions(self, podcast_ids: Collection[int] | None) -> Mapping[int, int]:
        return {
            podcast_id: self.moved[podcast_id]
            for podcast_id in self.texts
            if podcast_ids is None or podcast_id in podcast_ids
        }

    async def state(self, podcast_id: int) -> IndexState:
        await asyncio.sleep(0)
        episodes = sorted(self.texts.get(podcast_id, {}))
        return IndexState(
            self.moved.get(podcast_id, 0),
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
        if self.moved[podcast_id] != revision:
            return False
        self.moved[podcast_id] += 1
        mine = self.texts[podcast_id]
        for one in [one for one, name in self.indexed.items() if name in removed and one in mine]:
            del self.indexed[one]
        self.indexed |= {one: name for name, ids in added.items() for one in ids}
        return True

    async def names(self) -> Collection[str]:
        return set(self.indexed.values())

    async def spoken(
        self, find: Callable[[], Sequence[tuple[int, int, int]]], podcast_ids: Collection[int] | None
    ) -> Spoken:
        ranges = await asyncio.to_thread(find)
        found = {
            (one, place): SpokenTurn(one, place, "Ann", 0, 1_000, self.texts[one // 10][one][place])
            for one, first, last in ranges
            if one // 10 in self.texts
            for place in range(first, last + 1)
        }
        return Spoken(await self.revisions(podcast_ids), found)


@pytest.fixture
def source() -> _Source:
    source = _Source()
    source.put(1, "The owl slept in the belfry.")
    source.put(2, "An owl slept in the old mill, and the owl slept well.")
    source.put(3)
    return source


@pytest.fixture
async def engine(source: _Source, tmp_path: Path) -> AsyncIterator[QuoteSearch]:
    engine = QuoteSearch(source, tmp_path / "search")
    yield engine
    engine.close()


async def test_every_podcast_is_searched_and_the_newer_episode_comes_first(engine: QuoteSearch) -> None:
    found = await engine.find("owl slept in the")
    assert [quote.episode_id for quote in found] == [20, 10]
    assert [quote.episode_id for quote in await engine.find("owl slept in the", limit=1)] == [20]
    assert await engine.find("owl", limit=0) == []
    assert await engine.find("?") == []


async def test_the_same_words_are_listed_by_date(source: _Source, engine: QuoteSearch) -> None:
    await engine.warm()
    # Stored last, although it is older than the one of the other podcast.
    source.put(1, "The owl slept in the belfry again.", episode=5)
    assert [quote.episode_id for quote in await engine.find("owl slept in the")] == [20, 15, 10]
    assert [quote.episode_id for quote in await engine.find("owl slept in the", limit=2)] == [20, 15]


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
async def test_a_scope_limits_what_is_seen(engine: QuoteSearch, scope: Scope, episodes: list[int]) -> None:
    assert [quote.episode_id for quote in await engine.find("owl slept in the", scope)] == episodes


async def test_a_segment_is_built_for_what_is_new_alone(source: _Source, engine: QuoteSearch) -> None:
    await engine.find("owl")
    await engine.find("owl")
    assert source.read == [10, 20, 30]
    source.put(1, "The badger yawned.", episode=1)
    assert [quote.episode_id for quote in await engine.find("badger yawned")] == [11]
    assert source.read == [10, 20, 30, 11]
    # What was said differently is not found as it was.
    source.put(1, "The hedgehog yawned.")
    assert await engine.find("slept in the belfry") == []
    assert [quote.episode_id for quote in await engine.find("hedgehog yawned")] == [10]
    assert [quote.episode_id for quote in await engine.find("badger yawned")] == [11]


async def test_a_podcast_that_is_gone_is_not_found(source: _Source, engine: QuoteSearch) -> None:
    await engine.find("owl")
    texts = source.texts.pop(1)
    assert [quote.episode_id for quote in await engine.find("owl slept in the")] == [20]
    assert await engine.find("owl", Scope(podcast_ids=frozenset({1}))) == []
    source.texts[1] = texts
    assert len(await engine.find("owl slept in the")) == 2


async def test_finds_at_once_build_once_and_are_all_right(source: _Source, engine: QuoteSearch) -> None:
    queries = ["slept in the belfry", "slept in the old mill", "owl slept well", "submarine"] * 5
    found = await asyncio.gather(*(engine.find(query) for query in queries))
    firsts = [quotes[0].episode_id if quotes else None for quotes in found]
    assert firsts == [10, 20, 20, None] * 5
    assert sorted(source.read) == [10, 20, 30]


async def test_a_find_that_was_given_up_does_no_harm(engine: QuoteSearch) -> None:
    given_up = asyncio.create_task(engine.find("owl"))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert len(await engine.find("owl slept in the")) == 2


async def test_warming_builds_ahead(source: _Source, engine: QuoteSearch) -> None:
    await engine.warm()
    assert source.read == [10, 20, 30]
    await engine.find("owl")
    assert source.read == [10, 20, 30]


async def test_what_one_process_built_another_opens(
    source: _Source, engine: QuoteSearch, tmp_path: Path
) -> None:
    await engine.warm()
    other = QuoteSearch(source, tmp_path / "search")
    assert len(await other.find("owl slept in the")) == 2
    assert source.read == [10, 20, 30]
    # And what the other one builds is seen by the first.
    source.put(2, "The badger yawned.", episode=1)
    assert [quote.episode_id for quote in await other.find("badger yawned")] == [21]
    assert [quote.episode_id for quote in await engine.find("badger yawned")] == [21]
    other.close()


async def test_a_folder_that_was_emptied_is_filled_again(
    source: _Source, engine: QuoteSearch, tmp_path: Path
) -> None:
    await engine.warm()
    for path in (tmp_path / "search").iterdir():
        path.unlink()
    other = QuoteSearch(source, tmp_path / "search")
    assert len(await other.find("owl slept in the")) == 2
    assert len(await engine.find("owl slept in the")) == 2
    other.close()


@pytest.mark.parametrize("place", [0, 20, -40])
async def test_a_damaged_segment_is_built_anew_and_told(
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
    engine = QuoteSearch(source, folder)
    await engine.warm()
    assert len(await engine.find("owl slept in the")) == 2
    assert "rebuil" in caplog.text
    engine.close()


async def test_many_segments_become_one_while_searches_run(
    source: _Source, engine: QuoteSearch, tmp_path: Path
) -> None:
    for episode in range(1, _MANY):
        source.put(1, f"The number {episode} badger yawned at the owl.", episode=episode)
        assert await engine.find(f"number {episode} badger yawned")
    await asyncio.gather(*engine._merging.values())
    assert len({name for one, name in source.indexed.items() if one // 10 == 1}) == 1
    for episode in range(1, _MANY):
        found = await engine.find(f"number {episode} badger yawned at the owl", limit=1)
        assert [quote.episode_id for quote in found] == [10 + episode]
    # What was merged is not left behind.
    assert {path.name for path in (tmp_path / "search").iterdir()} == set(source.indexed.values()) - {""}


async def test_what_nothing_names_is_removed_once_it_is_old(
    source: _Source, engine: QuoteSearch, tmp_path: Path
) -> None:
    folder = tmp_path / "search"
    folder.mkdir()
    for name, age_s in (("left.seg", 999), ("half.unfinished", 999), ("young.seg", 0)):
        (folder / name).write_bytes(b"x")
        then = time.time() - age_s
        os.utime(folder / name, (then, then))
    await engine.warm()
    await engine.tidy()
    names = {path.name for path in folder.iterdir()}
    assert "young.seg" in names
    assert not {"left.seg", "half.unfinished"} & names


async def test_what_moves_during_a_search_is_searched_again(
    source: _Source, engine: QuoteSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.warm()
    spoken = source.spoken

    async def moving(*asked: Any) -> Any:
        monkeypatch.setattr(source, "spoken", spoken)
        source.put(1, "A fox slept in the belfry.")
        return await spoken(*asked)

    monkeypatch.setattr(source, "spoken", moving)
    [quote] = await engine.find("slept in the belfry", Scope(podcast_ids=frozenset({1})))
    assert quote.text == "A fox slept in the belfry."
