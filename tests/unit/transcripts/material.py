"""Small transcripts for the tests, and the rows that they are read as."""

from __future__ import annotations

import json

from bot.transcripts.reader import read_transcript
from storage.models import TranscriptSource
from tests.paths import SHARED_DATA

DATA = SHARED_DATA / "transcripts"

Row = tuple[str | None, int | None, int | None, str]


def rows_of(
    body: str | bytes,
    mime_type: str | None = None,
    *,
    people: tuple[str, ...] = (),
    forced: TranscriptSource | None = None,
) -> list[Row]:
    """Speaker, start, end and text of each turn."""
    raw = body if isinstance(body, bytes) else body.encode()
    return [
        (turn.speaker, turn.start_ms, turn.end_ms, turn.text)
        for turn in read_transcript(raw, mime_type, people=people, forced=forced).turns
    ]


def cues_of(body: str, mime_type: str | None = None) -> int:
    """How many cues the file has."""
    return read_transcript(body.encode(), mime_type).cues


def segments(*rows: tuple[str | None, float, float, str]) -> str:
    """The JSON of Podcasting 2.0."""
    keys = ("speaker", "startTime", "endTime", "body")
    return json.dumps({"version": "1.0.0", "segments": [dict(zip(keys, row, strict=True)) for row in rows]})


def subrip(*texts: str, every_s: int = 2) -> str:
    """SubRip with one cue for each text, one after the other."""

    def clock(second: int) -> str:
        return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02},000"

    return "".join(
        f"{number + 1}\n{clock(number * every_s)} --> {clock((number + 1) * every_s)}\n{text}\n\n"
        for number, text in enumerate(texts)
    )
