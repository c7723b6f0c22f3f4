"""Exactly one message, whatever happens between the bot and Discord: kills, lost answers, limits, permissions."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.e2e.stage import NEWEST, Stage
from tests.fakes.discord_faults import Action, RequestFault, When
from tests.fakes.discord_payloads import bot_role, role_payload
from tests.fakes.discord_state import MANAGER, PLAIN, ChannelKind, FakeChannel, Permission


def _send_fault(
    stage: Stage,
    channel: FakeChannel,
    *,
    times: int = 1,
    status: int = 500,
    when: When = "before",
    action: Action = "status",
) -> RequestFault:
    path = f"/channels/{channel.id}/messages$"
    return stage.fake.faults.add(
        method="POST", path=path, times=times, status=status, when=when, action=action
    )


def _posts(stage: Stage, channel: FakeChannel) -> int:
    """How many sends there were to this channel."""
    return len(stage.fake.sent("POST", f"/channels/{channel.id}/messages"))


async def test_a_kill_at_any_moment_leaves_one_message(stage: Stage) -> None:
    fake = stage.fake
    feed = stage.publish(3)
    names = ("answer never came", "request never worked", "just announced")
    stands, lost, announced = channels = [fake.world.add_channel(stage.guild.id, name) for name in names]
    async with stage.bot() as bot:
        await stage.bot_ready()
        for channel in channels:
            await stage.follow(feed, channel)
        after = _send_fault(stage, stands, action="hang", when="after")
        before = _send_fault(stage, lost, action="hang", when="before")
        stage.publish(4)
        await stage.announced(announced, NEWEST)
        await fake.wait_for(lambda: after.hits and before.hits and fake.messages(stands.id))
        await bot.kill()
    assert [stage.count(channel, NEWEST) for channel in channels] == [1, 0, 1]

    fake.forget_nonces()
    fake.ready.clear()
    async with stage.bot() as bot:
        await stage.bot_ready()
        for channel in channels:
            await stage.announced(channel, NEWEST)
        await bot.logged("was already sent, as message")
        await stage.polled_again()
        assert [stage.count(channel, NEWEST) for channel in channels] == [1, 1, 1]
        # The one that stood was found by looking, not sent again and told apart by its nonce.
        assert _posts(stage, stands) == 1
    assert "Traceback" not in bot.log


async def test_lost_answers_errors_and_limits_leave_one_message(stage: Stage) -> None:
    fake = stage.fake
    feed = stage.publish(3)
    elsewhere = fake.world.add_guild("Beta")
    lost_503 = fake.world.add_channel(stage.guild.id, "503 after the work")
    lost_reset = fake.world.add_channel(stage.guild.id, "reset after the work")
    closed = fake.world.add_channel(stage.guild.id, "closed before the work")
    failing = fake.world.add_channel(elsewhere.id, "500 twice")
    repeated = fake.world.add_channel(elsewhere.id, "500 after the work")
    limited = fake.world.add_channel(elsewhere.id, "429")
    banned = fake.world.add_channel(elsewhere.id, "429 of the front")
    channels = (lost_503, lost_reset, closed, failing, repeated, limited, banned)
    async with stage.bot() as bot:
        await stage.bot_ready()
        for channel in channels:
            await stage.follow(feed, channel)
        faults = [
            _send_fault(stage, lost_503, status=503, when="after"),
            _send_fault(stage, lost_reset, action="reset", when="after"),
            _send_fault(stage, closed, action="close"),
            _send_fault(stage, failing, times=2, status=500),
            _send_fault(stage, repeated, status=500, when="after"),
            fake.faults.rate_limit(method="POST", path=f"/channels/{limited.id}/messages$"),
            fake.faults.rate_limit(method="POST", path=f"/channels/{banned.id}/messages$", via=False),
        ]
        stage.publish(4)
        await fake.wait_for(lambda: all(one.hits == one.times for one in faults))
        fake.forget_nonces()
        for channel in channels:
            await stage.announced(channel, NEWEST)
        # Whatever the library would repeat by itself is looked for, too, and not sent a second time.
        await bot.logged("was already sent, as message", times=3)
        await bot.logged("announced in channel", times=len(channels))
        assert [stage.count(channel, NEWEST) for channel in channels] == [1] * len(channels)
        assert [_posts(stage, one) for one in (lost_503, lost_reset, repeated)] == [1, 1, 1]
        assert _posts(stage, limited) == _posts(stage, banned) == 2
    assert "Traceback" not in bot.log


async def test_missing_permissions_are_explained_and_waited_for(stage: Stage) -> None:
    fake = stage.fake
    feed = stage.publish(3)
    without_history = fake.world.add_channel(
        stage.guild.id, "no-history", bot_permissions=PLAIN & ~Permission.READ_MESSAGE_HISTORY
    )
    beta = fake.world.add_guild("Beta", bot_permissions=PLAIN & ~Permission.EMBED_LINKS)
    without_embeds = fake.world.add_channel(beta.id, "no-embeds")
    async with stage.bot() as bot:
        await stage.bot_ready()
        # A channel of the same server that lacks nothing waits for nobody, and hides nothing that does.
        await stage.follow(feed, stage.channel)
        for channel, name in ((without_history, "Read Message History"), (without_embeds, "Embed Links")):
            added = await stage.follow(feed, channel)
            assert f"I lack **{name}** in <#{channel.id}>: open the channel's settings" in added.text
        stage.publish(4)
        await bot.logged("I lack **", times=2)
        await stage.announced(stage.channel, NEWEST)
        await stage.polled_again()
        assert fake.messages(without_history.id) == fake.messages(without_embeds.id) == []
        listed = await fake.command(stage.guild.id, without_history.id, MANAGER, "podcast list")
        assert f"⚠️ <#{without_history.id}>: I lack **Read Message History**" in listed.text

        # What waited appears as soon as somebody mends it: in the channel, or in the bot's role.
        await fake.set_permissions(without_history.id, PLAIN)
        await stage.announced(without_history, NEWEST)
        assert fake.messages(without_embeds.id) == []
        beta.bot_permissions = PLAIN
        role = role_payload(bot_role(fake.world, beta), 1)
        await fake.gateway.dispatch("GUILD_ROLE_UPDATE", {"guild_id": str(beta.id), "role": role}, beta.id)
        await stage.announced(without_embeds, NEWEST)
        listed = await fake.command(stage.guild.id, without_history.id, MANAGER, "podcast list")
        assert "⚠️" not in listed.text
    assert "Traceback" not in bot.log


async def test_a_removed_channel_or_server_holds_nothing_up(stage: Stage) -> None:
    fake = stage.fake
    feed = stage.publish(3)
    beta = fake.world.add_guild("Beta")
    doomed = fake.world.add_channel(beta.id, "doomed")
    deleted = fake.world.add_channel(stage.guild.id, "deleted")
    async with stage.bot() as bot:
        await stage.bot_ready()
        for channel in (doomed, deleted, stage.channel):
            await stage.follow(feed, channel)
        await fake.remove_guild(beta.id)
        await fake.delete_channel(deleted.id)
        stage.publish(4)
        await stage.announced(stage.channel, NEWEST)
        await bot.logged("I am not in this server any more")
        await bot.logged("The channel is gone")
        listed = await fake.command(stage.guild.id, stage.channel.id, MANAGER, "podcast list")
        assert f"({deleted.id}): The channel is gone" in listed.text
    assert "Traceback" not in bot.log


async def test_a_token_that_is_refused_later_ends_the_bot(stage: Stage) -> None:
    feed = stage.publish(3)
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        _send_fault(stage, stage.channel, status=401)
        stage.publish(4)
        assert await bot.exit_code() == 78
    assert _posts(stage, stage.channel) == 1
    assert "Discord refused the token" in bot.log.splitlines()[-1]
    assert "Traceback" not in bot.log


async def test_every_kind_of_channel_has_its_own_way(stage: Stage) -> None:
    fake = stage.fake
    feed = stage.publish(3)
    forum = fake.world.add_channel(stage.guild.id, "forum", ChannelKind.FORUM)
    forum.tags, forum.requires_tag = {fake.world.next_id(): "news"}, True
    wire = fake.world.add_channel(stage.guild.id, "wire", ChannelKind.ANNOUNCEMENT)
    thread = fake.world.add_channel(
        stage.guild.id, "thread", ChannelKind.PUBLIC_THREAD, parent_id=stage.channel.id
    )
    async with stage.bot() as bot:
        await stage.bot_ready()
        here = (stage.guild.id, stage.channel.id, MANAGER, "podcast add")
        for channel in (forum, wire, thread, stage.channel):
            added = await fake.command(*here, feed=feed, channel=channel)
            assert "is now followed" in added.text
        with closing(sqlite3.connect(stage.data_dir / "earmark.db", timeout=15)) as database, database:
            kinds = database.execute("SELECT kind FROM destination ORDER BY id").fetchall()
            database.execute("UPDATE destination SET publish = 1, open_thread = 1")
        assert [kind for (kind,) in kinds] == ["forum", "announcement", "thread", "text"]
        stage.publish(4)
        for channel in (wire, thread, stage.channel):
            await stage.announced(channel, NEWEST)
        [post] = await fake.wait_for(
            lambda: [one for one in fake.world.channels() if one.parent_id == forum.id and one.messages]
        )
        assert (post.name, post.applied_tags, stage.count(post, NEWEST)) == (NEWEST, tuple(forum.tags), 1)
        [published] = fake.messages(wire.id)
        [talked_about] = fake.messages(stage.channel.id)
        await fake.wait_for(lambda: published.crossposted and published.thread_id and talked_about.thread_id)
        [in_thread] = fake.messages(thread.id)
        assert (in_thread.thread_id, in_thread.crossposted) == (None, False)
    assert "Traceback" not in bot.log
