"""The main job: follow a podcast, announce what is new, each once, everywhere."""

from __future__ import annotations

from datetime import timedelta

from tests.e2e.connections import peers
from tests.e2e.stage import NEWEST, Item, Stage

LOOPBACK = "127.0.0.1"


async def test_new_episodes_are_announced_in_every_channel_once(stage: Stage) -> None:
    fake = stage.fake
    second = fake.world.add_channel(stage.guild.id, "podcasts")
    elsewhere = fake.world.add_guild("Beta")
    third = fake.world.add_channel(elsewhere.id, "general")
    channels = (stage.channel, second, third)
    feed = stage.publish(3)
    old = Item("From the archive", "<p>Long ago.</p>", timedelta(days=40))
    other = stage.put("/other.xml", "Other", Item("First", age=timedelta(days=30)))
    async with stage.bot() as bot:
        await stage.bot_ready()
        for channel in channels:
            added = await stage.follow(feed, channel)
            assert added.ephemeral
            assert "3 episodes: 3 with chapters, 2 with a transcript" in added.text
        await stage.follow(other)
        await stage.polled_again()
        # The episodes that were there when the podcast was added are not announced.
        assert [fake.messages(channel.id) for channel in channels] == [[], [], []]

        stage.put("/other.xml", "Other", Item("Fresh"), Item("First", age=timedelta(days=30)), old)
        stage.publish(4)
        for channel in channels:
            await stage.announced(channel, NEWEST)
        await stage.announced(stage.channel, "Fresh")
        for channel in channels:
            announcement = next(one for one in fake.messages(channel.id) if NEWEST in one.text)
            assert f"{stage.host.base_url}/audio/4.mp3#t=61" in announcement.text
            labels = [button.label for button in announcement.buttons]
            assert labels[:2] == ["Play", "Chapters"]
        await stage.polled_again()
        # It appeared now, but below what was known, and dated more than a week back.
        assert stage.count(stage.channel, "From the archive") == 0
        assert fake.command_syncs == 1
        for channel in channels:
            announcement = next(one for one in fake.messages(channel.id) if NEWEST in one.text)
            ids = [one.custom_id or "" for one in announcement.buttons]
            chapters = await fake.click(next(one for one in ids if one.startswith("chapters:")), announcement)
            assert chapters.ephemeral
            assert "Counting the screws" in chapters.text

    assert bot.process.returncode == 0
    fake.ready.clear()
    # Started anew, as its users start it.
    async with stage.bot(inside=("env",)) as bot:
        await stage.bot_ready()
        await stage.polled_again(times=3)
        # After a restart with the same database, neither announcements nor commands are sent again.
        assert [stage.count(channel, NEWEST) for channel in channels] == [1, 1, 1]
        assert stage.count(stage.channel, "Fresh") == 1
        assert fake.command_syncs == 1
        assert peers(bot.pid) in ({LOOPBACK}, None)
    assert "Traceback" not in bot.log
    # All of its connections go to the fakes.
    assert fake.identifies == 2
    assert {call.path for call in fake.requests} >= {"/users/@me", "/gateway/bot"}


async def test_secrets_stay_out_of_the_log(stage: Stage) -> None:
    fake = stage.fake
    open_address = stage.publish(3)
    port = stage.host.base_url.rpartition(":")[2]
    private = f"http://patron:hunter2@{LOOPBACK}:{port}/feed.xml?key=SESAME"
    # In a channel of its own, as one asks before it takes the same episodes twice.
    patrons = fake.world.add_channel(stage.guild.id, "patrons")
    async with stage.bot(EARMARK_LOG_LEVEL="DEBUG", EARMARK_LOG_FORMAT="json") as bot:
        await stage.bot_ready()
        await stage.follow(open_address)
        await stage.follow(private, patrons)
        stage.host.fault("/feed.xml", "truncate", times=2)
        stage.host.fault("/feed.xml", "status", status=500, times=2)
        await stage.polled_again(times=5)
        stage.publish(4)
        for channel in (stage.channel, patrons):
            await stage.announced(channel, NEWEST)
    for secret in (fake.token, "hunter2", "SESAME", "Traceback"):
        assert secret not in bot.log
    assert '"message": "registered 4 commands with Discord"' in bot.log
