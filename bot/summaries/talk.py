"""What is said in each chapter, sentence by sentence, without advertisements."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from bot.text.advertisements import hint_offsets, opens_or_offers
from bot.transcripts.passages import Sentence, passages, sentences
from storage.models import Chapter, Turn

# Whoever reads out an advertisement goes on with it for some sentences.
_BEFORE_SIGN, _BEHIND_SIGN = 2, 5


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and the number of the chapter that it begins in; None before the first or without times."""

    sentence: Sentence
    chapter: int | None

    @property
    def text(self) -> str:
        """Word for word."""
        return self.sentence.text


def read_talk(turns: Sequence[Turn], chapters: Sequence[Chapter]) -> list[Said]:
    """The sentences of an episode in order. Of chapters at one time the last one has them.

    Turns that are marked as advertisements are left out, and what stands around a sentence that sounds like one.
    """
    every: list[Sentence] = []
    sold: set[int] = set()
    for passage in passages(turns):
        hints = hint_offsets(passage.text)
        for one in sentences(passage):
            hint = bisect_left(hints, one.start)
            if hints[hint : hint + 1] and hints[hint] < one.end and opens_or_offers(one.text):
                sold.update(range(len(every) - _BEFORE_SIGN, len(every) + _BEHIND_SIGN + 1))
            every.append(one)
    order = sorted(range(len(chapters)), key=lambda number: chapters[number].start_ms)
    starts = [chapters[number].start_ms for number in order]
    talk: list[Said] = []
    for number, sentence in enumerate(every):
        if number in sold:
            continue
        place = -1 if sentence.start_ms is None else bisect_right(starts, sentence.start_ms) - 1
        talk.append(Said(sentence, order[place] if place >= 0 else None))
    return talk
