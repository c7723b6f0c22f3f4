"""Roll-up captions: each cue repeats the line before it, or shows the same line with words added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.transcripts.formats.cue_blocks import Block

# A refrain, or a "No." said twice, repeats a line too; roll-up captions do it all the way through.
_MIN_REPEATS = 5
_MIN_SHARE = 0.6
_MIN_GROWTH = 0.25
# Captions show two or three lines at a time.
_MAX_LINES = 6


def unroll(blocks: Sequence[Block]) -> list[Block]:
    """The cues with each line kept once; unchanged where the captions don't roll."""
    shown = [[line.split() for line in block.lines if line.strip()] for block in blocks]
    spoken = [number for number, lines in enumerate(shown) if lines]
    repeats = growths = 0
    added: dict[int, list[list[str]]] = {}
    for before, number in pairwise(spoken):
        rest = _added(shown[before], shown[number])
        if rest is not None:
            repeats += 1
            growths += bool(rest)
            added[number] = rest
    pairs = len(spoken) - 1
    if repeats < max(_MIN_REPEATS, _MIN_SHARE * pairs) or growths < _MIN_GROWTH * pairs:
        return list(blocks)
    return [
        replace(block, lines=[" ".join(words) for words in added[number]]) if number in added else block
        for number, block in enumerate(blocks)
    ]


def _added(before: list[list[str]], lines: list[list[str]]) -> list[list[str]] | None:
    """What `lines` add to the last lines of `before`; None where they don't begin with them."""
    for count in range(min(len(before), len(lines), _MAX_LINES), 0, -1):
        *whole, last = before[-count:]
        grown = lines[count - 1]
        if whole == lines[: count - 1] and grown[: len(last)] == last:
            rest = [grown[len(last) :], *lines[count:]]
            return [words for words in rest if words]
    return None
