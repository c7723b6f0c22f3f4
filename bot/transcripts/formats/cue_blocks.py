"""Cues in text, as WebVTT and SubRip have them: a line of two times around an arrow, and what stands below it.

Read by hand, after trying the libraries: webvtt-py 0.6 gives a cue to its first voice, leaves entities as they are
and drops bare seconds; srt 3.5 raises on a line above the first cue and takes "00:01,000" for a minute; pysrt 1.1
drops that, and swallows a cue where an empty line is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.text.timecodes import LOOSE_CUE, SUBVIEWER, WEBVTT, to_ms

_PROPER_TIMING = re.compile(rf"[ \t\f]*(?P<start>{WEBVTT})[ \t\f]*-->[ \t\f]*(?P<end>{WEBVTT})")
_LOOSE_TIMING = re.compile(rf"\s*(?P<start>{LOOSE_CUE})\s*-->\s*(?P<end>{LOOSE_CUE})(?P<rest>\s.*)?$")
_SUBVIEWER_TIMING = re.compile(rf"(?P<start>{SUBVIEWER}),(?P<end>{SUBVIEWER})\s*")
_SETTINGS = re.compile(r"(?:\s+[A-Za-z]\w*:\S*)*\s*")
# Times that nobody can read any more are no speech either.
_MANGLED = re.compile(r"[\s0-9:.,>-]*")
_NUMBER = re.compile(r"\s*[0-9]{1,7}\s*")
# How much of a file is searched for its first cue: a note may stand above it.
_TOP_LINES = 60
_TOP_CHARACTERS = 20_000


@dataclass(slots=True)
class Block:
    """One cue. `proper`: its times are written as the WebVTT standard demands."""

    start_ms: int
    end_ms: int
    proper: bool
    lines: list[str] = field(default_factory=list)


def find_timing(line: str) -> Block | None:
    """The cue that this line begins, if it is one of two times."""
    if "-->" not in line:
        found = _SUBVIEWER_TIMING.fullmatch(line) if line[:1].isdecimal() else None
        return _block(found, proper=False) if found else None
    if found := _PROPER_TIMING.match(line):
        return _block(found, proper=True)
    # The settings behind the times may be of any length, the times may not.
    found = _LOOSE_TIMING.match(line[:300])
    if found is None:
        return None
    bare = ":" not in found["start"] and ":" not in found["end"]
    if bare and not _SETTINGS.fullmatch(found["rest"] or ""):
        return None  # "10 --> 20 at most" is said.
    return _block(found, proper=False)


def has_timing_near_top(text: str) -> bool:
    """Whether a timing line stands near the top, as in SubRip and in WebVTT without its header."""
    start = len(text) - len(text.lstrip())
    top = text[start : start + _TOP_CHARACTERS].split("\n", _TOP_LINES)[:_TOP_LINES]
    return any(find_timing(line) for line in top)


def _block(timing: re.Match[str], *, proper: bool) -> Block:
    return Block(to_ms(timing["start"]), to_ms(timing["end"]), proper)


def read_blocks(
    lines: Iterable[str], *, names: bool = False, comment: re.Pattern[str] | None = None
) -> list[Block]:
    """The cues in the order of the file, those without a text too.

    `names`: the line above the times may be any name, as in WebVTT, not only a number. `comment` begins a paragraph
    that is not said. A paragraph without times belongs to the cue above it: players drop it, a reader would miss it.
    """
    blocks: list[Block] = []
    # The lines since the last empty one or the last times, and whether those times are the last of `blocks`.
    paragraph: list[str] = []
    timed = False
    number: int | None = None

    def close() -> None:
        said = paragraph
        if not timed and said and (_is_number(said) or (comment and comment.match(said[0]))):
            said = []
        if blocks:
            blocks[-1].lines += said

    for line in lines:
        timing = find_timing(line)
        if timing is not None:
            name = _name_above(paragraph, timed=timed, names=names, number=number)
            if name and blocks and not blocks[-1].lines and not timed and " " in name.strip():
                name = None  # Whoever put an empty line below the times left none above the next.
            if name is not None:
                paragraph.pop()
                number = int(name) if _NUMBER.fullmatch(name) else None
            close()
            blocks.append(timing)
            paragraph, timed = [], True
        elif line.strip():
            if "-->" not in line or not _MANGLED.fullmatch(line):
                paragraph.append(line)
        else:
            close()
            paragraph, timed = [], False
    close()
    return blocks


def _name_above(paragraph: list[str], *, timed: bool, names: bool, number: int | None) -> str | None:
    """The last line, if it names the cue whose times follow: a number where an empty line was forgotten."""
    if not paragraph:
        return None
    last = paragraph[-1]
    if not timed and len(paragraph) == 1 and names:
        return last
    if not _NUMBER.fullmatch(last):
        return None
    # A number may be what was said; not the one that is due.
    return last if not timed or (number is not None and int(last) == number + 1) else None


def _is_number(paragraph: list[str]) -> bool:
    return len(paragraph) == 1 and _NUMBER.fullmatch(paragraph[0]) is not None
