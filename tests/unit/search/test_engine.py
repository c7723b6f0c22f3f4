import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence

import pytest

from bot.search import QuoteSearch, Scope
from storage.models import SpokenTurn


class _Shelf:
    """Transcripts at hand; remembers which were asked for."""

    def __init__(self) -> None:
        self.texts: dict[int, tuple[int, list[str]]] = {}
        self.read: list[int] = []

    def put(self, podcast_id: int, *texts: str) -> None:
        revision, _ = self.texts.get(podcast_id, (0, []))
        self.texts[podcast_id] = (revision + 1, list(texts))

    async def revisions(self, podcast_ids: Collection[int] | None) -> Mapping[int, int]:
        return {
            podcast_id: revision
            for podcast_id, (revision, _) in self.texts.items()
            if podcast_ids is None or podcast_id in podcast_ids
        }

    async def turns(self, podcast_id: int) -> Sequence[SpokenTurn]:
        self.read.append(podcast_id)
        await asyncio.sleep(0)
        _, texts = self.texts[podcast_id]
        return [SpokenTurn(podcast_id * 10, place, "Ann", 0, 1_000, text) for place, text in enumerate(texts)]


@pytest.fixture
def shelf() -> _Shelf:
    shelf = _Shelf()
    shelf.put(1, "The owl slept in the belfry.")
    shelf.put(2, "An owl slept in the old mill, and the owl slept well.")
    shelf.put(3)
    return shelf


@pytest.fixture
async def engine(shelf: _Shelf) -> AsyncIterator[QuoteSearch]:
    engine = QuoteSearch(shelf)
    yield engine
    engine.close()


async def test_every_podcast_is_searched_and_the_newer_episode_comes_first(engine: QuoteSearch) -> None:
    found = await engine.find("owl slept in the")
    assert [quote.episode_id for quote in found] == [20, 10]
    assert [quote.episode_id for quote in await engine.find("owl slept in the", limit=1)] == [20]
    assert await engine.find("owl", limit=0) == []
    assert await engine.find("?") == []


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
    ],
)
async def test_a_scope_limits_what_is_seen(engine: QuoteSearch, scope: Scope, episodes: list[int]) -> None:
    assert [quote.episode_id for quote in await engine.find("owl slept in the", scope)] == episodes


async def test_an_index_is_built_again_only_when_its_podcast_moved(
    shelf: _Shelf, engine: QuoteSearch
) -> None:
    await engine.find("owl")
    await engine.find("owl")
    assert shelf.read == [1, 2, 3]
    shelf.put(1, "The badger yawned.")
    assert [quote.episode_id for quote in await engine.find("badger yawned")] == [10]
    assert [quote.episode_id for quote in await engine.find("slept in the belfry")] == []
    assert shelf.read == [1, 2, 3, 1]


async def test_a_podcast_that_is_gone_is_not_found(shelf: _Shelf, engine: QuoteSearch) -> None:
    await engine.find("owl")
    texts = shelf.texts.pop(1)
    assert [quote.episode_id for quote in await engine.find("owl slept in the")] == [20]
    assert await engine.find("owl", Scope(podcast_ids=frozenset({1}))) == []
    shelf.texts[1] = texts
    await engine.find("owl")
    assert shelf.read == [1, 2, 3, 1]


async def test_finds_at_once_build_once_and_are_all_right(shelf: _Shelf, engine: QuoteSearch) -> None:
    queries = ["slept in the belfry", "slept in the old mill", "owl slept well", "submarine"] * 5
    found = await asyncio.gather(*(engine.find(query) for query in queries))
    firsts = [quotes[0].episode_id if quotes else None for quotes in found]
    assert firsts == [10, 20, 20, None] * 5
    assert sorted(shelf.read) == [1, 2, 3]


async def test_a_find_that_was_given_up_does_no_harm(engine: QuoteSearch) -> None:
    given_up = asyncio.create_task(engine.find("owl"))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert len(await engine.find("owl slept in the")) == 2


async def test_warming_builds_ahead(shelf: _Shelf, engine: QuoteSearch) -> None:
    await engine.warm()
    assert shelf.read == [1, 2, 3]
    await engine.find("owl")
    assert shelf.read == [1, 2, 3]
