"""What a turn is besides talk: a break, a sound, an advertisement, or a line that nobody said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.transcripts.annotations.ads import find_ads
from bot.transcripts.annotations.hallucinations import is_farewell, is_hallucination, repeated_runs
from bot.transcripts.annotations.sound_notes import is_sound
from bot.transcripts.turns.person_names import is_doubtful_pseudo, pseudo_mark
from storage.models import Turn, TurnMark

_LABEL = re.compile(r"\W*(\w[\w\s'’-]{0,60}?)\W*")
_BEFORE_COLON = re.compile(r"\W*([^\W_][^\[\]():：\n]{0,59}?)\s?[:：]")
# A farewell without a speaker that stands so often is none.
_FAREWELLS = 2


def mark_turns(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns with their marks; one that has a mark keeps it."""
    marks: dict[int, TurnMark] = dict.fromkeys(find_ads(turns), TurnMark.SPONSOR)
    marks |= dict.fromkeys(_hallucinations(turns), TurnMark.GHOST)
    for number, turn in enumerate(turns):
        if mark := _pseudo_speaker(turn):
            marks[number] = mark
        elif marks.get(number) is not TurnMark.GHOST and is_sound(turn.text):
            marks[number] = TurnMark.SOUND
    return tuple(
        replace(turn, mark=marks[number]) if turn.mark is None and number in marks else turn
        for number, turn in enumerate(turns)
    )


def names_break(text: str) -> bool:
    """Whether `text` begins with a label that names music or a break, and nobody: "Music: La la la"."""
    found = _BEFORE_COLON.match(text[:80])
    if found is None:
        return False
    label = " ".join(found[1].split())
    return pseudo_mark(label) is TurnMark.BREAK and not is_doubtful_pseudo(label)


def _pseudo_speaker(turn: Turn) -> TurnMark | None:
    """What the turn's label names, where that is nobody."""
    if turn.speaker is None:
        return TurnMark.BREAK if names_break(turn.text) else None
    mark = pseudo_mark(turn.speaker)
    if mark is None:
        return None
    if is_doubtful_pseudo(turn.speaker) and not (is_sound(turn.text) or _repeats_label(turn)):
        return None
    return mark


def _repeats_label(turn: Turn) -> bool:
    """Whether the turn says no more than its label, as a break without words is written."""
    found = _LABEL.fullmatch(turn.text[:80])
    return found is not None and found[1] == turn.speaker


def _hallucinations(turns: Sequence[Turn]) -> set[int]:
    """The numbers of the turns that nobody said."""
    found = {number for number, turn in enumerate(turns) if is_hallucination(turn.text)}
    for start, end in repeated_runs([turn.text for turn in turns]):
        # People who answer each other may say the same thing for a while.
        if len({turn.speaker for turn in turns[start:end]}) == 1:
            found.update(range(start, end))
    farewells = [
        number for number, turn in enumerate(turns) if turn.speaker is None and is_farewell(turn.text)
    ]
    counts = Counter(turns[number].text for number in farewells)
    found.update(number for number in farewells if counts[turns[number].text] >= _FAREWELLS)
    return found
