"""Building and merging segments."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.index.indexer import build_segments, merge_segments
from bot.search.index.segment import Segment, open_segment
from bot.search.index.segment_file import verify
from bot.text.tokenizer import normal_words
from storage.models import SpokenTurn, TurnMark
from tests.unit.search.material import invented_turns

_TEXTS = st.lists(
    st.text(max_size=30) | st.text("ab é\u0301'’日本ส 19%…🎉.", max_size=40), min_size=1, max_size=10
)


@pytest.fixture(scope="module")
def turns() -> Sequence[SpokenTurn]:
    return invented_turns(episodes=12, words=600)


def _one(folder: Path, turns: Sequence[SpokenTurn]) -> Path:
    [path] = build_segments(folder, turns)
    return path


def test_a_segment_holds_the_words_of_its_turns(tmp_path: Path, turns: Sequence[SpokenTurn]) -> None:
    segment = open_segment(_one(tmp_path, turns))
    assert segment.word_count == sum(len(normal_words(turn.text)) for turn in turns)
    for at in (0, len(turns) // 2, len(turns) - 1):
        places = segment.stream[int(segment.turn_word[at]) : segment.turn_end(at)]
        assert [segment.word(number) for number in places.tolist()] == normal_words(turns[at].text)
    assert segment.episodes.tolist() == sorted({turn.episode_id for turn in turns})


def test_the_same_turns_are_the_same_file(tmp_path: Path, turns: Sequence[SpokenTurn]) -> None:
    assert _one(tmp_path, turns) == _one(tmp_path, turns)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_large_podcast_has_several_segments(tmp_path: Path, turns: Sequence[SpokenTurn]) -> None:
    paths = build_segments(tmp_path, turns, max_words=2_000)
    segments = [open_segment(path) for path in paths]
    assert len(segments) > 2
    episodes = [episode_id for segment in segments for episode_id in segment.episodes.tolist()]
    assert episodes == sorted({turn.episode_id for turn in turns})


def _dealt_out(folder: Path, turns: Sequence[SpokenTurn], parts: int) -> list[Segment]:
    """The episodes dealt out to several segments."""
    return [
        open_segment(_one(folder, [turn for turn in turns if turn.episode_id % parts == part]))
        for part in range(parts)
    ]


def test_merged_segments_are_the_one_that_would_have_been_built(
    tmp_path: Path, turns: Sequence[SpokenTurn]
) -> None:
    segments = _dealt_out(tmp_path, turns, 3)
    assert merge_segments(tmp_path, [(segment, ()) for segment in segments]) == _one(tmp_path, turns)


def test_merging_sorts_episodes_by_the_given_order(tmp_path: Path, turns: Sequence[SpokenTurn]) -> None:
    segments = _dealt_out(tmp_path, turns, 3)
    merged = merge_segments(tmp_path, [(segment, ()) for segment in segments], order=lambda episode: -episode)
    assert merged == _one(tmp_path, sorted(turns, key=lambda turn: (-turn.episode_id, turn.position)))


def test_merging_leaves_out_outdated_episodes(tmp_path: Path, turns: Sequence[SpokenTurn]) -> None:
    kept = [turn for turn in turns if turn.episode_id not in (2, 3)]
    segments = _dealt_out(tmp_path, turns, 2)
    merged = merge_segments(tmp_path, [(segment, {2, 3}) for segment in segments])
    assert merged == _one(tmp_path, kept)


@given(_TEXTS, st.integers(1, 3))
def test_segments_of_any_texts_merge_to_the_one_that_would_have_been_built(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], parts: int
) -> None:
    folder = tmp_path_factory.mktemp("merged")
    marks = (None, *TurnMark)
    turns = [
        SpokenTurn(place // 2, place % 2, text[:3] or None, place, None, text, marks[place % len(marks)])
        for place, text in enumerate(texts)
    ]
    segments = [
        open_segment(path)
        for part in range(parts)
        for path in build_segments(folder, [turn for turn in turns if turn.episode_id % parts == part])
    ]
    merged = merge_segments(folder, [(segment, ()) for segment in segments])
    assert merged == _one(folder, turns)
    verify(merged)
