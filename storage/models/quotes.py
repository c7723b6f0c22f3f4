"""What the search reads, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storage.models.episodes import Chapter, Episode, SpokenTurn


@dataclass(frozen=True, slots=True)
class IndexedEpisode:
    """An episode's place in lists and its segment of the search, whose name is empty if nothing is said in it."""

    id: int
    sorted_at: datetime
    segment: str


@dataclass(frozen=True, slots=True)
class IndexState:
    """Which segments of the search count for a podcast, by episode, oldest first.

    `unindexed` are episodes whose turns stand in none, oldest first.
    """

    revision: int
    indexed: tuple[IndexedEpisode, ...] = ()
    unindexed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of words inside one turn or over adjacent turns.

    `text` is the span to show; `match` are the matched characters in it, [from, to), and `marks` those of the words
    in it that were met, those that follow each other as one. `start_ms` and `end_ms` are those of the matched words,
    interpolated inside their turn. `score` runs from 0 to 1.
    """

    episode_id: int
    position: int
    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    text: str
    match: tuple[int, int]
    score: float
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is read for found quotes: revisions of podcasts, turns by episode and position, what is shown beside."""

    revisions: Mapping[int, int]
    turns: Mapping[tuple[int, int], SpokenTurn] = field(default_factory=dict)
    episodes: Mapping[int, Episode] = field(default_factory=dict)
    chapters: Mapping[int, Sequence[Chapter]] = field(default_factory=dict)
