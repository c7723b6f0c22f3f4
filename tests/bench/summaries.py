"""What mentions and quotations cost, how many chapters have any, and those of one episode to read."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from bot.summaries.summarizer import Summary, summarise
from tests.unit.summaries.material import Told, latent_space, show_of, two_hours

_TIMES = 5


def _summarised(told: Told, among: Sequence[Told]) -> tuple[Summary, float]:
    best, show, around = float("inf"), show_of(told, among), told.around()
    for _ in range(_TIMES):
        # CPU time, so that other work on the machine does not count.
        begun = time.process_time()
        summary = summarise(told.chapters, told.turns, around, show)
        best = min(best, (time.process_time() - begun) * 1000)
    return summary, best


def _report(name: str, episodes: Sequence[Told], shown: str | None) -> None:
    if not episodes:
        print(f"{name}: the shared data is missing")
        return
    found = [_summarised(told, episodes) for told in episodes]
    chapters = sum(len(told.chapters) for told in episodes)
    named = sum(bool(names) for summary, _ in found for names in summary.mentioned)
    quoted = sum(len(summary.quotations) for summary, _ in found)
    print(
        f"{name}: {named} of {chapters} chapters mention something, {quoted} quotations in {len(found)} episodes"
    )
    slowest = max(range(len(found)), key=lambda number: found[number][1])
    words = sum(len(turn.text.split()) for turn in episodes[slowest].turns)
    print(f"  slowest: {found[slowest][1]:.0f} ms for {words:,} words ({episodes[slowest].title[:50]})")
    for told, (summary, _) in zip(episodes, found, strict=True):
        if shown is not None and shown.casefold() in told.title.casefold():
            _show(told, summary)


def _show(told: Told, summary: Summary) -> None:
    print(f"\n{told.title}")
    for chapter, names in zip(told.chapters, summary.mentioned, strict=True):
        print(f"  {chapter.title[:70]}" + (f"\n    Mentioned: {' · '.join(names)}" if names else ""))
    for one in summary.quotations:
        print(f"  “{one.text}” — {one.speaker or '?'}")


def main(arguments: Sequence[str] = ()) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", help="print what is told of the episodes with this in their titles")
    options = parser.parse_args(arguments)
    _report("Latent Space", latent_space(), options.show)
    _report("Made, two hours", [two_hours()], None)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
