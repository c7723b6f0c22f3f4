"""What a feed says, what of it is new, and the podcast that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from storage.models.episodes import Chapter, ChapterSource, EpisodeKind, FileKind, FileLink, Person, Turn
from storage.models.status import Status

# Of a podcast whose feed has never named it.
UNTITLED = "Untitled podcast"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One episode as a feed describes it.

    `identity` makes it the same item in the next poll; `notes` is HTML; `intro` is the beginning of the notes as
    plain text, before chapters and transcript. `raw_hash` is a hash of the item's bytes, so that an unchanged item is
    not parsed again; `content_hash` is a hash of its content, without what hosts change in every response.
    `notes_error` says why its notes were not read; those stored before are kept then.
    """

    identity: str
    guid: str | None
    title: str
    link: str | None
    published: datetime | None
    duration_s: float | None
    image_url: str | None
    enclosure_url: str | None
    enclosure_type: str | None
    video_url: str | None
    notes: str
    intro: str
    content_hash: str
    chapters: tuple[Chapter, ...] = ()
    chapters_source: ChapterSource | None = None
    turns: tuple[Turn, ...] = ()
    transcript_links: tuple[FileLink, ...] = ()
    chapters_link: FileLink | None = None
    kind: EpisodeKind = EpisodeKind.FULL
    season: int | None = None
    number: float | None = None
    persons: tuple[Person, ...] = ()
    raw_hash: str = ""
    notes_error: Status | None = None


@dataclass(frozen=True, slots=True)
class UnchangedItem:
    """An item of a feed whose bytes are known: it was not parsed."""

    raw_hash: str


@dataclass(frozen=True, slots=True)
class RefreshedItem:
    """What a host writes anew of an item whose content stays: its bytes, addresses, date, and length with ads.

    `files`: the addresses of linked files, which are the same ones in the same order.
    """

    raw_hash: str
    link: str | None = None
    image_url: str | None = None
    enclosure_url: str | None = None
    video_url: str | None = None
    duration_s: float | None = None
    published: datetime | None = None
    files: Mapping[FileKind, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownEpisode:
    """What a decision about an arriving item needs of a stored one."""

    id: int
    identity: str
    content_hash: str
    raw_hash: str = ""
    title: str = ""
    enclosure_url: str | None = None
    duration_s: float | None = None
    published: datetime | None = None
    withdrawn: bool = False
    guid: str | None = None


class HeldState(StrEnum):
    """What becomes of an item that looked new together with most of the feed: it waits, or somebody has decided."""

    WAITING = "waiting"
    RELEASED = "released"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item that waits for a person to decide whether it is new, and why."""

    identity: str
    title: str
    published: datetime | None
    reason: Status


@dataclass(frozen=True, slots=True)
class EpisodeChange:
    """What is to be done with one item of a feed, and why. `episode_id` None means that it is new.

    `sorted_at` is what lists are sorted by, newest first: the item's date, else one just below its neighbour's.
    `files_until`: its announcements wait until then for its transcript and chapters to be read. `announce_at`: it is
    dated ahead, and announced then.
    """

    item: FeedItem
    episode_id: int | None
    announce: bool
    reason: Status
    sorted_at: datetime
    files_until: datetime | None = None
    announce_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """What the next conditional request sends, and the hash of the body that they stand for."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """The podcast itself, as its feed describes it.

    `title` is empty where it says none; `guid` is `podcast:guid`, `new_feed_url` is `itunes:new-feed-url`.
    `next_page` is where older items follow (RFC 5005), perhaps relative to the feed's address. `ttl_s`, `skip_hours`
    (0 to 23, UTC) and `skip_days` (0 is Monday) ask to be polled less often.
    """

    title: str
    link: str | None
    image_url: str | None
    language: str | None
    new_feed_url: str | None = None
    ttl_s: int | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    author: str | None = None
    guid: str | None = None
    next_page: str | None = None


@dataclass(frozen=True, slots=True)
class FeedMove:
    """A new address of a feed, and who says so."""

    feed_url: str
    reason: Status


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a podcast publishes: its newest episode, and the usual minute of the day (UTC) where it has one."""

    newest_at: datetime | None = None
    release_minute: int | None = None


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """How a poll of a feed ended, and when the next one is due.

    `validators` None leaves the stored ones as they are. `pause` says why there is no next poll. Polls have failed
    since `failing_since`; None: as is stored, else since this one. `whole`: the host sent the whole document.
    """

    status: Status
    polled_at: datetime
    next_poll_at: datetime
    next_reason: Status
    validators: Validators | None = None
    failed: bool = False
    failing_since: datetime | None = None
    pause: Status | None = None
    move: FeedMove | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll of a feed brought. `held` are all the items that wait for a person's decision now.

    `refreshed`: by id, episodes whose item has the same content in other bytes.
    `left_out` are episodes that the feed has stopped listing, though it lists others around them; `listed_again` are
    back.
    """

    info: FeedInfo
    changes: tuple[EpisodeChange, ...]
    outcome: PollOutcome
    held: tuple[HeldItem, ...] = ()
    rhythm: Rhythm = Rhythm()
    refreshed: Mapping[int, RefreshedItem] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    listed_again: frozenset[int] = frozenset()
    left_unread: int = 0


@dataclass(frozen=True, slots=True)
class Podcast:
    """One show, known by its feed's address. `revision` moves with every poll that stored something.

    `failing_since` and `failures` cover the polls that have failed since the last success; `paused` is why it is not
    polled. `left_at`: since when nobody follows it. `left_unread` counts its feed's items beyond those that are kept.
    `whole_at`: when its host last sent the whole document. `false_304_at`: when the host was found to answer "not
    changed" although it had.
    """

    id: int
    feed_url: str
    title: str
    link: str | None
    image_url: str | None
    validators: Validators
    revision: int
    polled_at: datetime | None
    outcome: Status | None
    next_poll_at: datetime | None
    next_reason: Status | None
    added_at: datetime
    failing_since: datetime | None
    failures: int
    paused: Status | None
    ttl_s: int | None
    skip_hours: frozenset[int]
    skip_days: frozenset[int]
    rhythm: Rhythm
    episode_count: int
    left_at: datetime | None = None
    left_unread: int = 0
    language: str | None = None
    author: str | None = None
    guid: str | None = None
    whole_at: datetime | None = None
    false_304_at: datetime | None = None

    @property
    def info(self) -> FeedInfo:
        """The show as its feed last described it."""
        return FeedInfo(
            self.title, self.link, self.image_url, self.language, author=self.author, guid=self.guid
        )


@dataclass(frozen=True, slots=True)
class LeftPodcast:
    """A podcast that nobody follows since `left_at`, and about how many bytes it takes on the disk."""

    id: int
    title: str
    left_at: datetime
    size: int
