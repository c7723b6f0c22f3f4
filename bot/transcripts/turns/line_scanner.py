"""Scan a line of a transcript: the time that it begins with, and every label in it that may name a speaker.

    Ada Moore [00:12]: text     [00:12] Ada Moore: text     **Ada Moore:** text     Ada Moore  0:12

Each line is scanned once, without its neighbours. Which labels are people is decided over all scanned lines, in
`speaker_labels`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from bot.text.html_lines import Line
from bot.text.timecodes import STAMP, TIME, to_ms
from bot.transcripts.annotations.sound_notes import without_note_times
from bot.transcripts.turns.headings import is_transcript_heading

# A role may stand behind the name: "Ada Moore (host):".
_NAME = r"(?P<name>[^\W_][^\[\]():：*\n]{0,59}?(?:\s?\([^()\d:\n]{1,40}\))?)"
_SEPARATOR = r"(?:\s?[-–—|·•,@]\s?|\s)"
_RANGE = rf"{TIME}(?:\s?(?:-->|[-–—]|to)\s?{TIME})?"
_TIME = re.compile(TIME)
_LEAD = re.compile(rf"(?P<time>{STAMP})\s*")
# A time without brackets takes a space behind it.
_LEAD_BARE = re.compile(rf"(?P<time>{_RANGE})(?:\s?[-–—|]\s|\s+|$)")
_STAMPS = rf"(?P<time>{STAMP}(?:\s?(?:to|[-–—])\s?{STAMP})?)\s*[:：]?\s*"
_STAMP_BEFORE_BODY = re.compile(_STAMPS)
_END_STAMP = re.compile(rf"\[\s?{TIME}\s?\]$")


class LabelForm(Enum):
    """How a label is written."""

    BOLD = auto()
    """`**Ada:** text`, perhaps with a time behind the colon."""
    NAME_STAMP = auto()
    """`Ada [0:12]: text`"""
    COLON_STAMP = auto()
    """`Ada: [0:12] text`"""
    NAME_TIME = auto()
    """`Ada 0:12`, and nothing else in the line."""
    STAMP_BEHIND = auto()
    """`Ada [0:12] text`"""
    COLON = auto()
    """`Ada: text`"""
    BOLD_ALONE = auto()
    """`**Ada**`, and nothing else in the line."""
    BRACKETED = auto()
    """`[Ada] text`"""
    BARRED = auto()
    """`Ada | text`"""
    ALONE = auto()
    """`Ada` or `Ada:`, and nothing else in the line."""


_TIMED_FORMS = (
    (LabelForm.NAME_STAMP, re.compile(rf"{_NAME}\s*(?P<time>{STAMP})\s*[:：]\s*")),
    (LabelForm.COLON_STAMP, re.compile(rf"{_NAME}\s*[:：]\s*{_STAMPS}")),
    (LabelForm.NAME_TIME, re.compile(rf"{_NAME}{_SEPARATOR}\s?(?P<time>{STAMP}|{_RANGE})\s*[:：]?$")),
    (
        LabelForm.STAMP_BEHIND,
        re.compile(rf"{_NAME}\s*(?P<time>{STAMP}|(?<=\s){TIME}(?=\s|$))(?:\s+|$)"),
    ),
)
_COLON = re.compile(rf"{_NAME}\s*[:：](?:\s+|$|(?=[.,…]\s|[A-Z])|(?<=：))")
_BRACKETED = re.compile(r"\[(?P<name>[^\W\d_][^\[\]:\n]{0,59})\]\s*[:：]?\s*")
_BARRED = re.compile(r"(?P<name>[^\W\d_][^\[\]():*|—–\n]{0,59}?)\s[|—–]\s")
# "Prof. Ada B. Moore, host"
_ALONE = re.compile(
    r"(?P<name>(?:[^\W\d_]{1,5}\.[\s-]?){0,3}[^\W_](?:[^\[\]:：*\n.!?…,]|(?<=\s[^\W\d_])\.(?=\s)){0,39}"
    r"(?:,\s[^\W\d_]{2,20})?)[:：]?$"
)
# A time and the end of its range, in milliseconds.
Span = tuple[int | None, int | None]

# Colon, bracket and bar of any label are within these first characters, and a label that stands alone is shorter.
_LABEL_WINDOW = 72


@dataclass(frozen=True, slots=True)
class Label:
    """A part of a line that may name a speaker, and its time. The line's words begin at the offset `body_at`."""

    form: LabelForm
    name: str
    body_at: int
    start_ms: int | None
    end_ms: int | None


@dataclass(frozen=True, slots=True)
class EndStamp:
    """A time in brackets at the end of a line, and the offset of its opening bracket."""

    ms: int
    at: int


