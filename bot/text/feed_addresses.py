"""A feed's address as a person types or pastes it: the addresses to fetch, and what an app's page is told.

People paste what they find: an address in angle brackets, in a sentence, as a Markdown link, for an app to open, or
without the scheme, as browsers show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from bot.text.feed_keys import key_sign
from bot.text.web_addresses import is_web_address

# What podcast apps and browsers put in front of a feed's address, or instead of its scheme.
APP_SCHEMES = (
    "feed",
    "feeds",
    "itpc",
    "itpcs",
    "itms-pcast",
    "itms-pcasts",
    "pcast",
    "podcast",
    "podcasts",
    "rss",
)
MAX_TYPED = 10_000
# So many schemes are taken off, one inside the other.
MAX_SCHEMES = 5
_APPS = Path(__file__).with_name("app_pages.txt")
# Marks that say nothing and are copied along: widths, directions, soft hyphens; and control characters.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x08\x0e-\x1f\x7f]+"
)
_PAIRS = {
    "<": ">", '"': '"', "'": "'", "`": "`", "(": ")", "[": "]", "{": "}", "“": "”“", "„": "“”", "”": "”", "‘": "’",
    "«": "»", "»": "«", "‹": "›", "「": "」", "『": "』", "《": "》", "＜": "＞", "|": "|", "*": "*", "_": "_",
}  # fmt: skip
_MARKDOWN_LINK = re.compile(r"\]\(\s*<?(?P<target>(?:[^\s<>()]|\([^\s()]*\))+)")
_HTML_LINK = re.compile(
    r"""<[a-z]+\s[^<>]*?\b(?:href|src|url|xmlUrl)\s*=\s*["']?(?P<target>[^\s"'<>]+)""", re.IGNORECASE
)
_SCHEMES = "https?|" + "|".join(re.escape(one) for one in APP_SCHEMES)
_IN_TEXT = re.compile(rf"(?<![\w+.-])(?:{_SCHEMES}):[^\s<>\"“”„«»`|]+", re.IGNORECASE)
_BARE_IN_TEXT = re.compile(r"(?<![\w@/.:-])(?:www\.|[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?/)[^\s<>\"“”„«»`|]*")
_BEFORE_HOST = re.compile(r"(?P<scheme>https?)\s*(?:[:;]?\s?[\\/]{1,4}|:)(?=[\w\[@%-])", re.IGNORECASE)
_NESTED = re.compile(r"https?:(?://)?(?=(?:https?|feed):/)", re.IGNORECASE)
_SCHEME = re.compile(r"(?P<name>[a-z][a-z0-9+.-]*):", re.IGNORECASE)
_ENCODED = re.compile(r"https?%3a%2f%2f", re.IGNORECASE)
_WRAPPED = re.compile(r"//\S*?(?P<address>https?(?:://|%3a%2f%2f)\S+)", re.IGNORECASE)
_HOST = re.compile(
    r"(?:[^\s/@?#:]+:[^\s/@?#]*@)?"
    r"(?P<host>\[[0-9a-f:.]+\]|localhost|\d{1,3}(?:\.\d{1,3}){3}|(?:[\w-]{1,63}\.)+(?P<last>[^\W\d_]{2,24}|xn--[\w-]+)\.?)"
    r"(?P<port>:\d{1,5})?(?P<rest>[/?#].*)?",
    re.IGNORECASE,
)
# The names of files that people have; of the domains that look so, none has podcasts.
_SUFFIXES = frozenset(
    {"xml", "rss", "atom", "rdf", "json", "opml", "txt", "html", "htm", "mp3", "gz", "md", "csv"}
)
_CLOSING = {")": "(", "]": "[", "}": "{", ">": "<", "’": "‘"}
_AFTER_WORD = ".,;"
_AFTER_TEXT = ".,;:!…'*"
_FEED_SUFFIXES = (".xml", ".rss", ".atom", ".rdf", ".json")
# Schemes that lead to no document.
_FETCHED = frozenset({"http", "https", "file"})
_OTHER_SCHEMES = frozenset({"mailto", "tel", "data", "javascript"})


def feed_addresses(typed: str) -> tuple[str, ...]:
    """The web addresses that may be meant, to be tried in this order; none where it is no web address.

    Without a scheme both may be: https comes first, and an address with a key in it is sent without TLS only where
    its port is named.
    """
    if len(typed) > MAX_TYPED:
        return ()
    for one in _meant(typed):
        if found := tuple(urldefrag(address).url for address in _with_scheme(one.replace("&amp;", "&"))):
            return found
    return ()


