"""The items of one document, each once, and the stored episodes that they are."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.feeds.changes.episode_matching import Match, match_items
from bot.feeds.changes.repeats import repeats
from bot.feeds.changes.signs import Evidence
from storage.models import FeedItem, KnownEpisode, UnchangedItem

STEP = timedelta(microseconds=1)
FIRST_DAY = datetime.min.replace(tzinfo=UTC)

Entries = Sequence[FeedItem | UnchangedItem]


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item with its place in lists: what was parsed of it, and its stored episode, if any.

    `hidden`: it is new only because an older version took it for the episode that has its id.
    """

    item: FeedItem | None
    stored: KnownEpisode | None
    place: datetime
    match: Match | None = None
    hidden: bool = False

    @property
    def moved(self) -> bool:
        """Whether it is known again without the id that it had."""
        if self.item is None or self.stored is None:
            return False
        if self.item.guid and self.stored.guid:
            return self.item.guid != self.stored.guid
        return self.stored.identity not in (self.item.guid, self.item.identity)


@dataclass(frozen=True, slots=True)
class Document:
    """What a document lists: `copied` are episodes that it lists twice, `shared_ids` counts items sharing ids."""

    items: tuple[ListedItem, ...] = ()
    repeats: int = 0
    copied: frozenset[int] = frozenset()
    shared_ids: int = 0


def read_document(
    known: Sequence[KnownEpisode], entries: Entries, held: Collection[str], now: datetime, page: str | None
) -> Document:
    """Tell which episodes a document lists; `held` are the identities of items about which somebody decides."""
    by_hash = {one.raw_hash: one for one in known if one.raw_hash}
    stored = [by_hash.get(one.raw_hash) if isinstance(one, UnchangedItem) else None for one in entries]
    unchanged = {one.id: one for one in stored if one is not None}
    items = [one for one in entries if isinstance(one, FeedItem)]
    if not items:
        return Document(tuple(_listed(known, entries, stored, [], now)))
    show = Evidence(known, items, now, page)
    copies = repeats(show, items, list(unchanged.values()))
    once = [place for place in range(len(items)) if place not in copies]
    names = _new_identities(show, items, once)
    undecided = [place for place in once if names[place] not in held]
    free = [one for one in known if one.id not in unchanged]
    found = match_items(show, [items[place] for place in undecided], free, unchanged.keys())
    matches = {undecided[at]: match for at, match in found.items()}
    read = [_Read(names.get(place), matches.get(place)) for place in range(len(items))]
    return Document(
        tuple(_listed(known, entries, stored, read, now)),
        len(copies),
        frozenset(one.id for one in copies.values() if one is not None),
        _sharing([items[place] for place in once], unchanged.values()),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """What an item is stored under if it is new, None if it is there twice; and the episode that it is."""

    identity: str | None
    match: Match | None


def _listed(
    known: Sequence[KnownEpisode],
    entries: Entries,
    unchanged: Sequence[KnownEpisode | None],
    read: Sequence[_Read],
    now: datetime,
) -> Iterator[ListedItem]:
    """Each item once, with its place in lists: its date, else just below its neighbour."""
    by_identity = {one.identity: one for one in known} if read else {}
    readings = iter(read)
    seen: set[int] = set()
    place = now
    for entry, stored in zip(entries, unchanged, strict=True):
        item, match, hidden = None, None, False
        if isinstance(entry, FeedItem):
            one = next(readings)
            if one.identity is None:
                continue
            item, match = entry, one.match
            stored = None if match is None else match.episode  # noqa: PLW2901
            if match is None:
                hidden = _is_hidden(entry, by_identity.get(entry.identity), seen)
                item = replace(entry, identity=one.identity)
        told = item or stored
        if told is None or (stored and stored.id in seen):
            continue
        if stored:
            seen.add(stored.id)
        # A date in the future must not keep an episode on top for ever.
        place = min(told.published, now) if told.published else max(place, FIRST_DAY + STEP) - STEP
        yield ListedItem(item, stored, place, match, hidden)


def _is_hidden(item: FeedItem, other: KnownEpisode | None, above: Collection[int]) -> bool:
    """Whether an older version took this item for the episode that has its id, and is no newer."""
    if other is None:
        return False
    if item.published is None or other.published is None:
        return other.id in above
    return item.published <= other.published


def _new_identities(show: Evidence, items: Sequence[FeedItem], once: Sequence[int]) -> dict[int, str]:
    """By their places, what items are stored under if they are new: where the id is another's, the content tells."""
    wanted = Counter(items[place].identity for place in once)
    used = {one.identity for one in show.known}
    found: dict[int, str] = {}
    for place in once:
        item = items[place]
        name = item.identity
        if wanted[name] > 1 or name in used:
            date = item.published and item.published.isoformat()
            name = _hashed(repr((item.guid, item.title, show.files.key(item), date)))
        while name in used:
            name = _hashed(name)
        used.add(name)
        found[place] = name
    return found


def _hashed(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"


def _sharing(items: Sequence[FeedItem], unchanged: Collection[KnownEpisode]) -> int:
    guids = [one.guid for one in items] + [one.guid for one in unchanged]
    return sum(count for guid, count in Counter(guids).items() if guid and count > 1)
