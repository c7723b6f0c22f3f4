"""Lines of a transcript put together: turns while they are read, and times at words."""

from __future__ import annotations

import re

from bot.text.timecodes import TIME, to_ms
from bot.transcripts.annotations.turn_marks import pseudo_mark
from bot.transcripts.turns.speaker_labels import Spoken
from bot.transcripts.turns.turn_timing import Anchor, Draft, to_turns
from storage.models import Turn, TurnMark

_BODY_STAMP = re.compile(rf"\s?\[\s?(?P<time>{TIME})\s?\]\s?")
# A word for telling time: "done.So", which lost its space, is two.
_SPOKEN_WORD = re.compile(r"\w+(?:['’]\w+)*")


class Script:
    """Takes what lines tell, in their order, and gives turns."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.words = 0
        self._anchors: list[Anchor] = []
        self._end_ms: int | None = None

    def begin(self, spoken: Spoken, speaker: str | None, mark: TurnMark | None = None) -> None:
        """A turn of `speaker` begins with the line that told `spoken`."""
        self._close()
        start_ms = spoken.start_ms
        if start_ms is not None:
            self._anchors.append(Anchor(self.words, start_ms))
        self._end_ms = spoken.end_ms
        self.drafts.append(Draft(speaker, self.words, start_ms, mark=mark, labelled=spoken.name is not None))

    def end(self, stamp_ms: int) -> None:
        """What was said so far ends at `stamp_ms`."""
        self._anchors.append(Anchor(self.words, stamp_ms))
        self.drafts[-1].end_ms = stamp_ms

    def say(self, body: str) -> None:
        """Add the words of one paragraph to the last draft, and the times that stand between them."""
        draft = self.drafts[-1]
        draft.end_ms = None
        at = 0
        for found in _BODY_STAMP.finditer(body):
            self._add(draft, body[at : found.start()])
            at = found.end()
            stamp_ms = to_ms(found["time"])
            if at == len(body):
                self.end(stamp_ms)
            else:
                self._anchors.append(Anchor(self.words, stamp_ms))
        self._add(draft, body[at:])

    def turns(self, duration_s: float | None) -> tuple[Turn, ...]:
        """The turns that say something, timed; also the breaks and clips that only show where they are."""
        self._close()
        for draft in self.drafts:
            if draft.parts or not draft.speaker or not draft.labelled:
                continue
            # A time without words: what is played there.
            if (mark := pseudo_mark(draft.speaker)) or draft.start_ms is not None:
                draft.parts.append(f"[{draft.speaker}]")
                draft.mark = draft.mark or mark or TurnMark.BREAK
        drafts = [draft for draft in self.drafts if draft.parts]
        return tuple(to_turns(drafts, self._anchors, self.words, duration_s))

    def _close(self) -> None:
        if self._end_ms is not None and self.drafts:
            self.end(self._end_ms)
        self._end_ms = None

    def _add(self, draft: Draft, text: str) -> None:
        if text := text.strip():
            draft.parts.append(text)
            self.words += len(_SPOKEN_WORD.findall(text))
