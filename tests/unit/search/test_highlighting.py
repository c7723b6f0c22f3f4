"""From a hit to a quote with the matched words highlighted."""

from dataclasses import replace

import pytest

from bot.search.highlighting import quote_of
from bot.search.hits import IndexHit
from storage.models import SpokenTurn
from tests.unit.search.material import Indexed

_TURNS = [
    SpokenTurn(2, 0, "Mira", 0, 9_000, "We ask why the lighthouse went dark for eleven winters."),
    SpokenTurn(
        2, 1, "Mira", 9_000, 18_000, "And then the smol ai box counted three hundred herons before breakfast"
    ),
    SpokenTurn(2, 2, "Tomás", 18_000, 27_000, "which nobody believed, it’s 20% more than in the café."),
    SpokenTurn(
        2, 3, "Mira", 27_000, 36_000, "What would you tell a young engineer who wants to build a foghorn?"
    ),
]
_HIT = IndexHit(1, 2, 1, 10, 2, 2, 100, 200, 0.75, (0, 1, 2, 3))


@pytest.mark.parametrize(
    ("words", "highlighted"),
    [
        ("went dark for 11 winters", ["went dark for eleven winters"]),
        ("would you tell young engineer who to build", ["would you tell", "young engineer who", "to build"]),
        ("herons breakfast", ["herons", "breakfast"]),
        (
            "three hundred herons breakfast which nobody",
            ["three hundred herons", "breakfast", "which nobody"],
        ),
        ("the smolai box counted", ["the smol ai box counted"]),
        ("nobody believed it is twenty percent more", ["nobody believed, it’s 20% more"]),
    ],
)
def test_matched_words_are_highlighted(words: str, highlighted: list[str]) -> None:
    quote = Indexed(_TURNS).find(words)[0]
    assert [quote.text[start:end] for start, end in quote.highlights] == highlighted
    assert (quote.highlights[0][0], quote.highlights[-1][1]) == quote.match


def test_a_quote_has_the_first_turns_speaker_and_the_hits_times() -> None:
    quote = quote_of(_HIT, _TURNS[1:3])
    assert quote is not None
    assert quote.text[slice(*quote.match)] == "before breakfast — which nobody"
    assert (quote.episode_id, quote.position, quote.speaker) == (2, 1, "Mira")
    assert (quote.start_ms, quote.end_ms, quote.score) == (100, 200, 0.75)


@pytest.mark.parametrize(
    "hit",
    [
        replace(_HIT, first_word=12),
        replace(_HIT, end_word=99),
        replace(_HIT, end_word=0),
    ],
)
def test_words_that_are_no_longer_there_are_no_quote(hit: IndexHit) -> None:
    assert quote_of(hit, _TURNS[1:3]) is None


def test_without_its_turns_a_hit_is_no_quote() -> None:
    assert quote_of(_HIT, []) is None
