"""What Earmark knows, as frozen values without I/O. Times inside an episode are whole milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TranscriptSource(StrEnum):
    """Where the turns of an episode were read; the words are those of `python -m bot episodes`."""

    NOTES = "notes"
    VTT = "vtt"
    SRT = "srt"
    JSON = "json"
    HTML = "html"
    TEXT = "text"
    PODLOVE = "podlove"


class ChapterSource(StrEnum):
    """Where the chapters of an episode were read, the most trusted first."""

    PODCAST = "podcast:chapters"
    PSC = "psc"
    NOTES = "notes"
    ID3 = "id3"


class EpisodeKind(StrEnum):
    """What the feed says an episode is (`itunes:episodeType`)."""

    FULL = "full"
    TRAILER = "trailer"
    BONUS = "bonus"


class TurnMark(StrEnum):
    """What a turn is beside talk: kept in the text, and told apart by the search.

    SPONSOR: an advertisement; SOUND: nothing but a note such as "[music]"; BREAK: what a pseudo-speaker ("Break:")
    names; GHOST: what nobody said: a transcriber's credit, a line that a machine repeats over silence.
    """

    SPONSOR = "sponsor"
    SOUND = "sound"
    BREAK = "break"
    GHOST = "ghost"


class DeliveryState(StrEnum):
    """How far an announcement has come. SENDING means: it may stand in the channel; look before sending again."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A titled start inside an episode."""

    start_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says without interruption; None where the source does not tell."""

    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    text: str
    mark: TurnMark | None = None


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A stored turn with its place: the `position`th of its episode, counted from 0."""

    episode_id: int
    position: int
    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    text: str
    mark: TurnMark | None = None


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file published beside an episode, as `podcast:transcript` and `podcast:chapters` name it."""

    url: str
    mime_type: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part, as `podcast:person` tells: `role` is in small letters ("host", "guest")."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One episode as a feed tells it.

    `identity` is what makes it the same item tomorrow; `notes` is HTML; `intro` is the beginning of the
    notes as plain text, before chapters and transcript. `raw_hash` is that of the item's bytes, by which it is known
    the next time without being parsed; `content_hash` that of what it tells, without what hosts change every time.
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


@dataclass(frozen=True, slots=True)
class UnchangedItem:
    """An item of a feed whose bytes are known: it was not parsed."""

    raw_hash: str


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


class HeldState(StrEnum):
    """What is to become of an item that looked new in a crowd: it waits, or somebody decided."""

    WAITING = "waiting"
    RELEASED = "released"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item that waits for a person's decision whether it is new, and why it does."""

    identity: str
    title: str
    published: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class EpisodeChange:
    """What is to be done with one arriving item, and why. `episode_id` None means that it is new.

    `sorted_at`: where it stands in lists, newest first: its date, else just below its neighbour in the feed.
    """

    item: FeedItem
    episode_id: int | None
    announce: bool
    reason: str
    sorted_at: datetime


@dataclass(frozen=True, slots=True)
class Validators:
    """What the next conditional request sends, and the hash of the body that they stand for."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """The podcast itself, as its feed tells it.

    `new_feed_url` is `itunes:new-feed-url`; `ttl_s`, `skip_hours` (0 to 23, UTC) and `skip_days` (0 is Monday) ask
    not to be looked at so often.
    """

    title: str
    link: str | None
    image_url: str | None
    language: str | None
    new_feed_url: str | None = None
    ttl_s: int | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FeedMove:
    """A new address of a feed, and who says so."""

    feed_url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a podcast publishes: its newest episode, and the usual minute of the day (UTC) where it has one."""

    newest_at: datetime | None = None
    release_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a look at a feed ended, in words, and when the next one is due.

    `validators` None leaves those that are stored. `pause` says why no further look is due.
    """

    outcome: str
    polled_at: datetime
    next_poll_at: datetime
    next_reason: str
    validators: Validators | None = None
    failed: bool = False
    pause: str | None = None
    move: FeedMove | None = None


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a look at a feed brought: `held` are all items that wait now.

    `rehashed`: by id, episodes that say the same in other bytes, with the hash by which they are known now.
    """

    info: FeedInfo
    changes: tuple[EpisodeChange, ...]
    look: Look
    held: tuple[HeldItem, ...] = ()
    rhythm: Rhythm = Rhythm()
    rehashed: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Podcast:
    """One show, known by its feed's address. `revision` moves with every poll that stored something.

    `failing_since` and `failures` count what failed since the last look that did not; `paused` is why no look is due.
    """

    id: int
    feed_url: str
    title: str
    link: str | None
    image_url: str | None
    validators: Validators
    revision: int
    polled_at: datetime | None
    outcome: str | None
    next_poll_at: datetime | None
    next_reason: str | None
    added_at: datetime
    failing_since: datetime | None
    failures: int
    paused: str | None
    ttl_s: int | None
    skip_hours: frozenset[int]
    skip_days: frozenset[int]
    rhythm: Rhythm
    episode_count: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a podcast's episodes have what, by where it was read."""

    episodes: int = 0
    chapters: Mapping[ChapterSource, int] = field(default_factory=dict)
    transcripts: Mapping[TranscriptSource, int] = field(default_factory=dict)
    transcripts_missing: int = 0

    @property
    def with_chapters(self) -> int:
        """How many episodes have chapters."""
        return sum(self.chapters.values())

    @property
    def with_turns(self) -> int:
        """How many episodes have a transcript."""
        return sum(self.transcripts.values())