@dataclass(frozen=True, slots=True)
class ScannedLine:
    """What one line says without its neighbours.

    `start_ms`, `end_ms`: the time or range that it begins with. `bare`: that time has no brackets. `body_at`: the
    offset of the words behind it. `labels`: all candidates, the most certain form first. `opens_paragraph`: the line
    above is empty, or there is none. `changes_speaker`: a sign (">> ") says that somebody else speaks.
    """

    line: Line
    start_ms: int | None = None
    end_ms: int | None = None
    bare: bool = False
    body_at: int = 0
    labels: tuple[Label, ...] = ()
    end_stamp: EndStamp | None = None
    is_transcript_heading: bool = False
    opens_paragraph: bool = True
    changes_speaker: bool = False

    def cut(self, length: int) -> ScannedLine:
        """The first `length` characters of the line, with the labels that end within them."""
        labels = tuple(label for label in self.labels if label.body_at <= length)
        line = replace(self.line, text=self.line.text[:length])
        return replace(self, line=line, labels=labels, end_stamp=None)

    @property
    def text(self) -> str:
        return self.line.text

    @property
    def begins_with_time(self) -> bool:
        return self.start_ms is not None

    @property
    def lead(self) -> str:
        return self.line.lead

    @property
    def bullet(self) -> bool:
        return self.line.bullet

    @property
    def heading(self) -> bool:
        return self.line.heading

    @property
    def body(self) -> str:
        """The words behind the leading time."""
        return self.line.text[self.body_at :]


def scan_line(line: Line, *, opens_paragraph: bool = True, changes_speaker: bool = False) -> ScannedLine:
    """Scan `line`, whose text has no markup and no superfluous spaces."""
    text = without_note_times(line.text)
    line = replace(line, text=text) if text != line.text else line
    span: Span = (None, None)
    at = 0
    bracketed = text.startswith(("[", "("))
    if found := (_LEAD if bracketed else _LEAD_BARE).match(text):
        span, at = span_ms(found["time"]), found.end()
    end_stamp = _END_STAMP.search(text) if text.endswith("]") else None
    return ScannedLine(
        line,
        *span,
        bare=found is not None and not bracketed,
        body_at=at,
        labels=tuple(_labels(line, text[at:], at, span)),
        end_stamp=EndStamp(to_ms(end_stamp.group()), end_stamp.start()) if end_stamp else None,
        is_transcript_heading=is_transcript_heading(text),
        opens_paragraph=opens_paragraph,
        changes_speaker=changes_speaker,
    )


def span_ms(stamp: str) -> Span:
    """The first time in `stamp`, and the second if there is one and it is later."""
    times = [to_ms(found) for found in _TIME.findall(stamp)]
    end_ms = times[1] if len(times) > 1 and times[1] > times[0] else None
    return times[0], end_ms


def _labels(line: Line, text: str, at: int, span: Span) -> Iterator[Label]:
    """The labels in `text`, the part of the line from `at` on, behind the leading time."""
    window = text[:_LABEL_WINDOW]
    bold = line.lead.rstrip(": ")
    if bold and text.startswith(f"{bold}:"):
        yield _bold(text, bold, at, span)
    # Most forms need one of these characters, which most lines of speech don't have.
    if ":" in window or "：" in window or "[" in window or "(" in window:
        for form, pattern in _TIMED_FORMS:
            if found := pattern.match(text):
                yield Label(form, found["name"], at + found.end(), *span_ms(found["time"]))
        if found := _COLON.match(text):
            yield Label(LabelForm.COLON, found["name"], at + found.end(), *span)
    if bold and text == line.lead:
        yield Label(LabelForm.BOLD_ALONE, bold, at + len(text), *span)
    for form, pattern in _untimed_forms(text, window):
        if found := pattern.match(text):
            yield Label(form, found["name"], at + found.end(), *span)


def _untimed_forms(text: str, window: str) -> Iterator[tuple[LabelForm, re.Pattern[str]]]:
    """The forms that `text` may have, told by characters that they need."""
    if window.startswith("["):
        yield LabelForm.BRACKETED, _BRACKETED
    elif "|" in window or "—" in window or "–" in window:
        yield LabelForm.BARRED, _BARRED
    if len(text) < _LABEL_WINDOW:
        yield LabelForm.ALONE, _ALONE


def _bold(text: str, name: str, at: int, span: Span) -> Label:
    """The label of `**Name:** text` or `**Name:** [0:12] text`."""
    body_at = len(name) + len(":")
    body_at += text.startswith(" ", body_at)
    if found := _STAMP_BEFORE_BODY.match(text, body_at):
        span, body_at = span_ms(found["time"]), found.end()
    return Label(LabelForm.BOLD, name, at + body_at, *span)
