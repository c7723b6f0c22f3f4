"""The share of real quotes that are found first."""

import random
from collections.abc import Callable

import pytest

from bot.search.calibration import SAID
from tests.unit.search.material import (
    CORPUS,
    Indexed,
    drawn,
    drawn_over_two,
    is_right,
    says,
    speech,
    with_slips,
)

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the shared corpus is missing: {CORPUS}")

_QUERIES = 100


@pytest.fixture(scope="module")
def real() -> Callable[[int, random.Random], int]:
    """How many of 100 real quotes are the first hit, despite a number of typing errors."""
    turns = speech(12)
    index = Indexed(turns)

    def count(slips: int, rng: random.Random) -> int:
        right = 0
        for _ in range(_QUERIES):
            said = drawn(rng, turns, rng.randint(6, 10))
            found = index.find(" ".join(with_slips(rng, said.words, slips)), limit=1)
            right += bool(found) and is_right(found[0], said)
        return right

    return count


@pytest.mark.parametrize(("slips", "least"), [(0, 100), (1, 99), (2, 97), (4, 90)])
def test_real_quotes_with_typing_errors_come_first(
    real: Callable[[int, random.Random], int], slips: int, least: int
) -> None:
    assert real(slips, random.Random(slips)) >= least


def test_real_quotes_over_two_turns_come_first() -> None:
    turns, rng = speech(4), random.Random(1)
    index = Indexed(turns)
    quotes = [drawn_over_two(rng, turns, rng.randint(6, 10)) for _ in range(50)]
    found = [index.find(" ".join(said.words), limit=1) for said in quotes]
    assert all(hits and is_right(hits[0], said) for hits, said in zip(found, quotes, strict=True))


def test_most_quotes_of_other_podcasts_are_not_found() -> None:
    index, others, rng = Indexed(speech(12)), speech(8, skip=250), random.Random(2)
    said = [drawn(rng, others, rng.randint(6, 10)) for _ in range(_QUERIES)]
    found = [index.find(" ".join(quote.words), limit=1) for quote in said]
    wrong = [
        hits
        for hits, quote in zip(found, said, strict=True)
        if hits and hits[0].score >= SAID and not says(hits[0], quote)
    ]
    assert len(wrong) <= 15
