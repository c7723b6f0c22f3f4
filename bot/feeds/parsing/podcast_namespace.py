"""Reads what feedparser loses, by a small, bounded pass with expat over the same bytes.

feedparser 6.0.14 keeps only the last of repeated `podcast:*` elements, loses the text of elements with attributes,
has no start for `psc` chapters at "0", lets a `podcast:liveItem` overwrite the channel's fields, knows enclosures of
RSS and Atom alone, and keeps the last of two titles or lengths, even if it is empty. The pass also tells whether the
document is well-formed, and stops at what would take feedparser too long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urljoin
from xml.parsers import expat

from bot.feeds.parsing.enclosures import LinkedFile
from bot.text.item_text import line
from bot.text.timecodes import play_time_ms
from storage.models import Chapter, EpisodeKind, FileLink, Person

# The namespaces in use, in lower case, without "http(s)://", "www." and a slash or sharp at the end.
_SPACES = {
    "podcastindex.org/namespace/1.0": "podcast:",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast:",
    "itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "itunes.apple.com/dtds/podcast-1.0.dtd": "itunes:",
    "podlove.org/simple-chapters": "psc:",
    "search.yahoo.com/mrss": "media:",
    "purl.oclc.org/net/rss_2.0/enc": "enc:",
    "purl.org/rss/1.0/modules/enclosure": "enc:",
    "": "",
    "w3.org/2005/atom": "",
    "purl.org/atom/ns": "",
    "purl.org/rss/1.0": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "w3.org/1999/02/22-rdf-syntax-ns": "rdf:",
}
# Hosts mistype these addresses, or make up their own; the prefix is the usual one then.
_USUAL_PREFIXES = {name: f"{name}:" for name in ("podcast", "itunes", "psc", "media", "enc")}
# An enclosure is meant to be the episode, media may be a picture, and other versions are for those who ask for them.
_RANKS = ("enclosure", "link", "enc:enclosure", "media:content", "podcast:source")
_BASE = "http://www.w3.org/XML/1998/namespace\x1fbase\x1fxml"
MAX_DEPTH = 64
MAX_LINKS = 16
MAX_FILES = 32
MAX_PERSONS = 50
MAX_CHAPTERS = 1_000
# feedparser searches all namespaces at each element, and copies all text at each processing instruction.
MAX_NAMESPACES = 500
MAX_INSTRUCTIONS = 1_000
# feedparser takes time quadratic in the attributes of an element.
MAX_ATTRIBUTES = 100
# Each takes feedparser some microseconds. Unescaped notes with a long transcript have a few thousand.
MAX_ELEMENTS = 50_000
MAX_TEXT = 10_000
MAX_NAME = 200
MAX_TTL_S = 7 * 86_400
MAX_NUMBER = 1_000_000
MAX_PAGE_ADDRESS = 2_000
SEPARATOR = "\x1f"

_CHANNELS = (["rss", "channel"], ["rdf:RDF", "channel"], ["feed"])
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KINDS = {"trailer": EpisodeKind.TRAILER, "bonus": EpisodeKind.BONUS}
_PAGE_LINKS = ("next", "prev-archive")
_AROUND_SPACE = re.compile(r"^https?://(?:www\.)?|[/#]+$")


class Fault(Enum):
    """What is wrong with a document."""

    MALFORMED = "not well-formed"
    HOSTILE = "nested too deep, or made to be costly"


@dataclass(slots=True)
class ItemExtras:
    """An item's elements of the podcast namespaces."""

    titles: dict[str, str] = field(default_factory=dict)
    durations: list[str] = field(default_factory=list)
    files: list[LinkedFile] = field(default_factory=list)
    transcripts: list[FileLink] = field(default_factory=list)
    alternates: list[str] = field(default_factory=list)
    chapters_link: FileLink | None = None
    chapters: list[Chapter] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    kind: EpisodeKind = EpisodeKind.FULL
    seasons: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str | None:
        """`title`, else `itunes:title`."""
        return self.titles.get("title") or self.titles.get("itunes:title")

    @property
    def season(self) -> int | None:
        """`podcast:season`, else `itunes:season`."""
        found = _number(self.seasons)
        return None if found is None else int(found)

    @property
    def number(self) -> float | None:
        """`podcast:episode`, which may be a fraction, else `itunes:episode`."""
        return _number(self.numbers)


