"""Captions without voices, as turns: lines that roll are said once, and names before a colon are speakers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.transcripts.formats.caption_speakers import name_speakers
from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.formats.rolling_captions import unroll
from bot.transcripts.turns.cues import merge
from storage.models import Turn


def read_captions(blocks: Sequence[Block], people: Sequence[str]) -> tuple[Turn, ...]:
    """The turns out of cues whose lines are plain text."""
    return merge(name_speakers(unroll(blocks), people))
