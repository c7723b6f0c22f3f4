"""Several segments seen as one, without what is hidden."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.index.index_view import NO_FILTER, Filter, IndexView, SegmentView
from bot.search.index.segment import Segment
from storage.models import SpokenTurn
from tests.unit.search.material import segments_of, turns_of, view_of

_ONE = [
    SpokenTurn(1, 0, "Mira Holt", 0, 9, "red kite"),
    SpokenTurn(1, 1, "Tom", 0, 9, "grey heron"),
    SpokenTurn(2, 0, "Mira Holt", 0, 9, "blue lamp"),
]
_TWO = turns_of("green owl", episode=3)
_DATES = {1: 10.0, 2: 20.0, 3: 30.0}


def _view(filter_: Filter = NO_FILTER, without: Sequence[int] = ()) -> IndexView:
    with TemporaryDirectory() as folder:
        segments = segments_of(Path(folder), _ONE, _TWO)
        views = [SegmentView(1, segment, frozenset(without), _DATES) for segment in segments]
        return IndexView(views, filter_)


def _visible_words(view: IndexView) -> list[str]:
    """The words that windows over all segments show."""
    found = []
    for segment, base in zip(view.segments, view.bases.tolist(), strict=True):
        ordinals, word_ids = view.windows(np.array([base - 5]), len(segment.stream) + 10)
        assert view.segments[int(ordinals[0])] is segment
        found += segment.words(word_ids[word_ids > 0].tolist())
    return found


@pytest.mark.parametrize(
    ("filter_", "without", "words"),
    [
        (Filter(), [], "red kite grey heron blue lamp green owl"),
        (Filter(), [2], "red kite grey heron green owl"),
        (Filter(), [1, 2, 3], ""),
        (Filter(episode_ids={2, 3}), [], "blue lamp green owl"),
        (Filter(episode_ids={2, 3}), [3], "blue lamp"),
        (Filter(episode_ids=set()), [], ""),
        (Filter(speaker="mira"), [], "red kite blue lamp"),
        (Filter(speaker="Holt, Mira"), [2], "red kite"),
        (Filter(speaker="mir"), [], ""),
        (Filter(speaker="?"), [], ""),
        (Filter(since=20.0), [], "blue lamp green owl"),
        (Filter(until=20.0), [], "red kite grey heron"),
        (Filter(since=20.0, until=30.0), [], "blue lamp"),
    ],
)
def test_what_is_hidden_is_in_no_window(filter_: Filter, without: list[int], words: str) -> None:
    view = _view(filter_, without)
    assert _visible_words(view) == words.split()
    assert view.is_filtered == (len(words.split()) < 8 and bool(words))
    shown = sum(
        len(turn.text.split())
        for one in view.segments
        for turn in (*_ONE, *_TWO)
        if turn.episode_id in one.episodes
    )
    assert view.visible_share == pytest.approx(len(words.split()) / shown if shown else 0)


def test_places_lead_to_segments_dates_and_turns() -> None:
    view = _view()
    first, second = view.bases.tolist()
    places = np.array([first, first + 3, second, second + 1])
    assert view.ordinals_of(places).tolist() == [0, 0, 1, 1]
    assert [view.ordinal_at(place) for place in places.tolist()] == [0, 0, 1, 1]
    assert [view.date_at(place) for place in (first, second)] == [10.0, 30.0]
    starts, ends = view.turn_bounds(places)
    assert starts.tolist() == [first, first + 2, second, second]
    assert ends[0] == first + 2
    assert ends[3] >= second + 2


def test_one_segment_is_seen_as_in_company() -> None:
    alone = view_of(_ONE)
    together = view_of(_ONE, _TWO)
    places = alone.bases[0] + np.arange(4)
    assert [bounds.tolist() for bounds in alone.turn_bounds(places)] == [
        bounds.tolist() for bounds in together.turn_bounds(places)
    ]
    assert alone.windows(places, 3)[1].tolist() == together.windows(places, 3)[1].tolist()


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_any_choice_of_episodes_is_seen(chosen: list[bool]) -> None:
    turns = [
        replace(_TWO[0], episode_id=episode, text=f"owl{chr(97 + episode % 26)}")
        for episode in range(len(chosen))
    ]
    kept = {episode for episode, is_kept in enumerate(chosen) if is_kept}
    view = view_of(turns, filter_=Filter(episode_ids=kept))
    assert len(_visible_words(view)) == len(kept)
    if view.is_filtered:
        [ranges] = view.visible
        assert ranges is not None
        [segment] = view.segments
        places = np.flatnonzero(segment.stream).astype(np.uint32)
        assert len(ranges.select(places)) == len(kept)
        assert ranges.contain(places).sum() == len(kept)


def test_searches_of_a_large_index_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    monkeypatch.setattr(Segment, "note_search", lambda segment: counted.append(segment.name))
    view_of(_ONE, _TWO)
    assert not counted
    monkeypatch.setattr("bot.search.index.index_view._LARGE", 0)
    view = view_of(_ONE, _TWO)
    assert counted == [segment.name for segment in view.segments]
