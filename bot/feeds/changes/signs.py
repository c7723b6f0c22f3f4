"""What tells that two are the same episode: ids, files, titles, dates and lengths, and what each is worth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from rapidfuzz import fuzz

from bot.feeds.changes.audio_files import AudioFiles, audio_path
from bot.feeds.changes.guids import telling_guid
from storage.models import FeedItem, KnownEpisode

SAME_DATE = timedelta(hours=12)
# Dates that are told twice differ by no more than rounding.
EXACT_DATE = timedelta(minutes=1)
SAME_DURATION_S = 2.0
# No podcast is older; what is dated further ahead than that was mistyped.
FIRST_DATE = datetime(1995, 1, 1, tzinfo=UTC)
FURTHEST_AHEAD = timedelta(days=180)
# A title says which episode it is where so many others have other ones.
OTHER_TITLES = 2
# From this likeness on, in percent, a title was mended and not replaced.
LIKE_TITLE = 80
SHORTEST_PART = 5
# Of a long show, one in so many episodes may be as long as another by chance.
USUAL_SHARE = 50
_NUMBER = re.compile(r"\d+")

Known = FeedItem | KnownEpisode


def sane_date(one: Known, now: datetime) -> datetime | None:
    """The date, unless no episode can have it."""
    date = one.published
    return date if date is not None and FIRST_DATE <= date <= now + FURTHEST_AHEAD else None


def folded_title(one: Known) -> str | None:
    """The title as titles are compared."""
    return " ".join(one.title.casefold().split()) or None


def file_name(one: Known) -> str | None:
    """The name of the audio file, in small letters."""
    return unquote((audio_path(one) or "").rstrip("/").rpartition("/")[2]).casefold() or None


def same_date(one: Known, other: Known) -> bool:
    """Whether both were published within hours."""
    return (
        one.published is not None
        and other.published is not None
        and abs(one.published - other.published) < SAME_DATE
    )


def same_duration(one: Known, other: Known) -> bool:
    """Whether both are equally long."""
    return (
        one.duration_s is not None
        and other.duration_s is not None
        and abs(one.duration_s - other.duration_s) <= SAME_DURATION_S
    )


def like_title(one: Known, other: Known) -> bool:
    """Whether one title may be the other one mended: alike, or a part of it, with the same numbers."""
    shorter, longer = sorted((folded_title(one) or "", folded_title(other) or ""), key=len)
    if not shorter:
        return False
    few, many = set(_NUMBER.findall(shorter)), set(_NUMBER.findall(longer))
    if len(shorter) >= SHORTEST_PART and shorter in longer:
        return few <= many
    return few == many and fuzz.ratio(shorter, longer) >= LIKE_TITLE


@dataclass(frozen=True, slots=True)
class Agreement:
    """How an item and a stored episode agree. `apart` is None where one of them has no date that tells."""

    guid: bool
    file: bool
    name: bool
    title: bool
    like: bool
    apart: timedelta | None
    length: bool

    @property
    def exact(self) -> bool:
        """Whether both give the same date."""
        return self.apart is not None and self.apart <= EXACT_DATE

    @property
    def near(self) -> bool:
        """Whether they were published within hours."""
        return self.apart is not None and self.apart < SAME_DATE

    @property
    def weight(self) -> int:
        """How much agrees."""
        date = 3 * self.exact or 1 * self.near
        return 3 * self.guid + 3 * self.file + self.name + 2 * self.title + date + 2 * self.length


class Evidence:
    """What signs are worth in one feed: of its stored episodes, and the items that it lists now."""

    def __init__(
        self, known: Sequence[KnownEpisode], items: Sequence[FeedItem], now: datetime, page: str | None
    ) -> None:
        self.now = now
        self.page = page
        self.known = known
        self.files = AudioFiles(items, known)
        # Of those dated in the future one is pinned, or waits.
        dates = [date for one in known if (date := sane_date(one, now)) is not None and date <= now]
        self.newest = max(dates, default=FIRST_DATE)
        self._titles: Counter[Hashable] = Counter(map(folded_title, known))
        self._lengths = Counter(_rounded(one) for one in known if one.duration_s is not None)
        looks = {(one.guid, folded_title(one), self.files.key(one)) for one in items if one.guid}
        self._guids: Counter[str | None] = Counter(guid for guid, _, _ in looks)

    def guid(self, one: Known) -> str | None:
        """Its guid, if it can tell this episode from others."""
        if isinstance(one, KnownEpisode):
            return telling_guid(one.guid or one.identity, self.page)
        # Of two the stored one may be known by it; where more have it, it is everybody's.
        return None if self._guids[one.guid] > 2 else telling_guid(one.guid, self.page)

    def given_guid(self, old: KnownEpisode) -> str | None:
        """The guid that a stored episode was given, if it can tell it from others."""
        return telling_guid(old.guid, self.page)

    def titled(self, title: Hashable) -> bool:
        """Whether this title belongs to one stored episode, in a show that gives its episodes titles."""
        return self._titles[title] == 1 and len(self._titles) > OTHER_TITLES

    def title_count(self, title: Hashable) -> int:
        """How many stored episodes have this title."""
        return self._titles[title]

    def unusual_length(self, one: KnownEpisode) -> bool:
        """Whether hardly any other stored episode is as long as this one."""
        if one.duration_s is None:
            return False
        rounded = _rounded(one)
        span = range(rounded - int(SAME_DURATION_S), rounded + int(SAME_DURATION_S) + 1)
        others = sum(self._lengths[second] for second in span) - 1
        return others <= len(self.known) // USUAL_SHARE

    def own_length(self, item: FeedItem, old: KnownEpisode) -> bool:
        """Whether an item is as long as a stored episode, and as no other: to the second, or about so."""
        if item.duration_s is None or old.duration_s is None:
            return False
        to_the_second = _rounded(item) == _rounded(old) and self._lengths[_rounded(old)] == 1
        return to_the_second or (same_duration(item, old) and self.unusual_length(old))

    def signs(self, item: FeedItem, old: Known) -> Agreement:
        """How they agree."""
        file = self.files.key(item)
        title = folded_title(item)
        date, other = sane_date(item, self.now), sane_date(old, self.now)
        guid = self.guid(item)
        same_title = title is not None and title == folded_title(old)
        return Agreement(
            guid=guid is not None and guid == self.guid(old),
            file=file is not None and file == self.files.key(old),
            name=file_name(item) is not None and file_name(item) == file_name(old),
            title=same_title,
            like=same_title or like_title(item, old),
            apart=None if date is None or other is None else abs(date - other),
            length=same_duration(item, old),
        )

    def later(self, item: FeedItem) -> bool:
        """Whether it is dated after all that is stored."""
        date = sane_date(item, self.now)
        return date is not None and date > self.newest


def _rounded(one: Known) -> int:
    return round(one.duration_s or 0.0)
