"""Which stored episodes were withdrawn from a feed, as opposed to having rolled off its end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from statistics import median

from bot.feeds.changes.signs import sane_date
from storage.models import FeedItem, KnownEpisode

# More missing neighbours mean that the host served an old copy.
_MOST_AT_ONCE = 2
# So few items below all others may be listed for ever, such as a trailer or a first episode: where a gap of so many
# usual ones is above them, or, if there are fewer, where a new one came in this document.
_FEW_BELOW, _GAP = 4, 2
_FEWER_BELOW = 2


def left_out(
    known: Sequence[KnownEpisode], listed: Collection[int], arrived: Sequence[FeedItem], now: datetime
) -> frozenset[int]:
    """The ids of episodes that are missing although the next two older ones are listed, or that were the newest.

    A feed of the newest N drops its oldest first, so that what is older than a dropped episode is missing, too; but
    it may list some for ever. `arrived` are the items that are new in this document.
    """
    dated = [(date, one.id in listed, one.id) for one in known if (date := _past(one, now)) is not None]
    dated += [(date, True, 0) for one in arrived if (date := _past(one, now)) is not None]
    dated.sort()
    dates, there = [date for date, _, _ in dated], [is_there for _, is_there, _ in dated]
    gone: set[int] = set()
    for is_there, run in groupby(range(len(dated)), key=there.__getitem__):
        first, *others = run
        if is_there or first == 0 or len(others) >= _MOST_AT_ONCE:
            continue
        last = first + len(others)
        newest = last == len(dated) - 1
        between = first > 1 and there[first - 2]
        if newest or (between and not _rolled_off(dates, there, first, new=bool(arrived))):
            gone.update(id_ for _, _, id_ in dated[first : last + 1])
    return frozenset(gone)


def _past(one: FeedItem | KnownEpisode, now: datetime) -> datetime | None:
    date = sane_date(one, now)
    return date if date is not None and date <= now else None


def _rolled_off(dates: Sequence[datetime], there: Sequence[bool], first: int, *, new: bool) -> bool:
    """Whether what is listed below these may be listed for ever, so that they have but rolled off above it."""
    below = sum(there[:first])
    if below > _FEW_BELOW:
        return False
    gaps = [(after - before).total_seconds() for before, after in pairwise(dates[first:])]
    return (new and below <= _FEWER_BELOW) or (
        (dates[first] - dates[first - 1]).total_seconds() > _GAP * median(gaps)
    )
