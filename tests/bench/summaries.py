"""Measures chapter summaries: how many can be matched to their chapter, how long they take; prints lines to read."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence

from bot.summaries.summarizer import Summary, summarise
from tests.unit.summaries.material import Told, latent_space, other_podcasts, shares, two_hours

_TIMES = 3


def _summarised(told: Told) -> tuple[Summary, float]:
    best = float("inf")
    for _ in range(_TIMES):
        # CPU time, so that other work on the machine does not count.
        begun = time.process_time()
        summary = summarise(told.title, told.chapters, told.turns)
        best = min(best, (time.process_time() - begun) * 1000)
    return summary, best


def _words(told: Told) -> int:
    return sum(len(turn.text.split()) for turn in told.turns)


def _report(name: str, episodes: Sequence[Told]) -> list[Summary]:
    if not episodes:
        print(f"{name}: the shared data is missing")
        return []
    found = [_summarised(told) for told in episodes]
    summaries = [summary for summary, _ in found]
    chapters = sum(len(told.chapters) for told in episodes)
    lines = sum(line is not None for summary in summaries for line in summary.lines)
    print(f"{name}: {len(episodes)} episodes, {lines} of {chapters} chapters have a line")
    for how, unsaid in (("", False), (", without the line itself in what is said", True)):
        each = shares(episodes, summaries, unsaid=unsaid)
        if each:
            mean, worst = sum(each) / len(each), min(each)
            print(f"  put back by overlap{how}: {mean:.0%} on average, {worst:.0%} in the worst episode")
    slowest = max(range(len(found)), key=lambda number: found[number][1])
    told, took = episodes[slowest], found[slowest][1]
    print(
        f"  slowest: {took:.0f} ms for {_words(told):,} words and {len(told.chapters)} chapters ({told.title[:50]})"
    )
    return summaries


def _show(episodes: Sequence[Told], summaries: Sequence[Summary], count: int, seed: int) -> None:
    lines = [
        (told.title, chapter.title, line)
        for told, summary in zip(episodes, summaries, strict=True)
        for chapter, line in zip(told.chapters, summary.lines, strict=True)
        if line
    ]
    for title, chapter, line in random.Random(seed).sample(lines, min(count, len(lines))):
        print(f"\n{title[:60]} / {chapter}\n  {line.speaker or '?'}: {line.text}")


def main(arguments: Sequence[str] = ()) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=0, help="how many lines to print")
    parser.add_argument("--seed", type=int, default=1, help="seed for choosing them")
    parser.add_argument("--others", action="store_true", help="print lines of other shows")
    options = parser.parse_args(arguments)
    real, others = latent_space(), tuple(other_podcasts())
    summaries = _report("Latent Space", real)
    elsewhere = _report("Other shows, a chapter every six minutes", others)
    _report("Made, two hours", [two_hours()])
    if options.others:
        _show(others, elsewhere, options.lines, options.seed)
    else:
        _show(real, summaries, options.lines, options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
