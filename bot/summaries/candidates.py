"""An episode's sentences as they could be shown, with the terms they are compared by."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.summaries.ad_sentences import advertised
from bot.summaries.passages import Passage, Sentence, passages, sentences
from bot.summaries.phrase_matcher import spoken_words
from bot.summaries.sentence_quality import is_english
from bot.summaries.term_weights import Numbers, Vocabulary, numbers
from storage.models import Chapter, Turn

MOST_CHARACTERS = 180
# What is shorter says nothing, in a script with spaces and in one without.
_LEAST_CHARACTERS = 32
_LEAST_DENSE = 12
_LEAST_TERMS = 3
# Fewer ends of sentences: captions that nobody wrote stops into.
_WORDS_A_STOP = 60
_LEAST_WORDS = 40

_CLAUSE = re.compile(
    r"(?=[,;:] (?:and|but|so|because|which|while|whereas|where|although|though"
    r"|und|aber|weil|mais|parce|pero|porque|ma|perché|maar)\b)|(?=; )|(?= [–—] )",
    re.IGNORECASE,
)
# What begins like this is half a sentence where its first clause ends.
_SUBORDINATE = re.compile(
    r"(?:(?:and|but|so|or|well|now|like|because|i mean|you know|i think|i guess),? ){0,3}"
    r"(?:if|when|whenever|as|while|although|though|even|since|once|after|before|because|until|unless|given|whether"
    r"|in order|to|for|with|by|instead|rather|not only|either|both|between|whatever|wherever|however|what|every time"
    r"|wenn|als|obwohl|si|quand|cuando|se|quando|wanneer)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence, or the first clauses of one too long, with its distinct terms.

    `talk`: whole, and no advertisement; `shown` where it may be by itself: neither too short nor too long.
    """

    sentence: Sentence
    text: str
    terms: Numbers
    talk: bool
    shown: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class Script:
    """Everything an episode says, in order. `cased`: its sentences begin with capitals.

    `asking`: which share of a speaker's sentences are questions.
    """

    candidates: tuple[Candidate, ...]
    vocabulary: Vocabulary
    cased: bool
    english: bool
    asking: Mapping[str | None, float]


def read_script(turns: Sequence[Turn], vocabulary: Vocabulary) -> Script:
    """The candidates of an episode; none where nobody wrote ends of sentences."""
    said = [(passage, list(sentences(passage))) for passage in passages(turns)]
    words = sum(passage.text.count(" ") + 1 for passage, _ in said)
    stops = sum(sentence.whole for _, each in said for sentence in each)
    if stops * _WORDS_A_STOP < words and words > _LEAST_WORDS:
        return Script((), vocabulary, cased=False, english=False, asking={})
    small = sum(one.text[:1].islower() for _, each in said for one in each)
    broken = _broken(said)
    sold = advertised([one.text for _, each in said for one in each])
    candidates = tuple(
        one if number not in sold else replace(one, talk=False, shown=False)
        for number, one in enumerate(
            one
            for number, (passage, each) in enumerate(said)
            for one in _candidates(each, vocabulary, broken=number in broken)
        )
    )
    sample = spoken_words(" ".join(passage.text[:2_000] for passage, _ in said[:200]))
    return Script(
        candidates, vocabulary, small * 2 < len(candidates), is_english(sample), _asking(candidates)
    )


def _broken(said: Sequence[tuple[Passage, list[Sentence]]]) -> set[int]:
    """The passages that go on with a sentence which somebody interrupted."""
    left: dict[str | None, int] = {}
    broken: set[int] = set()
    for number, (passage, each) in enumerate(said):
        if left.pop(passage.speaker, -9) >= number - 2:
            broken.add(number)
        if each and not each[-1].whole:
            left[passage.speaker] = number
    return broken


def _asking(candidates: Sequence[Candidate]) -> dict[str | None, float]:
    spoken = Counter(one.sentence.passage.speaker for one in candidates)
    asked = Counter(one.sentence.passage.speaker for one in candidates if one.text.endswith("?"))
    return {speaker: asked[speaker] / count for speaker, count in spoken.items()}


def _candidates(said: list[Sentence], vocabulary: Vocabulary, *, broken: bool) -> Iterator[Candidate]:
    for said_so in said:
        talk = said_so.whole and not (broken and said_so.start == 0)
        cut = said_so.end - said_so.start > MOST_CHARACTERS
        clause = _clause(said_so) if cut and talk else None
        sentence = clause or said_so
        text = sentence.text
        terms = numbers(vocabulary.terms(text))
        shown = talk and _least(text) <= len(text) <= MOST_CHARACTERS and len(terms) >= _LEAST_TERMS
        yield Candidate(sentence, text, terms, talk, shown, cut)


def _clause(sentence: Sentence) -> Sentence | None:
    """The longest beginning of a long sentence that ends with a clause and can stand alone."""
    passage, start = sentence.passage, sentence.start
    text = passage.text[start : start + MOST_CHARACTERS + 12]
    if _SUBORDINATE.match(text):
        return None
    ends = [found.start() for found in _CLAUSE.finditer(text) if found.start() <= MOST_CHARACTERS]
    if not ends or ends[-1] < 2 * _LEAST_CHARACTERS:
        return None
    end = start + ends[-1]
    turns = (sentence.turns[0], passage.turn_at(end - 1))
    return replace(sentence, end=end, end_ms=passage.ms_at(end - 1), turns=turns)


def _least(text: str) -> int:
    return _LEAST_CHARACTERS if text.count(" ") * 15 >= len(text) else _LEAST_DENSE


def spans(candidates: Sequence[Candidate], chapters: Sequence[Chapter]) -> list[list[int]]:
    """Which candidates stand wholly inside each chapter; of chapters at one time the last one has them."""
    order = sorted(range(len(chapters)), key=lambda number: chapters[number].start_ms)
    starts = [chapters[number].start_ms for number in order]
    found: list[list[int]] = [[] for _ in chapters]
    for number, candidate in enumerate(candidates):
        begin, end = candidate.sentence.start_ms, candidate.sentence.end_ms
        if begin is None or end is None:
            continue
        place = bisect_right(starts, begin) - 1
        if place >= 0 and (place + 1 == len(starts) or end < starts[place + 1]):
            found[order[place]].append(number)
    return found
