"""Speech written into the notes: lines of a transcript, in whatever dialect, as turns.

Dialects change inside one episode, so none is chosen: each line tells its own speaker and times, a time stands at a
word, and what is said between two times is interpolated by words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.notes.chapters import HEADING as CHAPTERS_HEADING
from bot.notes.chapters import read_chapter
from bot.notes.markup import Line
from bot.notes.stamps import STAMP, TIME, to_ms
from bot.notes.timing import Anchor, Draft, to_turns
from storage.models import Chapter, Turn

HEADING = re.compile(
    r"\W*(?:(?:full|complete|episode|podcast|raw|rough|edited|lightly|ai|auto|automatic(?:ally)?|machine|generated|the)"
    r"[\s-]+)*transcripts?(?:\s*\([^()]{0,60}\))?\W*",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:show ?notes|links|resources|references|credits|further reading|about (?:us|the show)|related episodes)\W*",
    re.IGNORECASE,
)

_MAX_NAME = 60
NAME = r"(?P<name>[^\W_][^\[\]():*\n]{0,59}?)"
_LEAD = re.compile(rf"(?P<time>{STAMP})\s*")
_NAME_STAMP = re.compile(rf"{NAME}\s*(?P<time>{STAMP})\s*:\s*")
_NAME_STAMP_BARE = re.compile(rf"{NAME}\s*(?P<time>{STAMP}|(?<=\s){TIME}(?=\s|$))(?:\s+|$)")
_NAME_COLON_STAMP = re.compile(rf"{NAME}\s*:\s*(?P<time>{STAMP})\s*:?\s*")
_NAME_COLON = re.compile(rf"{NAME}\s*:(?:\s+|$|(?=[.,…]\s|[A-Z]))")
_BODY_STAMP = re.compile(rf"\s*\[\s?(?P<time>{TIME})\s?\]\s*")
_END_STAMP = re.compile(rf"\[\s?{TIME}\s?\]$")

_NUMBERED = re.compile(r"(?:speaker|audience|guest|voice|person)\s#?\d{1,2}", re.IGNORECASE)
# Not the full stop of "Dr." or "B.".
_SENTENCE = re.compile(r"[?!…]|(?<=\w{4})\.\s|,\s")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# A word for telling time: "done.So", which lost its space, is two.
_SPOKEN_WORD = re.compile(r"\w+(?:['’]\w+)*")
# What stands before a colon, time and again, and is nobody's name.
_NOT_NAME_WORDS = """
    a an and answer but edit editor example first here host hosts how i if it lightning like link links no note notes
    now number ok okay one or part ps question second so step sure that the then there this three tip today two
    update we well what why yeah yes you
"""
_NOT_NAMES = frozenset(_NOT_NAME_WORDS.split())

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


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What one line tells: who speaks, from when, and the words with their own times still in them."""

    name: str | None
    start_ms: int | None
    body: str


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
    return len(line.text) <= 80 and HEADING.fullmatch(line.text) is not None


def _is_speech(turns: tuple[Turn, ...]) -> bool:
    if len(turns) < 2:
        return False
    words = sum(len(turn.text.split()) for turn in turns)
    if any(turn.speaker for turn in turns):
        return True
    if any(turn.start_ms is not None for turn in turns):
        return words >= 5 * len(turns)
    return words >= _MIN_WORDS_UNMARKED


def _is_list_item(line: Line) -> bool:
    """A bullet with a time is a chapter, wherever it stands."""
    return line.bullet and read_chapter(line) is not None


def _is_marked(line: Line, names: frozenset[str]) -> bool:
    if _is_list_item(line):
        return False
    spoken = _read_line(line, names)
    if spoken.name is not None:
        return spoken.start_ms is not None or _END_STAMP.search(line.text) is not None
    return spoken.start_ms is not None and len(spoken.body.split()) >= _MIN_MEAN_WORDS


def _first_of_run(lines: Sequence[Line], after: int) -> int | None:
    """The first line of a run of marked lines, most of the lines that follow it."""
    names = learn_names(lines[after:])
    marked = [number >= after and _is_marked(line, names) for number, line in enumerate(lines)]
    for number in range(after, len(lines)):
        if marked[number] and sum(marked[number : number + 2 * _MIN_RUN]) >= _MIN_RUN:
            return number
    return None


def learn_names(lines: Iterable[Line]) -> frozenset[str]:
    """The speakers: names with a time beside them, bold names, and what stands before a colon again and again."""
    sure: set[str] = set()
    counts: Counter[str] = Counter()
    stamped: set[str] = set()
    lower: Counter[str] = Counter()
    bold = False
    for line in lines:
        bold |= bool(line.lead)
        lower.update(word for word in _WORD.findall(line.text) if word[0].islower())
        if _is_list_item(line):
            continue
        lead = _LEAD.match(line.text)
        text = line.text[lead.end() :] if lead else line.text
        if found := _NAME_STAMP.match(text) or _NAME_COLON_STAMP.match(text):
            if _may_name(found["name"]):
                sure.add(found["name"])
        elif found := _NAME_COLON.match(text):
            name = found["name"]
            if not _may_name(name):
                continue
            if line.lead.rstrip(": ") == name:
                sure.add(name)
            counts[name] += 1
            if lead or _END_STAMP.search(text):
                stamped.add(name)
    often = {name for name in counts if _is_name(name, counts[name], name in stamped, lower)}
    if not bold and len(often) > 1:
        # Somebody who spoke once, among those who speak often.
        often |= {name for name in counts if " " not in name and len(name) > 2 and not lower[name.lower()]}
    return frozenset(sure | often)


