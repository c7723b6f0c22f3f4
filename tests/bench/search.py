"""Figures of the quote search on real transcripts: `python -m tests.bench.search`."""

import asyncio
import random
import sys
import time
from collections.abc import Callable, Sequence

from bot.search import QuoteSearch
from bot.search.index import PodcastIndex
from bot.search.searching import read_query, search
from storage.models import SpokenTurn
from tests.unit.search.material import CORPUS, Said, drawn, drawn_over_two, is_right, says, speech, with_slips

_EXTRA = ("really", "the", "basically", "like", "you", "know")
_QUERIES = 500


def _missing(rng: random.Random, said: Said) -> list[str]:
    words = list(said.words)
    for _ in range(2):
        del words[rng.randrange(len(words))]
    return words


def _extra(rng: random.Random, said: Said) -> list[str]:
    words = list(said.words)
    for _ in range(2):
        words.insert(rng.randrange(1, len(words)), rng.choice(_EXTRA))
    return words


def _together(rng: random.Random, said: Said) -> list[str]:
    words = list(said.words)
    place = rng.randrange(len(words) - 1)
    words[place : place + 2] = [words[place] + words[place + 1]]
    return words


_CLASSES: dict[str, Callable[[random.Random, Said], list[str]]] = {
    "exact": lambda _, said: list(said.words),
    "two slips": lambda rng, said: with_slips(rng, said.words, 2),
    "four slips": lambda rng, said: with_slips(rng, said.words, 4),
    "two words missing": _missing,
    "two words more": _extra,
    "two words joined": _together,
    "over two turns": lambda _, said: list(said.words),
}


def _say(name: str, right: int, times: list[float]) -> None:
    times.sort()
    count = len(times)
    middle, late = times[count // 2] * 1000, times[count * 95 // 100] * 1000
    print(f"  {name:22} {right / count:7.1%}   median {middle:5.1f} ms   p95 {late:5.1f} ms")


def _measure(index: PodcastIndex, turns: Sequence[SpokenTurn], others: Sequence[SpokenTurn]) -> None:
    for name, change in _CLASSES.items():
        rng = random.Random(name)
        draw = drawn_over_two if name == "over two turns" else drawn
        right, times = 0, []
        for _ in range(_QUERIES):
            said = draw(rng, turns, rng.randint(6, 10))
            query = " ".join(change(rng, said))
            began = time.perf_counter()
            quotes = search(index, read_query(query), 5)
            times.append(time.perf_counter() - began)
            right += bool(quotes) and is_right(quotes[0], said)
        _say(name, right, times)
    rng = random.Random("never")
    empty, times = 0, []
    while len(times) < _QUERIES:
        said = drawn(rng, others, rng.randint(6, 10))
        began = time.perf_counter()
        quotes = search(index, read_query(" ".join(said.words)), 5)
        if quotes and says(quotes[0], said):
            continue  # it was said here, too
        times.append(time.perf_counter() - began)
        empty += not quotes
    _say("never said: no answer", empty, times)


def _resident_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * 4096 / 1e6


class _Given:
    """Turns that are at hand."""

    def __init__(self, turns: Sequence[SpokenTurn]) -> None:
        self._turns = turns

    async def revisions(self, _podcast_ids: object) -> dict[int, int]:
        return {1: 1}

    async def turns(self, _podcast_id: int) -> Sequence[SpokenTurn]:
        return self._turns


async def _longest_stall(turns: Sequence[SpokenTurn]) -> float:
    """The longest that the event loop was kept waiting by a build and 50 searches, in ms."""
    engine = QuoteSearch(_Given(turns))
    longest = 0.0
    rng = random.Random("stall")
    queries = [" ".join(with_slips(rng, drawn(rng, turns, 8).words, 2)) for _ in range(50)]

    async def ask() -> None:
        for query in queries:
            await engine.find(query)

    asked = asyncio.create_task(ask())
    while not asked.done():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - began - 0.001)
    await asked
    engine.close()
    return longest * 1000


def main() -> int:
    if not CORPUS.is_dir():
        print(f"The corpus is missing: {CORPUS}", file=sys.stderr)
        return 1
    sys.setswitchinterval(0.0005)
    others = speech(30, skip=250)
    for episodes in (38, 250):
        turns = speech(episodes)
        before, began = _resident_mb(), time.perf_counter()
        index = PodcastIndex(turns)
        took, grown = time.perf_counter() - began, _resident_mb() - before
        texts = sum(sys.getsizeof(turn.text) for turn in turns) / 1e6
        print(
            f"{index.word_count:,} words: built in {took:.2f} s, {grown:.0f} MB beside {texts:.0f} MB of texts, "
            f"longest stall of the loop {asyncio.run(_longest_stall(turns)):.0f} ms"
        )
        _measure(index, turns, others)
    return 0


if __name__ == "__main__":
    sys.exit(main())
