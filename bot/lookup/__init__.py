"""Which podcast or episode a person means: an exact id wins over a title, an exact title over a part of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_CANDIDATES = 50


class LookupFailedError(Exception):
    """Nothing fits, or several things do; the message lists them."""


@dataclass(frozen=True, slots=True)
class Named:
    """Something that can be asked for by id or title."""

    id: int
    title: str


def find(kind: str, wanted: str, among: Sequence[Named]) -> Named:
    """The one that is meant. Raises LookupFailedError, whose message uses the noun `kind`."""
    text = " ".join(wanted.split())
    if text.isascii() and text.isdecimal():
        for one in among:
            if str(one.id) == text:
                return one
    matches = _by_title(text.casefold(), among)
    if not matches:
        raise LookupFailedError(f"No {kind} is called “{text}”.")
    if len(matches) > 1:
        names = ", ".join(f"“{one.title}” ({one.id})" for one in matches[:MAX_CANDIDATES])
        more = f" and {len(matches) - MAX_CANDIDATES} more" if len(matches) > MAX_CANDIDATES else ""
        raise LookupFailedError(f"Several {kind}s fit “{text}”: {names}{more}.")
    return matches[0]


def _by_title(folded: str, among: Sequence[Named]) -> list[Named]:
    """Those with this title, else those whose title contains it."""
    titles = [(one, " ".join(one.title.split()).casefold()) for one in among]
    return [one for one, title in titles if title == folded] or [
        one for one, title in titles if folded and folded in title
    ]
