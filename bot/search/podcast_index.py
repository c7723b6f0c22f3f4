"""A podcast's segments: opening them, building those that are missing, merging many small ones."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.search.index.index_view import SegmentView
from bot.search.index.indexer import MAX_WORDS, build_segments, merge_segments
from bot.search.index.segment import Segment, open_segment
from bot.search.index.segment_file import SegmentDamagedError
from storage.models import FoundTurns, IndexState, SpokenTurn

# So many episodes go into one new segment, as their turns are held in memory.
EPISODES_AT_ONCE = 200
# Each segment costs a search some tens of microseconds, while merging writes its words again. With a factor of four
# there are few segments, and a word is written only a few times.
_SIZE_FACTOR = 4

log = logging.getLogger(__name__)


class TurnSource(Protocol):
    """Where turns come from, and the list of the segments in use."""

    async def revisions(self, podcast_ids: Collection[int] | None) -> Mapping[int, int]:
        """The revision of each of these podcasts (None: all), which grows with every change of turns or segments."""
        ...

    async def state(self, podcast_id: int) -> IndexState:
        """Which episodes are in which segments, and which are in none."""
        ...

    async def turns(self, episode_ids: Sequence[int]) -> Sequence[SpokenTurn]:
        """All turns of these episodes, in this order and by position."""
        ...

    async def save(
        self, podcast_id: int, revision: int, added: Mapping[str, Collection[int]], removed: Collection[str]
    ) -> bool:
        """Add segments (with their episodes) to the list and remove others.

        False, and nothing is done, if the podcast's revision is another one.
        """
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
    """A podcast's segments as of `revision`."""

    revision: int
    views: tuple[SegmentView, ...]


@dataclass(frozen=True, slots=True)
class OpenSegments:
    """Open segments by name, and the names of those that are missing or damaged."""

    by_name: Mapping[str, Segment]
    broken: tuple[str, ...]


def open_segments(folder: Path, names: Collection[str], loaded: PodcastIndex | None) -> OpenSegments:
    """Open these segments, or take them from `loaded` if they are open already."""
    known = {view.segment.name: view.segment for view in loaded.views} if loaded else {}
    segments: dict[str, Segment] = {}
    broken = []
    for name in names:
        try:
            segments[name] = known.get(name) or open_segment(folder / name)
        except FileNotFoundError:
            broken.append(name)
        except SegmentDamagedError as error:
            log.warning("a search segment is damaged and will be rebuilt: %s", error)
            broken.append(name)
    return OpenSegments(segments, tuple(broken))


def views_of(podcast_id: int, state: IndexState, segments: Mapping[str, Segment]) -> tuple[SegmentView, ...]:
    """The segments without outdated episodes; the one with the oldest episode comes first."""
    dates: dict[str, dict[int, float]] = {}
    for episode in state.indexed:
        if episode.segment:
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


def build(folder: Path, episode_ids: Sequence[int], turns: Sequence[SpokenTurn]) -> dict[str, list[int]]:
    """Write segments of these episodes and return their names with the episodes in each. Raises OSError.

    Episodes in which nothing is said are listed under "".
    """
    written = {path.name: open_segment(path).episodes.tolist() for path in build_segments(folder, turns)}
    silent = set(episode_ids).difference(*written.values())
    return {**written, "": sorted(silent)} if silent else written


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
    return chosen


def merge(folder: Path, views: Sequence[SegmentView], order: Mapping[int, int]) -> tuple[str, list[int]]:
    """Merge segments into one, its episodes sorted by `order`; returns its name and episodes. Raises OSError."""
    path = merge_segments(
        folder,
        [(view.segment, view.without) for view in views],
        order=lambda episode_id: order.get(episode_id, len(order)),
    )
    return path.name, open_segment(path).episodes.tolist()
