"""An invented format, in the one file that a format needs: "ADA. The kettle is on." below a line "SCENE 1"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.turns.cues import ParsedTranscript
from storage.models import TranscriptSource, Turn

_LINE = re.compile(r"(\d+)' ([A-Z]+)\. (.+)")


def _recognise(text: str) -> Recognition:
    return Recognition.CERTAIN if text.startswith("SCENE ") else Recognition.NO


def _read(text: str, _people: Sequence[str]) -> ParsedTranscript:
    turns = [
        Turn(found[2].title(), int(found[1]) * 60_000, None, found[3])
        for line in text.splitlines()
        if (found := _LINE.fullmatch(line))
    ]
    return ParsedTranscript(len(turns), tuple(turns))


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("play"),
        label="stage play",
        trust=90,
        media_types=("text/x-stage-play",),
        recognise=_recognise,
        read=_read,
        max_pieces=(("\n", 1_000),),
    ),
)
