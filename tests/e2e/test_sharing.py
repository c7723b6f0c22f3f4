"""Who may share a quote where, and who may take it back."""

from __future__ import annotations

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.e2e.stage import Stage
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_messages import FakeMessage, FakeUser
from tests.fakes.discord_state import MANAGER, MEMBER, PLAIN, ChannelKind, FakeChannel, Permission

READER = FakeUser(810000000000000011, "rea", PLAIN & ~Permission.SEND_MESSAGES)
WRITER = FakeUser(810000000000000012, "wim", PLAIN & ~Permission.SEND_MESSAGES_IN_THREADS)
MODERATOR = FakeUser(810000000000000013, "mo", PLAIN | Permission.MANAGE_MESSAGES)
STANDS = "This quote stands here already: https://discord.com/channels/{0.guild_id}/{0.channel_id}/{0.id}"


def _button(shown: FakeAnswer | FakeMessage, label: str) -> str:
    return next(str(one.custom_id) for one in shown.buttons if one.label == label)


async def _asked(stage: Stage, channel: FakeChannel, member: FakeUser, words: str) -> FakeAnswer:
    found = await stage.fake.command(stage.guild.id, channel.id, member, "quote", words=words)
    assert found.ephemeral
    return found


async def test_members_share_where_they_may_write(stage: Stage) -> None:
    fake, channel = stage.fake, stage.channel
    thread = fake.world.add_channel(stage.guild.id, "talk", ChannelKind.PUBLIC_THREAD, parent_id=channel.id)
    feed = stage.publish(4)
    words, others = SAMPLE_QUESTIONS[0], SAMPLE_QUESTIONS[1]
    async with stage.bot() as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        await stage.host.wait_for(lambda: stage.host.count("/transcripts/4.json"), what="transcripts")
        await stage.polled_again()
        for member, where, lacks in (
            (READER, channel, "**Send Messages**"),
            (WRITER, thread, "**Send Messages in Threads**"),
            (READER, thread, None),
            (WRITER, channel, None),
        ):
            found = await _asked(stage, where, member, words)
            shared = await fake.click(_button(found, "Share"), found, member)
            assert shared.ephemeral == bool(lacks)
            assert (lacks or f"<@{member.id}>") in shared.text
        [message], [in_thread] = fake.messages(channel.id), fake.messages(thread.id)

        # What stands is linked, whoever asks.
        found = await _asked(stage, channel, MEMBER, words)
        linked = await fake.click(_button(found, "Share"), found)
        assert linked.ephemeral
        assert linked.text == STANDS.format(message)
        # Another member's press of the same, replayed.
        replayed = await fake.click(_button(found, "Share"), found, MANAGER)
        assert "too old for its buttons" in replayed.text

        take_back = _button(message, "Take back")
        for member in (MEMBER, MANAGER, READER):
            refused = await fake.click(take_back, message, member)
            assert refused.ephemeral
            assert "Only who shared this quote" in refused.text
        forged = fake.post(
            thread.id,
            fake.world.bot,
            "…",
            components=[
                {"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": take_back}]}
            ],
        )
        assert "I do not know this quote" in (await fake.click(take_back, forged, MODERATOR)).text
        assert fake.messages(channel.id) == [message]

        # By who shared it, and in the thread by a moderator; what is gone can be shared again.
        await fake.click(take_back, message, WRITER)
        await fake.click(_button(in_thread, "Take back"), in_thread, MODERATOR)
        assert fake.messages(channel.id) == []
        assert fake.messages(thread.id) == [forged]
        await fake.click(_button(found, "Share"), found)
        [again] = fake.messages(channel.id)
        fake.delete_message(again)
        await fake.click(_button(found, "Share"), found)
        assert len(fake.messages(channel.id)) == 1

        # Three a minute.
        for said in (others, SAMPLE_QUESTIONS[2]):
            more = await _asked(stage, channel, MEMBER, said)
            last = await fake.click(_button(more, "Share"), more)
        assert last.ephemeral
        assert "You have shared 3 quotes within a minute; the next one can follow in" in last.text
        assert len(fake.messages(channel.id)) == 2
    assert "Traceback" not in bot.log
