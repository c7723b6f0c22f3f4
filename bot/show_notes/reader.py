"""Read show notes, what a feed's item says about its episode, into chapters, turns and an introduction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.chapters.chapter_lines import ChapterLine, ChapterScanner
from bot.chapters.chapter_lists import NO_CHAPTERS, find_chapters
from bot.chapters.headings import is_chapters_heading
from bot.chapters.inline_lists import split_inline_list
from bot.show_notes.embedded_transcript import find_heading, find_transcript
from bot.show_notes.foreign_timestamps import foreign_lines
from bot.show_notes.line_recovery import is_flattened, unflatten
from bot.text.formula_repair import repair_formulas
from bot.text.html_lines import MAX_LINES, Line, read_lines, tidy, without_trailer
from bot.text.timecodes import TIME
from bot.transcripts.annotations.annotate import annotate
from bot.transcripts.turns.line_scanner import scan_line
from storage.models import Chapter, Turn

_TIME = re.compile(TIME)


@dataclass(frozen=True, slots=True)
class Notes:
    """`intro` is plain text with a newline between paragraphs."""

    chapters: tuple[Chapter, ...]
    turns: tuple[Turn, ...]
    intro: str


def read_notes(html: str, duration_s: float | None = None, people: Sequence[str] = ()) -> Notes:
    """Read an item's notes, in HTML or text; line breaks that a page lost are restored first.

    `people` are the full names of those who take part, as the feed gives them. Raises MarkupError.
    """
    scanner = ChapterScanner()
    lines = _lines(html, scanner, duration_s)
    # Chapters are listed above the transcript; lines with a time below its heading are speech.
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


def _lines(html: str, scanner: ChapterScanner, duration_s: float | None) -> list[Line]:
    """The lines of the notes without markup, none of them empty."""
    raw = [part for line in _without_trailer(read_lines(html)) for part in _source_lines(line, scanner)]
    mended = repair_formulas([line.text for line in raw])
    raw = [replace(line, text=text) for line, text in zip(raw, mended, strict=True)]
    raw = _without_inline_lists(raw, scanner)
    if is_flattened(raw):
        parts = (replace(line, text=text, links=()) for line in raw for text in unflatten(line.text))
        raw = list(islice(parts, MAX_LINES))
    foreign = foreign_lines(raw, duration_s)
    tidied = (tidy(replace(line, foreign=number in foreign)) for number, line in enumerate(raw))
    return [line for line in tidied if line.text]


def _without_inline_lists(lines: Sequence[Line], scanner: ChapterScanner) -> list[Line]:
    """The lines, with chapters that stand in one line each in a line of their own."""
    several = [len(_TIME.findall(line.text)) > 1 for line in lines]
    if not any(several):
        return list(lines)
    beside = any(
        not two and _TIME.search(line.text) and scanner.is_chapter(tidy(line).text)
        for line, two in zip(lines, several, strict=True)
    )
    kept: list[Line] = []
    for line, two in zip(lines, several, strict=True):
        parts = split_inline_list(line.text, beside_chapters=beside) if two else [line.text]
        kept += [line] if len(parts) == 1 else [replace(line, text=part, links=()) for part in parts]
    return kept[:MAX_LINES]


def _without_trailer(lines: Sequence[Line]) -> list[Line]:
    """The lines without the call to subscribe that ends them."""
    kept = [line for line in lines if line.text.strip()]
    while kept:
        text = without_trailer(kept[-1].text)
        if text.strip():
            kept[-1] = replace(kept[-1], text=text)
            break
        kept.pop()
    return kept


def _source_lines(line: Line, scanner: ChapterScanner) -> list[Line]:
    """The source lines of an HTML paragraph, where they are a list whose line breaks were not marked up."""
    if "\n" not in line.text or not _TIME.search(line.text):
        return [line]
    sources = [" ".join(source.split()) for source in line.text.split("\n")]
    chapters = [scanner.scan(tidy(Line(source)).text) if _TIME.search(source) else None for source in sources]
    headed = any(found and _is_heading(above) for above, found in zip(sources, chapters[1:], strict=False))
    if sum(found is not None for found in chapters) < 2 and not headed:
        return [line]
    parts: list[list[str]] = [[]]
    above: ChapterLine | None = None
    for source, found in zip(sources, chapters, strict=True):
        # Where the time stands last, it ends the title: the next source line is no part of it.
        if found or not source or (above and not above.time_first):
            parts.append([])
        parts[-1].append(source)
        above = found
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
