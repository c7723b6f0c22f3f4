"""Which of an episode's transcripts is the best, and in what order they are worth fetching. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.transcripts.formats.registry import announced_format, format_of, label_of, may_be_readable
from bot.transcripts.turns.person_names import is_placeholder
from storage.models import Status, StatusCode, TranscriptSource, Turn

# A transcript with less than half of another's words is a teaser, or broken off.
_LEAST_SHARE = 0.5
# With times further apart than this on average, the time of a quote is a guess.
_FINE_S = 90
# Two people who transcribe the same words differ a little: counts are compared in steps of a twentieth.
_WORD_STEPS = 20
# A file whose type says nothing may be anything; it is fetched as late as an HTML page.
_UNTOLD = TranscriptSource("html")

CHOSEN = StatusCode("choice.chosen", "format", "speakers", "times")
CHOSEN_OF_SEVERAL = StatusCode("choice.chosen_of_several", "format", "speakers", "times", "others")
OTHER = StatusCode("choice.other", "format", "shortcoming")
NO_SPEAKERS = StatusCode("choice.no_speakers")
SPEAKERS = StatusCode("choice.speakers", "count")
UNNAMED = StatusCode("choice.unnamed")
NO_TIMES = StatusCode("choice.no_times")
TIMES = StatusCode("choice.times", "every")
ONLY_WORDS = StatusCode("choice.only_words", "words")
WORDS = StatusCode("choice.words", "words")
NO_BETTER = StatusCode("choice.no_better")


@dataclass(frozen=True, slots=True)
class TranscriptCandidate:
    """One of an episode's transcripts."""

    source: TranscriptSource
    turns: Sequence[Turn]


@dataclass(frozen=True, slots=True)
class TranscriptMeasure:
    """What a transcript is judged by.

    naming: 2 where speakers are named, 1 where they are "Speaker 1", 0 where most words have no speaker.
    every_s: the average seconds from one time to the next; None with fewer than two times.
    """

    source: TranscriptSource
    words: int
    speakers: int
    naming: int
    every_s: float | None

    @property
    def timing(self) -> int:
        """2 for fine times, 1 for coarse ones, 0 for none."""
        if self.every_s is None:
            return 0
        return 2 if self.every_s <= _FINE_S else 1


def best(candidates: Sequence[TranscriptCandidate]) -> tuple[int, Status]:
    """The index of the best candidate, and the reason: "VTT: 4 speakers, a time every 6 s; rather than text (...)".

    Completeness counts first, then speakers, times, words, and last the trust in the format. ValueError without
    candidates.
    """
    if not candidates:
        raise ValueError("no transcripts to choose from")
    measures = [measure(one) for one in candidates]
    most = max(one.words for one in measures)
    place = max(range(len(measures)), key=lambda number: _worth(measures[number], most))
    won = measures[place]
    others = tuple(
        OTHER(format=label_of(one.source), shortcoming=_shortcoming(one, won))
        for number, one in enumerate(measures)
        if number != place
    )
    format_, speakers, times = label_of(won.source), _speakers(won), _times(won)
    if not others:
        return place, CHOSEN(format=format_, speakers=speakers, times=times)
    return place, CHOSEN_OF_SEVERAL(format=format_, speakers=speakers, times=times, others=others)


def fetch_order(mime_types: Sequence[str]) -> tuple[int, ...]:
    """The indices of the files that can be read, judged by their types, the most trusted format first."""

    def trust(place: int) -> int:
        return (announced_format(mime_types[place]) or format_of(_UNTOLD)).trust

    readable = [place for place, one in enumerate(mime_types) if may_be_readable(one)]
    return tuple(sorted(readable, key=trust, reverse=True))


def measure(candidate: TranscriptCandidate) -> TranscriptMeasure:
    """Count what the candidate is judged by."""
    words = named_words = 0
    speakers: set[str] = set()
    starts: set[int] = set()
    last_ms = 0
    for turn in candidate.turns:
        said = len(turn.text.split())
        words += said
        if turn.speaker is not None:
            named_words += said
            speakers.add(turn.speaker)
        if turn.start_ms is not None:
            starts.add(turn.start_ms)
            last_ms = max(last_ms, turn.start_ms, turn.end_ms or 0)
    real = any(not is_placeholder(name) for name in speakers)
    # A name now and then doesn't tell who speaks.
    naming = 0 if 2 * named_words < words or not speakers else 1 + real
    every_s = (last_ms - min(starts)) / 1_000 / len(starts) if len(starts) > 1 else None
    return TranscriptMeasure(candidate.source, words, len(speakers), naming, every_s)


def _worth(one: TranscriptMeasure, most_words: int) -> tuple[bool, int, int, int, int]:
    complete = one.words >= _LEAST_SHARE * most_words
    words = _WORD_STEPS * one.words // max(most_words, 1)
    return complete, one.naming, one.timing, words, format_of(one.source).trust


def _speakers(one: TranscriptMeasure) -> Status:
    return SPEAKERS(count=one.speakers) if one.naming else NO_SPEAKERS()


def _times(one: TranscriptMeasure) -> Status:
    return NO_TIMES() if one.every_s is None else TIMES(every=max(1, round(one.every_s)))


def _shortcoming(one: TranscriptMeasure, won: TranscriptMeasure) -> Status:
    """What the other lacks, the weightiest first."""
    if one.words < _LEAST_SHARE * won.words:
        return ONLY_WORDS(words=one.words)
    if one.naming < won.naming:
        return UNNAMED() if one.naming else NO_SPEAKERS()
    if one.timing < won.timing:
        return _times(one)
    if one.words < won.words:
        return WORDS(words=one.words)
    return NO_BETTER()
