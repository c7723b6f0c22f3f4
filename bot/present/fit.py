"""The one fit: chapters, with what is said in them, inside the room that a message leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.present.text import fit_lines


@dataclass(frozen=True, slots=True)
class ChapterRow:
    """A chapter's line with a link and without, what stands beneath it ("" for nothing), how long it lasts."""

    linked: str
    plain: str
    beneath: str = ""
    length_ms: int = 0


def fit(entries: Sequence[ChapterRow], limit: int, more: str) -> str:
    """Chapters in at most `limit` characters, in order: every one's line first, then what stands beneath.

    The longest chapters get the line beneath them first. Addresses are left out where they alone would fill the
    room; where a few links are too many, the last go. Chapters are left out last of all, and `more` counts them,
    with `{}` for the number.
    """
    addresses = sum(len(one.linked) - len(one.plain) for one in entries)
    plain = [one.plain for one in entries]
    linked = [one.linked for one in entries] if addresses < limit else plain
    shown = fit_lines(linked, plain, limit, more)
    if len(plain) + sum(map(len, plain)) - 1 > limit:
        return shown
    beneath = _beneath(entries, limit - len(shown))
    lines = []
    for place, line in enumerate(shown.split("\n")):
        lines.append(line)
        if place in beneath:
            lines.append(entries[place].beneath)
    return "\n".join(lines)


def _beneath(entries: Sequence[ChapterRow], room: int) -> set[int]:
    """Which chapters get their second line: the longest, until one has no room."""
    chosen = set()
    longest_first = sorted(range(len(entries)), key=lambda place: -entries[place].length_ms)
    for place in longest_first:
        line = entries[place].beneath
        if not line:
            continue
        if len(line) + 1 > room:
            break
        room -= len(line) + 1
        chosen.add(place)
    return chosen
