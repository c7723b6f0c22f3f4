"""Quotes that are shared: where the member may write, once an hour, and not too many a minute."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from cogs import sharing
from storage.tables.shares import get_share
from tests.fakes.clock import FakeClock
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_faults import When
from tests.fakes.discord_messages import FakeUser
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import MANAGER, MEMBER, PLAIN, ChannelKind, Permission
from tests.unit.cogs.connected_bot import FakeAndBot, presses_end

READS = Permission.VIEW_CHANNEL | Permission.USE_APPLICATION_COMMANDS


def share_id(found: FakeAnswer) -> str:
    return next(str(one.custom_id) for one in found.buttons if one.label == "Share")


@pytest.mark.parametrize("bots", [PLAIN, Permission(0)])
@pytest.mark.parametrize(
    ("kind", "members", "refused"),
    [
        (ChannelKind.TEXT, READS | Permission.SEND_MESSAGES, None),
        (ChannelKind.TEXT, READS | Permission.SEND_MESSAGES_IN_THREADS, "**Send Messages**"),
        (ChannelKind.ANNOUNCEMENT, READS, "**Send Messages**"),
        (ChannelKind.PUBLIC_THREAD, READS | Permission.SEND_MESSAGES_IN_THREADS, None),
        (ChannelKind.PUBLIC_THREAD, READS | Permission.SEND_MESSAGES, "**Send Messages in Threads**"),
        (ChannelKind.PRIVATE_THREAD, READS | Permission.SEND_MESSAGES, "**Send Messages in Threads**"),
    ],
)
async def test_a_quote_is_shared_where_the_member_may_write(
    stage: FakeAndBot, kind: ChannelKind, members: Permission, refused: str | None, bots: Permission
) -> None:
    fake, _ = stage
    parent = 11 if kind in (ChannelKind.PUBLIC_THREAD, ChannelKind.PRIVATE_THREAD) else None
    here = await fake.create_channel(10, "here", kind=kind, parent_id=parent, bot_permissions=bots)
    member = replace(MEMBER, permissions=members)
    found = await fake.command(10, here.id, member, "quote", words=SAMPLE_QUESTIONS[0])
    shared = await fake.click(share_id(found), found, member)
    assert shared.ephemeral == bool(refused)
    assert (refused or f"<@{member.id}>") in shared.text
    assert len(fake.messages(here.id)) == (not refused)


def link(shared: FakeAnswer) -> str:
    assert shared.message is not None
    return f"This quote stands here already: https://discord.com/channels/10/11/{shared.message.id}"


async def asked(fake: FakeDiscord, words: str, user: FakeUser = MEMBER) -> FakeAnswer:
    return await fake.command(10, 11, user, "quote", words=words)


async def share(fake: FakeDiscord, found: FakeAnswer, user: FakeUser = MEMBER) -> FakeAnswer:
    shared = await fake.click(share_id(found), found, user)
    await presses_end()
    return shared


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock by which shares are counted."""
    clock = FakeClock()
    monkeypatch.setattr(sharing, "CLOCK", clock)
    return clock


async def test_a_quote_that_stands_is_linked_for_an_hour(stage: FakeAndBot, clock: FakeClock) -> None:
    fake, _ = stage
    found = await asked(fake, SAMPLE_QUESTIONS[0])
    shared = await share(fake, found)
    assert not shared.ephemeral
    # By the same button, by another answer, and by another member's words for a part of it.
    others = [
        (found, MEMBER),
        (await asked(fake, SAMPLE_QUESTIONS[0]), MEMBER),
        (await asked(fake, SAMPLE_QUESTIONS[0].partition(" ")[2], MANAGER), MANAGER),
    ]
    await clock.move(3599)
    for other, member in others:
        linked = await share(fake, other, member)
        assert linked.ephemeral
        assert linked.text == link(shared)
    # Another quote, and another channel.
    assert not (await share(fake, await asked(fake, SAMPLE_QUESTIONS[1]))).ephemeral
    elsewhere = await fake.create_channel(10, "elsewhere")
    there = await fake.command(10, elsewhere.id, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])
    assert not (await share(fake, there)).ephemeral
    await clock.move(1)
    assert not (await share(fake, found)).ephemeral
    assert len(fake.messages(11)) == 3


