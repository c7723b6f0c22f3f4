"""`/podcast remove`: in one channel or in all, what it tells, and what brings it back."""

from __future__ import annotations

from typing import Any

import pytest

from bot.settings_changes import SettingsChange
from bot.subscriptions import NOTHING_TO_BRING_BACK
from storage.models import Destination
from storage.tables.deliveries import plan_delivery
from storage.tables.destinations import guild_destinations
from storage.tables.episodes import list_episodes
from storage.tables.podcasts import list_podcasts
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_state import MANAGER, FakeChannel
from tests.unit.cogs.connected_bot import FakeAndBot
from tests.unit.storage.material import NOW

TITLE = "Screws Left Over"


async def _remove(stage: FakeAndBot, **options: Any) -> FakeAnswer:
    return await stage[0].command(10, 11, MANAGER, "podcast remove", podcast=TITLE, **options)


async def _press(stage: FakeAndBot, answer: FakeAnswer, label: str) -> FakeAnswer:
    """Press the button of an answer whose label begins so."""
    custom_id = next(str(one.custom_id) for one in answer.buttons if one.label.startswith(label))
    return await stage[0].click(custom_id, answer, MANAGER)


async def _where(stage: FakeAndBot) -> list[int]:
    return [one.channel_id for one in await guild_destinations(stage[1].db, 10)]


async def _second(stage: FakeAndBot, name: str = "lounge") -> FakeChannel:
    """Announce the sample podcast in another channel, too."""
    fake, bot = stage
    channel = await fake.create_channel(10, name)
    [podcast] = await list_podcasts(bot.db)
    added = await fake.command(10, channel.id, MANAGER, "podcast add", feed=podcast.feed_url)
    assert f"is now followed in <#{channel.id}>" in added.text
    return channel


async def test_a_podcast_is_removed_only_by_whoever_is_sure(stage: FakeAndBot) -> None:
    asked = await _remove(stage)
    assert asked.ephemeral
    assert asked.content == (
        f"Stop announcing **{TITLE}** in <#11>?\nIt can't be searched from this server any more.\n"
        "What was posted stays. The settings are kept for 30 days: until then it can be brought back."
    )
    kept = await _press(stage, asked, "Keep")
    assert (kept.content, kept.buttons) == (f"**{TITLE}** stays.", [])
    assert await _where(stage) == [11]
    asked, second = [await _remove(stage) for _ in range(2)]
    gone = await _press(stage, asked, "Stop")
    assert gone.content.startswith(
        f"**{TITLE}** is not announced in <#11> any more.\nFor 30 days **Bring back**"
    )
    assert await _where(stage) == []
    late = await _press(stage, second, "Stop")
    assert late.content == "This server does not follow that podcast any more."
    back = await _press(stage, gone, "Bring back")
    assert back.content.startswith(f"**{TITLE}** is announced in <#11> again, with the settings")
    assert back.buttons == []
    assert await _where(stage) == [11]


@pytest.mark.parametrize("typed", ["#lounge", "lounge", " Lounge", "ch:{}", "<#{}>", "{}"])
async def test_one_channel_is_removed_and_brought_back_as_it_was(stage: FakeAndBot, typed: str) -> None:
    bot, lounge = stage[1], await _second(stage)
    there = {one.channel_id: one for one in await guild_destinations(bot.db, 10)}
    chosen = await bot.subscriptions.configure(there[lounge.id].id, SettingsChange(silent=True, role_id=7))
    newest = (await list_episodes(bot.db, limit=1))[0]
    for one in there.values():
        await plan_delivery(bot.db, one.id, newest.id, NOW)

    asked = await _remove(stage, channel=typed.format(lounge.id))
    assert asked.content.splitlines()[:3] == [
        f"Stop announcing **{TITLE}** in <#{lounge.id}>?",
        "It stays in <#11>. Members who can view none of these channels find nothing of it any more.",
        "1 announcement that waits will not be sent.",
    ]
    kept = await _press(stage, asked, "Keep")
    assert kept.content == f"**{TITLE}** stays in <#{lounge.id}>."
    gone = await _press(stage, await _remove(stage, channel=typed.format(lounge.id)), "Stop")
    assert f"in <#{lounge.id}> any more. 1 announcement will not be sent." in gone.content
    assert await _where(stage) == [11]
    await _press(stage, gone, "Bring back")
    back: list[Destination] = await guild_destinations(bot.db, 10)
    assert back == [there[11], chosen]


async def test_a_button_that_is_too_late_says_so(stage: FakeAndBot) -> None:
    lounge = await _second(stage)
    first, second = [await _remove(stage, channel=f"ch:{lounge.id}") for _ in range(2)]
    gone = await _press(stage, first, "Stop")
    late = await _press(stage, second, "Stop")
    assert late.content == "This channel does not follow that podcast any more."
    [podcast] = await list_podcasts(stage[1].db)
    await stage[0].command(10, lounge.id, MANAGER, "podcast add", feed=podcast.feed_url)
    refused = await _press(stage, gone, "Bring back")
    assert NOTHING_TO_BRING_BACK.partition(":")[0] in refused.text


async def test_adding_again_tells_that_the_settings_are_back(stage: FakeAndBot) -> None:
    fake, bot = stage
    [one] = await guild_destinations(bot.db, 10)
    await bot.subscriptions.configure(one.id, SettingsChange(silent=True, open_thread=True))
    await _press(stage, await _remove(stage), "Stop")
    [podcast] = await list_podcasts(bot.db)
    again = await fake.command(10, 11, MANAGER, "podcast add", feed=podcast.feed_url)
    assert (
        "It was removed here before, and its settings are back: as a card, without a notification, "
        "with a thread for the talk."
    ) in again.text
    twice = await fake.command(10, 11, MANAGER, "podcast add", feed=podcast.feed_url)
    assert "removed here before" not in twice.text


async def test_a_channel_that_is_deleted_can_be_named(stage: FakeAndBot) -> None:
    fake = stage[0]
    lounge = await _second(stage)
    await fake.delete_channel(lounge.id)
    gone = f"#deleted-channel ({lounge.id})"
    offered = await fake.autocomplete(
        10, 11, MANAGER, "podcast remove", focused="channel", podcast=TITLE, channel=""
    )
    assert [(one.name, one.value) for one in offered.choices] == [
        (gone, f"ch:{lounge.id}"),
        ("#news", "ch:11"),
    ]
    asked = await _remove(stage, channel=f"ch:{lounge.id}")
    assert asked.content.startswith(f"Stop announcing **{TITLE}** in {gone}?")
    removed = await _press(stage, asked, "Stop")
    assert f"in {gone} any more" in removed.content
    assert await _where(stage) == [11]


async def test_what_no_channel_of_the_podcast_is_called_is_told(stage: FakeAndBot) -> None:
    fake = stage[0]
    other = await fake.create_channel(10, "other")
    for typed in (f"<#{other.id}>", "other", "nowhere"):
        refused = await _remove(stage, channel=typed)
        assert refused.ephemeral
        assert refused.content.startswith(f"**{TITLE}** is not announced in “")
        assert refused.content.endswith("”. It is announced in <#11>: name one of these.")
    for _ in range(2):
        await _second(stage, "twin")
    refused = await _remove(stage, channel="twin")
    assert "may be several of the channels" in refused.content
