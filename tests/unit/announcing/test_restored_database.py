"""After a restore: what the other database announced is known again, and what it did not is announced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.announcing.transport import existing_message
from bot.present.announcement import announcement_post
from bot.present.digest import digest_post
from bot.present.post import Post
from storage.models import Announcement, Delivery, DeliveryState, Episode, Looks
from storage.tables.backups import begin_running, settle_restored
from storage.tables.deliveries import last_problem, plan_delivery
from storage.tables.delivery_outcomes import retry_delivery
from storage.tables.destinations import configure_destination
from storage.tables.episodes import get_episode, list_episodes
from storage.tables.follow_ups import FollowUpQueue, ask_for_edits
from tests.fakes.discord_messages import FakeMessage
from tests.fakes.discord_state import MEMBER, FakeChannel
from tests.unit.announcing.dispatching import Harness, as_sentence, deliver_due

SENT, FAILED = DeliveryState.SENT, DeliveryState.FAILED


async def _episode(harness: Harness, episode_id: int = 1) -> Episode:
    found = await get_episode(harness.db, episode_id)
    assert found is not None
    return found


def _post(harness: Harness, post: Post, channel: FakeChannel | None = None) -> FakeMessage:
    body = {name: value for name, value in post.body().items() if value is not None}
    where = channel or harness.channel
    return harness.fake.post(where.id, harness.fake.world.bot, str(body.pop("content", "")), **body)


def _announced_elsewhere(
    harness: Harness, episode: Episode, *, ids: tuple[int, int] = (40, 60), looks: Looks | None = None
) -> FakeMessage:
    """An announcement that the other database sent, with its own ids of episode and delivery."""
    other = Announcement(replace(episode, id=ids[0]))
    return _post(harness, announcement_post(other, looks or Looks(), delivery_id=ids[1]))


async def _restored(harness: Harness) -> None:
    now = datetime.now(UTC)
    await settle_restored(harness.db, now)
    await begin_running(harness.db, now)


async def _chapters_ids(harness: Harness) -> list[str | None]:
    ids = [button.custom_id for one in harness.fake.messages(harness.channel.id) for button in one.buttons]
    return [one for one in ids if one and one.startswith("chapters:")]


async def test_what_was_announced_with_other_ids_is_known_and_gets_ours(harness: Harness) -> None:
    await _restored(harness)
    delivery = await harness.plan()
    message = _announced_elsewhere(harness, await _episode(harness))
    await deliver_due(harness.dispatcher)
    after = await harness.plan()
    assert (after.state, after.message_id) == (SENT, message.id)
    assert harness.posted() == ["First"]
    assert harness.fake.sent("POST", "/messages") == []
    # Its buttons would have shown another episode.
    await harness.follow_up()
    assert await _chapters_ids(harness) == [f"chapters:1:{delivery.id}"]
    assert await FollowUpQueue(harness.db).next_due_at(datetime.now(UTC)) is None


async def test_what_was_planned_before_the_backup_is_known_by_its_ids(harness: Harness) -> None:
    delivery = await harness.plan()
    await _restored(harness)
    # Its title was another one then.
    message = harness.existing(delivery)
    await deliver_due(harness.dispatcher)
    after = await harness.plan()
    assert (after.state, after.message_id) == (SENT, message.id)
    assert harness.fake.sent("POST", "/messages") == []


async def test_what_was_not_announced_is_announced_once(harness: Harness) -> None:
    before = await harness.plan(episode=1)
    await _restored(harness)
    after = await harness.plan(episode=2)
    assert (before.perhaps_sent_since, after.perhaps_sent_since is not None) == (None, True)
    await deliver_due(harness.dispatcher)
    assert sorted(harness.posted()) == ["First", "Second"]
    # From then on they are deliveries like all others.
    assert [(await harness.plan(episode=number)).perhaps_sent_since for number in (1, 2)] == [None, None]


async def test_the_same_ids_may_be_another_episodes(harness: Harness) -> None:
    await _restored(harness)
    delivery = await harness.plan(episode=1)
    second = await _episode(harness, 2)
    unlike = replace(second, enclosure_url="https://a.example/2.mp3", link="https://a.example/2")
    _announced_elsewhere(harness, unlike, ids=(1, delivery.id))
    await deliver_due(harness.dispatcher)
    assert harness.posted() == ["Second", "First"]


async def test_only_announcements_of_the_bot_itself_count(harness: Harness) -> None:
    await _restored(harness)
    await harness.plan()
    body = announcement_post(Announcement(await _episode(harness)), Looks(), delivery_id=9).body()
    body = {name: value for name, value in body.items() if value is not None}
    harness.fake.post(harness.channel.id, MEMBER, "", **body)
    harness.fake.post(harness.channel.id, harness.fake.world.bot, "**Show**\n**First**")
    await deliver_due(harness.dispatcher)
    assert len(harness.fake.sent("POST", "/messages")) == 1


async def test_a_digest_counts_for_each_of_its_episodes_and_stays_as_it_is(harness: Harness) -> None:
    await harness.more_episodes(3)
    episodes: Sequence[Episode] = await list_episodes(harness.db)
    await _restored(harness)
    deliveries = [await harness.plan(episode=one.id) for one in episodes]
    foreign = [replace(one, id=one.id + 40) for one in episodes]
    digest = _post(harness, digest_post(foreign[:-1], Looks(), delivery_id=60))
    before = digest.text
    await deliver_due(harness.dispatcher)
    found = {one.id: (await harness.plan(episode=one.id)).message_id for one in episodes}
    alone = episodes[-1]
    assert {found[one.id] for one in episodes[:-1]} == {digest.id}
    assert found[alone.id] != digest.id
    assert harness.posted()[1:] == [alone.title]
    # What the feed changes later is edited into no digest.
    now = datetime.now(UTC)
    async with harness.db.write() as connection:
        await ask_for_edits(connection, [one.id for one in episodes], now)
    await harness.later(now + timedelta(minutes=5))
    await harness.follow_up()
    assert digest.text == before
    assert digest.edited is None
    assert len(deliveries) == len(episodes)


async def test_a_thread_that_was_opened_is_not_opened_again(harness: Harness) -> None:
    delivery = await harness.plan()
    await configure_destination(
        harness.db, delivery.destination_id, lambda one: replace(one, open_thread=True)
    )
    await _restored(harness)
    message = _announced_elsewhere(harness, await _episode(harness))
    threads = len(list(harness.fake.world.channels()))
    await deliver_due(harness.dispatcher)
    await harness.follow_up()
    assert message.thread_id == message.id
    assert len(list(harness.fake.world.channels())) == threads + 1
    await harness.follow_up()
    assert len(list(harness.fake.world.channels())) == threads + 1


async def test_a_forum_post_is_known_again(harness: Harness) -> None:
    forum = next(one for one in harness.fake.world.channels() if one.name == "forum")
    other = await harness.plan(forum)
    await deliver_due(harness.dispatcher)
    [post] = harness.forum_posts(forum)
    [message] = post.messages.values()
    # As another database would have sent it.
    _renumber(message, other)
    await _forget(harness, other)
    await _restored(harness)
    await deliver_due(harness.dispatcher)
    after = await harness.plan(forum)
    assert (after.state, after.thread_id) == (SENT, post.id)
    assert harness.forum_posts(forum) == [post]


async def test_a_channel_that_is_too_busy_to_look_through_is_told_and_left_alone(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(existing_message, "MOST_MESSAGES", 150)
    delivery = await harness.plan()
    await _restored(harness)
    for number in range(160):
        harness.fake.post(harness.channel.id, MEMBER, f"chatter {number}")
    await deliver_due(harness.dispatcher)
    after = await harness.plan()
    assert after.state is FAILED
    told = as_sentence(await last_problem(harness.db, delivery.destination_id))
    assert told.startswith("This channel has too many messages to see whether")
    assert harness.fake.sent("POST", "/messages") == []
    # Whoever asks for it has looked.
    await retry_delivery(harness.db, delivery.id)
    await deliver_due(harness.dispatcher)
    assert harness.posted() == ["First"]


async def test_a_busy_channel_is_looked_through_since_the_backup(harness: Harness) -> None:
    delivery = await harness.plan()
    await _restored(harness)
    message = _announced_elsewhere(harness, await _episode(harness))
    for number in range(1_200):
        harness.fake.post(harness.channel.id, MEMBER, f"chatter {number}")
    await deliver_due(harness.dispatcher)
    after, _ = await plan_delivery(harness.db, delivery.destination_id, 1, datetime.now(UTC))
    assert (after.state, after.message_id) == (SENT, message.id)


async def _forget(harness: Harness, delivery: Delivery) -> None:
    """Let the database know nothing of having sent it, as one of before."""
    async with harness.db.write() as connection:
        await connection.exec_driver_sql(
            "UPDATE delivery SET state = 'planned', message_id = NULL, thread_id = NULL, sent_at = NULL, "
            f"sending_since = NULL, attempts = 0 WHERE id = {delivery.id}"
        )


def _renumber(message: FakeMessage, delivery: Delivery) -> None:
    """Give its buttons the ids of another database."""

    def change(parts: list[dict[str, object]]) -> None:
        for part in parts:
            custom_id = part.get("custom_id")
            if isinstance(custom_id, str):
                part["custom_id"] = custom_id.replace(f":{delivery.episode_id}:{delivery.id}", ":40:60")
            for inner in (part.get("components"), [part["accessory"]] if part.get("accessory") else None):
                if isinstance(inner, list):
                    change(inner)

    change(message.components)
