"""Threads that an older version stored get the channel that they are in, also where they are archived."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.announcing.thread_parents import record_parents
from storage.engine.database import Database
from storage.models import DestinationKind
from storage.tables.destinations import add_destination, orphaned_threads
from storage.tables.guild_podcasts import podcast_sources
from storage.tables.podcasts import list_podcasts
from tests.fakes.discord_payloads import channel_payload
from tests.fakes.discord_state import MANAGER, ChannelKind
from tests.unit.cogs.connected_bot import connected
from tests.unit.storage.material import NOW

PUBLIC, PRIVATE = ChannelKind.PUBLIC_THREAD, ChannelKind.PRIVATE_THREAD


async def test_the_channel_of_a_thread_is_stored_unless_it_is_private(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(sqlite_db, tmp_path, monkeypatch) as (fake, bot):
        [podcast] = await list_podcasts(bot.db)
        for channel_id, kind, guild_id in (
            (20, PUBLIC, 10),
            (21, PRIVATE, 10),
            (22, None, 10),
            (23, None, 99),
        ):
            if kind is not None:
                thread = fake.world.add_channel(10, "thread", kind, channel_id=channel_id, parent_id=11)
                # Discord tells of no archived thread by itself.
                thread.archived = True
            await add_destination(
                bot.db,
                podcast.id,
                guild_id=guild_id,
                channel_id=channel_id,
                added_by=5,
                now=NOW,
                kind=DestinationKind.THREAD,
            )
        for _ in range(2):
            await record_parents(bot, bot.db)
            assert (await podcast_sources(bot.db, 10))[podcast.id].parents == {20: 11}
            assert [one.channel_id for one in await orphaned_threads(bot.db)] == [21, 22, 23]


async def test_a_thread_that_is_added_comes_with_its_channel(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(sqlite_db, tmp_path, monkeypatch) as (fake, bot):
        [podcast] = await list_podcasts(bot.db)
        fake.world.add_channel(10, "thread", PUBLIC, channel_id=20, parent_id=11)
        await fake.gateway.dispatch(
            "THREAD_CREATE", channel_payload(fake.world, fake.world.guilds[10].channels[20]), 10
        )
        added = await fake.command(10, 20, MANAGER, "podcast add", feed=podcast.feed_url)
        assert "is now followed in <#20>" in added.text
        assert (await podcast_sources(bot.db, 10))[podcast.id].parents == {20: 11}
