"""One published transcript in a local file, read and shown without a database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from bot.listings import seconds
from bot.play_links import clock
from bot.transcripts import MAX_BYTES, Transcript, TranscriptError, read_transcript
from storage.models import TranscriptSource

READABLE_TYPES = tuple(one.value for one in TranscriptSource if one is not TranscriptSource.NOTES)


def read_transcript_file(file: str, forced: str | None) -> Transcript:
    """Read `file`, "-" for stdin. TranscriptError where it can't be read."""
    try:
        if file == "-":
            body = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(file).open("rb") as opened:
                body = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such name"
        raise TranscriptError(f"{file[:200]} can't be read: {reason}.") from error
    return read_transcript(body, None, forced=TranscriptSource(forced) if forced else None)


def transcript_record(transcript: Transcript) -> dict[str, Any]:
    """The transcript for scripts."""
    return {
        "format": transcript.source.value,
        "cues": transcript.cues,
        "turns": [
            {
                "speaker": one.speaker,
                "start_s": seconds(one.start_ms),
                "end_s": seconds(one.end_ms),
                "text": one.text,
            }
            for one in transcript.turns
        ],
    }


def transcript_lines(transcript: Transcript) -> list[str]:
    """The transcript for a person."""
    lines = [f"{transcript.source.value}: {transcript.cues} cues, {len(transcript.turns)} turns"]
    for one in transcript.turns:
        at = clock(one.start_ms) if one.start_ms is not None else ""
        lines.append(f"{at:>8}  {one.speaker + ': ' if one.speaker else ''}{one.text}")
    return lines
