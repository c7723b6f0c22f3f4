"""Several views of the same speech: a phrase and its words, the whole text beside a list, one list beside another.

One view is taken, never two: words would be said twice. Each lends the other what it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.transcripts.structured.leaves import Leaf, Leaves
from bot.transcripts.structured.times import SAMPLE_CLOCKS

# Two views say the same if they differ by no more: contractions and numbers are spelt otherwise.
_LEAST_SHARE, _MOST_SHARE = 0.8, 1.25
_NEARLY = 0.9
# A longer phrase is taken apart where its words have times.
_MAX_PHRASE = 300
# A view of paragraphs is too coarse for times, where another is as good.
_COARSE = 500
# Punctuation and capitals, which recognisers' lists of words often lack.
_SIGNS = re.compile(r"[.,!?;:。，、！？A-ZА-ЯÄÖÜ]")


def chosen(views: Sequence[Leaves]) -> Leaves:
    """The best of the views that stand beside each other; parts of a recording that follow each other are joined."""
    views = [view for view in views if view.letters]
    if len(views) < 2:
        return views[0] if views else Leaves()
    if (joined := _one_after_the_other(views)) is not None:
        return joined
    most = max(view.worth for view in views)
    good = [view for view in views if view.worth >= _NEARLY * most]
    signs = [_signs(view) for view in good]
    good = [view for view, count in zip(good, signs, strict=True) if count >= max(signs) * 0.7]
    return min(good, key=lambda view: view.letters > _COARSE * len(view.leaves))


def phrase_or_words(phrase: Leaf, words: Leaves) -> Leaves:
    """One entry's own text, or the words that are listed in it."""
    whole = Leaves.of([phrase])
    timed = Leaves.of([_timed_by(phrase, words)])
    if not _LEAST_SHARE <= words.letters / max(whole.letters, 1) <= _MOST_SHARE:
        return words if words.worth > whole.worth else timed
    if not _must_be_split(phrase, words):
        return timed
    # However many words it has, it is one entry.
    entries = 1 if phrase.start is not None else words.entries
    poorer = _signs(words) < _signs(whole)
    if poorer and (spelt := _spelt_like(phrase.text, words)) is not None:
        return Leaves.of(spelt, entries)
    if 10 * _signs(words) < 7 * _signs(whole) and phrase.start is not None and len(_speakers(words)) < 2:
        return timed
    return Leaves.of(words.leaves, entries)


def _must_be_split(phrase: Leaf, words: Leaves) -> bool:
    """Whether the words tell more than the phrase: who says which, or when."""
    if len(_speakers(words)) > 1:
        return True
    well_timed = 2 * words.timed > words.letters
    return well_timed and (phrase.start is None or len(phrase.text) > _MAX_PHRASE)


def _speakers(speech: Leaves) -> set[tuple[str, ...]]:
    return {leaf.speaker for leaf in speech.leaves if leaf.speaker}


def _timed_by(phrase: Leaf, words: Leaves) -> Leaf:
    """The phrase with the time and the speaker of its words, where it has none itself."""
    made = phrase
    timed = [leaf for leaf in words.leaves if leaf.start is not None]
    if timed and (phrase.start is None or phrase.clock in SAMPLE_CLOCKS):
        made = replace(made, start=timed[0].start, end=timed[-1].end, clock=timed[0].clock)
    if not phrase.speaker and len(found := _speakers(words)) == 1:
        made = replace(made, speaker=found.pop())
    return made


def _spelt_like(text: str, words: Leaves) -> list[Leaf] | None:
    """The words as the text spells them, where it has as many: recognisers list them without punctuation."""
    spelt = text.split()
    leaves = words.leaves
    if len(spelt) != len(leaves) or any(leaf.glued or " " in leaf.text.strip() for leaf in leaves):
        return None
    return [replace(leaf, text=one) for leaf, one in zip(leaves, spelt, strict=True)]


def _signs(speech: Leaves) -> int:
    return sum(len(_SIGNS.findall(leaf.text)) for leaf in speech.leaves)


def _one_after_the_other(views: Sequence[Leaves]) -> Leaves | None:
    """The views in the order of their times, where none overlaps another: they are parts, and no views."""
    ranges = [view.range for view in views]
    clocks = {view.leaves[0].clock for view in views}
    if len(clocks) > 1 or any(one is None for one in ranges):
        return None
    ordered = sorted(
        ((found, view) for found, view in zip(ranges, views, strict=True) if found is not None),
        key=lambda pair: pair[0],
    )
    for (before, one), (after, other) in pairwise(ordered):
        if after[0] < before[1] or after[0] == before[0] or _same_words(one, other):
            return None
    joined = Leaves()
    for _, view in ordered:
        joined.add(view)
    return joined


def without_repeats(parts: Sequence[Leaves]) -> list[Leaves]:
    """The members of one list, without one that says again what all others say.

    Google's last result repeats all words, with their speakers; a recording with two channels may have the same on
    both.
    """
    total = sum(part.letters for part in parts)
    for place, part in enumerate(parts):
        rest = total - part.letters
        if rest <= 0 or not _NEARLY <= part.letters / rest <= 1 / _NEARLY:
            continue
        others = [one for number, one in enumerate(parts) if number != place]
        joined = Leaves()
        for one in others:
            joined.add(one)
        if _same_time(part, joined) and _same_words(part, joined):
            return [part] if part.worth > joined.worth else others
    return list(parts)


def _same_time(one: Leaves, other: Leaves) -> bool:
    ours, theirs = one.range, other.range
    if ours is None or theirs is None:
        return False
    common = min(ours[1], theirs[1]) - max(ours[0], theirs[0])
    return common > _LEAST_SHARE * max(ours[1] - ours[0], theirs[1] - theirs[0])


def _same_words(one: Leaves, other: Leaves) -> bool:
    ours, theirs = (
        "".join(sign for leaf in speech.leaves for sign in leaf.text.casefold() if sign.isalnum())
        for speech in (one, other)
    )
    if ours == theirs:
        return True
    words, others = (
        {word for leaf in speech.leaves for word in leaf.text.casefold().split()} for speech in (one, other)
    )
    return len(words & others) >= _NEARLY * max(len(words), len(others), 1) and len(words) > 20
