"""What is under way when the bot stops."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from discord.ext import commands

from bot.discord_client import client
from bot.discord_client.calls import calls_under_way, end_calls
from storage.engine.database import Database
from storage.models.announcements import Announcement
from storage.tables.podcasts import list_podcasts
from tests.fakes.discord_state import MANAGER
from tests.fakes.watch import TIMEOUT_S
from tests.unit.cogs.connected_bot import connected

NAMES = (
    "CommandTree-invoker",
    "discord-ui-dynamic-item-ShareButton-share:1:2",
    "discord-ui-modal-dispatch-1",
    "discord.py: on_guild_remove",
)


@pytest.mark.parametrize("name", NAMES)
async def test_a_call_ends_what_it_does_and_so_does_one_that_it_begins(name: str) -> None:
    answered: list[str] = []
    go_on = asyncio.Event()

    async def second() -> None:
        answered.append("second")

    async def first() -> None:
        await go_on.wait()
        answered.append("first")
        asyncio.create_task(second(), name=name)  # noqa: RUF006 - discord.py keeps none either

    asyncio.create_task(first(), name=name)  # noqa: RUF006
    asyncio.get_running_loop().call_later(0.01, go_on.set)
    await end_calls(TIMEOUT_S)
    assert answered == ["first", "second"]
    assert calls_under_way() == set()


async def test_what_takes_too_long_is_cut_off_and_told(caplog: pytest.LogCaptureFixture) -> None:
    calls = [asyncio.create_task(asyncio.Event().wait(), name=name) for name in NAMES]
    other = asyncio.create_task(asyncio.Event().wait(), name="polling")
    with caplog.at_level(logging.WARNING):
        await end_calls(0.01)
    assert all(one.cancelled() for one in calls)
    assert not other.done()
    assert caplog.messages == ["4 commands, buttons or events were cut off, as the bot stops"]
    other.cancel()


async def test_a_task_does_not_wait_for_itself() -> None:
    ending = asyncio.create_task(end_calls(TIMEOUT_S), name=NAMES[-1])
    async with asyncio.timeout(TIMEOUT_S):
        await ending


async def test_a_bot_that_is_told_to_stop_sends_the_preview_after_its_answer(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(sqlite_db, tmp_path, monkeypatch) as (fake, bot):
        held = asyncio.Event()
        left: list[object] = []
        load, disconnect = bot.announcements.load, commands.AutoShardedBot.close

        async def loads_late(episode_id: int) -> Announcement | None:
            await held.wait()
            return await load(episode_id)

        async def disconnects(self: commands.AutoShardedBot) -> None:
            left.extend(calls_under_way())
            await disconnect(self)

        monkeypatch.setattr(bot.announcements, "load", loads_late)
        monkeypatch.setattr(commands.AutoShardedBot, "close", disconnects)
        monkeypatch.setattr(client, "CALLS_END_WITHIN_S", TIMEOUT_S)
        feed = (await list_podcasts(bot.db))[0].feed_url
        added = await fake.command(10, 11, MANAGER, "podcast add", feed=feed)
        before = len(added.followups)
        asyncio.get_running_loop().call_later(0.05, held.set)
        async with asyncio.timeout(TIMEOUT_S):
            await bot.close()
        assert left == []
        assert len(added.followups) == before + 1
    assert caplog.messages == []
