"""The commands that parse one file as an episode's is parsed, without settings or a database."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterable
from pathlib import Path

from bot.cli.output import print_json, print_text
from bot.cli.records import seconds, turn_lines, turn_records
from bot.cli.streams import STDIN, unreadable
from bot.cli.usage import quoted
from bot.lookup import LookupFailedError
from bot.show_notes.reader import read_notes
from bot.text.encoding import to_text
from bot.text.html_bounds import MarkupError
from bot.text.timecodes import clock
from bot.transcripts.reader import MAX_BYTES, read_transcript
from storage.models import TranscriptSource

# More than any show notes have. The rest of a longer file is ignored.
MAX_NOTES_BYTES = 8_000_000
_SNIFFED = 8_192
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def print_notes(options: argparse.Namespace) -> int:
    """Print the chapters and turns in a file of show notes. Returns the exit code."""
    body = _body(options.file, MAX_NOTES_BYTES)
    if b"\0" in body[:_SNIFFED] and not body.startswith(_WIDE):
        raise LookupFailedError(f"{options.file[:200]} can't be notes: it is no text.")
    try:
        notes = read_notes(to_text(body), options.duration)
    except MarkupError as error:
        raise LookupFailedError(
            f"{options.file[:200]} can't be read: its HTML would take far more memory than its length says."
        ) from error
    if options.json:
        chapters = [{"start_s": seconds(one.start_ms), "title": one.title} for one in notes.chapters]
        print_json({"chapters": chapters, "turns": turn_records(notes.turns)})
        return 0
    for chapter in notes.chapters:
        print_text(f"{clock(chapter.start_ms):>8}  {chapter.title}")
    if notes.chapters and notes.turns:
        print_text("")
    _print_lines(turn_lines(notes.turns))
    if not notes.chapters and not notes.turns:
        print_text("No chapters and no transcript in these notes.")
    return 0


def print_transcript(options: argparse.Namespace) -> int:
    """Print the turns in a transcript's file. Returns the exit code."""
    forced = TranscriptSource(options.type) if options.type else None
    transcript = read_transcript(_body(options.file, MAX_BYTES + 1), None, forced=forced)
    if options.json:
        print_json(
            {
                "format": transcript.source,
                "cues": transcript.cues,
                "turns": turn_records(transcript.turns),
            }
        )
        return 0
    print_text(f"{transcript.source}: {transcript.cues} cues, {len(transcript.turns)} turns")
    _print_lines(turn_lines(transcript.turns))
    return 0


def duration(text: str) -> float:
    """Seconds from an option. Raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number of seconds above 0, not {quoted(text)}")
    return number


def _body(name: str, max_bytes: int) -> bytes:
    """At most `max_bytes` of the file, or of stdin for `-`. Raises LookupFailedError."""
    try:
        if name == STDIN:
            return sys.stdin.buffer.read(max_bytes)
        with Path(name).open("rb") as source:
            return source.read(max_bytes)
    except (OSError, ValueError) as error:
        raise LookupFailedError(unreadable(name, error)) from error


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print_text(line)
