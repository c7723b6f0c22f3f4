"""YouTube's captions: srv1 (`<text start="0.5" dur="2">`), srv2 (`<text t="500">`), srv3 (`<p t="500" d="2000">`)."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.text.timecodes import Unit, json_ms
from bot.transcripts.formats.caption_speakers import read_captions
from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.formats.xml_events import read_xml, root_name
from bot.transcripts.turns.cues import NO_CUES, ParsedTranscript, TranscriptError
from storage.models import TranscriptSource

_CUES = frozenset({"p", "text"})
_FIRST_CUE = re.compile(r"<(?:p\s[^<>]{0,200}\bt=|text\s[^<>]{0,200}\b(?:start|t)=)")


@dataclass(slots=True)
class _Reader:
    blocks: list[Block] = field(default_factory=list)
    # The text of the open cue.
    _text: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _CUES:
            in_ms = "t" in attributes
            unit = Unit.MILLISECONDS if in_ms else Unit.SECONDS
            before_ms = self.blocks[-1].end_ms if self.blocks else 0
            start_ms = json_ms(attributes.get("t" if in_ms else "start"), unit)
            start_ms = before_ms if start_ms is None else start_ms
            lasts_ms = json_ms(attributes.get("d" if in_ms else "dur"), unit) or 0
            self.blocks.append(Block(start_ms, start_ms + lasts_ms, proper=True))
            self._text = []
        elif name == "br":
            self.text("\n")

    def end(self, name: str) -> None:
        if name in _CUES and self._text is not None:
            # srv1 escapes twice.
            self.blocks[-1].lines = html.unescape("".join(self._text)).split("\n")
            self._text = None

    def text(self, said: str) -> None:
        if self._text is not None:
            self._text.append(said)


def read(text: str, people: Sequence[str] = ()) -> ParsedTranscript:
    """Parse the cues and merge them into turns; those with words are counted."""
    reader = _Reader()
    read_xml(text, reader)
    blocks = [block for block in reader.blocks if any(line.strip() for line in block.lines)]
    if not blocks:
        raise TranscriptError(NO_CUES(format="YouTube"))
    return ParsedTranscript(len(blocks), read_captions(blocks, people))


def _recognise(text: str) -> Recognition:
    root = root_name(text)
    if root == "timedtext" or (root == "transcript" and _FIRST_CUE.search(text[:5_000])):
        return Recognition.CERTAIN
    return Recognition.NO


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("youtube"),
        label="YouTube XML",
        trust=34,
        recognise=_recognise,
        read=read,
        max_pieces=(("<", 1_000_000),),
    ),
)