@dataclass(frozen=True, slots=True)
class Episode:
    """One item of a feed that has audio or video, as it is stored."""

    id: int
    podcast_id: int
    podcast_title: str
    guid: str | None
    title: str
    link: str | None
    published: datetime | None
    duration_s: float | None
    image_url: str | None
    enclosure_url: str | None
    video_url: str | None
    intro: str
    chapter_count: int
    turn_count: int
    transcript_source: TranscriptSource | None
    transcript_choice: str | None = None
    chapters_source: ChapterSource | None = None
    kind: EpisodeKind = EpisodeKind.FULL
    season: int | None = None
    number: float | None = None


class FileKind(StrEnum):
    """What a file holds that is published beside an episode."""

    TRANSCRIPT = "transcript"
    CHAPTERS = "chapters"


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A published file that is still to be read: the `position`th of its kind."""

    episode_id: int
    episode_title: str
    kind: FileKind
    position: int
    link: FileLink
    attempts: int


@dataclass(frozen=True, slots=True)
class FileProblems:
    """How many published files of a podcast can't be read, and why that of its newest episode can't."""

    count: int
    newest: str


@dataclass(frozen=True, slots=True)
class UntaggedEpisode:
    """An episode without chapters whose audio file may hold some."""

    id: int
    title: str
    enclosure_url: str


@dataclass(frozen=True, slots=True)
class IndexedEpisode:
    """Where an episode stands in lists, and its segment of the search; without a name nothing is said in it."""

    id: int
    sorted_at: datetime
    segment: str


@dataclass(frozen=True, slots=True)
class IndexState:
    """Which segments of the search count for a podcast, by episode, oldest first.

    `unindexed` are episodes whose turns stand in none, oldest first.
    """

    revision: int
    indexed: tuple[IndexedEpisode, ...] = ()
    unindexed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of words inside one turn or over adjacent turns.

    `text` is the span to show; `match` are the matched characters in it, [from, to), and `marks` those of the words
    in it that were met, those that follow each other as one. `start_ms` and `end_ms` are those of the matched words,
    interpolated inside their turn. `score` runs from 0 to 1.
    """

    episode_id: int
    position: int
    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    text: str
    match: tuple[int, int]
    score: float
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is read of found quotes: revisions of podcasts, turns by episode and position, what is shown beside."""

    revisions: Mapping[int, int]
    turns: Mapping[tuple[int, int], SpokenTurn] = field(default_factory=dict)
    episodes: Mapping[int, Episode] = field(default_factory=dict)
    chapters: Mapping[int, Sequence[Chapter]] = field(default_factory=dict)


class DestinationKind(StrEnum):
    """What a destination is, and so how an episode is announced there."""

    TEXT = "text"
    ANNOUNCEMENT = "announcement"
    THREAD = "thread"
    FORUM = "forum"


class AnnouncementStyle(StrEnum):
    """How an announcement looks: with all that is known, or a line and the link, which Discord's player follows."""

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
    """Word for word what carries a chapter or an episode, at most 180 characters, and who said it."""

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
    """A channel of one server where the episodes of a podcast are announced."""

    id: int
    podcast_id: int
    guild_id: int
    channel_id: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One announcement of one episode to one destination, and how far it has come."""

    id: int
    destination_id: int
    channel_id: int
    guild_id: int
    episode_id: int
    state: DeliveryState
    attempts: int
    message_id: int | None
    error: str | None
    planned_at: datetime
    sending_since: datetime | None
