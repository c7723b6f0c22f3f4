"""Building segments from turns, and merging segments.

A merged segment is byte for byte what building from the same turns would give.
"""

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from bot.search.index.dtypes import U32, U64
from bot.search.index.hashing import word_hashes
from bot.search.index.segment import GAP, MARKS, NO_TIME, TURN_TABLES, Segment
from bot.search.index.segment_file import Table
from bot.search.index.segment_writer import SegmentContent, write_segment
from bot.text.tokenizer import normal, raw_words
from storage.models import SpokenTurn

# Merging takes about 25 bytes of memory a word, so a larger podcast gets several segments.
MAX_WORDS = 4_000_000
_MAX_MS = 2**31 - 1


def build_segments(folder: Path, turns: Iterable[SpokenTurn], *, max_words: int = MAX_WORDS) -> list[Path]:
    """Write segments of these turns, more than one if they have many words. Raises OSError.

    The turns of an episode come together, by position. The oldest episode should come first, since a search prefers
    later ones among equal hits.
    """
    paths: list[Path] = []
    collector = TurnCollector()
    for episode_id, spoken in groupby(turns, attrgetter("episode_id")):
        collector.add(episode_id, spoken)
        if collector.words >= max_words:
            paths.append(collector.write(folder))
            collector = TurnCollector()
    if collector.episodes:
        paths.append(collector.write(folder))
    return paths


