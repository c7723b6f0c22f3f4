"""What a moderator chose of settings: None leaves one as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from storage.models import AnnouncementStyle, Destination, GuildPodcast, Visibility

# A `SettingsChange.role_id` that removes the role.
NO_ROLE = 0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """What a moderator chose for a destination; None leaves a setting as it is."""

    style: AnnouncementStyle | None = None
    role_id: int | None = None
    silent: bool | None = None
    spoiler: bool | None = None
    open_thread: bool | None = None
    publish: bool | None = None
    tag_ids: tuple[int, ...] | None = None

    def apply(self, to: Destination) -> Destination:
        """The destination with what was chosen."""
        looks = to.looks
        return replace(
            to,
            looks=replace(
                looks,
                style=_chosen_or_current(self.style, looks.style),
                role_id=_chosen_or_current(self.role_id, looks.role_id) or None,
                silent=_chosen_or_current(self.silent, looks.silent),
                spoiler=_chosen_or_current(self.spoiler, looks.spoiler),
            ),
            open_thread=_chosen_or_current(self.open_thread, to.open_thread),
            publish=_chosen_or_current(self.publish, to.publish),
            tag_ids=_chosen_or_current(self.tag_ids, to.tag_ids),
        )


@dataclass(frozen=True, slots=True)
class GuildPodcastChange:
    """What a moderator chose for a podcast in the whole server; None leaves a setting as it is."""

    visible: Visibility | None = None
    audio: bool | None = None
    summaries: bool | None = None

    def apply(self, to: GuildPodcast) -> GuildPodcast:
        """The settings with what was chosen."""
        return replace(
            to,
            visible=_chosen_or_current(self.visible, to.visible),
            audio=_chosen_or_current(self.audio, to.audio),
            summaries=_chosen_or_current(self.summaries, to.summaries),
        )


def _chosen_or_current(chosen: T | None, current: T) -> T:
    return current if chosen is None else chosen
