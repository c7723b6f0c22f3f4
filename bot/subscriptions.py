"""What can be done about the podcasts that are followed: follow, stop, post now, change the settings.

The application layer between the entry points (cogs, command line, demo) and the tables. It takes plain ids and
values, and knows nothing of Discord.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.announcing.retry_policy import SETTLED_AFTER
from bot.bounds import DEFAULT_BOUNDS, MB, Bounds
from bot.feeds.changes.same_episodes import COMPARED, same_episodes
from bot.feeds.errors import FeedError
from bot.polling.feed_finder import follow_any
from bot.polling.feed_outcomes import Poll
from bot.polling.services import Reader
from bot.settings_changes import GuildPodcastChange, SettingsChange
from bot.text.feed_addresses import feed_addresses
from bot.text.plurals import counted
from bot.text.web_addresses import is_web_address
from bot.upkeep import KEPT_AT_LEAST
from storage.engine.database import Database
from storage.models import (
    Coverage,
    Delivery,
    DeliveryState,
    Destination,
    DestinationKind,
    Followers,
    GuildPodcast,
    Podcast,
    Removal,
)
from storage.tables.deliveries import plan_delivery
from storage.tables.delivery_outcomes import retry_delivery
from storage.tables.destinations import (
    add_destination,
    configure_destination,
    get_destination,
    guild_destinations,
    remove_destinations,
    remove_followers,
    removed_destinations,
    restore_destinations,
)
from storage.tables.episodes import get_episode
from storage.tables.feed_items import newest_items
from storage.tables.guild_podcasts import configure_guild_podcast, get_guild_podcast
from storage.tables.podcasts import (
    coverage,
    followed_podcasts,
    get_podcast,
    list_podcasts,
    podcast_by_feed,
)
from storage.tables.space import guild_use

# The most channels of one server that follow podcasts.
MAX_DESTINATIONS = 200
# What was removed takes space for at least so long; else adding and removing could fill the disk.
COUNTS_FOR = KEPT_AT_LEAST
# An operator's `add` reads every published file at once.
ALL_FILES = 100_000
NO_LONGER_FOLLOWS = "This channel does not follow that podcast any more."
NOTHING_TO_BRING_BACK = (
    "There is nothing left to bring back: it is followed again already, or what was kept of it is deleted. "
    "`/podcast add` follows it."
)


class SubscriptionError(Exception):
    """What was asked for can't be done; the message is one sentence for the person who asked."""


class SameEpisodesError(SubscriptionError):
    """The channel already follows another podcast that has the episodes of this one: somebody should decide."""

    def __init__(self, podcast: Podcast, followed: Podcast) -> None:
        super().__init__(f"This channel follows “{followed.title}” already, which has the same episodes.")
        self.podcast = podcast
        self.followed = followed


@dataclass(frozen=True, slots=True)
class NewDestination:
    """A channel that is to announce a podcast, and the member who wants it to.

    `parent_id`: the channel that a thread is in, unless it is private.
    """

    guild_id: int
    channel_id: int
    added_by: int
    kind: DestinationKind = DestinationKind.TEXT
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """The result of following a podcast in a channel.

    `new`: the channel did not follow it before. `pending_transcripts` counts the episodes whose transcript is
    published in a file of its own that is still to be read. `named`: by the page whose address was given.
    """

    podcast: Podcast
    poll: Poll
    coverage: Coverage
    destination: Destination
    new: bool
    pending_transcripts: int
    named: bool = False


@dataclass(frozen=True, slots=True)
class GuildSpace:
    """The podcasts and the MB of text that a server takes, and what it may."""

    podcast_ids: frozenset[int]
    text_mb: int
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class FollowedByOperator:
    """The result of following a podcast from the command line.

    `warnings` has a sentence for each failed file, and for each podcast that has the same episodes. `named` as in
    `Followed`.
    """

    podcast: Podcast
    poll: Poll
    coverage: Coverage
    warnings: list[str]
    named: bool = False


def _no_worker(*_: object) -> None:
    """The callback of a program that runs no workers."""


