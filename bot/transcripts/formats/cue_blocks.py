"""The cues of WebVTT, SubRip and SBV: a timing line ("0:01 --> 0:02") and the text below it.

Word processors make one sign of the arrow, and video editors count frames: "00:00:01:12 → 00:00:03:02".

Parsed by hand, as the libraries failed on real files: webvtt-py 0.6 gives a whole cue to its first voice, keeps
entities and drops times of bare seconds; srt 3.5 raises on a line above the first cue and takes "00:01,000" for a
minute; pysrt 1.1 drops that cue, and loses one where an empty line is missing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.text.timecodes import LOOSE_CUE, SUBVIEWER, WEBVTT, to_ms

_PROPER_TIMING = re.compile(rf"[ \t\f]*(?P<start>{WEBVTT})[ \t\f]*-->[ \t\f]*(?P<end>{WEBVTT})")
_LOOSE_TIMING = re.compile(rf"\s*(?P<start>{LOOSE_CUE})\s*-->\s*(?P<end>{LOOSE_CUE})(?P<rest>\s.*)?$")
_SUBVIEWER_TIMING = re.compile(rf"(?P<start>{SUBVIEWER})\s?,\s?(?P<end>{SUBVIEWER})\s*")
_ARROW = r"(?:[-‐-―−ー=~]{1,4}(?:\s?[-‐-―−]){0,2}\s?(?:[>›»]{1,2}|&gt;)|[→⟶➔➜➝⇒⟹]{1,3}|>{1,3})"
_CLOCK = r"[0-9]{1,3}(?:\s?:\s?[0-9]{1,3}){1,2}(?:\s?[.,]\s?[0-9]{1,12})?"
_FRAMES = r"[0-9]{1,3}:[0-9]{1,2}:[0-9]{1,2}[:;][0-9]{2,3}"
_ODD_TIMING = re.compile(
    rf"\s*(?P<start>{_FRAMES}|{_CLOCK})\s*{_ARROW}\s*(?P<end>{_FRAMES}|{_CLOCK})(?P<rest>\s.*)?$"
)
_LAST_PART = re.compile(r"[:;]([0-9]{2,3})$")
# How many frames a second has, in the order in which they are tried.
_FRAME_RATES = (25, 30, 50, 60, 100)
_SETTINGS = re.compile(
    r"(?:\s+(?:[A-Za-z]\w*:\S*|(?:align|line|position|region|size|vertical)\s?:\s?\S+))*\s*", re.IGNORECASE
)
# A timing line that is too broken to parse is not speech either.
_BROKEN_TIMING = re.compile(r"[\s0-9:.,>-]*")
_NUMBER = re.compile(r"\s*[0-9]{1,7}\s*")
# How much of a file is searched for its first cue: a note may stand above it.
_TOP_LINES = 60
_TOP_CHARACTERS = 20_000


@dataclass(slots=True)
class Block:
    """One cue: its times and the lines below them. `proper`: the times keep to the WebVTT standard.

    `frames` of start and end come on top of the times; how long one lasts is only known of the whole file.
    """

    start_ms: int
    end_ms: int
    proper: bool
    lines: list[str] = field(default_factory=list)
    frames: tuple[int, int] = (0, 0)


def find_timing(line: str) -> Block | None:
    """The cue that begins with this line, if it is a timing line."""
    if not line.lstrip()[:1].isdecimal():
        return None
    if "-->" not in line:
        found = _SUBVIEWER_TIMING.fullmatch(line)
        return _block(found, proper=False) if found else _odd_timing(line)
    if found := _PROPER_TIMING.match(line):
        block = _block(found, proper=True)
        # Cut, as the settings behind the times may have any length.
        if rest := line[found.end() : found.end() + 300].strip():
            block.lines = _beside(f" {rest}")
        return block
    # Cut, as the settings behind the times may have any length.
    found = _LOOSE_TIMING.match(line[:300])
    if found is None:
        return _odd_timing(line)
    bare = ":" not in found["start"] and ":" not in found["end"]
    if bare and not _SETTINGS.fullmatch(found["rest"] or ""):
        return None  # "10 --> 20 at most" is speech.
    block = _block(found, proper=False)
    block.lines = _beside(found["rest"])
    return block


def _odd_timing(line: str) -> Block | None:
    """The cue of a timing line with another arrow, or with frames."""
    line = line[:300]
    # Full-width colons, commas and arrows.
    found = _ODD_TIMING.match(line if line.isascii() else unicodedata.normalize("NFKC", line))
    if found is None:
        return None
    (start_ms, start_frames), (end_ms, end_frames) = (
        clock_and_frames(found["start"]),
        clock_and_frames(found["end"]),
    )
    lines = _beside(found["rest"])
    return Block(start_ms, end_ms, proper=False, lines=lines, frames=(start_frames, end_frames))


def _beside(rest: str | None) -> list[str]:
    """The text behind the times on their own line, unless it is a player's settings."""
    return [] if rest is None or _SETTINGS.fullmatch(rest) else [rest.strip()]


