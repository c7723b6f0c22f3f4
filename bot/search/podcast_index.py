"""A podcast's segments: which there are, opening them, and merging many small ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.search.index.index_view import SegmentView
from bot.search.index.indexer import MAX_WORDS, merge_segments
from bot.search.index.segment import Segment, open_segment
from bot.search.index.segment_file import SegmentDamagedError, verify
from storage.models import FoundTurns, IndexState, SpokenTurn

# Each segment costs a search some tens of microseconds, while merging writes its words again. With a factor of four
# there are few segments, and a word is written only a few times.
_SIZE_FACTOR = 4


class TurnSource(Protocol):
    """Where turns come from, and the list of the segments in use."""

    async def revisions(self, podcast_ids: Collection[int] | None) -> Mapping[int, int]:
        """The revision of each of these podcasts (None: all), which grows with every change of turns or segments."""
        ...

    async def state(self, podcast_id: int) -> IndexState:
        """Which episodes are in which segments, and which are in none."""
        ...

    async def turns(self, episode_id: int, position: int) -> Sequence[SpokenTurn]:
        """Some turns of an episode, in order from this position on; none after the last."""
        ...

    async def add(self, podcast_id: int, added: Mapping[str, Mapping[int, int]]) -> int:
        """List segments with their episodes, and these with the keys of the turns that were indexed.

        Episodes whose turns have another key by now are left out; returns how many were listed.
        """
        ...

    async def replace(
        self, podcast_id: int, old: Collection[str], merged: str, episode_ids: Collection[int]
    ) -> int:
        """Let a merged segment hold these episodes, as far as they still are in the old ones; how many moved."""
        ...

    async def forget(self, podcast_id: int, names: Collection[str]) -> int:
        """Take segments off the list; how many episodes were in them."""
        ...

    async def names(self) -> Collection[str]:
        """All segments in use."""
        ...

    async def spoken(
        self, find: Callable[[], Sequence[tuple[int, int, int]]], podcast_ids: Collection[int] | None
    ) -> FoundTurns:
        """Run `find` beside the event loop, then read the turns in the ranges it returned, and `revisions` with them.

        A range is an episode with its first and last position. All is read as of one moment.
        """
        ...


@dataclass(frozen=True, slots=True)
class PodcastIndex:
    """A podcast's segments as of `revision`.

    `keys` are those of the turns that were indexed, by episode. `missing` are the episodes that no segment holds,
    with the keys of their turns, oldest first; `broken` are the segments that can't be used, with what is wrong, and
    `lost` their episodes.
    """

    revision: int
    views: tuple[SegmentView, ...] = ()
    keys: Mapping[int, int] = field(default_factory=dict)
    missing: Mapping[int, int] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    lost: frozenset[int] = frozenset()

    @property
    def complete(self) -> bool:
        """Whether everything that was said is in it."""
        return not self.missing and not self.broken

    @property
    def unread(self) -> frozenset[int]:
        """The episodes with turns that a search of it doesn't see."""
        return self.lost | self.missing.keys()


@dataclass(frozen=True, slots=True)
class OpenSegments:
    """Open segments by name, and the names of those that are missing or damaged, with what is wrong."""

    by_name: Mapping[str, Segment]
    broken: Mapping[str, str]


def open_segments(folder: Path, names: Collection[str], loaded: PodcastIndex | None) -> OpenSegments:
    """Open these segments, or take them from `loaded` if they are open already.

    One that was written into since then is read as a whole first, to see whether it is sound.
    """
    known = {view.segment.name: view.segment for view in loaded.views} if loaded else {}
    segments: dict[str, Segment] = {}
    broken: dict[str, str] = {}
    for name in names:
        segment = known.get(name)
        try:
            if segment is not None and not segment.readable:
                verify(segment.path)
                segment = None
            segments[name] = segment or open_segment(folder / name)
        except FileNotFoundError:
            broken[name] = f"{name}: it is missing"
        except (SegmentDamagedError, OSError) as error:
            broken[name] = str(error)
    return OpenSegments(segments, broken)


def open_index(folder: Path, podcast_id: int, state: IndexState, loaded: PodcastIndex | None) -> PodcastIndex:
    """The podcast's index in this state, out of files and what is open already."""
    opened = open_segments(folder, {episode.segment for episode in state.indexed if episode.segment}, loaded)
    return PodcastIndex(
        state.revision,
        views_of(podcast_id, state, opened.by_name),
        {one.id: one.turns_key for one in state.indexed if one.segment not in opened.broken},
        state.unindexed,
        opened.broken,
        frozenset(one.id for one in state.indexed if one.segment in opened.broken),
    )


def views_of(podcast_id: int, state: IndexState, segments: Mapping[str, Segment]) -> tuple[SegmentView, ...]:
    """The segments without outdated episodes; the one with the oldest episode comes first."""
    dates: dict[str, dict[int, float]] = {}
    for episode in state.indexed:
        if episode.segment in segments:
            dates.setdefault(episode.segment, {})[episode.id] = episode.sorted_at.timestamp()
    return tuple(
        SegmentView(
            podcast_id,
            segments[name],
            frozenset(segments[name].episodes.tolist()) - of_segment.keys(),
            of_segment,
        )
        for name, of_segment in dates.items()
    )


def to_merge(index: PodcastIndex) -> list[SegmentView]:
    """The small segments that should become one.

    Each larger one has more than four times the words of all smaller ones together: a log-structured merge policy, as
    Lucene has.
    """
    chosen: list[SegmentView] = []
    smaller: list[SegmentView] = []
    words = 0
    for view in sorted(index.views, key=lambda one: one.segment.word_count):
        size = view.segment.word_count
        if words + size > MAX_WORDS:
            break
        smaller.append(view)
        if words * _SIZE_FACTOR >= size:
            chosen = list(smaller)
        words += size
    return chosen if len(chosen) > 1 else []


def merge(folder: Path, views: Sequence[SegmentView], order: Mapping[int, int]) -> tuple[str, list[int]]:
    """Merge segments into one, its episodes sorted by `order`; returns its name and episodes. Raises OSError."""
    path = merge_segments(
        folder,
        [(view.segment, view.without) for view in views],
        order=lambda episode_id: order.get(episode_id, len(order)),
    )
    return path.name, open_segment(path).episodes.tolist()
