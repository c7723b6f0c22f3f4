"""`/podcast add`, `list` and `remove`, and their buttons: what they tell and what they change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.bounds import Bounds
from storage.engine.database import Database
from storage.tables.deliveries import plan_delivery
from storage.tables.delivery_outcomes import finish_delivery
from storage.tables.destinations import guild_destinations
from storage.tables.episodes import list_episodes
from storage.tables.feed_updates import note_false_304
from storage.tables.podcasts import list_podcasts
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import ADMIN, MANAGER
from tests.fakes.feed_host import FeedHost
from tests.unit.cogs.connected_bot import FakeAndBot

WONT_WORK = "**Quotes won't work** for this podcast"


def _feed(host: FeedHost, path: str, mime_type: str | None, episodes: int = 1) -> str:
    """Serve a feed whose episodes have a transcript of this type, which itself is nowhere."""
    transcript = f'<podcast:transcript url="{host.url("/nowhere")}" type="{mime_type}"/>' if mime_type else ""
    items = "".join(
        f"<item><title>Part {place}</title><guid>{path}{place}</guid>{transcript}"
        f"<enclosure url='https://media.example/{place}.mp3' type='audio/mp4' length='1'/></item>"
        for place in range(episodes)
    )
    body = (
        '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0">'
        f"<channel><title>Show</title>{items}</channel></rss>"
    )
    return host.put(path, body)


async def _added(fake: FakeDiscord, feed: str) -> str:
    return (await fake.command(10, 11, MANAGER, "podcast add", feed=feed)).text


async def test_what_was_found_is_counted_and_only_what_can_be_read_is_promised(
    stage: FakeAndBot,
) -> None:
    fake, _ = stage
    async with FeedHost() as host:
        one = await _added(fake, _feed(host, "/one.xml", None))
        assert "I found 1 episode: 0 with chapters, 0 with a transcript." in one
        assert WONT_WORK in one
        listed = (await fake.command(10, 11, MANAGER, "podcast list")).text
        assert "\n1 episode ·" in listed
        pdf = await _added(fake, _feed(host, "/pdf.xml", "application/pdf", 2))
        assert "I found 2 episodes: 0 with chapters, 0 with a transcript." in pdf
        assert WONT_WORK in pdf
        assert "Published apart" not in pdf
        vtt = await _added(fake, _feed(host, "/vtt.xml", "text/vtt"))
        assert "I found 1 episode: 0 with chapters, 1 with a transcript." in vtt
        assert "Published apart from the feed, and read now: 1 transcript." in vtt
        assert WONT_WORK not in vtt


async def _press(stage: FakeAndBot, answer: FakeAnswer, label: str) -> FakeAnswer:
    """Press the button of an answer whose label begins so."""
    custom_id = next(str(one.custom_id) for one in answer.buttons if one.label.startswith(label))
    return await stage[0].click(custom_id, answer, MANAGER)


async def test_the_newest_episode_is_posted_once_at_a_press(stage: FakeAndBot, sqlite_db: Database) -> None:
    fake, bot = stage
    async with FeedHost() as host:
        added = await fake.command(10, 11, MANAGER, "podcast add", feed=_feed(host, "/one.xml", None))
    pressed = await _press(stage, added, "Post the newest")
    assert pressed.ephemeral
    assert pressed.text.startswith("It is on its way to <#11>.")
    newest = (await list_episodes(bot.db, limit=1))[0]
    [destination] = [
        one for one in await guild_destinations(bot.db, 10) if one.podcast_id == newest.podcast_id
    ]
    delivery, new = await plan_delivery(sqlite_db, destination.id, newest.id, datetime.now(UTC))
    assert not new
    await finish_delivery(sqlite_db, delivery.id, message_id=1, now=datetime.now(UTC))
    again = await _press(stage, added, "Post the newest")
    assert (again.ephemeral, again.text) == (True, "This episode was posted in <#11> already.")


async def test_a_second_podcast_with_the_same_episodes_is_added_only_when_asked_to(stage: FakeAndBot) -> None:
    fake, bot = stage
    async with FeedHost() as host:
        await _added(fake, _feed(host, "/public.xml", None, 3))
        keyed = _feed(host, "/patrons.xml", None, 3)
        before = await guild_destinations(bot.db, 10)
        for label, told in (("Cancel", "Nothing was added."), ("Add anyway", "Adding **Show** as well.")):
            asked = await fake.command(10, 11, MANAGER, "podcast add", feed=keyed)
            assert asked.ephemeral
            assert asked.text.startswith("<#11> follows **Show** already, which has the same episodes")
            assert await guild_destinations(bot.db, 10) == before
            pressed = await _press(stage, asked, label)
            assert pressed.text.startswith(told)
        await fake.wait_for(lambda: len(pressed.followups) == 2, "what was found, and the preview")
        after = await guild_destinations(bot.db, 10)
        assert [one.channel_id for one in after] == [*(one.channel_id for one in before), 11]
        assert "is followed already" in await _added(fake, keyed)


async def test_whom_the_question_was_not_asked_adds_nothing_by_it(stage: FakeAndBot) -> None:
    """Its id names a podcast, whose feed may have a key that only its own server knows."""
    fake, bot = stage
    async with FeedHost() as host:
        secret, _ = await bot.reader.updater.follow(_feed(host, "/secret.xml", None), by_operator=True)
        before = await guild_destinations(bot.db, 10)
        for custom_id in (f"follow:{secret.id}:11:1", f"follow:{secret.id}:11:1:5:{'A' * 22}"):
            button = {"type": 2, "style": 1, "label": "Add anyway", "custom_id": custom_id}
            rows = [{"type": 1, "components": [button]}]
            pressed = await fake.click(custom_id, fake.post(11, fake.world.bot, "…", components=rows), ADMIN)
            assert pressed.text == "This is for the one who asked for it."
        assert await guild_destinations(bot.db, 10) == before


async def test_of_a_long_feed_is_told_how_much_is_kept(
    stage: FakeAndBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, bot = stage
    monkeypatch.setattr(bot.reader.updater._feeds, "bounds", Bounds(episodes=2))
    async with FeedHost() as host:
        added = await _added(fake, _feed(host, "/long.xml", None, 5))
    assert "\nThe newest 2 of 5 episodes are kept.\n" in added
    listed = (await fake.command(10, 11, MANAGER, "podcast list")).embeds[0]
    assert "0.0 MB of text · The newest 2 of 5 episodes are kept." in listed["description"]
    assert listed["footer"]["text"].startswith("2 of 100 podcasts")


async def test_a_server_at_its_bound_is_told_what_to_do(
    stage: FakeAndBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, bot = stage
    monkeypatch.setattr(bot.subscriptions, "_bounds", Bounds(guild_podcasts=1))
    async with FeedHost() as host:
        refused = await _added(fake, _feed(host, "/one.xml", None))
        assert host.count("/one.xml") == 0
    assert refused == (
        "This server follows 1 podcast, which is as much as it may: remove one first, whose room is free after a "
        "day, or ask whoever runs this bot for more."
    )


async def test_what_is_followed_is_listed_with_how_the_last_look_ended(stage: FakeAndBot) -> None:
    listed = await stage[0].command(10, 11, MANAGER, "podcast list")
    assert listed.ephemeral
    assert listed.embeds[0]["title"] == "Podcasts of this server"
    first, second, *more = listed.embeds[0]["description"].splitlines()
    assert first == "**Screws Left Over** in <#11>"
    assert second.startswith("4 episodes · last look: unchanged · next <t:")
    assert more == ["0.0 MB of text"]
    assert listed.embeds[0]["footer"] == {"text": "1 of 100 podcasts, 0 of 2,000 MB of text"}


async def test_a_host_that_says_not_changed_for_ever_is_listed(stage: FakeAndBot) -> None:
    fake, bot = stage
    [podcast] = await list_podcasts(bot.db)
    await note_false_304(bot.db, podcast.id, datetime.now(UTC))
    listed = (await fake.command(10, 11, MANAGER, "podcast list")).embeds[0]["description"]
    assert "⚠️ its host answers “not changed” although the feed has changed" in listed


@pytest.mark.parametrize("feed", ["screws/feed", "file:///etc/passwd"])
async def test_what_is_no_web_address_is_told(stage: FakeAndBot, feed: str) -> None:
    refused = await stage[0].command(10, 11, MANAGER, "podcast add", feed=feed)
    assert refused.ephemeral
    assert refused.text == "That is no feed's address: it begins with http:// or https://."


async def test_a_page_with_several_feeds_asks_which_one_is_meant(stage: FakeAndBot) -> None:
    fake, bot = stage
    async with FeedHost() as host:
        pots, kettle = _feed(host, "/pots.xml", None), _feed(host, "/kettle.xml", None)
        link = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'
        links = link.format("Show @everyone", "/pots.xml") + link.format("Show", "/kettle.xml")
        links += link.format("Long", "/" + "x" * 100)
        page = host.put("/page?key=sesame", f"<html>{links}</html>", content_type="text/html")
        asked = await fake.command(10, 11, MANAGER, "podcast add", feed=page, channel="11")
        assert asked.ephemeral
        assert "sesame" not in asked.text
        [select] = asked.shown[0].selects
        assert {one["value"]: one["label"] for one in select["options"]} == {
            pots: "Show @everyone",
            kettle: "Show",
        }
        # Who did not ask may not choose, whatever they manage.
        refused = await fake.choose(asked, kettle, ADMIN)
        assert "Only the one who asked can choose here." in refused.text
        chosen = await fake.choose(asked, kettle, MANAGER)
        assert "**Show** is now followed in <#11>" in chosen.text
        assert len(await guild_destinations(bot.db, 10)) == 2

        one = host.put("/one", f"<html>{link.format('Pots', '/pots.xml')}</html>", content_type="text/html")
        assert f"The page names its feed: {pots}" in (await _added(fake, f"<{one}>")).replace("\\", "")
