"""The chapters of an announcement: each with its time, a link that plays there, and what is said in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.play_links import play_link
from bot.present.fit import ChapterRow, fit
from bot.present.text import fit_lines, masked_link, one_line, web_address
from bot.text.timecodes import clock
from storage.models import Announcement, Chapter, Episode, SaidLine

TITLE = 150
UNBROKEN = 30
SPEAKER = 60
# The line itself has 180 at most; what is escaped in it is longer.
SAID = 240
# Escaped, an address grows; one that is longer than this leaves no room for chapters.
ADDRESS = 2_000
MORE = "-# + {} more"
# Of chapters that have no room a message tells their number alone.
_COUNTED = ChapterRow(linked="`0:00`", plain="`0:00`")


def chapters_text(what: Announcement, limit: int, *, links: bool = True, but: Collection[str] = ()) -> str:
    """The chapters in at most `limit` characters. A line whose words are among `but` is shown elsewhere."""
    chapters, episode = what.chapters, what.episode
    address = web_address(play_link(episode, 0), ADDRESS)
    links = links and address is not None and len(address) * len(chapters) < limit
    ends = _ends(episode, chapters)
    entries: list[ChapterRow] = []
    used = 0
    for place, chapter in enumerate(chapters):
        line = what.lines[place] if place < len(what.lines) else None
        linked, plain = _timed(episode, chapter.start_ms, one_line(chapter.title, TITLE), links=links)
        words = said(line) if line is not None and line.text not in but else ""
        entries.append(ChapterRow(linked, plain, words and f"-# {words}", ends[place] - chapter.start_ms))
        used += len(plain) + 1
        if used > limit + 1:
            break
    entries += [_COUNTED] * (len(chapters) - len(entries))
    return fit(entries, limit, MORE)


def summary_text(what: Announcement, limit: int, *, links: bool = True) -> str:
    """What carries the episode, a line a moment, in at most `limit` characters."""
    rich, plain = [], []
    for line in what.summary:
        words = said(line)
        if not words:
            continue
        if line.start_ms is None:
            linked = bare = f"> {words}"
        else:
            linked, bare = (
                f"> {one}" for one in _timed(what.episode, line.start_ms, words, links=links, bold=False)
            )
        rich.append(linked)
        plain.append(bare)
    return fit_lines(rich, plain, limit, MORE)


def said(line: SaidLine) -> str:
    """Words in quotation marks, and who said them; "" where there are none."""
    words = one_line(line.text, SAID)
    speaker = one_line(line.speaker or "", SPEAKER)
    if not words:
        return ""
    # The dash stays with the name where the line is broken, and a name of usual length whole.
    if len(speaker) <= UNBROKEN:
        speaker = speaker.replace(" ", "\u00a0")
    return f"“{words}” —\u00a0{speaker}" if speaker else f"“{words}”"


def _timed(episode: Episode, start_ms: int, words: str, *, links: bool, bold: bool = True) -> tuple[str, str]:
    """A line that begins with a moment, with the link that plays there and without."""
    at = f"`{clock(start_ms)}`"
    rest = f" **{words}**" if words and bold else f" {words}" if words else ""
    url = web_address(play_link(episode, start_ms), ADDRESS) if links else None
    return (masked_link(at, url) if url else at) + rest, at + rest


def _ends(episode: Episode, chapters: Sequence[Chapter]) -> list[int]:
    """Where each chapter ends: the next one's start, or the end of the episode."""
    starts = [one.start_ms for one in chapters]
    last = max(starts[-1], round((episode.duration_s or 0) * 1000)) if starts else 0
    return [*starts[1:], last]
