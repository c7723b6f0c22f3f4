"""Captions without voices, as turns: lines that roll are said once, and names before a colon are speakers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.transcripts.blocks import Block
from bot.transcripts.cues import merge
from bot.transcripts.prefixes import name_speakers
from bot.transcripts.rolling import unroll
from storage.models import Turn


def read_captions(blocks: Sequence[Block], people: Sequence[str]) -> tuple[Turn, ...]:
    """The turns out of cues whose lines are plain text."""
    return merge(name_speakers(unroll(blocks), people))
