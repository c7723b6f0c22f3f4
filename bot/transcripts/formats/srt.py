"""SubRip, as the tools of podcast hosts write it: speakers as "Name:", tags of players, numbers or none."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from bot.transcripts.formats.captions import read_captions
from bot.transcripts.formats.cue_blocks import find_timing, read_blocks
from bot.transcripts.turns.cues import Reading, TranscriptError

# A note above the first cue may come first.
_LOOKED_AT = 60
_TAG = re.compile(
    r"</?(?:i|b|u|s|c|v|font|span|em|strong|p)(?:[.\s][^<>]{0,300})?>|<br\s?/?>|\{\\[^{}]{0,100}\}|\{/?[biu]\}",
    re.IGNORECASE,
)
_BREAK = re.compile(r"\\[Nnh]")


def looks_like(text: str) -> bool:
    """Whether times around an arrow stand near the beginning, as in SubRip, and in WebVTT that lost its head."""
    start = len(text) - len(text.lstrip())
    head = text[start : start + 20_000].split("\n", _LOOKED_AT)[:_LOOKED_AT]
    return any(find_timing(line) for line in head)


def read(text: str, people: Sequence[str] = ()) -> Reading:
    """The turns out of the cues."""
    blocks = read_blocks(text.split("\n"))
    if not blocks:
        raise TranscriptError("The SubRip file has no cues.")
    for block in blocks:
        block.lines = [clean(line) for line in block.lines]
    return Reading(len(blocks), read_captions(blocks, people))


def clean(line: str) -> str:
    """The line without what is meant for players."""
    if "\\" in line:
        line = _BREAK.sub(" ", line)
    if "<" in line or "{" in line:
        line = _TAG.sub("", line)
    return html.unescape(line).replace("\u200b", "")
