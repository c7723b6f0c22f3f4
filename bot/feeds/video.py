"""The episode's own video, where the feed says which it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from bot.notes import own_video

_ID = re.compile(r"[A-Za-z0-9_-]{11}")


def episode_video(link: str | None, alternates: Iterable[str], notes: str) -> str | None:
    """The video's address, without a time of its own; None rather than a guess.

    Trusted are the item's link, `podcast:alternateEnclosure` and what the notes call the episode's video:
    most other video links in notes are somebody else's talks.
    """
    for address in (link or "", *alternates):
        if (found := _plain_video(address)) is not None:
            return found
    return own_video(notes)


def _plain_video(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    query = parse_qs(parts.query)
    if "t" in query or "start" in query:
        return None
    video = ""
    if host == "youtu.be":
        video = parts.path[1:]
    elif host == "youtube.com" and parts.path == "/watch":
        video = query.get("v", [""])[0]
    return f"https://www.youtube.com/watch?v={video}" if _ID.fullmatch(video) else None
