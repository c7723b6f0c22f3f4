"""Phrases matched in blocks of places."""

import numpy as np
import pytest

from bot.search.candidates.fuzzy_terms import find_fuzzy_terms
from bot.search.candidates.query import parse_query
from bot.search.candidates.query_terms import QueryTerms
from bot.search.matching.phrase_match import PhraseMatch, match_phrase
from tests.unit.search.material import turns_of, view_of

_FILLER = "and so it went on and on for a while until it was over " * 3
_SAID = "the harbour master counted the herons twice"
_VIEW = view_of(turns_of(_FILLER, _SAID, _FILLER))
_BASE = int(_VIEW.bases[0])
# Where the words begin, and blocks from there and from elsewhere.
_PLACE = _BASE + len(_FILLER.split())
_BLOCK = _PLACE - 3
_ELSEWHERE = [_BASE, _BASE + 8, _BASE + 16, _PLACE + 20]


def _match(query: str, *blocks: int, most: int = 6) -> list[PhraseMatch]:
    terms = QueryTerms(_VIEW, parse_query(query))
    fuzzy_terms = find_fuzzy_terms(terms)
    return match_phrase(terms, np.array(blocks, np.int64), fuzzy_terms, most)


def _words(match: PhraseMatch) -> str:
    [segment] = _VIEW.segments
    places = sorted(set(match.places()))
    return " ".join(segment.words(segment.stream[[place - _BASE for place in places]].tolist()))


@pytest.mark.parametrize(
    ("query", "score", "words"),
    [
        (_SAID, 1.0, _SAID),
        ("the harbor mastr counted the herons twice", (0.9, 0.99), _SAID),
        ("harbour master counted herons twice", (0.9, 0.99), "harbour master counted herons twice"),
        ("the harbour master counted the old herons twice", (0.6, 0.95), _SAID),
        ("twice herons the counted", (0.3, 0.8), None),
        ("quite unlike anything here", (0.0, 0.3), None),
        ('"harbour master" counted the herons', 1.0, "harbour master counted the herons"),
        ('"master harbour" counted the herons', (0.1, 0.5), None),
    ],
)
def test_a_phrase_scores_what_of_it_was_said(
    query: str, score: float | tuple[float, float], words: str | None
) -> None:
    found = _match(query, _BLOCK)
    best = max(found, key=lambda match: match.score, default=None)
    if isinstance(score, tuple):
        assert score[0] <= (best.score if best else 0.0) <= score[1]
    else:
        assert best
        assert best.score == pytest.approx(score)
    if words is not None:
        assert best
        assert _words(best) == words
        assert abs(best.start - _PLACE) <= 2


@pytest.mark.parametrize("query", [_SAID, "the harbor mastr conted the herns twice"])
def test_of_many_blocks_the_best_are_aligned(query: str) -> None:
    [match] = _match(query, *_ELSEWHERE, _BLOCK, most=1)
    assert abs(match.start - _PLACE) <= 2


def test_no_blocks_hold_no_phrase() -> None:
    assert _match(_SAID) == []
