"""Advertisements that are read out: where one begins, what it is known by, and where the talk goes on.

Rather one missed than talk taken for one: an advertisement needs its opening sentence or its offer, and a turn is one
only where most of its words belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storage.models import Turn

_SHOW = r"(?:podcast|episode|show|program(?:me)?|segment|week['’]s (?:episode|show)|edition)"
_THIS = rf"(?:(?:this|the|today['’]s|our|every) (?:\w{{1,12}} ){{0,2}}{_SHOW}(?: of [^.,!?]{{1,40}}?)?|we|this|today)"
_OPENING = re.compile(
    r"(?:^|(?<=[.!?…\"”]\s)|(?<=[.!?]\s\s)|\b(?:and|but|so|today|now|before we \w+(?: \w+){0,3}),?\s)(?:"
    rf"{_THIS}(?:(?:['’]s|['’]re| is| are| was)(?: also| today| once again| proudly| being)*| comes to you)?,?"
    r" (?:brought to you(?: (?:today|in part|this week))?|sponsored|presented|made possible(?: in part)?) by"
    rf"|(?:support|funding) for (?:this|the|our|today['’]s) (?:\w+ )?{_SHOW}(?: is provided by| comes? from| today)"
    rf"|{_THIS} is supported by"
    r"|(?:our|today['’]s|this (?:week|episode)['’]s|the)"
    r" (?:(?:first|second|third|next|other|title|presenting|longtime) )?sponsors?"
    r"(?: (?:of|for) (?:this|today['’]s|the) (?:week['’]s )?(?:episode|show|podcast))?(?: today)?(?: this week)?"
    r" (?:is|are|today is)\b"
    r"|(?:(?:let['’]s|we['’]ll|i['’]ll|i (?:want|need|have) to|i['’]d like to|we have to|time to) )?(?:just )?"
    r"(?:take|hear|have|pause for|stop for|break for|tell you about|thank)"
    r"(?: a)?(?: very)?(?: quick| short| brief| moment| second| minute| word| little)*"
    r"(?: break)?(?: to (?:thank|hear from|talk about|tell you about)| for| from| about)"
    r" (?:one of )?(?:our|today['’]s|the|a)(?: \w+)? sponsors?"
    r"|(?:a )?(?:quick |brief |short )?(?:word|message) from (?:one of )?(?:our|today['’]s|the) (?:\w+ )?sponsors?"
    r"|die(?:se folge|ser podcast|se episode)\b.{0,30}\b(?:gesponsert|präsentiert|unterstützt) (?:von|durch)"
    r"|cet épisode (?:est|vous est) (?:sponsorisé|présenté|proposé) par"
    r"|este (?:episodio|podcast|programa) (?:está|es|llega)\b.{0,20}\b(?:patrocinado|presentado) por"
    r")",
    re.IGNORECASE,
)
# Each of these is an offer by itself.
_OFFER = re.compile(
    r"\b(?:use|with|enter|using|apply)(?: (?:the|my|our|a|promo|coupon|discount|offer|special|checkout))* codes? "
    r"[\"“'‘]?(?!that\b|in\b|to\b|and\b|is\b|from\b|as\b|for\b|which\b|we\b|you\b|at (?!checkout))[\w-]{2,24}"
    r"(?: \w+){0,2}[\"”'’,.]*"
    r"(?: \w+){0,6}? (?:for|to get|and (?:you(?:['’]ll)? )?get|you(?:['’]ll)? get|at (?:\S+|the) ?checkout"
    r"|at checkout|to save|gets you)\b"
    r"|\b(?:promo|coupon|discount|offer) code\b(?!s\b)"
    r"|\b\d{1,2} ?(?:%|percent) off (?:your|of your|any|all|the|a|an|site|sitewide|for|at|plus|\w+ plans?|1|one)\b"
    r"|\bfirst (?:month|order|box|\d+ (?:days|months))(?: is| for)? free\b",
    re.IGNORECASE,
)
# What an advertisement is likely to say, and other talk now and then.
_PITCH = re.compile(
    r"\b(?:free trial|sign up|get started|learn more at|check (?:them|it) out|head (?:on )?over to|go (?:on over )?to"
    r" \S{1,40}(?:\.| dot )(?:com|org|io|dev|net|co|fm|ai|me|edu)"
    r"|visit \S{1,40}(?:\.| dot )(?:com|org|io|dev|net|co|fm|ai)"
    r"|(?:\.| dot )(?:com|org|io|dev|net|co|fm|ai)(?: ?/| slash| forward slash)|in the show notes|terms apply"
    r"|(?:link|links) (?:is|are|in)|money[- ]back|no credit card|try it (?:out )?(?:for )?free|risk[- ]free)",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"\b(?:thanks?(?: you)?(?: again| so much| very much| a lot)* to (?!you\b)[^.!?]{1,80}?"
    r" for (?:sponsoring|supporting)(?: (?:the|this|our|us)\b)?"
    r"|for (?:sponsoring|supporting) (?:the|this|our) (?:show|podcast|episode))",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:(?:now )?(?:let['’]s |we['’]ll )?(?:get )?(?:right )?back to (?:the|our|this) (?:show|episode|conversation"
    r"|interview|podcast|program)|(?:now |and )?on with the show)\b",
    re.IGNORECASE,
)

# Each opening and each offer has one of these in it.
_HINTS = (
    "sponsor",
    "brought to you",
    "presented",
    "made possible",
    "support for",
    "supported by",
    "funding for",
    "gesponsert",
    "präsentiert",
    "unterstützt",
    "présenté",
    "proposé",
    "patrocinado",
    "presentado",
    " code",
    " off ",
    " free",
)

_MIN_SHARE = 0.6
# How far an advertisement may reach behind its opening, and how many turns without a word of it may lie between.
_MAX_WORDS = 450
_MAX_GAP = 3
_SENTENCE_END = re.compile(r"[.!?…][\"”'’)\]]*\s")
# A turn of a monologue's length is looked at in its sentences; beyond this it is no advertisement.
_MAX_TURN = 12_000


@dataclass(frozen=True, slots=True)
class _Signs:
    """Where in a turn an advertisement opens, and what speaks for one; character offsets."""

    opening: int | None
    offers: int
    pitches: int
    last: int
    back: int | None


def is_pitch(text: str) -> bool:
    """Whether a sentence by itself opens an advertisement or makes an offer."""
    return _may_begin(text) and (_OPENING.search(text) is not None or _OFFER.search(text) is not None)


def find_sponsors(turns: Sequence[Turn]) -> set[int]:
    """The numbers of the turns that are advertisements."""
    found: set[int] = set()
    number = 0
    while number < len(turns):
        if not _may_begin(turns[number].text):
            number += 1
            continue
        signs = _signs(turns[number].text)
        if signs.opening is not None:
            section = _section(turns, number, signs)
            found.update(section)
            number = max(section, default=number) + 1
            continue
        if signs.offers and _is_offer(turns[number].text, signs):
            found.add(number)
        number += 1
    return found


def _may_begin(text: str) -> bool:
    """Whether the turn has a word of an opening or an offer: the patterns take a hundred times as long to tell."""
    small = text.lower()
    return any(hint in small for hint in _HINTS)


def _signs(text: str) -> _Signs:
    if len(text) > _MAX_TURN:
        return _Signs(None, 0, 0, 0, None)
    opening = _OPENING.search(text)
    offers = [one.end() for one in _OFFER.finditer(text)]
    pitches = [one.end() for form in (_PITCH, _THANKS) for one in form.finditer(text)]
    back = _BACK.search(text, opening.end() if opening else 0)
    last = max([*offers, *pitches, opening.end() if opening else 0])
    return _Signs(
        opening.start() if opening else None, len(offers), len(pitches), last, back.end() if back else None
    )


def _is_offer(text: str, signs: _Signs) -> bool:
    """An offer without an opening: it needs a second sign beside it, and a turn that is short."""
    return signs.offers + signs.pitches >= 2 and len(text.split()) <= 150


def _section(turns: Sequence[Turn], first: int, signs: _Signs) -> set[int]:
    """The turns of the advertisement that opens in the turn `first`."""
    opening = signs.opening or 0
    end = _after(turns[first].text, signs)
    last, words, gap = first, len(turns[first].text[opening:].split()), 0
    if signs.back is None and not _goes_on(turns[first].text, end):
        for number in range(first + 1, len(turns)):
            text = turns[number].text
            words += len(text.split())
            if words > _MAX_WORDS or len(text) > _MAX_TURN:
                break
            later = _signs(text)
            if later.offers or later.pitches or later.opening is not None or later.back is not None:
                if later.back is None or later.back * 2 > len(text):
                    last, gap = number, 0
                else:
                    last, gap = number - 1, 0
            else:
                gap += 1
            if gap > _MAX_GAP or later.back is not None:
                break
    section = set(range(first + 1, last + 1))
    share = (len(turns[first].text) if last > first else end) - opening
    if share >= _MIN_SHARE * len(turns[first].text):
        section.add(first)
    return section


def _after(text: str, signs: _Signs) -> int:
    """Where the advertisement ends inside its turn: behind the sentence of its last sign."""
    if signs.back is not None:
        return signs.back
    found = _SENTENCE_END.search(text, signs.last)
    return found.end() if found else len(text)


def _goes_on(text: str, end: int) -> bool:
    """Whether the same turn goes on with other talk behind the advertisement."""
    return len(text[end:].split()) > 40
