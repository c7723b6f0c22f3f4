"""What the words of a query may stand for: misspelt, misheard, written together or apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import OSA

from bot.search.candidates.diagonal_voting import Voter
from bot.search.candidates.query_terms import Terms
from bot.search.index.hashing import (
    U32,
    U64,
    buckets,
    pair_hashes,
    sound_codes,
    sound_hashes,
    spelling_hashes,
    word_hashes,
)
from bot.search.index.phonetics import sounds_of
from bot.search.index.segment import Segment

_SHORTEST = 4
# A word that is said more often than once in so many is meant as it is written.
_COMMON = 4_000
_MOST_VARIANTS = 12
_ONE_EDIT, _TWO_EDITS, _SOUND = 0.8, 0.6, 0.7
_JOINED = 0.9


@dataclass(frozen=True, slots=True)
class Variant:
    """The word `word` of the query may be the number `number` of a part; its credit is from 0 to 1."""

    part: int
    word: int
    number: int
    credit: float


def variants_of(terms: Terms) -> list[Variant]:
    """Other words that may be meant, by part and word of the query; never the word itself."""
    most = max(8, terms.field.words // _COMMON)
    chosen = [
        word
        for word, (text, count) in enumerate(zip(terms.words, terms.counts, strict=True))
        if len(text) >= _SHORTEST and count <= most and not terms.is_exact(word)
    ]
    if not chosen:
        return []
    texts = [terms.words[word] for word in chosen]
    spellings, counted = spelling_hashes(texts)
    sounds = sound_codes(sounds_of(texts))
    heard = sound_hashes(sounds)
    found = []
    for part, segment in enumerate(terms.field.segments):
        for row, word in enumerate(chosen):
            near = segment.spelt_like(spellings[row][counted[row]])
            if sounds[row]:
                near = np.union1d(near, segment.sounding_like(heard[row : row + 1]))
            own = int(terms.numbers[part, word])
            for number, credit in _best(segment, texts[row], int(sounds[row]), near, own):
                found.append(Variant(part, word, number, credit))
    return found


def _best(segment: Segment, text: str, sound: int, near: U32, own: int) -> list[tuple[int, float]]:
    off = np.abs(segment.lengths(near) - len(text.encode("utf-8", "surrogatepass")))
    numbers = near[off <= 3].tolist()
    rated = []
    sounds = segment.sounds[numbers].tolist()
    for number, word, other in zip(numbers, segment.texts(numbers), sounds, strict=True):
        if number == own:
            continue
        edits = OSA.distance(text, word, score_cutoff=2)
        credit = _ONE_EDIT if edits <= 1 else _TWO_EDITS if edits == 2 and len(text) > 5 else 0.0
        if sound and sound == other and OSA.normalized_similarity(text, word) >= 0.4:
            credit = max(credit, _SOUND)
        if credit:
            rated.append((number, credit))
    # Of equal ones the more common: words are numbered by frequency.
    rated.sort(key=lambda pair: (-pair[1], pair[0]))
    return rated[:_MOST_VARIANTS]


def variant_voters(terms: Terms, variants: list[Variant]) -> Iterator[Voter]:
    """Where the variants stand; of common ones where they stand beside their neighbours in the query."""
    weights = terms.weights.tolist()
    for variant in variants:
        places = terms.places_of(variant.part, variant.number)
        weight = weights[variant.word] * variant.credit
        if len(places):
            yield Voter(len(places), variant.part, places, 0, variant.word, weight)
        segment = terms.field.segments[variant.part]
        if len(places) and len(places) < 500:
            continue
        [own] = word_hashes([segment.word(variant.number)])
        for other, first, second, ahead in (
            (variant.word - 1, None, own, variant.word - 1),
            (variant.word + 1, own, None, variant.word),
        ):
            if 0 <= other < len(terms.words) and terms.numbers[variant.part, other]:
                beside = terms.hashes[other]
                hashes = pair_hashes(
                    np.array([beside if first is None else first]),
                    np.array([beside if second is None else second]),
                    1,
                )
                yield from _pair(variant.part, segment, hashes, ahead, weight + weights[other])


def _pair(part: int, segment: Segment, hashes: U64, ahead: int, weight: float) -> Iterator[Voter]:
    if len(segment.pair_places):
        [at] = buckets(hashes, segment.pair_bits).tolist()
        start, end = segment.pair_from[at : at + 2].tolist()
        if start < end:
            yield Voter(end - start, part, segment.pair_places, start, ahead, weight)


def joined_voters(terms: Terms) -> Iterator[Voter]:
    """Where two neighbours of the query are written as one, and where one word of it is written as two."""
    words, weights = terms.words, terms.weights.tolist()
    together = word_hashes([first + second for first, second in pairwise(words)])
    splits = [
        (word, text[:at], text[at:])
        for word, text in enumerate(words)
        if len(text) > 4 and not text.isdecimal()
        for at in range(2, len(text) - 1)
    ]
    lefts = word_hashes([left for _, left, _ in splits])
    rights = word_hashes([right for _, _, right in splits])
    for part, segment in enumerate(terms.field.segments):
        for word, number in enumerate(segment.numbers(together).tolist()):
            places = terms.places_of(part, number)
            if len(places):
                weight = (weights[word] + weights[word + 1]) * _JOINED
                yield Voter(len(places), part, places, 0, word, weight)
        both = np.flatnonzero((segment.numbers(lefts) > 0) & (segment.numbers(rights) > 0))
        for at in both.tolist():
            word = splits[at][0]
            hashes = pair_hashes(lefts[at : at + 1], rights[at : at + 1], 1)
            yield from _pair(part, segment, hashes, word, weights[word] * _JOINED)
