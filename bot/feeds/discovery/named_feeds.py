"""The feeds that a web page or a list of subscriptions names. Pure.

A page says by `<link rel="alternate">` which feeds it has. A link in its text may lead to one, and counts where the
head names none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from bot.text.feed_addresses import APP_SCHEMES, app_of, feed_address
from bot.text.web_addresses import is_web_address
from storage.models.feed_identity import feed_identity

MAX_NAMED = 200
MAX_TITLE = 200
MAX_ADDRESS = 2_000
# By what a page calls a feed's type, the likeliest to have episodes first.
_KINDS = {
    "application/rss+xml": 0,
    "application/rdf+xml": 1,
    "application/atom+xml": 2,
    "application/feed+json": 3,
}
_ANY_KIND = 4
_FEED_PATH = re.compile(
    r"(?:\.(?:rss|atom|rdf)|(?:^|/)(?:feed|rss|podcast|itunes|atom)(?:\.xml)?)/?\Z", re.IGNORECASE
)
_XML_PATH = re.compile(r"\.xml\Z", re.IGNORECASE)
_OTHER_XML = re.compile(r"sitemap|opensearch|browserconfig|manifest|wlw|rsd|osd", re.IGNORECASE)
_RSS_WORD = re.compile(r"\brss\b", re.IGNORECASE)
_FORMAT = re.compile(r"\b(?:rss|atom|json|xml|rdf|feeds?|podcast|[12]\.0)\b|[^\w\s]", re.IGNORECASE)
_FEED_WORD = re.compile(r"feed|rss|atom|flux|fil\b|フィード|订阅|訂閱|피드|лент", re.IGNORECASE)
_PARTS = re.compile(r"\s[-–—|:]\s|[»›>|:]")
# Where the software of most blogs has its feeds of comments.
_COMMENTS_PLACE = re.compile(r"/comments/(?:feed|default)|[?&]feed=comments", re.IGNORECASE)
_OUTLINE = re.compile(r"<outline\b(?P<attributes>[^<>]*+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[\w:]{1,30})\s{0,9}=\s{0,9}(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)')"""
)


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that something else names: its title there, which may be empty, and its address."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class NamedFeed:
    """A link as it is written. `kind` ranks its type; `hint`: nothing but its look says that it leads to a feed."""

    title: str
    href: str
    kind: int = _ANY_KIND
    hint: bool = False


@dataclass(frozen=True, slots=True)
class NamedFeeds:
    """All links to feeds of a document, and the `base` that it gives for relative ones."""

    links: tuple[NamedFeed, ...] = ()
    base: str = ""


def feeds_of_page(page: LexborHTMLParser) -> NamedFeeds:
    """The feeds that a web page names."""
    base = next((href for one in page.css("base") if (href := one.attributes.get("href"))), "")
    links = [*_alternates(page), *_hints(page)]
    return NamedFeeds(tuple(links[:MAX_NAMED]), base.strip())


def feeds_of_outline(text: str) -> NamedFeeds:
    """The feeds in a list of subscriptions (OPML)."""
    links = []
    for outline in _OUTLINE.finditer(text):
        said = {
            one["name"].lower(): html.unescape(one["double"] or one["single"] or "")
            for one in _ATTRIBUTE.finditer(outline["attributes"])
        }
        if address := said.get("xmlurl", ""):
            links.append(NamedFeed(_title(said.get("title") or said.get("text")), address))
        if len(links) == MAX_NAMED:
            break
    return NamedFeeds(tuple(links))


def feed_links(named: NamedFeeds, address: str) -> tuple[FeedLink, ...]:
    """The feeds that may be meant, of a document that was read at this address; the likeliest first.

    Feeds of comments are left out, and so is a second format of the same feed.
    """
    base = _base(named.base, address)
    places = {feed_identity(address)}
    found: list[tuple[NamedFeed, FeedLink]] = []
    for link in named.links:
        target = _target(link.href, base)
        if target is not None and (identity := feed_identity(target)) not in places:
            places.add(identity)
            found.append((link, FeedLink(link.title, target)))
    found = [one for one in found if not one[0].hint] or found
    found = [one for one in found if not _is_of_comments(one[1], address)] or found
    kept = _one_of_each(found)
    return tuple(sorted(kept, key=lambda one: "podcast" not in f"{one.title} {one.address}".lower()))


