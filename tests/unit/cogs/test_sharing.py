"""Quotes that are shared: where the member may write."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_state import MEMBER, PLAIN, ChannelKind, Permission
from tests.unit.cogs.connected_bot import FakeAndBot

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
