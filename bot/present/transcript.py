"""A transcript as a text file to read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.present.text import on_one_line
from bot.shown_episodes import shown, shown_episode
from bot.text.timecodes import clock
from storage.models import Episode, SpokenTurn

# In bytes; ten hours of talk have 700,000.
MAX_FILE = 2_000_000
CUT = "\n[The transcript goes on; it is cut here.]\n"
NAME = 60
_NO_NAME = re.compile(r"[^a-z0-9]+")


def transcript_file(episode: Episode, turns: Sequence[SpokenTurn]) -> bytes:
    """Who said what and when, in UTF-8, at most `MAX_FILE` bytes."""
    episode, turns = shown_episode(episode), shown(episode, list(turns))
    head = [on_one_line(episode.title), on_one_line(episode.podcast_title)]
    if episode.published is not None:
        head.append(f"{episode.published:%Y-%m-%d}")
    parts = [("\n".join(head) + "\n").encode()]
    room = MAX_FILE - len(parts[0]) - len(CUT)
    for turn in turns:
        at = f"[{clock(turn.start_ms)}] " if turn.start_ms is not None else ""
        who = f"{turn.speaker}: " if turn.speaker else ""
        # A lone surrogate, from a file that was no text, can't be encoded.
        line = f"\n{at}{who}{turn.text.strip()}\n".encode(errors="replace")
        if len(line) > room:
            parts.append(CUT.encode())
            break
        room -= len(line)
        parts.append(line)
    return b"".join(parts)


def transcript_name(episode: Episode) -> str:
    """A file name of characters that every system accepts."""
    name = _NO_NAME.sub("-", shown_episode(episode).title.casefold())[:NAME].strip("-")
    return f"{name or f'episode-{episode.id}'}.txt"
