"""Times of turns: those that the source names, and those interpolated between them by words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from storage.models import Turn


@dataclass(slots=True)
class Draft:
    """A turn while it is read: its words begin at `first_word` of the transcript."""

    speaker: str | None
    first_word: int
    start_ms: int | None = None
    end_ms: int | None = None
    parts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A time that the source names, before the word at `word`."""

    word: int
    ms: int


def to_turns(
    drafts: Sequence[Draft], anchors: Sequence[Anchor], words: int, duration_s: float | None
) -> list[Turn]:
    """The turns of `drafts`, with the starts that the source does not name told by the words between its times.

    A start that goes back behind the one before it stays as the source has it; the span before it ends at the next
    start that does not lie before its own, so that no span is negative.
    """
    line = _monotone(anchors, words, duration_s)
    starts = [_start(draft, line) for draft in drafts]
    ends = _following(starts)
    turns = []
    for draft, start_ms, next_ms in zip(drafts, starts, ends, strict=True):
        end_ms = draft.end_ms if draft.end_ms is not None else next_ms
        if start_ms is not None and end_ms is not None and end_ms < start_ms:
            end_ms = next_ms
        turns.append(Turn(draft.speaker, start_ms, end_ms, " ".join(draft.parts)))
    return turns


def _monotone(anchors: Sequence[Anchor], words: int, duration_s: float | None) -> list[Anchor]:
    """The anchors that rise, from 0 before the first word to the episode's end, where that is known."""
    if not anchors:
        return []
    line = [Anchor(0, 0)]
    for number, anchor in enumerate(anchors):
        following_ms = anchors[number + 1].ms if number + 1 < len(anchors) else anchor.ms
        # A single time that towers above the next is a slip of the pen, and would cost all that follow.
        if anchor.ms >= line[-1].ms and not line[-1].ms <= following_ms < anchor.ms:
            line.append(anchor)
    last = line[-1]
    if words > last.word:
        if duration_s and last.ms < duration_s * 1000 < last.ms + 3_600_000:
            line.append(Anchor(words, int(duration_s * 1000)))
        elif last.word:
            # Nothing closes the last words: they are spoken as fast as those before.
            line.append(Anchor(words, last.ms + (words - last.word) * last.ms // last.word))
    return line


def _start(draft: Draft, line: Sequence[Anchor]) -> int | None:
    if draft.start_ms is not None or not line:
        return draft.start_ms
    at = bisect_right(line, draft.first_word, key=lambda anchor: anchor.word) - 1
    before = line[at]
    if before.word == draft.first_word or at + 1 == len(line):
        # Several times before one word: the first ends what was said before, the last begins what follows.
        return before.ms
    after = line[at + 1]
    share = (draft.first_word - before.word) / (after.word - before.word)
    return before.ms + int((after.ms - before.ms) * share)


def _following(starts: Sequence[int | None]) -> list[int | None]:
    """For each start the next one that is not before it, in one pass from the end."""
    ends: list[int | None] = [None] * len(starts)
    later: list[int] = []  # A stack, falling towards its bottom's later turns: the nearest start is on top.
    for number in range(len(starts) - 1, -1, -1):
        start_ms = starts[number]
        if start_ms is None:
            ends[number] = later[-1] if later else None
            continue
        while later and later[-1] < start_ms:
            later.pop()
        ends[number] = later[-1] if later else None
        later.append(start_ms)
    return ends
