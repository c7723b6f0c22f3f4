"""What a moderator chose is changed, and the rest stays."""

from __future__ import annotations

import pytest

from bot.settings_changes import NO_ROLE, GuildPodcastChange, SettingsChange
from storage.models import AnnouncementStyle, Destination, GuildPodcast, Looks, Visibility

STANDING = Destination(
    1, 2, 3, 4, looks=Looks(AnnouncementStyle.COMPACT, 9, silent=True), publish=True, tag_ids=(5,)
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (SettingsChange(), STANDING),
        (
            SettingsChange(AnnouncementStyle.CARD, NO_ROLE, silent=False),
            Destination(1, 2, 3, 4, publish=True, tag_ids=(5,)),
        ),
        (
            SettingsChange(role_id=8, spoiler=True, open_thread=True, publish=False, tag_ids=()),
            Destination(
                1,
                2,
                3,
                4,
                looks=Looks(AnnouncementStyle.COMPACT, 8, silent=True, spoiler=True),
                open_thread=True,
            ),
        ),
    ],
)
def test_what_is_chosen_is_changed_and_the_rest_stays(change: SettingsChange, expected: Destination) -> None:
    assert change.apply(STANDING) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (GuildPodcastChange(), GuildPodcast(1, 2, Visibility.EVERYBODY, audio=True)),
        (
            GuildPodcastChange(summaries=False),
            GuildPodcast(1, 2, Visibility.EVERYBODY, audio=True, summaries=False),
        ),
        (GuildPodcastChange(audio=False), GuildPodcast(1, 2, Visibility.EVERYBODY)),
        (GuildPodcastChange(visible=Visibility.CHANNEL), GuildPodcast(1, 2, audio=True)),
    ],
)
def test_what_is_chosen_for_a_podcast_is_changed_and_the_rest_stays(
    change: GuildPodcastChange, expected: GuildPodcast
) -> None:
    assert change.apply(GuildPodcast(1, 2, Visibility.EVERYBODY, audio=True)) == expected
