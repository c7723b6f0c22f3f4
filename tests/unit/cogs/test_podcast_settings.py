"""`/podcast looks`: what a moderator chooses is kept, shown, and refused where the channel can't do it."""

from __future__ import annotations

from typing import Any

import pytest

from cogs.podcast_settings import settings_text
from storage.models import AnnouncementStyle, Destination, Looks
from storage.tables.destinations import guild_destinations
from tests.fakes.discord_interactions import Answer
from tests.fakes.discord_state import MANAGER
from tests.unit.cogs.room import Stage

TITLE = "Screws Left Over"


async def _choose(stage: Stage, **options: Any) -> Answer:
    return await stage[0].command(10, 11, MANAGER, "podcast looks", podcast=TITLE, **options)


async def _standing(stage: Stage) -> Destination:
    [one] = await guild_destinations(stage[1].db, 10)
    return one


async def test_what_is_chosen_is_kept_and_the_rest_stays(stage: Stage) -> None:
    shown = await _choose(stage)
    assert shown.ephemeral
    assert f"**{TITLE}** is announced in <#11> as a card." in shown.text
    assert (await _standing(stage)).looks == Looks()

    told = await _choose(stage, style="compact", silent=True, talk=True)
    assert "as a line and the link, without a notification, with a thread for the talk." in told.text
    await _choose(stage, spoiler=True, silent=False)
    standing = await _standing(stage)
    assert standing.looks == Looks(AnnouncementStyle.COMPACT, spoiler=True)
    assert (standing.open_thread, standing.publish, standing.tag_ids) == (True, False, ())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"publish": True}, "Only what is posted in an announcement channel can be published."),
        ({"tags": "news"}, "Only the posts of a forum have tags."),
    ],
)
async def test_what_the_channel_cannot_do_is_told(
    stage: Stage, options: dict[str, Any], sentence: str
) -> None:
    assert sentence in (await _choose(stage, **options)).text
    assert (await _standing(stage)).looks == Looks()


@pytest.mark.parametrize(
    ("destination", "words"),
    [
        (Destination(1, 2, 3, 4), "as a card"),
        (
            Destination(1, 2, 3, 4, looks=Looks(AnnouncementStyle.COMPACT, 7, silent=True, spoiler=True)),
            "as a line and the link, mentioning <@&7>, without a notification, behind a cover",
        ),
        (
            Destination(1, 2, 3, 4, open_thread=True, publish=True, tag_ids=(5,)),
            "as a card, with a thread for the talk, and published, with 1 tag",
        ),
        (Destination(1, 2, 3, 4, tag_ids=(5, 6)), "as a card, with 2 tags"),
    ],
)
def test_settings_are_told_in_words(destination: Destination, words: str) -> None:
    assert settings_text(destination) == words
