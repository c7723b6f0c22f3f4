"""Rewrite the labels that tools write before speech into the notation that `line_scanner` reads.

    Ada Moore: 00:00:07      [Ada Moore] 00:07      主持人（00:07）：      【00:07】李明：      田中「…」
    00:00:05:12 - 00:00:08:00      [00:05.000 --> 00:09.000]  text      0m05s Ada: text      **Ada** text

A line alone proves nothing: "We left at 10:30" has a name and a time as well. A notation counts where it comes again,
with names that come again and times that rise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache
from itertools import pairwise

from bot.text.html_lines import Line
from bot.text.lexicons import every_language
from bot.text.timecodes import STAMP, TIME, TRANSCRIPT_TIME, exact_clock, transcript_ms
from bot.transcripts.annotations.sound_notes import sound_notes
from bot.transcripts.turns.person_names import is_capitalised, may_be_name, pseudo_mark

# Full-width digits and colons count as their plain ones; one character becomes one, so that offsets hold.
_NARROW = str.maketrans("０１２３４５６７８９．", "0123456789.")
_RANGE = rf"{TRANSCRIPT_TIME}(?:\s?(?:-{{1,2}}>|=>|→|⟶|[-–—~〜～]|to|bis|à|至|до)\s?{TRANSCRIPT_TIME})?"
_OPEN, _CLOSE = r"[\[(（【［〔「『<〈《{]", r"[\])）】］〕」』>〉》}]"
_HELD = rf"{_OPEN}\s?@?{_RANGE}\s?{_CLOSE}"
# A button to play stands before the time on some pages: "▶ 0:07".
_STAMPED = rf"(?:[▶►▷▸⏵⏱⏲]\ufe0f?\s?)?(?P<time>{_HELD}|{_RANGE})"
_NAME = r"[^\W\d_][^\[\]():：|*\n【】「」『』（）<>〔〕［］{}]{0,59}?(?:\s?[(（][^()（）\d:：\n]{1,40}[)）])?"
_HOLDER, _HELD_END = r"[\[【［〔<〈《{(（]", r"[\]】］〕>〉》})）]"
_HELD_NAME = (
    rf"{_HOLDER}\s?(?P<name>[^\W\d_][^\[\]【】［］〔〕<>〈〉《》{{}}()（）:：\n]{{0,59}}?)\s?{_HELD_END}"
)
_JOINT = r"\s?[-–—|·•,，@]?\s?"
_WINDOW = 150
_OPENING = frozenset("[(（【［〔「『<〈《{")
_DIGITS = frozenset("0123456789")
_SIGNS = _DIGITS | _OPENING
_TIMES = re.compile(TRANSCRIPT_TIME)


class _Kind(Enum):
    """What a notation tells: a name and a time, a name alone, or a time alone."""

    NAMED = auto()
    HELD = auto()
    QUOTED = auto()
    BOLD = auto()
    TIMED = auto()


_NOTATIONS: tuple[tuple[_Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        # Ada: 0:07 text
        (_Kind.NAMED, rf"(?P<name>{_NAME})\s?[:：]\s?{_STAMPED}(?:\s?[-–—|]\s|\s?[:：]|(?<={_CLOSE})|\s|$)"),
        # Ada [0:07] text     Ada, 0:07: text     李明（0:07）text
        (_Kind.NAMED, rf"(?P<name>{_NAME}){_JOINT}{_STAMPED}(?:\s?[:：]|\s[-–—|]\s|(?<={_CLOSE})|\s|$)"),
        # [Ada] 0:07 text
        (_Kind.NAMED, rf"{_HELD_NAME}\s?[:：]?{_JOINT}{_STAMPED}(?:\s?[:：]|\s[-–—|]\s|(?<={_CLOSE})|\s|$)"),
        # [Ada 0:07] text
        (
            _Kind.NAMED,
            rf"{_HOLDER}\s?(?P<name>{_NAME})(?:\s?[-–—|·,，@:：/]\s?|\s)(?P<time>{_RANGE})\s?{_HELD_END}\s?[:：]?",
        ),
        # [0:07 Ada] text
        (
            _Kind.NAMED,
            rf"{_HOLDER}\s?(?P<time>{_RANGE})(?:\s?[-–—|·,，/]\s?|\s)(?P<name>{_NAME})\s?{_HELD_END}\s?[:：]?",
        ),
        # 0:07 [Ada] text
        (_Kind.NAMED, rf"{_STAMPED}\s?[-–—|:：]?\s?{_HELD_NAME}\s?[:：]?"),
        # 【Ada】text
        (_Kind.HELD, rf"{_HELD_NAME}\s?[:：]?"),
        # 田中「text」
        (_Kind.QUOTED, r"(?P<name>[^\W\d_][^「」『』：:、。，,.!?！？（）()]{0,15})\s?[「『](?=.*[」』]$)"),
        # [0:07.000 --> 0:09.000]  text
        (_Kind.TIMED, rf"{_STAMPED}(?:\s?[-–—|:：]\s|\s?：|(?<={_CLOSE})|\s|$)"),
        # 0:07 田中「text」
        (
            _Kind.QUOTED,
            rf"{_STAMPED}\s?[-–—|:：]?\s?(?P<name>[^\W\d_][^「」『』：:、。，,.!?！？（）()]{{0,15}})\s?[「『](?=.*[」』]$)",
        ),
    )
)
# The numbers of those that begin with a name, a name or a time in brackets, and a time.
_NAME_FIRST, _HELD_NAME_FIRST, _HELD_TIME_FIRST, _TIME_FIRST = (0, 1, 7), (2, 3, 6), (4, 5, 8, 9), (5, 8, 9)
# A heading is a label where it is nothing but "Ada: 0:07".
_IN_HEADINGS = (0,)
_BEHIND_BOLD = re.compile(r"\s*[-–—|•·]\s+(?=\S)")
# What the scanner reads by itself.
_PLAIN = re.compile(rf"{STAMP}|{TIME}")
# Of a notation's times, so many follow each other.
_RISING = 0.8
# Of a text's lines, so many have a notation that no other sign speaks for.
_SHARES = {_Kind.NAMED: 0.4, _Kind.HELD: 0.25, _Kind.QUOTED: 0.5, _Kind.BOLD: 0.25}
_MAX_NAME_WORDS = 5
_CASELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")
_MAX_CASELESS_NAME = 14


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line, and the bold text that it begins with, whether or not that has a colon."""

    line: Line
    bold: str = ""


