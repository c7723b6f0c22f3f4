"""Cues, the short timed texts of captions, and how they are merged into turns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.status_messages.sentences import StatusError
from bot.transcripts.turns.joining import join_texts, spoken_words
from storage.models import StatusCode, TranscriptSource, Turn

# A quote's time is interpolated within its turn, so long turns are split at the end of a sentence: earlier where no
# speaker is known, because nothing else splits those.
_MAX_NAMED_MS = 60_000
_MAX_UNNAMED_MS = 30_000
_MAX_UNNAMED_WORDS = 70
_MAX_NAMED_WORDS = 300
# A longer gap is music or silence: what follows begins a new turn, with its own time.
_MAX_GAP_MS = 10_000
# Captions without punctuation end no sentences: there a turn is split when it is longer by this factor.
_PATIENCE = 1.5

_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "؟", "।")
_CLOSING = "\"'”’»)]"


NO_CUES = StatusCode("transcript.no_cues", "format")


class TranscriptError(StatusError):
    """The published file is no transcript that can be read."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A timed text of the published file.

    `changes_speaker`: somebody else begins to speak here, who is not named.
    """

    speaker: str | None
    start_ms: int
    end_ms: int
    text: str
    changes_speaker: bool = False


@dataclass(frozen=True, slots=True)
class ParsedTranscript:
    """What a format's reader found: how many cues (segments, paragraphs) the file has, and the turns made of them.

    `source`: the dialect, where a format has several that only parsing tells apart.
    """

    cues: int
    turns: tuple[Turn, ...]
    source: TranscriptSource | None = None


@dataclass(slots=True)
class _Open:
    """A turn that cues are still added to."""

    speaker: str | None
    start_ms: int
    end_ms: int
    parts: list[str] = field(default_factory=list)
    words: float = 0

    def add(self, text: str, end_ms: int) -> None:
        self.parts.append(text)
        self.words += spoken_words(text)
        self.end_ms = max(self.end_ms, end_ms)

    def ends_before(self, cue: Cue) -> bool:
        """Whether `cue` belongs to another turn."""
        return (
            cue.changes_speaker
            or self.speaker != cue.speaker
            or cue.start_ms - self.end_ms > _MAX_GAP_MS
            or self._is_full()
        )

    def _is_full(self) -> bool:
        return ends_turn(self.speaker, self.end_ms - self.start_ms, self.words, self.parts[-1])

    def close(self) -> Turn:
        return Turn(self.speaker, self.start_ms, max(self.start_ms, self.end_ms), join_texts(self.parts))


def ends_turn(speaker: str | None, spoken_ms: int, words: float, text: str) -> bool:
    """Whether a turn of this length is split behind its last `text`, although the same speaker may go on."""
    if speaker is None:
        share = max(spoken_ms / _MAX_UNNAMED_MS, words / _MAX_UNNAMED_WORDS)
    else:
        share = max(spoken_ms / _MAX_NAMED_MS, words / _MAX_NAMED_WORDS)
    return share >= (1 if ends_sentence(text) else _PATIENCE)


def ends_sentence(text: str) -> bool:
    """Whether the last word of `text` ends a sentence."""
    return text.rstrip().rstrip(_CLOSING).endswith(_SENTENCE_ENDS)


def merge(cues: Iterable[Cue]) -> tuple[Turn, ...]:
    """Merge cues into turns, ordered by start as in a browser; cues with equal starts keep the file's order."""
    turns: list[Turn] = []
    current: _Open | None = None
    for cue in sorted(cues, key=lambda one: one.start_ms):
        text = " ".join(cue.text.split())
        if not text:
            continue
        if current is not None and current.ends_before(cue):
            turns.append(current.close())
            current = None
        if current is None:
            current = _Open(cue.speaker, cue.start_ms, cue.end_ms)
        current.add(text, cue.end_ms)
    if current is not None:
        turns.append(current.close())
    return tuple(turns)


def share_out(
    pieces: list[tuple[str | None, str]], start_ms: int, end_ms: int, *, changes_speaker: bool = False
) -> list[Cue]:
    """One cue for each speaker and text in `pieces`, which share one cue's time in proportion to their lengths."""
    end_ms = max(start_ms, end_ms)
    total = sum(len(text) for _, text in pieces)
    cues: list[Cue] = []
    at = 0
    for speaker, text in pieces:
        if text:
            begin_ms = start_ms + (end_ms - start_ms) * at // total
            at += len(text)
            until_ms = start_ms + (end_ms - start_ms) * at // total
            cues.append(
                Cue(speaker, begin_ms, until_ms, text, speaker is None and (changes_speaker or bool(cues)))
            )
    return cues
