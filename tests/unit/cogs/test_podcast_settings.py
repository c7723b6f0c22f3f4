"""`/podcast looks`: what a moderator chooses is kept, shown, and refused where the channel can't do it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cogs.podcast_settings import settings_text
from storage.models import AnnouncementStyle, Destination, GuildPodcast, Looks, Visibility
from storage.tables.destinations import guild_destinations
from storage.tables.guild_podcasts import get_guild_podcast
from storage.tables.podcasts import list_podcasts
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_payloads import channel_payload
from tests.fakes.discord_state import MANAGER, ChannelKind, FakeChannel
from tests.unit.cogs.connected_bot import FakeAndBot

TITLE = "Screws Left Over"


async def _choose(stage: FakeAndBot, **options: Any) -> FakeAnswer:
    return await stage[0].command(10, 11, MANAGER, "podcast looks", podcast=TITLE, **options)


async def _destination(stage: FakeAndBot) -> Destination:
    [one] = await guild_destinations(stage[1].db, 10)
    return one


async def test_what_is_chosen_is_kept_and_the_rest_stays(stage: FakeAndBot) -> None:
    shown = await _choose(stage)
    assert shown.ephemeral
    assert f"**{TITLE}** is announced in <#11> as a card." in shown.text
    assert (await _destination(stage)).looks == Looks()

    told = await _choose(stage, style="compact", silent=True, talk=True)
    assert "as a line and the link, without a notification, with a thread for the talk." in told.text
    await _choose(stage, spoiler=True, silent=False)
    stored = await _destination(stage)
    assert stored.looks == Looks(AnnouncementStyle.COMPACT, spoiler=True)
    assert (stored.open_thread, stored.publish, stored.tag_ids) == (True, False, ())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"publish": True}, "Only what is posted in an announcement channel can be published."),
        ({"tags": "news"}, "Only the posts of a forum have tags."),
    ],
)
async def test_what_the_channel_cannot_do_is_told(
    stage: FakeAndBot, options: dict[str, Any], sentence: str
) -> None:
    assert sentence in (await _choose(stage, **options)).text
    assert (await _destination(stage)).looks == Looks()


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


async def _open_forum(stage: FakeAndBot) -> FakeChannel:
    """Announce the sample podcast in a forum, too; its tags are News, Tea and four more."""
    fake, bot = stage
    forum = fake.world.add_channel(10, "forum", ChannelKind.FORUM)
    forum.tags = {100 + place: name for place, name in enumerate(("News", "Tea", "A", "B", "C", "D"))}
    await fake.gateway.dispatch("CHANNEL_CREATE", channel_payload(fake.world, forum), 10)
    [podcast] = await list_podcasts(bot.db)
    added = await fake.command(10, 11, MANAGER, "podcast add", feed=podcast.feed_url, channel=forum)
    assert f"is now followed in <#{forum.id}>" in added.text
    return forum


@pytest.mark.parametrize(
    ("tags", "ids"),
    [("news", (100,)), (" TEA , news,tea", (101, 100)), ("-", ()), (",", ())],
)
async def test_tags_of_a_forum_are_chosen_by_name(stage: FakeAndBot, tags: str, ids: tuple[int, ...]) -> None:
    forum = await _open_forum(stage)
    told = await _choose(stage, channel=forum, tags=tags)
    assert told.text.startswith(f"**{TITLE}** is announced in <#{forum.id}> as a card")
    kept = {one.channel_id: one.tag_ids for one in await guild_destinations(stage[1].db, 10)}
    assert kept == {11: (), forum.id: ids}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"tags": "news, lamps"}, "This forum has no tag “lamps”; its tags are: News, Tea, A, B, C, D."),
        ({"tags": "news,tea,a,b,c,d"}, "A post has at most 5 tags."),
        (
            {"talk": True},
            "A thread can be opened under announcements in text and announcement channels alone.",
        ),
        ({"publish": True}, "Only what is posted in an announcement channel can be published."),
    ],
)
async def test_what_a_forum_cannot_do_is_told(
    stage: FakeAndBot, options: dict[str, Any], sentence: str
) -> None:
    told = await _choose(stage, channel=await _open_forum(stage), **options)
    assert (told.ephemeral, told.text) == (True, sentence)


async def test_the_channel_is_the_one_that_was_named_or_this_one(stage: FakeAndBot) -> None:
    fake = stage[0]
    forum = await _open_forum(stage)
    # Without a name it is the channel that the command was used in.
    assert "is announced in <#11>" in (await _choose(stage)).text
    elsewhere = fake.world.add_channel(10, "elsewhere")
    await fake.gateway.dispatch("CHANNEL_CREATE", channel_payload(fake.world, elsewhere), 10)
    told = await fake.command(10, elsewhere.id, MANAGER, "podcast looks", podcast=TITLE)
    assert told.text == f"This podcast is announced in <#11>, <#{forum.id}>; name one of these channels."


async def test_what_holds_in_the_whole_server_needs_no_channel(stage: FakeAndBot) -> None:
    fake, bot = stage
    await _open_forum(stage)
    elsewhere = await fake.create_channel(10, "elsewhere")
    here = (10, elsewhere.id, MANAGER, "podcast looks")
    opened = await fake.command(*here, podcast=TITLE, visible="everybody")
    assert opened.ephemeral
    assert opened.text == (
        f"**{TITLE}**: Every member of this server may search it. "
        "Audio whose address holds a key is not linked."
    )
    assert (await _choose(stage, audio="on")).text.endswith(
        "Every member of this server may search it. Audio whose address holds a key is linked."
    )
    [podcast] = await list_podcasts(bot.db)
    kept = GuildPodcast(10, podcast.id, Visibility.EVERYBODY, audio=True)
    assert await get_guild_podcast(bot.db, 10, podcast.id) == kept
    # With a setting of the channel both count, and all that holds now is told.
    told = await _choose(stage, silent=True, visible="channel")
    assert told.text == (
        f"**{TITLE}** is announced in <#11> as a card, without a notification. "
        "Only members who can view a channel that announces it may search it. "
        "Audio whose address holds a key is linked."
    )
    assert await get_guild_podcast(bot.db, 10, podcast.id) == replace(kept, visible=Visibility.CHANNEL)
