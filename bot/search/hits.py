"""Hits as they leave the search: who said it, where, when."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.search.index.segment import NO_TIME, Segment

_WORDS_PER_SECOND = 2.6


@dataclass(frozen=True, slots=True)
class Moment:
    """A span of words in adjacent turns of an episode.

    `first_word` counts the words (as `normal_words` does) of the turn at `first_position`, `end_word` those of the
    one at `last_position`; the span ends before it. `met` are the words of the span that were asked for, counted
    from its first one. `score` runs from 0 to 1.
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
    met: tuple[int, ...] = ()


def moment_at(podcast_id: int, segment: Segment, places: Sequence[int], score: float) -> Moment:
    """The words at these places of a segment, in order and all of one episode, with what is between them."""
    start, end = places[0], places[-1] + 1
    first, last = segment.turn_at(start), segment.turn_at(end - 1)
    first_word, end_word = start - int(segment.turn_word[first]), end - int(segment.turn_word[last])
    start_ms, end_ms = _moment_of(segment, first, first_word), _moment_of(segment, last, end_word)
    if start_ms is not None and end_ms is not None:
        end_ms = max(start_ms, end_ms)  # times of a later turn may go back
    turns = segment.turns
    return Moment(
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


def _moment_of(segment: Segment, turn: int, word: int) -> int | None:
    """When the `word`th of the turn's words begins, in ms: its share of the turn.

    Where only the start or only the end of the turn is known, people are taken to say 2.6 words a second.
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
