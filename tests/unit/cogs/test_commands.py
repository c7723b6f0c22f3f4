"""All commands, walked: names, descriptions, limits, permissions."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.discord_client.client import COGS, Earmark
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import open_reader
from bot.quotes import QuoteFinder
from storage.engine.database import Database
from tests.fakes.discord_command_rules import commands_violations
from tests.fakes.in_process_reader import InProcessReader
from tests.unit.cogs.connected_bot import settings

EXPECTED = {"quote", "episode", "chapters", "podcast add", "podcast list", "podcast looks", "podcast remove"}
NAME = re.compile(r"[a-z]{1,32}")


@pytest.fixture
async def bot(sqlite_db: Database, tmp_path: Path) -> AsyncIterator[Earmark]:
    finder = QuoteFinder(sqlite_db, tmp_path / "search")
    async with open_reader(
        sqlite_db, AllowedAddresses(), poll_interval_s=600, documents=InProcessReader()
    ) as reader:
        made = Earmark(settings(tmp_path), sqlite_db, reader, finder)
        async with made:
            for name in COGS:
                await made.load_extension(name)
            yield made
    await finder.close()


def _leaves(bot: Earmark) -> list[app_commands.Command[Any, ..., Any]]:
    return [one for one in bot.tree.walk_commands() if isinstance(one, app_commands.Command)]


async def test_the_commands_are_these_and_none_comes_twice(bot: Earmark) -> None:
    names = [command.qualified_name for command in _leaves(bot)]
    assert sorted(names) == sorted(EXPECTED)
    assert bot.tree.get_commands(type=discord.AppCommandType.message) == []
    assert bot.tree.get_commands(type=discord.AppCommandType.user) == []


async def test_discord_would_take_them(bot: Earmark) -> None:
    payload = [command.to_dict(bot.tree) for command in bot.tree.get_commands()]
    assert [violation.sentence() for violation in commands_violations(payload)] == []


async def test_every_command_and_option_is_named_and_described(bot: Earmark) -> None:
    for command in bot.tree.walk_commands():
        assert NAME.fullmatch(command.name), command.qualified_name
        assert 10 <= len(command.description) <= 100, command.qualified_name
    for command in _leaves(bot):
        for option in command.parameters:
            assert NAME.fullmatch(option.name), (command.qualified_name, option.name)
            # discord.py puts an ellipsis where nobody described it.
            assert 5 <= len(str(option.description)) <= 100, (command.qualified_name, option.name)


async def test_names_of_podcasts_episodes_and_speakers_are_completed(bot: Earmark) -> None:
    for command in _leaves(bot):
        for option in command.parameters:
            wanted = option.name in ("podcast", "episode", "speaker")
            # A channel that is deleted can be removed, too: Discord's own choice of channels has it no more.
            wanted |= (command.qualified_name, option.name) == ("podcast remove", "channel")
            assert option.autocomplete == wanted, (command.qualified_name, option.name)


async def test_all_are_for_servers_alone_and_some_for_managers(bot: Earmark) -> None:
    for command in bot.tree.get_commands():
        told = command.to_dict(bot.tree)
        assert told["contexts"] == [0] or told.get("dm_permission") is False, command.name
        assert told["integration_types"] in ([0], None), command.name
        needed = told["default_member_permissions"]
        manage_server = discord.Permissions(manage_guild=True).value
        assert needed == (manage_server if command.name == "podcast" else None), command.name


async def test_it_asks_for_no_more_than_it_needs(bot: Earmark) -> None:
    assert bot.intents == discord.Intents(guilds=True)
    assert bot.allowed_mentions is not None
    assert dict(bot.allowed_mentions.to_dict()) == {"parse": []}
