"""Whether two podcasts have the same episodes: a mirror, a feed that moved, or the patrons' feed of a public show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from datetime import timedelta

from bot.feeds.changes.episode_matching import (
    audio_file,
    file_name,
    folded_title,
    same_date,
    same_duration,
)
from storage.models import KnownEpisode

# The newest episodes of each that are compared.
COMPARED = 50
# What the signs of two episodes weigh, and from which sum on they are the same one. A title may be "Trailer", and a
# date that of every daily show: no sign is enough alone.
GUID, NUMBER, TITLE, FILE, FILE_NAME, DATE, DURATION = 2, 1, 2, 2, 1, 1, 1
SAME = 3
# Shorter guids and names of files, and those of digits, are numbers that other shows have, too.
SHORTEST_NAME = 8
SHORTEST_GUID = 6
# A single episode that both have needs nearly all signs.
CERTAIN = 5
# A title that holds the other one, such as "[Ad-free] …", where that is no mere word.
SHORTEST_PART = 12
DAY = timedelta(days=1)


def same_episodes(one: Sequence[KnownEpisode], other: Sequence[KnownEpisode]) -> bool:
    """Whether at least half of the newest episodes are the same, by the feed that has fewer of the time they share.

    A feed for patrons has further ones between them.
    """
    first, second = _of_shared_time(one, other), _of_shared_time(other, one)
    smaller, larger = sorted((first, second), key=len)
    found = shared_episodes(smaller, larger)
    if len(found) == 1:
        return found[0] >= CERTAIN and len(smaller) == 1
    return len(found) >= 2 and 2 * len(found) >= len(smaller)


def shared_episodes(ones: Sequence[KnownEpisode], others: Sequence[KnownEpisode]) -> list[int]:
    """The weights of the pairs that are the same episode, each of the others in one pair."""
    # Only what shares something is weighed: all pairs of all podcasts of a channel would take too long.
    sharing: dict[Hashable, list[int]] = defaultdict(list)
    for place, other in enumerate(others):
        for key in _keys(other):
            sharing[key].append(place)
    taken: set[int] = set()
    weights = []
    for one in ones:
        places = {place for key in _keys(one) for place in sharing[key]} - taken
        weight, place = max(((_weight(one, others[place]), -place) for place in places), default=(0, 0))
        if weight >= SAME:
            taken.add(-place)
            weights.append(weight)
    return weights


def _of_shared_time(ones: Sequence[KnownEpisode], others: Sequence[KnownEpisode]) -> list[KnownEpisode]:
    """Those that are not older than all of the others, as only the newest of each are known here."""
    dates = [one.published for one in others if one.published is not None]
    oldest = min(dates) - DAY if dates else None
    return [one for one in ones if one.published is None or oldest is None or one.published >= oldest]


def _keys(one: KnownEpisode) -> Iterator[Hashable]:
    yield "identity", one.identity
    yield "title", folded_title(one)
    yield "file", file_name(one)
    if one.published is not None:
        day = one.published.toordinal()
        yield from (("day", day), ("day", day + 1))


def _weight(one: KnownEpisode, other: KnownEpisode) -> int:
    file, name = audio_file(one), file_name(one)
    weight = TITLE * _titles_agree(one, other)
    same_guid = one.identity == other.identity
    if same_guid:
        weight += GUID if _tells(one.identity) else NUMBER
    if file is not None and file == audio_file(other):
        weight += FILE
    elif name is not None and name == file_name(other) and _tells(name):
        weight += FILE_NAME
    if weight == NUMBER and same_guid and len(one.identity) < SHORTEST_GUID:
        # Two weekly shows of one network have days, lengths and numbers in common.
        return weight
    return weight + DATE * same_date(one, other) + DURATION * same_duration(one, other)


def _tells(name: str) -> bool:
    stem = name.partition(".")[0]
    return len(stem) >= SHORTEST_NAME and not stem.isdecimal()


def _titles_agree(one: KnownEpisode, other: KnownEpisode) -> bool:
    shorter, longer = sorted((folded_title(one) or "", folded_title(other) or ""), key=len)
    return bool(shorter) and (shorter == longer or (len(shorter) >= SHORTEST_PART and shorter in longer))
