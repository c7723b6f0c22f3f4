"""Fits chapters, with a line said in each, into the room that a message has for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.present.text import fit_lines


@dataclass(frozen=True, slots=True)
class ChapterRow:
    """A chapter's line with a link and without, a second line beneath it ("" for none), and the chapter's length."""

    linked: str
    plain: str
    beneath: str = ""
    length_ms: int = 0


def fit_chapters(rows: Sequence[ChapterRow], limit: int, more: str) -> str:
    """Chapters in at most `limit` characters, in order: first all their titles, then as many second lines as fit.

    The longest chapters get their second line first. All links are left out if their addresses alone would fill the
    room; if only some are too many, the last ones are. Chapters themselves go last: `more` counts them, with `{}` for
    their number.
    """
    addresses = sum(len(one.linked) - len(one.plain) for one in rows)
    plain = [one.plain for one in rows]
    linked = [one.linked for one in rows] if addresses < limit else plain
    shown = fit_lines(linked, plain, limit, more)
    if len(plain) + sum(map(len, plain)) - 1 > limit:
        return shown
    chosen = _with_second_line(rows, limit - len(shown))
    lines = []
    for place, line in enumerate(shown.split("\n")):
        lines.append(line)
        if place in chosen:
            lines.append(rows[place].beneath)
    return "\n".join(lines)


def _with_second_line(rows: Sequence[ChapterRow], room: int) -> set[int]:
    """The places of the rows that get their second line: the longest chapters, until one has no room."""
    chosen = set()
    longest_first = sorted(range(len(rows)), key=lambda place: -rows[place].length_ms)
    for place in longest_first:
        line = rows[place].beneath
        if not line:
            continue
        if len(line) + 1 > room:
            break
        room -= len(line) + 1
        chosen.add(place)
    return chosen