@dataclass(slots=True)
class FeedExtras:
    """A feed's elements of those namespaces, and when it wants to be polled; items in the order of the document."""

    channel_title: str | None = None
    persons: list[Person] = field(default_factory=list)
    new_feed_url: str | None = None
    podcast_guid: str | None = None
    next_page: str | None = None
    ttl_s: int | None = None
    skip_hours: set[int] = field(default_factory=set)
    skip_days: set[int] = field(default_factory=set)
    items: list[ItemExtras] = field(default_factory=list)
    fault: Fault | None = None


class _StopReadingError(Exception):
    """The document is hostile; what was read so far is kept."""


def read_extras(body: bytes) -> FeedExtras:
    """Read what feedparser loses, up to the first fault of a document that is not well-formed."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.buffer_text = True
    parser.namespace_prefixes = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartNamespaceDeclHandler = reader.declared
    parser.ProcessingInstructionHandler = reader.instructed
    # No feed needs its own entities, and XML bombs are made of them.
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        parser.Parse(body, True)
    except _StopReadingError:
        reader.found.fault = Fault.HOSTILE
    except (expat.ExpatError, ValueError, LookupError):
        reader.found.fault = Fault.MALFORMED
    reader.close_item()
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found = FeedExtras()
        self._path: list[str] = []
        self._item: ItemExtras | None = None
        self._plain: str | None = None
        self._namespaces = 0
        self._instructions = 0
        self._elements = 0
        # Called with the text of the open element, if it is one that is read.
        self._take: Callable[[str], object] | None = None
        self._taken_at = 0
        self._deep = False
        self._text: list[str] = []
        self._bases: list[tuple[int, str]] = []
        # Of the open item: its files by their ranks, and lengths that its media give.
        self._files: list[tuple[int, LinkedFile]] = []
        self._media_lengths: list[str] = []
        self._alternate_type = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, local, prefix = _parts(name)
        if self._plain is None:
            # The root's namespace is the feed's own; RDF is a frame around another.
            self._plain = space
        shortened = self._space(space, prefix)
        self._path.append(shortened + local)
        if base := attributes.get(_BASE):
            self._bases.append((len(self._path), self._based(base)))
        self._elements += 1
        if len(self._path) > MAX_DEPTH or len(attributes) > MAX_ATTRIBUTES or self._elements > MAX_ELEMENTS:
            raise _StopReadingError
        self._element(shortened + local, attributes)

    def _space(self, space: str, prefix: str) -> str:
        """The short name of a namespace, with its colon: by its address, else by its prefix."""
        known = _SPACES.get(_AROUND_SPACE.sub("", space.lower()))
        if known is None and (space == self._plain or "backend.userland.com/rss" in space.lower()):
            known = ""
        return known if known is not None else _USUAL_PREFIXES.get(prefix.lower(), "other:")

    def _based(self, address: str) -> str:
        """An address resolved by `xml:base`, where there is one."""
        try:
            return urljoin(self._bases[-1][1], address) if self._bases else address
        except ValueError:
            return address

    def _element(self, name: str, attributes: Mapping[str, str]) -> None:
        above = self._path[:-1]
        if name.lower() in ("item", "entry") and "podcast:liveItem" not in above:
            self._item = ItemExtras()
            self.found.items.append(self._item)
        elif self._item is not None:
            if above[-1].lower() in ("item", "entry"):
                self._of_item(self._item, name, attributes)
            else:
                self._deep_in_item(self._item, above[-1], name, attributes)
        elif above in _CHANNELS:
            self._of_channel(name, attributes)
        elif above[:-1] in _CHANNELS and (above[-1], name) in (("skipHours", "hour"), ("skipDays", "day")):
            self._read_text(self._skip_hour if name == "hour" else self._skip_day)

    def _of_channel(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "title":
                self._read_text(self._set_title, deep=True)
            case "podcast:person":
                self._read_person(self.found.persons, attributes)
            case "itunes:new-feed-url":
                self._read_text(self._set_new_feed_url)
            case "podcast:guid":
                self._read_text(self._set_guid)
            case "link":
                self._see_page(attributes)
            case "ttl":
                self._read_text(self._set_ttl)

    def _of_item(self, item: ItemExtras, name: str, attributes: Mapping[str, str]) -> None:
        if name in _RANKS:
            self._read_file(name, attributes)
        elif name.startswith("podcast:"):
            self._of_podcast_item(item, name, attributes)
        match name:
            case "title" | "itunes:title":
                self._read_text(lambda text: item.titles.setdefault(name, text), deep=True)
            case "itunes:duration" | "duration":
                self._read_text(item.durations.append)
            case "podcast:season" | "itunes:season":
                self._read_text(lambda text: item.seasons.setdefault(name, text))
            case "podcast:episode" | "itunes:episode":
                self._read_text(lambda text: item.numbers.setdefault(name, text))
            case "itunes:episodeType":

                def set_kind(text: str) -> None:
                    item.kind = _KINDS.get(text.lower(), EpisodeKind.FULL)

                self._read_text(set_kind)

    def _of_podcast_item(self, item: ItemExtras, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "podcast:transcript":
                if (link := self._link(attributes)) is not None and len(item.transcripts) < MAX_LINKS:
                    item.transcripts.append(link)
            case "podcast:chapters":
                item.chapters_link = item.chapters_link or self._link(attributes)
            case "podcast:person":
                self._read_person(item.persons, attributes)
            case "podcast:alternateEnclosure":
                self._alternate_type = attributes.get("type", "")

    def _deep_in_item(self, item: ItemExtras, above: str, name: str, attributes: Mapping[str, str]) -> None:
        if (above, name) == ("podcast:alternateEnclosure", "podcast:source"):
            if attributes.get("uri") and len(item.alternates) < MAX_LINKS:
                item.alternates.append(self._based(attributes["uri"].strip()))
                self._read_file(name, attributes)
        elif (above, name) == ("media:group", "media:content"):
            self._read_file(name, attributes)
        elif (above, name) == ("psc:chapters", "psc:chapter"):
            start = play_time_ms(attributes.get("start", ""))
            title = line(attributes.get("title", ""))[:MAX_NAME]
            if start is not None and title and len(item.chapters) < MAX_CHAPTERS:
                item.chapters.append(Chapter(start, title))

    def _read_file(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note a file that may be the episode: enclosures first, then media, then other versions of it."""
        if len(self._files) == MAX_FILES or (
            name == "link" and attributes.get("rel", "").lower() != "enclosure"
        ):
            return
        said = {_parts(key)[1]: value for key, value in attributes.items()}
        url = next((said[key] for key in ("url", "href", "uri", "resource") if said.get(key)), "")
        kind = said.get("type") or said.get("contentType") or ""
        if name == "podcast:source":
            kind = kind or self._alternate_type
        elif name == "media:content":
            kind = kind or said.get("medium", "")
            self._media_lengths += [said["duration"]] if said.get("duration") else []
        if url:
            file = LinkedFile(self._based(url.strip()), kind, media=name == "media:content")
            self._files.append((_RANKS.index(name), file))

    def _read_text(self, take: Callable[[str], object], *, deep: bool = False) -> None:
        """Have the element's text taken when it ends; `deep`: with that of the elements inside it."""
        self._take, self._deep = take, deep
        self._taken_at = len(self._path)
        self._text = []

    def _read_person(self, persons: list[Person], attributes: Mapping[str, str]) -> None:
        role = " ".join(attributes.get("role", "").lower().split())[:MAX_NAME] or "host"

        def add(text: str) -> None:
            person = Person(line(text)[:MAX_NAME], role)
            if person.name and person not in persons and len(persons) < MAX_PERSONS:
                persons.append(person)

        self._read_text(add)

    def end(self, _name: str) -> None:
        if self._take is not None and self._taken_at == len(self._path):
            self._take(" ".join("".join(self._text)[:MAX_TEXT].split()))
            self._take = None
        if self._bases and self._bases[-1][0] == len(self._path):
            self._bases.pop()
        if self._path.pop().lower() in ("item", "entry") and "podcast:liveItem" not in self._path:
            self.close_item()

    def close_item(self) -> None:
        """Keep what was read of the open item, at its end or where the document breaks off."""
        if self._item is not None:
            self._files.sort(key=lambda one: one[0])
            self._item.files = [file for _, file in self._files]
            self._item.durations += self._media_lengths
        self._item = None
        self._files, self._media_lengths = [], []

    def text(self, data: str) -> None:
        if self._take is not None and (self._deep or self._taken_at == len(self._path)):
            self._text.append(data)

    def declared(self, *_: object) -> None:
        self._namespaces += 1
        if self._namespaces > MAX_NAMESPACES:
            raise _StopReadingError

    def instructed(self, *_: object) -> None:
        self._instructions += 1
        if self._instructions > MAX_INSTRUCTIONS:
            raise _StopReadingError

    def refuse(self, *_: object) -> None:
        raise _StopReadingError

    def _link(self, attributes: Mapping[str, str]) -> FileLink | None:
        url = attributes.get("url", "").strip()
        return FileLink(self._based(url), attributes.get("type", "").strip()) if url else None

    def _set_title(self, text: str) -> None:
        self.found.channel_title = self.found.channel_title or text or None

    def _set_new_feed_url(self, text: str) -> None:
        self.found.new_feed_url = text or None

    def _set_guid(self, text: str) -> None:
        self.found.podcast_guid = self.found.podcast_guid or text or None

    def _see_page(self, attributes: Mapping[str, str]) -> None:
        """Where older items follow, by RFC 5005: the next page, or the archive before this document."""
        address = attributes.get("href", "").strip()
        if attributes.get("rel", "").strip().lower() in _PAGE_LINKS and 0 < len(address) <= MAX_PAGE_ADDRESS:
            self.found.next_page = self.found.next_page or address

    def _set_ttl(self, text: str) -> None:
        if (minutes := _whole(text)) is not None and 0 < minutes <= MAX_TTL_S // 60:
            self.found.ttl_s = minutes * 60

    def _skip_hour(self, text: str) -> None:
        # Some feeds count from 1 to 24.
        if (hour := _whole(text)) is not None and hour <= 24:
            self.found.skip_hours.add(hour % 24)

    def _skip_day(self, text: str) -> None:
        if text.lower() in _DAYS:
            self.found.skip_days.add(_DAYS.index(text.lower()))


def _parts(name: str) -> tuple[str, str, str]:
    """The namespace, name and prefix that expat joins."""
    parts = name.split(SEPARATOR)
    return ("", name, "") if len(parts) == 1 else (parts[0], parts[1], parts[2] if len(parts) > 2 else "")


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _number(texts: Mapping[str, str]) -> float | None:
    """The first that is a number, `podcast:` before `itunes:`."""
    numbers = (_float(texts[name]) for name in sorted(texts, reverse=True))
    return next((one for one in numbers if one is not None and 0 <= one <= MAX_NUMBER), None)


def _float(text: str) -> float | None:
    try:
        return float(text[:20])
    except ValueError:
        return None
