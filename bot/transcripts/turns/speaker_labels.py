"""Who speaks a line, and from when: the labels that transcripts put before, above or behind what is said.

No dialect is chosen, since one text may change it: the names are learnt first, and then each line tells for itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

from bot.chapters.chapter_lists import read_chapter
from bot.text.html_lines import Line
from bot.text.timecodes import STAMP, TIME, to_ms
from bot.transcripts.annotations.sound_notes import sound_notes
from bot.transcripts.annotations.turn_marks import pseudo_mark

_MAX_NAME = 60
# A role may stand behind the name: "Ada Moore (host):".
NAME = r"(?P<name>[^\W_][^\[\]():：*\n]{0,59}?(?:\s?\([^()\d:\n]{1,40}\))?)"
_SEPARATOR = r"(?:\s?[-–—|·•,@]\s?|\s)"
_RANGE = rf"{TIME}(?:\s?(?:-->|[-–—]|to)\s?{TIME})?"
_LEAD = re.compile(rf"(?P<time>{STAMP})\s*")
# Without brackets it needs a space behind it, and a speaker.
_LEAD_BARE = re.compile(rf"(?P<time>{_RANGE})(?:\s?[-–—|]\s|\s+|$)")
_NAME_STAMP = re.compile(rf"{NAME}\s*(?P<time>{STAMP})\s*[:：]\s*")
_NAME_STAMP_BARE = re.compile(rf"{NAME}\s*(?P<time>{STAMP}|(?<=\s){TIME}(?=\s|$))(?:\s+|$)")
_STAMP_BEFORE_BODY = re.compile(rf"(?P<time>{STAMP}(?:\s?(?:to|[-–—])\s?{STAMP})?)\s*[:：]?\s*")
_NAME_COLON_STAMP = re.compile(rf"{NAME}\s*[:：]\s*{_STAMP_BEFORE_BODY.pattern}")
_NAME_COLON = re.compile(rf"{NAME}\s*[:：](?:\s+|$|(?=[.,…]\s|[A-Z])|(?<=：))")
_NAME_TIME = re.compile(rf"{NAME}{_SEPARATOR}\s?(?P<time>{STAMP}|{_RANGE})\s*[:：]?$")
_NAME_BRACKETED = re.compile(r"\[(?P<name>[^\W\d_][^\[\]:\n]{0,59})\]\s*[:：]?\s*")
_NAME_ALONE = re.compile(r"(?P<name>[^\W_][^\[\]:：*\n.!?…,]{0,39})[:：]?$")
END_STAMP = re.compile(rf"\[\s?{TIME}\s?\]$")

_IN_BRACKETS = re.compile(r"\([^()]*\)")
_NAME_BAR = re.compile(r"(?P<name>[^\W\d_][^\[\]():*|—–\n]{0,59}?)\s[|—–]\s")
_NUMBERED = re.compile(r"(?:speaker|audience|guest|voice|person|host)[\s#_]{0,2}\d{1,2}", re.IGNORECASE)
# Not the full stop of "Dr." or "B.", and not the comma before "PhD".
_SENTENCE = re.compile(r"[?!…]|(?<=\w{4})\.\s|,\s(?!(?:Psy|Ph|M|J|Ed|D|Jr|Sr|II|Esq)[\w.]{0,4}$)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# What stands before a colon, time and again, and is nobody's name.
_NOT_NAME_WORDS = """
    a an and answer but edit editor example first here host hosts how i if it lightning like link links no note notes
    now number ok okay one or part ps question second so step sure that the then there this three tip today two
    update we well what why yeah yes you
"""
_NOT_NAMES = frozenset(_NOT_NAME_WORDS.split())
# In a text that is nothing but a transcript these are somebody, where they come again.
_ROLES = frozenset({"host", "hosts", "question", "answer", "a", "q", "i", "r", "s"})


@dataclass(frozen=True, slots=True)
class Names:
    """The speakers of a text: before a colon or a time, in brackets, on a line of their own, before a bar."""

    known: frozenset[str]
    bracketed: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.known or self.bracketed or self.alone)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one line tells: who speaks, from when, and the words with their own times still in them."""

    name: str | None
    start_ms: int | None
    body: str
    end_ms: int | None = None


def is_list_item(line: Line) -> bool:
    """A bullet with a time is a chapter, wherever it stands."""
    return line.bullet and read_chapter(line) is not None


def may_name(name: str, *, whole: bool = False) -> bool:
    """Whether `name` could be one by its words alone."""
    words = name.split()
    if len(words) > 6 or _SENTENCE.search(name):
        return False
    first = words[0].lower()
    return first not in _NOT_NAMES or (whole and len(words) == 1 and first in _ROLES)


