"""LRC, made for lyrics: `[00:03.40]Thanks for having me.`, also with a time at each word (`<00:03.40> Thanks`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.transcripts.formats.caption_speakers import read_captions
from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.turns.cues import NO_CUES, ParsedTranscript, TranscriptError
from storage.models import TranscriptSource

_TIME = (
    r"(?:(?P<hours>[0-9]{1,2}):(?=[0-9]{2}:))?(?P<minutes>[0-9]{1,4}):(?P<seconds>[0-9]{2})"
    r"(?:[.:](?P<fraction>[0-9]{1,3}))?"
)
_TIMES = re.compile(rf"\s*\[\s?{_TIME}\s?\]")
_WORD_TIME = re.compile(r"\s*<\s?[0-9]{1,4}:[0-9]{2}(?:[.:][0-9]{1,3})?\s?>(\s*)")
_TAG = re.compile(r"\s*\[\s?(?P<key>#|[A-Za-z]{2,10})\s?:(?P<value>[^\[\]\n]{0,500})\]\s*$")
# The tags that others than LRC don't have.
_KEYS = frozenset({"al", "ar", "au", "by", "la", "length", "lr", "offset", "re", "ti", "tool", "ve"})
_OFFSET = re.compile(r"\s*([+-]?[0-9]{1,7})\s*")
_LAST_LINE_MS = 5_000
# So often a line comes again; one that is longer than any refrain is said once.
_MAX_TIMES = 50
_MAX_REFRAIN = 500
_TOP_LINES = 60
_TOP_CHARACTERS = 20_000


def read(text: str, people: Sequence[str] = ()) -> ParsedTranscript:
    """Parse the lines and merge them into turns; a line ends where the next one begins."""
    offset_ms = 0
    said: list[tuple[int, str]] = []
    for line in text.split("\n"):
        tag = _TAG.match(line)
        if tag is not None and not _TIMES.match(line):
            if tag["key"].lower() == "offset" and (moved := _OFFSET.fullmatch(tag["value"])):
                offset_ms = int(moved[1])
            continue
        starts: list[int] = []
        at = 0
        while len(starts) < _MAX_TIMES and (found := _TIMES.match(line, at)):
            starts.append(_to_ms(found))
            at = found.end()
        words = " ".join(_WORD_TIME.sub(_space, line[at:]).split())
        if len(words) > _MAX_REFRAIN:
            starts = starts[:1]
        if starts:
            said += [(start_ms, words) for start_ms in starts]
        elif words and said:
            said[-1] = (said[-1][0], f"{said[-1][1]} {words}")
    # Lines with several times are said again later. A positive offset lets all come sooner.
    said.sort(key=lambda one: one[0])
    starts_ms = [max(0, start_ms - offset_ms) for start_ms, _ in said]
    ends_ms = [*starts_ms[1:], *(start_ms + _LAST_LINE_MS for start_ms in starts_ms[-1:])]
    blocks = [
        Block(start_ms, end_ms, proper=True, lines=[words])
        for (_, words), start_ms, end_ms in zip(said, starts_ms, ends_ms, strict=True)
        if words
    ]
    if not blocks:
        raise TranscriptError(NO_CUES(format="LRC"))
    return ParsedTranscript(len(blocks), read_captions(blocks, people))


def _space(found: re.Match[str]) -> str:
    """A space for the time of a word, unless it stands inside of one."""
    return " " if found[0][0].isspace() or found[1] else ""


def _to_ms(found: re.Match[str]) -> int:
    whole_s = 3_600 * int(found["hours"] or 0) + 60 * int(found["minutes"]) + int(found["seconds"])
    return 1_000 * whole_s + int((found["fraction"] or "0").ljust(3, "0"))


def _recognise(text: str) -> Recognition:
    """Certain with a tag of its own, likely where hundredths stand in the brackets and the text touches them."""
    lines = [line for line in text[:_TOP_CHARACTERS].split("\n")[:_TOP_LINES] if line.strip()]
    found = [_TIMES.match(line) for line in lines]
    timed = [one for one in found if one is not None]
    tags = {tag["key"].lower() for line in lines if (tag := _TAG.match(line))}
    if timed and tags & _KEYS:
        return Recognition.CERTAIN
    touching = sum(one["fraction"] is not None and not one.string[one.end() :][:1].isspace() for one in timed)
    return Recognition.LIKELY if touching > 1 and touching >= 0.9 * len(lines) else Recognition.NO


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("lrc"),
        label="LRC",
        trust=25,
        media_types=("text/lrc", "text/x-lrc", "application/x-lrc", "application/lrc"),
        recognise=_recognise,
        read=read,
        max_pieces=(("\n", 500_000), ("<", 1_200_000), ("[", 1_000_000)),
    ),
)
