"""What sells: the one place that tells whether words advertise something, read out in a show or written in its notes.

Both are a matter of several signs together. Speech has an opening ("brought to you by"), offers and what is said
beside them; notes are weighed sentence by sentence, since "sponsor" or "newsletter" may well be what an episode is
about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.text.lexicons import compiled, every_language, lexicon_for, pattern_text, small_letters

# The weight of a sentence that is a promotion for sure, and of one that may be.
PROMOTION = 3.0
DOUBTFUL = 2.0
# Phrases of no more weight are subjects, and a sentence may be about several: together they weigh no more than this.
SUBJECT = 1.0
_MOST_OF_SUBJECTS = 1.5
# A turn of a monologue's length is no advertisement, and the patterns would take long to tell.
_MAX_TURN = 12_000
_MAX_SENTENCE = 1_000

_SITE = r"com|org|net|fm|io|co|ai|tv|me|dev|de|fr|es"
# Signs that are the same in all languages.
_SIGNS: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(rf"https?:|www\.|\b[\w-]+\.(?:{_SITE})/\S|@\w+\.\w", re.IGNORECASE), 3.0),
    (re.compile(rf"\b(?:at|to|visit|via|see) [\w-]+\.(?:{_SITE})\b", re.IGNORECASE), 3.0),
    (re.compile(r"\b[\w-]+\.(?:com|org|net|fm)\b", re.IGNORECASE), 0.5),
    (re.compile(r"(?:^|[\s(])(?:@\w|#[^\W\d])"), 1.5),
    (re.compile(r"[🙏👀👇👉🔗📧🎧📺]"), 3.0),
)
# Behind these a sentence that asks for something only begins.
_POLITE = re.compile(r"^\W*(?:(?:please|and|so|also|but|then|just|or)\b,?\s*)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AdSigns:
    """What speaks for an advertisement in a turn; character offsets.

    `opening`: where one begins. `last`: the end of the last sign. `back`: where the show goes on.
    """

    opening: int | None = None
    offers: int = 0
    pitches: int = 0
    last: int = 0
    back: int | None = None

    def __bool__(self) -> bool:
        return self.opening is not None or self.back is not None or bool(self.offers or self.pitches)


def may_advertise(text: str) -> bool:
    """Whether a text has a word of an opening or an offer: the patterns take far longer to tell."""
    text = small_letters(text)
    return any(hint in text for hint in every_language().ad_hints)


def hint_offsets(text: str) -> list[int]:
    """Where such words begin, in order: found in a whole text at once, they cost a fifth."""
    text = small_letters(text)
    found: list[int] = []
    for hint in every_language().ad_hints:
        at = text.find(hint)
        while at >= 0:
            found.append(at)
            at = text.find(hint, at + 1)
    return sorted(found)


def opens_or_offers(text: str) -> bool:
    """Whether a sentence by itself opens an advertisement or makes an offer."""
    if not may_advertise(text):
        return False
    text = small_letters(text)
    patterns = _patterns()
    return patterns.opening.search(text) is not None or patterns.offer.search(text) is not None


def ad_signs(text: str) -> AdSigns:
    """The signs of an advertisement in a turn; none where it is longer than any is."""
    if len(text) > _MAX_TURN:
        return AdSigns()
    text = small_letters(text)
    patterns = _patterns()
    hinted = may_advertise(text)
    opening = patterns.opening.search(text) if hinted else None
    offers = [found.end() for found in patterns.offer.finditer(text)] if hinted else []
    pitches = [found.end() for form in (patterns.pitch, patterns.thanks) for found in form.finditer(text)]
    back = patterns.back.search(text, opening.end() if opening else 0)
    last = max([*offers, *pitches, opening.end() if opening else 0])
    start = opening.start() if opening else None
    return AdSigns(start, len(offers), len(pitches), last, back.end() if back else None)


def promotion_weight(text: str, language: str | None = None) -> float:
    """How much a sentence of the notes looks like a promotion: from PROMOTION on it surely is one."""
    text = small_letters(text[:_MAX_SENTENCE])
    weighed = _weighed(language)
    begun = _POLITE.sub("", text, count=1)
    weight = PROMOTION * opens_or_offers(text)
    weight += sum(worth for pattern, worth in _SIGNS if pattern.search(text))
    weight += sum(worth for pattern, worth in weighed.beginnings if pattern.match(begun))
    found = {match[0]: match.lastindex or 0 for match in weighed.phrases.finditer(text)}
    worths = [weighed.weights[group - 1] for group in found.values()]
    subjects = sum(worth for worth in worths if worth <= SUBJECT)
    return weight + sum(worth for worth in worths if worth > SUBJECT) + min(subjects, _MOST_OF_SUBJECTS)


@dataclass(frozen=True, slots=True)
class _AdPatterns:
    opening: re.Pattern[str]
    offer: re.Pattern[str]
    pitch: re.Pattern[str]
    thanks: re.Pattern[str]
    back: re.Pattern[str]


@cache
def _patterns() -> _AdPatterns:
    known = every_language()
    lead_in = rf"(?:^|(?<=[.!?…\"”]\s)|(?<=[.!?]\s\s)|(?:{pattern_text(known.ad_lead_ins)}),?\s)"
    return _AdPatterns(
        re.compile(rf"{lead_in}(?:{pattern_text(known.ad_openings)})"),
        *map(compiled, (known.ad_offers, known.ad_pitches, known.ad_thanks, known.ad_returns)),
    )


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Phrases with their weights: those that count at the beginning of a sentence, and one pattern for the others."""

    beginnings: tuple[tuple[re.Pattern[str], float], ...]
    phrases: re.Pattern[str]
    weights: tuple[float, ...]


@lru_cache(maxsize=64)
def _weighed(language: str | None) -> _Weighed:
    by_weight: dict[float, list[str]] = {}
    beginnings: list[tuple[re.Pattern[str], float]] = []
    for phrase, worth in lexicon_for(language).promotion.items():
        if phrase.startswith("^"):
            # Not in the middle of a word; behind the colon of a credit a name may follow at once.
            beginnings.append((compiled([rf"(?:{phrase[1:]})(?!(?<=\w)\w)"]), worth))
        else:
            by_weight.setdefault(worth, []).append(phrase)
    # Where several phrases begin at one word, the weightiest counts.
    weights = sorted(by_weight, reverse=True)
    groups = "|".join(rf"({pattern_text(by_weight[worth])})" for worth in weights)
    return _Weighed(tuple(beginnings), re.compile(groups), tuple(weights))
