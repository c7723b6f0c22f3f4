"""Whether a new item is announced, and when: by its date, and by where it stands in the feed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.feeds.changes.document_items import ListedItem
from bot.feeds.changes.places import Place, Places
from bot.feeds.changes.signs import sane_date
from storage.models import FeedItem, Status, StatusCode

OLD_AFTER = timedelta(days=7)
# More at once with old dates on top of a feed are its archive.
MOST_MISDATED = 3

BASELINE = StatusCode("item.baseline")
NEW = StatusCode("item.new")
NEW_WITHOUT_DATE = StatusCode("item.new_without_date")
NEW_WITH_WRONG_DATE = StatusCode("item.new_with_wrong_date")
NEW_ON_TOP = StatusCode("item.new_on_top", "days")
NEW_BUT_OLD = StatusCode("item.new_but_old", "days")
BELOW_KNOWN = StatusCode("item.below_known")
HIDDEN = StatusCode("item.hidden")
AHEAD = StatusCode("item.ahead", "date")
ANNOUNCED_NOW = frozenset({NEW, NEW_WITHOUT_DATE, NEW_WITH_WRONG_DATE, NEW_ON_TOP})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a new item is announced now, why, and when otherwise, if it is dated ahead."""

    announce: bool
    why: Status
    at: datetime | None = None


class Verdicts:
    """Judges the new items of a document, which was read last at `looked_at`."""

    def __init__(
        self, listed: Sequence[ListedItem], *, baseline: bool, now: datetime, looked_at: datetime | None
    ) -> None:
        self._baseline = baseline
        self._now = now
        self._away = looked_at is not None and now - looked_at > OLD_AFTER
        self._places = Places(
            [None if one.stored is None else (sane_date(one.stored, now),) for one in listed], now
        )
        dates = [date for one in listed if one.stored and (date := sane_date(one.stored, now))]
        self._newest = max((date for date in dates if date <= now), default=None)
        old_on_top = [
            one.item
            for at, one in enumerate(listed)
            if one.item and one.stored is None and self._places.of(at) is Place.TOP and self._is_old(one.item)
        ]
        self._misdated = len(old_on_top) <= MOST_MISDATED

    def of(self, at: int, one: ListedItem, item: FeedItem) -> Verdict:
        """What becomes of a new item, the `at`th of the document."""
        if self._baseline or one.hidden:
            return Verdict(False, BASELINE() if self._baseline else HIDDEN())
        place = self._places.of(at)
        date = sane_date(item, self._now)
        if date is None:
            return self._undated(item, place)
        if date > self._now:
            return Verdict(False, AHEAD(date=date.isoformat()), date)
        if not self._is_old(item):
            return Verdict(True, NEW())
        days = (self._now - date).days
        if place is Place.TOP and self._is_new_there(date):
            return Verdict(True, NEW_ON_TOP(days=days))
        return Verdict(False, NEW_BUT_OLD(days=days))

    def _undated(self, item: FeedItem, place: Place) -> Verdict:
        if place is Place.BELOW:
            return Verdict(False, BELOW_KNOWN())
        return Verdict(True, NEW_WITHOUT_DATE() if item.published is None else NEW_WITH_WRONG_DATE())

    def _is_old(self, item: FeedItem) -> bool:
        date = sane_date(item, self._now)
        return date is not None and self._now - date > OLD_AFTER

    def _is_new_there(self, date: datetime) -> bool:
        """Whether an item on top of all is new in spite of its date: that is wrong, or its host published it late."""
        if self._newest is not None and date > self._newest:
            return not self._away
        return self._misdated
