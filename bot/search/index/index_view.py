"""What one search looks at: the words of several segments as if they stood behind each other, less what is masked."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from bot.search.index.hashing import I64, U32
from bot.search.index.segment import Segment
from bot.text.tokenizer import normal_words

# Places before the first and between two segments: nothing there is anybody's neighbour.
_APART = 1_024
_FEW_SPANS = 8
# From so many bytes on a search sees to it that not all of them come to count as memory of the process.
_LARGE = 800_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """A segment that is searched; episodes in `without` are stale in it or not to be seen.

    `dates`: by episode, where it stands in lists, in seconds since 1970.
    """

    podcast_id: int
    segment: Segment
    without: frozenset[int] = frozenset()
    dates: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which turns may be seen; None means no limit. `speaker` is met by every name that has all its words.

    Of episodes those from `since` to before `until`, in seconds since 1970.
    """

    episode_ids: Collection[int] | None = None
    speaker: str | None = None
    since: float | None = None
    until: float | None = None

    def has(self, episode_id: int, date: float) -> bool:
        """Whether an episode of this date may be seen."""
        return (
            (self.episode_ids is None or episode_id in self.episode_ids)
            and (self.since is None or date >= self.since)
            and (self.until is None or date < self.until)
        )


NO_FILTER = Filter()


@dataclass(frozen=True, slots=True)
class _Spans:
    """What of a segment is seen: the places [starts, ends)."""

    starts: I64
    ends: I64

    @property
    def few(self) -> bool:
        """Whether it costs next to nothing to find what is seen among many places."""
        return len(self.starts) <= _FEW_SPANS

    @property
    def size(self) -> int:
        return int((self.ends - self.starts).sum())

    def among(self, places: U32) -> U32:
        """Those of the places, in order, that are seen."""
        if self.few:
            bounds = np.searchsorted(
                places, np.concatenate((self.starts, self.ends)).astype(np.uint32)
            ).tolist()
            pairs = zip(bounds[: len(self.starts)], bounds[len(self.starts) :], strict=True)
            return np.concatenate([places[:0], *(places[start:end] for start, end in pairs)])
        return places[self.has(places)]

    def has(self, places: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
        if not len(self.starts):
            return np.zeros(places.shape, np.bool_)
        at = np.searchsorted(self.starts, places, "right") - 1
        return (at >= 0) & (places < self.ends[at])


class Field:
    """Places count through all parts: a segment's own begin at its base."""

    def __init__(self, parts: Sequence[Part], filter_: Filter) -> None:
        seen = [(part, _seen(part, filter_)) for part in parts if len(part.segment.episodes)]
        seen = [(part, spans) for part, spans in seen if spans is None or len(spans.starts)]
        self.parts = [part for part, _ in seen]
        self.spans = [spans for _, spans in seen]
        self.segments = [part.segment for part in self.parts]
        if sum(segment.size for segment in self.segments) > _LARGE:
            for segment in self.segments:
                segment.searched()
        self.masked = any(spans is not None for spans in self.spans)
        sizes = [len(segment.stream) + _APART for segment in self.segments]
        self._bases = list(accumulate(sizes[:-1], initial=_APART)) if sizes else []
        self.bases: I64 = np.array(self._bases, np.int64)
        self.words = sum(segment.word_count for segment in self.segments)
        visible = [
            segment.word_count if spans is None else spans.size
            for segment, spans in zip(self.segments, self.spans, strict=True)
        ]
        # The share of what is seen: where few are, more must be read to find as much.
        self.share = sum(visible) / max(1, self.words)

    def part_of(self, places: I64) -> I64:
        return np.searchsorted(self.bases, places, "right") - 1

    def part_at(self, place: int) -> int:
        return bisect_right(self._bases, place) - 1

    def sorted_at(self, place: int) -> float:
        """The date of the episode there."""
        part = self.part_at(place)
        segment = self.segments[part]
        episode = segment.episode_at(max(0, place - int(self.bases[part])))
        return self.parts[part].dates.get(int(segment.episodes[episode]), 0.0)

    def turn_bounds(self, places: I64) -> tuple[I64, I64]:
        """For each place where its turn begins, and where the next one does."""
        if len(self.parts) == 1:
            return self._turn_bounds(0, places)
        starts, ends = places.copy(), places + 1
        of_part = self.part_of(places)
        for part in np.unique(of_part).tolist():
            mine = of_part == part
            starts[mine], ends[mine] = self._turn_bounds(part, places[mine])
        return starts, ends

    def _turn_bounds(self, part: int, places: I64) -> tuple[I64, I64]:
        turn_word, base = self.segments[part].turn_word, self._bases[part]
        at = np.searchsorted(turn_word, (places - base).astype(np.uint32), "right")
        last = len(turn_word) - 1
        behind = np.where(at <= last, turn_word[np.minimum(at, last)], len(self.segments[part].stream))
        return turn_word[at - 1].astype(np.int64) + base, behind.astype(np.int64) + base

    def windows(self, starts: I64, width: int) -> tuple[I64, U32]:
        """The part of each window (its middle), and the words' numbers in it; 0 where nothing is seen."""
        if len(self.parts) == 1:
            return np.zeros(len(starts), np.int64), self._windows(0, starts, width)
        of_part = np.maximum(self.part_of(starts + width // 2), 0)
        numbers = np.zeros((len(starts), width), np.uint32)
        for part in np.unique(of_part).tolist():
            mine = of_part == part
            numbers[mine] = self._windows(part, starts[mine], width)
        return of_part, numbers

    def _windows(self, part: int, starts: I64, width: int) -> U32:
        stream = self.segments[part].stream
        places = (starts - self._bases[part])[:, None] + np.arange(width)
        if places[:, 0].min() < 0 or places[:, -1].max() >= len(stream):
            inside = np.clip(places, 0, len(stream) - 1)
            found: U32 = stream[inside]
            found[inside != places] = 0
        else:
            found = stream[places]
        spans = self.spans[part]
        if spans is not None:
            found[~spans.has(places)] = 0
        return found


def _seen(part: Part, filter_: Filter) -> _Spans | None:
    """What of a part may be seen; None for all of it."""
    segment = part.segment
    if filter_ == NO_FILTER and not part.without:
        return None
    episodes = np.fromiter(
        (
            episode_id not in part.without and filter_.has(episode_id, part.dates.get(episode_id, 0.0))
            for episode_id in segment.episodes.tolist()
        ),
        np.bool_,
        len(segment.episodes),
    )
    if filter_.speaker is None:
        if episodes.all():
            return None
        return _joined(segment.episode_word[episodes], segment.episode_end[episodes])
    asked = set(normal_words(filter_.speaker))
    names = np.fromiter(
        (bool(asked) and asked <= name for name in segment.speaker_names),
        np.bool_,
        len(segment.speakers),
    )
    turns = names[segment.turns["turn_speaker"]] & episodes[segment.turns["turn_episode"]]
    ends = np.append(segment.turn_word[1:], np.uint32(len(segment.stream)))
    ends = np.minimum(ends, segment.episode_end[segment.turns["turn_episode"]])
    return _joined(segment.turn_word[turns], ends[turns])


def _joined(starts: U32, ends: U32) -> _Spans:
    """Spans in order, those that touch as one, empty ones left out."""
    filled = starts < ends
    starts, ends = starts[filled].astype(np.int64), ends[filled].astype(np.int64)
    opens = np.append(True, starts[1:] != ends[:-1])[: len(starts)]
    closes = np.append(opens[1:], True)[: len(starts)]
    return _Spans(starts[opens], ends[closes])
