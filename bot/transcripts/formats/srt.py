"""SubRip as podcast hosts write it: speakers as "Name:", players' tags, cues with or without a number."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from bot.transcripts.formats.caption_speakers import read_captions
from bot.transcripts.formats.cue_blocks import has_timing_near_top, read_blocks
from bot.transcripts.formats.highlighted_words import merge_highlighted
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.formats.voice_tags import has_voices, voiced_cues
from bot.transcripts.turns.cues import NO_CUES, ParsedTranscript, TranscriptError, merge
from storage.models import TranscriptSource

_TAG = re.compile(
    r"</?(?:i|b|u|s|c|v|font|span|em|strong|mark|p)(?:[.\s][^<>]{0,300})?>|<br\s?/?>|\{\\[^{}]{0,100}\}|\{/?[biu]\}",
    re.IGNORECASE,
)
_BREAK = re.compile(r"\\[Nnh]")


def read(text: str, people: Sequence[str] = ()) -> ParsedTranscript:
    """Parse the cues and merge them into turns."""
    blocks = read_blocks(text.split("\n"))
    if not blocks:
        raise TranscriptError(NO_CUES(format="SubRip"))
    count = len(blocks)
    blocks = merge_highlighted(blocks, clean)
    if has_voices(blocks):
        return ParsedTranscript(count, merge(voiced_cues(blocks, clean)))
    for block in blocks:
        block.lines = [clean(line) for line in block.lines]
    return ParsedTranscript(count, read_captions(blocks, people))


def clean(line: str) -> str:
    """The line without the markup that is meant for players."""
    if "\\" in line:
        line = _BREAK.sub(" ", line)
    if "<" in line or "{" in line:
        line = _TAG.sub("", line)
    return html.unescape(line).replace("\u200b", "")


def _recognise(text: str) -> Recognition:
    # WebVTT that has lost its header looks the same.
    return Recognition.LIKELY if has_timing_near_top(text) else Recognition.NO


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("srt"),
        label="SRT",
        trust=40,
        media_types=(
            "application/x-subrip",
            "application/srt",
            "application/x-srt",
            "text/srt",
            "text/subrip",
        ),
        recognise=_recognise,
        read=read,
        max_pieces=(("-->", 200_000), ("\n", 1_000_000)),
    ),
)
