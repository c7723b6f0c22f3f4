"""Whether a feed is keyed: its address lets single members in, or is anyway taken for one that may. Pure.

The audio of a keyed feed is linked nowhere unless a moderator says so: its address holds a key, too.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from bot.text.random_words import looks_random
from bot.text.web_addresses import MASK, masked_segments
from storage.models import StatusCode

_HOSTS = Path(__file__).with_name("feed_hosts.txt")
# Parameters that hold a key whatever it looks like.
_KEY_NAMES = frozenset(
    {
        "access",
        "access_token",
        "api_key",
        "apikey",
        "auth",
        "authkey",
        "code",
        "hash",
        "k",
        "key",
        "member",
        "pass",
    }
    | {"password", "pw", "pwd", "secret", "sig", "signature", "subscriber", "token", "uuid"}
)
# "mp3-64k", "rss2", "2024-01-31": words with a number at their end, and numbers with a unit, are no keys.
_WRITTEN = re.compile(r"(?:(?:[a-z]+[0-9]{0,2}|[0-9]{1,8}[a-z]?)(?:[-_.,: +]|$))+", re.IGNORECASE)
# A query without "=" is a key more often than not.
_ODD_WORDS = frozenset(
    {
        "download",
        "enhanced",
        "episode",
        "episodes",
        "format",
        "itunes",
        "latest",
        "podcast",
        "podcasts",
        "spotify",
    }
)
_SHORTEST_ODD = 6
_PARAMETERS = re.compile(r";([^/]*)")


class KeySign(StrEnum):
    """What a feed is taken for keyed by."""

    CREDENTIALS = "credentials"
    PRIVATE_HOST = "private_host"
    QUERY = "query"
    PATH = "path"


# Why a feed is taken for keyed, for whoever added it.
BY_CREDENTIALS = StatusCode("keyed.credentials")
BY_PRIVATE_HOST = StatusCode("keyed.private_host")
BY_QUERY = StatusCode("keyed.query")
BY_PATH = StatusCode("keyed.path")
KEYED_BY = {
    KeySign.CREDENTIALS: BY_CREDENTIALS,
    KeySign.PRIVATE_HOST: BY_PRIVATE_HOST,
    KeySign.QUERY: BY_QUERY,
    KeySign.PATH: BY_PATH,
}


@lru_cache(maxsize=2048)
def key_sign(feed_url: str) -> KeySign | None:
    """By what a feed at this address is keyed; None for a public one.

    A host's public pattern says that its path is no key, however random it looks. It says nothing of a query.
    """
    try:
        parts = urlsplit(feed_url)
        credentials = parts.username is not None or parts.password is not None
    except ValueError:
        return None
    in_path = ";".join(_PARAMETERS.findall(parts.path))
    asked_for = _public_parameters(parts)
    signs = {
        KeySign.CREDENTIALS: credentials,
        KeySign.PRIVATE_HOST: _matches("private", parts),
        KeySign.QUERY: _has_key(f"{parts.query};{in_path}", asked_for or frozenset()),
        KeySign.PATH: asked_for is None and _has_random_part(parts.path),
    }
    on_the_web = parts.scheme.lower() in ("http", "https")
    return next((sign for sign, found in signs.items() if found and on_the_web), None)


def _has_random_part(path: str) -> bool:
    return any(MASK in shown for _, shown in masked_segments(_PARAMETERS.sub("", path)))


def _has_key(query: str, known: frozenset[str]) -> bool:
    """Whether a query has a key in it; `known` parameters belong to a public pattern."""
    for pair in re.split(r"[&;]", query):
        name, equals, value = pair.partition("=")
        plain = unquote(value if equals else name)
        if not plain or name.lower() in known:
            continue
        if equals and name.lower() in _KEY_NAMES:
            return True
        if not equals and len(plain) >= _SHORTEST_ODD and plain.lower() not in _ODD_WORDS:
            return True
        written = _WRITTEN.fullmatch(plain) or not any(char.isdigit() for char in plain)
        if looks_random(plain, announced=True) or not written:
            return True
    return False


def _matches(kind: str, parts: SplitResult) -> bool:
    return any(pattern.fullmatch(_place(parts)) for pattern, _ in _patterns()[kind])


def _public_parameters(parts: SplitResult) -> frozenset[str] | None:
    """The parameters that a public pattern which fits names; None where none fits."""
    place, given = _place(parts), {name.lower() for name, _ in parse_qsl(parts.query)}
    return next(
        (names for pattern, names in _patterns()["public"] if names <= given and pattern.fullmatch(place)),
        None,
    )


def _place(parts: SplitResult) -> str:
    return f"{(parts.hostname or '').rstrip('.')}{parts.path.rstrip('/')}".lower()


@cache
def _patterns() -> dict[str, list[tuple[re.Pattern[str], frozenset[str]]]]:
    """The patterns of each kind, with the parameters that each needs."""
    found: dict[str, list[tuple[re.Pattern[str], frozenset[str]]]] = {"private": [], "public": []}
    for line in _HOSTS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, glob = line.split()
            place, _, query = glob.partition("?")
            found[kind].append((_expression(place), frozenset(name for name, _ in parse_qsl(query))))
    return found


def _expression(glob: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*?)", glob.lower())
    stands_for = {"*": "[^/]*", "**": ".*"}
    return re.compile("".join(stands_for.get(part) or re.escape(part) for part in parts))
