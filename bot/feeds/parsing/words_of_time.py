"""Names of months, weekdays, zones and units of time, in the languages that podcasts are made in.

They stand in `words_of_time.toml`, which is read when a feed first needs it: most are in English.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

_FILE = Path(__file__).parent / "words_of_time.toml"
_ACCENTS = re.compile(r"[\u0300-\u036f]")
# A shorter beginning of a month fits too many words.
SHORTEST = 3
_UNIT_S = (3_600, 60, 1)
_EVERYWHERE = ("en", "more")

# By word: for each language, what it means there.
Meanings = Mapping[str, Mapping[str, int]]


def plain(text: str) -> str:
    """A word as it is looked up: in small letters, without accents and full stops at its end."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", folded)).rstrip(".")


def _bare(word: str) -> str:
    """Halves of a day are written with full stops and blanks inside, and without: "a.m.", "a. m.", "am"."""
    return re.sub(r"[.\s]", "", plain(word))


@dataclass(frozen=True, slots=True)
class TimeWords:
    """What the words mean: months from 1, weekdays from Monday, 0; halves of the day 0 and 12; units in seconds.

    A word `before_number` says that the number after it is a month's.
    """

    months: Meanings
    weekdays: Meanings
    halves: Meanings
    units: Mapping[str, int]
    eras: Mapping[str, int]
    before_number: frozenset[str]
    zones: Mapping[str, str]
    zones_at_home: Mapping[str, Mapping[str, str]]
    day_first: frozenset[str]
    not_in: frozenset[str]

    def month(self, word: str, language: str | None) -> frozenset[int]:
        """The months that a word may name: in the feed's language, else in any."""
        return _meant("months", plain(word), *subtags(language)[:1])

    def weekday(self, word: str, language: str | None) -> frozenset[int]:
        """The weekdays that a word may name."""
        return _meant("weekdays", plain(word), *subtags(language)[:1])

    def half(self, word: str, language: str | None) -> int | None:
        """0 for a word that says "before noon", 12 for "after noon"; in Latin letters of its own language alone."""
        found = self.halves.get(_bare(word), {})
        known = [code for code in (*subtags(language)[:1], *_EVERYWHERE) if code in found]
        if known or not word.isascii():
            return next((found[code] for code in known or found), None)
        return None

    def zone(self, name: str, language: str | None) -> str | None:
        """The offset ("+01:00") or the zone ("America/New_York") that a name means."""
        key = plain(name).replace(" ", "_")
        for tag in subtags(language):
            if (home := self.zones_at_home.get(tag, {}).get(key)) is not None:
                return home
        return self.zones.get(key)

    def writes_day_first(self, language: str | None) -> bool:
        """Whether "04/05/2026" is the fourth of May in this language; False where that isn't sure."""
        tags = subtags(language)
        return bool(tags) and tags[0] in self.day_first and self.not_in.isdisjoint(tags)


def subtags(language: str | None) -> list[str]:
    """The parts of a language's code: "en-AU" → en, au."""
    return [part for part in re.split(r"[-_\s]", (language or "").casefold()) if part]


@cache
def time_words() -> TimeWords:
    """All words. Reading them takes some 30 ms, once."""
    read = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    zones = {name: offset for offset, names in read["zones"].items() for name in names.split()}
    units = {
        word: _UNIT_S[meaning]
        for word, found in _by_word(read, "units").items()
        for meaning in found.values()
    }
    return TimeWords(
        _by_word(read, "months", first=1),
        _by_word(read, "weekdays"),
        {
            word: {code: 12 * half for code, half in said.items()}
            for word, said in _by_word(read, "halves").items()
        },
        units,
        read["eras"],
        frozenset(read["before_number"].split()),
        zones | read["seasonal_zones"],
        read["zones_at_home"],
        frozenset(read["day_first"].split()),
        frozenset(read["not_in"].split()),
    )


def _by_word(read: Mapping[str, Any], key: str, first: int = 0) -> dict[str, dict[str, int]]:
    words: dict[str, dict[str, int]] = defaultdict(dict)
    for code, said in read.items():
        for place, forms in _listed(said, key):
            for form in forms:
                word = plain(form.replace("_", " "))
                words[_bare(word) if key == "halves" else word].setdefault(code, place + first)
    return dict(words)


def _listed(said: object, key: str) -> Iterator[tuple[int, Iterable[str]]]:
    if isinstance(said, Mapping):
        for place, forms in enumerate(said.get(key, ())):
            yield place, forms.split()


@lru_cache(maxsize=1024)
def _meant(kind: Literal["months", "weekdays"], word: str, own: str = "") -> frozenset[int]:
    """What a word means in the language, else what it means anywhere; a beginning counts where no word is whole."""
    meanings: Meanings = getattr(time_words(), kind)
    for found in (meanings.get(word, {}), _begun(meanings, word)):
        if own in found:
            return frozenset({found[own]})
        if found:
            return frozenset(found.values())
    return frozenset()


def _begun(meanings: Meanings, word: str) -> dict[str, int]:
    """By language, the one meaning whose words begin so."""
    if len(word) < SHORTEST:
        return {}
    found: dict[str, set[int]] = defaultdict(set)
    for name, said in meanings.items():
        if name.startswith(word):
            for code, meaning in said.items():
                found[code].add(meaning)
    return {code: next(iter(each)) for code, each in found.items() if len(each) == 1}
