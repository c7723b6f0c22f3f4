"""The segments of one podcast: opened, built where episodes stand in none, merged where they have become many."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.search.index.index_view import Part
from bot.search.index.indexer import MOST_WORDS, build_segments, merge_segments
from bot.search.index.segment import Segment, open_segment
from bot.search.index.segment_file import SegmentDamagedError
from storage.models import IndexState, Spoken, SpokenTurn

# So many episodes go into one new segment: their turns are in memory meanwhile.
EPISODES_AT_ONCE = 200
# Each segment costs a search some tens of microseconds, and what is merged is written again: so they stay few, and
# a word is written some few times.
_LARGER = 4

log = logging.getLogger(__name__)


class TurnSource(Protocol):
    """Where the turns come from, and where it is kept which segments count."""

    async def revisions(self, podcast_ids: Collection[int] | None) -> Mapping[int, int]:
        """The revision of each of these podcasts (None: all): it moves with their turns and with their segments."""
        ...

    async def state(self, podcast_id: int) -> IndexState:
        """Which episodes stand in which segments, and which in none."""
        ...

    async def turns(self, episode_ids: Sequence[int]) -> Sequence[SpokenTurn]:
        """All turns of these episodes, in this order and by position."""
        ...

    async def save(
        self, podcast_id: int, revision: int, added: Mapping[str, Collection[int]], removed: Collection[str]
    ) -> bool:
        """Let segments count or not, unless the revision has moved; whether it was done."""
        ...

    async def names(self) -> Collection[str]:
        """Every segment that counts."""
        ...

    async def spoken(
        self, find: Callable[[], Sequence[tuple[int, int, int]]], podcast_ids: Collection[int] | None
    ) -> Spoken:
        """Run `find` beside the event loop; as one state `revisions`, and the turns in the ranges that it gave.

        A range is (episode, first, last position).
        """
        ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """The segments of a podcast as they stood at `revision`."""

    revision: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """Open segments by name, and the names of those that are missing or damaged."""

    segments: Mapping[str, Segment]
    broken: tuple[str, ...]


def open_all(folder: Path, names: Collection[str], standing: Shelf | None) -> Opened:
    """Open these segments, but for those that are open already."""
    known = {part.segment.path.name: part.segment for part in standing.parts} if standing else {}
    segments: dict[str, Segment] = {}
    broken = []
    for name in names:
        try:
            segments[name] = known.get(name) or open_segment(folder / name)
        except FileNotFoundError:
            broken.append(name)
        except SegmentDamagedError as error:
            log.warning("a segment of the search is damaged and will be built anew: %s", error)
            broken.append(name)
    return Opened(segments, tuple(broken))


def parts_of(podcast_id: int, state: IndexState, segments: Mapping[str, Segment]) -> tuple[Part, ...]:
    """The segments with what is stale in them; those with the oldest episodes first."""
    dates: dict[str, dict[int, float]] = {}
    for one in state.indexed:
        if one.segment:
            dates.setdefault(one.segment, {})[one.id] = one.sorted_at.timestamp()
    return tuple(
        Part(podcast_id, segments[name], frozenset(segments[name].episodes.tolist()) - of.keys(), of)
        for name, of in dates.items()
    )


def build(folder: Path, episode_ids: Sequence[int], turns: Sequence[SpokenTurn]) -> dict[str, list[int]]:
    """Write segments of these episodes: the names, with the episodes in each. OSError from the disk.

    Episodes without a word stand under no name.
    """
    made = {path.name: open_segment(path).episodes.tolist() for path in build_segments(folder, turns)}
    silent = set(episode_ids).difference(*made.values())
    return {**made, "": sorted(silent)} if silent else made


def to_merge(shelf: Shelf) -> list[Part]:
    """The parts that are better one: each that stays is larger than several times all smaller ones together."""
    chosen: list[Part] = []
    passed: list[Part] = []
    words = 0
    for part in sorted(shelf.parts, key=lambda one: one.segment.word_count):
        size = part.segment.word_count
        if words + size > MOST_WORDS:
            break
        passed.append(part)
        if words * _LARGER >= size:
            chosen = list(passed)
        words += size
    return chosen


def merge(folder: Path, parts: Sequence[Part], order: Mapping[int, int]) -> tuple[str, list[int]]:
    """Write one segment of these: its name and its episodes. OSError from the disk."""
    path = merge_segments(
        folder,
        [(part.segment, part.without) for part in parts],
        order=lambda episode_id: order.get(episode_id, len(order)),
    )
    return path.name, open_segment(path).episodes.tolist()
