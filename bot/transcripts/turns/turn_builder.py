"""Assemble labelled lines into turns: who goes on speaking, what labels without words mean, and times at words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.text.timecodes import TIME, to_ms
from bot.transcripts.turns.cues import ParsedTranscript
from bot.transcripts.turns.person_names import pseudo_mark
from bot.transcripts.turns.speaker_labels import LabelledLine
from bot.transcripts.turns.turn_timing import Anchor, Draft, to_turns
from storage.models import Turn, TurnMark

_BODY_STAMP = re.compile(rf"\s?\[\s?(?P<time>{TIME})\s?\]\s?")
# A word as timing counts it: "done.So", which lost its space, is two.
_SPOKEN_WORD = re.compile(r"\w+(?:['’]\w+)*")
_PAUSE = re.compile(r"(?:(?:ad|commercial|short|music|quick) )?breaks?|pause|pausa|werbepause", re.IGNORECASE)
_SPONSOR_HEADING = re.compile(
    r"sponsors?|sponsored by|advertisement|ad break|a word from our sponsors?", re.IGNORECASE
)


class TurnBuilder:
    """Collects labelled lines in their order, and makes turns of them."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.words = 0
        self._anchors: list[Anchor] = []
        self._end_ms: int | None = None

    def begin(self, line: LabelledLine, speaker: str | None, mark: TurnMark | None = None) -> None:
        """A turn of `speaker` begins with `line`."""
        self._close()
        start_ms = line.start_ms
        if start_ms is not None:
            self._anchors.append(Anchor(self.words, start_ms))
        self._end_ms = line.end_ms
        self.drafts.append(Draft(speaker, self.words, start_ms, mark=mark, labelled=line.speaker is not None))

    def end(self, stamp_ms: int) -> None:
        """The words so far end at `stamp_ms`."""
        self._anchors.append(Anchor(self.words, stamp_ms))
        self.drafts[-1].end_ms = stamp_ms

    def say(self, body: str) -> None:
        """Add a paragraph's words, and the times between them, to the last draft."""
        draft = self.drafts[-1]
        draft.end_ms = None
        at = 0
        for found in _BODY_STAMP.finditer(body) if "[" in body else ():
            self._add(draft, body[at : found.start()])
            at = found.end()
            stamp_ms = to_ms(found["time"])
            if at == len(body):
                self.end(stamp_ms)
            else:
                self._anchors.append(Anchor(self.words, stamp_ms))
        self._add(draft, body[at:])

    def turns(self, duration_s: float | None) -> tuple[Turn, ...]:
        """The timed turns, including breaks and clips that have a label but no words."""
        self._close()
        for draft in self.drafts:
            if draft.parts or not draft.speaker or not draft.labelled:
                continue
            # A label with a time but no words: something is played there.
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


class _Assembler:
    """Takes the lines of a whole transcript one after the other."""

    def __init__(self, *, cues: bool) -> None:
        self.passages = 0
        self._cues = cues
        self._builder = TurnBuilder()
        self._speaker: str | None = None
        # The last speaker who is a person, and goes on after a break.
        self._person: str | None = None
        self._section: TurnMark | None = None
        # A label whose words have not come yet.
        self._waiting: LabelledLine | None = None

    def take(self, line: LabelledLine) -> None:
        if line.scanned.heading and line.speaker is None:
            self._section = _section_mark(line.scanned.text)
            return
        if line.speaker is not None:
            if self._waiting is not None and self._waiting.speaker is not None:
                # A label without words: a break or a clip.
                self._begin_waiting(self._waiting)
            self._speaker = line.speaker
        if not line.body:
            # A label above its words, a name above its time, or a time between two paragraphs.
            self._waiting = _together(self._waiting, line)
        else:
            self.passages += not self._cues or line.start_ms is not None or self._waiting is not None
            self._say(self._with_waiting(line))

    def turns(self) -> tuple[Turn, ...]:
        waiting = self._waiting
        if waiting is not None and waiting.speaker is not None:
            self._begin_waiting(waiting)
        elif waiting is not None and waiting.start_ms is not None and self._builder.drafts:
            self._builder.end(waiting.start_ms)
        return self._builder.turns(None)

    def _begin_waiting(self, waiting: LabelledLine) -> None:
        self._builder.begin(waiting, waiting.speaker, self._section)
        self._waiting = None

    def _with_waiting(self, line: LabelledLine) -> LabelledLine:
        """`line`, which has words, together with the label above it that has none."""
        waiting = self._waiting
        if waiting is None:
            return line
        self._waiting = None
        if line.speaker is None and _PAUSE.fullmatch(waiting.speaker or ""):
            # Whoever spoke before the break goes on after it.
            self._begin_waiting(waiting)
            self._speaker = self._person
            return replace(line, speaker=self._person)
        return _together(waiting, line)

    def _say(self, line: LabelledLine) -> None:
        changes = line.scanned.changes_speaker
        if changes and line.speaker is None:
            self._speaker = None
        if line.speaker is not None or line.start_ms is not None or changes or not self._builder.drafts:
            self._builder.begin(line, self._speaker, self._section)
            if not pseudo_mark(self._speaker):
                self._person = self._speaker
        self._builder.say(line.body)


def assemble(lines: Iterable[LabelledLine], *, cues: bool) -> ParsedTranscript:
    """The turns of a whole transcript, and the number of passages that they were made of.

    With `cues`, a passage has a time in its line or above it, and lines without a time continue the passage before.
    """
    assembler = _Assembler(cues=cues)
    for line in lines:
        assembler.take(line)
    return ParsedTranscript(assembler.passages, assembler.turns())


def _together(above: LabelledLine | None, below: LabelledLine) -> LabelledLine:
    """A label joined with the next line, which belongs to it."""
    if above is None:
        return below
    start_ms = below.start_ms if below.start_ms is not None else above.start_ms
    end_ms = below.end_ms if below.end_ms is not None else above.end_ms
    return replace(below, speaker=below.speaker or above.speaker, start_ms=start_ms, end_ms=end_ms)


def _section_mark(heading: str) -> TurnMark | None:
    """The mark of the turns below `heading`."""
    return TurnMark.SPONSOR if _SPONSOR_HEADING.fullmatch(heading.strip(" .:")) else None
