"""Where the transcript of a page begins and ends: the part that holds all names of speakers, and nothing beside it.

What stands behind it, a comment or a list of links, is said by none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from selectolax.lexbor import LexborNode

from bot.text.timecodes import TRANSCRIPT_TIME
from bot.transcripts.formats.page_signs import Element, Signs, Stream, has_sign, may_lead

# The part holds so many of the page's words; else names stand in a piece of the transcript alone.
_MOST = 0.5
_MAX_SPEAKERS = 100


def sign_bounds(stream: Stream, signs: Signs) -> tuple[int, int]:
    """The places in the stream between which all signs of speakers stand."""
    if signs.speaker is None:
        return 0, len(stream.pieces)
    key = signs.speaker
    found = [one for one in stream.elements if has_sign(one, key) and may_lead(one, key)]
    holder = _holder(stream, found)
    return (holder.opens, holder.closes) if holder is not None else (0, len(stream.pieces))


def label_bounds(stream: Stream, speakers: Iterable[str]) -> LexborNode | None:
    """The part of the page that holds all lines that begin with the name of a speaker; None where it is all of it."""
    known = sorted({name for name in speakers if name}, key=len, reverse=True)
    if not 0 < len(known) <= _MAX_SPEAKERS:
        return None
    names = "|".join(map(re.escape, known))
    label = re.compile(rf"\W{{0,3}}(?:{TRANSCRIPT_TIME}\W{{1,3}})?(?:{names})(?!\w)")
    found = [one for one in stream.elements if one.leads and label.match(one.begins)]
    holder = _holder(stream, found)
    return holder.node if holder is not None else None


def _holder(stream: Stream, found: Sequence[Element]) -> Element | None:
    """The smallest element around all of `found`, unless it holds too few of the page's words."""
    # What holds the next one begins with a name as its first line does.
    found = [one for one, after in zip_longest(found, found[1:]) if after is None or after.opens > one.closes]
    if len(found) < 2:
        return None
    first, last = min(one.opens for one in found), max(one.closes for one in found)
    around = [one for one in stream.elements if one.opens < first and one.closes > last]
    holder = max(around, key=lambda one: one.opens, default=None)
    return holder if holder is not None and holder.words >= _MOST * stream.words else None
