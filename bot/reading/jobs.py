"""What is done with a document in the reading process: a job travels there, and its result back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, TypeVar

from bot.bounds import DEFAULT_BOUNDS
from bot.chapters.json_file import read_chapters_file
from bot.feeds.changes.decide import Decision, decide
from bot.feeds.changes.same_show import Kinship, kinship
from bot.feeds.discovery.found_instead import found_instead
from bot.feeds.errors import FeedError
from bot.feeds.parsing.feed_parser import MAX_NOTES_BYTES, parse_feed, read_item_notes, without_notes
from bot.feeds.schedule import rhythm_of
from bot.transcripts.reader import PublishedTranscript, read_transcript
from storage.models import (
    Chapter,
    FeedInfo,
    FeedItem,
    HeldState,
    KnownEpisode,
    Rhythm,
    Status,
    StatusCode,
    UnchangedItem,
)

Body = bytes | bytearray
# Called with the content hash of the item whose notes are read next, and with "" after the last.
About = Callable[[str], None]

NOTES_TOO_HEAVY = StatusCode("document.notes_too_heavy", "title", "failure")

T_co = TypeVar("T_co", covariant=True)


class Job(Protocol[T_co]):
    """How one document is read. It can be pickled, and so can its result and the StatusErrors that it raises."""

    def read(self, body: Body, about: About) -> T_co:
        """Read the document."""


@dataclass(frozen=True, slots=True)
class FeedReading:
    """A feed that was parsed, and what to do about it. `listed` counts its items.

    `unread` are those that must wait, `left_unread` those beyond the newest that are kept. `kinship` is None where
    it was read for no show.
    """

    info: FeedInfo
    listed: int
    decision: Decision
    rhythm: Rhythm
    warnings: tuple[Status, ...] = ()
    unread: int = 0
    left_unread: int = 0
    kinship: Kinship | None = None


@dataclass(frozen=True, slots=True)
class FeedJob:
    """A feed's document, and what is known of its items. Raises FeedError.

    `too_heavy`: by content hash, items whose notes took too much before, and what they took. Of notes that are new,
    `notes_bytes` are read; the others wait for a later poll.
    No more than the `most` newest items are read. `catches_up`: more are kept than before, so items that are new to
    it may be old. `looked_at`: when the feed could be read last. `show`: whose document it ought to be, and `shown`
    which episodes that is known to have.
    Relative addresses are those beside `address`, the feed's.
    """

    content_type: str | None
    known: Sequence[KnownEpisode]
    held: Mapping[str, HeldState]
    baseline: bool
    now: datetime
    too_heavy: Mapping[str, Status] = field(default_factory=dict)
    notes_bytes: int = MAX_NOTES_BYTES
    most: int = DEFAULT_BOUNDS.episodes
    catches_up: bool = False
    show: FeedInfo | None = None
    shown: Sequence[KnownEpisode] = ()
    address: str | None = None
    looked_at: datetime | None = None

    def read(self, body: Body, about: About) -> FeedReading:
        """Parse the feed, decide what is new in it, and read the notes of that."""
        hashes = frozenset(one.raw_hash for one in self.known)
        try:
            parsed = parse_feed(
                body,
                self.content_type,
                hashes,
                self.notes_bytes,
                stored=len(self.known),
                most=self.most,
                address=self.address,
                now=self.now,
            )
        except FeedError as error:
            raise found_instead(body, self.content_type, error) from error
        kin = kinship(self.show, self.shown, parsed.info, parsed.entries) if self.show else None
        if kin is Kinship.NONE:
            # Nothing of another show is decided upon, and none of its notes is read.
            return FeedReading(parsed.info, len(parsed.entries), Decision(), Rhythm(), kinship=kin)
        earlier, entries = _earlier(self.known, parsed.entries) if self.catches_up else ([], parsed.entries)
        decision = decide(
            self.known,
            entries,
            baseline=self.baseline,
            now=self.now,
            held=self.held,
            page=parsed.info.link,
            looked_at=self.looked_at,
        )
        if earlier:
            decision = _with_earlier(decision, earlier, self.now)
        # Notes take half of the time of a long feed, so they are read for new and changed items alone.
        changes = tuple(
            replace(change, item=self._with_notes(change.item, about)) for change in decision.changes
        )
        about("")
        decision = replace(decision, changes=changes)
        if parsed.left_unread:
            # What is missing may be among the items that were left unread.
            decision = replace(decision, left_out=frozenset())
        return FeedReading(
            parsed.info,
            len(parsed.entries) + parsed.left_unread,
            decision,
            rhythm_of(_published(self.known, decision), self.now),
            parsed.warnings + decision.remarks,
            parsed.unread,
            parsed.left_unread,
            kin,
        )

    def _with_notes(self, item: FeedItem, about: About) -> FeedItem:
        if (why := self.too_heavy.get(item.content_hash)) is not None:
            return without_notes(item, NOTES_TOO_HEAVY(title=item.title, failure=why))
        about(item.content_hash)
        return read_item_notes(item)


@dataclass(frozen=True, slots=True)
class TranscriptJob:
    """A published transcript, with its types by the feed and by its host. Raises TranscriptError."""

    mime_type: str
    content_type: str | None
    people: Sequence[str]

    def read(self, body: Body, _about: About) -> PublishedTranscript:
        """Read its turns."""
        return read_transcript(
            bytes(body), self.mime_type, content_type=self.content_type, people=self.people
        )


@dataclass(frozen=True, slots=True)
class ChaptersJob:
    """A chapters file, with its type by its host, of an episode of that length. Raises ChaptersError."""

    content_type: str | None
    duration_s: float | None = None

    def read(self, body: Body, _about: About) -> tuple[Chapter, ...]:
        """Read its chapters."""
        return read_chapters_file(bytes(body), self.content_type, self.duration_s)


def _earlier(
    known: Sequence[KnownEpisode], entries: Sequence[FeedItem | UnchangedItem]
) -> tuple[list[FeedItem], list[FeedItem | UnchangedItem]]:
    """The items that the feed had before the newest known episode, and that are none of those known; the others."""
    newest = max((one.published for one in known if one.published), default=None)
    names = {one.identity for one in known} | {one.enclosure_url for one in known}
    earlier: list[FeedItem] = []
    others: list[FeedItem | UnchangedItem] = []
    for entry in entries:
        if (
            isinstance(entry, FeedItem)
            and newest is not None
            and entry.published is not None
            and entry.published < newest
            and names.isdisjoint((entry.identity, entry.enclosure_url))
        ):
            earlier.append(entry)
        else:
            others.append(entry)
    return earlier, others


def _with_earlier(decision: Decision, earlier: Sequence[FeedItem], now: datetime) -> Decision:
    """The decision, with items that are stored as if they had been there at the first look."""
    taken = {change.item.identity for change in decision.changes}
    first = decide((), earlier, baseline=True, now=now)
    more = tuple(change for change in first.changes if change.item.identity not in taken)
    return replace(decision, changes=decision.changes + more)


def _published(known: Sequence[KnownEpisode], decision: Decision) -> list[datetime]:
    """The dates of all episodes, stored and arrived."""
    dates = {one.id: one.published for one in known}
    arrived = []
    for change in decision.changes:
        if change.episode_id is None:
            arrived.append(change.item.published)
        else:
            dates[change.episode_id] = change.item.published
    return [moment for moment in (*dates.values(), *arrived) if moment is not None]
