"""What the quote search reads and finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storage.models.episodes import Chapter, Episode, SpokenTurn


@dataclass(frozen=True, slots=True)
class IndexedEpisode:
    """An episode's date in lists, its search segment, which is "" if nothing is said in it, and its turns' key."""

    id: int
    sorted_at: datetime
    segment: str
    turns_key: int = 0


@dataclass(frozen=True, slots=True)
class IndexState:
    """Which search segments a podcast's episodes are in, oldest episode first.

    `unindexed` are the episodes that are in none, oldest first, with the keys of their turns.
    """

    revision: int
    indexed: tuple[IndexedEpisode, ...] = ()
    unindexed: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of words in one turn or in adjacent turns.

    `text` is what is shown. `match` and `highlights` are character ranges [start, end) in it: from the first to the
    last matched word, and the matched words, adjacent ones as one. `start_ms` and `end_ms` are those of the matched
    words, interpolated inside their turn. `score` runs from 0 to 1.
    """

    episode_id: int
    position: int
    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    text: str
    match: tuple[int, int]
    score: float
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class WantedShare:
    """A quote of an answer that a member wants to share in a channel or thread."""

    guild_id: int
    channel_id: int
    member_id: int
    answer_id: int
    rank: int
    quote: Quote


@dataclass(frozen=True, slots=True)
class Share:
    """A quote that a member shared. Without `message_id` it is not known whether it was posted.

    `gone_at`: when it was taken back, or its message was found to be deleted.
    """

    id: int
    guild_id: int
    channel_id: int
    member_id: int
    shared_at: datetime
    message_id: int | None
    gone_at: datetime | None
    quote: Quote


@dataclass(frozen=True, slots=True)
class FoundTurns:
    """The turns that a search found, by episode and position, with the episodes and chapters shown beside them.

    `revisions` are those of the searched podcasts, by id, and `keys` those of the turns of the found episodes, when
    all of this was read.
    """

    revisions: Mapping[int, int]
    turns: Mapping[tuple[int, int], SpokenTurn] = field(default_factory=dict)
    episodes: Mapping[int, Episode] = field(default_factory=dict)
    chapters: Mapping[int, Sequence[Chapter]] = field(default_factory=dict)
    keys: Mapping[int, int] = field(default_factory=dict)
