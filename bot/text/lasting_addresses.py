"""What stays of an address that its host writes anew for each request. Pure.

Tokens and times stand in the query, in a folder or beside the file's name; content networks number their hosts. What
is left tells whether a feed names another place: two addresses with the same lasting part lead to the same one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.text.random_words import looks_random
from bot.text.web_addresses import SUFFIX

ROTATES = "~"
# Names of parameters that say which page or film is meant.
_NAMING = frozenset({"p", "v", "id", "i", "ep", "episode", "episode_id", "page_id", "post"})
_DIGITS = re.compile(r"\d+")
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
# A time as seconds, a long number, or digits and letters of a hash.
_TOKEN = re.compile(r"\d{9,}|(?=[a-z]*\d)(?=\d*[a-z])[0-9a-f]{8,}", re.IGNORECASE)
_PIECES = re.compile(r"([-_.~+ ])")
_UUID = re.compile(r"(?<![0-9a-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-z])", re.IGNORECASE)
# "-" and "_" are signs of base64 for addresses, too: a token of them is long, and most of it is no word in any case.
_BASE64_LENGTH = 16
_IN_WORDS = re.compile(r"[a-z]*(?:[A-Z][a-z]{2,})*[0-9]{0,3}|[^A-Z]*|[A-Z]+[0-9]{0,4}")


@lru_cache(maxsize=8192)
def lasting_address(url: str) -> str:
    """The address without what rotates, still an address by its form; what can't be read stays as it is."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    *folders, name = [unquote(part.partition(";")[0]) for part in parts.path.split("/") if part] or [""]
    path = "/".join([*(_folder(part) for part in folders), _name(name)])
    naming = sorted((key, value) for key, value in parse_qsl(parts.query) if key.lower() in _NAMING)
    query = "?" + "&".join(f"{key}={value}" for key, value in naming) if naming else ""
    return f"https://{_host(host)}/{path}{query}"


@lru_cache(maxsize=8192)
def lasting_file(url: str) -> str:
    """The same for a file, of which the query says nothing."""
    return lasting_address(url.partition("?")[0])


def lasting_text(text: str) -> str:
    """A text in which no address has what rotates."""
    return _ADDRESS.sub(lambda found: lasting_address(found[0].replace("&amp;", "&")), text)


def _host(host: str) -> str:
    labels = host.lower().removeprefix("www.").split(".")
    if labels[-1].isdigit() or ":" in host:
        return host
    named = [ROTATES if looks_random(one) else _DIGITS.sub("", one) or ROTATES for one in labels[:-2]]
    return ".".join([*named, *labels[-2:]])


def _folder(part: str) -> str:
    return ROTATES if _DIGITS.search(part) or looks_random(part) else part


def _name(part: str) -> str:
    """The last part of a path; beside words, what looks like a token is left out, else the whole name is one."""
    suffix = SUFFIX.search(part)
    stem = _UUID.sub(ROTATES, part[: suffix.start()] if suffix else part)
    if _is_base64(stem):
        return ROTATES + (suffix[0] if suffix else "")
    pieces = [ROTATES if _rotates(one) else one for one in _PIECES.split(stem)]
    return "".join(pieces) + (suffix[0] if suffix else "")


def _is_base64(stem: str) -> bool:
    pieces = re.split(r"[-_]", stem)
    unread = sum(len(one) for one in pieces if not _IN_WORDS.fullmatch(one))
    return len(pieces) > 1 and len(stem) >= _BASE64_LENGTH and 2 * unread > len(stem)


def _rotates(piece: str) -> bool:
    return _TOKEN.fullmatch(piece) is not None or looks_random(piece)
