"""Sentences of an episode that can stand alone: claims that need neither what was said before nor who listens.

Few sentences of talk can (about one in forty), and fewer are worth it, so nearly all rules here refuse. Where a
language's lexicon does not tell how claims are worded, there are no quotations rather than weak ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.summaries.talk import Said
from bot.text.lexicons import PlainClaims, compiled, pattern_text, plain_claims, small_letters
from bot.text.stems import common_words
from bot.text.tokenizer import normal
from storage.models import SaidLine

MOST_QUOTED = 2
_LEAST_WORTH = 1.78
_SHORTEST, _LONGEST = 60, 220
_FEWEST_WORDS, _MOST_WORDS = 9, 36
_FEWEST_TELLING = 4
# Words of a sentence that are said less often than this in 100,000 words of the show's other episodes tell something.
_RARE = 8.0
# Where fewer words are function words of the language the talk is in another one, whatever the feed says.
_FUNCTION_WORDS = 0.3
# A name that is said less often, and in no other episode, may be misheard.
_LEAST_OFTEN = 3
# Two quotations from closer together are about one thing.
_APART = 40
# Sooner in a sentence, what points at something does not point at what the sentence has named.
_RESOLVED_FROM = 7
# A verb is one of so many words behind the beginning of its subject.
_LONGEST_SUBJECT = 8

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
# What was asked, broken off, read out, cut together or transcribed with marks is no plain sentence.
_NO_PLAIN = re.compile(r"[?()\[\]\"“”*:;—–…<>@#/]|\.\.|--| - | ,|https?|\bwww\b")


@dataclass(frozen=True, slots=True)
class _Quotable:
    worth: float
    place: int
    said: Said


def quotations(
    talk: Sequence[Said], show_words: Mapping[str, int], language: str | None = None
) -> list[SaidLine]:
    """At most MOST_QUOTED sentences of the whole episode, in their order; [] where none is worth it.

    `show_words`: how often each word is said in the show's other episodes. `language`: the feed's.
    """
    claims = claims_in(language or "en")
    if claims is None or not claims.are_of_its_language(talk):
        return []
    rarity = 100_000 / max(100_000, sum(show_words.values()))
    worths = (_Quotable(claims.worth(one, show_words, rarity), place, one) for place, one in enumerate(talk))
    found = [quotable for quotable in worths if quotable.worth >= _LEAST_WORTH]
    if not found:
        return []
    said = Counter(word for one in talk for word in _WORD.findall(one.text.replace("’", "'")))
    chosen: list[_Quotable] = []
    for quotable in sorted(found, key=lambda quotable: (-quotable.worth, quotable.place)):
        if (
            len(chosen) < MOST_QUOTED
            and not _may_be_misheard(quotable.said.text, said, show_words)
            and all(abs(quotable.place - one.place) >= _APART for one in chosen)
        ):
            chosen.append(quotable)
    return [
        SaidLine(one.said.text, one.said.sentence.passage.speaker, one.said.sentence.start_ms)
        for one in sorted(chosen, key=lambda one: one.place)
    ]


def _may_be_misheard(text: str, said: Mapping[str, int], show: Mapping[str, int]) -> bool:
    """Whether it has a name that hardly anybody else says: recognisers mishear those."""
    words = _WORD.findall(text.replace("’", "'"))
    first = words[0] if words[0][1:].islower() else ""
    return any(
        said[word] < _LEAST_OFTEN and not any(show.get(part, 0) for part in normal(word))
        for word in words
        if word != first and any(sign.isupper() or sign.isdigit() for sign in word)
    )


@lru_cache(maxsize=64)
def claims_in(language: str) -> Claims | None:
    """How a language's claims are told from other sentences; None where its lexicon does not know."""
    known = plain_claims(language)
    return None if known is None else Claims(known, common_words(language))


