"""Which stored episodes were withdrawn from a feed, as opposed to having rolled off its end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

from storage.models import KnownEpisode

# More missing neighbours mean that the host served an old copy.
_MOST_AT_ONCE = 2


def left_out(known: Sequence[KnownEpisode], listed: Collection[int]) -> frozenset[int]:
    """The ids of episodes that are missing although the next two older ones are listed, or that were the newest.

    A feed of the newest N drops its oldest first, so that what is older than a dropped episode is missing, too; but
    it may list a first episode for ever.
    """
    dated = sorted((one for one in known if one.published), key=lambda one: (one.published, one.id))
    there = [one.id in listed for one in dated]
    gone: set[int] = set()
    for is_there, run in groupby(range(len(dated)), key=there.__getitem__):
        first, *others = run
        last = first + len(others)
        beside_listed = first > 0 and (last == len(dated) - 1 or (first > 1 and there[first - 2]))
        if not is_there and len(others) < _MOST_AT_ONCE and beside_listed:
            gone.update(one.id for one in dated[first : last + 1])
    return frozenset(gone)
