"""The episode's own video, where the feed says which it is."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from bot.notes import own_video


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
    if host == "youtu.be" and len(parts.path) > 1:
        return f"https://www.youtube.com/watch?v={parts.path[1:]}"
    if host == "youtube.com" and parts.path == "/watch" and query.get("v"):
        return f"https://www.youtube.com/watch?v={query['v'][0]}"
    return None
