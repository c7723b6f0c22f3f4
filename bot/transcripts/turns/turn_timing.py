"""Time turns: by the times in the source, and in between by interpolation over words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.transcripts.turns.joining import join_texts
from storage.models import Turn, TurnMark


@dataclass(slots=True)
class Draft:
    """A turn in the making. `first_word` is the index of its first word in the transcript.

    `labelled`: a label in the source names its speaker.
    """

    speaker: str | None
    first_word: int
    start_ms: int | None = None
    end_ms: int | None = None
    parts: list[str] = field(default_factory=list)
    mark: TurnMark | None = None
    labelled: bool = False


@dataclass(frozen=True, slots=True)
class Anchor:
    """A time in the source, before the word with the index `word`."""

    word: int
    ms: int


def to_turns(
    drafts: Sequence[Draft], anchors: Sequence[Anchor], words: int, duration_s: float | None
) -> list[Turn]:
    """The turns of `drafts`; starts that the source lacks are interpolated by words between its times.

    Starts never decrease. A time that breaks the order, because it is too early or too late, is taken for a typing
    error, and its turn is timed like one without a time.
    """
    line = _line(anchors, words, duration_s)
    trusted = {(anchor.word, anchor.ms) for anchor in line}
    starts = _rising([_start(draft, line, trusted) for draft in drafts])
    turns = []
    for number, (draft, start_ms) in enumerate(zip(drafts, starts, strict=True)):
        end_ms = starts[number + 1] if number + 1 < len(starts) else None
        if draft.end_ms is not None and start_ms is not None and start_ms <= draft.end_ms:
            end_ms = draft.end_ms if end_ms is None else min(draft.end_ms, end_ms)
        turns.append(Turn(draft.speaker, start_ms, end_ms, join_texts(draft.parts), draft.mark))
    return turns


def _line(anchors: Sequence[Anchor], words: int, duration_s: float | None) -> list[Anchor]:
    """Ascending anchors, from 0 before the first word to the episode's end, where that is known."""
    if not anchors:
        return []
    line = [Anchor(0, 0), *_longest_rise(anchors)]
    last = line[-1]
    if words > last.word:
        if duration_s and last.ms < duration_s * 1000 < last.ms + 3_600_000:
            line.append(Anchor(words, int(duration_s * 1000)))
        elif last.word:
            # The end of the last words is unknown: assume that they are spoken as fast as those before.
            line.append(Anchor(words, last.ms + (words - last.word) * last.ms // last.word))
    return line


def _longest_rise(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The longest subsequence of anchors with times that never decrease, found by patience sorting.

    See <https://en.wikipedia.org/wiki/Longest_increasing_subsequence>.
    """
    # For each length, the lowest time that ends a subsequence of that length, and the anchor that has it.
    tops: list[int] = []
    holders: list[int] = []
    before: list[int] = []
    for number, anchor in enumerate(anchors):
        length = bisect_right(tops, anchor.ms)
        before.append(holders[length - 1] if length else -1)
        if length == len(tops):
            tops.append(anchor.ms)
            holders.append(number)
        else:
            tops[length], holders[length] = anchor.ms, number
    rise: list[Anchor] = []
    at = holders[-1]
    while at >= 0:
        rise.append(anchors[at])
        at = before[at]
    return rise[::-1]


def _start(draft: Draft, line: Sequence[Anchor], trusted: set[tuple[int, int]]) -> int | None:
    if draft.start_ms is not None and (draft.first_word, draft.start_ms) in trusted:
        return draft.start_ms
    if not line:
        return None
    at = bisect_right(line, draft.first_word, key=lambda anchor: anchor.word) - 1
    before = line[at]
    if before.word == draft.first_word or at + 1 == len(line):
        # Of several times before one word, the first ends the words before it and the last begins this one.
        return before.ms
    after = line[at + 1]
    share = (draft.first_word - before.word) / (after.word - before.word)
    return before.ms + int((after.ms - before.ms) * share)


def _rising(starts: Sequence[int | None]) -> list[int | None]:
    """The starts without decreases, which interpolation leaves between turns at the same word."""
    risen: list[int | None] = []
    highest = 0
    for start_ms in starts:
        if start_ms is not None:
            highest = max(highest, start_ms)
        risen.append(None if start_ms is None else highest)
    return risen
