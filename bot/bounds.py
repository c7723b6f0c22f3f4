"""How much is kept of a podcast and for a server. The operator's settings name these bounds."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000
# What a podcast publishes while it is followed may take it to so many times its bounds: a long archive must not leave
# its new episodes unread.
FOR_LATER = 2


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds by podcast: MiB of its feed's document, episodes, MB of text. By server: podcasts, MB of their text."""

    feed_mib: int = 24
    episodes: int = 5_000
    podcast_text_mb: int = 200
    guild_podcasts: int = 100
    guild_text_mb: int = 2_000

    def text_bytes(self, *, came_later: bool) -> int:
        """How much text may be stored when one more of the first episodes is read, or of those that came later."""
        return self.podcast_text_mb * MB * (FOR_LATER if came_later else 1)


DEFAULT_BOUNDS = Bounds()