def clock_and_frames(written: str) -> tuple[int, int]:
    """Milliseconds and frames of a time; three digits behind the last colon are milliseconds."""
    last = _LAST_PART.search(written) if len(re.findall(r"[:;]", written)) == 3 else None
    if last is None:
        return to_ms(written), 0
    whole_ms = to_ms(written[: last.start()])
    return (whole_ms + int(last[1]), 0) if len(last[1]) == 3 else (whole_ms, int(last[1]))


def resolve_frames(blocks: list[Block]) -> None:
    """Add the frames to the times, at the lowest usual rate that has so many in a second."""
    most = max((frame for block in blocks for frame in block.frames), default=0)
    if not most:
        return
    rate = next(one for one in _FRAME_RATES if most < one)
    for block in blocks:
        start, end = block.frames
        block.start_ms += start * 1_000 // rate
        block.end_ms += end * 1_000 // rate


def begins_with_pair(text: str) -> bool:
    """Whether the first cue's times are a pair with a comma, as in SBV and SubViewer."""
    first = next((line for line in _top(text) if find_timing(line)), "")
    return _SUBVIEWER_TIMING.fullmatch(first) is not None


def has_timing_near_top(text: str) -> bool:
    """Whether a timing line stands near the top, as in SubRip and in WebVTT without its header."""
    return any(find_timing(line) for line in _top(text))


def _top(text: str) -> list[str]:
    start = len(text) - len(text.lstrip())
    return text[start : start + _TOP_CHARACTERS].split("\n", _TOP_LINES)[:_TOP_LINES]


def _block(timing: re.Match[str], *, proper: bool) -> Block:
    return Block(to_ms(timing["start"]), to_ms(timing["end"]), proper)


def read_blocks(
    lines: Iterable[str], *, names: bool = False, comment: re.Pattern[str] | None = None
) -> list[Block]:
    """The cues in the order of the file, including those without text.

    names: the line above the times may be any identifier, as in WebVTT, not just a number.
    comment: matches the first line of a paragraph that isn't speech.
    A paragraph without times belongs to the cue above it: players drop it, but readers would miss it.
    """
    blocks: list[Block] = []
    # The lines since the last empty line or timing line; `timed` where it was a timing line.
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
                # The cue above has an empty line below its times, so this is its text and no identifier.
                name = None
            if name is not None:
                paragraph.pop()
                number = int(name) if _NUMBER.fullmatch(name) else None
            close()
            blocks.append(timing)
            paragraph, timed = [], True
        elif line.strip():
            if "-->" not in line or not _BROKEN_TIMING.fullmatch(line):
                paragraph.append(line)
        else:
            close()
            paragraph, timed = [], False
    close()
    resolve_frames(blocks)
    return blocks


def _name_above(paragraph: list[str], *, timed: bool, names: bool, number: int | None) -> str | None:
    """The last line of the paragraph, if it is the identifier of the cue whose times follow.

    `timed`: the paragraph is the text of a cue, so that the empty line before the identifier is missing.
    """
    if not paragraph:
        return None
    last = paragraph[-1]
    if not timed and len(paragraph) == 1 and names:
        return last
    if not _NUMBER.fullmatch(last):
        return None
    # Numbers are also spoken, but hardly the one that is due next.
    return last if not timed or (number is not None and int(last) == number + 1) else None


def _is_number(paragraph: list[str]) -> bool:
    return len(paragraph) == 1 and _NUMBER.fullmatch(paragraph[0]) is not None
