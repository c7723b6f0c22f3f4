"""Show notes: what a feed's item says about its episode, as chapters, turns and an introduction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.notes.chapters import NONE, find_chapters
from bot.notes.flattened import is_flattened, unflatten
from bot.notes.entries import Entry, read_entry
from bot.notes.headings import is_chapters_heading
from bot.notes.markup import Line, read_lines, tidy, without_trailer
from bot.notes.others import lines_of_others
from bot.notes.stamps import TIME
from bot.notes.speech import find_heading, find_transcript
from storage.models import Chapter, Turn

_TIME = re.compile(TIME)


@dataclass(frozen=True, slots=True)
class Notes:
    """`intro` is plain text, its paragraphs parted by newlines."""

    chapters: tuple[Chapter, ...]
    turns: tuple[Turn, ...]
    intro: str


def read_notes(html: str, duration_s: float | None = None) -> Notes:
    """Read an item's notes, HTML or text; a page that lost its line breaks gets them back first."""
    raw = [part for line in _without_trailer(read_lines(html)) for part in _parted(line)]
    if is_flattened(raw):
        raw = [replace(line, text=text) for line in raw for text in unflatten(line.text)]
    foreign = lines_of_others(raw)
    tidied = [tidy(replace(line, foreign=True) if n in foreign else line) for n, line in enumerate(raw)]
    lines = [line for line in tidied if line.text]

    # Chapters stand above the transcript, and what has a time below its heading is speech.
    heading = find_heading(lines)
    listed = find_chapters(lines[:heading], duration_s)
    transcript = find_transcript(lines, listed.chapters, listed.after, duration_s)
    if transcript is None and listed is NONE and heading < len(lines):
        listed = find_chapters(lines, duration_s)
    chapters = listed.chapters
    if transcript is not None and listed.after > transcript.first:
        listed, chapters = NONE, ()

    end = transcript.first if transcript else len(lines)
    intro = _text(lines[: listed.first if chapters else end])
    if not intro and chapters:
        intro = _text(lines[listed.after : max(end, listed.after)])
    return Notes(chapters, transcript.turns if transcript else (), intro)


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


def _parted(line: Line) -> list[Line]:
    """The lines that the source of an HTML paragraph has, where they are a list that forgot its breaks."""
    if "\n" not in line.text or len(_TIME.findall(line.text)) < 2:  # noqa: PLR2004
        return [line]
    sources = line.text.split("\n")
    entries = [_TIME.search(source) is not None and read_entry(" ".join(source.split())) for source in sources]
    if sum(map(bool, entries)) < 2:  # noqa: PLR2004
        return [line]
    parts: list[list[str]] = [[]]
    for number, (source, entry) in enumerate(zip(sources, entries, strict=True)):
        ended = number > 0 and (not sources[number - 1].strip() or _ends(entries[number - 1]))
        if entry or ended:
            parts.append([])
        parts[-1].append(source)
    texts = [text for part in parts if (text := "\n".join(part)).strip()]
    return [replace(line, text=text, bullet=line.bullet and not n, links=()) for n, text in enumerate(texts)]


def _ends(entry: Entry | Literal[False] | None) -> bool:
    """Whether a time stands last, so that nothing of its title follows in the next line."""
    return bool(entry) and not entry.first


def _text(lines: Sequence[Line]) -> str:
    paragraphs = [
        f"• {line.text}" if line.bullet else line.text
        for line in lines
        if line.text and not is_chapters_heading(line.text)
    ]
    return "\n".join(paragraphs)
