"""Addresses on the web: which are any, and how they are shown without the keys in them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

KEY_LENGTH = 12
# Longer than any number or word in a path: keys of digits or of letters alone.
LONG_DIGITS = re.compile(r"[0-9]{12}")
LONG_RUN = re.compile(r"[A-Za-z0-9]{28}")
SUFFIX = re.compile(r"\.[A-Za-z]{2,5}\Z")
# A change between lower case, upper case and digits. A capital at the beginning of a word is none.
MIXED = re.compile(r"(?=[a-z][A-Z0-9]|[A-Z][0-9]|[0-9][A-Za-z])")
# Such changes per 100 characters: hexadecimal keys have 40 and more, "TheDailyShow" has 17.
MIXED_PER_100 = 25


def is_web_address(url: str) -> bool:
    """Whether this is an http or https URL with a host, the only kind that is fetched or linked to."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)


def without_secrets(url: str) -> str:
    """The URL as it may be shown or logged: without user, password, query, and keys in its path.

    Feeds for patrons have their keys in any of these.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that can't be read"
    if parts.scheme == "file":
        return parts.path
    if not host and "@" in url:
        # A typo that puts the password where it is not recognised.
        return "an address that can't be read"
    if ":" in host:
        host = f"[{host}]"
    path = "/".join(map(_without_key, parts.path.split("/")))
    return urlunsplit((parts.scheme, host + port, path, "", "")) + ("?…" if parts.query else "")


def _without_key(segment: str) -> str:
    """A segment of a path; "…" and its suffix where it looks random."""
    suffix = SUFFIX.search(segment)
    name = segment[: suffix.start()] if suffix else segment
    if len(name) < KEY_LENGTH:
        return segment
    mixed = len(MIXED.findall(name)) * 100 >= len(name) * MIXED_PER_100
    if mixed or LONG_DIGITS.search(name) or LONG_RUN.search(name):
        return "…" + (suffix[0] if suffix else "")
    return segment
