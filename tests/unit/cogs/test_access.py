"""What a member may see."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord import app_commands

from cogs.access import Interaction, guild_of
from storage.tables.destinations import add_destination, remove_destinations
from storage.tables.podcasts import list_podcasts
from tests.fakes.discord_messages import FakeUser
from tests.fakes.discord_payloads import role_payload
from tests.fakes.discord_state import MANAGER, MEMBER, FakeOverwrite, Permission
from tests.unit.cogs.connected_bot import FakeAndBot


def _interaction(guild_id: int | None = 10) -> Interaction:
    return cast("Interaction", SimpleNamespace(guild_id=guild_id))


def test_a_server_is_needed() -> None:
    assert guild_of(_interaction()) == 10
    with pytest.raises(app_commands.NoPrivateMessage):
        guild_of(_interaction(None))


TITLE, EPISODE = "Screws Left Over", "The Clock That Struck Thirteen"
NO_VIEW = FakeOverwrite(deny=Permission.VIEW_CHANNEL)
NONE_TO_SEE = (
    "This server follows no podcast yet that you can see; "
    "whoever may use `/podcast` here can add one with `/podcast add`."
)


async def _lock(stage: FakeAndBot) -> FakeUser:
    """Let only a role view channel 11; a member who has it. Channel 12 is open."""
    fake, bot = stage
    role = fake.world.add_role(10, "Patrons")
    payload = {"guild_id": "10", "role": role_payload(role, 2)}
    await fake.gateway.dispatch("GUILD_ROLE_CREATE", payload, 10)
    await fake.create_channel(10, "open", channel_id=12)
    await fake.set_overwrite(11, role.id, FakeOverwrite(allow=Permission.VIEW_CHANNEL))
    await fake.set_overwrite(11, 10, NO_VIEW)
    channel = bot.get_channel(11)
    assert isinstance(channel, discord.TextChannel)
    # What the bot has taken in is nothing that the fake is told of.
    while len(channel.overwrites) != 2:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return replace(MEMBER, role_ids=(role.id,))


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("quote", {"words": "the screw"}),
        ("quote", {"words": "the screw", "podcast": TITLE}),
        ("quote", {"words": "the screw", "episode": EPISODE}),
        ("episode", {}),
        ("episode", {"podcast": "id:1"}),
        ("episode", {"episode": "id:1"}),
        ("chapters", {"episode": EPISODE}),
    ],
)
async def test_a_podcast_that_a_member_cannot_see_is_as_one_that_nobody_follows(
    stage: FakeAndBot, command: str, options: dict[str, Any]
) -> None:
    fake, bot = stage
    patron = await _lock(stage)
    hidden = await fake.command(10, 12, MEMBER, command, **options)
    assert hidden.ephemeral
    assert hidden.text == NONE_TO_SEE
    assert (await fake.command(10, 12, patron, command, **options)).embeds
    [podcast] = await list_podcasts(bot.db)
    await remove_destinations(bot.db, guild_id=10, podcast_id=podcast.id, now=datetime.now(UTC))
    for user in (MEMBER, patron):
        assert (await fake.command(10, 12, user, command, **options)).text == hidden.text


async def test_who_administers_podcasts_names_all_of_them(stage: FakeAndBot) -> None:
    fake, _ = stage
    patron = await _lock(stage)
    for command, of_managers in (("podcast looks", [TITLE]), ("podcast remove", [TITLE]), ("episode", [])):
        for user, expected in ((MANAGER, of_managers), (MEMBER, []), (patron, [TITLE])):
            offered = await fake.autocomplete(10, 12, user, command, focused="podcast", podcast="")
            assert [one.name for one in offered.choices] == expected, (command, user)
    assert TITLE in (await fake.command(10, 12, MANAGER, "podcast list")).text
    assert TITLE in (await fake.command(10, 12, MANAGER, "podcast remove", podcast=TITLE)).text
    assert (await fake.command(10, 12, MANAGER, "episode")).text == NONE_TO_SEE


async def test_a_channel_that_a_member_cannot_view_is_not_named_to_them(stage: FakeAndBot) -> None:
    fake, bot = stage
    patron = await _lock(stage)
    [podcast] = await list_podcasts(bot.db)
    await add_destination(
        bot.db, podcast.id, guild_id=10, channel_id=12, added_by=MANAGER.id, now=datetime.now(UTC)
    )
    for user, expected in ((MANAGER, ["#news", "#open"]), (patron, ["#news", "#open"]), (MEMBER, ["#open"])):
        offered = await fake.autocomplete(
            10, 12, user, "podcast remove", focused="channel", podcast=TITLE, channel=""
        )
        assert [one.name for one in offered.choices] == expected, user


async def test_nothing_is_shown_before_discord_has_told_who_is_let_in(stage: FakeAndBot) -> None:
    fake, bot = stage
    guild = bot.get_guild(10)
    assert guild is not None
    guild._remove_role(10)
    told = await fake.command(10, 11, MEMBER, "episode")
    assert told.text == (
        "Discord has not told me yet who can view which channel of this server; try again in a minute."
    )
