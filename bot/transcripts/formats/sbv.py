"""SBV, as YouTube exports it, and SubViewer: `0:00:00.500,0:00:03.100` above the text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.transcripts.formats.caption_speakers import read_captions
from bot.transcripts.formats.cue_blocks import begins_with_pair, read_blocks
from bot.transcripts.formats.highlighted_words import merge_highlighted
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.formats.srt import clean
from bot.transcripts.turns.cues import NO_CUES, ParsedTranscript, TranscriptError
from storage.models import TranscriptSource

_BREAK = re.compile(r"\[br\]", re.IGNORECASE)


def read(text: str, people: Sequence[str] = ()) -> ParsedTranscript:
    """Parse the cues and merge them into turns."""
    blocks = read_blocks(_BREAK.sub("\n", text).split("\n"))
    if not blocks:
        raise TranscriptError(NO_CUES(format="SBV"))
    count = len(blocks)
    blocks = merge_highlighted(blocks, clean)
    for block in blocks:
        block.lines = [clean(line) for line in block.lines]
    return ParsedTranscript(count, read_captions(blocks, people))


def _recognise(text: str) -> Recognition:
    return Recognition.CERTAIN if begins_with_pair(text) else Recognition.NO


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("sbv"),
        label="SBV",
        trust=36,
        media_types=("text/sbv", "text/x-sbv", "application/x-sbv", "application/sbv"),
        recognise=_recognise,
        read=read,
        max_pieces=(("\n", 1_000_000),),
    ),
)
