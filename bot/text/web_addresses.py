"""Addresses on the web: which are any, and how they are shown and logged without the keys in them.

Feeds for patrons have their key anywhere: as user and password, in the query, as a part of the path or of the host's
name. Whatever may be one is replaced by "…": one too many harms nobody.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from bot.text.random_words import looks_random

UNREADABLE = "an address that can't be read"
MASK = "…"
# What is longer than any address that is fetched is no address that a person can use.
MAX_LENGTH = 4_000
SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}\Z")
# After such a part of a path stands a key, whatever it looks like, unless it is a word itself.
_ANNOUNCING = frozenset(
    {"access", "apikey", "auth", "member", "members", "patron", "patrons", "personal", "premium", "private"}
    | {"secret", "secure", "subscriber", "subscribers", "token", "tokens", "user", "users"}
)
# An encoded "?", "&", "=" or "/" hides a whole address in one part of a path.
_STRUCTURED = re.compile(r"[?&=/]")
# How often a part of a path may be percent-encoded over and over.
_ENCODED_TIMES = 3
# In a text: what has a scheme, credentials before a host, or a path or query after a host. A quotation mark can be
# part of an address, but not at its end.
_CHARS = r"(?:[^\s\"'<>`…]|…|'(?=[\w%&=-]))"
_IN_TEXT = re.compile(
    rf"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]{{1,15}}:(?:\\?/){{2}}{_CHARS}+)"
    rf"|(?P<credentials>[^\s/\"'<>:@]+:[^\s/\"'<>@]+@[\w.-]+{_CHARS}*)"
    rf"|(?P<encoded>\bhttps?%(?:25)*3A(?:%(?:25)*2F){{2}}{_CHARS}+)"
    rf"|(?P<bare>(?<![\w.@/-])(?://)?(?:[\w-]+\.)+[A-Za-z]{{2,24}}(?::\d+)?[/?]{_CHARS}+)",
    re.IGNORECASE,
)
# Its user is no secret, and a command that is told needs it.
_PASSWORDLESS_DATABASE = re.compile(r"postgres(?:ql)?://[^:@/]*@")
_CLOSING = re.compile(r"[)\]}.,:;!?*_|\\]+\Z")


def is_web_address(url: str) -> bool:
    """Whether this is an http or https URL with a host, the only kind that is fetched or linked to."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)


def without_secrets(url: str) -> str:
    """The URL as it may be shown or logged: without user, password, query, and keys in its path and host."""
    if len(url) > MAX_LENGTH:
        return UNREADABLE
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return UNREADABLE
    if parts.scheme == "file":
        return parts.path
    if not parts.hostname and "@" in url:
        # A typo that puts the password where it is not recognised.
        return UNREADABLE
    shown_path = "/".join(shown for _, shown in masked_segments(parts.path))
    query = f"?{MASK}" if parts.query else ""
    return urlunsplit((parts.scheme, _host(parts) + port, shown_path, "", "")) + query


def without_keys(text: str) -> str:
    """A text in which every address is shown without its secrets."""
    if not any(sign in text for sign in "/@?%"):
        return text
    return _IN_TEXT.sub(_shown, text)


@lru_cache(maxsize=4096)
def key_parts(url: str) -> tuple[str, ...]:
    """What may be a key in an address: what `without_secrets` leaves out of it, decoded."""
    try:
        parts = urlsplit(url)
        credentials = [part for part in (parts.username, parts.password) if part]
    except ValueError:
        return ()
    values = [value for pair in re.split(r"[&;]", parts.query) for value in [pair.partition("=")[2] or pair]]
    hosts = [label for label, shown in _labels(parts.hostname or "") if label != shown]
    in_path = [_hidden(name, shown) for name, shown in masked_segments(parts.path) if name != shown]
    in_parameters = [part.partition("=")[2] for part in in_path]
    found = (unquote(part) for part in [*credentials, *values, *hosts, *in_path, *in_parameters])
    return tuple(dict.fromkeys(part for part in found if part))


def _hidden(segment: str, shown: str) -> str:
    """The part of a segment that its mask hides."""
    before, _, after = shown.partition(MASK)
    return segment[len(before) : len(segment) - len(after)]


def _shown(found: re.Match[str]) -> str:
    address = found[0]
    closing = _CLOSING.search(address)
    rest = closing[0] if closing else ""
    address = address[: len(address) - len(rest)]
    if found["credentials"]:
        host = address.rpartition("@")[2]
        return f"{MASK}@{without_secrets('//' + host)[2:]}{rest}"
    if found["encoded"]:
        return MASK + rest
    if found["bare"]:
        slashes = "//" * address.startswith("//")
        return slashes + without_secrets("//" + address.removeprefix("//"))[2:] + rest
    if _PASSWORDLESS_DATABASE.match(address):
        return found[0]
    return without_secrets(address.replace("\\/", "/")) + rest


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if ":" in host:
        return f"[{host}]"
    return ".".join(shown for _, shown in _labels(host))


def _labels(host: str) -> list[tuple[str, str]]:
    """The labels of a host's name, and how they are shown. Its domain is no key."""
    labels = host.split(".")
    return [
        (one, MASK if place < len(labels) - 2 and looks_random(one) else one)
        for place, one in enumerate(labels)
    ]


def masked_segments(path: str) -> list[tuple[str, str]]:
    """The parts of a path, and each as it is shown."""
    shown, before = [], ""
    for segment in path.split("/"):
        shown.append((segment, _without_key(segment, announced=before.lower() in _ANNOUNCING)))
        before = segment
    return shown


def _without_key(segment: str, *, announced: bool) -> str:
    """A segment of a path; "…" and its suffix where it may be a key, or what stands before its parameters."""
    name, semicolon, _ = segment.partition(";")
    if semicolon:
        return f"{_without_key(name, announced=announced)};{MASK}"
    plain = _decoded(segment)
    if plain != segment and _STRUCTURED.search(plain):
        return MASK
    before, equals, value = plain.partition("=")
    if equals and value.strip("="):
        return f"{before}={MASK}" if not looks_random(before) else MASK
    suffix = SUFFIX.search(segment)
    ending = suffix[0] if suffix else ""
    if looks_random(_decoded(segment[: len(segment) - len(ending)]), announced=announced):
        return MASK + ending
    # "feed.aB3xK9" has no suffix, but a key.
    return MASK if suffix and looks_random(plain) else segment


def _decoded(segment: str) -> str:
    for _ in range(_ENCODED_TIMES):
        if "%" not in segment:
            break
        segment = unquote(segment)
    return segment
