"""Speakers that captions name before a colon, where they change: "Ada Moore: And then"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.formats.rolling_captions import unroll
from bot.transcripts.turns.cues import Cue, ends_sentence, merge, share_out
from storage.models import Turn

_MAX_WORDS = 5
_PREFIX = re.compile(
    r"(?:\[(?P<held>[^\W_][^\[\]\n:]{0,59})\]\s?|(?P<bare>[^\W_][^\[\]():：\n?!;\"]{0,59}?)(?:\s\([^()\n]{1,30}\))?\s?)"
    r"(?::(?=\s|$)|：)"
)
# Two arrows are how live captions say that somebody else speaks, a dash is how subtitles do.
_ARROWS = re.compile(r"\s*>{2,3}\s*")
_DASH = re.compile(r"\s*[-–—]\s+(?=[^\Wa-z_]|[\"“‘\[♪])")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

# Who has no name of his own, and is a speaker although he speaks once.
_ROLE = re.compile(
    r"(?:unknown|announcer|narrator|speaker|host|guest|moderator|interviewer|interviewee|audience|caller|jingle|"
    r"intro|outro|music|everyone|female|male|voice ?over|commercial|advert|ad|"
    r"(?:unknown|unidentified|male|female|guest|host|co-?host|audience) (?:speaker|guest|host|voice|member))"
    r"(?:[ _#-]{1,2}[0-9a-z]{1,3}|[0-9]{1,3})?|(?:speaker|spk|s)[ _-]?[0-9]{1,3}",
    re.IGNORECASE,
)
_PARTICLE_WORDS = "al and bin da de del della den der di do dos du el la le of the van von y zu"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
# What stands before a colon, time and again, and is nobody's name.
_NOT_NAME_WORDS = """
    a an and another answer because but chapter conclusion edit editor episode example first fact here his how http
    https i if in it its last lesson like link links look me my next no not note notes now number of oh ok okay one or
    option our part plus point problem ps question quote reason remember right rule second section so spoiler step
    sure that the their then there these they thing third this those three tip title today topic two type update
    version warning was we well what when where which who why yeah year yes you your
"""
_NOT_NAMES = frozenset(_NOT_NAME_WORDS.split())
# What is spoken of so often is a topic: "Docker: it's everywhere".
_MAX_MENTIONS = 3
_MAX_SINGLES = 12
# Captions that name a speaker once in a while, and not from the beginning, would give an hour to whoever was named.
_MIN_SHARE = 0.02


@dataclass(slots=True)
class _Seen:
    """How often a name stands before a colon, and whether a sentence had always ended before it."""

    count: int = 0
    after_sentence: bool = True


def read_captions(blocks: Sequence[Block], people: Sequence[str]) -> tuple[Turn, ...]:
    """The turns of captions without voice tags: rolling lines are unrolled, names before a colon are speakers."""
    return merge(name_speakers(unroll(blocks), people))


def name_speakers(blocks: Sequence[Block], people: Sequence[str] = ()) -> list[Cue]:
    """The cues with their speakers; who was named goes on until the next is."""
    names = _learn(blocks, people)
    cues: list[Cue] = []
    speaker: str | None = None
    for block in blocks:
        pieces: list[tuple[str | None, list[str]]] = []
        fresh = False
        for line in block.lines:
            changes, name, said = _split(line, names)
            if changes:
                speaker = name
            if changes or not pieces:
                fresh |= changes and not pieces
                pieces.append((speaker, []))
            pieces[-1][1].append(said)
        spoken = [(who, " ".join(" ".join(lines).split())) for who, lines in pieces]
        cues += share_out(spoken, block.start_ms, block.end_ms, fresh=fresh)
    return cues


def _split(line: str, names: frozenset[str]) -> tuple[bool, str | None, str]:
    """Whether somebody else begins with this line, who it is, and what is said."""
    mark = _ARROWS.match(line) or (_DASH.match(line) if not names else None)
    said = line[mark.end() :] if mark else line.lstrip()
    found = _PREFIX.match(said)
    if found and (name := _name(found)) in names:
        return True, name, said[found.end() :]
    if mark and said:
        return True, None, said
    return False, None, line


def _name(found: re.Match[str]) -> str:
    return " ".join((found["held"] or found["bare"]).split())


def _learn(blocks: Sequence[Block], people: Sequence[str]) -> frozenset[str]:
    """The names before colons: those that come again, roles, people of the show, and who speaks once among them."""
    seen: dict[str, _Seen] = {}
    words: Counter[str] = Counter()
    first: str | None = None
    before: str | None = None
    for block in blocks:
        for number, line in enumerate(block.lines):
            words.update(_WORD.findall(line))
            if not line.strip():
                continue
            mark = _ARROWS.match(line) or _DASH.match(line)
            found = _PREFIX.match(line[mark.end() :] if mark else line.lstrip())
            # Lines are wrapped anywhere: only the first of a cue tells a new name.
            if found and (number == 0 or mark) and _may_name(_name(found)):
                one = seen.setdefault(_name(found), _Seen())
                one.count += 1
                one.after_sentence &= bool(mark) or before is None or ends_sentence(before)
                if before is None:
                    first = _name(found)
            before = line
    known = {name.casefold() for name in people} | {
        name.split()[0].casefold() for name in people if name.split()
    }
    sure = {name for name, one in seen.items() if _is_sure(name, one, words, known)}
    single = {name for name, one in seen.items() if name not in sure and _may_speak_once(name, one, words)}
    # Where nobody is named twice, as when one speaks alone, the first cue names him in full.
    begun = first is not None and first in single and " " in first
    if len(single) > max(_MAX_SINGLES, 2 * len(sure)) or not (sure or begun):
        single = set()
    names = frozenset(sure | single)
    named = sum(seen[name].count for name in names)
    return names if first in names or named >= _MIN_SHARE * len(blocks) else frozenset()


def _may_name(name: str) -> bool:
    words = name.split()
    if len(words) > _MAX_WORDS or words[0].casefold() in _NOT_NAMES or name.endswith(","):
        return False
    if len(words) == 1:
        return True
    return all(not word[0].islower() or word in _PARTICLES for word in words) or bool(_ROLE.fullmatch(name))


def _is_sure(name: str, one: _Seen, words: Counter[str], known: set[str]) -> bool:
    if _ROLE.fullmatch(name) or name.casefold() in known:
        return True
    if " " in name:
        return one.count > 1
    # A word that the text has in small letters too is no name ("Performance: ...").
    small = words[name.lower()] - (one.count if name == name.lower() else 0)
    if name[0].islower():
        return one.count > 2 and small <= 0
    return one.count > 1 and small < one.count


def _may_speak_once(name: str, one: _Seen, words: Counter[str]) -> bool:
    if not one.after_sentence or name == name.lower():
        return False
    if " " in name:
        return True
    return not words[name.lower()] and words[name] <= one.count + _MAX_MENTIONS
