"""Which items of one document are another one of it once more: under the same id, or with the same file and title."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

from bot.feeds.changes.signs import OTHER_TITLES, Agreement, Evidence, Known, folded_title
from storage.models import FeedItem, KnownEpisode

# So many earlier copies are looked at: what more have in common tells nothing.
MOST_COMPARED = 6


def repeats(
    show: Evidence, items: Sequence[FeedItem], listed: Sequence[KnownEpisode]
) -> dict[int, KnownEpisode | None]:
    """The places in `items` of those that are there once more, each with its stored episode if the copy has one.

    `listed` are the stored episodes whose items stand in the document unchanged; of other copies the first one stays.
    """
    here: list[Known] = [*items, *listed]
    ids = Counter(guid for guid, _ in {(one.guid, _look(show, one)) for one in here if one.guid})
    looks = Counter(_look(show, one) for one in here)
    titles = len({*map(folded_title, here), *map(folded_title, show.known)})
    earlier: dict[Hashable, list[Known]] = defaultdict(list)
    for one in listed:
        _note(show, earlier, one)
    found: dict[int, KnownEpisode | None] = {}
    for place, item in enumerate(items):
        for other in _alike(show, earlier, item):
            signs = show.signs(item, other)
            rare = looks[_look(show, item)] == len((item, other)) and titles > OTHER_TITLES
            # Without ids and dates nothing else tells them apart.
            rare = rare or (signs.apart is None and not (item.guid or other.guid))
            if _same_id(item, other, signs, ids) or _same_look(signs, rare=rare):
                found[place] = other if isinstance(other, KnownEpisode) else None
                break
        else:
            _note(show, earlier, item)
    return found


def _look(show: Evidence, one: Known) -> Hashable:
    return show.files.key(one), folded_title(one)


def _note(show: Evidence, earlier: dict[Hashable, list[Known]], one: Known) -> None:
    if one.guid or isinstance(one, KnownEpisode):
        earlier["guid", one.guid or one.identity].append(one)
    if one.enclosure_url:
        earlier[_look(show, one)].append(one)


def _alike(show: Evidence, earlier: dict[Hashable, list[Known]], item: FeedItem) -> list[Known]:
    by_guid = earlier.get(("guid", item.guid), [])[-MOST_COMPARED:] if item.guid else []
    return [*by_guid, *earlier.get(_look(show, item), [])[-MOST_COMPARED:]]


def _same_id(item: FeedItem, other: Known, signs: Agreement, ids: Counter[str]) -> bool:
    """Whether both have one id, and at most one of title, file and date tells them apart."""
    if not signs.guid or ids[item.guid or ""] > 2:
        return False
    title = folded_title(other) is not None and not signs.title
    file = bool(item.enclosure_url and other.enclosure_url) and not signs.file
    date = signs.apart is not None and not signs.near
    return title + file + date <= 1


def _same_look(signs: Agreement, *, rare: bool) -> bool:
    """Whether both have one file and one title, at one time: a daily show may have these for all its episodes."""
    if not (signs.file and signs.title):
        return False
    return signs.exact or (rare and (signs.apart is None or signs.near))
