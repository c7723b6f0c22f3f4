"""A setting whose permission the bot lacks: told when it is set and on the list, and no request is wasted on it."""

from __future__ import annotations

from tests.e2e.stage import Item, Stage
from tests.fakes.discord_state import MANAGER, PLAIN, Permission


async def test_threads_need_a_permission_that_is_told_until_it_is_given(stage: Stage) -> None:
    fake, here = stage.fake, (stage.guild.id, stage.channel.id, MANAGER)
    stage.channel.bot_permissions = PLAIN & ~Permission.CREATE_PUBLIC_THREADS
    feed = stage.put("/feed.xml", "Show", Item("One"))
    lack = f"I lack **Create Public Threads** in <#{stage.channel.id}>"
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        told = await fake.command(*here, "podcast looks", podcast="Show", talk=True)
        assert "with a thread for the talk" in told.text
        assert f"No thread is opened under announcements: {lack}" in told.text
        stage.put("/feed.xml", "Show", Item("One"), Item("Two"))
        await stage.announced(stage.channel, "Two")
        await bot.logged("no thread: I lack")
        listed = await fake.command(*here, "podcast list")
        assert listed.text.count(lack) == 1
        assert fake.sent("POST", "/threads") == []

        await fake.set_permissions(stage.channel.id, PLAIN)
        stage.put("/feed.xml", "Show", Item("One"), Item("Two"), Item("Three"))
        await fake.wait_for(lambda: fake.sent("POST", "/threads"), "the thread")
        opened = await fake.command(*here, "podcast looks", podcast="Show")
        assert lack not in opened.text
        assert "Three" in {one.name for one in stage.guild.channels.values() if one.is_thread}
    assert "Traceback" not in bot.log
