"""Fuzzy terms: other words of the index that a word of the query may stand for.

Misspelt words are found by SymSpell's symmetric delete (W. Garbe, https://github.com/wolfgarbe/SymSpell): two words
within two edits have a form in common once up to two letters of each are deleted, so one look-up by hash replaces a
scan of the vocabulary. Misheard words are found by their phonetic keys. Both are checked by the optimal string
alignment distance (OSA: insertions, deletions, substitutions and swaps of neighbours).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import OSA

from bot.search.candidates.diagonal_voting import Seed
from bot.search.candidates.query_terms import QueryTerms
from bot.search.index.dtypes import U32, U64
from bot.search.index.hashing import (
    buckets,
    deletion_hashes,
    pair_hashes,
    phonetic_codes,
    phonetic_hashes,
    word_hashes,
)
from bot.search.index.phonetics import phonetic_keys
from bot.search.index.segment import Segment

_MIN_LETTERS = 4
# A word that makes up more than one in so many words is taken to be meant as it is written.
_COMMON_ONE_IN = 4_000
_MAX_TERMS = 12
_MAX_LENGTH_DIFFERENCE = 3
_ONE_EDIT, _TWO_EDITS, _SAME_SOUND = 0.8, 0.6, 0.7
_MIN_SAME_SOUND_SIMILARITY = 0.4
_COMPOUND = 0.9
# A fuzzy term with fewer postings than this needs no pairs.
_FEW_POSTINGS = 500


@dataclass(frozen=True, slots=True)
class FuzzyTerm:
    """The query's word at the index `word` may stand for `word_id` of a segment; `credit` (0 to 1) says how well."""

    ordinal: int
    word: int
    word_id: int
    credit: float


def find_fuzzy_terms(terms: QueryTerms) -> list[FuzzyTerm]:
    """The fuzzy terms of all words that are rare enough to be misspelt; never the word itself."""
    most = max(8, terms.view.word_count // _COMMON_ONE_IN)
    chosen = [
        word
        for word, (text, count) in enumerate(zip(terms.words, terms.counts, strict=True))
        if len(text) >= _MIN_LETTERS and count <= most and not terms.is_exact(word)
    ]
    if not chosen:
        return []
    texts = [terms.words[word] for word in chosen]
    deletions, valid = deletion_hashes(texts)
    codes = phonetic_codes(phonetic_keys(texts))
    sounds = phonetic_hashes(codes)
    found = []
    for ordinal, segment in enumerate(terms.view.segments):
        for row, word in enumerate(chosen):
            near = segment.words_with_deletions(deletions[row][valid[row]])
            if codes[row]:
                near = np.union1d(near, segment.words_with_sounds(sounds[row : row + 1]))
            own = int(terms.word_ids[ordinal, word])
            for word_id, credit in _best(segment, texts[row], int(codes[row]), near, own):
                found.append(FuzzyTerm(ordinal, word, word_id, credit))
    return found


def _best(segment: Segment, text: str, code: int, near: U32, own: int) -> list[tuple[int, float]]:
    """The best of the words `near`, with their credit. Of equal ones the more common: ids fall with frequency."""
    difference = np.abs(segment.byte_lengths(near) - len(text.encode("utf-8", "surrogatepass")))
    word_ids = near[difference <= _MAX_LENGTH_DIFFERENCE].tolist()
    codes = segment.phonetic_codes[word_ids].tolist()
    rated = []
    for word_id, word, other in zip(word_ids, segment.words(word_ids), codes, strict=True):
        if word_id == own:
            continue
        credit = _credit(text, word, same_sound=bool(code) and code == other)
        if credit:
            rated.append((word_id, credit))
    rated.sort(key=lambda pair: (-pair[1], pair[0]))
    return rated[:_MAX_TERMS]


def _credit(text: str, word: str, *, same_sound: bool) -> float:
    edits = OSA.distance(text, word, score_cutoff=2)
    credit = _ONE_EDIT if edits <= 1 else _TWO_EDITS if edits == 2 and len(text) > 5 else 0.0
    if same_sound and OSA.normalized_similarity(text, word) >= _MIN_SAME_SOUND_SIMILARITY:
        credit = max(credit, _SAME_SOUND)
    return credit


def fuzzy_seeds(terms: QueryTerms, fuzzy_terms: list[FuzzyTerm]) -> Iterator[Seed]:
    """Seeds for fuzzy terms; for common ones also for their pairs with the neighbours in the query."""
    weights = terms.weights.tolist()
    for fuzzy in fuzzy_terms:
        places = terms.postings(fuzzy.ordinal, fuzzy.word_id)
        weight = weights[fuzzy.word] * fuzzy.credit
        if len(places):
            yield Seed(len(places), fuzzy.ordinal, places, 0, fuzzy.word, weight)
        if not 0 < len(places) < _FEW_POSTINGS:
            yield from _fuzzy_pair_seeds(terms, fuzzy, weight)


def _fuzzy_pair_seeds(terms: QueryTerms, fuzzy: FuzzyTerm, weight: float) -> Iterator[Seed]:
    segment = terms.view.segments[fuzzy.ordinal]
    own = word_hashes([segment.word(fuzzy.word_id)])
    for other in (fuzzy.word - 1, fuzzy.word + 1):
        if not (0 <= other < len(terms.words) and terms.word_ids[fuzzy.ordinal, other]):
            continue
        beside = terms.hashes[other : other + 1]
        hashes = pair_hashes(beside, own, 1) if other < fuzzy.word else pair_hashes(own, beside, 1)
        offset = min(other, fuzzy.word)
        yield from _pair_seed(fuzzy.ordinal, segment, hashes, offset, weight + float(terms.weights[other]))


def _pair_seed(ordinal: int, segment: Segment, hashes: U64, offset: int, weight: float) -> Iterator[Seed]:
    if len(segment.pair_places):
        [at] = buckets(hashes, segment.pair_bits).tolist()
        start, end = segment.pair_from[at : at + 2].tolist()
        if start < end:
            yield Seed(end - start, ordinal, segment.pair_places, start, offset, weight)


def compound_seeds(terms: QueryTerms) -> Iterator[Seed]:
    """Seeds for two words of the query that were written as one, and for one that was written as two."""
    words, weights = terms.words, terms.weights.tolist()
    joined = word_hashes([first + second for first, second in pairwise(words)])
    splits = [
        (word, text[:at], text[at:])
        for word, text in enumerate(words)
        if len(text) > 4 and not text.isdecimal()
        for at in range(2, len(text) - 1)
    ]
    lefts = word_hashes([left for _, left, _ in splits])
    rights = word_hashes([right for _, _, right in splits])
    for ordinal, segment in enumerate(terms.view.segments):
        for word, word_id in enumerate(segment.word_ids(joined).tolist()):
            places = terms.postings(ordinal, word_id)
            if len(places):
                weight = (weights[word] + weights[word + 1]) * _COMPOUND
                yield Seed(len(places), ordinal, places, 0, word, weight)
        both = np.flatnonzero((segment.word_ids(lefts) > 0) & (segment.word_ids(rights) > 0))
        for at in both.tolist():
            word = splits[at][0]
            hashes = pair_hashes(lefts[at : at + 1], rights[at : at + 1], 1)
            yield from _pair_seed(ordinal, segment, hashes, word, weights[word] * _COMPOUND)
