"""Which stored episodes a feed has left out: withdrawn ones, not those that no longer fit into the newest N."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from storage.models import KnownEpisode


def left_out(known: Sequence[KnownEpisode], listed: Collection[int]) -> frozenset[int]:
    """The episodes that are missing although the next two older ones are still listed, or that were the newest.

    A feed of the newest N drops its oldest first: of what it dropped, the next older one is missing, too, and beside
    those it may list a first episode for ever. Where two neighbours are withdrawn at once, only the older is seen.
    """
    dated = sorted((one for one in known if one.published), key=lambda one: (one.published, one.id))
    there = [one.id in listed for one in dated]
    newest_listed = max((place for place, is_there in enumerate(there) if is_there), default=0)
    return frozenset(
        one.id
        for place, one in enumerate(dated)
        if place and not there[place] and there[place - 1]
        if place > newest_listed or (place > 1 and there[place - 2])
    )
