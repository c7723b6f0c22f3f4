"""A podcast's segments: opened, built, and chosen for merging."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.index.index_view import SegmentView
from bot.search.index.indexer import MAX_WORDS
from bot.search.podcast_index import PodcastIndex, build, merge, open_segments, to_merge, views_of
from storage.models import IndexedEpisode, IndexState
from tests.unit.search.material import turns_of

_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def _index(sizes: Sequence[int]) -> PodcastIndex:
    views = [SegmentView(1, cast("Any", SimpleNamespace(word_count=size))) for size in sizes]
    return PodcastIndex(1, tuple(views))


def _sizes(views: Sequence[SegmentView]) -> list[int]:
    return [view.segment.word_count for view in views]


@pytest.mark.parametrize(
    ("sizes", "merged"),
    [
        ([], []),
        ([10], []),
        ([10, 100], []),
        ([10, 40], [10, 40]),
        ([41, 10], []),
        ([10, 10, 10], [10, 10, 10]),
        ([1_000, 10, 10], [10, 10]),
        ([10, 100, 400], [10, 100, 400]),
        ([MAX_WORDS, 10, 10], [10, 10]),
        ([MAX_WORDS // 2, MAX_WORDS // 2 + 1], []),
        ([0, 0], [0, 0]),
    ],
)
def test_small_segments_become_one(sizes: list[int], merged: list[int]) -> None:
    assert _sizes(to_merge(_index(sizes))) == merged


@given(st.lists(st.integers(0, 1_000), max_size=12))
def test_what_stays_is_several_times_as_large_as_all_that_is_smaller(sizes: list[int]) -> None:
    merged = _sizes(to_merge(_index(sizes)))
    stays = sorted(sizes)[len(merged) :]
    total = sum(merged)
    for size in stays:
        assert size > 4 * total or not total
        total += size


def test_segments_are_built_and_opened_once(tmp_path: Path) -> None:
    written = build(tmp_path, [1, 2, 3], [*turns_of("one kite", episode=1), *turns_of("two", episode=2)])
    silent = written.pop("")
    [(name, episodes)] = written.items()
    assert (episodes, silent) == ([1, 2], [3])
    state = IndexState(1, tuple(IndexedEpisode(one, _DAY, name) for one in episodes))
    opened = open_segments(tmp_path, {name}, None)
    index = PodcastIndex(1, views_of(5, state, opened.by_name))
    again = open_segments(tmp_path, {name}, index)
    assert again.by_name[name] is opened.by_name[name]
    assert not opened.broken


def test_missing_and_damaged_segments_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    [name] = build(tmp_path, [1], turns_of("one kite"))
    (tmp_path / name).write_bytes(b"x" * 100)
    opened = open_segments(tmp_path, [name, "gone.seg"], None)
    assert opened.broken == (name, "gone.seg")
    assert not opened.by_name
    assert caplog.text.count("damaged") == 1


def test_views_leave_out_episodes_that_moved_to_another_segment(tmp_path: Path) -> None:
    [old] = build(tmp_path, [1, 2], [*turns_of("one", episode=1), *turns_of("two", episode=2)])
    [new] = build(tmp_path, [1], turns_of("another one", episode=1))
    state = IndexState(
        3,
        (
            IndexedEpisode(2, _DAY, old),
            IndexedEpisode(1, _DAY + timedelta(days=1), new),
            IndexedEpisode(4, _DAY + timedelta(days=2), ""),
        ),
    )
    first, second = views_of(5, state, open_segments(tmp_path, {old, new}, None).by_name)
    assert (first.segment.name, first.without) == (old, frozenset({1}))
    assert first.dates == {2: _DAY.timestamp()}
    assert (second.segment.name, second.without) == (new, frozenset())
    name, episodes = merge(tmp_path, [first, second], {2: 0, 1: 1})
    assert episodes == [2, 1]
    assert (tmp_path / name).is_file()
