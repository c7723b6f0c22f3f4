"""The nonce of a message, and the tags of a forum post."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import create_autospec

import discord
import pytest

from bot.announcing.transport.posting import delivery_nonce, forum_tags
from storage.models import Delivery, DeliveryKind, DeliveryState, Destination
from storage.tables.destinations import configure_destination
from tests.fakes.discord_state import PLAIN, ChannelKind
from tests.unit.announcing.dispatching import Harness, as_sentence

SENT = DeliveryState.SENT
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TO = Destination(id=1, podcast_id=1, guild_id=10, channel_id=11)
DELIVERY = Delivery(
    id=5,
    to=TO,
    episode_id=7,
    state=DeliveryState.PLANNED,
    attempts=0,
    message_id=None,
    error=None,
    planned_at=NOW,
    sending_since=None,
)


def test_every_attempt_has_the_same_nonce() -> None:
    later = replace(DELIVERY, state=DeliveryState.SENDING, attempts=3, sending_since=NOW, failing_since=NOW)
    assert delivery_nonce(later) == delivery_nonce(DELIVERY)
    assert len(delivery_nonce(DELIVERY)) <= 25


@pytest.mark.parametrize(
    "other",
    [
        {"to": replace(TO, id=2)},
        {"to": replace(TO, channel_id=12)},
        {"episode_id": 8},
        {"kind": DeliveryKind.DIGEST},
        {"resend": 1},
        # Of another database, where all the ids may be the same.
        {"planned_at": NOW + timedelta(seconds=1)},
    ],
)
def test_no_two_deliveries_have_the_same_nonce(other: dict[str, Any]) -> None:
    assert delivery_nonce(replace(DELIVERY, **other)) != delivery_nonce(DELIVERY)


@pytest.mark.parametrize(
    ("tags", "required", "chosen", "applied"),
    [
        ([], False, [], ()),
        ([1, 2], False, [], ()),
        ([1, 2], False, [2], (2,)),
        # One that was chosen is gone.
        ([1, 2], True, [3], (1,)),
        ([1, 2], True, [], (1,)),
        ([], True, [], None),
    ],
)
async def test_a_forum_post_has_the_chosen_tags_or_one_that_the_forum_requires(
    harness: Harness, tags: list[int], required: bool, chosen: list[int], applied: tuple[int, ...] | None
) -> None:
    forum = await harness.fake.create_channel(
        harness.channel.guild_id, "tagged", kind=ChannelKind.FORUM, channel_id=77
    )
    forum.tags, forum.requires_tag = {tag: f"tag {tag}" for tag in tags}, required
    await harness.fake.set_permissions(forum.id, PLAIN)
    client = harness.client

    def told() -> bool:
        there = client.get_channel(forum.id)
        return isinstance(there, discord.ForumChannel) and there.flags.require_tag == required

    while not told():  # noqa: ASYNC110 - the gateway's event needs a moment
        await asyncio.sleep(0.01)
    delivery = await harness.plan(forum)
    await configure_destination(
        harness.db, delivery.destination_id, lambda one: replace(one, tag_ids=tuple(chosen))
    )
    after = await harness.attempt(forum)
    if applied is None:
        assert "demands a tag" in as_sentence(after.error)
        assert harness.forum_posts(forum) == []
        return
    [post] = harness.forum_posts(forum)
    assert (after.state, post.applied_tags) == (SENT, applied)


@pytest.mark.parametrize(
    ("manages", "chosen", "required", "tags"),
    [
        (True, (1, 2), False, [1, 2]),
        # A tag that only moderators may set must not keep the post from the forum.
        (False, (1, 2), False, [1]),
        (False, (2,), False, []),
        (False, (2,), True, [1]),
        (True, (9,), True, [1]),
    ],
)
def test_a_post_has_the_tags_that_the_bot_may_set(
    *, manages: bool, chosen: tuple[int, ...], required: bool, tags: list[int]
) -> None:
    forum = create_autospec(discord.ForumChannel, instance=True)
    forum.available_tags = [SimpleNamespace(id=one, moderated=one > 1) for one in (1, 2, 3)]
    forum.flags = SimpleNamespace(require_tag=required)
    forum.guild = SimpleNamespace(me=object())
    forum.permissions_for.return_value = discord.Permissions(manage_threads=manages)
    assert forum_tags(forum, chosen) == tags
