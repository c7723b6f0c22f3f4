"""An archive of any size for measurements: its segments, and queries whose answers are known."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.search.candidates.query import parse_query
from bot.search.hits import IndexHit
from bot.search.index.index_view import SegmentView
from bot.search.index.indexer import build_segments
from bot.search.index.segment import Segment, open_segment
from bot.search.searcher import search
from bot.text.tokenizer import normal_words
from storage.models import SpokenTurn
from tests.bench.search_corpus import (
    CaptionLine,
    GeneratedSpeech,
    changelog,
    cue_turns,
    site_and_captions,
    talk_python,
    timed,
)
from tests.bench.search_queries import Generator, QueryCase, really_misheard, spoken_times

# Queries are tuned on even episodes and reported on odd ones.
HALVES = {"tune": 0, "report": 1}
_KEPT_WORDS = 4_000_000
_NEAR_MS = 5_000


@dataclass(slots=True)
class Archive:
    """`kept` are the turns that queries are drawn from: all of them, or some if the archive is large."""

    paths: list[Path]
    words: int
    build_s: float
    disk: int
    text: int
    kept: list[SpokenTurn]
    heard: dict[int, Sequence[CaptionLine]]
    site: dict[int, Sequence[CaptionLine]]
    vocabulary: dict[str, int]
    absent: list[SpokenTurn]
    views: list[SegmentView] = field(default_factory=list)


def make_archive(folder: Path, millions: float, *, keep_all: bool = False) -> Archive:
    """Build an archive of real episodes, and if they are too few, of more that are made from them."""
    heard: dict[int, Sequence[CaptionLine]] = {}
    site: dict[int, Sequence[CaptionLine]] = {}
    kept: list[SpokenTurn] = []
    spent = [0.0]
    text = [0]
    started = time.perf_counter()

    def turns() -> Iterator[SpokenTurn]:
        rng = random.Random(3)
        share = 1.0 if keep_all else min(1.0, _KEPT_WORDS / (millions * 1e6))
        for episode in _timed_apart(_episodes(millions, heard, site), spent):
            if episode[0].episode_id in heard or rng.random() < share:
                kept.extend(episode)
            text[0] += sum(len(turn.text.encode()) for turn in episode)
            yield from episode

    paths = build_segments(folder, turns())
    build_s = time.perf_counter() - started - spent[0]
    segments = [open_segment(path) for path in paths]
    vocabulary: dict[str, int] = {}
    for segment in segments:
        for word, count in zip(segment.vocabulary()[1:], segment.counts[1:].tolist(), strict=True):
            vocabulary[word] = vocabulary.get(word, 0) + count
    absent = [
        turn for number, (_, spoken) in enumerate(changelog(absent=True)) for turn in timed(number, spoken)
    ]
    return Archive(
        paths,
        sum(segment.word_count for segment in segments),
        build_s,
        sum(segment.size for segment in segments),
        text[0],
        kept,
        heard,
        site,
        vocabulary,
        absent,
        [SegmentView(1, segment) for segment in segments],
    )


def _timed_apart(episodes: Iterator[list[SpokenTurn]], spent: list[float]) -> Iterator[list[SpokenTurn]]:
    """The episodes; the time it takes to generate them is added to `spent`, as it is no part of indexing."""
    while True:
        began = time.perf_counter()
        episode = next(episodes, None)
        spent[0] += time.perf_counter() - began
        if episode is None:
            return
        yield episode


def _episodes(
    millions: float, heard: dict[int, Sequence[CaptionLine]], site: dict[int, Sequence[CaptionLine]]
) -> Iterator[list[SpokenTurn]]:
    left = millions * 1e6
    numbers = talk_python()
    episode_id = 0
    # In a small archive only a few episodes have a second transcript.
    for number in numbers[: max(8, round(len(numbers) * min(1, millions / 2)))]:
        episode_id += 1
        site[episode_id], heard[episode_id] = site_and_captions(number)
        turns = cue_turns(episode_id, site[episode_id])
        left -= sum(len(turn.text.split()) for turn in turns)
        yield turns
    spoken_episodes = changelog()
    for _, spoken in spoken_episodes:
        if left <= 0:
            return
        episode_id += 1
        left -= sum(len(text.split()) for _, text in spoken)
        yield timed(episode_id, spoken)
    generated = GeneratedSpeech(text for _, spoken in spoken_episodes for _, text in spoken)
    while left > 0:
        episode_id += 1
        left -= 10_000
        yield generated.episode(episode_id)


def queries(archive: Archive, half: str, count: int) -> list[tuple[str, QueryCase]]:
    """`count` queries of each class, with the class's name."""
    odd = HALVES[half]
    generator = Generator(
        half, [turn for turn in archive.kept if turn.episode_id % 2 == odd], archive.vocabulary
    )
    drawn = [(name, generator.draw(name)) for name in Generator.CLASSES for _ in range(count)]
    mine = [episode_id for episode_id in archive.heard if episode_id % 2 == odd]
    by_episode: dict[int, list[SpokenTurn]] = {episode_id: [] for episode_id in mine}
    for turn in archive.kept:
        if turn.episode_id in by_episode:
            by_episode[turn.episode_id].append(turn)
    for episode_id in mine:
        each = -(-count // len(mine))
        said = really_misheard(half, episode_id, by_episode[episode_id], archive.heard[episode_id], each)
        drawn += [("real mishearing", one) for one in said]
    never = Generator(
        f"{half} never", [turn for turn in archive.absent if turn.episode_id % 2 == odd], archive.vocabulary
    )
    return drawn + [("never said", never.exact()) for _ in range(count)]


def off_by_ms(archive: Archive, half: str, count: int) -> list[float]:
    """How far hits are from their words, where a transcript has finer times than its turns. In ms."""
    rng = random.Random(half)
    off: list[float] = []
    for episode_id in (episode_id for episode_id in archive.site if episode_id % 2 == HALVES[half]):
        timed = spoken_times(archive.site[episode_id])
        for _ in range(-(-count // len(archive.site)) * 2):
            at = rng.randrange(len(timed) - 10)
            quote = " ".join(word for word, _ in timed[at : at + 9])
            [first, *_] = search(archive.views, parse_query(quote), limit=1)
            if first.episode_id == episode_id and first.start_ms is not None:
                off.append(abs(first.start_ms - timed[at][1]))
    return off


class Judge:
    """Decides whether a hit is right: it begins within 5 s of the words, or has the same words elsewhere."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._turns: dict[int, tuple[Segment, int]] = {}
        for segment in segments:
            firsts = segment.turns["turn_episode"].searchsorted(range(len(segment.episodes)))
            for episode_id, first in zip(segment.episodes.tolist(), firsts.tolist(), strict=True):
                self._turns[episode_id] = segment, first

    def is_right(self, hit: IndexHit, said: QueryCase) -> bool:
        if said.anywhere:
            turns = range(hit.first_position, hit.last_position + 1)
            return any(set(said.words) <= set(self._words(hit.episode_id, turn)) for turn in turns)
        near = hit.start_ms is not None and abs(hit.start_ms - said.at_ms) <= _NEAR_MS
        return (near and hit.episode_id == said.episode_id) or self.says(hit, said)

    def says(self, hit: IndexHit, said: QueryCase) -> bool:
        """Whether the words that were said, or those of the query, are where the hit is."""
        around: list[str] = []
        start = end = 0
        for position in range(hit.first_position, hit.last_position + 2):
            if position == hit.first_position:
                start = len(around) + hit.first_word
            if position == hit.last_position:
                end = len(around) + hit.end_word
            around += self._words(hit.episode_id, position)
        window = tuple(around[max(0, start - 4) : end + 4])
        wanted = (said.words, tuple(normal_words(said.query)))
        return any(
            window[at : at + len(words)] == words
            for words in wanted
            for at in range(len(window) - len(words) + 1)
        )

    def _words(self, episode_id: int, position: int) -> list[str]:
        segment, first = self._turns[episode_id]
        turn = first + position
        if (
            turn >= len(segment.turn_word)
            or segment.episodes[segment.turns["turn_episode"][turn]] != episode_id
        ):
            return []
        places = segment.stream[int(segment.turn_word[turn]) : segment.turn_end(turn)]
        return [segment.word(number) for number in places.tolist()]
