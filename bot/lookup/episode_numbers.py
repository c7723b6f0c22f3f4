"""Episodes' numbers: as they are typed ("12", "#12", "Ep. 12", "s2e12"), and where a title begins with one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from bot.lookup.name_words import MAX_NAME
from bot.text.lexicons import any_word, every_language

NEWEST = frozenset({"latest", "newest"})


@dataclass(frozen=True, slots=True)
class EpisodeNumber:
    """The number of an episode; `season` is None where it is not said."""

    number: float
    season: int | None = None


def asks_for_newest(text: str) -> bool:
    """Whether the newest episode is asked for, whichever that is."""
    return text.strip().casefold() in NEWEST


def typed_number(text: str) -> EpisodeNumber | None:
    """The number that is all of what was typed; None where anything else stands beside it."""
    return _parsed(_patterns()[0].fullmatch(_plain(text)))


def title_number(title: str) -> EpisodeNumber | None:
    """The number that begins a title; none where it belongs to a word, a time or a share ("9:30", "5G", "3 %")."""
    return _parsed(_patterns()[1].match(_plain(title[:MAX_NAME])))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = any_word(unicodedata.normalize("NFKC", word) for word in every_language().episode_words)
    number = r"\d{1,6}(?:\.\d{1,2})?"
    in_season = (
        rf"(?:s(?:eason|taffel)?\s*(?P<season>\d{{1,4}})[\s,:/·.-]*(?:e|{words})\.?\s*|(?P<of>\d{{1,2}})x)"
        rf"(?P<number>{number})"
    )
    alone = rf"(?:(?:{words})\s*[.:#]?\s*|#\s*)?(?P<alone>{number})"
    # In Japanese and Chinese the counter stands behind.
    counter = "[回話集期话]"
    ending = rf"(?={counter}|(?![\w%°]|\s%|[.,:/]\d|-\d|['’]\w|-(?:st|nd|rd|th)\b))"
    said = rf"(?:{in_season}|{alone})"
    return re.compile(rf"{said}(?:{counter}|[.:)])?"), re.compile(rf"[\[(]?{said}{ending}")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _parsed(found: re.Match[str] | None) -> EpisodeNumber | None:
    if found is None:
        return None
    season = found["season"] or found["of"]
    return EpisodeNumber(float(found["number"] or found["alone"]), int(season) if season else None)
