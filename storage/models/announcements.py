"""What is announced, where, and how far each announcement has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from storage.models.episodes import Chapter, Episode
from storage.models.status import Status


class DeliveryState(StrEnum):
    """How far an announcement has come. SENDING: its message may exist already; search before sending."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class DestinationKind(StrEnum):
    """What a destination is, and so how an episode is announced there."""

    TEXT = "text"
    ANNOUNCEMENT = "announcement"
    THREAD = "thread"
    FORUM = "forum"


class AnnouncementStyle(StrEnum):
    """How an announcement looks: a card with all that is known, or one line with a link that Discord can play."""

    CARD = "card"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class Looks:
    """How a moderator wants announcements to look. `role_id` is mentioned; an edit shows that, and pings nobody.

    What is chosen for the server: `audio`, whether audio is linked whose address holds a key; `summaries`, whether
    what a model wrote is shown: None is up to whether the feed is keyed.
    """

    style: AnnouncementStyle = AnnouncementStyle.CARD
    role_id: int | None = None
    silent: bool = False
    spoiler: bool = False
    audio: bool = False
    summaries: bool | None = None


@dataclass(frozen=True, slots=True)
class SaidLine:
    """What somebody said, word for word, at most 220 characters; who, and when in the episode."""

    text: str
    speaker: str | None
    start_ms: int | None


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is announced of an episode, before it is rendered for Discord.

    `blurb`: two or three sentences of the notes. `lines` and `mentioned` have one entry for each chapter: what a
    model wrote of it, and names and terms that are said in it. `overview`: what a model wrote of an episode whose
    notes say nothing. `quotations`: what was said and can stand alone. `withdrawn`: the feed no longer lists it.
    """

    episode: Episode
    guests: tuple[str, ...] = ()
    blurb: str = ""
    chapters: tuple[Chapter, ...] = ()
    lines: tuple[str | None, ...] = ()
    mentioned: tuple[tuple[str, ...], ...] = ()
    overview: str = ""
    quotations: tuple[SaidLine, ...] = ()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel of one server where the episodes of a podcast are announced, and how.

    `kind` is what Discord said when the podcast was added, or at the last delivery. `open_thread`: open a thread
    under each announcement to discuss it. `publish`: publish each announcement to the channels that follow this one,
    if it is an announcement channel. `tag_ids`: the tags of posts in a forum. `paused`: why nothing can be posted
    there.
    """

    id: int
    podcast_id: int
    guild_id: int
    channel_id: int
    kind: DestinationKind = DestinationKind.TEXT
    looks: Looks = Looks()
    open_thread: bool = False
    publish: bool = False
    tag_ids: tuple[int, ...] = ()
    paused: Status | None = None


class Visibility(StrEnum):
    """Who sees a podcast in a server: who may view a channel that it is announced in, or every member."""

    CHANNEL = "channel"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class GuildPodcast:
    """What a server chose for a podcast, whatever channels it is announced in.

    `audio`: whether audio is linked whose address holds a key. `summaries`: whether what a model wrote is shown; None
    where nobody said.
    """

    guild_id: int
    podcast_id: int
    visible: Visibility = Visibility.CHANNEL
    audio: bool = False
    summaries: bool | None = None


@dataclass(frozen=True, slots=True)
class PodcastSources:
    """The channels, threads and forums of a server that announce a podcast, and what the server chose for it.

    `parents`: the channels that threads are in, by the thread's id; of private threads there is none.
    """

    settings: GuildPodcast
    channel_ids: frozenset[int]
    parents: Mapping[int, int] = field(default_factory=dict)

    @property
    def podcast_id(self) -> int:
        """The podcast."""
        return self.settings.podcast_id


@dataclass(frozen=True, slots=True)
class Followers:
    """Who follows a podcast. `waiting`: announcements that are planned or being sent. `by_operator`: `add` did."""

    servers: int = 0
    channels: int = 0
    waiting: int = 0
    by_operator: bool = False

    @property
    def any(self) -> bool:
        """Whether somebody does."""
        return self.channels > 0 or self.by_operator


@dataclass(frozen=True, slots=True)
class Removal:
    """The destinations that a server removed at once, and how many announcements waited there and are given up."""

    podcast_id: int
    at: datetime
    destinations: tuple[Destination, ...]
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup of the database. `restored_at`: when the database that knows of it was restored from it."""

    made_at: datetime
    restored_at: datetime | None = None


class DeliveryKind(StrEnum):
    """What is sent: one episode, or several at once after a long outage."""

    EPISODE = "episode"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One announcement of one episode to one destination, and how far it has come.

    `sending_since`: when the first attempt began whose message may be in the channel. `begun_before`: an earlier
    attempt than the one that claimed the delivery may have posted its message. `perhaps_sent_since`: from then on the
    database that this one was restored from may have announced the episode, with its own ids. `resend`
    counts how often it was given up and then requested again. `digest_of`: the delivery whose message announces this
    one too. `thread_id`: in a forum, the post that the message opened.
    """

    id: int
    to: Destination
    episode_id: int
    state: DeliveryState
    attempts: int
    message_id: int | None
    error: Status | None
    planned_at: datetime
    sending_since: datetime | None
    kind: DeliveryKind = DeliveryKind.EPISODE
    resend: int = 0
    failing_since: datetime | None = None
    digest_of: int | None = None
    thread_id: int | None = None
    begun_before: bool = False
    perhaps_sent_since: datetime | None = None

    @property
    def destination_id(self) -> int:
        """The destination that it goes to."""
        return self.to.id

    @property
    def channel_id(self) -> int:
        """The channel, thread or forum that it goes to."""
        return self.to.channel_id

    @property
    def guild_id(self) -> int:
        """The server that it goes to."""
        return self.to.guild_id


class FollowUpKind(StrEnum):
    """What may be done after a message was sent, most urgent first; none of it holds up new announcements."""

    THREAD = "thread"
    PUBLISH = "publish"
    EDIT = "edit"
    # An edit that shows a transcript which came late, whatever the feed's own changes have used up.
    TRANSCRIPT = "transcript"
    # An edit that shows what a model wrote about the chapters.
    SUMMARY = "summary"
    # An edit that says that the feed no longer lists the episode. It is made later, as the episode may come back.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery that was sent, with its message and follow-ups.

    `form` is how the message was rendered and `role_id` what it mentions, which no edit may change; `shown` is a hash
    of what it shows.
    """

    delivery_id: int
    message_id: int
    at: datetime
    thread_id: int | None = None
    form: str = ""
    shown: str = ""
    role_id: int | None = None
    follow_ups: tuple[FollowUpKind, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is to be done about a message in `channel_id`. `asked` counts the requests for it.

    `role_id`: the role that the message mentions, which need not be the destination's of today.
    """

    delivery_id: int
    kind: FollowUpKind
    to: Destination
    channel_id: int
    message_id: int
    episode_id: int
    attempts: int
    failing_since: datetime | None
    form: str
    shown: str
    role_id: int | None
    asked: int
