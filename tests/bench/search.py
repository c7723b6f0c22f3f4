"""The quote search beside its alternatives: `python -m tests.bench.search --words 5 26 100`.

Queries are drawn with a fixed seed from episodes that nothing was tuned on. "first" is the share of queries whose
first hit is right, "three" the share of those with a right one among the first three.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.search.calibration import SAID
from bot.search.candidates.query import parse_query
from bot.search.hits import IndexHit
from bot.search.index.index_view import SegmentView
from bot.search.index.segment import open_segment
from bot.search.searcher import search
from bot.text.tokenizer import normal_words
from storage.models import SpokenTurn
from tests.bench.search_archive import HALVES, Archive, Judge, make_archive, off_by_ms, queries
from tests.bench.search_corpus import CORPUS
from tests.bench.search_queries import QueryCase
from tests.bench.search_rivals import rivals

_MOST_WITH_RIVALS = 6
_AT_ONCE = 32
_HOSTILE = {
    "200 times a": "a " * 200,
    "100,000 letters": "x" * 100_000,
    "100,000 characters of words": "the owl of time " * 6_250,
    "stop words": "and the of to it is that you",
    "emoji": "🎉🦉🔥" * 10,
    "a pattern": r"^(a+)+$ .*?[^\w]{1,99}|\b",
    "SQL": "'; DROP TABLE turns; -- \" OR 1=1",
}


@dataclass(slots=True)
class Tally:
    """The results of one class of queries."""

    asked: int = 0
    first: int = 0
    three: int = 0
    times_ms: list[float] = field(default_factory=list)

    def at(self, share: float) -> float:
        return sorted(self.times_ms)[min(len(self.times_ms) - 1, int(len(self.times_ms) * share))]


@dataclass(frozen=True, slots=True)
class Answers:
    """The hits and times of a separate process, and its memory afterwards in MB."""

    hits: list[tuple[list[IndexHit], float]]
    opened_ms: float
    first_ms: float
    at_once_ms: float
    hostile_ms: dict[str, float]
    resident: float
    anonymous: float


def answer(paths: Sequence[str], asked: Sequence[str]) -> Answers:
    """Open the segments as the bot does, and run the queries."""
    began = time.perf_counter()
    views = [SegmentView(1, open_segment(Path(path))) for path in paths]
    opened = time.perf_counter()
    search(views, parse_query("as good as any other question"))
    first = time.perf_counter()
    answers = []
    for query in asked:
        at = time.perf_counter()
        hits = search(views, parse_query(query))
        answers.append((hits, (time.perf_counter() - at) * 1000))
    hostile = {}
    for name, query in _HOSTILE.items():
        at = time.perf_counter()
        search(views, parse_query(query))
        hostile[name] = (time.perf_counter() - at) * 1000
    with ThreadPoolExecutor(2) as pool:
        at = time.perf_counter()
        together = list(pool.map(partial(_hits, views), asked[:: max(1, len(asked) // _AT_ONCE)][:_AT_ONCE]))
        at_once = (time.perf_counter() - at) * 1000
    expected = [hits for hits, _ in answers[:: max(1, len(asked) // _AT_ONCE)][:_AT_ONCE]]
    assert together == expected, "simultaneous searches disturb each other"
    resident, anonymous = _memory_mb()
    return Answers(
        answers, (opened - began) * 1000, (first - opened) * 1000, at_once, hostile, resident, anonymous
    )


def _hits(views: Sequence[SegmentView], query: str) -> list[IndexHit]:
    return search(views, parse_query(query))


def _memory_mb() -> tuple[float, float]:
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    rows = {name: int(size) for name, size, *_ in map(str.split, lines)}
    return rows["Rss:"] / 1024, rows["Anonymous:"] / 1024


def _ours(archive: Archive, drawn: Sequence[tuple[str, QueryCase]]) -> dict[str, Tally]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        done = pool.apply(answer, ([str(path) for path in archive.paths], [said.query for _, said in drawn]))
    judge = Judge([view.segment for view in archive.views])
    tallies: dict[str, Tally] = defaultdict(Tally)
    good: list[float] = []
    never: list[float] = []
    for (name, said), (hits, took) in zip(drawn, done.hits, strict=True):
        if name == "never said":
            if hits and judge.says(hits[0], said):
                continue  # It was said here as well.
            never.append(hits[0].score if hits else 0.0)
            tallies[name].first += never[-1] < SAID
        else:
            right = [judge.is_right(hit, said) for hit in hits[:3]]
            tallies[name].first += right[:1] == [True]
            tallies[name].three += any(right)
            if right[:1] == [True]:
                good.append(hits[0].score)
        tallies[name].asked += 1
        tallies[name].times_ms.append(took)
    lost = sum(score < SAID for score in good) / len(good)
    told = sum(score < SAID for score in never) / len(never)
    print(f"never said: {told:.1%} told as not found, {lost:.1%} of right answers lost")
    print(
        f"opened in {done.opened_ms:.0f} ms, first answer {done.first_ms:.0f} ms; then {done.resident:.0f} MB "
        f"resident, {done.anonymous:.0f} MB of it anonymous; {_AT_ONCE} searches at once, the last answered "
        f"after {done.at_once_ms:.0f} ms"
    )
    print("hostile: " + ", ".join(f"{name} {took:.1f} ms" for name, took in done.hostile_ms.items()))
    return tallies


def _rivals(folder: Path, archive: Archive, drawn: Sequence[tuple[str, QueryCase]], ours: Tally) -> None:
    slower = []
    for rival in rivals(folder, archive.kept):
        total = Tally()
        for name, said in drawn[:: rival.every]:
            if name == "never said":
                continue
            at = time.perf_counter()
            found = rival.find(said.query)
            total.times_ms.append((time.perf_counter() - at) * 1000)
            right = [_has(rival.texts[place], said) for place in found]
            total.asked += 1
            total.first += right[:1] == [True]
            total.three += any(right)
        _row(rival.name, total)
        median, p95 = (total.at(share) / ours.at(share) for share in (0.5, 0.95))
        slower.append(f"{rival.name} takes {median:.0f} times as long at the median, {p95:.0f} times at p95")
    print("\n" + "\n".join(slower))


def _has(turn: SpokenTurn, said: QueryCase) -> bool:
    """Whether this turn is the right one or has the same words. A quote over two turns may be found in either."""
    words = normal_words(turn.text)
    if said.anywhere:
        return set(said.words) <= set(words)
    assert turn.start_ms is not None
    assert turn.end_ms is not None
    near = turn.start_ms - 5_000 <= said.at_ms <= turn.end_ms + 5_000
    joined = f" {' '.join(words)} "
    return (near and turn.episode_id == said.episode_id) or f" {' '.join(said.words)} " in joined


def _row(name: str, tally: Tally) -> None:
    print(
        f"| {name:21} | {tally.asked:5} | {tally.first / tally.asked:.3f} | {tally.three / tally.asked:.3f} "
        f"| {tally.at(0.5):7.2f} | {tally.at(0.95):7.2f} | {tally.at(0.99):7.2f} |",
        flush=True,
    )


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.asked += tally.asked
        total.first += tally.first
        total.three += tally.three
        total.times_ms += tally.times_ms
    return total


def measure(millions: float, count: int, half: str, *, with_rivals: bool) -> None:
    """Measure one archive and print the figures."""
    with TemporaryDirectory(prefix="earmark-bench-") as name:
        folder = Path(name)
        archive = make_archive(folder, millions, keep_all=with_rivals)
        per_million = 1e6 / archive.words
        print(
            f"\n{archive.words / 1e6:.1f} million words, {len(archive.vocabulary):,} distinct, "
            f"{len(archive.paths)} segments; a million words: built in {archive.build_s * per_million:.2f} s, "
            f"{archive.disk * per_million / 1e6:.1f} MB and {archive.text * per_million / 1e6:.1f} MB of text",
            flush=True,
        )
        drawn = queries(archive, half, count)
        tallies = _ours(archive, drawn)
        off = off_by_ms(archive, half, count)
        near = sum(by <= 5_000 for by in off) / len(off)
        print(f"told within 5 s of the spoken word: {near:.1%} of {len(off)}")
        print("\n| queries               | asked | first | three |  p50 ms |  p95 ms |  p99 ms |")
        print("| --------------------- | ----- | ----- | ----- | ------- | ------- | ------- |")
        for of, tally in tallies.items():
            if of != "never said":
                _row(of, tally)
        _row("never said", Tally(tallies["never said"].asked, 0, 0, tallies["never said"].times_ms))
        ours = _sum(tally for of, tally in tallies.items() if of != "never said")
        _row("all that were said", ours)
        if with_rivals:
            _rivals(folder, archive, drawn, ours)


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search")
    parser.add_argument("--words", type=float, nargs="+", default=[5.0], help="sizes in million words")
    parser.add_argument("--queries", type=int, default=300, help="of each class")
    parser.add_argument("--half", choices=sorted(HALVES), default="report")
    parser.add_argument("--alone", action="store_true", help="without the other engines")
    asked = parser.parse_args(arguments)
    if not CORPUS.is_dir():
        print(f"The corpus is missing: {CORPUS}", file=sys.stderr)
        return 1
    for millions in asked.words:
        with_rivals = not asked.alone and millions <= _MOST_WITH_RIVALS
        measure(millions, asked.queries, asked.half, with_rivals=with_rivals)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
