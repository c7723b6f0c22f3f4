"""What all published formats have in common: short texts with times, put together to turns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from storage.models import Turn

# A quote's time is interpolated inside its turn, so long turns are parted where a sentence ends: sooner where no
# speaker is known, as nothing else parts those.
_MAX_NAMED_MS = 60_000
_MAX_UNNAMED_MS = 30_000
_MAX_UNNAMED_WORDS = 70
# Music or silence: what follows is told by its own time.
_MAX_GAP_MS = 10_000
# Where no sentence ends, as in captions without punctuation, a turn is parted all the same.
_PATIENCE = 1.5

_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "؟", "।")
_CLOSING = "\"'”’»)]"


class TranscriptError(ValueError):
    """What was published is no transcript that can be read; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A text with its time, as the publisher cut it."""

    speaker: str | None
    start_ms: int
    end_ms: int
    text: str


@dataclass(slots=True)
class _Open:
    """A turn that is still being put together."""

    speaker: str | None
    start_ms: int
    end_ms: int
    parts: list[str] = field(default_factory=list)
    words: int = 0

    def add(self, cue: Cue) -> None:
        self.parts.append(cue.text)
        self.words += len(cue.text.split())
        self.end_ms = max(self.end_ms, cue.end_ms)

    def ends_before(self, cue: Cue) -> bool:
        """Whether `cue` belongs to another turn."""
        return self.speaker != cue.speaker or cue.start_ms - self.end_ms > _MAX_GAP_MS or self._is_full()

    def _is_full(self) -> bool:
        """Whether the turn ends here, although the same speaker may go on."""
        spoken_ms = self.end_ms - self.start_ms
        if self.speaker is None:
            share = max(spoken_ms / _MAX_UNNAMED_MS, self.words / _MAX_UNNAMED_WORDS)
        else:
            share = spoken_ms / _MAX_NAMED_MS
        ends = self.parts[-1].rstrip(_CLOSING).endswith(_SENTENCE_ENDS)
        return share >= (1 if ends else _PATIENCE)

    def close(self) -> Turn:
        return Turn(self.speaker, self.start_ms, max(self.start_ms, self.end_ms), " ".join(self.parts))


def merge(cues: Iterable[Cue]) -> tuple[Turn, ...]:
    """Turns out of cues, in their order; times that go back stay, since the order of the words is the surer one."""
    turns: list[Turn] = []
    current: _Open | None = None
    for cue in cues:
        if not cue.text:
            continue
        if current is not None and current.ends_before(cue):
            turns.append(current.close())
            current = None
        if current is None:
            current = _Open(cue.speaker, cue.start_ms, cue.end_ms)
        current.add(cue)
    if current is not None:
        turns.append(current.close())
    return tuple(turns)
