import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.matching import Matcher

_SAID = "well the quiet lighthouse keeper counted seven grey herons at dawn and then went home"
_SPEECH = _SAID.split()


def _matcher(query: str) -> Matcher:
    words = query.split()
    return Matcher(words, [1.0] * len(words))


@pytest.mark.parametrize(
    ("query", "matched", "least", "most"),
    [
        ("quiet lighthouse keeper counted", "quiet lighthouse keeper counted", 1.0, 1.0),
        ("quiet lighthouse counted seven", "quiet lighthouse keeper counted seven", 0.95, 0.99),
        ("quiet old lighthouse keeper counted", "quiet lighthouse keeper counted", 0.79, 0.81),
        ("queit lighthuose keeper countd", "quiet lighthouse keeper counted", 0.8, 0.95),
        ("quiet light house keeper", "quiet lighthouse keeper", 1.0, 1.0),
        ("greyherons at dawn", "grey herons at dawn", 1.0, 1.0),
        ("keeper quiet", "keeper", 0.5, 0.5),
    ],
)
def test_align(query: str, matched: str, least: float, most: float) -> None:
    found = _matcher(query).align(_SPEECH)
    assert found is not None
    assert least <= found.score <= most
    assert _SPEECH[found.start : found.end] == matched.split()


def test_nothing_alike_is_no_alignment() -> None:
    assert _matcher("zzz qqqq").align(_SPEECH) is None
    assert _matcher("herons").align(["", ""]) is None


def test_each_further_slip_scores_less() -> None:
    queries = ["grey herons at dawn", "grey hreons at dawn", "grey hreons at dwan", "gray hreons at dwan"]
    scores = [found.score for query in queries if (found := _matcher(query).align(_SPEECH))]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(queries)


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ("herons lighthouse", "lighthouse keeper counted seven grey herons"),
        ("dawn herons", "herons at dawn"),
        ("herns grey", "grey herons"),
        ("herons submarine", None),
    ],
)
def test_gather(query: str, matched: str | None) -> None:
    found = _matcher(query).gather(_SPEECH)
    assert (found and " ".join(_SPEECH[found.start : found.end])) == matched


def test_gather_reaches_no_further_than_people_remember() -> None:
    assert _matcher("herons dawn").gather(["herons", *["and"] * 30, "dawn"]) is None


@given(
    st.lists(st.sampled_from(_SPEECH), min_size=1, max_size=12),
    st.lists(st.sampled_from(["", *_SPEECH]), max_size=40),
)
def test_spans_lie_inside_and_scores_between_0_and_1(query: list[str], window: list[str]) -> None:
    matcher = Matcher(query, [0.3 + len(word) / 20 for word in query])
    for found in (matcher.align(window), matcher.gather(window)):
        if found:
            assert 0 <= found.start < found.end <= len(window)
            assert 0 <= found.score <= 1
            assert window[found.start]
            assert window[found.end - 1]
    if query == window:
        aligned = matcher.align(window)
        assert aligned is not None
        assert aligned.score == pytest.approx(1)
