"""What one person says in one go, put together from turns, and its sentences with their times."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.text.sentences import sentence_ends
from storage.models import Turn

# About 150 words a minute, for turns that do not tell when they end.
_MS_A_CHARACTER = 65
# Cues of one speaker that follow each other sooner are one passage.
_MAX_GAP_MS = 4_000
# More is no speech; what lies beyond is not looked at.
MAX_CHARACTERS = 2_000_000
_MAX_PASSAGE = 40_000


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of one speaker, spaces between them single; turn `n` of it begins at the character `offsets[n]`.

    `times` are the [from, to) of its turns in ms; None where one does not tell.
    """

    speaker: str | None
    text: str
    offsets: tuple[int, ...]
    times: tuple[tuple[int, int] | None, ...]

    def turn_at(self, character: int) -> int:
        """Which of its turns says the character."""
        return bisect_right(self.offsets, character) - 1

    def ms_at(self, character: int) -> int | None:
        """When the character is said, as if everybody spoke evenly."""
        turn = self.turn_at(character)
        times = self.times[turn]
        if times is None:
            return None
        begins = self.offsets[turn]
        ends = self.offsets[turn + 1] - 1 if turn + 1 < len(self.offsets) else len(self.text)
        share = min(1.0, (character - begins) / max(1, ends - begins))
        return times[0] + int((times[1] - times[0]) * share)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The characters [start, end) of a passage, and when they begin: None where their turn does not tell.

    `whole` where its end is that of a sentence.
    """

    passage: Passage
    start: int
    end: int
    start_ms: int | None
    whole: bool

    @property
    def text(self) -> str:
        """Word for word."""
        return self.passage.text[self.start : self.end]


def passages(turns: Sequence[Turn]) -> list[Passage]:
    """The talk, without what is marked as something else; turns of one speaker that follow each other are one."""
    made: list[Passage] = []
    group: list[tuple[Turn, str, tuple[int, int] | None]] = []
    size = total = 0
    for number, turn in enumerate(turns):
        text = " ".join(turn.text[:MAX_CHARACTERS].split())
        if turn.mark is not None or not text:
            # Nobody goes on with a sentence behind an advertisement.
            if group and turn.mark is not None:
                made.append(_passage(group))
                group, size = [], 0
            continue
        total += len(text)
        if total > MAX_CHARACTERS:
            break
        times = _times(turn, text, turns[number + 1] if number + 1 < len(turns) else None)
        if group and (size > _MAX_PASSAGE or not _goes_on(group[-1][0], group[-1][2], turn, times)):
            made.append(_passage(group))
            group, size = [], 0
        group.append((turn, text, times))
        size += len(text)
    if group:
        made.append(_passage(group))
    return made


def _times(turn: Turn, text: str, following: Turn | None) -> tuple[int, int] | None:
    if turn.start_ms is None:
        return None
    if turn.end_ms is not None and turn.end_ms >= turn.start_ms:
        return turn.start_ms, turn.end_ms
    if following is not None and following.start_ms is not None and following.start_ms > turn.start_ms:
        return turn.start_ms, following.start_ms
    return turn.start_ms, turn.start_ms + _MS_A_CHARACTER * len(text)


def _goes_on(before: Turn, until: tuple[int, int] | None, turn: Turn, times: tuple[int, int] | None) -> bool:
    if before.speaker != turn.speaker or (until is None) != (times is None):
        return False
    return until is None or times is None or 0 <= times[0] - until[0] <= until[1] - until[0] + _MAX_GAP_MS


def _passage(group: Iterable[tuple[Turn, str, tuple[int, int] | None]]) -> Passage:
    offsets: list[int] = []
    times: list[tuple[int, int] | None] = []
    texts: list[str] = []
    at = 0
    speaker = None
    for turn, text, when in group:
        speaker = turn.speaker
        offsets.append(at)
        times.append(when)
        texts.append(text)
        at += len(text) + 1
    return Passage(speaker, " ".join(texts), tuple(offsets), tuple(times))


def sentences(passage: Passage) -> Iterator[Sentence]:
    """The sentences of a passage in order; the last one may be broken off."""
    text = passage.text
    at = 0
    for end in sentence_ends(text):
        yield _sentence(passage, at, end, whole=True)
        at = end
    if text[at:].strip():
        yield _sentence(passage, at, len(text), whole=False)


def _sentence(passage: Passage, start: int, end: int, *, whole: bool) -> Sentence:
    text = passage.text
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Sentence(passage, start, end, passage.ms_at(start), whole)
