"""Decide which labels are people, and so who speaks each line.

A text may change its notation, so none is assumed: speakers are found over all scanned lines first, and then each
line takes the most certain of its labels that names one of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.transcripts.annotations.sound_notes import sound_notes
from bot.transcripts.turns.line_scanner import Label, LabelForm, ScannedLine
from bot.transcripts.turns.person_names import (
    is_capitalised,
    is_numbered_role,
    is_role,
    may_be_name,
    pseudo_mark,
)

_IDEOGRAPHS = re.compile(r"[\u3041-\u3096\u3400-\u9fff]+")
_MAX_IDEOGRAPHS = 4
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Speakers:
    """The speakers of a text, by the form of their labels.

    `known` names stand before a colon or a time, the others in brackets, on a line of their own, or before a bar.
    `transcript_only`: the text is a whole transcript, so that fewer labels are taken for something else.
    """

    known: frozenset[str]
    bracketed: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    transcript_only: bool = False

    def __bool__(self) -> bool:
        return bool(self.known or self.bracketed or self.alone)


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A line with its label resolved: the speaker, the time, and the words, which may have more times in them."""

    scanned: ScannedLine
    speaker: str | None
    start_ms: int | None
    body: str
    end_ms: int | None = None


def find_speakers(
    lines: Sequence[ScannedLine],
    *,
    transcript_only: bool = False,
    where: Callable[[ScannedLine], bool] = lambda _line: True,
) -> Speakers:
    """The speakers: names beside a time, names in bold print, and names that precede a colon repeatedly.

    Labels count in the lines `where` they may stand.
    """
    evidence = _Evidence(lines, transcript_only=transcript_only, where=where)
    return evidence.speakers()


def resolve_label(line: ScannedLine, speakers: Speakers) -> LabelledLine:
    """Who speaks `line`. In notes, a bare time at its beginning counts only if a speaker follows it."""
    doubtful = line.bare and not speakers.transcript_only
    if not (doubtful and line.bullet):
        for label in line.labels:
            if _names_speaker(label, line, speakers):
                body = line.text[label.body_at :]
                return LabelledLine(line, label.name, label.start_ms, body, label.end_ms)
    if doubtful:
        return LabelledLine(line, None, None, line.text)
    return LabelledLine(line, None, line.start_ms, line.body, line.end_ms)


def _names_speaker(label: Label, line: ScannedLine, speakers: Speakers) -> bool:
    name = label.name
    match label.form:
        case LabelForm.STAMP_BEHIND:
            return name in speakers.known or name == line.lead
        case LabelForm.BOLD_ALONE:
            return speakers.transcript_only and (name in speakers.known or pseudo_mark(name) is not None)
        case LabelForm.BRACKETED:
            return name in speakers.bracketed
        case LabelForm.BARRED:
            return name in speakers.barred
        case LabelForm.ALONE:
            return name in speakers.alone or (speakers.transcript_only and name in speakers.known)
        case _:
            return name in speakers.known