@pytest.mark.parametrize(
    ("status", "permissions", "again"),
    [
        # Deleted, as Discord says.
        (None, PLAIN, True),
        # What nobody can look at stands.
        (None, PLAIN & ~Permission.READ_MESSAGE_HISTORY, False),
        (500, PLAIN, False),
    ],
)
async def test_a_quote_whose_message_was_deleted_can_be_shared_again(
    stage: FakeAndBot, status: int | None, permissions: Permission, again: bool
) -> None:
    fake, _ = stage
    found = await asked(fake, SAMPLE_QUESTIONS[0])
    shared = await share(fake, found)
    assert shared.message is not None
    fake.delete_message(shared.message)
    await fake.set_permissions(11, permissions)
    if status is not None:
        fake.faults.add(method="GET", path="/messages/", status=status)
    second = await share(fake, found)
    assert second.ephemeral is not again
    assert again or second.text == link(shared)
    assert len(fake.messages(11)) == again


async def test_a_member_shares_three_quotes_a_minute(stage: FakeAndBot, clock: FakeClock) -> None:
    fake, _ = stage
    several = [await asked(fake, words) for words in (*SAMPLE_QUESTIONS, "Two constables came on bicycles")]
    for found in several[:3]:
        assert not (await share(fake, found)).ephemeral
        await clock.move(10)
    refused = await share(fake, several[3])
    assert refused.ephemeral
    assert refused.text == "You have shared 3 quotes within a minute; the next one can follow in 30 seconds."
    another = await asked(fake, "three cinnamon buns and so far I regret none", MANAGER)
    assert not (await share(fake, another, MANAGER)).ephemeral
    await clock.move(30)
    assert not (await share(fake, several[3])).ephemeral


async def test_two_presses_at_once_post_one_quote(stage: FakeAndBot) -> None:
    fake, _ = stage
    found = await asked(fake, SAMPLE_QUESTIONS[0])
    answers = await asyncio.gather(*(fake.click(share_id(found), found) for _ in range(5)))
    assert [one.ephemeral for one in answers].count(False) == 1
    assert len(fake.messages(11)) == 1
    assert {one.text for one in answers if one.ephemeral} <= {
        "This quote is being shared here just now.",
        *(link(one) for one in answers if not one.ephemeral),
    }


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_share_whose_answer_was_lost_stands_once(stage: FakeAndBot, when: When) -> None:
    fake, bot = stage
    found = await asked(fake, SAMPLE_QUESTIONS[0])
    fault = fake.faults.add(method="POST", path="/callback$", status=503, when=when)
    # The library itself tries again, after a second.
    shared = await share(fake, found)
    await fake.wait_for(lambda: fault.hits and len(fake.sent("POST", "/callback")) == 4)
    assert shared.message is not None
    await presses_end()
    noted = await get_share(bot.db, 1)
    assert noted is not None
    assert noted.message_id == shared.message.id
    assert (await share(fake, found)).text == link(shared)
    assert len(fake.messages(11)) == 1


async def test_a_share_that_came_too_late_can_be_tried_again(
    stage: FakeAndBot, caplog: pytest.LogCaptureFixture
) -> None:
    fake, _ = stage
    found = await asked(fake, SAMPLE_QUESTIONS[0])
    unknown = {"message": "Unknown Interaction", "code": 10062}
    fake.faults.add(method="POST", path="/callback$", status=404, json=unknown)
    # Nothing answers a click that expired; what could be waited for is the line in the log.
    clicking = asyncio.create_task(fake.click(share_id(found), found, until="acknowledged"))
    while "the interaction expired" not in caplog.text:  # noqa: ASYNC110 - a log tells nobody that it grew
        await asyncio.sleep(0.01)
    clicking.cancel()
    await asyncio.wait({clicking})
    assert fake.messages(11) == []
    assert not (await share(fake, found)).ephemeral
    assert len(fake.messages(11)) == 1


async def test_a_share_that_discord_refuses_leaves_nothing_and_can_be_tried_again(stage: FakeAndBot) -> None:
    fake, _ = stage
    found = await asked(fake, SAMPLE_QUESTIONS[0])
    refused = {"message": "Invalid Form Body", "code": 50035}
    fake.faults.add(method="POST", path="/callback$", status=400, json=refused)
    failed = await share(fake, found)
    assert failed.ephemeral
    assert "Something went wrong on my side" in failed.text
    assert fake.messages(11) == []
    await share(fake, found)
    assert len(fake.messages(11)) == 1
