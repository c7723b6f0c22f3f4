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
from bot.search.index.indexer import MAX_WORDS, build_segments
from bot.search.podcast_index import PodcastIndex, merge, open_index, open_segments, to_merge, views_of
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
        ([0], []),
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


def _built(folder: Path, *said: tuple[int, str]) -> str:
    turns = [turn for episode, text in said for turn in turns_of(text, episode=episode)]
    [path] = build_segments(folder, turns)
    return path.name


def test_segments_are_opened_once(tmp_path: Path) -> None:
    name = _built(tmp_path, (1, "one kite"), (2, "two"))
    state = IndexState(
        7,
        (
            IndexedEpisode(3, _DAY, "", 30),
            *(IndexedEpisode(one, _DAY + timedelta(days=one), name, one * 10) for one in (1, 2)),
        ),
        {4: 40},
    )
    index = open_index(tmp_path, 5, state, None)
    assert (index.revision, index.missing, index.broken, index.complete) == (7, {4: 40}, {}, False)
    # In the order of their dates.
    assert list(index.keys.items()) == [(3, 30), (1, 10), (2, 20)]
    again = open_index(tmp_path, 5, state, index)
    assert again.views[0].segment is index.views[0].segment
    assert open_index(tmp_path, 5, IndexState(8, state.indexed), again).complete


def test_missing_and_damaged_segments_are_told(tmp_path: Path) -> None:
    name = _built(tmp_path, (1, "one kite"))
    (tmp_path / name).write_bytes(b"x" * 100)
    (tmp_path / "folder.seg").mkdir()
    opened = open_segments(tmp_path, [name, "gone.seg", "folder.seg"], None)
    assert list(opened.broken) == [name, "gone.seg", "folder.seg"]
    assert "not a segment of this version" in opened.broken[name]
    assert not opened.by_name
    index = open_index(tmp_path, 5, IndexState(1, (IndexedEpisode(1, _DAY, name),)), None)
    assert (index.views, index.keys, set(index.broken), index.complete) == ((), {}, {name}, False)
    assert index.unread == {1}


def test_views_leave_out_episodes_that_moved_to_another_segment(tmp_path: Path) -> None:
    old = _built(tmp_path, (1, "one"), (2, "two"))
    new = _built(tmp_path, (1, "another one"))
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
