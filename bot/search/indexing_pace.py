"""When a podcast's next segment is built: at once where it is the first for a while, then less and less often."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.search.podcast_index import PodcastIndex

# While transcripts keep coming, more and more of them become one segment: first those of so many seconds, then twice
# as many up to the longest.
FIRST_GATHERED_S, LONGEST_GATHERED_S = 0.25, 2.0
# A podcast is quiet when nothing was built for so long.
QUIET_S = 5.0


@dataclass(slots=True)
class PodcastWork:
    """What is to be done for a podcast, not before `due`.

    `again`: somebody asked while it was being done. `left` are the episodes that were missing at `listed_at`, with
    the keys of their turns.
    """

    due: float = 0.0
    index: PodcastIndex = field(default_factory=lambda: PodcastIndex(-1))
    left: dict[int, int] = field(default_factory=dict)
    listed_at: float = float("-inf")
    others_since: float | None = None
    failures: int = 0
    again: bool = False


@dataclass(frozen=True, slots=True)
class BuildPace:
    """When a podcast's last segment was built, and how long transcripts are gathered for the next one."""

    built_at: float = float("-inf")
    gathered_s: float = 0.0

    @property
    def next_at(self) -> float:
        """When the next one is built, unless there is much to build."""
        return self.built_at + self.gathered_s

    @property
    def quiet_at(self) -> float:
        """When segments are merged, unless there are many."""
        return self.built_at + QUIET_S

    def after_build(self, now: float) -> BuildPace:
        """The pace after another build."""
        if now - self.built_at > QUIET_S:
            return BuildPace(now, FIRST_GATHERED_S)
        return BuildPace(now, min(LONGEST_GATHERED_S, self.gathered_s * 2))
