"""Decides what is new in a feed, from what is stored and what arrived, with a reason for each item. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.feeds.changes.episode_matching import SAME_DATE, Match, audio_file, match_crowd, match_single
from bot.feeds.changes.withdrawals import left_out
from storage.models import (
    EpisodeChange,
    FeedItem,
    FileKind,
    HeldItem,
    HeldState,
    KnownEpisode,
    RefreshedItem,
    Status,
    StatusCode,
    UnchangedItem,
)

STEP = timedelta(microseconds=1)
FIRST_DAY = datetime.min.replace(tzinfo=UTC)
OLD_AFTER = timedelta(days=7)
# In a shorter feed, most items may well be new at once.
CROWD_OF = 5

EDITED = StatusCode("item.edited")
BASELINE = StatusCode("item.baseline")
NEW = StatusCode("item.new")
NEW_WITHOUT_DATE = StatusCode("item.new_without_date")
NEW_BUT_OLD = StatusCode("item.new_but_old", "days")
WAITS = StatusCode("item.waits")
CROWD = StatusCode("item.crowd", "new", "listed")


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do: changes to store, `moved` of which give an episode a new identity, and items to hold.

    `refreshed`: by id, what the host wrote anew of stored episodes whose content is the same. `left_out` are the ids
    of stored episodes that were withdrawn, `listed_again` of those that came back.
    """

    changes: tuple[EpisodeChange, ...] = ()
    held: tuple[HeldItem, ...] = ()
    moved: int = 0
    refreshed: Mapping[int, RefreshedItem] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    listed_again: frozenset[int] = frozenset()


def decide(
    known: Sequence[KnownEpisode],
    entries: Sequence[FeedItem | UnchangedItem],
    *,
    baseline: bool,
    now: datetime,
    held: Mapping[str, HeldState] | None = None,
) -> Decision:
    """Which of the items that arrived to store, to announce and to hold.

    `baseline`: this is the podcast's first poll. `held`: by identity, items that were held before. Items that are
    stored already, unchanged, are in no part of the decision.
    """
    decided = held or {}
    listed = list(_listed(known, entries, now))
    news = _News.of(known, listed, decided, baseline=baseline, now=now)
    changes, waiting, refreshed = [], [], {}
    for entry in listed:
        item, old, place = entry.item, entry.stored, entry.place
        if item is None or (old is None and decided.get(item.identity) is HeldState.DISCARDED):
            continue
        match = news.matches.get(item.identity)
        if not item.content_hash and (old or match):
            # Its notes were not read this time; the stored ones must not be lost.
            continue
        if old is not None:
            if old.content_hash != item.content_hash or _has_another_date(item, old):
                changes.append(EpisodeChange(item, old.id, False, EDITED(), place))
            elif (item.raw_hash, item.enclosure_url) != (old.raw_hash, old.enclosure_url):
                refreshed[old.id] = _refreshed(item)
        elif match is not None:
            changes.append(EpisodeChange(item, match.episode.id, False, match.why, place))
        elif (why := news.waits.get(item.identity)) is not None:
            waiting.append(HeldItem(item.identity, item.title, item.published, why))
        else:
            announce, reason = _announce(item, baseline=baseline, now=now)
            changes.append(EpisodeChange(item, None, announce, reason, place))
    there = {one.stored.id for one in listed if one.stored}
    there |= {match.episode.id for match in news.matches.values()}
    # Where many items are held, what is missing may be among them with another id.
    missing = frozenset[int]() if waiting or baseline else left_out(known, there)
    again = frozenset(one.id for one in known if one.withdrawn and one.id in there)
    return Decision(tuple(changes), tuple(waiting), len(news.matches), refreshed, missing, again)


def _has_another_date(item: FeedItem, old: KnownEpisode) -> bool:
    """Whether the date was corrected: some hosts move it by a little at each look."""
    if item.published is None or old.published is None:
        return item.published is not None
    return abs(item.published - old.published) >= SAME_DATE


