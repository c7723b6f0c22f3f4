"""Notes about sounds inside a text: `[laughs]`, `(applause)`, `*laughter*`, `♪ ... ♪`."""

from __future__ import annotations

import re

from bot.text.lexicons import every_language
from bot.text.timecodes import TIMELIKE

_BRACKETED = re.compile(
    r"\[([^\[\]\n]{1,80})\]|\(([^()\n]{1,60})\)|(?<![\w*])\*([^\s*][^*\n]{0,40})\*(?![\w*])"
)
_OPENING = re.compile(r"[\[(*]")
_NOTE_OPENINGS = re.compile(r"[\[(（【［]")
_MUSICAL_NOTE = re.compile(r"[♪♫♬🎵🎶]")
_MAX_SUNG = 2000
# The time at which something could not be understood: "[unintelligible 00:12:33.20]".
_TIMES = re.compile(rf"\\?e?{TIMELIKE}")
# The same with what joins it to the note, in the brackets of any keyboard.
_TIMED_NOTE = re.compile(
    rf"(?P<open>[\[(（【［])(?P<note>[^\[\]()（）【】［］\n]{{0,60}}?{TIMELIKE}[^\[\]()（）【】［］\n]{{0,40}})(?P<close>[\])）】］])"
)
_JOINED_TIME = re.compile(
    rf"\s*(?:\b(?:at|um|bei|à|a las|alle|om|w|в|at about)\s|[@~—–-])?\s*\\?e?{TIMELIKE}"
)
_MAX_TIMED_WORDS = 4
_WORDS = re.compile(r"[^\W\d]+(?:['’-][^\W\d]+)*")
_MAX_WORDS = 6
# A shorter note in square brackets needs no other word that fits.
_MIN_JUDGED = 3


def sound_notes(text: str) -> list[tuple[int, int]]:
    """The spans [from, to) of the notes about sounds in `text`, in order, none overlapping another."""
    spans = []
    if _OPENING.search(text) is not None:
        spans = [found.span() for found in _BRACKETED.finditer(text) if _is_note(found)]
    if sung := _sung(text):
        spans = _joined(sorted(spans + sung))
    return spans


def without_note_times(text: str) -> str:
    """`text` whose notes don't tell their time: "[inaudible 00:25:31]" is no time of a turn."""
    # A time that stands alone in its brackets is a turn's.
    if ":" not in text or not _NOTE_OPENINGS.search(text, text[1:2].isdigit()):
        return text
    return _TIMED_NOTE.sub(_without_time, text)


def _without_time(found: re.Match[str]) -> str:
    note = _JOINED_TIME.sub(" ", found["note"])
    words = [word.casefold() for word in _WORDS.findall(note)]
    if found["open"] in "(（":
        # In round brackets people say things too: "(we left at 10:30)".
        known = every_language()
        noted = bool(words) and known.sounds.union(known.beside_sounds).issuperset(words)
    else:
        noted = 0 < len(words) <= _MAX_TIMED_WORDS or note.strip() in {"?", "??", "???"}
    return f"{found['open']}{' '.join(note.split())}{found['close']}" if noted else found.group()


def is_sound(text: str) -> bool:
    """Whether `text` says nothing but notes about sounds."""
    spans = sound_notes(text)
    if not spans:
        return False
    at = 0
    for start, end in spans:
        if any(character.isalnum() for character in text[at:start]):
            return False
        at = end
    return not any(character.isalnum() for character in text[at:])


def _is_note(found: re.Match[str]) -> bool:
    """Whether what stands in brackets speaks of a sound."""
    known = every_language()
    inside = found[1] or found[2] or found[3]
    words = [word.casefold() for word in _WORDS.findall(_TIMES.sub(" ", inside))]
    if not 0 < len(words) <= _MAX_WORDS:
        return False
    if " ".join(words) in known.sound_phrases:
        return True
    if known.sounds.isdisjoint(words):
        return False
    fitting = sum(word in known.sounds or word in known.beside_sounds for word in words)
    if found[1] is None:
        # In round brackets and between stars people say things too: every word must speak of a sound.
        return fitting == len(words) and not re.search(r"\d", inside)
    # In square brackets an editor speaks, unless it is a link's text or a word put in.
    return len(words) < _MIN_JUDGED or fitting * 2 >= len(words)


def _sung(text: str) -> list[tuple[int, int]]:
    """The spans from one musical note to the next; the whole text where it begins with one that nothing closes."""
    notes = [found.start() for found in _MUSICAL_NOTE.finditer(text)]
    spans: list[tuple[int, int]] = []
    number = 0
    while number < len(notes):
        start = notes[number]
        closing = number + 1
        if closing < len(notes) and notes[closing] - start <= _MAX_SUNG:
            spans.append((start, notes[closing] + 1))
            number += 2
            continue
        whole = not text[:start].strip() and len(text) <= _MAX_SUNG
        spans.append((start, len(text) if whole else start + 1))
        number += 1
    return spans


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