def feed_address(typed: str) -> str:
    """The address that is tried first; what is no web address stays as it was typed."""
    return next(iter(feed_addresses(typed)), _cleaned(typed))


def app_of(address: str) -> str | None:
    """The app whose page this is, such as "Spotify": there is no feed to be had from it."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return None
    if re.search(r"(?:^|[/.])(?:feeds?|rss|xml)(?:[/.]|$)", parts.path, re.IGNORECASE):
        # Some have feeds beside their pages.
        return None
    labels = host.split(".")
    domains = (".".join(labels[at:]) for at in range(len(labels) - 1))
    return next((app for domain in domains if (app := _apps().get(domain)) is not None), None)


def _cleaned(typed: str) -> str:
    """What was typed, without what nobody sees and what stands around it as a pair."""
    text = _UNSEEN.sub("", typed).strip()
    while len(text) > 1 and text[-1] in _PAIRS.get(text[0], ""):
        text = text[1:-1].strip()
    return text


def _meant(typed: str) -> Iterator[str]:
    """What may be the address in a text, the likeliest first."""
    text = _cleaned(typed)
    for pattern in (_MARKDOWN_LINK, _HTML_LINK):
        if found := pattern.search(typed):
            yield found["target"]
    words = text.split()
    if len(words) == 1 or _is_one_address(words):
        yield _without_trailing("%20".join(words), _AFTER_WORD)
    for pattern in (_IN_TEXT, _BARE_IN_TEXT):
        if found := pattern.search(text):
            yield _without_trailing(found[0], _AFTER_TEXT)


def _is_one_address(words: list[str]) -> bool:
    """Whether an address goes on behind a blank: with the name of a file that has one."""
    if len(words) < 2 or not _BEFORE_HOST.match(words[0]) or words[0].lower().endswith(_FEED_SUFFIXES):
        return False
    return not re.search("[/:]", "".join(words[1:])) and words[-1].lower().endswith(_FEED_SUFFIXES)


def _without_trailing(text: str, marks: str) -> str:
    """An address out of a sentence, without the sentence's marks behind it."""
    while text:
        last = text[-1]
        opening = _CLOSING.get(last)
        if last not in marks and (opening is None or text.count(opening) >= text.count(last)):
            break
        text = text[:-1]
    return text


def _with_scheme(text: str) -> tuple[str, ...]:
    """The addresses with http or https that this one may stand for."""
    text = _without_app_scheme(text)
    if before := _BEFORE_HOST.match(text):
        rest = text[before.end() :]
        address = f"{before['scheme'].lower()}://" + (rest.replace("\\", "/") if "\\" in before[0] else rest)
        return (address,) if is_web_address(address) else ()
    scheme = _SCHEME.match(text)
    if scheme and (text.startswith("//", scheme.end()) or scheme["name"].lower() in _OTHER_SCHEMES):
        return ()
    return _either(text.removeprefix("//"), known=text.startswith("//"))


def _without_app_scheme(text: str) -> str:
    """The address without what makes an app open it, and without a scheme that was written twice."""
    for _ in range(MAX_SCHEMES):
        scheme = _SCHEME.match(text)
        name = scheme["name"].lower() if scheme else ""
        if _ENCODED.match(text):
            text = unquote(text)
        elif nested := _NESTED.match(text):
            text = text[nested.end() :]
        elif scheme and name in APP_SCHEMES and text[scheme.end() :].strip("/"):
            text = text[scheme.end() :].lstrip("/")
        elif scheme and name not in _FETCHED and (wrapped := _WRAPPED.match(text, scheme.end())):
            # antennapod-subscribe://…, overcast://x-callback-url/add?url=….
            text = wrapped["address"]
        else:
            break
    return text


def _either(text: str, *, known: bool) -> tuple[str, ...]:
    """https and http in front of what looks like a host; `known`: it surely is one."""
    host = _HOST.fullmatch(text)
    if host is None:
        return ()
    if not known and not host["rest"] and (host["last"] or "").lower() in _SUFFIXES:
        return ()
    secure, plain = f"https://{text}", f"http://{text}"
    if not is_web_address(secure):
        return ()
    # A port that is named is seldom that of TLS; without one, the key must not go over the wire in the clear.
    keyed = key_sign(secure) is not None and host["port"] is None
    return (secure,) if keyed or host["port"] == ":443" else (secure, plain)


@cache
def _apps() -> dict[str, str]:
    lines = _APPS.read_text("utf-8").splitlines()
    pairs = ((words[0], " ".join(words[1:])) for line in lines if (words := line.split()) and words[0] != "#")
    return dict(pairs)
