"""A message that an earlier attempt posted is found, and nothing else is taken for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.announcing.transport.existing_message import custom_ids
from bot.announcing.transport.posting import DISCORD_ERROR
from storage.models import (
    DeliveryState,
)
from tests.fakes.discord_state import MEMBER, PLAIN, Permission
from tests.unit.announcing.dispatching import Harness, as_sentence

SENT, SENDING = DeliveryState.SENT, DeliveryState.SENDING


class Part:
    """A component as discord.py gives it."""

    def __init__(
        self, custom_id: str | None = None, children: Sequence[Any] = (), accessory: Any = None
    ) -> None:
        self.custom_id, self.children, self.accessory = custom_id, children, accessory


def test_custom_ids_are_found_however_deep() -> None:
    deep = Part(children=[Part(accessory=Part("one")), Part(children=[Part(), Part("two")])])
    assert list(custom_ids([deep, Part("three")])) == ["one", "two", "three"]


@pytest.mark.parametrize("later_messages", [0, 99, 250, 1_200])
async def test_an_existing_message_is_found(harness: Harness, later_messages: int) -> None:
    delivery = await harness.interrupted()
    for place in range(120):
        harness.fake.post(harness.channel.id, MEMBER, f"from before {place}")
    existing = harness.existing(delivery)
    for place in range(later_messages):
        harness.fake.post(harness.channel.id, MEMBER, f"chatter {place}")
    await harness.attempt()
    after = await harness.plan()
    assert (after.state, after.message_id) == (SENT, existing.id)
    assert harness.posted() == []


async def test_only_the_bots_own_button_with_this_id_counts(harness: Harness) -> None:
    delivery = await harness.interrupted()
    harness.existing(delivery, by=MEMBER)
    harness.existing(replace(delivery, id=delivery.id + 1))
    await harness.attempt()
    assert harness.posted() == ["First"]


async def test_nothing_is_posted_to_a_channel_that_cannot_be_read(harness: Harness) -> None:
    delivery = await harness.interrupted()
    harness.existing(delivery)
    harness.fake.faults.add(method="GET", path="/messages$", status=503)
    await harness.attempt()
    assert ((await harness.plan()).state, harness.posted()) == (SENDING, [])
    # Without Read Message History Discord shows an empty list, which is no empty channel.
    await harness.fake.set_permissions(harness.channel.id, PLAIN & ~Permission.READ_MESSAGE_HISTORY)
    await harness.attempt()
    lacking = await harness.plan()
    assert (lacking.state, harness.posted()) == (SENDING, [])
    assert "**Read Message History**" in as_sentence(lacking.error)
    await harness.fake.set_permissions(harness.channel.id, PLAIN)
    await harness.attempt()
    assert ((await harness.plan()).state, harness.posted()) == (SENT, [])


@pytest.mark.parametrize("archived", [False, True])
async def test_a_forum_post_is_found_active_or_archived(harness: Harness, archived: bool) -> None:
    forum = next(one for one in harness.fake.world.channels() if one.name == "forum")
    delivery = await harness.plan(forum)
    harness.fake.faults.add(method="POST", path=f"/channels/{forum.id}/threads$", status=500, when="after")
    lost = await harness.attempt(forum)
    assert (lost.state, lost.error) == (SENDING, DISCORD_ERROR())
    [post] = harness.forum_posts(forum)
    post.archived = archived
    found = await harness.attempt(forum)
    assert (found.state, found.message_id, found.thread_id) == (SENT, post.id, post.id)
    assert harness.forum_posts(forum) == [post]
    assert found.id == delivery.id


async def test_nothing_is_posted_to_a_forum_that_cannot_be_read(harness: Harness) -> None:
    forum = next(one for one in harness.fake.world.channels() if one.name == "forum")
    harness.fake.faults.add(method="POST", path=f"/channels/{forum.id}/threads$", status=503)
    await harness.attempt(forum)
    harness.fake.faults.add(method="GET", path="/threads/active$", status=503)
    assert (await harness.attempt(forum)).state is SENDING
    assert harness.forum_posts(forum) == []
    assert (await harness.attempt(forum)).state is SENT
    assert len(harness.forum_posts(forum)) == 1
