"""Which turns are advertisements that are read out.

Rather one missed than talk taken for one: an advertisement needs its opening sentence or its offer, and a turn is one
only where most of its words belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.text.advertisements import AdSigns, ad_signs, may_advertise
from storage.models import Turn

_MIN_SHARE = 0.6
# How far an advertisement may reach behind its opening, and how many turns without a sign of it may lie between.
_MAX_WORDS = 450
_MAX_GAP = 3
# An offer without an opening needs a second sign beside it, in a turn that is short.
_MIN_SIGNS = 2
_MAX_OFFER_WORDS = 150
# So many words behind the last sign are other talk.
_OTHER_TALK = 40
_SENTENCE_END = re.compile(r"[.!?…][\"”'’)\]]*\s")


def find_ads(turns: Sequence[Turn]) -> set[int]:
    """The numbers of the turns that are advertisements."""
    found: set[int] = set()
    number = 0
    while number < len(turns):
        text = turns[number].text
        signs = ad_signs(text) if may_advertise(text) else AdSigns()
        if signs.opening is not None:
            section = _section(turns, number, signs)
            found |= section
            number = max(section, default=number)
        elif signs.offers and _is_offer(text, signs):
            found.add(number)
        number += 1
    return found


def _is_offer(text: str, signs: AdSigns) -> bool:
    return signs.offers + signs.pitches >= _MIN_SIGNS and len(text.split()) <= _MAX_OFFER_WORDS


def _section(turns: Sequence[Turn], first: int, signs: AdSigns) -> set[int]:
    """The turns of the advertisement that opens in the turn `first`."""
    text, opening = turns[first].text, signs.opening or 0
    end = _end_of_ad(text, signs)
    last = first
    if signs.back is None and len(text[end:].split()) <= _OTHER_TALK:
        last = _last_turn(turns, first, len(text[opening:].split()))
    section = set(range(first + 1, last + 1))
    share = (len(text) if last > first else end) - opening
    if share >= _MIN_SHARE * len(text):
        section.add(first)
    return section


def _last_turn(turns: Sequence[Turn], first: int, words: int) -> int:
    """The last turn of an advertisement that has `words` words in its first one."""
    last, gap = first, 0
    for number in range(first + 1, len(turns)):
        text = turns[number].text
        words += len(text.split())
        if words > _MAX_WORDS:
            break
        signs = ad_signs(text)
        if signs:
            # Where the show goes on early in a turn, the advertisement ended before it.
            ended = signs.back is not None and signs.back * 2 <= len(text)
            last, gap = (number - 1 if ended else number), 0
        else:
            gap += 1
        if gap > _MAX_GAP or signs.back is not None:
            break
    return last


def _end_of_ad(text: str, signs: AdSigns) -> int:
    """Where the advertisement ends inside its first turn: behind the sentence of its last sign."""
    if signs.back is not None:
        return signs.back
    found = _SENTENCE_END.search(text, signs.last)
    return found.end() if found else len(text)