class Subscriptions:
    """Changes what is followed, and wakes the workers that then have something to do.

    `on_follow` is called with the id of a podcast that a channel follows, `on_post` when a delivery is due now.
    """

    def __init__(
        self,
        db: Database,
        reader: Reader,
        *,
        on_follow: Callable[[int], None] = _no_worker,
        on_post: Callable[[], None] = _no_worker,
        bounds: Bounds = DEFAULT_BOUNDS,
    ) -> None:
        self._db = db
        self._reader = reader
        self._on_follow = on_follow
        self._on_post = on_post
        self._bounds = bounds

    async def follow(self, feed: str, channel: NewDestination, *, anyway: bool = False) -> Followed:
        """Let a channel follow a podcast, by its feed's address or a page's that names the feed, as they are pasted.

        Raises FeedError, SubscriptionError and DatabaseUnavailableError.
        The episodes that the feed has by now are not announced. A podcast that is known already is polled again.
        SameEpisodesError: the channel has these episodes from another podcast, and `anyway` is not set.
        """
        addresses = feed_addresses(feed)
        if not addresses:
            raise SubscriptionError("That is no feed's address: it begins with http:// or https://.")
        await self._check_follows(channel.guild_id, addresses[0], 1)
        # What is read below is stored with more patience than a moderator has.
        await self._db.check_writable()
        found = await follow_any(self._reader.updater, addresses, by_operator=False)
        podcast = found.podcast
        if not anyway:
            await self._check_same_episodes(podcast, channel)
        destination, new = await add_destination(
            self._db,
            podcast.id,
            guild_id=channel.guild_id,
            channel_id=channel.channel_id,
            added_by=channel.added_by,
            now=_now(),
            kind=channel.kind,
            parent_id=channel.parent_id,
        )
        pending = await self._reader.files.transcripts_to_come(podcast.id)
        self._on_follow(podcast.id)
        covered = await coverage(self._db, podcast.id)
        return Followed(podcast, found.poll, covered, destination, new, pending, found.named)

    async def _check_same_episodes(self, podcast: Podcast, channel: NewDestination) -> None:
        """Raises SameEpisodesError if the channel follows another podcast with these episodes, and not this one."""
        here = {
            one.podcast_id
            for one in await guild_destinations(self._db, channel.guild_id)
            if one.channel_id == channel.channel_id
        }
        if podcast.id not in here and (twins := await self._twins(podcast.id, here)):
            raise SameEpisodesError(podcast, twins[0])

    async def _twins(self, podcast_id: int, among: Collection[int]) -> list[Podcast]:
        """Those of the other podcasts that have the same episodes."""
        newest = await newest_items(self._db, podcast_id, COMPARED)
        twins = []
        for other in among:
            there = await newest_items(self._db, other, COMPARED)
            if other != podcast_id and await asyncio.to_thread(same_episodes, newest, there):
                twins.append(other)
        return await list_podcasts(self._db, twins)

    async def space(self, guild_id: int) -> GuildSpace:
        """What a server takes of what it may. A podcast counts for a day after it is followed no more."""
        use = await guild_use(self._db, guild_id, _now() - COUNTS_FOR)
        return GuildSpace(use.podcast_ids, use.text_bytes // MB, self._bounds)

    async def _check_follows(self, guild_id: int, feed_url: str, channels: int) -> None:
        """Raises SubscriptionError unless so many more channels of the server may follow this podcast."""
        if len(await guild_destinations(self._db, guild_id)) + channels > MAX_DESTINATIONS:
            raise SubscriptionError(
                f"This server follows podcasts in {MAX_DESTINATIONS} channels already; remove one first."
            )
        await self._check_room(guild_id, feed_url)

    async def _check_room(self, guild_id: int, feed_url: str) -> None:
        """Raises SubscriptionError if the server has no room for a podcast that it does not follow yet."""
        space = await self.space(guild_id)
        known = await podcast_by_feed(self._db, feed_url)
        if known is not None and known.id in space.podcast_ids:
            return
        bounds = self._bounds
        what = None
        if len(space.podcast_ids) >= bounds.guild_podcasts:
            what = f"follows {counted(len(space.podcast_ids), 'podcast')}"
        elif space.text_mb >= bounds.guild_text_mb:
            what = f"follows podcasts with {space.text_mb:,} MB of text"
        if what is not None:
            raise SubscriptionError(
                f"This server {what}, which is as much as it may: remove one first, whose room is free after a day, "
                "or ask whoever runs this bot for more."
            )

    async def follow_as_operator(
        self, *addresses: str, progress: Callable[[int, int], None] | None = None
    ) -> FollowedByOperator:
        """Keep a podcast polled although no server may follow it, and read its published files. Raises FeedError.

        Its feed is at the first of the addresses that answers.
        `progress` is called with how many episodes have been read, and of how many.
        """
        found = await follow_any(self._reader.updater, addresses, by_operator=True)
        podcast, poll = found.podcast, found.poll
        if poll.failed:
            raise FeedError(poll.outcome)
        # Whoever adds it again wants to know now: what failed before is tried again.
        warnings = await self._reader.files.read(
            podcast.id, limit=ALL_FILES, all_missing=True, progress=progress
        )
        for twin in await self._twins(podcast.id, [one.id for one in await followed_podcasts(self._db)]):
            warnings.append(
                f"It has the same episodes as “{twin.title}” ({twin.id}), which is followed from another address."
            )
        covered = await coverage(self._db, podcast.id)
        return FollowedByOperator(podcast, poll, covered, warnings, found.named)

    async def stop(self, guild_id: int, podcast_id: int, destination_id: int | None = None) -> Removal:
        """Let a server follow a podcast no more, in one channel or in all; what was removed."""
        return await remove_destinations(
            self._db,
            guild_id=guild_id,
            podcast_id=podcast_id,
            now=_now(),
            destination_id=destination_id,
        )

    async def bring_back(
        self, guild_id: int, podcast_id: int, removed_at: datetime, *, member_id: int
    ) -> list[Destination]:
        """Bring back what one removal took away, with its settings. Raises FeedError and SubscriptionError.

        As where a podcast is added again, the episodes that the feed has by now are not announced.
        """
        removed = await removed_destinations(
            self._db, guild_id=guild_id, podcast_id=podcast_id, removed_at=removed_at
        )
        podcast = await get_podcast(self._db, podcast_id)
        if not removed or podcast is None or not is_web_address(podcast.feed_url):
            raise SubscriptionError(NOTHING_TO_BRING_BACK)
        await self._check_follows(guild_id, podcast.feed_url, len(removed))
        await self._db.check_writable()
        # Nobody may have followed it, so that nobody looked since.
        await self._reader.updater.follow(podcast.feed_url, by_operator=False)
        restored = await restore_destinations(
            self._db,
            guild_id=guild_id,
            podcast_id=podcast_id,
            removed_at=removed_at,
            added_by=member_id,
            now=_now(),
        )
        if not restored:
            raise SubscriptionError(NOTHING_TO_BRING_BACK)
        self._on_follow(podcast_id)
        return restored

    async def stop_everywhere(self, podcast_id: int) -> Followers:
        """Let nobody follow a podcast any more; who did. What was read of it stays stored."""
        return await remove_followers(self._db, podcast_id, _now())

    async def post_now(self, guild_id: int, destination_id: int, episode_id: int) -> Delivery:
        """Announce an episode now. Raises SubscriptionError where the ids are not of this server.

        It is the same delivery that a poll would plan, so that nothing is posted twice: one that was sent already is
        returned as it is.
        """
        destination = await get_destination(self._db, destination_id)
        if destination is None or destination.guild_id != guild_id:
            raise SubscriptionError(NO_LONGER_FOLLOWS)
        episode = await get_episode(self._db, episode_id)
        if episode is None or episode.podcast_id != destination.podcast_id:
            raise SubscriptionError("This episode is not stored any more.")
        delivery, _ = await plan_delivery(self._db, destination.id, episode.id, _now())
        if delivery.state is not DeliveryState.SENT:
            await retry_delivery(self._db, delivery.id, _now() + SETTLED_AFTER)
            self._on_post()
        return delivery

    async def configure(self, destination_id: int, change: SettingsChange) -> Destination:
        """Change how episodes are announced there; the changed destination. Raises SubscriptionError."""
        changed = await configure_destination(self._db, destination_id, change.apply)
        if changed is None:
            raise SubscriptionError(NO_LONGER_FOLLOWS)
        return changed

    async def configure_podcast(
        self, guild_id: int, podcast_id: int, change: GuildPodcastChange
    ) -> GuildPodcast:
        """Change what holds for a podcast in all channels of a server; what holds now."""
        if change == GuildPodcastChange():
            return await get_guild_podcast(self._db, guild_id, podcast_id)
        return await configure_guild_podcast(self._db, guild_id, podcast_id, change.apply)


def _now() -> datetime:
    return datetime.now(UTC)
