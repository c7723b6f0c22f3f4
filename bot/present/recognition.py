"""Tells from what a message of ours shows whether it announces an episode. Pure.

The ids in its buttons are those of the database that sent it; another database that was restored from a backup has
given the same episode other ids, and perhaps the same ids to another episode.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

from bot.present import announcement, digest
from bot.present.text import one_line, web_address
from bot.shown_episodes import is_keyed
from storage.models import Episode

# Mention, show, title, withdrawal, facts: what comes later is about the episode, and may speak of others.
HEAD_LINES = 6
# No sign decides alone: each counts this much for the episode, and those that can contradict as much against it.
STRONG, WEAK, ENOUGH = 2, 1, 3
ADDRESS = 2_000

_LINK = re.compile(r"\[(.*?)\]\((https?://[^)\s]*)\)")
_MARKUP = re.compile(r"<@&\d+>|<t:-?\d+(?::\w)?>")
_MOMENT = re.compile(r"<t:(-?\d+)")
_DIGEST_LINE = re.compile(r"\s*(?:\*\*\d+\*\*|\d+\.) ")
_DIGEST_HEAD = re.compile(r"\b\d+ new episodes\b")
_NO_WORD = re.compile(r"[\W_]+")
# What follows a title on its line, and what comes before it in one line with the show.
_FACTS = re.compile(r"(?: · (?:\d+ h|\d+ min|\d+ h \d+ min|))*$")
_SHOW = re.compile(r"^\s*\*\*.+?\*\* · ")


class Recognised(Enum):
    """How a message announces an episode."""

    ALONE = auto()
    IN_DIGEST = auto()


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """What a message shows: its text, all parts of it in order, and the addresses of its buttons."""

    text: str
    urls: tuple[str, ...] = ()


def recognise(message: ShownMessage, episode: Episode) -> Recognised | None:
    """How this announcement announces the episode; None if it announces another."""
    lines = [line for line in message.text.splitlines() if line.strip()]
    numbered = [line for line in lines if _DIGEST_LINE.match(line)]
    head = lines[:HEAD_LINES]
    if numbered and any(_DIGEST_HEAD.search(line) for line in head):
        about = [line for line in head if line not in numbered]
        shows = any(_weight([line], (), episode, about) >= ENOUGH for line in numbered)
        return Recognised.IN_DIGEST if shows else None
    return Recognised.ALONE if _weight(head, message.urls, episode, head) >= ENOUGH else None


def _weight(lines: Sequence[str], urls: Sequence[str], episode: Episode, about: Sequence[str]) -> int:
    """How much speaks for it that these lines are about the episode; `about` are those that may name its show."""
    named = _names_show(about, episode)
    if named is False:
        # A channel may follow two shows that have the episode, such as a network's and its own.
        return 0
    strong = (_same_title(lines, episode), _same_media(urls, episode), _same_date(lines, episode))
    for_it = sum(STRONG if one else -STRONG for one in strong if one is not None)
    return for_it + WEAK * (_links_to(lines, episode) + bool(named))


def _same_title(lines: Iterable[str], episode: Episode) -> bool | None:
    titles = {_words(one_line(episode.title, limit)) for limit in (announcement.TITLE, digest.TITLE)} - {""}
    if not titles:
        return None
    return any(titles & _perhaps_titles(line) for line in lines)


def _perhaps_titles(line: str) -> set[str]:
    """What may be the title in a line: all of it, or what is left without number, date and length, or the show."""
    line = _MARKUP.sub("", line.replace(announcement.WITHDRAWN, "")).strip().strip("|")
    bare = _FACTS.sub("", _DIGEST_LINE.sub("", line))
    return {_words(one) for one in (line, bare, _SHOW.sub("", line), _SHOW.sub("", bare))}


def _same_media(urls: Sequence[str], episode: Episode) -> bool | None:
    ours = {web_address(url, ADDRESS) for url in (episode.enclosure_url, episode.video_url)} - {None}
    # Of a keyed feed its page is linked in place of its audio.
    ours |= ({web_address(episode.link, ADDRESS)} - {None}) if ours and is_keyed(episode) else set()
    if not ours or not urls:
        return None
    if ours.intersection(urls):
        return True
    # Some hosts sign each address anew, and some have the episode's number there: that tells nothing.
    bare = {urlsplit(url or "")[:3] for url in ours}
    return None if any(urlsplit(url)[:3] in bare for url in urls) else False


def _same_date(lines: Iterable[str], episode: Episode) -> bool | None:
    shown = {int(moment) for line in lines for moment in _MOMENT.findall(line)}
    if not shown or episode.published is None:
        return None
    return int(episode.published.timestamp()) in shown


def _links_to(lines: Iterable[str], episode: Episode) -> bool:
    page = web_address(episode.link, ADDRESS)
    if page is None:
        return False
    in_label = page.replace("(", "%28").replace(")", "%29")
    return any(
        in_label in (url for _, url in _LINK.findall(line)) or line.strip().strip("|") == page
        for line in lines
    )


def _names_show(lines: Iterable[str], episode: Episode) -> bool | None:
    show = _words(one_line(episode.podcast_title, announcement.SHOW))
    return any(f" {show} " in f" {_words(line)} " for line in lines) if show else None


def _words(line: str) -> str:
    """The words of a line without its markup; where there are none, its signs."""
    line = _LINK.sub(r"\1", line)
    return _NO_WORD.sub(" ", line).strip().casefold() or line.strip(" *#-\\")
