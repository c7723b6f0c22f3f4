"""Deliveries are sent when they are due, whatever fails, by as many processes as there are."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import discord
import pytest

from bot.announcing.dispatcher import Dispatcher
from bot.announcing.messages.content import AnnouncementLoader
from bot.announcing.messages.rendered_messages import MessageRenderer
from storage.models import (
    Delivery,
    DeliveryState,
)
from storage.tables.delivery_outcomes import finish_deliveries, hasten_deliveries
from storage.tables.delivery_queue import DeliveryQueue
from tests.fakes.watch import TIMEOUT_S
from tests.unit.announcing.dispatching import Harness, deliver_due

SENT, SENDING = DeliveryState.SENT, DeliveryState.SENDING


async def test_what_is_due_is_sent_oldest_first(harness: Harness) -> None:
    await harness.plan(episode=2)
    await harness.plan(episode=1)
    assert await deliver_due(harness.dispatcher) == 2
    assert harness.posted() == ["First", "Second"]
    delivery = await harness.plan()
    assert (delivery.state, delivery.error) == (SENT, None)
    assert delivery.message_id == harness.fake.messages(harness.channel.id)[0].id
    assert await deliver_due(harness.dispatcher) == 0


async def test_it_runs_until_cancelled_and_wakes_for_what_was_made_due(harness: Harness) -> None:
    harness.fake.faults.add(method="POST", path="/messages$", status=403)
    await harness.plan()
    running = asyncio.create_task(harness.dispatcher.run())
    await harness.fake.wait_for(lambda: harness.fake.sent("POST", "/messages"))
    while not await hasten_deliveries(harness.db, harness.channel.guild_id):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert await hasten_deliveries(harness.db, 1) == 0
    harness.dispatcher.wake()
    await harness.fake.wait_for(harness.posted)
    running.cancel()
    await asyncio.wait({running})
    assert harness.posted() == ["First"]


async def test_a_refused_token_ends_it_and_the_next_run_looks_for_the_message(harness: Harness) -> None:
    harness.fake.faults.add(method="POST", path="/messages$", status=401, when="after")
    await harness.plan()
    with pytest.raises(discord.LoginFailure):
        await asyncio.wait_for(harness.dispatcher.run(), TIMEOUT_S)
    assert (await harness.plan()).state is SENDING
    await harness.attempt()
    assert harness.posted() == ["First"]


async def test_a_database_that_fails_delays_it_and_ends_nothing(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.FIRST_WAIT_S", 0.01)
    failures = 3

    claim = DeliveryQueue.claim

    async def failing(*arguments: Any, **options: Any) -> list[Delivery]:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("the database is away")
        return await claim(*arguments, **options)

    monkeypatch.setattr(DeliveryQueue, "claim", failing)
    await harness.plan()
    running = asyncio.create_task(harness.dispatcher.run())
    await harness.fake.wait_for(harness.posted)
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()
    assert caplog.text.count("announcing is held up") == 3
    assert "Traceback" not in caplog.text


async def test_a_database_that_fails_in_a_delivery_delays_it_and_ends_nothing(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.workers.retry_loop.FIRST_WAIT_S", 0.01)
    failures, finished = 1, asyncio.Event()

    async def failing(*arguments: Any, **options: Any) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("the database is away")
        await finish_deliveries(*arguments, **options)
        finished.set()

    monkeypatch.setattr("bot.announcing.receipts.finish_deliveries", failing)
    await harness.plan()
    running = asyncio.create_task(harness.dispatcher.run())
    await finished.wait()
    running.cancel()
    await asyncio.wait({running})
    assert (await harness.plan()).state is SENT
    assert harness.posted() == ["First"]
    assert caplog.text.count("announcing is held up") == 1


async def test_a_hanging_channel_holds_up_no_other(harness: Harness) -> None:
    harness.fake.faults.add(method="POST", path=f"/channels/{harness.channel.id}/messages$", action="hang")
    other = await harness.fake.create_channel(harness.channel.guild_id, "other")
    await harness.plan()
    running = asyncio.create_task(harness.dispatcher.run())
    await harness.fake.wait_for(lambda: harness.fake.sent("POST", "/messages"))
    while harness.client.get_channel(other.id) is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await harness.plan(other, episode=1)
    await harness.plan(other, episode=2)
    harness.dispatcher.wake()
    await harness.fake.wait_for(lambda: len(harness.posted(other)) == 2)
    assert harness.posted() == []
    running.cancel()
    await asyncio.wait({running})


async def test_processes_that_share_a_database_share_the_work(harness: Harness) -> None:
    client, transport = harness.client, harness.dispatcher._transport
    others = [
        Dispatcher(client, harness.db, MessageRenderer(AnnouncementLoader(harness.db)), transport)
        for _ in range(2)
    ]
    channels = [await harness.fake.create_channel(harness.channel.guild_id, f"shared-{n}") for n in range(12)]
    while client.get_channel(channels[-1].id) is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    for channel in channels:
        for episode in (1, 2):
            await harness.plan(channel, episode)
    while sum(await asyncio.gather(*(deliver_due(one) for one in (harness.dispatcher, *others)))):
        pass
    assert [harness.posted(channel) for channel in channels] == [["First", "Second"]] * 12
    assert len(harness.fake.sent("POST", "/messages")) == 24


async def test_a_stalled_process_sends_nothing_that_another_may_have(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    await harness.plan()
    worker = harness.dispatcher._worker
    await worker.start_due()
    [under_way] = worker._under_way.values()
    under_way.held_until = 0.0
    await under_way.task
    assert "has lost the lease" in caplog.text
    assert harness.posted() == []
    # It stays with whom it is claimed for until that lease ends.
    assert await deliver_due(harness.dispatcher) == 0


async def test_after_too_many_refusals_it_rests(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await harness.plan()
    harness.dispatcher._transport.circuit_breaker.ban(time.monotonic() + 0.2)
    running = asyncio.create_task(harness.dispatcher.run())
    while "left alone" not in caplog.text:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert harness.posted() == []
    await harness.fake.wait_for(harness.posted)
    running.cancel()
    await asyncio.wait({running})
