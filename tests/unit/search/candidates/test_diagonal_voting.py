"""Which diagonals get the votes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.candidates.diagonal_voting import BLOCK, Seed, rarest, vote
from bot.search.index.index_view import IndexView
from tests.unit.search.material import turns_of, view_of

_VIEW = view_of(turns_of("the red kite"))
_BASE = int(_VIEW.bases[0])


def _seed(*places: int, offset: int = 0, weight: float = 1.0, ordinal: int = 0) -> Seed:
    table = np.array([999, *places], np.uint32)
    return Seed(len(places), ordinal, table, 1, offset, weight)


def _blocks(*seeds: Seed, count: int = 5, min_share: float = 0.0, view: IndexView = _VIEW) -> list[int]:
    return [int(start) - _BASE for start in vote(view, list(seeds), count, min_share)]


@pytest.mark.parametrize(
    ("sizes", "budget", "taken"),
    [
        ([], 10, []),
        ([0, 3], 10, [3]),
        ([5, 3, 4], 7, [3, 4]),
        ([5, 3, 4], 100, [3, 4, 5]),
        ([8, 9], 5, [5]),
        ([2, 9], 5, [2]),
    ],
)
def test_the_rarest_seeds_vote(sizes: list[int], budget: int, taken: list[int]) -> None:
    seeds = [_seed(*range(size)) for size in sizes]
    assert [seed.size for seed in rarest(seeds, budget)] == taken


def test_of_a_common_seed_the_newest_postings_vote() -> None:
    [seed] = rarest([_seed(*range(10))], 3)
    assert seed.postings.tolist() == [7, 8, 9]


def test_words_on_one_diagonal_vote_together() -> None:
    # The query begins at 160; its third word is also said elsewhere.
    found = _blocks(_seed(160), _seed(161, offset=1), _seed(40, 162, offset=2), count=1)
    assert found == [160]


def test_a_few_words_in_between_do_not_split_the_vote() -> None:
    split = (_seed(167, 400), _seed(169, offset=1))
    assert _blocks(*split, count=1) == [160]


def test_heavier_words_count_more() -> None:
    assert _blocks(_seed(80, weight=1.0), _seed(800, weight=3.0), count=1) == [800]


def test_blocks_far_behind_the_best_are_left_out() -> None:
    seeds = (_seed(80, weight=1.0), _seed(800, weight=3.0))
    assert _blocks(*seeds, min_share=0.5) == [800]
    assert sorted(_blocks(*seeds, min_share=0.3)) == [80, 800]


def test_without_seeds_nothing_is_found() -> None:
    assert _blocks() == []


def test_each_segment_votes_for_its_own_places() -> None:
    view = view_of(turns_of("the red kite"), turns_of("the owl"))
    found = vote(view, [_seed(8, ordinal=1), _seed(9, ordinal=1, offset=1)], 1, 0.0)
    assert 0 <= int(view.bases[1]) + 8 - int(found[0]) < BLOCK


@given(st.lists(st.integers(0, 500), min_size=1, max_size=30, unique=True))
def test_the_best_block_has_the_most_votes(places: list[int]) -> None:
    places.sort()
    [best] = _blocks(_seed(*places), count=1)

    def votes(start: int) -> int:
        return sum(start <= place < start + 2 * BLOCK for place in places)

    first = -(_BASE % BLOCK)
    assert votes(best) == max(votes(start) for start in range(first, 501, BLOCK))
