"""WebVTT, as strictly as browsers read it and as loosely as podcast hosts write it."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from bot.transcripts.formats.captions import read_captions
from bot.transcripts.formats.cue_blocks import Block, read_blocks
from bot.transcripts.turns.cues import Cue, Reading, TranscriptError, merge, share_out

_FIRST = 5
_HEAD = re.compile(r"\s*WEBVTT(?=[ \t\n]|$)")
_COMMENT = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|:|$)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,60})?\s{1,20}([^<>\n]{1,200})>", re.IGNORECASE)
# Only what WebVTT, or the HTML that some write into it, knows as a tag: a "<3" is said, and so is a "vector<int>".
_TAG = re.compile(
    r"</?(?:c|i|b|u|v|ruby|rt|lang|font|span|em|strong|p)(?:[.\s][^<>]{0,300})?>|<br\s?/?>|<[0-9][0-9:.]{0,20}>",
    re.IGNORECASE,
)


def looks_like(text: str) -> bool:
    """Whether the text says that it is WebVTT."""
    return _HEAD.match(text) is not None


def read(text: str, people: Sequence[str] = ()) -> Reading:
    """The turns, and how many cues a browser keeps, or a reader would if its host wrote proper times."""
    blocks = read_blocks(_body(text), names=True, comment=_COMMENT)
    if not blocks:
        raise TranscriptError("The WebVTT file has no cues.")
    # A browser drops a cue whose times are not as the standard writes them; where those are its host's way ("4.2",
    # "1:04.2" up to ten minutes), which the first cues tell, the file is one that no browser reads.
    proper = [block.proper for block in blocks]
    browsers = 2 * sum(proper[:_FIRST]) > len(proper[:_FIRST])
    count = sum(proper) if browsers else len(blocks)
    if any(_VOICE.search(line) for block in blocks for line in block.lines):
        return Reading(count, merge(_spoken(blocks)))
    for block in blocks:
        block.lines = [_plain(line) for line in block.lines]
    return Reading(count, read_captions(blocks, people))


def _body(text: str) -> list[str]:
    """The lines below the head: its own line, and what stands below it up to an empty line or a cue."""
    head = _HEAD.match(text)
    if head is None:
        return text.split("\n")
    lines = text[head.end() :].split("\n")[1:]
    for number, line in enumerate(lines):
        if not line.strip() or "-->" in line:
            return lines[number:]
    return []


def _spoken(blocks: Sequence[Block]) -> list[Cue]:
    """The cues of a file that names voices."""
    cues: list[Cue] = []
    marks_changes = _marks_changes(blocks)
    last: str | None = None
    for block in blocks:
        # "text", then for each voice its name and its text.
        pieces = _VOICE.split(" ".join(block.lines))
        spoken = [(last if marks_changes else None, _plain(pieces[0]))]
        for name, said in zip(pieces[1::2], pieces[2::2], strict=True):
            last = _plain(name) or None
            spoken.append((last, _plain(said)))
        cues += share_out(spoken, block.start_ms, block.end_ms)
    return cues


def _marks_changes(blocks: Sequence[Block]) -> bool:
    """Whether the voice is written where it changes only: from the first cue on, and never the same one again."""
    last: str | None = None
    unnamed = 0
    for block in blocks:
        voices = [name for line in block.lines for name in _VOICE.findall(line)]
        if not voices:
            unnamed += 1
            if last is None and any(line.strip() for line in block.lines):
                return False
        for name in voices:
            if name == last:
                return False
            last = name
    return unnamed > 0


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).replace("\u200b", "").split())