class Claims:
    """Tells sentences of a language that state something by themselves, and how well they can be quoted."""

    def __init__(self, known: PlainClaims, common: frozenset[str]) -> None:
        self._known = known
        self._common = common
        self._opening = re.compile(rf"(?:^|(?<=, ))(?:{pattern_text(known.openings)}) ")
        self._hollow, self._filling, self._claiming, self._condition = map(
            compiled, (known.hollow, known.filling, known.claiming, known.conditions)
        )

    def are_of_its_language(self, talk: Sequence[Said]) -> bool:
        """Whether what is said has as many of its function words as talk has."""
        words = [word for one in talk[:200] for word in _spoken(one.text)]
        return bool(words) and sum(word in self._common for word in words) >= _FUNCTION_WORDS * len(words)

    def worth(self, one: Said, show: Mapping[str, int], rarity: float) -> float:
        """How good a quotation a sentence is; below 0 where it is none."""
        if not one.sentence.whole or not _SHORTEST <= len(one.text) <= _LONGEST or one.text[-1] not in ".!":
            return -1.0
        text = one.text.replace("’", "'")
        small = small_letters(text)
        opening = self._opening.search(small)
        claim = text if opening is None else text[: opening.start()] + text[opening.end() :]
        words = _spoken(claim)
        telling = {word for word in words if word not in self._common and len(word) > 3}
        if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS or len(telling) < _FEWEST_TELLING:
            return -1.0
        if not self.stands_alone(claim) or _NO_PLAIN.search(text) or self._hollow.search(small):
            return -1.0
        rare = sum(show.get(word, 0) * rarity < _RARE for word in telling)
        worth = min(1.2, 0.6 * len(self._claiming.findall(small))) + min(1.2, 0.3 * rare)
        worth += min(0.5, len(telling) / len(words)) + 0.3 * (100 <= len(text) <= 180)
        worth -= 0.7 * sum(word in self._known.first_person for word in words)
        worth -= 0.15 * sum(word in self._known.second_person for word in words)
        return worth - 0.3 * len(self._filling.findall(small)) - 0.25 * max(0, text.count(",") - 1)

    def stands_alone(self, text: str) -> bool:
        """Whether a sentence is a whole one that names what it is about: a subject of its own, then its verb."""
        words = _spoken(text)
        if not words or not text[:1].isupper():
            return False
        if words[0] in self._known.conditional:
            complete = self._condition.match(small_letters(text)) is not None
        else:
            complete = self._has_subject_and_verb(text, words)
        return complete and not self._leans(words)

    def _leans(self, words: Sequence[str]) -> bool:
        """Whether it points at what was said before, or says something twice as talk does."""
        known, pairs = self._known, list(pairwise(words))
        if any(one == other for one, other in pairs) or len(set(pairs)) < len(pairs):
            return True
        pointing = [place for place, word in enumerate(words) if word in known.pointing]
        if len(pointing) > 1 or any(place < _RESOLVED_FROM for place in pointing):
            return True
        if words[0] not in known.conditional and not known.ordering.isdisjoint(words[:3]):
            return True
        return words[-1] in known.demonstrative or any(
            word in known.demonstrative and before in known.before_pronouns for before, word in pairs
        )

    def _has_subject_and_verb(self, text: str, words: Sequence[str]) -> bool:
        known, written = self._known, text.split()
        inside = written[0][1:] != written[0][1:].lower()
        named = inside or (written[1:] and written[1][:1].isupper() and words[0] not in self._common)
        plural = words[0].endswith("s") and len(words[0]) > 3 and words[0] not in known.pointing
        if not (words[0] in known.subjects or named or plural):
            return False
        head = words[1 : 1 + _LONGEST_SUBJECT]
        place = next((place for place, word in enumerate(head) if word in known.verbs), None)
        if place is None or known.clause_words.intersection(head[:place]):
            return False
        # Otherwise it was said before which one is meant.
        said_which = known.specifying.intersection(head[:place]) or known.stating.intersection(
            head[place + 1 : place + 2]
        )
        return words[0] not in known.definite or bool(said_which)


def _spoken(text: str) -> list[str]:
    """The words of a sentence in small letters."""
    return _WORD.findall(text.lower().replace("’", "'"))
