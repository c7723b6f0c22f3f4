"""Speech written into the notes: lines of a transcript, in whatever dialect, as turns.

Dialects change inside one episode, so none is chosen: each line tells its own speaker and times, a time stands at a
word, and what is said between two times is interpolated by words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.chapters.chapter_lists import HEADING as CHAPTERS_HEADING
from bot.text.html_lines import Line
from bot.text.timecodes import STAMP, to_ms
from bot.transcripts.turns.headings import TRANSCRIPT_HEADING
from bot.transcripts.turns.speaker_labels import END_STAMP, Names, is_list_item, learn_names, read_line
from bot.transcripts.turns.turn_builder import Script
from storage.models import Chapter, Turn

_AFTER = re.compile(
    r"(?:show ?notes|links|resources|references|credits|further reading|about (?:us|the show)|related episodes)\W*",
    re.IGNORECASE,
)

_LEAD = re.compile(rf"(?P<time>{STAMP})\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

# A transcript without a heading needs more than a pull quote or two.
_MIN_RUN = 4
# Below each the speech is looked for.
_MAX_HEADINGS = 4
_MIN_WORDS_UNMARKED = 300
_MIN_MEAN_WORDS = 12


@dataclass(frozen=True, slots=True)
class Transcript:
    """The turns, and the line where the transcript, or its heading, begins."""

    turns: tuple[Turn, ...]
    first: int


def find_transcript(
    lines: Sequence[Line], chapters: tuple[Chapter, ...], after: int, duration_s: float | None
) -> Transcript | None:
    """The transcript in `lines`: below its heading, else in the lines behind `after` that look like one."""
    headings = (number for number, line in enumerate(lines) if _is_heading(line))
    for number in islice(headings, _MAX_HEADINGS):
        turns = _read(lines[number + 1 :], chapters, duration_s)
        if _is_speech(turns):
            return Transcript(turns, number)
    first = _first_of_run(lines, after)
    if first is None:
        return None
    turns = _read(lines[first:], chapters, duration_s)
    return Transcript(turns, first) if _is_speech(turns) else None


def find_heading(lines: Sequence[Line]) -> int:
    """The number of the first line that is a transcript's heading with something below it, else of the end."""
    return next((number for number, line in enumerate(lines[:-1]) if _is_heading(line)), len(lines))


def _is_heading(line: Line) -> bool:
    return len(line.text) <= 80 and TRANSCRIPT_HEADING.fullmatch(line.text) is not None


def _is_speech(turns: tuple[Turn, ...]) -> bool:
    if len(turns) < 2:
        return False
    words = sum(len(turn.text.split()) for turn in turns)
    if any(turn.speaker for turn in turns):
        return True
    if any(turn.start_ms is not None for turn in turns):
        return words >= 5 * len(turns)
    return words >= _MIN_WORDS_UNMARKED


def _is_marked(line: Line, names: Names) -> bool:
    if is_list_item(line):
        return False
    spoken = read_line(line, names)
    if spoken.name is not None:
        return spoken.start_ms is not None or END_STAMP.search(line.text) is not None
    return spoken.start_ms is not None and len(spoken.body.split()) >= _MIN_MEAN_WORDS


def _first_of_run(lines: Sequence[Line], after: int) -> int | None:
    """The first line of a run of marked lines, most of the lines that follow it."""
    names = learn_names(lines[after:])
    marked = [number >= after and _is_marked(line, names) for number, line in enumerate(lines)]
    for number in range(after, len(lines)):
        if marked[number] and sum(marked[number : number + 2 * _MIN_RUN]) >= _MIN_RUN:
            return number
    return None


