"""A file of show notes, read on the command line the way an episode's are: chapters and speech."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

from bot.listings import seconds
from bot.lookup import LookupFailedError
from bot.notes import Notes, read_notes
from bot.play_links import clock
from bot.printing import print_json, print_text
from bot.transcripts.decoding import decode

# More than any notes have; what stands behind is not read.
MAX_BYTES = 8_000_000
_SNIFFED = 8_192
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def print_notes(options: argparse.Namespace) -> int:
    """Print what the notes in `options.file` say; the exit code."""
    notes = read_notes(decode(_body(options.file)), options.duration)
    if options.json:
        print_json(_record(notes))
        return 0
    for chapter in notes.chapters:
        print_text(f"{clock(chapter.start_ms):>8}  {chapter.title}")
    if notes.chapters and notes.turns:
        print_text("")
    for turn in notes.turns:
        at = clock(turn.start_ms) if turn.start_ms is not None else ""
        print_text(f"{at:>8}  {turn.speaker + ': ' if turn.speaker else ''}{turn.text}")
    if not notes.chapters and not notes.turns:
        print_text("No chapters and no transcript in these notes.")
    return 0


def duration(text: str) -> float:
    """Seconds from an option; ValueError where they are none."""
    number = float(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError("expected a number of seconds above 0")
    return number


def _body(name: str) -> bytes:
    """The bytes of the file, or of what is piped in; LookupFailedError says why they can't be notes."""
    try:
        if name == "-":
            body = sys.stdin.buffer.read(MAX_BYTES)
        else:
            with Path(name).open("rb") as source:
                body = source.read(MAX_BYTES)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that is no name of a file"
        raise LookupFailedError(f"{name[:200]} can't be read: {reason}.") from error
    if b"\0" in body[:_SNIFFED] and not body.startswith(_WIDE):
        raise LookupFailedError(f"{name[:200]} can't be notes: it is no text.")
    return body


def _record(notes: Notes) -> dict[str, list[dict[str, object]]]:
    return {
        "chapters": [{"start_s": seconds(one.start_ms), "title": one.title} for one in notes.chapters],
        "turns": [
            {
                "speaker": one.speaker,
                "start_s": seconds(one.start_ms),
                "end_s": seconds(one.end_ms),
                "text": one.text,
            }
            for one in notes.turns
        ],
    }
