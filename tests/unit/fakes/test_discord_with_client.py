"""The fake against a real discord.py client: what works there is what the end-to-end tests stand on."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import aiohttp
import discord
import pytest

from tests.fakes.discord_commands import NotOfferedError
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MANAGER, MEMBER, PLAIN, ChannelKind, Permission
from tests.fakes.watch import TIMEOUT_S
from tests.unit.fakes.conftest import NOBODY, Probe


async def test_the_client_logs_in_and_registers_its_commands(fake: FakeDiscord, probe: Probe) -> None:
    assert fake.identifies == 1
    assert fake.command_syncs == 1
    assert [command["name"] for command in fake.commands[None]] == ["quote", "podcast"]
    assert probe.user is not None
    assert probe.user.id == fake.world.bot.id
    assert probe.text_channel(12).is_news()
    assert fake.violations == []


async def test_permissions_reach_the_client(fake: FakeDiscord, probe: Probe) -> None:
    guild = probe.text_channel(11).guild
    assert probe.text_channel(11).permissions_for(guild.me).read_message_history
    await fake.set_permissions(11, PLAIN & ~Permission.READ_MESSAGE_HISTORY)
    await probe.wait_for("guild_channel_update", timeout=TIMEOUT_S)
    granted = probe.text_channel(11).permissions_for(guild.me)
    assert granted.send_messages
    assert not granted.read_message_history


async def test_a_command_is_answered(fake: FakeDiscord, probe: Probe) -> None:
    answer = await fake.command(10, 11, MEMBER, "quote", words="so it goes", count=2)
    assert answer.kind == "message"
    assert answer.content == "so it goes x2"
    assert not answer.ephemeral
    assert [(button.custom_id, button.label, button.url) for button in answer.buttons] == [
        ("star:1", "Star 1", None),
        (None, "Listen", "https://a.example"),
    ]
    assert [message.content for message in fake.messages(11)] == ["so it goes x2"]
    assert fake.violations == []


async def test_a_deferred_answer_is_awaited(fake: FakeDiscord, probe: Probe) -> None:
    answer = await fake.command(10, 11, MANAGER, "podcast add", url="https://a.example/feed", channel=12)
    assert answer.kind == "deferred"
    assert answer.ephemeral
    assert answer.embeds[0]["description"] == "wire wire may=True"
    await fake.wait_for(lambda: answer.followups)
    assert answer.text.splitlines()[-1] == "and more"
    assert fake.messages(11) == []
    assert fake.violations == []


async def test_autocomplete_gives_choices(fake: FakeDiscord, probe: Probe) -> None:
    answer = await fake.autocomplete(10, 11, MEMBER, "quote", focused="words", words="x")
    assert [(choice.name, choice.value) for choice in answer.choices] == [("xa", "a"), ("xb", "b")]


async def test_buttons_work_by_their_ids(fake: FakeDiscord, probe: Probe) -> None:
    asked = await fake.command(10, 11, MEMBER, "quote", words="so")
    first = await fake.click("star:1", asked)
    assert (first.content, first.ephemeral) == ("starred 1", True)
    second = await fake.click("star:2", first)
    assert (second.kind, second.content) == ("update", "two stars")
    earlier = fake.post(
        11,
        fake.world.bot,
        "from before the restart",
        components=[
            {"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": "star:7"}]}
        ],
    )
    assert (await fake.click("star:7", earlier)).content == "starred 7"
    assert fake.violations == []


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("quotes", {}, "not registered"),
        ("podcast", {}, "group"),
        ("quote", {}, "without"),
        ("quote", {"words": "x", "colour": 1}, "no option"),
        ("podcast add", {"url": "x", "channel": 11}, "not offered"),
    ],
)
async def test_what_discord_would_not_send_is_refused(
    fake: FakeDiscord, probe: Probe, name: str, options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(NotOfferedError, match=reason):
        await fake.command(10, 11, MEMBER, name, **options)


async def test_force_sends_what_a_member_is_not_offered(fake: FakeDiscord, probe: Probe) -> None:
    answer = await fake.command(10, 11, MEMBER, "podcast add", force=True, url="x", channel=11)
    assert "may=False" in answer.text


async def test_a_nonce_posts_once_and_is_the_authors_not_the_channels(
    fake: FakeDiscord, probe: Probe
) -> None:
    first = await probe.text_channel(11).send("one", nonce="n1")
    again = await probe.text_channel(11).send("one", nonce="n1")
    elsewhere = await probe.text_channel(12).send("one", nonce="n1")
    assert first.id == again.id == elsewhere.id
    assert fake.messages(12) == []
    fake.advance(301)
    assert (await probe.text_channel(12).send("one", nonce="n1")).id != first.id
    fake.forget_nonces()
    await probe.text_channel(12).send("one", nonce="n1")
    assert len(fake.messages(12)) == 2


async def test_history_pages_and_hides(fake: FakeDiscord, probe: Probe) -> None:
    for number in range(230):
        fake.post(11, MEMBER if number % 2 else fake.world.bot, str(number))
    news = probe.text_channel(11)
    assert [message.content async for message in news.history(limit=None)] == [
        str(n) for n in range(229, -1, -1)
    ]
    assert [message.content async for message in news.history(limit=None, oldest_first=True)][:2] == [
        "0",
        "1",
    ]
    third = fake.messages(11)[3]
    after = [
        m.content async for m in news.history(limit=2, after=discord.Object(third.id), oldest_first=True)
    ]
    assert after == ["4", "5"]
    around = [m.content async for m in news.history(limit=3, around=discord.Object(third.id))]
    assert sorted(around) == ["2", "3", "4"]
    fake.world.guilds[10].channels[11].bot_permissions = PLAIN & ~Permission.READ_MESSAGE_HISTORY
    assert [message async for message in news.history(limit=None)] == []


async def test_messages_are_edited_published_threaded_and_deleted(fake: FakeDiscord, probe: Probe) -> None:
    message = await probe.text_channel(12).send("news")
    await message.edit(content="newer", allowed_mentions=NOBODY)
    await message.publish()
    thread = await message.create_thread(name="talk")
    posted = await thread.send("inside")
    assert thread.id == message.id
    stands = fake.messages(12)[0]
    assert (stands.content, stands.crossposted) == ("newer", True)
    assert [inside.id for inside in fake.messages(thread.id)] == [posted.id]
    assert (await probe.text_channel(12).fetch_message(message.id)).thread == thread
    await message.delete()
    with pytest.raises(discord.NotFound) as gone:
        await probe.text_channel(12).fetch_message(message.id)
    assert gone.value.code == 10008
    assert fake.violations == []


async def test_a_forum_takes_posts_not_messages(fake: FakeDiscord, probe: Probe) -> None:
    await fake.create_channel(10, "shows", kind=ChannelKind.FORUM, channel_id=13)
    forum = await probe.fetch_channel(13)
    assert isinstance(forum, discord.ForumChannel)
    post = await forum.create_thread(name="One", content="first", allowed_mentions=NOBODY)
    assert [message.content for message in fake.messages(post.thread.id)] == ["first"]
    with pytest.raises(discord.HTTPException) as refused:
        await probe.get_partial_messageable(13).send("no")
    assert refused.value.code == 50008
    assert fake.violations == []


async def test_a_file_arrives(fake: FakeDiscord, probe: Probe) -> None:
    await probe.text_channel(11).send("see", file=discord.File(io.BytesIO(b"text"), "notes.txt"))
    assert fake.messages(11)[0].files == [("notes.txt", b"text")]
    assert fake.violations == []


@pytest.mark.parametrize(
    ("permissions", "code"),
    [(PLAIN & ~Permission.VIEW_CHANNEL, 50001), (PLAIN & ~Permission.SEND_MESSAGES, 50013)],
)
async def test_missing_permissions(
    fake: FakeDiscord, probe: Probe, permissions: Permission, code: int
) -> None:
    fake.world.guilds[10].channels[11].bot_permissions = permissions
    with pytest.raises(discord.Forbidden) as refused:
        await probe.text_channel(11).send("x")
    assert refused.value.code == code


async def test_a_breach_is_noted_and_refused(fake: FakeDiscord, probe: Probe) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await probe.text_channel(11).send(embed=discord.Embed(title="x" * 257))
    assert refused.value.code == 50035
    assert "In embeds.0.title" in refused.value.text
    assert len(fake.violations) == 1
    assert "embeds.0.title: Must be 256 or fewer" in fake.violations[0]


async def test_mentions_are_noted_and_refused(fake: FakeDiscord, probe: Probe) -> None:
    role = fake.world.add_role(10, "fans")
    text = f"@everyone <@1> <@&{role.id}>"
    with pytest.raises(discord.HTTPException):
        await probe.text_channel(11).send(text, allowed_mentions=discord.AllowedMentions(everyone=True))
    assert [(ping.kind, ping.id) for ping in fake.pings] == [("everyone", None)]
    fake.allowed_role_mentions.add(role.id)
    just_fans = discord.AllowedMentions(
        everyone=False, users=False, roles=[discord.Object(role.id)], replied_user=False
    )
    await probe.text_channel(11).send(text, allowed_mentions=just_fans)
    assert [(ping.kind, ping.id) for ping in fake.pings[1:]] == [("role", role.id)]
    assert len(fake.violations) == 1


async def test_an_expired_interaction_is_unknown(fake: FakeDiscord, probe: Probe) -> None:
    answer = await fake.command(10, 11, MEMBER, "quote", words="x")
    fake.advance(16 * 60)
    async with aiohttp.ClientSession() as session:
        url = f"{fake.api_url}/webhooks/{fake.world.application_id}/{answer.token}/messages/@original"
        async with session.get(url) as late:
            assert late.status == 401
        async with session.get(url.replace(answer.token, "no-such-token")) as unknown:
            assert (unknown.status, (await unknown.json())["code"]) == (404, 10015)


async def test_faults_before_and_after_the_work(fake: FakeDiscord, probe: Probe) -> None:
    news = probe.text_channel(11)
    fake.faults.add(method="POST", path="/channels/11/messages$", status=503)
    with pytest.raises(discord.DiscordServerError):
        await news.send("lost")
    assert fake.messages(11) == []
    fake.faults.add(method="POST", path="/channels/11/messages$", status=503, when="after")
    with pytest.raises(discord.DiscordServerError):
        await news.send("stands")
    assert [message.content for message in fake.messages(11)] == ["stands"]


@pytest.mark.parametrize("action", ["close", "reset"])
async def test_a_connection_breaks_after_the_work(fake: FakeDiscord, probe: Probe, action: str) -> None:
    fake.faults.add(method="POST", path="/messages$", action=action, when="after")  # type: ignore[arg-type]
    with pytest.raises(aiohttp.ClientError):
        await probe.text_channel(11).send("stands")
    assert [message.content for message in fake.messages(11)] == ["stands"]


async def test_a_held_request_goes_on_when_released(fake: FakeDiscord, probe: Probe) -> None:
    fault = fake.faults.add(method="POST", path="/messages$", action="hang")
    sending = asyncio.create_task(probe.text_channel(11).send("late"))
    await fake.wait_for(lambda: fault.hits)
    assert fake.messages(11) == []
    fault.release.set()
    assert (await sending).content == "late"


async def test_rate_limits(fake: FakeDiscord, probe: Probe) -> None:
    fake.faults.rate_limit(method="POST", path="/messages$", retry_after_s=0.01, times=2)
    await probe.text_channel(11).send("after two tries")
    assert len(fake.sent("POST", "/messages")) == 3
    fake.faults.rate_limit(method="POST", path="/messages$", via=False)
    with pytest.raises(discord.HTTPException) as banned:
        await probe.text_channel(11).send("never")
    assert banned.value.status == 429


async def test_the_gateway_drops_and_the_client_resumes(fake: FakeDiscord, probe: Probe) -> None:
    await fake.gateway.drop()
    await asyncio.wait_for(fake.ready.wait(), TIMEOUT_S)
    assert (fake.identifies, fake.gateway.resumes) == (1, 1)
    assert (await fake.command(10, 11, MEMBER, "quote", words="still")).content == "still x1"


async def test_a_forgotten_session_identifies_again(fake: FakeDiscord, probe: Probe) -> None:
    fake.gateway.forget_sessions()
    await fake.gateway.drop(1001)
    await asyncio.wait_for(fake.ready.wait(), TIMEOUT_S)
    assert (fake.identifies, fake.gateway.resumes) == (2, 1)


async def test_guilds_come_and_go(fake: FakeDiscord, probe: Probe) -> None:
    await probe.wait_until_ready()
    guild = await fake.join_guild("Beta")
    await probe.wait_for("guild_join", timeout=TIMEOUT_S)
    await fake.guild_outage(guild.id)
    await probe.wait_for("guild_unavailable", timeout=TIMEOUT_S)
    await fake.guild_back(guild.id)
    await probe.wait_for("guild_available", timeout=TIMEOUT_S)
    await fake.remove_guild(guild.id)
    await probe.wait_for("guild_remove", timeout=TIMEOUT_S)
    assert probe.seen == ["join Beta", "unavailable Beta", "remove Beta"]
