"""The commands that read one file as an episode's are read, and need neither settings nor a database."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterable
from pathlib import Path

from bot.cli.output import print_json, print_text
from bot.cli.records import seconds
from bot.lookup import LookupFailedError
from bot.show_notes.reader import read_notes
from bot.text.encoding import to_text
from bot.text.timecodes import clock
from bot.transcripts.reader import MAX_BYTES, read_transcript
from storage.models import TranscriptSource, Turn

# More than any notes have; what stands behind is not read.
MAX_NOTES_BYTES = 8_000_000
_SNIFFED = 8_192
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def print_notes(options: argparse.Namespace) -> int:
    """Print the chapters and the turns that a file of show notes holds; the exit code."""
    body = _body(options.file, MAX_NOTES_BYTES)
    if b"\0" in body[:_SNIFFED] and not body.startswith(_WIDE):
        raise LookupFailedError(f"{options.file[:200]} can't be notes: it is no text.")
    notes = read_notes(to_text(body), options.duration)
    if options.json:
        chapters = [{"start_s": seconds(one.start_ms), "title": one.title} for one in notes.chapters]
        print_json({"chapters": chapters, "turns": _records(notes.turns)})
        return 0
    for chapter in notes.chapters:
        print_text(f"{clock(chapter.start_ms):>8}  {chapter.title}")
    if notes.chapters and notes.turns:
        print_text("")
    _print_turns(notes.turns)
    if not notes.chapters and not notes.turns:
        print_text("No chapters and no transcript in these notes.")
    return 0


def print_transcript(options: argparse.Namespace) -> int:
    """Print the turns that a published transcript's file holds; the exit code."""
    forced = TranscriptSource(options.type) if options.type else None
    transcript = read_transcript(_body(options.file, MAX_BYTES + 1), None, forced=forced)
    if options.json:
        print_json(
            {
                "format": transcript.source,
                "cues": transcript.cues,
                "turns": _records(transcript.turns),
            }
        )
        return 0
    print_text(f"{transcript.source}: {transcript.cues} cues, {len(transcript.turns)} turns")
    _print_turns(transcript.turns)
    return 0


def duration(text: str) -> float:
    """Seconds from an option; ValueError where they are none."""
    number = float(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError("expected a number of seconds above 0")
    return number


def _body(name: str, max_bytes: int) -> bytes:
    """The beginning of the file, or of what is piped in. Raises LookupFailedError."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(max_bytes)
        with Path(name).open("rb") as source:
            return source.read(max_bytes)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that is no name of a file"
        raise LookupFailedError(f"{name[:200]} can't be read: {reason}.") from error


def _records(turns: Iterable[Turn]) -> list[dict[str, object]]:
    return [
        {
            "speaker": one.speaker,
            "start_s": seconds(one.start_ms),
            "end_s": seconds(one.end_ms),
            "text": one.text,
        }
        for one in turns
    ]


def _print_turns(turns: Iterable[Turn]) -> None:
    for one in turns:
        at = clock(one.start_ms) if one.start_ms is not None else ""
        print_text(f"{at:>8}  {one.speaker + ': ' if one.speaker else ''}{one.text}")
