"""Captions without voice tags: who speaks stands before a colon or in brackets: "Ada Moore: And", "[Ada Moore] And".

What nobody says, a credit or a line of music, names no speaker and ends no speech.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.transcripts.annotations.sound_notes import sound_notes
from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.formats.rolling_captions import unroll
from bot.transcripts.formats.unspoken_lines import is_unspoken
from bot.transcripts.turns.cues import Cue, ends_sentence, merge, share_out
from bot.transcripts.turns.joining import join_texts
from bot.transcripts.turns.own_label import without_own_label
from bot.transcripts.turns.person_names import is_capitalised, is_role, may_be_name, name_parts
from storage.models import Turn

_PREFIX = re.compile(
    r"(?:\[(?P<held>[^\W_][^\[\]\n:]{0,59})\]\s?|(?P<bare>[^\W_][^\[\]():：\n?!;\"]{0,59}?)(?:\s\([^()\n]{1,30}\))?\s?)"
    r"(?::(?=\s|$)|：)"
)
# A name in brackets without a colon is one only where the others of the file are written so too.
_BRACKETED = re.compile(
    r"(?:\[\s?(?P<square>[^\W_][^\[\]\n:：]{0,59}?)\s?\]|【\s?(?P<wide>[^\W_][^【】\n:：]{0,59}?)\s?】"
    r"|[(（]\s?(?P<round>[^\W_][^()（）\n:：]{0,59}?)\s?[)）]|[<{]\s?(?P<pointed>[^\W_][^<>{}\n:：]{0,59}?)\s?[>}])"
    r"[:：]?(?:\s+|(?=\S)|$)"
)
# A change of speaker: two arrows in live captions, a dash in subtitles.
_ARROWS = re.compile(r"\s*>{2,3}\s*")
_DASH = re.compile(r"\s*[-–—]\s+(?=[^\Wa-z_]|[\"“‘\[♪])")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

# A word that is mentioned more often in the text is a topic: "Docker: it's everywhere".
_MAX_MENTIONS = 3
# With more names than this that occur once, they are no speakers.
_MAX_SINGLES = 12
# Nobody has a name of more words; sounds and remarks do.
_MAX_BRACKETED_WORDS = 4
# Where one name alone stands in brackets, it stands in so many of the cues.
_MIN_SINGLE_SHARE = 0.3
# Names alone on the first line stand in so many cues, and in so many of them all.
_LEAST_ABOVE, _MOST_ABOVE = 3, 0.8
# Where fewer cues name a speaker, and not from the start, whoever was named once would be given an hour of speech.
_MIN_SHARE = 0.02


@dataclass(slots=True)
class _Seen:
    """How often a name stands before a colon, and whether the text before it always ended a sentence."""

    count: int = 0
    after_sentence: bool = True


@dataclass(slots=True)
class _Labels:
    """What may be names: all of them, the one that opens the file, and how often every word of the file occurs."""

    seen: dict[str, _Seen] = field(default_factory=dict)
    bracketed: Counter[str] = field(default_factory=Counter)
    first: str | None = None
    words: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Names:
    """The speakers of a file: those before a colon, in brackets, and alone on the first line of a cue."""

    before_colon: frozenset[str]
    bracketed: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.before_colon or self.bracketed or self.above)


def read_captions(blocks: Sequence[Block], people: Sequence[str]) -> tuple[Turn, ...]:
    """The turns of captions without voice tags: rolling lines are unrolled, names before a colon are speakers."""
    return merge(name_speakers(unroll(blocks), people))


def name_speakers(blocks: Sequence[Block], people: Sequence[str] = ()) -> list[Cue]:
    """The cues with their speakers; a speaker goes on until the next one is named."""
    unspoken = [is_unspoken(block.lines) for block in blocks]
    spoken = [block for block, silent in zip(blocks, unspoken, strict=True) if not silent]
    names = _learn(spoken, people)
    cues: list[Cue] = []
    speaker: str | None = None
    # Behind what nobody says, speech without a name begins anew.
    interrupted = False
    for block, silent in zip(blocks, unspoken, strict=True):
        if silent:
            cues += share_out(
                [(None, _joined(block.lines))], block.start_ms, block.end_ms, changes_speaker=True
            )
            interrupted = True
            continue
        pieces: list[tuple[str | None, list[str]]] = []
        changes_first = interrupted
        for number, line in enumerate(block.lines):
            above = not number and len(block.lines) > 1 and line.strip() in names.above
            changes, name, said = (True, line.strip(), "") if above else _split(line, names)
            if changes:
                speaker = name
            if changes or not pieces:
                changes_first |= changes and not pieces
                pieces.append((speaker, []))
            pieces[-1][1].append(said)
        said_by = [(who, _joined(lines)) for who, lines in pieces]
        cues += share_out(said_by, block.start_ms, block.end_ms, changes_speaker=changes_first)
        interrupted &= not any(text for _, text in said_by)
    return cues


def without_label_of(speaker: str | None, said: str) -> str:
    """`said` without a label in front that names its speaker once more."""
    mark = _ARROWS.match(said) or _DASH.match(said)
    rest = said[mark.end() :] if mark else said
    found = (_PREFIX.match(rest) or _BRACKETED.match(rest)) if speaker else None
    if speaker is None:
        return said
    if found is None:
        kept = without_own_label(speaker, rest)
        return said if kept == rest else kept
    told, known = set(name_parts(_name(found))), set(name_parts(speaker))
    return rest[found.end() :] if told and (told <= known or known <= told) else said


def _joined(lines: Sequence[str]) -> str:
    return join_texts(" ".join(line.split()) for line in lines)


def _split(line: str, names: _Names) -> tuple[bool, str | None, str]:
    """Whether the speaker changes with this line, to whom if that is told, and the text."""
    mark = _ARROWS.match(line) or (_DASH.match(line) if not names else None)
    said = line[mark.end() :] if mark else line.lstrip()
    if mark is None and (dash := _DASH.match(line)):
        # Where speakers are named, a dash alone is none of them.
        said = line[dash.end() :]
    for pattern, known in ((_PREFIX, names.before_colon), (_BRACKETED, names.bracketed)):
        if known and (found := pattern.match(said)) and (name := _name(found)) in known:
            return True, name, said[found.end() :]
    if mark and said:
        return True, None, said
    return False, None, line


def _name(found: re.Match[str]) -> str:
    return " ".join(next(filter(None, found.groups())).split())


def _learn(blocks: Sequence[Block], people: Sequence[str]) -> _Names:
    """What stands before colons or in brackets and is a speaker.

    Sure are names that occur again, roles and known people; names that occur once are added where there are sure
    ones, and not too many of the others.
    """
    labels = _collect(blocks)
    known = {name.casefold() for name in people} | {
        name.split()[0].casefold() for name in people if name.split()
    }
    bracketed = _names_in_brackets(labels, known, len(blocks))
    sure = {name for name, one in labels.seen.items() if _is_sure(name, one, labels.words, known)}
    single = {
        name
        for name, one in labels.seen.items()
        if name not in sure and _may_speak_once(name, one, labels.words)
    }
    # Where no name occurs twice, as in a monologue, a full name in the first cue is taken.
    named_at_start = labels.first is not None and labels.first in single and " " in labels.first
    if len(single) > max(_MAX_SINGLES, 2 * len(sure)) or not (sure or named_at_start):
        single = set()
    names = frozenset(sure | single)
    named = sum(labels.seen[name].count for name in names)
    often = labels.first in names or named >= _MIN_SHARE * len(blocks)
    before_colon = names if often else frozenset()
    return _Names(
        before_colon, bracketed, frozenset() if before_colon else _names_above(blocks, labels.words)
    )


def _names_above(blocks: Sequence[Block], words: Counter[str]) -> frozenset[str]:
    """The names that stand alone above the words of nearly all cues, as editors export them, and come again."""
    heads = Counter(
        block.lines[0].strip() for block in blocks if len(block.lines) > 1 and block.lines[0].strip()
    )
    names = {name: count for name, count in heads.items() if _may_stand_above(name, words)}
    named = sum(names.values())
    if named < max(_LEAST_ABOVE, _MOST_ABOVE * len(blocks)) or 2 * len(names) > named:
        return frozenset()
    return frozenset(names)


def _may_stand_above(name: str, words: Counter[str]) -> bool:
    parts = _WORD.findall(name)
    if not 0 < len(parts) <= _MAX_BRACKETED_WORDS or not name[0].isalpha() or ends_sentence(name):
        return False
    # The first word of a sentence is also written small elsewhere.
    return (
        is_capitalised(name)
        and may_be_name(name)
        and not any(words[part.lower()] for part in parts if part != part.lower())
    )


def _names_in_brackets(labels: _Labels, known: set[str], cues: int) -> frozenset[str]:
    """The names in brackets: several that occur again, or one that stands in front of much of the text."""
    names = {name for name, count in labels.bracketed.items() if _is_bracketed(name, count, labels, known)}
    again = {name for name in names if labels.bracketed[name] > 1 or name.casefold() in known}
    named = sum(labels.bracketed[name] for name in again)
    share = _MIN_SHARE if len(again) > 1 else _MIN_SINGLE_SHARE
    if not again or named < share * cues:
        return frozenset()
    return frozenset(names)


def _is_bracketed(name: str, count: int, labels: _Labels, known: set[str]) -> bool:
    if name.casefold() in known or is_role(name):
        return True
    words = _WORD.findall(name)
    if not words or len(words) > _MAX_BRACKETED_WORDS or not is_capitalised(name) or not may_be_name(name):
        return False
    # The words of a remark are said elsewhere: "[Door opens]".
    small = max(labels.words[word.lower()] for word in words if word != word.lower()) if count else 0
    return not small


def _collect(blocks: Sequence[Block]) -> _Labels:
    labels = _Labels()
    before: str | None = None
    for block in blocks:
        for number, line in enumerate(block.lines):
            labels.words.update(_WORD.findall(line))
            if not line.strip():
                continue
            mark = _ARROWS.match(line) or _DASH.match(line)
            said = line[mark.end() :] if mark else line.lstrip()
            found = _PREFIX.match(said)
            # Lines are wrapped anywhere, so a new name is only taken from the first line of a cue.
            if found and (number == 0 or mark) and _may_name(_name(found)):
                one = labels.seen.setdefault(_name(found), _Seen())
                one.count += 1
                one.after_sentence &= bool(mark) or before is None or ends_sentence(before)
                if before is None:
                    labels.first = _name(found)
            elif not found and (number == 0 or mark):
                held = _BRACKETED.match(said)
                labels.bracketed.update([_name(held)] if held and not sound_notes(held.group()) else [])
            before = line
    return labels


def _may_name(name: str) -> bool:
    return is_role(name) or (may_be_name(name) and (" " not in name or is_capitalised(name)))


def _is_sure(name: str, one: _Seen, words: Counter[str], known: set[str]) -> bool:
    if is_role(name) or name.casefold() in known:
        return True
    if " " in name:
        return one.count > 1
    # A word that also occurs in lower case is no name ("Performance: ...").
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
