"""What must come out of a file of the shared faults (`NAME.expected.json` beside it), and what of that did not.

The README of `../shared/faults/transcripts` says what each key means. `problems` compares an expectation with the
turns that were read; `read_faults` lists the files that `python -m bot transcript read` is tried on.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from storage.models import Turn
from tests.paths import SHARED

FAULTS = SHARED / "faults" / "transcripts" / "transcripts"
_SUFFIX = ".expected.json"
# A start may be so far off.
_START_MS = 1_000
_ANYBODY = "?"


@dataclass(frozen=True, slots=True)
class Stretch:
    """What somebody says. `speakers`: all the right spellings, none for nobody, `("#1",)` for any label."""

    speakers: tuple[str, ...]
    start_s: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one file."""

    said: tuple[Stretch, ...] = ()
    ignore: tuple[str, ...] = ()
    nowhere: tuple[str, ...] = ()
    verbatim: tuple[str, ...] = ()
    head: bool = False
    tail: bool = False
    untimed: bool = False
    refused: bool = False
    may_refuse: bool = False

    @classmethod
    def of(cls, data: dict[str, Any]) -> Expectation:
        """The expectation in a parsed `expected.json`."""
        return cls(
            said=tuple(Stretch(_spellings(who), start, text) for who, start, text in data.get("said", ())),
            ignore=tuple(data.get("ignore", ())),
            nowhere=tuple(data.get("nowhere", ())),
            verbatim=tuple(data.get("verbatim", ())),
            head=bool(data.get("head")),
            tail=bool(data.get("tail")),
            untimed=bool(data.get("untimed")),
            refused=bool(data.get("refused")),
            may_refuse=bool(data.get("may_refuse")),
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """A file, and what is expected of it."""

    path: Path
    expected: Expectation

    def problems(self) -> list[str]:
        """What is wrong with the turns that are read from the file, as `transcript read` reads it."""
        try:
            turns = read_transcript(self.path.read_bytes(), None).turns
        except TranscriptError as error:
            return refusal_problems(self.expected, str(error))
        return problems(self.expected, turns)


def read_faults(folder: Path = FAULTS) -> list[Fault]:
    """The inputs of `folder` that are read as single files, by name; empty where the folder is missing."""
    found = []
    for beside in sorted(folder.glob(f"*{_SUFFIX}")):
        data = json.loads(beside.read_text())
        stem = beside.name.removesuffix(_SUFFIX)
        if data["how"] == "read":
            path = next(one for one in sorted(folder.glob(f"{stem}.*")) if one != beside)
            found.append(Fault(path, Expectation.of(data)))
    return found


def refusal_problems(expected: Expectation, sentence: str) -> list[str]:
    """What is wrong with refusing the file with this sentence."""
    if not (expected.refused or expected.may_refuse):
        return [f"refused: {sentence}"]
    return [] if sentence.endswith(".") else [f"refused without a sentence: {sentence!r}"]


def problems(expected: Expectation, turns: Sequence[Turn]) -> list[str]:
    """What of the turns is not as expected, each in a line."""
    if expected.refused:
        return [f"read, and should be refused: {[turn.text[:60] for turn in turns[:3]]}"]
    found = [
        f"{phrase!r} stands in {turn.speaker!r}: {turn.text[:80]!r}"
        for phrase in expected.nowhere
        for turn in turns
        if phrase in turn.text or phrase in (turn.speaker or "")
    ]
    found += [
        f"nowhere to the letter: {phrase!r}"
        for phrase in expected.verbatim
        if not any(phrase in turn.text for turn in turns)
    ]
    if expected.untimed:
        found += [f"has a time: {turn.text[:60]!r}" for turn in turns if turn.start_ms is not None]
    return found + (_Alignment(expected, turns).problems() if expected.said else [])


def letters(text: str) -> str:
    """What is compared of a text: its letters and digits, without case, punctuation and spaces."""
    # Combining marks are letters in Thai and Khmer.
    signs = unicodedata.normalize("NFC", text).casefold()
    return "".join(sign for sign in signs if unicodedata.category(sign)[0] in "LNM")


def _spellings(who: str | list[str] | None) -> tuple[str, ...]:
    if who is None:
        return ()
    return (who,) if isinstance(who, str) else tuple(who)


@dataclass(slots=True)
class _Letters:
    """The letters of several texts in a row, and whose each letter is."""

    text: str = ""
    owners: list[int] = field(default_factory=list)

    def add(self, owner: int, text: str) -> None:
        added = letters(text)
        self.text += added
        self.owners += [owner] * len(added)

    def without(self, phrase: str) -> _Letters:
        """The same without a phrase, wherever it stands."""
        kept = _Letters()
        at = 0
        while phrase and (found := self.text.find(phrase, at)) >= 0:
            kept.text += self.text[at:found]
            kept.owners += self.owners[at:found]
            at = found + len(phrase)
        kept.text += self.text[at:]
        kept.owners += self.owners[at:]
        return kept


class _Alignment:
    """Which turn says which stretch, by the letters that both have."""

    def __init__(self, expected: Expectation, turns: Sequence[Turn]) -> None:
        self._expected = expected
        self._turns = turns
        said, spoken = _Letters(), _Letters()
        for number, stretch in enumerate(expected.said):
            said.add(number, stretch.text)
        for number, turn in enumerate(turns):
            spoken.add(number, turn.text)
        for phrase in expected.ignore:
            said, spoken = said.without(letters(phrase)), spoken.without(letters(phrase))
        self._said, self._spoken = said, spoken

    def problems(self) -> list[str]:
        said, spoken = self._said.text, self._spoken.text
        begin = spoken.find(said) if self._expected.head else 0
        if begin < 0 or not spoken.startswith(said, begin):
            return [self._first_difference(max(begin, 0))]
        if len(spoken) > begin + len(said) and not self._expected.tail:
            return [f"goes on with {spoken[begin + len(said) :][:60]!r}"]
        owners = self._spoken.owners
        pairs = list(dict.fromkeys(zip(self._said.owners, owners[begin:], strict=False)))
        return [*self._wrong_speakers(pairs), *self._wrong_starts(begin)]

    def _first_difference(self, begin: int) -> str:
        said, spoken = self._said.text, self._spoken.text[begin:]
        at = next(
            (place for place, (left, right) in enumerate(zip(said, spoken, strict=False)) if left != right),
            min(len(said), len(spoken)),
        )
        return f"behind {said[max(0, at - 20) : at]!r} stands {spoken[at : at + 40]!r}, not {said[at : at + 40]!r}"

    def _wrong_speakers(self, pairs: Sequence[tuple[int, int]]) -> Iterator[str]:
        names: dict[str, str] = {}
        for stretch_number, turn_number in pairs:
            stretch, turn = self._expected.said[stretch_number], self._turns[turn_number]
            if not _is_right(stretch.speakers, turn.speaker, names):
                right = " or ".join(stretch.speakers) or "nobody"
                yield f"{turn.speaker!r} says {stretch.text[:60]!r}, not {right}"

    def _wrong_starts(self, begin: int) -> Iterator[str]:
        owners = self._spoken.owners
        for place, number in enumerate(self._said.owners):
            at = begin + place
            begins_stretch = not place or self._said.owners[place - 1] != number
            begins_turn = not at or owners[at - 1] != owners[at]
            expected_s, found_ms = self._expected.said[number].start_s, self._turns[owners[at]].start_ms
            if expected_s is None or not begins_stretch or not begins_turn:
                continue
            if found_ms is None or abs(found_ms - expected_s * 1_000) > _START_MS:
                yield f"{self._expected.said[number].text[:60]!r} starts at {found_ms} ms, not {expected_s} s"


def _is_right(spellings: tuple[str, ...], found: str | None, names: dict[str, str]) -> bool:
    """Whether a turn's speaker is one of those; `names` keeps which label `#1` stands for."""
    if not spellings:
        return found is None
    label = spellings[0]
    if label == _ANYBODY:
        return True
    if not label.startswith("#"):
        return found in spellings
    if found is None or (label not in names and found in names.values()):
        return False
    return names.setdefault(label, found) == found
