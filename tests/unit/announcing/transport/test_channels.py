"""Where a delivery goes, and what prevents posting there."""

from __future__ import annotations

from bot.announcing.transport.channels import CHANNEL_GONE, CHANNEL_NOT_TOLD, TAKES_NO_MESSAGES
from storage.models import DeliveryState, DestinationKind
from tests.fakes.discord_state import FakeChannel
from tests.unit.announcing.dispatching import Harness

SENT = DeliveryState.SENT


async def test_threads_forums_and_what_takes_no_messages(harness: Harness) -> None:
    channels = {one.name: one for one in harness.fake.world.channels()}
    # An archived thread is not cached, and a message makes it active again.
    await harness.attempt(channels["old"])
    assert harness.posted(channels["old"]) == ["First"]
    opened = await harness.attempt(channels["forum"])
    assert (opened.state, opened.to.kind) == (SENT, DestinationKind.FORUM)
    assert opened.thread_id == opened.message_id
    post = harness.fake.world.channel(opened.thread_id or 0)
    assert post is not None
    assert (post.name, post.parent_id, harness.posted(post)) == ("First", channels["forum"].id, ["First"])
    await harness.attempt(channels["category"])
    assert (await harness.plan(channels["category"])).error == TAKES_NO_MESSAGES()
    nowhere = FakeChannel(1, harness.channel.guild_id, "gone")
    await harness.attempt(nowhere)
    assert (await harness.plan(nowhere)).error == CHANNEL_GONE()
    harness.fake.faults.add(method="GET", path="/channels/1$", status=503)
    await harness.attempt(nowhere)
    assert (await harness.plan(nowhere)).error == CHANNEL_NOT_TOLD()
