"""Whether a guid tells an episode from others: some are the show's address, or what a program writes for nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

# What programs write where there is none, and what is left in templates.
_NOTHING = frozenset(
    {"undefined", "null", "none", "nil", "nan", "na", "n/a", "false", "true", "guid", "id", "uuid", "empty"}
    | {"unknown", "default", "tbd", "todo", "object", "[object object]", "void", "missing", "unset", "blank"}
    | {"test", "example", "string", "item", "episode", "podcast", "noid", "no-id", "no guid", "-1", "(null)"}
)


def telling_guid(guid: str | None, show: str | None = None) -> str | None:
    """The guid, unless it says nothing about the episode; `show` is the address of the podcast's own page."""
    text = (guid or "").strip()
    folded = text.casefold().strip("\"'`<>{}$% ")
    if folded in _NOTHING or folded.strip("()[]") in _NOTHING:
        return None
    signs = {char for char in folded if char.isalnum()}
    if signs <= {"0"}:
        return None
    if "://" in folded and (_is_home(folded) or (show and _page(folded) == _page(show.casefold()))):
        return None
    return text


def _is_home(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.path in ("", "/") and not parts.query and not parts.fragment


def _page(address: str) -> str:
    return address.partition("://")[2].removeprefix("www.").rstrip("/")
