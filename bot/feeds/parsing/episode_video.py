"""The episode's own video, where the feed says which one it is."""

from __future__ import annotations

from collections.abc import Iterable

from bot.show_notes.video_links import own_video, video_address


def episode_video(link: str | None, alternates: Iterable[str], notes: str) -> str | None:
    """The URL of the video from its start; None rather than a guess.

    Trusted are the item's link, `podcast:alternateEnclosure` and what the notes call the episode's video. Most other
    video links in notes are to other people's talks.
    """
    for address in (link, *alternates):
        if (found := video_address(address)) is not None:
            return found
    return own_video(notes)
