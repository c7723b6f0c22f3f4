"""WebVTT: cues as browsers parse them, and what podcast hosts write beside the standard."""

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

# How many of the first cues tell whether the host writes times as the standard demands.
_FIRST_CUES = 5
_HEADER = re.compile(r"\s*WEBVTT(?=[ \t\n]|$)")
_COMMENT = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|:|$)")
# Only tags that WebVTT knows, or HTML that some hosts write into it: "<3" and "vector<int>" are speech.
_TAG = re.compile(
    r"</?(?:c|i|b|u|v|ruby|rt|lang|font|span|em|strong|mark|p)(?:[.\s][^<>]{0,300})?>|<br\s?/?>|<[0-9][0-9:.]{0,20}>",
    re.IGNORECASE,
)


def read(text: str, people: Sequence[str] = ()) -> ParsedTranscript:
    """Parse the cues and merge them into turns.

    A browser drops a cue whose times break the standard. Cues are counted as a browser does, unless the first ones
    show that the host always writes such times ("4.2", "1:04.2"): then every cue counts.
    """
    blocks = read_blocks(_body(text), names=True, comment=_COMMENT)
    if not blocks:
        raise TranscriptError(NO_CUES(format="WebVTT"))
    proper = [block.proper for block in blocks]
    host_keeps_standard = 2 * sum(proper[:_FIRST_CUES]) > len(proper[:_FIRST_CUES])
    count = sum(proper) if host_keeps_standard else len(blocks)
    blocks = merge_highlighted(blocks, _plain)
    if has_voices(blocks):
        return ParsedTranscript(count, merge(voiced_cues(blocks, _plain)))
    for block in blocks:
        block.lines = [_plain(line) for line in block.lines]
    return ParsedTranscript(count, read_captions(blocks, people))


def _body(text: str) -> list[str]:
    """The lines below the header, which ends at an empty line or at the first cue."""
    header = _HEADER.match(text)
    if header is None:
        return text.split("\n")
    lines = text[header.end() :].split("\n")[1:]
    for number, line in enumerate(lines):
        if not line.strip() or "-->" in line:
            return lines[number:]
    return []


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).replace("\u200b", "").split())


def _recognise(text: str) -> Recognition:
    if _HEADER.match(text):
        return Recognition.CERTAIN
    # Without its header it looks like SubRip.
    return Recognition.LIKELY if has_timing_near_top(text) else Recognition.NO


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("vtt"),
        label="VTT",
        trust=70,
        media_types=("text/vtt", "text/webvtt"),
        recognise=_recognise,
        read=read,
        max_pieces=(("-->", 200_000), ("<", 1_200_000), ("\n", 1_000_000)),
    ),
)
