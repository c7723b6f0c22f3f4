"""Podlove's Simple Transcripts: `<speech>` of a `<speaker>` with `<item start="00:00:01.500">`s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.text.timecodes import play_time_ms
from bot.transcripts.formats.caption_speakers import read_captions
from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.formats.xml_events import read_xml, root_name
from bot.transcripts.turns.cues import NO_CUES, Cue, ParsedTranscript, TranscriptError, merge
from storage.models import TranscriptSource

_MAX_NAME = 200


@dataclass(slots=True)
class _Reader:
    cues: list[Cue] = field(default_factory=list)
    _speaker: str | None = None
    _start_ms: int = 0
    _end_ms: int = 0
    # The text of the open element, where it is one that is read.
    _text: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "speech":
            self._speaker = None
        elif name in ("speaker", "item"):
            self._text = []
        if name == "item":
            before_ms = self._end_ms
            start_ms = play_time_ms(attributes.get("start", ""))
            self._start_ms = before_ms if start_ms is None else start_ms
            end_ms = play_time_ms(attributes.get("end", ""))
            self._end_ms = self._start_ms if end_ms is None else end_ms

    def end(self, name: str) -> None:
        if name not in ("speaker", "item") or self._text is None:
            return
        said = " ".join("".join(self._text).split())
        self._text = None
        if name == "speaker":
            self._speaker = said[:_MAX_NAME] or None
        elif said:
            self.cues.append(Cue(self._speaker, self._start_ms, self._end_ms, said))

    def text(self, said: str) -> None:
        if self._text is not None:
            self._text.append(said)


def read(text: str, people: Sequence[str] = ()) -> ParsedTranscript:
    """Parse the items and merge them into turns."""
    reader = _Reader()
    read_xml(text, reader)
    if not reader.cues:
        raise TranscriptError(NO_CUES(format="Podlove XML"))
    if all(cue.speaker is None for cue in reader.cues):
        blocks = [Block(cue.start_ms, cue.end_ms, proper=True, lines=[cue.text]) for cue in reader.cues]
        return ParsedTranscript(len(blocks), read_captions(blocks, people))
    return ParsedTranscript(len(reader.cues), merge(reader.cues))


def _recognise(text: str) -> Recognition:
    if root_name(text) not in ("transcripts", "transcript") or "simple-transcripts" not in text[:2_000]:
        return Recognition.NO
    return Recognition.CERTAIN


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("podlove-xml"),
        label="Podlove XML",
        trust=55,
        recognise=_recognise,
        read=read,
        max_pieces=(("<", 1_000_000),),
    ),
)