class _Numbering(dict[str, int]):
    """Numbers texts in the order of their first look-up."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


@dataclass(slots=True)
class TurnCollector:
    """Collects turns with their words as written; these are normalised once each, at the end.

    Turns come in order and may come a few at a time: those of an episode one after the other. Word 0 is no word and
    fills the gaps.
    """

    raw: _Numbering = field(default_factory=lambda: _Numbering({"": 0}))
    stream: "array[int]" = field(default_factory=lambda: array("I"))
    turn_word: "array[int]" = field(default_factory=lambda: array("I"))
    turn_episode: "array[int]" = field(default_factory=lambda: array("I"))
    turn_position: "array[int]" = field(default_factory=lambda: array("I"))
    turn_start_ms: "array[int]" = field(default_factory=lambda: array("i"))
    turn_end_ms: "array[int]" = field(default_factory=lambda: array("i"))
    turn_speaker: "array[int]" = field(default_factory=lambda: array("I"))
    turn_mark: "array[int]" = field(default_factory=lambda: array("B"))
    speakers: _Numbering = field(default_factory=lambda: _Numbering({"": 0}))
    episodes: "array[int]" = field(default_factory=lambda: array("q"))
    episode_word: "array[int]" = field(default_factory=lambda: array("I"))
    episode_end: "array[int]" = field(default_factory=lambda: array("I"))

    @property
    def words(self) -> int:
        """How many words it holds so far, with the gaps between episodes."""
        return len(self.stream)

    def add(self, episode_id: int, turns: Iterable[SpokenTurn]) -> None:
        """Add turns of this episode, which begins here unless it was the last one."""
        number = self.raw.__getitem__
        if not self.episodes or self.episodes[-1] != episode_id:
            self._end_episode()
            self.episodes.append(episode_id)
            self.episode_word.append(len(self.stream))
        for turn in turns:
            self.turn_word.append(len(self.stream))
            self.stream.extend(map(number, raw_words(turn.text)))
            self.turn_episode.append(len(self.episodes) - 1)
            self.turn_position.append(turn.position)
            self.turn_start_ms.append(_ms(turn.start_ms))
            self.turn_end_ms.append(_ms(turn.end_ms))
            self.turn_speaker.append(self.speakers[turn.speaker or ""])
            self.turn_mark.append(MARKS.index(turn.mark))

    def write(self, folder: Path) -> Path:
        """Write a segment of what was collected and return its path. Raises OSError."""
        return write_segment(folder, self._content())

    def _end_episode(self) -> None:
        if len(self.episode_end) < len(self.episodes):
            self.episode_end.append(len(self.stream))
            self.stream.extend([0] * GAP)

    def _content(self) -> SegmentContent:
        """The turns with normalised words, of which a written word may give several."""
        self._end_episode()
        numbers = _Numbering({"": 0})
        normalised = [[numbers[word] for word in normal(raw)] if raw else [0] for raw in self.raw]
        sizes = np.fromiter(map(len, normalised), np.int64, len(normalised))
        flat = np.fromiter((number for words in normalised for number in words), np.uint32, int(sizes.sum()))
        raw = np.asarray(self.stream)
        ends = np.cumsum(sizes[raw])
        # The place of each written word's first normalised word, and the end.
        starts = np.concatenate((np.zeros(1, np.int64), ends)).astype(np.uint32)
        from_flat = (np.cumsum(sizes) - sizes)[raw] - starts[:-1]
        stream = flat[np.repeat(from_flat, sizes[raw]) + np.arange(int(starts[-1]))]
        words = list(numbers)
        turns = {name: np.asarray(getattr(self, name)) for name in TURN_TABLES}
        turns["turn_word"] = starts[turns["turn_word"]]
        return SegmentContent(
            words,
            word_hashes(words),
            stream,
            list(self.speakers),
            turns,
            np.asarray(self.episodes),
            starts[np.asarray(self.episode_word)],
            starts[np.asarray(self.episode_end)],
        )


def merge_segments(
    folder: Path, sources: Sequence[tuple[Segment, Collection[int]]], *, order: Callable[[int], Any] = int
) -> Path:
    """Merge segments, each without the episodes named beside it, into one. Raises OSError.

    Episodes are sorted by what `order` returns for their ids. No episode may remain in two of the segments.
    """
    return write_segment(folder, _merged_content(sources, order))


def _merged_content(
    sources: Sequence[tuple[Segment, Collection[int]]], order: Callable[[int], Any]
) -> SegmentContent:
    words, hashes, renumbered = _merged_vocabulary([segment for segment, _ in sources])
    speakers = ["", *sorted({name for segment, _ in sources for name in segment.speakers[1:]})]
    of_speaker = {name: number for number, name in enumerate(speakers)}
    kept = sorted(
        (
            (episode_id, source, at)
            for source, (segment, without) in enumerate(sources)
            for at, episode_id in enumerate(segment.episodes.tolist())
            if episode_id not in without
        ),
        key=lambda episode: (order(episode[0]), episode),
    )
    stream = np.zeros(sum(_words_at(sources[source][0], at) for _, source, at in kept), np.uint32)
    turns = []
    episode_word, episode_end = [], []
    length = 0
    for episode, (_, source, at) in enumerate(kept):
        segment = sources[source][0]
        start, end = int(segment.episode_word[at]), int(segment.episode_end[at])
        stream[length : length + end - start + GAP] = renumbered[source][segment.stream[start : end + GAP]]
        new_speakers = np.fromiter((of_speaker[name] for name in segment.speakers), np.uint32)
        turns.append(_moved_turns(segment, at, episode, length - start, new_speakers))
        episode_word.append(length)
        episode_end.append(length + end - start)
        length += end - start + GAP
    return SegmentContent(
        words,
        hashes,
        stream,
        speakers,
        {
            name: np.concatenate([table[:0], *(moved[name] for moved in turns)])
            for name, table in sources[0][0].turns.items()
        },
        np.array([episode_id for episode_id, _, _ in kept], np.int64),
        np.array(episode_word, np.uint32),
        np.array(episode_end, np.uint32),
    )


def _words_at(segment: Segment, at: int) -> int:
    """The words of an episode, and the gap after it."""
    return int(segment.episode_end[at]) - int(segment.episode_word[at]) + GAP


def _merged_vocabulary(segments: Sequence[Segment]) -> tuple[list[str], U64, list[U32]]:
    """All words of these segments, their hashes, and for each segment the new numbers of its words."""
    numbers = _Numbering({"": 0})
    renumbered = [
        np.fromiter((numbers[word] for word in segment.vocabulary()), np.uint32, len(segment.counts))
        for segment in segments
    ]
    words = list(numbers)
    return words, word_hashes(words), renumbered


def _moved_turns(segment: Segment, at: int, episode: int, by: int, speakers: U32) -> dict[str, Table]:
    """The turns of the episode `at`, moved `by` places, as another segment's `episode` with `speakers` renumbered."""
    first, last = np.searchsorted(segment.turns["turn_episode"], np.array([at, at + 1], np.uint32))
    moved = {name: table[first:last] for name, table in segment.turns.items()}
    moved["turn_word"] = (moved["turn_word"].astype(np.int64) + by).astype(np.uint32)
    moved["turn_episode"] = np.full(last - first, episode, np.uint32)
    moved["turn_speaker"] = speakers[moved["turn_speaker"]]
    return moved


def _ms(time_ms: int | None) -> int:
    return NO_TIME if time_ms is None else max(0, min(_MAX_MS, time_ms))
