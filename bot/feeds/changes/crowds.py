"""Tells many new items at once: a host that changed its ids, or news. What may be either waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from bot.feeds.changes.announcing import OLD_AFTER
from bot.feeds.changes.audio_files import audio_path
from bot.feeds.changes.document_items import ListedItem
from bot.feeds.changes.places import Place, Places
from bot.feeds.changes.signs import FIRST_DATE, sane_date
from storage.models import FeedItem, KnownEpisode, Status, StatusCode

# In a shorter feed, most items may well be new at once.
CROWD_OF = 5

CROWD = StatusCode("item.crowd", "new", "listed")


def crowd(
    known: Sequence[KnownEpisode], listed: Sequence[ListedItem], held: AbstractSet[str], now: datetime
) -> dict[str, Status]:
    """By identity the items that must wait, with the reason; those in `held` are none of them."""
    new = [
        one
        for one in listed
        if one.item and (one.moved or (not one.stored and one.item.identity not in held))
    ]
    if not known or len(listed) < CROWD_OF or len(new) * 2 <= len(listed):
        return {}
    still = {one.stored.id for one in listed if one.stored and not one.moved}
    dates = {one.id: date for one in known if (date := sane_date(one, now)) is not None and date <= now}
    newest = max(dates.values(), default=FIRST_DATE)
    later = [one for one in new if one.item and _after(one.item, newest, now)]
    mostly_later = len(later) * 2 >= len(new)
    moved = sum(one.moved for one in new)
    if mostly_later and moved * 2 <= len(new):
        # A show that published more since the last poll than its feed holds.
        return {}
    places = Places([None if one.stored is None else (sane_date(one.stored, now),) for one in listed], now)
    # Where what was the newest is there, nothing above it takes its place.
    capped = any(one.stored and dates.get(one.stored.id) == newest for one in listed)
    # Where nearly all items have new dates, a new date means nothing.
    fresh = set() if mostly_later else {one.item.identity for one in later if one.item}
    # A feed that lists most of what it listed, and older items beside it.
    grown = len(still) * 2 >= len(known)
    files = {audio_path(one) for one in known}
    waits: dict[str, Status] = {}
    for at, one in enumerate(listed):
        if one.item is None or one.stored is not None or one.item.identity in fresh | held:
            continue
        if capped and places.of(at) is Place.TOP:
            continue
        quiet = grown and _is_old(one.item, places.of(at), now) and audio_path(one.item) not in files
        if not quiet:
            waits[one.item.identity] = CROWD(new=len(new), listed=len(listed))
    return waits


def _after(item: FeedItem, newest: datetime, now: datetime) -> bool:
    date = sane_date(item, now)
    return date is not None and date > newest


def _is_old(item: FeedItem, place: Place, now: datetime) -> bool:
    date = sane_date(item, now)
    return place is Place.BELOW if date is None else now - date > OLD_AFTER
