"""What one search sees: several segments as if they were one, without what a filter or a later change hides."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from bot.search.index.dtypes import I64, U32, Bools
from bot.search.index.segment import Segment
from bot.text.tokenizer import normal_words

# Places before the first segment and between two, so that words of different segments are never near each other.
_SEGMENT_GAP = 1_024
_FEW_RANGES = 8
# From this many bytes on a search makes sure that the mapped files don't all end up as memory of the process.
_LARGE = 800_000_000


@dataclass(frozen=True, slots=True)
class SegmentView:
    """A segment to be searched, without its outdated episodes (`without`).

    `dates` are seconds since 1970 by episode, by which equal hits are ordered.
    """

    podcast_id: int
    segment: Segment
    without: frozenset[int] = frozenset()
    dates: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which turns a search sees; None means no limit.

    `speaker` matches every name that has all its words. Episodes are seen from `since` to before `until`, in seconds
    since 1970.
    """

    episode_ids: Collection[int] | None = None
    speaker: str | None = None
    since: float | None = None
    until: float | None = None

    def allows(self, episode_id: int, date: float) -> bool:
        """Whether an episode with this date is seen."""
        return (
            (self.episode_ids is None or episode_id in self.episode_ids)
            and (self.since is None or date >= self.since)
            and (self.until is None or date < self.until)
        )


NO_FILTER = Filter()


@dataclass(frozen=True, slots=True)
class _Ranges:
    """Ranges [start, end) of places in a segment, in order and apart from each other."""

    starts: I64
    ends: I64

    @property
    def few(self) -> bool:
        """Whether it costs next to nothing to cut sorted places down to these ranges."""
        return len(self.starts) <= _FEW_RANGES

    @property
    def size(self) -> int:
        return int((self.ends - self.starts).sum())

    def select(self, places: U32) -> U32:
        """Those of the sorted places that are in a range."""
        if self.few:
            bounds = np.searchsorted(
                places, np.concatenate((self.starts, self.ends)).astype(np.uint32)
            ).tolist()
            pairs = zip(bounds[: len(self.starts)], bounds[len(self.starts) :], strict=True)
            return np.concatenate([places[:0], *(places[start:end] for start, end in pairs)])
        return places[self.contain(places)]

    def contain(self, places: npt.NDArray[np.integer]) -> Bools:
        at = np.searchsorted(self.starts, places, "right") - 1
        return (at >= 0) & (places < self.ends[at])


