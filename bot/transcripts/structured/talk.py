"""Leaves become cues: their times in milliseconds, their speakers' names, and words put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bot.transcripts.structured.leaves import Leaf
from bot.transcripts.structured.times import ms_per_unit
from bot.transcripts.turns.cues import Cue, ends_turn
from bot.transcripts.turns.joining import join_texts, spoken_words
from bot.transcripts.turns.own_label import without_own_label
from storage.models import Turn

_YEAR_MS = 365 * 86_400_000
# Shorter texts on average are words.
_MAX_WORD = 12


def in_milliseconds(leaves: Sequence[Leaf]) -> None:
    """Turn numbers whose unit no key tells into milliseconds: the numbers of one clock tell it together."""
    clocks: defaultdict[str, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        if leaf.clock is not None:
            clocks[leaf.clock].append(leaf)
    for clock, timed in clocks.items():
        numbers = [number for leaf in timed for number in (leaf.start, leaf.end) if number is not None]
        words = sum(spoken_words(leaf.text) for leaf in timed)
        unit = ms_per_unit(clock, numbers, round(words))
        for leaf in timed:
            leaf.start = _bounded(leaf.start, unit)
            leaf.end = _bounded(leaf.end, unit)
            leaf.clock = None


def _bounded(number: float | None, unit: float) -> float | None:
    return None if number is None or number * unit > _YEAR_MS else number * unit


def to_cues(leaves: Sequence[Leaf], speakers: Sequence[str | None]) -> list[Cue]:
    """Cues in milliseconds; a leaf without a time starts where the last one ends, and what is glued is one cue."""
    cues: list[Cue] = []
    # Texts are joined once at the end: appending thousands to one string would cost quadratic time.
    parts: list[str] = []
    speaker: str | None = None
    begin = end = 0
    now = next((round(leaf.start) for leaf in leaves if leaf.start is not None), 0)
    for leaf, who in zip(leaves, speakers, strict=True):
        if not leaf.text or leaf.text.isspace():
            continue
        start = now if leaf.start is None else round(leaf.start)
        now = max(start, start if leaf.end is None else round(leaf.end))
        if parts and leaf.glued and who == speaker and begin <= start:
            parts.append(leaf.text)
            end = max(end, now)
            continue
        if parts:
            cues.append(_cue(speaker, begin, end, parts))
        parts, speaker, begin, end = [leaf.text], who, start, now
    if parts:
        cues.append(_cue(speaker, begin, end, parts))
    return cues


def _cue(speaker: str | None, begin: int, end: int, parts: Sequence[str]) -> Cue:
    text = " ".join("".join(parts).split())
    return Cue(speaker, begin, end, without_own_label(speaker, text))


def untimed_turns(leaves: Sequence[Leaf], speakers: Sequence[str | None]) -> Iterator[Turn]:
    """Turns without times: a paragraph each, or what one speaker says in words."""
    cues = to_cues(leaves, speakers)
    by_words = sum(len(cue.text) for cue in cues) <= _MAX_WORD * len(cues)
    speaker: str | None = None
    parts: list[str] = []
    words = 0.0
    for cue in cues:
        if parts and (not by_words or cue.speaker != speaker or ends_turn(speaker, 0, words, parts[-1])):
            yield Turn(speaker, None, None, join_texts(parts))
            parts, words = [], 0.0
        speaker = cue.speaker
        parts.append(cue.text)
        words += spoken_words(cue.text)
    if parts:
        yield Turn(speaker, None, None, join_texts(parts))