class _Learner:
    """What is seen of names, line by line."""

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._sure: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._stamped: set[str] = set()
        self._timed: Counter[str] = Counter()
        self._bracketed: Counter[str] = Counter()
        self._alone: Counter[str] = Counter()
        self._headings: set[str] = set()
        self._parted: Counter[str] = Counter()
        self._lower: Counter[str] = Counter()
        self._bold = False
        self._marked = 0

    def see(self, line: Line, following: Line | None) -> None:
        self._bold |= bool(line.lead)
        self._lower.update(word for word in _WORD.findall(line.text) if word[0].islower())
        if not self._whole and is_list_item(line):
            return
        text, start_ms, _ = _lead(line.text, bare=True)
        marked = line.lead.rstrip(": ")
        if marked and text.startswith(marked + ":") and may_name(marked, whole=self._whole):
            self._sure.add(marked)
            self._marked += 1
            return
        for form in (_NAME_STAMP, _NAME_COLON_STAMP):
            found = form.match(text)
            if found and may_name(found["name"], whole=self._whole):
                self._sure.add(found["name"])
            if found:
                return
        if found := _NAME_COLON.match(text):
            self._see_colon(found["name"], stamped=start_ms is not None or bool(END_STAMP.search(text)))
        elif found := _NAME_TIME.match(text):
            if may_name(found["name"], whole=self._whole):
                self._timed[found["name"]] += 1
        elif self._whole:
            self._see_apart(line, text, following, stamped=start_ms is not None)

    def _see_colon(self, name: str, *, stamped: bool) -> None:
        if not may_name(name, whole=self._whole):
            return
        self._counts[name] += 1
        if stamped:
            self._stamped.add(name)

    def _see_apart(self, line: Line, text: str, following: Line | None, *, stamped: bool) -> None:
        """A name in brackets, between bars, or on a line of its own, perhaps below or above its time."""
        if found := _NAME_BRACKETED.match(text):
            self._bracketed[found["name"]] += 1
        elif found := _NAME_BAR.match(text):
            self._parted[found["name"]] += 1
        elif found := _NAME_ALONE.match(text):
            name = found["name"]
            timed_below = following is not None and not _lead(following.text, bare=True)[0]
            words_below = following is not None and _lead(following.text, bare=True)[1] is None
            if (stamped and words_below) or (not stamped and timed_below):
                self._timed[name] += 1
            elif not stamped:
                self._alone[name] += 1
                if line.heading:
                    self._headings.add(name)

    def names(self) -> Names:
        often = {name for name in self._counts if self._is_name(name, self._counts[name])}
        # Among marked names a few that are not marked are words with a colon: "On Wednesday: ...".
        few = (
            self._whole
            and sum(self._counts[name] for name in self._counts.keys() - self._sure) * 4 < self._marked
        )
        if few:
            often.clear()
        elif self._whole or (not self._bold and len(often) > 1):
            # Somebody who spoke once, among those who speak often.
            rare = {name for name in self._counts if self._is_rare_name(name)}
            often |= rare if len(often | rare | self._sure) > 1 else set()
        timed = {name for name in self._timed if self._is_timed_name(name, self._timed[name])}
        barred = {name for name, count in self._parted.items() if self._is_apart(name, count + 1)}
        if max(self._parted.values(), default=0) < 2:
            barred.clear()
        known = frozenset(self._sure | often | timed | (barred if len(barred) > 1 else set()))
        bracketed = {name for name, count in self._bracketed.items() if self._is_bracketed(name, count)}
        return Names(known, frozenset(bracketed), self._names_alone(known), frozenset(barred & known))

    def _names_alone(self, known: frozenset[str]) -> frozenset[str]:
        alone = {name for name, count in self._alone.items() if name in known or self._is_apart(name, count)}
        if any(self._alone[name] > 1 for name in alone & self._headings):
            alone |= {name for name in self._headings if _is_full_name(name)}
        # One voice above its paragraphs would be a heading.
        return frozenset(alone if len(alone) > 1 or known else ())

    def _is_name(self, name: str, count: int) -> bool:
        words = name.split()
        if _NUMBERED.fullmatch(name):
            return True
        stamped = name in self._stamped
        if len(words) > 1:
            # "Ada Moore" once beside a time, or "Audience Q&A 2" twice.
            return _is_title(name, short=True) and (stamped or count > 1)
        if len(name) == 1 and not (self._whole and count > 1):
            return False
        if name[0].islower():
            return count > 2 and stamped
        # A word that the text has in small letters too is no name ("Yeah: ...").
        return (count > 1 and self._lower[name.lower()] <= count) or (
            self._whole and ((count > 1 and name.isupper()) or (stamped and not self._lower[name.lower()]))
        )

    def _is_rare_name(self, name: str) -> bool:
        if " " in name:
            return self._whole and _is_title(name) and len(name.split()) < 5
        return (
            len(name) > (1 if self._whole else 2) and not self._lower[name.lower()] and not name[0].islower()
        )

    def _is_timed_name(self, name: str, count: int) -> bool:
        """`Ada Moore  0:03` on a line of its own, which in notes could be a chapter."""
        if _NUMBERED.fullmatch(name):
            return True
        if not may_name(name, whole=self._whole) or not _is_title(name) or len(name.split()) > 5:
            return False
        return count > 1 or (self._whole and len(self._timed) > 1)

    def _is_apart(self, name: str, count: int) -> bool:
        return count > 1 and may_name(name, whole=True) and _is_title(name) and self._is_name(name, count)

    def _is_bracketed(self, name: str, count: int) -> bool:
        if sound_notes(f"[{name}]") or not _is_title(name) or len(name.split()) > 4:
            return False
        return count > 1 and may_name(name, whole=True) and self._lower[name.lower()] <= count


