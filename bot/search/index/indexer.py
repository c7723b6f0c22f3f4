"""Building segments from turns, and merging them: a merged segment is the one that its turns would have given."""

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from bot.search.index.hashing import U32, U64, word_hashes
from bot.search.index.segment import GAP, MARKS, NO_TIME, TURN_TABLES, Segment
from bot.search.index.segment_file import Table
from bot.search.index.segment_writer import Content, write_segment
from bot.text.tokenizer import normal, raw_words
from storage.models import SpokenTurn

# Memory for building is about 100 bytes a word; a podcast that is larger has several segments.
MOST_WORDS = 8_000_000
_MOST_MS = 2**31 - 1


def build_segments(folder: Path, turns: Iterable[SpokenTurn], *, most_words: int = MOST_WORDS) -> list[Path]:
    """Write segments of these turns; more than one where they are many. OSError from the disk.

    They come episode by episode and by position. Of equal moments a search tells those of later episodes first, so
    the oldest should come first.
    """
    paths: list[Path] = []
    collected = _Collected()
    for episode_id, spoken in groupby(turns, attrgetter("episode_id")):
        collected.add(episode_id, spoken)
        if len(collected.stream) >= most_words:
            paths.append(write_segment(folder, collected.content()))
            collected = _Collected()
    if collected.episodes:
        paths.append(write_segment(folder, collected.content()))
    return paths


class _Numbers(dict[str, int]):
    """Numbers for words as they are written, in the order of their first appearance."""

    def __missing__(self, raw: str) -> int:
        number = self[raw] = len(self)
        return number


@dataclass(slots=True)
class _Collected:
    """Turns as they come in, their words as they are written. The first of those is none: it fills gaps."""

    raw: _Numbers = field(default_factory=lambda: _Numbers({"": 0}))
    stream: "array[int]" = field(default_factory=lambda: array("I"))
    turn_word: "array[int]" = field(default_factory=lambda: array("I"))
    turn_episode: "array[int]" = field(default_factory=lambda: array("I"))
    turn_position: "array[int]" = field(default_factory=lambda: array("I"))
    turn_start_ms: "array[int]" = field(default_factory=lambda: array("i"))
    turn_end_ms: "array[int]" = field(default_factory=lambda: array("i"))
    turn_speaker: "array[int]" = field(default_factory=lambda: array("I"))
    turn_mark: "array[int]" = field(default_factory=lambda: array("B"))
    speakers: _Numbers = field(default_factory=lambda: _Numbers({"": 0}))
    episodes: "array[int]" = field(default_factory=lambda: array("q"))
    episode_word: "array[int]" = field(default_factory=lambda: array("I"))
    episode_end: "array[int]" = field(default_factory=lambda: array("I"))

    def add(self, episode_id: int, turns: Iterable[SpokenTurn]) -> None:
        number = self.raw.__getitem__
        self.episode_word.append(len(self.stream))
        for turn in turns:
            self.turn_word.append(len(self.stream))
            self.stream.extend(map(number, raw_words(turn.text)))
            self.turn_episode.append(len(self.episodes))
            self.turn_position.append(turn.position)
            self.turn_start_ms.append(_ms(turn.start_ms))
            self.turn_end_ms.append(_ms(turn.end_ms))
            self.turn_speaker.append(self.speakers[turn.speaker or ""])
            self.turn_mark.append(MARKS.index(turn.mark))
        self.episodes.append(episode_id)
        self.episode_end.append(len(self.stream))
        self.stream.extend([0] * GAP)

    def content(self) -> Content:
        """Words as they are compared: those that are several are told apart."""
        known = _Numbers({"": 0})
        parts = [[known[word] for word in normal(raw)] if raw else [0] for raw in self.raw]
        sizes = np.fromiter(map(len, parts), np.int64, len(parts))
        flat = np.fromiter((number for part in parts for number in part), np.uint32, int(sizes.sum()))
        raw = np.asarray(self.stream)
        ends = np.cumsum(sizes[raw])
        # Where each written word's first part will stand; one more for the end.
        starts = np.concatenate((np.zeros(1, np.int64), ends)).astype(np.uint32)
        from_flat = (np.cumsum(sizes) - sizes)[raw] - starts[:-1]
        stream = flat[np.repeat(from_flat, sizes[raw]) + np.arange(int(starts[-1]))]
        words = list(known)
        turns = {name: np.asarray(getattr(self, name)) for name in TURN_TABLES}
        turns["turn_word"] = starts[turns["turn_word"]]
        return Content(
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
    folder: Path, parts: Sequence[tuple[Segment, Collection[int]]], *, order: Callable[[int], Any] = int
) -> Path:
    """Write one segment of what stands in several, without the episodes named beside each; OSError from the disk.

    It is the one that its turns would have given, episodes ordered by what `order` says of their ids. An episode may
    remain in one of the parts alone.
    """
    words, hashes, renumbered = _one_vocabulary([segment for segment, _ in parts])
    speakers = ["", *sorted({name for segment, _ in parts for name in segment.speakers[1:]})]
    of_speaker = {name: number for number, name in enumerate(speakers)}
    kept = sorted(
        (
            (episode_id, part, place)
            for part, (segment, without) in enumerate(parts)
            for place, episode_id in enumerate(segment.episodes.tolist())
            if episode_id not in without
        ),
        key=lambda episode: (order(episode[0]), episode),
    )
    stream, turns = [], []
    episode_word, episode_end = [], []
    length = 0
    for episode, (_, part, place) in enumerate(kept):
        segment = parts[part][0]
        start, end = int(segment.episode_word[place]), int(segment.episode_end[place])
        stream.append(renumbered[part][segment.stream[start : end + GAP]])
        new_speakers = np.fromiter((of_speaker[name] for name in segment.speakers), np.uint32)
        turns.append(_moved(segment, place, episode, length - start, new_speakers))
        episode_word.append(length)
        episode_end.append(length + end - start)
        length += end - start + GAP
    content = Content(
        words,
        hashes,
        np.concatenate([np.zeros(0, np.uint32), *stream]),
        speakers,
        {
            name: np.concatenate([table[:0], *(moved[name] for moved in turns)])
            for name, table in parts[0][0].turns.items()
        },
        np.array([episode_id for episode_id, _, _ in kept], np.int64),
        np.array(episode_word, np.uint32),
        np.array(episode_end, np.uint32),
    )
    return write_segment(folder, content)


def _one_vocabulary(segments: Sequence[Segment]) -> tuple[list[str], U64, list[U32]]:
    """All words of these segments once, their hashes, and for each segment the new numbers of its words."""
    known = _Numbers({"": 0})
    renumbered = [
        np.fromiter((known[word] for word in segment.words()), np.uint32, len(segment.counts))
        for segment in segments
    ]
    words = list(known)
    return words, word_hashes(words), renumbered


def _moved(segment: Segment, place: int, episode: int, by: int, speakers: U32) -> dict[str, Table]:
    """The turns of one episode as they stand in another segment."""
    first, last = np.searchsorted(segment.turns["turn_episode"], np.array([place, place + 1], np.uint32))
    moved = {name: table[first:last] for name, table in segment.turns.items()}
    moved["turn_word"] = (moved["turn_word"].astype(np.int64) + by).astype(np.uint32)
    moved["turn_episode"] = np.full(last - first, episode, np.uint32)
    moved["turn_speaker"] = speakers[moved["turn_speaker"]]
    return moved


def _ms(moment: int | None) -> int:
    return NO_TIME if moment is None else max(0, min(_MOST_MS, moment))
