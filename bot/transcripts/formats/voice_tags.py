"""Captions with voice tags: `<v Ada Moore>Hello`, in WebVTT and where its tags stand in SubRip."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.transcripts.formats.caption_speakers import without_label_of
from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.turns.cues import Cue, share_out

# The name of a voice is its first group.
VOICE = re.compile(r"<v(?:\.[^\s<>]{0,60})?\s{1,20}([^<>\n]{1,200})>", re.IGNORECASE)


def has_voices(blocks: Sequence[Block]) -> bool:
    """Whether a voice is tagged anywhere."""
    return any(VOICE.search(line) for block in blocks for line in block.lines)


def voiced_cues(blocks: Sequence[Block], plain: Callable[[str], str]) -> list[Cue]:
    """The cues of a file with voice tags; a cue with several voices is split.

    `plain` takes the other markup out of a text. A label that names the voice once more is no speech.
    """
    cues: list[Cue] = []
    only_changes = _tags_only_changes(blocks)
    last: str | None = None
    for block in blocks:
        # Split at a group: leading text, then a name and its text for each voice tag.
        pieces = VOICE.split(" ".join(block.lines))
        before = _spaced(plain(pieces[0]))
        if len(pieces) > 1:
            # A label in front of the tag that names the same voice is no speech either.
            before = without_label_of(_spaced(plain(pieces[1])), before)
        spoken = [(last if only_changes else None, before)]
        for name, said in zip(pieces[1::2], pieces[2::2], strict=True):
            last = _spaced(plain(name)) or None
            spoken.append((last, without_label_of(last, _spaced(plain(said)))))
        cues += share_out(spoken, block.start_ms, block.end_ms)
    return cues


def _tags_only_changes(blocks: Sequence[Block]) -> bool:
    """Whether a voice is tagged only where the speaker changes, so that untagged cues belong to the last voice.

    True if the first cue is tagged, some later ones aren't, and no voice is tagged twice in a row.
    """
    last: str | None = None
    untagged = 0
    for block in blocks:
        voices = [name for line in block.lines for name in VOICE.findall(line)]
        if not voices:
            untagged += 1
            if last is None and any(line.strip() for line in block.lines):
                return False
        for name in voices:
            if name == last:
                return False
            last = name
    return untagged > 0


def _spaced(text: str) -> str:
    return " ".join(text.split())