@dataclass(frozen=True, slots=True)
class _Head:
    """What a notation finds at the beginning of a line, and where the words behind it begin."""

    name: str | None
    start_ms: int | None
    end_ms: int | None
    body_at: int


def rewrite_labels(lines: Sequence[MarkedLine]) -> list[Line]:
    """The lines, as many and in their order, with all labels in one notation where the text's own is another."""
    heads = [_heads(marked) for marked in lines]
    chosen = [number for number in range(len(_NOTATIONS) + 1) if _is_notation(number, heads, lines)]
    names = Counter(found[number].name for found in heads for number in chosen if number in found)
    return [_rewritten(marked.line, found, chosen, names) for marked, found in zip(lines, heads, strict=True)]


def _heads(marked: MarkedLine) -> dict[int, _Head]:
    """What each notation finds in a line, by the notation's number; bold print is the last."""
    text = marked.line.text
    heads: dict[int, _Head] = {}
    if marked.bold and not marked.line.lead and len(text) > len(marked.bold) and _may_speak(marked.bold):
        joint = _BEHIND_BOLD.match(text, len(marked.bold))
        heads[len(_NOTATIONS)] = _Head(marked.bold, None, None, joint.end() if joint else len(marked.bold))
    window = text[:_WINDOW].translate(_NARROW)
    if not _has_sign(window):
        return heads
    for number in _possible(window) if not marked.line.heading else _IN_HEADINGS:
        kind, pattern = _NOTATIONS[number]
        found = pattern.match(window if kind is not _Kind.QUOTED else text)
        if found is None or (marked.line.heading and found.end() < len(text)):
            continue
        parts = found.groupdict()
        name = " ".join(parts["name"].split()) if parts.get("name") else None
        if name is not None and not _may_speak(name):
            continue
        start_ms, end_ms = _span(parts.get("time"))
        heads[number] = _Head(name, start_ms, end_ms, found.end())
    return heads


def _possible(window: str) -> tuple[int, ...]:
    """The numbers of the notations that may begin as a line does."""
    if window[0] in _OPENING:
        held = window[1:].lstrip(" @")
        return _HELD_TIME_FIRST if held[:1] in _DIGITS else _HELD_NAME_FIRST
    return _TIME_FIRST if window[0] in _DIGITS else _NAME_FIRST


