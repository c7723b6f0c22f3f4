"""The chapters of an announcement: each with its time, a link that plays from there, and what is mentioned in it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.play_links import play_link
from bot.present.fit import ChapterRow, fit_chapters
from bot.present.text import fit_lines, masked_link, one_line, web_address
from bot.text.quotation_marks import with_pairs
from bot.text.timecodes import clock
from storage.models import Announcement, Chapter, Episode, SaidLine

TITLE = 150
UNBROKEN = 30
SPEAKER = 60
# A quotation has at most 220 characters; escaped, it is longer.
SAID = 280
MENTIONED = 160
# A line has at most 140 characters; escaped, it is longer.
TOLD = 180
# A longer address would leave no room for chapters.
ADDRESS = 2_000
MORE = "-# + {} more"
# Stands in for chapters that are only counted, as there is no room for them.
_COUNTED = ChapterRow(linked="`0:00`", plain="`0:00`")


def chapters_text(announcement: Announcement, limit: int, *, links: bool = True) -> str:
    """The chapters in at most `limit` characters."""
    chapters, episode = announcement.chapters, announcement.episode
    address = web_address(play_link(episode, 0), ADDRESS)
    links = links and address is not None and len(address) * len(chapters) < limit
    ends = _ends(episode, chapters)
    rows: list[ChapterRow] = []
    used = 0
    for place, chapter in enumerate(chapters):
        told = announcement.lines[place] if place < len(announcement.lines) else None
        names = announcement.mentioned[place] if place < len(announcement.mentioned) else ()
        beneath = summary_line(told) or mentioned_line(names)
        linked, plain = _timed(episode, chapter.start_ms, one_line(chapter.title, TITLE), links=links)
        rows.append(ChapterRow(linked, plain, beneath, ends[place] - chapter.start_ms))
        used += len(plain) + 1
        if used > limit + 1:
            break
    rows += [_COUNTED] * (len(chapters) - len(rows))
    return fit_chapters(rows, limit, MORE)


def summary_line(told: str | None) -> str:
    """What a model wrote of a chapter, in small print; "" if it wrote nothing."""
    words = one_line(told or "", TOLD)
    return f"-# {words}" if words else ""


def mentioned_line(names: Sequence[str]) -> str:
    """The names and terms that are said in a chapter, in small print; "" if there are none."""
    words = one_line(" · ".join(names), MENTIONED)
    return f"-# Mentioned: {words}" if words else ""


def quotations_text(announcement: Announcement, limit: int, *, links: bool = True) -> str:
    """What was said and can stand alone, in at most `limit` characters, each on a line of its own."""
    rich, plain = [], []
    for line in announcement.quotations:
        words = quoted_line(line)
        if not words:
            continue
        if line.start_ms is None:
            linked = bare = f"> {words}"
        else:
            linked, bare = (
                f"> {one}"
                for one in _timed(announcement.episode, line.start_ms, words, links=links, bold=False)
            )
        rich.append(linked)
        plain.append(bare)
    return fit_lines(rich, plain, limit, MORE)


def quoted_line(line: SaidLine) -> str:
    """The words in quotation marks, and who said them; "" if there are none."""
    words = with_pairs(one_line(line.text, SAID))
    speaker = one_line(line.speaker or "", SPEAKER)
    if not words:
        return ""
    # Where Discord wraps the line, the dash stays with the name, and a name of usual length stays in one piece.
    if len(speaker) <= UNBROKEN:
        speaker = speaker.replace(" ", "\u00a0")
    return f"“{words}” —\u00a0{speaker}" if speaker else f"“{words}”"


def _timed(episode: Episode, start_ms: int, words: str, *, links: bool, bold: bool = True) -> tuple[str, str]:
    """A line that begins with a time, with a link that plays from there and without."""
    at = f"`{clock(start_ms)}`"
    rest = f" **{words}**" if words and bold else f" {words}" if words else ""
    url = web_address(play_link(episode, start_ms), ADDRESS) if links else None
    return (masked_link(at, url) if url else at) + rest, at + rest


def _ends(episode: Episode, chapters: Sequence[Chapter]) -> list[int]:
    """Where each chapter ends, in ms: at the start of the next one, or at the end of the episode."""
    starts = [one.start_ms for one in chapters]
    last = max(starts[-1], round((episode.duration_s or 0) * 1000)) if starts else 0
    return [*starts[1:], last]