def _read(lines: Sequence[Line], chapters: tuple[Chapter, ...], duration_s: float | None) -> tuple[Turn, ...]:
    lines = _without_titles([line for line in lines if not is_list_item(line)], chapters)
    names = learn_names(lines)
    script = Script()
    speaker: str | None = None
    for line in lines:
        if len(line.text) <= 60 and (_AFTER.fullmatch(line.text) or CHAPTERS_HEADING.fullmatch(line.text)):
            if script.words >= _MIN_WORDS_UNMARKED:
                break
            continue
        spoken = read_line(line, names)
        drafts = script.drafts
        if spoken.name is None and spoken.start_ms is None:
            if not drafts and (names or line.emphasised):
                continue  # An editor's note above the first turn.
            if not drafts or (speaker is None and not names) or drafts[-1].end_ms is not None:
                script.begin(spoken, speaker)
        elif spoken.name is None and not spoken.body:
            if drafts and spoken.start_ms is not None:
                script.end(spoken.start_ms)
            continue
        else:
            speaker = spoken.name or speaker
            script.begin(spoken, speaker)
        if drafts and spoken.body:
            script.say(spoken.body)
    return script.turns(duration_s)


def _without_titles(lines: Sequence[Line], chapters: tuple[Chapter, ...]) -> list[Line]:
    """The lines without headings; where one tells a time, that is left."""
    kept: list[Line] = []
    for number, line in enumerate(lines):
        following = lines[number + 1].text if number + 1 < len(lines) else ""
        before, title, stamp = _split_title(line.text, chapters)
        if before and title:
            kept.append(replace(line, text=before))
        if line.heading or _is_title(replace(line, text=title), stamp, chapters, following):
            if stamp:
                kept.append(Line(stamp))
        elif not (before and title):
            kept.append(line)
    return kept


def _split_title(text: str, chapters: tuple[Chapter, ...]) -> tuple[str, str, str]:
    """What is said, the possible title behind it and its time: `... so bright.` `OIL AND WICKS` `[00:03:20]`."""
    if found := _LEAD.match(text):
        return "", text[found.end() :].strip(), found["time"]
    found = END_STAMP.search(text)
    if found is None:
        return "", text, ""
    start_ms = to_ms(found.group())
    said = text[: found.start()].rstrip()
    for chapter in chapters:
        known = chapter.title.casefold()
        if abs(chapter.start_ms - start_ms) <= 2000 and known and said.casefold().endswith(known):
            at = len(said) - len(known)
            if not said[:at].endswith(": "):
                return said[:at].rstrip(), said[at:], found.group()
    return "", said, found.group()


def _is_title(line: Line, stamp: str, chapters: tuple[Chapter, ...], following: str) -> bool:
    """A chapter's title said again between the paragraphs."""
    title = line.text.casefold()
    if not title or len(title) > 200:
        return False
    # A time that is said twice, above a title and above what follows it.
    twice = bool(stamp) and following.startswith(stamp)
    bold = line.lead.casefold().startswith(title)
    for chapter in chapters:
        known = chapter.title.casefold()
        # The list may have been timed anew since: the same words are enough where they are no mere "Yes".
        if title == known and (" " in known or twice or not stamp):
            return True
        if not stamp or abs(chapter.start_ms - to_ms(stamp)) > 2000:
            continue
        if _alike(known, title) or bold or (twice and _is_headline(line.text)):
            return True
    return False


def _is_headline(text: str) -> bool:
    """Words that are written as those of a title: "Cheaper Lamp Oil"."""
    words = text.split()
    if not 2 <= len(words) <= 12 or ":" in text or text[-1] in ".,;…":
        return False
    return all(not word[0].islower() or len(word) < 5 for word in words)


def _alike(left: str, right: str) -> bool:
    """Equal, one the beginning of the other, or with most of their words in common."""
    if left == right:
        return True
    if not right or not left:
        return False
    if len(right) > 2 * len(left) + 20:
        return False
    if right.startswith(left) or left.startswith(right):
        return len(right) < 2 * len(left)
    a, b = set(_WORD.findall(left)), set(_WORD.findall(right))
    return len(a & b) * 3 >= len(a | b) * 2
