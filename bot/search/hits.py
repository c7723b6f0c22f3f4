"""What a search of the index returns: where words were said and when, without their text."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.search.index.segment import NO_TIME, Segment

_WORDS_PER_SECOND = 2.6


@dataclass(frozen=True, slots=True)
class IndexHit:
    """A span of words in one turn or in adjacent turns of an episode.

    `first_word` is an index into the normalised words of the turn at `first_position`, `end_word` one into those of
    the turn at `last_position`, where the span ends before it. `matched` are the words of the span that match the
    query, counted from its first word. `score` runs from 0 to 1.
    """

    podcast_id: int
    episode_id: int
    first_position: int
    first_word: int
    last_position: int
    end_word: int
    start_ms: int | None
    end_ms: int | None
    score: float
    matched: tuple[int, ...] = ()


def hit_at(podcast_id: int, segment: Segment, places: Sequence[int], score: float) -> IndexHit:
    """The hit whose matched words are at these places of a segment, in order and all in one episode."""
    start, end = places[0], places[-1] + 1
    first, last = segment.turn_at(start), segment.turn_at(end - 1)
    first_word, end_word = start - int(segment.turn_word[first]), end - int(segment.turn_word[last])
    start_ms, end_ms = _time_of(segment, first, first_word), _time_of(segment, last, end_word)
    if start_ms is not None and end_ms is not None:
        # A later turn may have an earlier time.
        end_ms = max(start_ms, end_ms)
    turns = segment.turns
    return IndexHit(
        podcast_id,
        int(segment.episodes[turns["turn_episode"][first]]),
        int(turns["turn_position"][first]),
        first_word,
        int(turns["turn_position"][last]),
        end_word,
        start_ms,
        end_ms,
        score,
        tuple(sorted({place - start for place in places})),
    )


def _time_of(segment: Segment, turn: int, word: int) -> int | None:
    """When the turn's word with this index begins, in ms, as if all its words took the same time.

    If only one end of the turn is known, 2.6 words a second are assumed.
    """
    start_ms = int(segment.turns["turn_start_ms"][turn])
    end_ms = int(segment.turns["turn_end_ms"][turn])
    words = segment.turn_end(turn) - int(segment.turn_word[turn])
    if start_ms != NO_TIME and end_ms > start_ms:
        return round(start_ms + (end_ms - start_ms) * word / words)
    if start_ms != NO_TIME:
        return round(start_ms + word / _WORDS_PER_SECOND * 1000)
    if end_ms != NO_TIME:
        return max(0, round(end_ms - (words - word) / _WORDS_PER_SECOND * 1000))
    return None