def learn_names(
    lines: Sequence[Line], *, whole: bool = False, inside: Container[int] = frozenset[int]()
) -> Names:
    """The speakers: names with a time beside them, bold names, and what stands before a colon again and again.

    `whole` says that the text is nothing but a transcript, so that less is taken for something else; the lines whose
    numbers are `inside` a paragraph name nobody.
    """
    learner = _Learner(whole=whole)
    for number, line in enumerate(lines):
        if number not in inside:
            learner.see(line, lines[number + 1] if number + 1 < len(lines) else None)
    return learner.names()


def _is_title(name: str, *, short: bool = False) -> bool:
    """Whether no word begins small; without `short` those of three letters may ("Vincent van Gogh")."""
    words = _IN_BRACKETS.sub("", name).split()
    return all(not word[0].islower() for word in words if short or len(word) > 3)


def _is_full_name(name: str) -> bool:
    return _is_title(name, short=True) and 1 < len(name.split()) < 4 and not any(map(str.isdigit, name))


def _lead(text: str, *, bare: bool) -> tuple[str, int | None, int | None]:
    """The text behind the time that it begins with, that time, and the end where it names one."""
    found = _LEAD.match(text) or (_LEAD_BARE.match(text) if bare else None)
    if found is None:
        return text, None, None
    start_ms, end_ms = span_ms(found["time"])
    return text[found.end() :], start_ms, end_ms


def span_ms(stamp: str) -> tuple[int, int | None]:
    """The first time in `stamp`, and the second where it has one that is later."""
    times = [to_ms(found.group()) for found in _TIME.finditer(stamp)]
    end_ms = times[1] if len(times) > 1 and times[1] > times[0] else None
    return times[0], end_ms


_TIME = re.compile(TIME)


def read_line(line: Line, names: Names, *, whole: bool = False) -> Spoken:
    """What `line` tells. Without `whole` a bare time at its beginning needs a speaker behind it."""
    if line.bullet and not whole and _LEAD_BARE.match(line.text):
        return Spoken(None, None, line.text)
    text, start_ms, end_ms = _lead(line.text, bare=True)
    spoken = _labelled(line, text, start_ms, end_ms, names, whole=whole)
    if spoken is not None:
        return spoken
    if not whole and start_ms is not None and _LEAD.match(line.text) is None:
        return Spoken(None, None, line.text)
    return Spoken(None, start_ms, text, end_ms)


def _labelled(
    line: Line, text: str, start_ms: int | None, end_ms: int | None, names: Names, *, whole: bool
) -> Spoken | None:
    known = names.known
    name = line.lead.rstrip(": ")
    if name in known and text.startswith(name + ":"):
        # "Name:text", with the bold print as the only border.
        body = text[len(name) + 1 :].lstrip()
        if found := _STAMP_BEFORE_BODY.match(body):
            first_ms, last_ms = span_ms(found["time"])
            return Spoken(name, first_ms, body[found.end() :], last_ms)
        return Spoken(name, start_ms, body, end_ms)
    for form in (_NAME_STAMP, _NAME_COLON_STAMP, _NAME_TIME, _NAME_STAMP_BARE):
        found = form.match(text)
        if found and (found["name"] in known or (form is _NAME_STAMP_BARE and found["name"] == line.lead)):
            first_ms, last_ms = span_ms(found["time"])
            return Spoken(found["name"], first_ms, text[found.end() :], last_ms)
    found = _NAME_COLON.match(text)
    if found and found["name"] in known:
        return Spoken(found["name"], start_ms, text[found.end() :], end_ms)
    if whole and line.lead and text == line.lead and (name in known or pseudo_mark(name)):
        return Spoken(name, start_ms, "", end_ms)
    if (found := _NAME_BRACKETED.match(text)) and found["name"] in names.bracketed:
        return Spoken(found["name"], start_ms, text[found.end() :], end_ms)
    if (found := _NAME_BAR.match(text)) and found["name"] in names.barred:
        return Spoken(found["name"], start_ms, text[found.end() :], end_ms)
    if (found := _NAME_ALONE.fullmatch(text)) and (
        found["name"] in names.alone or (whole and found["name"] in known)
    ):
        return Spoken(found["name"], start_ms, "", end_ms)
    return None
