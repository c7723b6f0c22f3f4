"""Servers in which something has to change before anything can be posted."""

from __future__ import annotations

import asyncio

from bot.announcing.transport.channels import NOT_IN_SERVER, OUTAGE
from storage.models import (
    DeliveryState,
)
from tests.fakes.discord_state import PLAIN, FakeChannel, Permission
from tests.unit.announcing.dispatching import Harness, as_sentence, deliver_due

SENT, PLANNED = DeliveryState.SENT, DeliveryState.PLANNED


async def test_an_outage_and_a_lost_server_are_waited_for(harness: Harness) -> None:
    guild_id = harness.channel.guild_id
    guild = harness.client.get_guild(guild_id)
    assert guild is not None
    await harness.fake.guild_outage(guild_id)
    while not guild.unavailable:  # noqa: ASYNC110 - the gateway's event needs a moment
        await asyncio.sleep(0.01)
    away = await harness.attempt()
    assert away.error == OUTAGE()
    # An unavailable server is no lost one: nothing is paused, and nobody has to act.
    assert (away.state, away.to.paused) == (PLANNED, None)
    assert harness.dispatcher.is_blocked(guild_id)
    await harness.fake.guild_back(guild_id)
    while guild.unavailable:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert await deliver_due(harness.dispatcher) == 0
    await harness.dispatcher.recheck(guild)
    assert await deliver_due(harness.dispatcher) == 1
    assert not harness.dispatcher.is_blocked(guild_id)
    stranger = FakeChannel(2, 3, "elsewhere")
    await harness.attempt(stranger)
    assert (await harness.plan(stranger)).error == NOT_IN_SERVER()


async def test_a_server_is_blocked_until_every_channel_works(harness: Harness) -> None:
    guild_id = harness.channel.guild_id
    harness.fake.faults.add(method="POST", path=f"/channels/{harness.channel.id}/messages$", status=403)
    await harness.attempt(episode=1)
    assert harness.dispatcher.is_blocked(guild_id)
    # Another's success changes nothing about that.
    channels = {one.name: one for one in harness.fake.world.channels()}
    await harness.plan(channels["old"])
    await deliver_due(harness.dispatcher)
    assert harness.posted(channels["old"]) == ["First"]
    assert harness.dispatcher.is_blocked(guild_id)
    assert not harness.dispatcher.is_blocked(1)
    await harness.attempt(episode=1)
    assert not harness.dispatcher.is_blocked(guild_id)


async def test_a_destination_is_paused_and_resumed(harness: Harness) -> None:
    await harness.fake.set_permissions(harness.channel.id, PLAIN & ~Permission.SEND_MESSAGES)
    delivery = await harness.plan()
    while "Send Messages" not in as_sentence((await harness.attempt()).to.paused):
        pass
    assert await deliver_due(harness.dispatcher) == 0
    asked = len(harness.fake.requests)
    await harness.fake.set_permissions(harness.channel.id, PLAIN)
    guild = harness.client.get_guild(harness.channel.guild_id)
    assert guild is not None
    while not await deliver_due(harness.dispatcher):
        await harness.dispatcher.recheck(guild)
    after = await harness.plan()
    assert (after.state, after.to.paused, after.id) == (SENT, None, delivery.id)
    # While it rested, nobody was asked anything.
    assert [call.method for call in harness.fake.requests[asked:]] == ["POST"]
    assert not harness.dispatcher.is_blocked(guild.id)
