"""Show notes: what a feed's item says about its episode, as chapters, turns and an introduction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.chapters.chapter_lines import ChapterLine, ChapterScanner
from bot.chapters.chapter_lists import NO_CHAPTERS, find_chapters
from bot.chapters.headings import is_chapters_heading
from bot.show_notes.embedded_transcript import find_heading, find_transcript
from bot.show_notes.foreign_timestamps import lines_of_others
from bot.show_notes.line_recovery import is_flattened, unflatten
from bot.text.formula_repair import mend
from bot.text.html_lines import MAX_LINES, Line, read_lines, tidy, without_trailer
from bot.text.timecodes import TIME
from bot.transcripts.annotations.annotate import annotate
from bot.transcripts.turns.line_scanner import scan_line
from storage.models import Chapter, Turn

_TIME = re.compile(TIME)


@dataclass(frozen=True, slots=True)
class Notes:
    """`intro` is plain text, its paragraphs parted by newlines."""

    chapters: tuple[Chapter, ...]
    turns: tuple[Turn, ...]
    intro: str


def read_notes(html: str, duration_s: float | None = None, people: Sequence[str] = ()) -> Notes:
    """Read an item's notes, HTML or text; a page that lost its line breaks gets them back first.

    `people` are full names of those who take part, as the feed tells them.
    """
    scanner = ChapterScanner()
    raw = [part for line in _without_trailer(read_lines(html)) for part in _parted(line, scanner)]
    mended = mend([line.text for line in raw])
    raw = [replace(line, text=text) for line, text in zip(raw, mended, strict=True)]
    if is_flattened(raw):
        parted = (replace(line, text=text, links=()) for line in raw for text in unflatten(line.text))
        raw = list(islice(parted, MAX_LINES))
    foreign = lines_of_others(raw)
    tidied = [tidy(replace(line, foreign=True) if n in foreign else line) for n, line in enumerate(raw)]
    lines = [line for line in tidied if line.text]

    # Chapters stand above the transcript, and what has a time below its heading is speech.
    scanned = [scan_line(line) for line in lines]
    heading = find_heading(scanned)
    listed = find_chapters(lines[:heading], scanner, duration_s)
    items = {n for n, line in enumerate(lines) if line.bullet and scanner.is_chapter(line.text)}
    transcript = find_transcript(scanned, items, listed.chapters, listed.after, duration_s)
    if transcript is None and listed is NO_CHAPTERS and heading < len(lines):
        listed = find_chapters(lines, scanner, duration_s)
    chapters = listed.chapters
    if transcript is not None and listed.after > transcript.first:
        listed, chapters = NO_CHAPTERS, ()

    end = transcript.first if transcript else len(lines)
    intro = _text(lines[: listed.first if chapters else end])
    if not intro and chapters:
        intro = _text(lines[listed.after : max(end, listed.after)])
    return Notes(chapters, annotate(transcript.turns, people) if transcript else (), intro)


def _without_trailer(lines: Sequence[Line]) -> list[Line]:
    """The lines without the call to subscribe, which is the last one or the end of it."""
    kept = [line for line in lines if line.text.strip()]
    while kept:
        text = without_trailer(kept[-1].text)
        if text.strip():
            kept[-1] = replace(kept[-1], text=text)
            break
        kept.pop()
    return kept


def _parted(line: Line, scanner: ChapterScanner) -> list[Line]:
    """The lines that the source of an HTML paragraph has, where they are a list without its line breaks."""
    if "\n" not in line.text or not _TIME.search(line.text):
        return [line]
    sources = [" ".join(source.split()) for source in line.text.split("\n")]
    entries = [scanner.scan(tidy(Line(source)).text) if _TIME.search(source) else None for source in sources]
    headed = any(entry and _is_heading(before) for before, entry in zip(sources, entries[1:], strict=False))
    if sum(entry is not None for entry in entries) < 2 and not headed:
        return [line]
    parts: list[list[str]] = [[]]
    before: ChapterLine | None = None
    for source, entry in zip(sources, entries, strict=True):
        # Where the time stands last, nothing of its title follows in the next line.
        if entry or not source or (before and not before.time_first):
            parts.append([])
        parts[-1].append(source)
        before = entry
    texts = [text for part in parts if (text := " ".join(part).strip())]
    return [replace(line, text=text, bullet=line.bullet and not n, links=()) for n, text in enumerate(texts)]


def _is_heading(source: str) -> bool:
    return source.startswith("#") or is_chapters_heading(source)


def _text(lines: Sequence[Line]) -> str:
    paragraphs = [
        f"• {line.text}" if line.bullet else line.text
        for line in lines
        if line.text and not is_chapters_heading(line.text)
    ]
    return "\n".join(paragraphs)