def _refreshed(item: FeedItem) -> RefreshedItem:
    files = {FileKind.TRANSCRIPT: tuple(link.url for link in item.transcript_links)}
    if item.chapters_link is not None:
        files[FileKind.CHAPTERS] = (item.chapters_link.url,)
    return RefreshedItem(
        item.raw_hash,
        item.link,
        item.image_url,
        item.enclosure_url,
        item.video_url,
        item.duration_s,
        item.published,
        files,
    )


@dataclass(frozen=True, slots=True)
class _Listed:
    """An item with its place in lists: what was parsed of it, and its stored episode, if any."""

    item: FeedItem | None
    stored: KnownEpisode | None
    place: datetime


def _listed(
    known: Sequence[KnownEpisode], entries: Sequence[FeedItem | UnchangedItem], now: datetime
) -> Iterator[_Listed]:
    """Each item once, with its place in lists: its date, else just below its neighbour."""
    by_identity = {one.identity: one for one in known}
    by_hash = {one.raw_hash: one for one in known if one.raw_hash}
    seen = set()
    place = now
    for entry in entries:
        item = entry if isinstance(entry, FeedItem) else None
        stored = by_hash.get(entry.raw_hash) if item is None else by_identity.get(item.identity)
        known_as = item or stored
        if known_as is None or known_as.identity in seen:
            continue
        seen.add(known_as.identity)
        # A date in the future must not keep an episode on top for ever.
        place = min(known_as.published, now) if known_as.published else max(place, FIRST_DAY + STEP) - STEP
        yield _Listed(item, stored, place)


@dataclass(frozen=True, slots=True)
class _News:
    """What is known of items with unknown ids: which are stored episodes, and which must be held."""

    matches: Mapping[str, Match] = field(default_factory=dict)
    waits: Mapping[str, Status] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        known: Sequence[KnownEpisode],
        listed: Sequence[_Listed],
        held: Mapping[str, HeldState],
        *,
        baseline: bool,
        now: datetime,
    ) -> _News:
        """Tell many new items at once (a crowd) from a few, and match them to stored episodes."""
        waits = {identity: WAITS() for identity, state in held.items() if state is HeldState.WAITING}
        new = [one.item for one in listed if one.item and not one.stored and one.item.identity not in held]
        if baseline or not known:
            return cls(waits=waits)
        there = {one.stored.id for one in listed if one.stored}
        gone = [one for one in known if one.id not in there]
        newest = max((min(one.published, now) for one in known if one.published), default=FIRST_DAY)
        if len(listed) < CROWD_OF or len(new) * 2 <= len(listed):
            return cls(match_single(new, gone, known, newest), waits)
        matches = match_crowd(new, gone, newest)
        later = [item for item in new if item.published is not None and item.published > newest]
        mostly_later = len(later) * 2 >= len(new)
        if mostly_later and len(matches) * 2 <= len(new):
            # A show that published more since the last poll than its feed holds.
            return cls(match_single(new, gone, known, newest), waits)
        # Where nearly all items have new dates, a new date means nothing.
        fresh = set() if mostly_later else {item.identity for item in later}
        # A feed that lists most of what it listed, and older items beside it.
        grown = len(gone) * 2 <= len(known)
        files = {audio_file(one) for one in known}
        for item in new:
            old = item.published is not None and now - item.published > OLD_AFTER
            quiet = grown and old and audio_file(item) not in files
            if item.identity not in matches and item.identity not in fresh and not quiet:
                waits[item.identity] = CROWD(new=len(new), listed=len(listed))
        return cls(matches, waits)


def _announce(item: FeedItem, *, baseline: bool, now: datetime) -> tuple[bool, Status]:
    if baseline:
        return False, BASELINE()
    if item.published is None:
        return True, NEW_WITHOUT_DATE()
    age = now - item.published
    if age > OLD_AFTER:
        return False, NEW_BUT_OLD(days=age.days)
    return True, NEW()
