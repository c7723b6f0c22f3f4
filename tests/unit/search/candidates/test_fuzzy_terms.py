"""What a misspelt or misheard word may stand for."""

import pytest

from bot.search.candidates.fuzzy_terms import compound_seeds, find_fuzzy_terms, fuzzy_seeds
from bot.search.candidates.query import parse_query
from bot.search.candidates.query_terms import QueryTerms
from tests.unit.search.material import turns_of, view_of

_TURNS = turns_of(
    "the harbour master believed in kubernetes", "a fragment of the foghorn", "the smol ai box counted"
)
_VIEW = view_of(_TURNS)


def _terms(query: str) -> QueryTerms:
    return QueryTerms(_VIEW, parse_query(query))


def _found(query: str) -> dict[str, float]:
    return {
        _VIEW.segments[fuzzy.ordinal].word(fuzzy.word_id): fuzzy.credit
        for fuzzy in find_fuzzy_terms(_terms(query))
    }


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("harbor", {"harbour": 0.8}),
        ("hrabour", {"harbour": 0.8}),
        ("hasbxur", {"harbour": 0.6}),
        ("beleived", {"believed": 0.8}),
        ("cubernetties", {"kubernetes": 0.7}),
        ("mastr", {"master": 0.8}),
        # Two edits in a short word make another word, and a part of a word is none.
        ("bxx", {}),
        ("rag", {}),
        ("submarine", {}),
        # Never the word itself.
        ("harbour", {}),
        # Words in quotation marks are meant as they are written.
        ('"harbor"', {}),
    ],
)
def test_a_word_stands_for_those_near_it(typed: str, found: dict[str, float]) -> None:
    assert _found(typed) == found


def test_common_words_are_meant_as_they_are_written() -> None:
    view = view_of(turns_of("harbor " * 9 + "harbour"))
    assert not find_fuzzy_terms(QueryTerms(view, parse_query("harbor")))
    assert find_fuzzy_terms(QueryTerms(view, parse_query("harbour")))


def test_of_many_words_the_nearest_and_most_common_are_kept() -> None:
    near = [f"lantern{letter}" for letter in "abcdefghijklmnop"]
    view = view_of(turns_of(" ".join(near), f"{near[9]} {near[9]}"))
    fuzzy_terms = find_fuzzy_terms(QueryTerms(view, parse_query("lantern")))
    assert len(fuzzy_terms) == 12
    assert view.segments[0].word(fuzzy_terms[0].word_id) == near[9]


def test_fuzzy_terms_vote_for_their_places() -> None:
    terms = _terms("the harbor")
    [seed] = fuzzy_seeds(terms, find_fuzzy_terms(terms))
    assert (seed.postings.tolist(), seed.offset) == ([1], 1)
    assert seed.weight == pytest.approx(terms.weights[1] * 0.8)


def test_common_fuzzy_terms_vote_with_their_neighbours_too() -> None:
    view = view_of(turns_of("the kettle " * 600 + "saw the kettle sing"))
    terms = QueryTerms(view, parse_query("saw a kettel sing"))
    seeds = list(fuzzy_seeds(terms, find_fuzzy_terms(terms)))
    assert [seed.offset for seed in seeds] == [2, 2]
    assert 1_202 in seeds[1].postings.tolist()


@pytest.mark.parametrize(
    ("query", "place", "offset"),
    [("the smolai box", 12, 1), ("of fog horn", 10, 1), ("harbourmaster believed", 1, 0)],
)
def test_words_written_together_or_apart_vote(query: str, place: int, offset: int) -> None:
    assert any(
        place in seed.postings.tolist() and seed.offset == offset for seed in compound_seeds(_terms(query))
    )


def test_words_that_are_not_written_so_do_not_vote() -> None:
    assert not list(compound_seeds(_terms("red kite")))
