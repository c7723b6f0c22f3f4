"""Decides what is new in a feed, from what is stored and what arrived, with a reason for each item. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.feeds.changes.announcing import Verdicts
from bot.feeds.changes.crowds import crowd
from bot.feeds.changes.document_items import Document, Entries, ListedItem, read_document
from bot.feeds.changes.episode_matching import EDITED
from bot.feeds.changes.signs import SAME_DATE
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
)

WAITS = StatusCode("item.waits")
REPEATED = StatusCode("feed.repeated", "count")
SHARED_IDS = StatusCode("feed.shared_ids", "count")
AHEAD = StatusCode("feed.ahead", "count")


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do: changes to store, `moved` of which are episodes known again without their id, and items to hold.

    `refreshed`: by id, what the host wrote anew of stored episodes whose content is the same. `left_out` are the ids
    of stored episodes that were withdrawn, `listed_again` of those that came back. `remarks` tell what was left out.
    """

    changes: tuple[EpisodeChange, ...] = ()
    held: tuple[HeldItem, ...] = ()
    moved: int = 0
    refreshed: Mapping[int, RefreshedItem] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    listed_again: frozenset[int] = frozenset()
    remarks: tuple[Status, ...] = ()


def decide(
    known: Sequence[KnownEpisode],
    entries: Entries,
    *,
    baseline: bool,
    now: datetime,
    held: Mapping[str, HeldState] | None = None,
    page: str | None = None,
    looked_at: datetime | None = None,
) -> Decision:
    """Which of the items that arrived to store, to announce and to hold.

    `baseline`: this is the podcast's first poll. `held`: by identity, items that were held before. `page`: the
    address of the show's own page. `looked_at`: the last time that the feed could be read. Items that are stored
    already, unchanged, are in no part of the decision.
    """
    decided = dict(held or {})
    document = read_document(known, entries, decided.keys(), now, page)
    waits = {identity: WAITS() for identity, state in decided.items() if state is HeldState.WAITING}
    if not baseline:
        waits |= crowd(known, document.items, decided.keys(), now)
    verdicts = Verdicts(document.items, baseline=baseline, now=now, looked_at=looked_at)
    changes: list[EpisodeChange] = []
    waiting: list[HeldItem] = []
    refreshed: dict[int, RefreshedItem] = {}
    for at, one in enumerate(document.items):
        item = one.item
        if item is None:
            continue
        if one.stored is not None:
            _known_again(one, item, one.stored, changes, refreshed)
        elif (why := waits.get(item.identity)) is not None:
            waiting.append(HeldItem(item.identity, item.title, item.published, why))
        elif decided.get(item.identity) is not HeldState.DISCARDED:
            told = verdicts.of(at, one, item)
            changes.append(EpisodeChange(item, None, told.announce, told.why, one.place, announce_at=told.at))
    there = {one.stored.id for one in document.items if one.stored} | document.copied
    arrived = [one.item for one in document.items if one.item and one.stored is None]
    # Where many items are held, what is missing may be among them with another id.
    missing = frozenset[int]() if waiting or baseline else left_out(known, there, arrived, now)
    return Decision(
        tuple(changes),
        tuple(waiting),
        sum(one.moved for one in document.items),
        refreshed,
        missing,
        frozenset(one.id for one in known if one.withdrawn and one.id in there),
        _remarks(document, changes),
    )


def _known_again(
    one: ListedItem,
    item: FeedItem,
    old: KnownEpisode,
    changes: list[EpisodeChange],
    refreshed: dict[int, RefreshedItem],
) -> None:
    """Store what a feed tells differently of an episode. It keeps the identity under which it is stored."""
    if not item.content_hash:
        # Its notes were not read this time; the stored ones must not be lost.
        return
    if one.moved and one.match is not None:
        changes.append(
            EpisodeChange(replace(item, identity=old.identity), old.id, False, one.match.why, one.place)
        )
    elif old.content_hash != item.content_hash or _has_another_date(item, old):
        changes.append(
            EpisodeChange(replace(item, identity=old.identity), old.id, False, EDITED(), one.place)
        )
    elif (item.raw_hash, item.enclosure_url) != (old.raw_hash, old.enclosure_url):
        refreshed[old.id] = _refreshed(item)


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


def _remarks(document: Document, changes: Sequence[EpisodeChange]) -> tuple[Status, ...]:
    ahead = sum(change.announce_at is not None for change in changes)
    counts = {REPEATED: document.repeats, SHARED_IDS: document.shared_ids, AHEAD: ahead}
    return tuple(code(count=count) for code, count in counts.items() if count)
