"""Captions that show one line again and again with another word marked: `<u>Hello</u> there`, `Hello <u>there</u>`.

whisper's `--highlight_words` and video editors write them; read as they stand, each line is said once for each word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.formats.voice_tags import VOICE

# What is said again later, highlighted or not, is said twice.
_MAX_GAP_MS = 1_000
# One line whose mark moves so often shows that the captions do it.
_MIN_MOVES = 2


def merge_highlighted(blocks: Sequence[Block], plain: Callable[[str], str]) -> list[Block]:
    """The cues with those merged into one that differ in their markup alone, where it moves through the lines.

    `plain` takes the markup out of a line.
    """
    runs = list(_runs(blocks, plain))
    if not any(_moves(run) >= _MIN_MOVES for run in runs):
        return list(blocks)
    return [_merged(run) if _moves(run) > 0 else block for run in runs for block in run[: _kept(run)]]


def _runs(blocks: Sequence[Block], plain: Callable[[str], str]) -> Iterator[list[Block]]:
    """The cues in runs that follow each other and show the same text."""
    run: list[Block] = []
    shown = ""
    for block in blocks:
        # Two who say the same are no repetition.
        lines = (plain(VOICE.sub(r"\1: ", line)) for line in block.lines)
        text = " ".join(" ".join(lines).split())
        follows = run and -_MAX_GAP_MS <= block.start_ms - run[-1].end_ms <= _MAX_GAP_MS
        if run and not (follows and text == shown):
            yield run
            run = []
        run.append(block)
        shown = text
    if run:
        yield run


def _moves(run: Sequence[Block]) -> int:
    """How many ways of marking the text of the run are seen, besides the first."""
    return len({"\n".join(block.lines) for block in run}) - 1


def _kept(run: Sequence[Block]) -> int:
    return 1 if _moves(run) > 0 else len(run)


def _merged(run: Sequence[Block]) -> Block:
    return replace(run[0], end_ms=max(block.end_ms for block in run))