class _Evidence:
    """How often, and in which forms, each name is a label."""

    def __init__(
        self, lines: Sequence[ScannedLine], *, transcript_only: bool, where: Callable[[ScannedLine], bool]
    ) -> None:
        self._transcript_only = transcript_only
        self._sure: set[str] = set()
        self._before_colon: Counter[str] = Counter()
        self._stamped: set[str] = set()
        self._timed: Counter[str] = Counter()
        self._bracketed: Counter[str] = Counter()
        self._alone: Counter[str] = Counter()
        self._headings: set[str] = set()
        self._barred: Counter[str] = Counter()
        self._bold_labels = 0
        self._has_bold = any(line.lead for line in lines if where(line))
        for number, line in enumerate(lines):
            following = lines[number + 1] if number + 1 < len(lines) else None
            for label in line.labels if where(line) else ():
                if self._see(label, line, following):
                    break
        self._in_lower_case = self._count_lower_case(lines)

    def _count_lower_case(self, lines: Sequence[ScannedLine]) -> Counter[str]:
        """How often each name of a single word occurs in lower case, as an ordinary word."""
        seen = (self._before_colon, self._bracketed, self._alone, self._barred)
        names = {name.lower() for counts in seen for name in counts if " " not in name}
        if not names:
            return Counter()
        return Counter(
            word for line in lines for word in _WORD.findall(line.text) if word in names and word[0].islower()
        )

    def _see(self, label: Label, line: ScannedLine, following: ScannedLine | None) -> bool:
        """Count a label as evidence; False if the line's next label may be better evidence."""
        match label.form:
            case LabelForm.BOLD:
                return self._see_bold(label.name)
            case LabelForm.NAME_STAMP | LabelForm.COLON_STAMP:
                if self._may_name(label.name):
                    self._sure.add(label.name)
            case LabelForm.NAME_TIME:
                if self._may_name(label.name):
                    self._timed[label.name] += 1
            case LabelForm.COLON:
                self._see_colon(label.name, stamped=line.start_ms is not None or line.end_stamp is not None)
            case LabelForm.STAMP_BEHIND | LabelForm.BOLD_ALONE:
                return False
            case _ if self._transcript_only:
                self._see_apart(label, line, following)
        return True

    def _see_bold(self, name: str) -> bool:
        if not self._may_name(name):
            return False
        self._sure.add(name)
        self._bold_labels += 1
        return True

    def _see_colon(self, name: str, *, stamped: bool) -> None:
        if self._may_name(name):
            self._before_colon[name] += 1
            if stamped:
                self._stamped.add(name)

    def _see_apart(self, label: Label, line: ScannedLine, following: ScannedLine | None) -> None:
        """A name in brackets, before a bar, or on a line of its own, perhaps below or above its time."""
        name, stamped = label.name, line.start_ms is not None
        if label.form is LabelForm.BRACKETED:
            self._bracketed[name] += 1
        elif label.form is LabelForm.BARRED:
            self._barred[name] += 1
        elif following is not None and (following.start_ms is None if stamped else not following.body):
            self._timed[name] += 1
        elif not stamped:
            self._alone[name] += 1
            if line.heading:
                self._headings.add(name)

    def speakers(self) -> Speakers:
        often = self._names_before_colon()
        timed = {name for name, count in self._timed.items() if self._is_timed_name(name, count)}
        barred = {name for name, count in self._barred.items() if self._is_apart(name, count + 1)}
        if max(self._barred.values(), default=0) < 2:
            barred.clear()
        known = frozenset(self._sure | often | timed | (barred if len(barred) > 1 else set()))
        bracketed = frozenset(
            name for name, count in self._bracketed.items() if self._is_bracketed(name, count)
        )
        return Speakers(
            known, bracketed, self._names_alone(known), frozenset(barred & known), self._transcript_only
        )

    def _names_before_colon(self) -> set[str]:
        counts = self._before_colon
        unsure = sum(count for name, count in counts.items() if name not in self._sure)
        # Where nearly all labels are bold, the few others are phrases with a colon: "On Wednesday: ...".
        if self._transcript_only and unsure * 4 < self._bold_labels:
            return set()
        often = {name for name, count in counts.items() if self._is_name(name, count)}
        if self._transcript_only or (not self._has_bold and len(often) > 1):
            # Somebody who speaks once, among people who speak often.
            rare = {name for name in counts if self._is_rare_name(name)}
            often |= rare if len(often | rare | self._sure) > 1 else set()
        return often

    def _names_alone(self, known: frozenset[str]) -> frozenset[str]:
        alone = {name for name, count in self._alone.items() if name in known or self._is_apart(name, count)}
        if any(self._alone[name] > 1 for name in alone & self._headings):
            alone |= {name for name in self._headings if _is_full_name(name)}
        # A single name on lines of its own may be a heading.
        return frozenset(alone if len(alone) > 1 or known else ())

    def _may_name(self, name: str) -> bool:
        return may_be_name(name, interview=self._transcript_only)

    def _is_name(self, name: str, count: int) -> bool:
        if is_numbered_role(name):
            return True
        stamped = name in self._stamped
        if " " in name:
            # "Ada Moore" once beside a time, or "Audience Q&A 2" twice.
            return is_capitalised(name, particles=False) and (stamped or count > 1)
        if len(name) == 1 and not (self._transcript_only and count > 1):
            return False
        if name[0].islower():
            return count > 2 and stamped
        # A name that also occurs in lower case is an ordinary word ("Yeah: ...").
        small = self._in_lower_case[name.lower()]
        if count > 1 and small <= count:
            return True
        return self._transcript_only and ((count > 1 and name.isupper()) or (stamped and not small))

    def _is_rare_name(self, name: str) -> bool:
        if " " in name:
            return self._transcript_only and is_capitalised(name) and len(name.split()) < 5
        if _IDEOGRAPHS.fullmatch(name) and len(name) > _MAX_IDEOGRAPHS and not is_role(name):
            # "我想说的是：…": names of more characters are written with a dot or in another script.
            return False
        return (
            len(name) > (1 if self._transcript_only else 2)
            and not self._in_lower_case[name.lower()]
            and not name[0].islower()
        )

    def _is_timed_name(self, name: str, count: int) -> bool:
        """`Ada Moore  0:03` on a line of its own, which in notes could be a chapter."""
        if is_numbered_role(name):
            return True
        if not self._may_name(name) or not is_capitalised(name) or len(name.split()) > 5:
            return False
        return count > 1 or (self._transcript_only and len(self._timed) > 1)

    def _is_apart(self, name: str, count: int) -> bool:
        may = count > 1 and may_be_name(name, interview=True)
        return may and is_capitalised(name) and self._is_name(name, count)

    def _is_bracketed(self, name: str, count: int) -> bool:
        if count < 2 or not is_capitalised(name) or len(name.split()) > 4 or sound_notes(f"[{name}]"):
            return False
        return may_be_name(name, interview=True) and self._in_lower_case[name.lower()] <= count


def _is_full_name(name: str) -> bool:
    return (
        is_capitalised(name, particles=False)
        and 1 < len(name.split()) < 4
        and not any(map(str.isdigit, name))
    )
