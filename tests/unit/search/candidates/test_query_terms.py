"""A query's words in the index."""

import numpy as np
import pytest

from bot.search.candidates.query import parse_query
from bot.search.candidates.query_terms import QueryTerms
from bot.search.index.index_view import NO_FILTER, Filter
from storage.models import SpokenTurn
from tests.unit.search.material import turns_of, view_of

_ONE = turns_of("the red kite", "the grey heron saw the red kite", episode=1)
_TWO = turns_of("a red lamp", episode=2)


def _terms(query: str, filter_: Filter = NO_FILTER) -> QueryTerms:
    return QueryTerms(view_of(_ONE, _TWO, filter_=filter_), parse_query(query))


def test_words_are_looked_up_in_each_segment() -> None:
    terms = _terms("red kite submarine")
    assert (terms.word_ids > 0).tolist() == [[True, True, False], [True, False, False]]
    assert (terms.window_ids == -1).tolist() == (terms.word_ids == 0).tolist()
    assert terms.counts == [3, 2, 0]


def test_rarer_and_longer_words_weigh_more() -> None:
    filler = turns_of(*("the owl and the lamp " * 1_000 for _ in range(5)), "heron")
    terms = QueryTerms(view_of(filler), parse_query("the owl heron a antidisestablishment"))
    the, owl, heron, a, unknown = terms.weights.tolist()
    assert the < owl < heron <= 14
    # A word that was never said may be a typing error: a short one says little.
    assert a < unknown == 14
    assert terms.total_weight == pytest.approx(sum(terms.weights.tolist()))


def test_only_words_in_quotation_marks_are_exact() -> None:
    terms = _terms('the "red kite" saw')
    assert [terms.is_exact(word) for word in range(4)] == [False, True, True, False]


def test_seeds_stand_where_words_and_pairs_were_said() -> None:
    terms = _terms("saw red kite")
    words = {(seed.ordinal, seed.offset, tuple(seed.postings.tolist())) for seed in terms.word_seeds()}
    assert words == {(0, 0, (6,)), (0, 1, (1, 8)), (0, 2, (2, 9)), (1, 1, (1,))}
    pairs = [(seed.ordinal, seed.offset, seed.postings.tolist()) for seed in terms.pair_seeds()]
    assert any(ordinal == 0 and offset == 1 and {1, 8} <= set(at) for ordinal, offset, at in pairs)
    assert all(ordinal == 0 for ordinal, _, _ in pairs)
    assert _terms("red").pair_seeds() == []


def test_postings_are_cut_to_what_is_visible() -> None:
    terms = _terms("red", Filter(episode_ids={2}))
    [seed] = terms.rarest_visible(terms.word_seeds(), 100)
    assert (seed.ordinal, seed.postings.tolist()) == (0, [1])
    word_id = int(terms.word_ids[0, 0])
    assert terms.has_postings(0, word_id)
    assert terms.visible(0, terms.postings(0, word_id)).tolist() == [1]
    assert not terms.has_postings(0, 0)


def test_many_visible_ranges_are_read_within_a_budget() -> None:
    turns = [
        SpokenTurn(episode, 0, "Ann" if episode % 2 else "Bob", None, None, "red kite")
        for episode in range(100)
    ]
    terms = QueryTerms(view_of(turns, filter_=Filter(speaker="ann")), parse_query("red"))
    [ranges] = terms.view.visible
    assert ranges is not None
    assert not ranges.few
    [seed] = terms.rarest_visible(terms.word_seeds(), 30)
    assert 0 < seed.size <= 30
    [segment] = terms.view.segments
    assert all(segment.episode_at(place) % 2 for place in np.unique(seed.postings).tolist())
