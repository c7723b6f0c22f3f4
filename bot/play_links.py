"""Links that play an episode from a moment, where its feed's keys let one be shown."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from bot.shown_episodes import links_audio
from storage.models import Episode

# Playback starts a little early, so that listeners hear the sentence begin.
LEAD_IN_MS = 2_000


def play_link(episode: Episode, start_ms: int | None, *, lead_in_ms: int = 0) -> str | None:
    """A link that plays the episode from this moment: its own video, else its audio; None without one to show."""
    if not links_audio(episode):
        return None
    seconds = max(0, (start_ms or 0) - lead_in_ms) // 1000
    if episode.video_url:
        separator = "&" if urlsplit(episode.video_url).query else "?"
        return f"{episode.video_url}{separator}t={seconds}" if start_ms is not None else episode.video_url
    if episode.enclosure_url:
        if start_ms is None:
            return episode.enclosure_url
        return urlunsplit(urlsplit(episode.enclosure_url)._replace(fragment=f"t={seconds}"))
    return None
