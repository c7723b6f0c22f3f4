"""A transcript as a text file to read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.present.text import on_one_line
from bot.text.timecodes import clock
from storage.models import Episode, SpokenTurn

# Bytes; ten hours of talk are 700,000.
MAX_FILE = 2_000_000
CUT = "\n[The transcript goes on; it is cut here.]\n"
NAME = 60
_NO_NAME = re.compile(r"[^a-z0-9]+")


def transcript_file(episode: Episode, turns: Sequence[SpokenTurn]) -> bytes:
    """Who said what, and when, as UTF-8 of at most `MAX_FILE` bytes."""
    head = [on_one_line(episode.title), on_one_line(episode.podcast_title)]
    if episode.published is not None:
        head.append(f"{episode.published:%Y-%m-%d}")
    parts = [("\n".join(head) + "\n").encode()]
    room = MAX_FILE - len(parts[0]) - len(CUT)
    for turn in turns:
        at = f"[{clock(turn.start_ms)}] " if turn.start_ms is not None else ""
        who = f"{turn.speaker}: " if turn.speaker else ""
        # A lone half of a character, out of a file that is no text, is no text either.
        line = f"\n{at}{who}{turn.text.strip()}\n".encode(errors="replace")
        if len(line) > room:
            parts.append(CUT.encode())
            break
        room -= len(line)
        parts.append(line)
    return b"".join(parts)


def transcript_name(episode: Episode) -> str:
    """A file's name, of letters that every system takes."""
    name = _NO_NAME.sub("-", episode.title.casefold())[:NAME].strip("-")
    return f"{name or f'episode-{episode.id}'}.txt"