class IndexView:
    """Several segments under one numbering of places: a segment's own places begin at its base.

    An ordinal is a segment's index in `segments`. `visible` are each segment's visible ranges; None if all of it is.
    """

    def __init__(self, views: Sequence[SegmentView], filter_: Filter) -> None:
        pairs = [(view, _visible(view, filter_)) for view in views if len(view.segment.episodes)]
        pairs = [(view, ranges) for view, ranges in pairs if ranges is None or len(ranges.starts)]
        self.views = [view for view, _ in pairs]
        self.visible = [ranges for _, ranges in pairs]
        self.segments = [view.segment for view in self.views]
        if sum(segment.size for segment in self.segments) > _LARGE:
            for segment in self.segments:
                segment.note_search()
        self.is_filtered = any(ranges is not None for ranges in self.visible)
        sizes = [len(segment.stream) + _SEGMENT_GAP for segment in self.segments]
        self._bases = list(accumulate(sizes[:-1], initial=_SEGMENT_GAP)) if sizes else []
        self.bases: I64 = np.array(self._bases, np.int64)
        self.word_count = sum(segment.word_count for segment in self.segments)
        visible_words = [
            segment.word_count if ranges is None else ranges.size
            for segment, ranges in zip(self.segments, self.visible, strict=True)
        ]
        self.visible_share = sum(visible_words) / max(1, self.word_count)

    def ordinals_of(self, places: I64) -> I64:
        return np.searchsorted(self.bases, places, "right") - 1

    def ordinal_at(self, place: int) -> int:
        return bisect_right(self._bases, place) - 1

    def date_at(self, place: int) -> float:
        """The date of the episode that holds this place."""
        ordinal = self.ordinal_at(place)
        segment = self.segments[ordinal]
        episode = segment.episode_at(max(0, place - int(self.bases[ordinal])))
        return self.views[ordinal].dates.get(int(segment.episodes[episode]), 0.0)

    def turn_bounds(self, places: I64) -> tuple[I64, I64]:
        """Where the turn of each place begins, and where the next turn does."""
        if len(self.segments) == 1:
            return self._turn_bounds(0, places)
        starts, ends = places.copy(), places + 1
        ordinals = self.ordinals_of(places)
        for ordinal in np.unique(ordinals).tolist():
            mine = ordinals == ordinal
            starts[mine], ends[mine] = self._turn_bounds(ordinal, places[mine])
        return starts, ends

    def _turn_bounds(self, ordinal: int, places: I64) -> tuple[I64, I64]:
        segment, base = self.segments[ordinal], self._bases[ordinal]
        turn_word = segment.turn_word
        at = np.searchsorted(turn_word, (places - base).astype(np.uint32), "right")
        last = len(turn_word) - 1
        next_turn = np.where(at <= last, turn_word[np.minimum(at, last)], len(segment.stream))
        return turn_word[at - 1].astype(np.int64) + base, next_turn.astype(np.int64) + base

    def windows(self, starts: I64, width: int) -> tuple[I64, U32]:
        """The ordinal of each window's middle, and the word ids: windows × places, 0 where nothing is visible."""
        if len(self.segments) == 1:
            return np.zeros(len(starts), np.int64), self._windows(0, starts, width)
        ordinals = np.maximum(self.ordinals_of(starts + width // 2), 0)
        word_ids = np.zeros((len(starts), width), np.uint32)
        for ordinal in np.unique(ordinals).tolist():
            mine = ordinals == ordinal
            word_ids[mine] = self._windows(ordinal, starts[mine], width)
        return ordinals, word_ids

    def _windows(self, ordinal: int, starts: I64, width: int) -> U32:
        stream = self.segments[ordinal].stream
        places = (starts - self._bases[ordinal])[:, None] + np.arange(width)
        if places[:, 0].min() < 0 or places[:, -1].max() >= len(stream):
            inside = np.clip(places, 0, len(stream) - 1)
            word_ids: U32 = stream[inside]
            word_ids[inside != places] = 0
        else:
            word_ids = stream[places]
        ranges = self.visible[ordinal]
        if ranges is not None:
            word_ids[~ranges.contain(places)] = 0
        return word_ids


def _visible(view: SegmentView, filter_: Filter) -> _Ranges | None:
    """The ranges of a segment that are visible; None if all of it is."""
    segment = view.segment
    if filter_ == NO_FILTER and not view.without:
        return None
    episodes = np.fromiter(
        (
            episode_id not in view.without and filter_.allows(episode_id, view.dates.get(episode_id, 0.0))
            for episode_id in segment.episodes.tolist()
        ),
        np.bool_,
        len(segment.episodes),
    )
    if filter_.speaker is None:
        if episodes.all():
            return None
        return _joined(segment.episode_word[episodes], segment.episode_end[episodes])
    wanted = set(normal_words(filter_.speaker))
    speakers = np.fromiter(
        (bool(wanted) and wanted <= name for name in segment.speaker_names),
        np.bool_,
        len(segment.speakers),
    )
    turns = speakers[segment.turns["turn_speaker"]] & episodes[segment.turns["turn_episode"]]
    ends = np.append(segment.turn_word[1:], np.uint32(len(segment.stream)))
    ends = np.minimum(ends, segment.episode_end[segment.turns["turn_episode"]])
    return _joined(segment.turn_word[turns], ends[turns])


def _joined(starts: U32, ends: U32) -> _Ranges:
    """Sorted ranges without empty ones, those that touch joined."""
    filled = starts < ends
    starts, ends = starts[filled].astype(np.int64), ends[filled].astype(np.int64)
    opens = np.append(True, starts[1:] != ends[:-1])[: len(starts)]
    closes = np.append(opens[1:], True)[: len(starts)]
    return _Ranges(starts[opens], ends[closes])