def _may_name(name: str) -> bool:
    words = name.split()
    return len(words) <= 6 and not _SENTENCE.search(name) and words[0].lower() not in _NOT_NAMES


def _is_name(name: str, count: int, stamped: bool, lower: Counter[str]) -> bool:  # noqa: FBT001
    words = name.split()
    if _NUMBERED.fullmatch(name):
        return True
    if len(words) > 1:
        # "Ada Moore" once beside a time, or "Audience Q&A 2" twice.
        return all(not word[0].islower() for word in words) and (stamped or count > 1)
    if name[0].islower():
        return count > 2 and stamped
    # A word that the text has in small letters too is no name ("Yeah: ...").
    return count > 1 and lower[name.lower()] <= count


def _read_line(line: Line, names: frozenset[str]) -> _Spoken:
    text = line.text
    start_ms: int | None = None
    if found := _LEAD.match(text):
        start_ms = to_ms(found["time"])
        text = text[found.end() :]
    for form in (_NAME_STAMP, _NAME_COLON_STAMP, _NAME_STAMP_BARE):
        found = form.match(text)
        if found and (found["name"] in names or (form is _NAME_STAMP_BARE and found["name"] == line.lead)):
            return _Spoken(found["name"], to_ms(found["time"]), text[found.end() :])
    found = _NAME_COLON.match(text)
    if found and found["name"] in names:
        return _Spoken(found["name"], start_ms, text[found.end() :])
    for name in (line.lead.rstrip(": "),):
        # "Name:text", with the bold print as the only border.
        if name in names and text.startswith(name + ":"):
            return _Spoken(name, start_ms, text[len(name) + 1 :].lstrip())
    return _Spoken(None, start_ms, text)


class _Reader:
    """Puts lines together: drafts of turns, and times at words."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.anchors: list[Anchor] = []
        self.words = 0

    def begin(self, speaker: str | None, start_ms: int | None) -> None:
        if start_ms is not None:
            self.anchors.append(Anchor(self.words, start_ms))
        elif not self.drafts:
            start_ms = None
        elif self.drafts[-1].end_ms is not None:
            # The time below the paragraph before is where this one begins.
            start_ms = self.drafts[-1].end_ms
        self.drafts.append(Draft(speaker, self.words, start_ms))

    def end(self, stamp_ms: int) -> None:
        """What was said so far ends at `stamp_ms`."""
        self.anchors.append(Anchor(self.words, stamp_ms))
        self.drafts[-1].end_ms = stamp_ms

    def say(self, body: str) -> None:
        """Add the words of one paragraph to the last draft, and the times that stand between them."""
        draft = self.drafts[-1]
        draft.end_ms = None
        at = 0
        for found in _BODY_STAMP.finditer(body):
            self._add(draft, body[at : found.start()])
            at = found.end()
            stamp_ms = to_ms(found["time"])
            if at == len(body):
                self.end(stamp_ms)
            else:
                self.anchors.append(Anchor(self.words, stamp_ms))
        self._add(draft, body[at:])

    def _add(self, draft: Draft, text: str) -> None:
        if text := text.strip():
            draft.parts.append(text)
            self.words += len(_SPOKEN_WORD.findall(text))


def _read(lines: Sequence[Line], chapters: tuple[Chapter, ...], duration_s: float | None) -> tuple[Turn, ...]:
    lines = _without_titles([line for line in lines if not _is_list_item(line)], chapters)
    names = learn_names(lines)
    reader = _Reader()
    speaker: str | None = None
    for line in lines:
        if len(line.text) <= 60 and (_AFTER.fullmatch(line.text) or CHAPTERS_HEADING.fullmatch(line.text)):
            if reader.words >= _MIN_WORDS_UNMARKED:
                break
            continue
        spoken = _read_line(line, names)
        if spoken.name is None and spoken.start_ms is None:
            if not reader.drafts and (names or line.emphasised):
                continue  # An editor's note above the first turn.
            if not reader.drafts or (speaker is None and not names) or reader.drafts[-1].end_ms is not None:
                reader.begin(speaker, None)
        elif spoken.name is None and not spoken.body:
            if reader.drafts and spoken.start_ms is not None:
                reader.end(spoken.start_ms)
            continue
        else:
            speaker = spoken.name or speaker
            reader.begin(speaker, spoken.start_ms)
        if reader.drafts and spoken.body:
            reader.say(spoken.body)
    drafts = [draft for draft in reader.drafts if draft.parts]
    return tuple(to_turns(drafts, reader.anchors, reader.words, duration_s))


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
    found = _END_STAMP.search(text)
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
