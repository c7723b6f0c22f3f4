"""The sample podcast: an invented show that the demo serves on loopback and that tests read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from importlib.resources import files
from types import MappingProxyType
from typing import Final

EPISODES: Final = 4
"""How many episodes the whole feed has; the last of them is the one that appears while the demo watches."""

FEED_PATH: Final = "/feed.xml"
"""Where a host must serve `sample_feed`: the feed names this address as its own."""

TRANSCRIPT_PATHS: Final[Mapping[str, str]] = MappingProxyType(
    {"/transcripts/2.vtt": "2.vtt", "/transcripts/4.json": "4.json"}
)
"""Where a host must serve the transcripts: path to the name that `sample_file` takes."""

SAMPLE_QUESTIONS: Final[tuple[str, str, str]] = (
    "a lighthouse is a very slow way of telling ships no",
    "you can switch off a robot but sourdoh has no emergancy stop",
    "a clock is a machine that makes the whole town wrong together",
)
"""Half-remembered quotes from episodes 1, 2 and 4, as a person would ask for them; the second is misspelt."""

_CONTENT_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {"2.vtt": "text/vtt", "4.json": "application/json"}
)
_NEWEST_AGE: Final = timedelta(hours=1)
_INTERVAL: Final = timedelta(weeks=1)
_ITEM: Final = "    <item>\n"


def sample_feed(base: str, episodes: int = EPISODES, *, now: datetime) -> bytes:
    """Return the feed with its oldest `episodes` items (1 to 4), newest first, as UTF-8.

    `base` is the address of the host, such as `http://127.0.0.1:8080`. The fourth episode is dated an hour
    before `now`, the others a week apart before it, so that only the fourth is young enough to be announced.
    A host that answers conditional requests keeps one `now`: the same arguments give the same bytes.
    """
    if not 1 <= episodes <= EPISODES:
        raise ValueError(f"the sample has 1 to {EPISODES} episodes, not {episodes}")
    if now.tzinfo is None:
        raise ValueError("the sample needs a time with a time zone")
    # The end of the document follows the oldest item, which every feed keeps.
    head, *items = _text("feed.xml").split(_ITEM)
    newest = now.astimezone(UTC) - _NEWEST_AGE
    dated = [
        _ITEM + item.replace("{published}", format_datetime(newest - age * _INTERVAL, usegmt=True))
        for age, item in enumerate(items)
    ]
    document = head + "".join(dated[EPISODES - episodes :])
    return document.replace("{base}", escape(base.rstrip("/"))).encode()


def sample_file(name: str) -> tuple[bytes, str]:
    """Return body and content type of a transcript; a name that `TRANSCRIPT_PATHS` lacks is a KeyError."""
    content_type = _CONTENT_TYPES[name]
    return _text(name).encode(), content_type


@cache
def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
