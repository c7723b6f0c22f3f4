"""Keywords: all in one turn, the nearer to each other the better."""

import pytest

from bot.search.candidates.fuzzy_terms import find_fuzzy_terms
from bot.search.candidates.query import parse_query
from bot.search.candidates.query_terms import QueryTerms
from bot.search.index.index_view import Filter, IndexView
from bot.search.matching.keyword_match import COMPLETE, KeywordMatch, match_keywords
from tests.unit.search.material import turns_of, view_of


def _best(query: str, view: IndexView, *, fuzzy: bool = False) -> KeywordMatch | None:
    terms = QueryTerms(view, parse_query(query))
    found = match_keywords(terms, find_fuzzy_terms(terms) if fuzzy else [])
    return max(found, key=lambda match: match.score, default=None)


def _score(query: str, *texts: str, fuzzy: bool = False) -> float:
    best = _best(query, view_of(turns_of(*texts)), fuzzy=fuzzy)
    return best.score if best else 0.0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        # Nearer, in order, in one turn, all rather than some, as written rather than misspelt.
        (["red kite"], ["red and very large kite"]),
        (["red kite"], ["kite red"]),
        (["a red and very large kite"], ["a red", "kite"]),
        (["red or kite"], ["red"]),
        (["red kite"], ["red kiten"]),
    ],
)
def test_one_match_is_better_than_another(better: list[str], worse: list[str]) -> None:
    assert _score("red kite", *better, fuzzy=True) > _score("red kite", *worse, fuzzy=True)


@pytest.mark.parametrize(
    ("texts", "is_complete"),
    [
        (["a red kite"], True),
        (["kite and then something red"], True),
        (["red", "kite"], False),
        (["red " + "so " * 60 + "kite"], False),
        (["red"], False),
    ],
)
def test_a_complete_match_has_all_words_in_one_turn(texts: list[str], *, is_complete: bool) -> None:
    assert (_score("red kite", *texts) >= COMPLETE) == is_complete


def test_misspelt_keywords_are_met_by_fuzzy_terms() -> None:
    assert _score("harbor", "the harbour") == 0
    assert _score("harbor", "the harbour", fuzzy=True) == pytest.approx(0.8, abs=0.05)


def test_the_places_are_those_of_the_words() -> None:
    view = view_of(turns_of("the owl saw one red and very large kite"))
    best = _best("kite red", view)
    assert best
    assert [place - int(view.bases[0]) for place in best.places()] == [4, 8]


def test_stop_words_are_looked_for_beside_others_and_in_the_newest_speech() -> None:
    talk = turns_of("you know it " * 2_500 + "red you so it know", "you know it")
    view = view_of(talk)
    beside = _best("red know", view)
    assert beside
    start = int(view.bases[0]) + 7_500
    assert beside.places() == [start - 2, start]
    alone = _best("know it", view)
    assert alone
    assert alone.score >= COMPLETE


def test_only_what_is_visible_is_met() -> None:
    turns = [*turns_of("red kite", episode=1), *turns_of("red owl", episode=2)]
    view = view_of(turns, turns_of("kite", episode=3), filter_=Filter(episode_ids={2, 3}))
    best = _best("red kite", view)
    assert best
    assert best.score < COMPLETE


def test_words_that_were_never_said_match_nothing() -> None:
    assert _best("submarine volcano", view_of(turns_of("red kite"))) is None
