"""Which podcast or episode is meant: an exact id wins over a title, an exact title over a part of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """Something that can be asked for."""

    id: int
    title: str


class LookupFailedError(Exception):
    """Nothing fits, or several do; the message names the candidates."""


MAX_CANDIDATES = 50


def find(kind: str, wanted: str, among: Sequence[Named]) -> Named:
    """The one that is meant. `kind` is the word for it in the message of LookupFailedError."""
    text = " ".join(wanted.split())
    if text.isascii() and text.isdecimal():
        for one in among:
            if str(one.id) == text:
                return one
    folded = text.casefold()
    titles = [(one, " ".join(one.title.split()).casefold()) for one in among]
    matches = [one for one, title in titles if title == folded] or [
        one for one, title in titles if folded and folded in title
    ]
    if not matches:
        raise LookupFailedError(f"No {kind} is called “{text}”.")
    if len(matches) > 1:
        names = ", ".join(f"“{one.title}” ({one.id})" for one in matches[:MAX_CANDIDATES])
        more = f" and {len(matches) - MAX_CANDIDATES} more" if len(matches) > MAX_CANDIDATES else ""
        raise LookupFailedError(f"Several {kind}s fit “{text}”: {names}{more}.")
    return matches[0]
