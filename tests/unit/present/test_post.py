"""What every message has, whatever it shows."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest

from bot.present.announcement import announcement_post, plain_post
from bot.present.post import mentioned_role
from storage.models import AnnouncementStyle, Looks
from tests.unit.present.material import ANNOUNCEMENT, CARD, COMPACT, texts


async def test_a_view_is_not_kept_in_memory() -> None:
    client = discord.Client(intents=discord.Intents.none())
    for post in (
        announcement_post(ANNOUNCEMENT, CARD, delivery_id=1),
        announcement_post(ANNOUNCEMENT, COMPACT, delivery_id=1),
    ):
        assert post.view.is_finished()
        assert post.view.timeout is None
    assert client.persistent_views == []


@pytest.mark.parametrize("style", [*AnnouncementStyle, None])
async def test_a_mention_stays_in_an_edit_which_notifies_nobody(style: AnnouncementStyle | None) -> None:
    looks = Looks(style=style or AnnouncementStyle.CARD, role_id=42, silent=True, spoiler=True)
    make = announcement_post if style else plain_post
    first, edit = (
        make(ANNOUNCEMENT, looks, delivery_id=1),
        make(ANNOUNCEMENT, looks, delivery_id=1, edit=True),
    )
    assert dict(first.allowed_mentions.to_dict()) == {"parse": [], "roles": [42]}
    assert dict(edit.allowed_mentions.to_dict()) == {"parse": []}
    told = [one.content or texts(one)[0] for one in (first, edit)]
    assert told[0] == told[1]
    assert mentioned_role(told[0]) == 42
    assert first.to_send()["silent"] is True
    assert first.body()["flags"] & (1 << 12)
    assert not edit.body().get("flags", 0) & (1 << 12 | 1 << 2)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("<@&42>\n-# Show", 42),
        ("<@&42> **Show** · Title", 42),
        ("-# Show\n## What <@&42> says", None),
        ("<@42> hello", None),
        ("", None),
    ],
)
def test_the_mention_of_an_announcement_is_what_it_begins_with(text: str, role: int | None) -> None:
    assert mentioned_role(text) == role


async def test_a_cover_hides_the_card_and_not_the_mention() -> None:
    looks = replace(CARD, role_id=42, spoiler=True)
    mention, container = announcement_post(ANNOUNCEMENT, looks, delivery_id=1).body()["components"]
    assert (mention["content"], container["spoiler"]) == ("<@&42>", True)
    compact = announcement_post(
        ANNOUNCEMENT, replace(looks, style=AnnouncementStyle.COMPACT), delivery_id=1
    ).content
    assert compact == "<@&42> ||**Tea time** · Scones · 1 h||\n||https://tea.example/7||"
