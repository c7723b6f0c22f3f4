from array import array
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.search.tally import Tally, bits_of, highest, span_bits

_PLACES = st.sets(st.integers(0, 99))


@given(_PLACES, st.integers(0, 50))
def test_a_set_gives_its_highest_members(places: set[int], limit: int) -> None:
    assert highest(bits_of(array("I", places), 100), limit) == sorted(places, reverse=True)[:limit]


def test_a_span_is_a_set() -> None:
    assert highest(span_bits(3, 6), 9) == [5, 4, 3]
    assert span_bits(3, 3) == 0


@given(
    st.lists(st.tuples(_PLACES, st.integers(1, 15)), max_size=12), st.integers(1, 200), st.integers(1, 120)
)
def test_the_tally_counts_as_a_loop_would(
    votes: list[tuple[set[int], int]], threshold: int, wanted: int
) -> None:
    tally = Tally()
    sums: Counter[int] = Counter()
    for places, weight in votes:
        tally.add(bits_of(array("I", places), 100), weight)
        sums.update(dict.fromkeys(places, weight))

    def reaching(least: int) -> list[int]:
        return sorted((place for place, total in sums.items() if total >= least), reverse=True)

    assert highest(tally.at_least(threshold), 100) == reaching(threshold)
    least, best = tally.best(wanted)
    assert highest(best, 100) == reaching(least)
    assert least == 1 or len(reaching(least)) >= wanted
    assert len(reaching(least + 1)) < wanted
