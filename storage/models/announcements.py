"""What is announced, where, and how far each announcement has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.models.episodes import Chapter, Episode
from storage.models.status import Status


class DeliveryState(StrEnum):
    """How far an announcement has come. SENDING means: it may stand in the channel; look before sending again."""

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
    """How an announcement looks: with all that is known, or a line and the link, which Discord plays."""

    CARD = "card"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class Looks:
    """How a moderator wants announcements to be: `role_id` is mentioned in the first post alone."""

    style: AnnouncementStyle = AnnouncementStyle.CARD
    role_id: int | None = None
    silent: bool = False
    spoiler: bool = False


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line that sums up a chapter or an episode, word for word, at most 180 characters, and who said it."""

    text: str
    speaker: str | None
    start_ms: int | None


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is announced of an episode, before it takes Discord's form.

    `blurb`: two or three sentences of the notes. `lines` has one place for each chapter. `summary` stands for notes
    that say nothing. `withdrawn`: the feed lists the episode no more.
    """

    episode: Episode
    guests: tuple[str, ...] = ()
    blurb: str = ""
    chapters: tuple[Chapter, ...] = ()
    lines: tuple[SaidLine | None, ...] = ()
    summary: tuple[SaidLine, ...] = ()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel of one server where the episodes of a podcast are announced, and how.

    `kind` is what Discord told at set-up, or at the last delivery. `open_thread`: a thread under each announcement
    for the talk about it. `publish`: to the channels that follow this one, where it is an announcement channel.
    `tag_ids` are those chosen for posts in a forum. `paused` is why nothing can be posted there.
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


class DeliveryKind(StrEnum):
    """What is sent: one episode, or after a long outage several at once."""

    EPISODE = "episode"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One announcement of one episode to one destination, and how far it has come.

    `sending_since`: when the first attempt began whose message may stand in the channel. `begun_before`, of a
    delivery that was just claimed: that was an earlier attempt. `resend` counts how often it was given up and then
    asked for again. `digest_of`: the delivery whose message announces this one too. `thread_id`: the post that holds
    the message, in a forum.
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

    @property
    def destination_id(self) -> int:
        """The destination that it goes to."""
        return self.to.id

    @property
    def channel_id(self) -> int:
        """The channel, thread or forum of that."""
        return self.to.channel_id

    @property
    def guild_id(self) -> int:
        """The server of that."""
        return self.to.guild_id


class FollowUpKind(StrEnum):
    """What may follow a message that stands, most urgent first; none of it holds up a first post."""

    THREAD = "thread"
    PUBLISH = "publish"
    EDIT = "edit"
    # The same, for an episode that the feed lists no more: later, as it may come back.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery whose message stands, and its follow-ups.

    `form` is how the message was made, which no edit may change; `shown` is a hash of what it shows.
    """

    delivery_id: int
    message_id: int
    at: datetime
    thread_id: int | None = None
    form: str = ""
    shown: str = ""
    follow_ups: tuple[FollowUpKind, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is to be done about a message that stands in `channel_id`."""

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
    asked: int