def _alternates(page: LexborHTMLParser) -> Iterator[NamedFeed]:
    for one in page.css("link"):
        said = one.attributes
        rel = (said.get("rel") or "").lower().split()
        kind = (said.get("type") or "").partition(";")[0].strip().lower()
        href = (said.get("href") or "").strip()
        if not href or not {"alternate", "feed"} & set(rel) or "stylesheet" in rel:
            continue
        # Without a type, or with one of any XML, its look decides.
        untyped = kind in ("", "text/xml", "application/xml") and _looks_like_feed(href)
        if kind in _KINDS or "feed" in rel or untyped:
            yield NamedFeed(_title(said.get("title")), href, _KINDS.get(kind, _ANY_KIND))


def _hints(page: LexborHTMLParser) -> Iterator[NamedFeed]:
    for one in page.css("a"):
        said = one.attributes
        href = (said.get("href") or "").strip()
        kind = (said.get("type") or "").partition(";")[0].strip().lower()
        if not href or len(href) > MAX_ADDRESS or href.startswith("#"):
            continue
        words = " ".join(
            filter(None, (one.text(deep=True)[:MAX_TITLE], said.get("title"), said.get("class")))
        )
        if kind in _KINDS or _looks_like_feed(href) or _RSS_WORD.search(words):
            yield NamedFeed(_title(one.text(deep=True) or said.get("title")), href, hint=True)


def _looks_like_feed(href: str) -> bool:
    scheme, _, _ = href.partition(":")
    path = href.partition("?")[0].partition("#")[0]
    xml = _XML_PATH.search(path) is not None and _OTHER_XML.search(path) is None
    return scheme.lower() in APP_SCHEMES or xml or _FEED_PATH.search(path) is not None


def _base(written: str, page: str) -> str:
    try:
        base = urljoin(page, written)
    except ValueError:
        return page
    return base if is_web_address(base) else page


def _target(href: str, base: str) -> str | None:
    try:
        target = feed_address(urljoin(base, href))
    except ValueError:
        return None
    usable = is_web_address(target) and len(target.encode("utf-8", "replace")) <= MAX_ADDRESS
    return target if usable and app_of(target) is None else None


def _one_of_each(found: Sequence[tuple[NamedFeed, FeedLink]]) -> list[FeedLink]:
    """The feeds, of those that are one in several formats the best."""
    groups: dict[str, list[tuple[NamedFeed, FeedLink]]] = {}
    for link, feed in found:
        name = _without_format(link.title) or _without_format(feed.address.partition("://")[2])
        groups.setdefault(name, []).append((link, feed))
    kept: list[FeedLink] = []
    for group in groups.values():
        kinds = [link.kind for link, _ in group]
        one_feed = len(set(kinds)) == len(kinds) and not any(link.hint for link, _ in group)
        best = sorted(group, key=lambda pair: pair[0].kind)[:1] if one_feed else group
        kept += [feed for _, feed in best]
    return kept


def _without_format(text: str) -> str:
    return " ".join(_FORMAT.sub(" ", text.lower()).split())


def _is_of_comments(feed: FeedLink, page: str) -> bool:
    """Whether its title and its place say together that it tells of comments, or one of them says so clearly."""
    target, here = urlsplit(feed.address), urlsplit(page)
    if _COMMENTS_PLACE.search(f"{target.path}?{target.query}"):
        return True
    last = _PARTS.split(feed.title)[-1].strip()
    titled = _tells_of_comments(feed.title)
    placed = _tells_of_comments(unquote(f"{target.path}?{target.query}"))
    # A post's own feed has what was said below it.
    below = here.path.strip("/") != "" and target.path.startswith(here.path.rstrip("/") + "/")
    clearly = _tells_of_comments(last) and (_FEED_WORD.search(last) is not None or len(last.split()) == 1)
    return clearly or (titled and (placed or below)) or (placed and not feed.title)


def _tells_of_comments(text: str) -> bool:
    return any(word in text.lower() for word in _comment_words())


@cache
def _comment_words() -> tuple[str, ...]:
    lines = Path(__file__).with_name("comment_words.txt").read_text("utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _title(text: str | None) -> str:
    return " ".join((text or "").split())[:MAX_TITLE]
