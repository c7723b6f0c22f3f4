"""Which of an episode's transcripts is the best one, and in what order they are worth fetching. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.transcripts.reader import announced, reads_type
from storage.models import TranscriptSource, Turn

# What has less than half of the words of another is a teaser, or broken off.
_LEAST_SHARE = 0.5
# Where a time is further than this from the next, a quote's own is a guess.
_FINE_S = 90
_PLACEHOLDER = re.compile(r"(?:speaker|spk|voice|unknown|s)[ _#-]*\w{0,2}", re.IGNORECASE)

# Between equals: what is read with the least guessing.
_TRUST = (
    TranscriptSource.VTT,
    TranscriptSource.JSON,
    TranscriptSource.PODLOVE,
    TranscriptSource.SRT,
    TranscriptSource.HTML,
    TranscriptSource.TEXT,
    TranscriptSource.NOTES,
)
_WORDS = {
    TranscriptSource.VTT: "VTT",
    TranscriptSource.SRT: "SRT",
    TranscriptSource.JSON: "JSON",
    TranscriptSource.HTML: "HTML",
    TranscriptSource.PODLOVE: "Podlove",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of an episode's transcripts."""

    source: TranscriptSource
    turns: Sequence[Turn]


@dataclass(frozen=True, slots=True)
class _Measure:
    """What a transcript is worth. `naming`: 2 for names, 1 for "Speaker 1", 0; `every_s`: from time to time."""

    source: TranscriptSource
    words: int
    speakers: int
    naming: int
    every_s: float | None

    def timing(self) -> int:
        if self.every_s is None:
            return 0
        return 2 if self.every_s <= _FINE_S else 1


def best(candidates: Sequence[Candidate]) -> tuple[int, str]:
    """The place of the best candidate, and why it is: "VTT: 4 speakers, a time every 6 s; rather than text (...)".

    ValueError where there is none.
    """
    if not candidates:
        raise ValueError("no transcripts to choose from")
    measures = [_measure(one) for one in candidates]
    most = max(one.words for one in measures)

    def worth(place: int) -> tuple[bool, int, int, int, int]:
        one = measures[place]
        whole = one.words >= _LEAST_SHARE * most
        # Two hands write the same words with some difference: a twentieth is none.
        return whole, one.naming, one.timing(), 20 * one.words // max(most, 1), -_TRUST.index(one.source)

    place = max(range(len(measures)), key=worth)
    won = measures[place]
    others = [
        f"{_WORDS.get(one.source, one.source.value)} ({_shortcoming(one, won)})"
        for number, one in enumerate(measures)
        if number != place
    ]
    reason = f"{_WORDS.get(won.source, won.source.value)}: {_merits(won)}"
    return place, f"{reason}; rather than {', '.join(others)}" if others else reason


def worth_fetching(mime_types: Sequence[str]) -> tuple[int, ...]:
    """The places of what can be read, the most promising type first; a type that tells nothing comes late."""

    def promise(place: int) -> int:
        source = announced(mime_types[place])
        return _TRUST.index(source or TranscriptSource.HTML)

    return tuple(sorted((n for n, one in enumerate(mime_types) if reads_type(one)), key=promise))


def _measure(candidate: Candidate) -> _Measure:
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
    real = any(not _PLACEHOLDER.fullmatch(name) for name in speakers)
    # A name here and there does not tell who speaks.
    naming = 0 if 2 * named_words < words or not speakers else 1 + real
    every_s = (last_ms - min(starts)) / 1_000 / len(starts) if len(starts) > 1 else None
    return _Measure(candidate.source, words, len(speakers), naming, every_s)


def _merits(one: _Measure) -> str:
    speakers = "no speakers" if not one.naming else f"{one.speakers} speaker{'s' if one.speakers > 1 else ''}"
    return f"{speakers}, {_times(one)}"


def _times(one: _Measure) -> str:
    return "no times" if one.every_s is None else f"a time every {max(1, round(one.every_s))} s"


def _shortcoming(one: _Measure, won: _Measure) -> str:
    """What the other has not, the weightiest first."""
    if one.words < _LEAST_SHARE * won.words:
        return f"only {one.words} words"
    if one.naming < won.naming:
        return "speakers without names" if one.naming else "no speakers"
    if one.timing() < won.timing():
        return _times(one)
    if one.words < won.words:
        return f"{one.words} words"
    return "no better"