def _has_sign(window: str) -> bool:
    """Whether the beginning of a line has what any notation needs: most lines of speech have nothing of it."""
    return not _SIGNS.isdisjoint(window)


def _is_somebody(name: str, count: int) -> bool:
    """Whether a name that stands so often in the notations of a text is somebody's: "At", before "10:30", isn't."""
    return count > 1 or name.casefold() not in every_language().function_words


def _span(written: str | None) -> tuple[int | None, int | None]:
    if not written:
        return None, None
    times = [transcript_ms(found) for found in _TIMES.findall(written)]
    return times[0], times[1] if len(times) > 1 and times[1] > times[0] else None


@lru_cache(maxsize=4_096)
def _may_speak(name: str) -> bool:
    """Whether a name may be somebody's, by its words alone."""
    if len(name.split()) > _MAX_NAME_WORDS or name.isdigit() or sound_notes(f"[{name}]"):
        return False
    if _CASELESS.search(name) and len(name) > _MAX_CASELESS_NAME:
        return False
    return may_be_name(name, interview=True) and pseudo_mark(name) is None


def _is_notation(number: int, heads: Sequence[dict[int, _Head]], lines: Sequence[MarkedLine]) -> bool:
    """Whether a text is written in a notation, by how often it occurs, its names and its times."""
    kind = _NOTATIONS[number][0] if number < len(_NOTATIONS) else _Kind.BOLD
    found = [(one[number], marked) for one, marked in zip(heads, lines, strict=True) if number in one]
    if len(found) < 2 or not _rise([head.start_ms for head, _ in found if head.start_ms is not None]):
        return False
    share = len(found) / len(lines)
    if kind is _Kind.TIMED:
        return _is_timed(found, share)
    names = Counter(head.name for head, _ in found if head.name)
    capitalised = sum(count for name, count in names.items() if is_capitalised(name) or count > 2)
    if capitalised * 10 < len(found) * 8:
        return False
    recurring = len(names) < len(found)
    if kind is _Kind.NAMED:
        return recurring or share >= _SHARES[kind]
    begun = sum(not _begins_small(marked.line.text[head.body_at :]) for head, marked in found)
    return recurring and len(found) > 2 and share >= _SHARES[kind] and begun * 10 >= len(found) * 9


def _is_timed(found: Sequence[tuple[_Head, MarkedLine]], share: float) -> bool:
    """Whether times alone are a notation that the scanner doesn't read by itself."""
    native = sum(
        plain is not None and plain.end() + 1 >= head.body_at
        for head, marked in found
        for plain in [_PLAIN.match(marked.line.text)]
    )
    held = sum(marked.line.text[0] in _OPENING for _, marked in found)
    return native < len(found) and share >= (0.1 if held * 2 > len(found) else 0.3)


def _rise(starts: Sequence[int]) -> bool:
    if len(starts) < 2:
        return True
    rising = sum(before <= after for before, after in pairwise(starts))
    return rising >= _RISING * (len(starts) - 1)


def _begins_small(text: str) -> bool:
    text = text.lstrip()
    return text[:1].islower() or text[:1] in {",", ";"}


def _rewritten(
    line: Line, heads: dict[int, _Head], chosen: Sequence[int], names: Mapping[str | None, int]
) -> Line:
    found = [heads[number] for number in chosen if number in heads]
    found = [head for head in found if head.name is None or _is_somebody(head.name, names[head.name])]
    if line.heading:
        # "The storm: 12:30" stands above a part of the talk once, whoever speaks speaks again.
        found = [head for head in found if names[head.name] > 1]
    # Of several names, the shortest has no part of a time in it: "Ada - 00" before ":07".
    head = min(found, key=lambda one: (one.name is None, len(one.name or "")), default=None)
    if head is None:
        return line
    body = line.text[head.body_at :].strip()
    if body[-1:] in {"」", "』"} and line.text[head.body_at - 1 : head.body_at] in {"「", "『"}:
        body = body[:-1]
    stamp = ""
    if head.start_ms is not None:
        until = f" - {exact_clock(head.end_ms)}" if head.end_ms is not None else ""
        stamp = f"[{exact_clock(head.start_ms)}{until}] "
    if head.name is None:
        return replace(line, text=f"{stamp}{body}".rstrip())
    return replace(line, text=f"{stamp}{head.name}: {body}".rstrip(), lead=head.name)
