"""Which stored episode an item is whose bytes are not known: hosts change ids, addresses, titles and dates at will.

All signs are weighed together, and each episode is one item's: the pairs that agree most are made first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from bot.feeds.changes.audio_files import audio_path
from bot.feeds.changes.signs import (
    EXACT_DATE,
    OTHER_TITLES,
    SAME_DURATION_S,
    Agreement,
    Evidence,
    Known,
    file_name,
    folded_title,
    same_date,
    same_duration,
    sane_date,
)
from storage.models import FeedItem, KnownEpisode, Status, StatusCode

__all__ = ["Match", "audio_file", "file_name", "folded_title", "match_items", "same_date", "same_duration"]

EDITED = StatusCode("item.edited")
SAME_AUDIO_FILE = StatusCode("item.same_audio_file")
SAME_FILE_NAME = StatusCode("item.same_file_name")
SAME_TITLE_AND_DATE = StatusCode("item.same_title_and_date")
SAME_TITLE_AND_DURATION = StatusCode("item.same_title_and_duration")
SAME_TITLE = StatusCode("item.same_title")
SAME_DATE_AND_DURATION = StatusCode("item.same_date_and_duration")

# So many episodes at once that come back by their titles alone have got new ids, files and dates.
MOVED_AT_ONCE = 3
# More episodes with one sign than these are not told apart by it.
MOST_ALIKE = 6
# Shows of one length have one like that.
ROUND_LENGTH_S = 30
# A bulletin comes once more in its own time: a day later, or a week.
NEXT_TURN = timedelta(hours=1)
IN_STEP = 0.8

audio_file = audio_path


@dataclass(frozen=True, slots=True)
class Match:
    """The stored episode that an item is, and why. `same_id`: its id says so, too."""

    episode: KnownEpisode
    why: Status
    same_id: bool


def match_items(
    show: Evidence, items: Sequence[FeedItem], free: Sequence[KnownEpisode], listed: Collection[int]
) -> dict[int, Match]:
    """Of these items those that are stored episodes, by their place in `items`.

    `free` are the episodes that the document does not list unchanged, `listed` the ids of those that it does.
    """
    if not items or not free:
        return {}
    rules = _Rules(show, items, free, listed)
    found: dict[int, Match] = {}
    taken: set[int] = set()
    for _, place, old, why, signs in sorted(rules.pairs(), key=lambda pair: (-pair[0], pair[1], pair[2].id)):
        if place not in found and old.id not in taken:
            found[place] = Match(old, why(), signs.guid)
            taken.add(old.id)
    places = [place for place in range(len(items)) if place not in found]
    moved = sum(not match.same_id for match in found.values())
    return found | rules.moved(places, [one for one in free if one.id not in taken], moved)


class _Rules:
    """What must agree for an item to be a stored episode."""

    def __init__(
        self, show: Evidence, items: Sequence[FeedItem], free: Sequence[KnownEpisode], listed: Collection[int]
    ) -> None:
        self._show = show
        self._items = items
        self._free = free
        self._file_stored = _counted(show.known, show.files.key)
        self._file_listed = _counted(items, show.files.key)
        self._name_stored = _counted(show.known, file_name)
        self._name_listed = _counted(items, file_name)
        self._title_listed = _counted(items, folded_title)
        dates = [date for one in show.known if one.id in listed and (date := sane_date(one, show.now))]
        self._oldest_listed = min(dates) if len(dates) >= OTHER_TITLES + 1 else None

    def pairs(self) -> Iterator[tuple[int, int, KnownEpisode, StatusCode, Agreement]]:
        """The pairs that may be one episode, with their weights, the items by their places."""
        by_key: dict[Hashable, list[KnownEpisode]] = defaultdict(list)
        for one in self._free:
            for key in self._keys(one):
                by_key[key].append(one)
        for place, item in enumerate(self._items):
            seen: set[int] = set()
            for key in self._keys(item):
                alike = by_key.get(key, ())
                for old in alike if len(alike) <= MOST_ALIKE else ():
                    if old.id in seen:
                        continue
                    seen.add(old.id)
                    signs = self._show.signs(item, old)
                    if (why := self._why(item, old, signs)) is not None:
                        yield signs.weight, place, old, why, signs

    def _keys(self, one: Known) -> Iterator[Hashable]:
        """What an item and its episode may share; a title or a file that many have counts with the date alone."""
        if (guid := self._show.guid(one)) is not None:
            yield "guid", guid
        file, title = self._show.files.key(one), folded_title(one)
        if file is not None:
            yield "file", file
            yield "file and title", file, title
            yield "name", file_name(one)
        yield "title", title
        if (date := sane_date(one, self._show.now)) is not None:
            minute = int(date.timestamp() // EXACT_DATE.total_seconds())
            yield from (("date", title, minute + step) for step in (0, 1))
            if one.duration_s is not None:
                length = int(one.duration_s // (SAME_DURATION_S + 1))
                yield from (
                    ("date and length", minute + step, length + more) for step in (0, 1) for more in (0, 1)
                )

    def _why(self, item: FeedItem, old: KnownEpisode, signs: Agreement) -> StatusCode | None:
        if signs.guid:
            return None if self._another(item, old, signs) else EDITED
        if signs.file and (why := self._by_file(item, old, signs)) is not None:
            return why
        return self._by_title(item, old, signs) or self._by_rest(item, old, signs)

    def _another(self, item: FeedItem, old: KnownEpisode, signs: Agreement) -> bool:
        """Whether the id has passed to another episode: nothing else of it stayed."""
        if signs.like or signs.file or not (folded_title(old) and old.enclosure_url):
            return False
        if signs.length and self._show.unusual_length(old):
            return False
        return not signs.exact and not (signs.near and not self._show.later(item))

    def _by_file(self, item: FeedItem, old: KnownEpisode, signs: Agreement) -> StatusCode | None:
        """By a file that is one episode's: daily shows use theirs again, with the same titles."""
        key = self._show.files.key(item)
        if self._file_stored[key] > 1 or self._file_listed[key] > 1:
            return None
        if signs.title and self._show.guid(item) is None and self._show.given_guid(old) is None:
            return None if self._next_turn(item, old, signs) else SAME_AUDIO_FILE
        if not (signs.title or signs.near):
            return None
        return SAME_AUDIO_FILE if self._fits(item, old, signs) else None

    def _by_title(self, item: FeedItem, old: KnownEpisode, signs: Agreement) -> StatusCode | None:
        if not signs.title:
            return None
        if signs.exact or (signs.near and self._titled(item)):
            return SAME_TITLE_AND_DATE
        return SAME_TITLE_AND_DURATION if self._by_length(item, old, signs) else None

    def _by_length(self, item: FeedItem, old: KnownEpisode, signs: Agreement) -> bool:
        """Whether title and length tell, whatever the dates: neither is what the show's episodes have anyway."""
        if not (signs.title and self._show.own_length(item, old)):
            return False
        if self._titled(item):
            return True
        # A show of few items has no other titles to compare, but hardly two of one odd length; unless the next one
        # is put into the file of the last one, as bulletins are.
        odd = self._titles_once(item) and _is_odd(old.duration_s)
        return odd and (signs.near or not signs.file)

    def _by_rest(self, item: FeedItem, old: KnownEpisode, signs: Agreement) -> StatusCode | None:
        """By a file's name, or by when it was published and how long it is."""
        unusual = signs.length and self._show.unusual_length(old)
        name = file_name(item)
        alone = self._name_stored[name] == 1 and self._name_listed[name] == 1
        if (
            signs.name
            and alone
            and (signs.exact or (unusual and signs.near))
            and self._fits(item, old, signs)
        ):
            return SAME_FILE_NAME
        return SAME_DATE_AND_DURATION if signs.exact and unusual else None

    def _titled(self, item: FeedItem) -> bool:
        return self._title_listed[folded_title(item)] == 1 and self._show.titled(folded_title(item))

    def _titles_once(self, item: FeedItem) -> bool:
        title = folded_title(item)
        return self._title_listed[title] == 1 and self._show.title_count(title) == 1

    def _fits(self, item: FeedItem, old: KnownEpisode, signs: Agreement) -> bool:
        """Whether the date allows it: one after all that is stored means a new episode in an old one's clothes.

        Unless all else tells that the old one was only given a new date.
        """
        if not self._show.later(item) or signs.exact:
            return True
        return self._by_length(item, old, signs)

    def _next_turn(self, item: FeedItem, old: KnownEpisode, signs: Agreement) -> bool:
        """Whether a bulletin without an id comes again: later than all, while the last one has rolled off."""
        date = sane_date(old, self._show.now)
        if self._oldest_listed is None or date is None or not self._show.later(item):
            return False
        return date < self._oldest_listed and not (signs.length and self._show.unusual_length(old))

    def moved(
        self,
        places: Sequence[int],
        free: Sequence[KnownEpisode],
        others: int,
    ) -> dict[int, Match]:
        """Of the items at these places those that are free episodes by their titles, where that is most of them.

        So many `others` have moved for better reasons.
        """
        by_title = {folded_title(one): one for one in free}
        found: dict[int, Match] = {}
        apart: list[float] = []
        for place in places:
            item = self._items[place]
            old = by_title.get(folded_title(item))
            if old is None or not self._titled(item) or self._other_length(item, old):
                continue
            found[place] = Match(old, SAME_TITLE(), same_id=False)
            date, other = sane_date(item, self._show.now), sane_date(old, self._show.now)
            if date is not None and other is not None:
                apart.append((date - other).total_seconds())
        count = len(found) + others
        if count < MOVED_AT_ONCE or count * 2 <= len(places) + others:
            return {}
        return {} if others < MOVED_AT_ONCE and _in_step(apart) else found

    def _other_length(self, item: FeedItem, old: KnownEpisode) -> bool:
        return item.duration_s is not None and old.duration_s is not None and not same_duration(item, old)


def _is_odd(length: float | None) -> bool:
    return length is not None and round(length) % ROUND_LENGTH_S != 0


def _in_step(apart: Sequence[float]) -> bool:
    """Whether nearly all are as much later as each other: the next turn of a show that uses its titles again."""
    if len(apart) < MOVED_AT_ONCE:
        return False
    middle = median(apart)
    in_step = sum(abs(one - middle) <= NEXT_TURN.total_seconds() for one in apart)
    return middle > 0 and in_step >= IN_STEP * len(apart)


def _counted(ones: Sequence[Known], key: Callable[[Known], Hashable]) -> Mapping[Hashable, int]:
    counts: dict[Hashable, int] = defaultdict(int)
    for one in ones:
        counts[key(one)] += 1
    return counts
