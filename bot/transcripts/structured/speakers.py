"""Who says each leaf: speakers that are named at a change only, tables of who spoke when, and names of ids.

Where it is doubtful whose words they are, they are nobody's.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import count, pairwise

from bot.transcripts.structured.leaves import Leaf, Names
from bot.transcripts.structured.names import CHANNEL, NameTable
from bot.transcripts.structured.spacing import is_punctuation
from bot.transcripts.structured.walk import Span
from bot.transcripts.turns.cues import ends_sentence

# So many letters without a name may belong to the last one who was named: more is another file's kind.
_MAX_CARRIED = 8_000
# So many on average: one who is named in an hour may be a title or a credit.
_MAX_LETTERS_A_NAME = 3_000
# Where hardly any entry shares its speaker with another, they are no speakers but titles or ids.
_MIN_DISTINCT = 12
_MAX_DISTINCT_SHARE = 0.6
# Spans that may overlap a leaf: those that begin so far before it, and so many that begin within it. More are words
# of a long text, which may have several speakers.
_MAX_SPANS_BACK = 24
_MAX_SPANS_WITHIN = 200
_CLEAR = 0.75
_LONG_ID = re.compile(r"\d{4,}|[0-9a-f]{12,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def carry_on(leaves: Sequence[Leaf]) -> None:
    """Give leaves without a speaker the one before them, where the document names speakers at a change only."""
    _carry_signs(leaves)
    if _named_at_changes(leaves):
        last: Names | None = None
        for leaf in leaves:
            last = leaf.speaker or last
            leaf.speaker = last
    _carry_untimed(leaves)


def _carry_signs(leaves: Sequence[Leaf]) -> None:
    """Punctuation, and the rest of a word, are said by who said the word."""
    for before, leaf in pairwise(leaves):
        if not leaf.speaker and before.speaker and (leaf.glued or is_punctuation(leaf.text)):
            leaf.speaker = before.speaker


def _carry_untimed(leaves: Sequence[Leaf]) -> None:
    """A word that could not be timed is said by who speaks before and after it."""
    if not any(leaf.start is not None for leaf in leaves):
        return
    waiting: list[Leaf] = []
    last: Names | None = None
    for leaf in leaves:
        if leaf.speaker is None and leaf.start is None and last:
            waiting.append(leaf)
            continue
        if leaf.speaker == last:
            for one in waiting:
                one.speaker = last
        waiting = []
        last = leaf.speaker


def _named_at_changes(leaves: Sequence[Leaf]) -> bool:
    """Whether speakers are named where they change: the first one is, and nobody twice in a row.

    Where the entries in between say that they have no speaker, they must go on in the middle of a sentence.
    """
    named = [leaf.speaker for leaf in leaves if leaf.speaker]
    if not leaves or not leaves[0].speaker or len(named) < 2 or len(named) == len(leaves):
        return False
    if any(left == right for left, right in pairwise(named)):
        return False
    if sum(len(leaf.text) for leaf in leaves) > _MAX_LETTERS_A_NAME * len(named):
        return False
    longest = carried = 0
    told = going_on = 0
    for before, leaf in pairwise(leaves):
        carried = 0 if leaf.speaker else carried + len(leaf.text)
        longest = max(longest, carried)
        if not leaf.speaker and leaf.speaker is not None:
            told += 1
            going_on += not ends_sentence(before.text)
    return longest <= _MAX_CARRIED and 2 * going_on >= told


def from_spans(leaves: Sequence[Leaf], spans: Sequence[Span]) -> None:
    """Give leaves the speakers of a table of who spoke when, where most have none of their own."""
    spoken = sum(bool(leaf.speaker) for leaf in leaves)
    if not spans or 2 * spoken > len(leaves):
        return
    ordered = sorted(spans, key=lambda span: span.start)
    starts = [span.start for span in ordered]
    for leaf in leaves:
        if leaf.start is not None and not leaf.speaker:
            begin = bisect_left(starts, leaf.start)
            end = bisect_right(starts, leaf.start if leaf.end is None else max(leaf.start, leaf.end))
            if end - begin <= _MAX_SPANS_WITHIN:
                leaf.speaker = _who(leaf, ordered[max(0, begin - _MAX_SPANS_BACK) : end])
    _carry_signs(leaves)


def _who(leaf: Leaf, spans: Iterable[Span]) -> Names | None:
    """Who speaks for nearly all of the leaf's time."""
    shares: dict[Names, float] = {}
    start = leaf.start or 0.0
    end = max(start, start if leaf.end is None else leaf.end)
    for span in spans:
        common = min(end, span.end) - max(start, span.start)
        if common > 0 or (common == 0 and start == end):
            shares[span.names] = shares.get(span.names, 0.0) + max(common, 1e-9)
    if not shares:
        return None
    names, most = max(shares.items(), key=lambda one: one[1])
    return names if most >= _CLEAR * sum(shares.values()) else None


def labels(leaves: Sequence[Leaf], table: NameTable) -> list[str | None]:
    """The speaker of each leaf, by name where the document has it, else by a label that is one person's."""
    all_names = {leaf.speaker for leaf in leaves if leaf.speaker}
    used = frozenset(one for names in all_names for one in names)
    channels = {names for names in all_names if names[0].startswith(CHANNEL)}
    found: dict[Names | None, str | None] = {}
    for leaf in leaves:
        if leaf.speaker and leaf.speaker not in found:
            found[leaf.speaker] = table.name_of(leaf.speaker, used) or _label(leaf.speaker, len(channels))
    long = [names for names, label in found.items() if label and _LONG_ID.fullmatch(label)]
    taken = {label for label in found.values() if label}
    free = (label for number in count(1) if (label := f"Speaker {number}") not in taken)
    for names in long:
        found[names] = next(free)
    distinct = len({label for label in found.values() if label})
    if distinct >= _MIN_DISTINCT and distinct >= _MAX_DISTINCT_SHARE * len(leaves):
        return [None] * len(leaves)
    return [found.get(leaf.speaker) if leaf.speaker else None for leaf in leaves]


def _label(names: Names, channels: int) -> str | None:
    named = next((one for one in names if not one.isdecimal() and not _LONG_ID.fullmatch(one)), names[0])
    if named.startswith(CHANNEL):
        # One channel is the whole recording.
        number = named.removeprefix(CHANNEL).lower().removeprefix("ch").strip("_- ")
        return f"Channel {number}" if channels > 1 else None
    if named.isdecimal() and len(named) < 4:
        return f"Speaker {int(named)}"
    return named
