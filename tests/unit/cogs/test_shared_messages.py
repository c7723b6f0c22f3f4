"""Messages of shared quotes: taken back by whom it may be, and found again after a process was killed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.cli.sample import SAMPLE_QUESTIONS
from cogs import shared_messages
from cogs.shared_messages import BEING_SHARED, NOT_TOLD, NOT_YOURS, UNKNOWN
from storage.tables.quote_tables import share
from storage.tables.shares import get_share
from tests.fakes.discord_answers import FakeAnswer
from tests.fakes.discord_messages import FakeMessage, FakeUser
from tests.fakes.discord_state import ADMIN, MANAGER, MEMBER, PLAIN, Permission
from tests.unit.cogs.connected_bot import FakeAndBot, presses_end

MODERATOR = replace(MANAGER, permissions=PLAIN | Permission.MANAGE_MESSAGES)


def _button(shown: FakeAnswer | FakeMessage, label: str) -> str:
    return next(str(one.custom_id) for one in shown.buttons if one.label == label)


async def _shared(stage: FakeAndBot, channel: int = 11) -> tuple[FakeAnswer, FakeAnswer]:
    """An answer, and a quote of it that was shared."""
    fake, _ = stage
    found = await fake.command(10, channel, MEMBER, "quote", words=SAMPLE_QUESTIONS[0])
    shared = await fake.click(_button(found, "Share"), found)
    await presses_end()
    return found, shared


@pytest.mark.parametrize("member", [MEMBER, MODERATOR, ADMIN])
async def test_who_shared_a_quote_and_moderators_take_it_back(stage: FakeAndBot, member: FakeUser) -> None:
    fake, bot = stage
    found, shared = await _shared(stage)
    assert [one.label.split(" from")[0] for one in shared.buttons] == ["Play", "Take back"]
    # No permission of the bot's is needed for it.
    await fake.set_permissions(11, Permission(0))
    await fake.click(_button(shared, "Take back"), shared, member)
    assert fake.messages(11) == []
    await presses_end()
    noted = await get_share(bot.db, 1)
    assert noted is not None
    assert noted.gone_at is not None
    again = await fake.click(_button(found, "Share"), found)
    assert not again.ephemeral
    assert len(fake.messages(11)) == 1
    # Which is another share.
    assert _button(again, "Take back") != _button(shared, "Take back")


@pytest.mark.parametrize("member", [MANAGER, replace(MANAGER, permissions=Permission.MANAGE_CHANNELS)])
async def test_nobody_else_does(stage: FakeAndBot, member: FakeUser) -> None:
    fake, bot = stage
    _, shared = await _shared(stage)
    refused = await fake.click(_button(shared, "Take back"), shared, member)
    assert refused.ephemeral
    assert refused.text == NOT_YOURS
    assert len(fake.messages(11)) == 1
    stands = await get_share(bot.db, 1)
    assert stands is not None
    assert stands.gone_at is None


@pytest.mark.parametrize("noted", [True, False])
async def test_a_forged_id_takes_nothing_back(stage: FakeAndBot, noted: bool) -> None:
    fake, bot = stage
    _, shared = await _shared(stage)
    if not noted:
        async with bot.db.write() as connection:
            await connection.execute(sa.update(share).values(message_id=None))
    custom_id = _button(shared, "Take back")
    stranger = fake.world.add_guild("Beta", guild_id=20)
    fake.world.add_channel(stranger.id, "news", channel_id=21)
    elsewhere = await fake.create_channel(10, "elsewhere")
    for channel_id in (11, elsewhere.id, 21):
        for forged in (custom_id, "take-back:2", f"take-back:{'9' * 18}"):
            button = {"type": 2, "style": 2, "label": "x", "custom_id": forged}
            message = fake.post(
                channel_id, fake.world.bot, "Hello", components=[{"type": 1, "components": [button]}]
            )
            for member in (MEMBER, ADMIN):
                refused = await fake.click(forged, message, member)
                assert refused.text == UNKNOWN
            assert not message.deleted
    stands = await get_share(bot.db, 1)
    assert stands is not None
    assert stands.gone_at is None


async def test_taking_back_twice_is_no_error(stage: FakeAndBot) -> None:
    fake, _ = stage
    _, shared = await _shared(stage)
    message = shared.message
    assert message is not None
    fault = fake.faults.add(method="DELETE", path="/messages/@original$", status=503, when="after")
    await fake.click(_button(message, "Take back"), message)
    await fake.wait_for(lambda: fault.hits and len(fake.sent("DELETE", "/messages/@original")) == 2)
    assert fake.messages(11) == []


async def test_a_share_that_is_forgotten_can_be_deleted_by_moderators_alone(stage: FakeAndBot) -> None:
    fake, bot = stage
    _, shared = await _shared(stage)
    async with bot.db.write() as connection:
        await connection.execute(share.delete())
    assert (await fake.click(_button(shared, "Take back"), shared, ADMIN)).text == UNKNOWN
    assert len(fake.messages(11)) == 1


@pytest.mark.parametrize("posted", [True, False])
@pytest.mark.parametrize("may_look", [True, False])
async def test_a_share_whose_process_was_killed_is_looked_for(
    stage: FakeAndBot, monkeypatch: pytest.MonkeyPatch, posted: bool, may_look: bool
) -> None:
    fake, bot = stage
    found, shared = await _shared(stage)
    message = shared.message
    assert message is not None
    # Killed before the message was noted, or before it was posted.
    async with bot.db.write() as connection:
        await connection.execute(sa.update(share).values(message_id=None))
    if not posted:
        fake.delete_message(message)
    again = await fake.click(_button(found, "Share"), found)
    assert again.text == BEING_SHARED
    monkeypatch.setattr(shared_messages, "POSTED_WITHIN", timedelta(0))
    fault = fake.faults.add(method="GET", path="/channels/11/messages$", status=500, times=99)
    assert (await fake.click(_button(found, "Share"), found)).text == NOT_TOLD
    assert fault.hits
    fake.faults.clear()
    if not may_look:
        await fake.set_permissions(11, PLAIN & ~Permission.READ_MESSAGE_HISTORY)
    looked = await fake.click(_button(found, "Share"), found)
    if posted and may_look:
        assert looked.ephemeral
        assert looked.text.endswith(f"/10/11/{message.id}")
    else:
        assert not looked.ephemeral
    assert len(fake.messages(11)) == (1 if may_look or not posted else 2)
