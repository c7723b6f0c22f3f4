"""Which of the dates that a feed's items give are dates at all, told by what stands around them. Pure.

A template's 1970, the year that an episode is about, and a day and month in doubt must not place an episode: a date
is left out rather than wrong. What an item's place in the document says then is for those who decide what is new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.feeds.parsing.dates import DAY_FIRST, DateReadings
from bot.feeds.parsing.words_of_time import subtags, time_words

# Feeds have had enclosures since the end of 2000; before that lie the epochs of computers, and what episodes tell of.
EARLIEST = datetime(2000, 1, 2, tzinfo=UTC)
# An episode may be announced a season ahead. What lies further ahead pins an item to the top.
LONGEST_AHEAD = timedelta(days=366)
# A pinned trailer is years old; the year that an episode is about lies further back than that.
FAR = timedelta(days=8 * 365)
NEIGHBOURS = 3
# So many items tell in which order a feed writes its numbers.
SAMPLE = 200
# The dates in their right order lie closer together than in another, by so much.
CLEARLY_CLOSER = 2
FEWEST = 3


@dataclass(slots=True)
class SettledDates:
    """The dates of a document's items, by their place in it; `readings_at` reads one's when it is needed.

    `now`: when the document arrived.
    """

    readings_at: Callable[[int], Iterable[DateReadings]]
    count: int
    language: str | None
    now: datetime
    _read: dict[int, DateReadings | None] = field(default_factory=dict)
    _order: str | None = None

    def told(self, at: int, readings: Iterable[DateReadings]) -> None:
        """What the item at this place was found to say when it was parsed."""
        self._read[at] = self._first(readings)

    def date(self, at: int) -> datetime | None:
        """The date of the item at this place; None where it has none, or none that is sure."""
        date = self._alone(at)
        return None if date is None or self._is_far(at, date) else date

    def _alone(self, at: int) -> datetime | None:
        reading = self._reading(at)
        if reading is None:
            return None
        return reading.only or reading.by(self._orders())

    def _reading(self, at: int) -> DateReadings | None:
        if at not in self._read:
            self._read[at] = self._first(self.readings_at(at))
        return self._read[at]

    def _first(self, readings: Iterable[DateReadings]) -> DateReadings | None:
        """The first that can be a date: beside a template's 1970 may stand a good one."""
        found = (possible(one, self.now) for one in readings)
        return next((one for one in found if one is not None), None)

    def _orders(self) -> str:
        """The order in which this feed writes the parts of its dates; "" where nothing tells it."""
        if self._order is None:
            found = [self._reading(at) for at in range(min(self.count, SAMPLE))]
            self._order = order_of([one for one in found if one is not None], self.language)
        return self._order

    def _is_far(self, at: int, date: datetime) -> bool:
        """Whether the date lies years from its neighbours' and against the order of the document."""
        above = self._dated(range(at - 1, -1, -1))
        below = self._dated(range(at + 1, self.count))
        around = above + below
        if len(around) < FEWEST or any(abs(date - one) <= FAR for one in around):
            return False
        if max(around) - min(around) > FAR:
            return False
        # At its end, the oldest item of a feed may be years older than the others.
        ends = (not below and date < min(around)) or (not above and date > max(around))
        starts = (not above and date < min(around)) and below == sorted(below) and below[0] < below[-1]
        return not ends and not starts

    def _dated(self, places: Iterable[int]) -> list[datetime]:
        found: list[datetime] = []
        for tried, at in enumerate(places):
            if len(found) == NEIGHBOURS or tried == NEIGHBOURS * 4:
                break
            if (date := self._alone(at)) is not None:
                found.append(date)
        return found


def possible(reading: DateReadings, now: datetime) -> DateReadings | None:
    """Those readings that can be the day on which a feed published something."""
    left = tuple(one for one in reading.moments if EARLIEST <= one[1] <= now + LONGEST_AHEAD)
    return DateReadings(left, reading.dotted) if left else None


def order_of(readings: Sequence[DateReadings], language: str | None) -> str:
    """The order that a feed's dates have: by those of one order alone, else by distances, else by its language."""
    votes = Counter(one.order for one in readings if one.order)
    if votes:
        # Two orders in one feed tell nothing.
        return next(iter(votes)) if len(votes) == 1 else ""
    doubtful = [one for one in readings if one.only is None]
    orders = {order for one in doubtful for order, _ in one.moments}
    spread = {order: _spread([one.by(order) for one in readings]) for order in sorted(orders)}
    ranked = sorted(spread, key=lambda order: spread[order])
    if len(readings) >= FEWEST and len(ranked) > 1:
        closest, next_closest = spread[ranked[0]], spread[ranked[1]]
        if closest * CLEARLY_CLOSER < next_closest:
            return ranked[0]
        if closest != next_closest:
            return _by_custom(doubtful, language) if ranked[0] == DAY_FIRST else ""
    return _by_custom(doubtful, language)


def _by_custom(doubtful: Sequence[DateReadings], language: str | None) -> str:
    """Day first where the language does so, and where dots part the numbers, as they do nearly nowhere else."""
    dotted = bool(doubtful) and all(one.dotted for one in doubtful) and subtags(language)[:1] != ["en"]
    return DAY_FIRST if dotted or time_words().writes_day_first(language) else ""


def _spread(dates: Sequence[datetime | None]) -> timedelta:
    """How far it is from each date to the next; one that has no reading in this order speaks against it."""
    known = [date for date in dates if date is not None]
    missing = len(dates) - len(known)
    return sum((abs(one - other) for one, other in pairwise(known)), timedelta()) + missing * FAR
