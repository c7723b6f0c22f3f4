"""Where new items stand among those that are known: on top of a feed stands what is new, whatever its date says."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

# A feed's order is turned around where dates rise at least so often, and this much more often than they fall.
RISES = 2
MORE_RISES = 2


class Place(StrEnum):
    """Where an item stands: on top of all known ones, below one of them, or in a document without any."""

    TOP = "top"
    BELOW = "below"
    ALONE = "alone"


class Places:
    """The places of items in a document, by the dates of the known ones in its order.

    `dates`: for each item of the document None if it is new, else the date of its episode, which may be None, in a
    tuple of one. Known items that stand out of the order, or are dated in the future, are pinned, and say nothing.
    """

    def __init__(self, dates: Sequence[tuple[datetime | None] | None], now: datetime) -> None:
        known = [(at, one[0]) for at, one in enumerate(dates) if one is not None]
        dated = [(at, date) for at, date in known if date is not None and date <= now]
        self._turned = _rises([date for _, date in dated])
        if self._turned:
            dated.reverse()
        # Without any date all of them stand in their order.
        regular = [at for at, _ in _in_order(dated)] if dated else [at for at, date in known if date is None]
        self._top = max(regular, default=None) if self._turned else min(regular, default=None)

    def of(self, at: int) -> Place:
        """Where the item stands that is the `at`th of the document."""
        if self._top is None:
            return Place.ALONE
        return Place.TOP if (at > self._top if self._turned else at < self._top) else Place.BELOW


def _rises(dates: Sequence[datetime]) -> bool:
    rises = sum(one < other for one, other in pairwise(dates))
    falls = sum(one > other for one, other in pairwise(dates))
    return rises >= RISES and rises > MORE_RISES * falls


def _in_order(dated: Sequence[tuple[int, datetime]]) -> list[tuple[int, datetime]]:
    """The longest part of them in which no date rises; of several as long the one with the newest dates."""
    # Of those in order so far that have so many, the newest last date, as a fall of its negative.
    ends: list[float] = []
    chains: list[int] = []
    before: list[int | None] = []
    for place, (_, date) in enumerate(dated):
        fall = -date.timestamp()
        length = bisect_right(ends, fall)
        before.append(chains[length - 1] if length else None)
        ends[length : length + 1] = [fall]
        chains[length : length + 1] = [place]
    found = []
    at: int | None = chains[-1] if chains else None
    while at is not None:
        found.append(dated[at])
        at = before[at]
    return found
