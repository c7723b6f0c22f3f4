"""Following, stopping, posting now and changing settings, as every door asks for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot import subscriptions
from bot.bounds import Bounds
from bot.cli.sample import EPISODES, FEED_PATH, TRANSCRIPT_PATHS, sample_feed, sample_file
from bot.feeds.errors import FeedError
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import Reader, open_reader
from bot.settings_changes import GuildPodcastChange, SettingsChange
from bot.subscriptions import (
    GuildSpace,
    NewDestination,
    SameEpisodesError,
    SubscriptionError,
    Subscriptions,
)
from storage.engine.database import Database
from storage.models import (
    AnnouncementStyle,
    DeliveryState,
    DestinationKind,
    Followers,
    GuildPodcast,
    Looks,
    Visibility,
)
from storage.tables.deliveries import due_deliveries
from storage.tables.delivery_outcomes import finish_delivery
from storage.tables.destinations import guild_destinations
from storage.tables.episodes import list_episodes
from storage.tables.guild_podcasts import get_guild_podcast
from storage.tables.podcasts import followed_podcasts
from tests.fakes.feed_host import FeedHost
from tests.fakes.in_process_reader import InProcessReader

HERE = NewDestination(guild_id=1, channel_id=11, added_by=5, kind=DestinationKind.FORUM)
THERE = NewDestination(guild_id=2, channel_id=21, added_by=6)


@dataclass
class Door:
    """The subscriptions of a program, with what they woke in it."""

    db: Database
    host: FeedHost
    reader: Reader
    followed: list[int] = field(default_factory=list)
    posted: int = 0

    def __post_init__(self) -> None:
        self.subscriptions = Subscriptions(
            self.db, self.reader, on_follow=self.followed.append, on_post=self._count
        )

    def _count(self) -> None:
        self.posted += 1

    def publish(self, episodes: int = EPISODES) -> str:
        """Serve the sample podcast; the address of its feed."""
        for path, name in TRANSCRIPT_PATHS.items():
            body, content_type = sample_file(name)
            self.host.put(path, body, content_type=content_type)
        return self.host.put(FEED_PATH, sample_feed(self.host.base_url, episodes, now=datetime.now(UTC)))


@pytest.fixture
async def door(sqlite_db: Database) -> AsyncIterator[Door]:
    everywhere = AllowedAddresses(everything=True)
    async with (
        FeedHost() as host,
        open_reader(sqlite_db, everywhere, poll_interval_s=600, documents=InProcessReader()) as reader,
    ):
        yield Door(sqlite_db, host, reader)


async def test_a_channel_follows_and_what_was_there_is_not_announced(door: Door) -> None:
    found = await door.subscriptions.follow(door.publish(), HERE)
    assert found.podcast.title == "Screws Left Over"
    assert (found.new, found.poll.failed, found.pending_transcripts) == (True, False, 2)
    assert (found.coverage.episodes, found.coverage.with_chapters, found.coverage.with_turns) == (4, 4, 1)
    assert await guild_destinations(door.db, 1) == [found.destination]
    assert (found.destination.channel_id, found.destination.kind) == (11, DestinationKind.FORUM)
    assert door.followed == [found.podcast.id]
    assert await due_deliveries(door.db, datetime.now(UTC), EPISODES) == []


async def test_following_twice_is_told_and_changes_nothing(door: Door) -> None:
    feed = door.publish()
    first = await door.subscriptions.follow(feed, HERE)
    again = await door.subscriptions.follow(feed, HERE)
    assert (again.new, again.destination) == (False, first.destination)
    elsewhere = await door.subscriptions.follow(feed, THERE)
    assert (elsewhere.new, elsewhere.podcast.id) == (True, first.podcast.id)


async def test_every_spelling_of_an_address_follows_the_same_podcast(door: Door) -> None:
    feed = door.publish()
    first = await door.subscriptions.follow(feed, HERE)
    for spelling in (
        f"<{feed}?utm_source=x#top>",
        feed.replace("http", "feed"),
        feed.replace("http", "HTTPS"),
    ):
        again = await door.subscriptions.follow(f" {spelling} ", HERE)
        assert (again.new, again.destination) == (False, first.destination)
    by_operator = await door.subscriptions.follow_as_operator(f"{feed}?gclid=1")
    assert by_operator.podcast.id == first.podcast.id


async def test_the_same_episodes_are_told_before_a_channel_gets_them_twice(door: Door) -> None:
    first = await door.subscriptions.follow(door.publish(), HERE)
    mirror = door.host.put("/mirror.xml", sample_feed(door.host.base_url, now=datetime.now(UTC)))
    with pytest.raises(SameEpisodesError, match="follows “Screws Left Over” already") as told:
        await door.subscriptions.follow(mirror, HERE)
    assert told.value.followed.id == first.podcast.id
    assert told.value.podcast.feed_url == mirror
    assert await guild_destinations(door.db, 1) == [first.destination]
    # In another channel, and where it was asked for again, it is followed.
    assert (await door.subscriptions.follow(mirror, THERE)).new
    assert (await door.subscriptions.follow(mirror, HERE, anyway=True)).new
    assert not (await door.subscriptions.follow(mirror, HERE)).new
    by_operator = await door.subscriptions.follow_as_operator(mirror)
    assert by_operator.warnings[-1] == (
        "It has the same episodes as “Screws Left Over” (1), which is followed from another address."
    )


@pytest.mark.parametrize("address", ["screws/feed", "file:///etc/passwd", "", "http://"])
async def test_a_channel_follows_web_addresses_alone(door: Door, address: str) -> None:
    with pytest.raises(SubscriptionError, match="begins with http:// or https://"):
        await door.subscriptions.follow(address, HERE)
    assert door.followed == []


async def test_a_server_that_follows_too_much_is_refused(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "MAX_DESTINATIONS", 1)
    feed = door.publish()
    await door.subscriptions.follow(feed, HERE)
    with pytest.raises(SubscriptionError, match="follows podcasts in 1 channels already; remove one first"):
        await door.subscriptions.follow(feed, NewDestination(1, 12, 5))
    # What another server follows does not count.
    await door.subscriptions.follow(feed, THERE)


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        (
            Bounds(guild_podcasts=1),
            "This server follows 1 podcast, which is as much as it may: remove one first",
        ),
        (
            Bounds(guild_text_mb=0),
            "This server follows podcasts with 0 MB of text, which is as much as it may",
        ),
    ],
)
async def test_a_server_at_its_bound_is_refused_a_further_podcast(
    door: Door, bounds: Bounds, told: str
) -> None:
    feed = door.publish()
    other = door.host.put("/other.xml", sample_feed(door.host.base_url, 1, now=datetime.now(UTC)))
    first = await door.subscriptions.follow(feed, HERE)
    bounded = Subscriptions(door.db, door.reader, bounds=bounds)
    with pytest.raises(SubscriptionError, match=told):
        await bounded.follow(other, HERE)
    # What it follows already may go to another channel.
    assert (await bounded.follow(feed, NewDestination(1, 12, 5))).new
    # Removing makes no room on the same day: else adding and removing could fill the disk.
    assert await bounded.stop(1, first.podcast.id)
    with pytest.raises(SubscriptionError, match="whose room is free after a day"):
        await bounded.follow(other, HERE)
    space = await bounded.space(1)
    assert space == GuildSpace(frozenset({first.podcast.id}), 0, bounds)
    assert (await door.subscriptions.follow(other, HERE)).new


async def test_an_operator_follows_without_a_server_and_reads_every_file(door: Door) -> None:
    feed = door.publish()
    door.host.remove("/transcripts/4.json")
    steps: list[tuple[int, int]] = []
    found = await door.subscriptions.follow_as_operator(
        feed, progress=lambda done, of: steps.append((done, of))
    )
    assert (found.coverage.with_turns, len(found.warnings)) == (2, 1)
    assert steps[-1] == (2, 2)
    assert [one.id for one in await followed_podcasts(door.db)] == [found.podcast.id]
    # What failed is tried again by whoever adds it again.
    door.publish()
    again = await door.subscriptions.follow_as_operator(feed)
    assert (again.coverage.with_turns, again.warnings) == (3, [])


async def test_an_operator_is_told_of_a_feed_that_broke(door: Door) -> None:
    feed = door.publish()
    await door.subscriptions.follow_as_operator(feed)
    door.host.put(FEED_PATH, "<rss version='2.0'><channel>")
    with pytest.raises(FeedError, match="ends in the middle"):
        await door.subscriptions.follow_as_operator(feed)


async def test_stopping_is_for_one_server(door: Door) -> None:
    feed = door.publish()
    podcast = (await door.subscriptions.follow(feed, HERE)).podcast
    await door.subscriptions.follow(feed, THERE)
    assert len((await door.subscriptions.stop(1, podcast.id)).destinations) == 1
    assert await guild_destinations(door.db, 1) == []
    assert len(await guild_destinations(door.db, 2)) == 1
    assert (await door.subscriptions.stop(1, podcast.id)).destinations == ()


async def test_stopping_everywhere_is_for_the_command_line_too(door: Door) -> None:
    feed = door.publish()
    podcast = (await door.subscriptions.follow(feed, HERE)).podcast
    await door.subscriptions.follow(feed, THERE)
    await door.subscriptions.follow_as_operator(feed)
    assert await door.subscriptions.stop_everywhere(podcast.id) == Followers(2, 2, by_operator=True)
    assert await guild_destinations(door.db, 1) == []
    assert await followed_podcasts(door.db) == []
    assert (await door.subscriptions.stop(2, podcast.id)).destinations == ()


async def test_what_was_removed_is_brought_back_and_nothing_that_came_out_meanwhile_is_sent(
    door: Door,
) -> None:
    found = await door.subscriptions.follow(door.publish(EPISODES - 1), HERE)
    chosen = await door.subscriptions.configure(
        found.destination.id, SettingsChange(role_id=9, spoiler=True, tag_ids=(3, 4))
    )
    removal = await door.subscriptions.stop(1, found.podcast.id, found.destination.id)
    assert removal.destinations == (chosen,)
    door.publish(EPISODES)
    for guild_id, at in ((2, removal.at), (1, removal.at + timedelta(microseconds=1))):
        with pytest.raises(SubscriptionError, match="nothing left to bring back"):
            await door.subscriptions.bring_back(guild_id, found.podcast.id, at, member_id=6)
    back = await door.subscriptions.bring_back(1, found.podcast.id, removal.at, member_id=6)
    assert back == [chosen]
    assert await guild_destinations(door.db, 1) == [chosen]
    assert door.followed == [found.podcast.id, found.podcast.id]
    # What nobody looked for meanwhile is stored now, and announced to nobody.
    assert len(await list_episodes(door.db, limit=9)) == EPISODES
    [podcast] = await followed_podcasts(door.db)
    assert not (await door.reader.updater.poll(podcast)).announced
    assert await due_deliveries(door.db, datetime.now(UTC), 9) == []
    with pytest.raises(SubscriptionError, match="nothing left to bring back"):
        await door.subscriptions.bring_back(1, found.podcast.id, removal.at, member_id=6)


async def test_adding_again_brings_the_settings_back(door: Door) -> None:
    feed = door.publish()
    found = await door.subscriptions.follow(feed, HERE)
    change = SettingsChange(AnnouncementStyle.COMPACT, 9, silent=True, open_thread=True, publish=True)
    chosen = await door.subscriptions.configure(found.destination.id, change)
    await door.subscriptions.stop(1, found.podcast.id)
    again = await door.subscriptions.follow(feed, HERE)
    assert (again.new, again.destination) == (True, chosen)


async def test_what_a_server_has_no_room_for_is_not_brought_back(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = door.publish()
    found = await door.subscriptions.follow(feed, HERE)
    removal = await door.subscriptions.stop(1, found.podcast.id)
    monkeypatch.setattr(subscriptions, "MAX_DESTINATIONS", 0)
    with pytest.raises(SubscriptionError, match="follows podcasts in 0 channels already"):
        await door.subscriptions.bring_back(1, found.podcast.id, removal.at, member_id=6)
    assert await guild_destinations(door.db, 1) == []


async def test_an_episode_is_posted_now_but_once(door: Door) -> None:
    found = await door.subscriptions.follow(door.publish(), HERE)
    newest = (await list_episodes(door.db, limit=1))[0]
    delivery = await door.subscriptions.post_now(1, found.destination.id, newest.id)
    assert (delivery.state, delivery.channel_id, door.posted) == (DeliveryState.PLANNED, 11, 1)
    assert [one.id for one in await due_deliveries(door.db, datetime.now(UTC), 5)] == [delivery.id]
    assert (await door.subscriptions.post_now(1, found.destination.id, newest.id)).id == delivery.id
    assert door.posted == 2
    await finish_delivery(door.db, delivery.id, message_id=7, now=datetime.now(UTC))
    sent = await door.subscriptions.post_now(1, found.destination.id, newest.id)
    assert (sent.id, sent.state, door.posted) == (delivery.id, DeliveryState.SENT, 2)


async def test_only_a_servers_own_destinations_and_episodes_are_posted(door: Door) -> None:
    found = await door.subscriptions.follow(door.publish(), HERE)
    newest = (await list_episodes(door.db, limit=1))[0]
    for guild_id, destination_id, episode_id, told in (
        (2, found.destination.id, newest.id, "does not follow that podcast"),
        (1, found.destination.id + 1, newest.id, "does not follow that podcast"),
        (1, found.destination.id, newest.id + 99, "not stored any more"),
    ):
        with pytest.raises(SubscriptionError, match=told):
            await door.subscriptions.post_now(guild_id, destination_id, episode_id)
    assert door.posted == 0


async def test_changed_settings_are_stored(door: Door) -> None:
    destination = (await door.subscriptions.follow(door.publish(), HERE)).destination
    changed = await door.subscriptions.configure(destination.id, SettingsChange(silent=True, tag_ids=(7, 8)))
    assert (changed.looks, changed.tag_ids) == (Looks(silent=True), (7, 8))
    assert await guild_destinations(door.db, 1) == [changed]
    assert await door.subscriptions.configure(changed.id, SettingsChange()) == changed


async def test_settings_that_two_moderators_change_at_once_both_count(door: Door) -> None:
    destination = (await door.subscriptions.follow(door.publish(), HERE)).destination
    await door.subscriptions.configure(destination.id, SettingsChange(silent=True))
    await door.subscriptions.configure(destination.id, SettingsChange(spoiler=True))
    [stored] = await guild_destinations(door.db, 1)
    assert stored.looks == Looks(silent=True, spoiler=True)


async def test_settings_of_a_channel_that_no_longer_follows_are_refused(door: Door) -> None:
    found = await door.subscriptions.follow(door.publish(), HERE)
    await door.subscriptions.stop(1, found.podcast.id)
    with pytest.raises(SubscriptionError, match="does not follow that podcast any more"):
        await door.subscriptions.configure(found.destination.id, SettingsChange(silent=True))


async def test_what_holds_for_a_podcast_in_a_server_is_stored(door: Door) -> None:
    podcast_id = (await door.subscriptions.follow(door.publish(), HERE)).podcast.id
    opened = GuildPodcastChange(visible=Visibility.EVERYBODY)
    now = await door.subscriptions.configure_podcast(1, podcast_id, opened)
    assert now == await get_guild_podcast(door.db, 1, podcast_id)
    assert now == GuildPodcast(1, podcast_id, Visibility.EVERYBODY)
    assert await door.subscriptions.configure_podcast(1, podcast_id, GuildPodcastChange()) == now
