"""What it costs to find podcasts and episodes by the names that members type, and to make the indexes for it.

Told in CPU time, so that other work on the machine does not count. The event loop waits while a thread keeps the
interpreter to itself: that is the CPU time that passes between two looks at a clock that should be 1 ms apart.
"""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.discord_client.supervisor import SWITCH_INTERVAL_S
from bot.lookup.choosing import choose, rank
from bot.lookup.name_index import Nameable, NameIndex, TypedName
from bot.lookup.word_likeness import NameVocabulary
from tests.bench.search_corpus import invented

SIZES = ((1, 100), (25, 400), (25, 2_000))
_TIMES = 7
_TICK_S = 0.001


@dataclass(frozen=True, slots=True)
class _Show:
    title: str
    episodes: list[Nameable]


def _shows(podcasts: int, episodes: int) -> list[_Show]:
    """Podcasts with invented titles: of their words some are everywhere, and most in one title or two."""
    rng = random.Random(7)
    words = [invented(rng) for _ in range(20_000)]
    common = ["the", "a", "of", "and", "in", "to", "with", "how", "what", "is", "on", "for", "we", "new"]
    people = [f"{invented(rng).title()} {invented(rng).title()}" for _ in range(3_000)]

    def title() -> str:
        chosen = [
            rng.choice(common) if rng.random() < 0.3 else words[int(len(words) * rng.random() ** 3)]
            for _ in range(rng.randint(3, 9))
        ]
        return " ".join(chosen).title()

    def episode(place: int, number: int) -> Nameable:
        guests = tuple(rng.sample(people, rng.randint(0, 3)))
        numbered = f"{number}: " if rng.random() < 0.3 else ""
        return Nameable(place * episodes + number, numbered + title(), guests, float(number))

    return [
        _Show(title(), [episode(place, number) for number in range(episodes, 0, -1)])
        for place in range(podcasts)
    ]


def _misspelt(title: str) -> str:
    """Each long word with two of its letters swapped."""
    return " ".join(w[:2] + w[3] + w[2] + w[4:] if len(w) > 4 else w for w in title.split())


def _typed(shows: Sequence[_Show]) -> dict[str, list[TypedName]]:
    """What may be typed, by its kind: in an option that is sent, and while it is typed."""
    rng = random.Random(8)
    titles = [rng.choice(rng.choice(shows).episodes).title for _ in range(_TIMES)]
    sent = {
        "exact title": titles,
        "misspelt": [_misspelt(one) for one in titles],
        "number": [str(rng.randint(1, len(shows[0].episodes))) for _ in titles],
        "nothing like it": [f"{_misspelt(one)} zzyzx qwrtp" for one in ("Kjhgf Wqxzy", *titles[1:])],
    }
    typing = {
        "three letters": [one.split()[-1][:3] for one in titles],
        "half a title": [one[: len(one) // 2] for one in titles],
        "half, misspelt": [_misspelt(one)[: len(one) // 2] for one in titles],
    }
    return {kind: [TypedName(one) for one in texts] for kind, texts in sent.items()} | {
        kind: [TypedName(one, unfinished=True) for one in texts] for kind, texts in typing.items()
    }


def _cpu_ms(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1_000


async def _longest_wait_ms(work: Callable[[], object]) -> float:
    """The longest that the event loop waits for the interpreter while a thread does this, in CPU time."""
    loop, waits = asyncio.get_running_loop(), [0.0]
    working = loop.run_in_executor(None, work)
    while not working.done():
        began = time.process_time()
        await asyncio.sleep(_TICK_S)
        waits.append((time.process_time() - began - _TICK_S) * 1_000)
    await working
    return max(waits)


def _measure(podcasts: int, episodes: int) -> None:
    shows = _shows(podcasts, episodes)
    indexes: list[NameIndex] = []
    gc.collect()
    gc.freeze()

    def build() -> None:
        vocabulary = NameVocabulary()
        indexes[:] = [NameIndex(one.episodes, one.title, vocabulary) for one in shows]

    first = _cpu_ms(build)
    waited = asyncio.run(_longest_wait_ms(build))
    print(
        f"{podcasts} x {episodes:,} episodes: indexes made in {first:,.0f} ms, {first / podcasts:.0f} ms a podcast; "
        f"the event loop waits {waited:.1f} ms at most"
    )
    for kind, names in _typed(shows).items():
        lookups = [_lookup(one, indexes) for one in names]
        took = [_cpu_ms(one) for one in lookups]
        waits = [asyncio.run(_longest_wait_ms(one)) for one in lookups]
        print(
            f"  {kind:16} median {statistics.median(took):6.1f} ms, longest {max(took):6.1f}; "
            f"the event loop waits {max(waits):5.1f} ms at most"
        )


def _lookup(typed: TypedName, indexes: Sequence[NameIndex]) -> Callable[[], object]:
    """As the bot does it: without the words that it keeps of what was typed."""
    if typed.unfinished:
        return lambda: rank(replace(typed), indexes)
    return lambda: choose(typed.text, indexes)


def main() -> int:
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    for podcasts, episodes in SIZES:
        _measure(podcasts, episodes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
