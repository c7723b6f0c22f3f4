import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.candidates.query import parse_query
from bot.search.index.index_view import Filter, SegmentView
from bot.search.index.indexer import build_segments, merge_segments
from bot.search.index.segment import Segment, open_segment
from bot.search.index.segment_file import SegmentDamagedError, sweep, verify
from bot.search.searcher import search
from bot.text.tokenizer import normal_words
from storage.models import SpokenTurn, TurnMark
from tests.unit.search.material import Indexed, invented_turns

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


def _parted(folder: Path, turns: Sequence[SpokenTurn], parts: int) -> list[Segment]:
    """Segments of every so manyth episode."""
    return [
        open_segment(_one(folder, [turn for turn in turns if turn.episode_id % parts == part]))
        for part in range(parts)
    ]


def test_merged_is_built_anew(tmp_path: Path, turns: Sequence[SpokenTurn]) -> None:
    segments = _parted(tmp_path, turns, 3)
    assert merge_segments(tmp_path, [(segment, ()) for segment in segments]) == _one(tmp_path, turns)


def test_merging_orders_episodes_as_it_is_told(tmp_path: Path, turns: Sequence[SpokenTurn]) -> None:
    segments = _parted(tmp_path, turns, 3)
    merged = merge_segments(tmp_path, [(segment, ()) for segment in segments], order=lambda episode: -episode)
    assert merged == _one(tmp_path, sorted(turns, key=lambda turn: (-turn.episode_id, turn.position)))


def test_merging_leaves_out_what_is_stale(tmp_path: Path, turns: Sequence[SpokenTurn]) -> None:
    kept = [turn for turn in turns if turn.episode_id not in (2, 3)]
    segments = _parted(tmp_path, turns, 2)
    merged = merge_segments(tmp_path, [(segment, {2, 3}) for segment in segments])
    assert merged == _one(tmp_path, kept)


@given(_TEXTS, st.integers(1, 3))
def test_merged_is_built_anew_of_any_texts(
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


def test_a_damaged_segment_is_noticed(tmp_path: Path, turns: Sequence[SpokenTurn]) -> None:
    path = _one(tmp_path, turns)
    verify(path)
    whole = path.read_bytes()
    for damaged in (
        b"",
        whole[:10],
        whole[:-64],
        whole + b"x",
        b"X" + whole[1:],
        whole[:20] + b"?" + whole[21:],
    ):
        path.write_bytes(damaged)
        with pytest.raises(SegmentDamagedError):
            open_segment(path)
    path.write_bytes(whole[:-100] + bytes(byte ^ 1 for byte in whole[-100:]))
    with pytest.raises(SegmentDamagedError):
        verify(path)
    with pytest.raises(FileNotFoundError):
        open_segment(tmp_path / "missing.seg")


def test_a_folder_is_swept(tmp_path: Path, turns: Sequence[SpokenTurn]) -> None:
    paths = build_segments(tmp_path, turns, max_words=4_000)
    opened = open_segment(paths[0])
    (tmp_path / "half.unfinished").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    removed = sweep(tmp_path, {path.name for path in paths[1:]})
    assert removed == sorted(["half.unfinished", paths[0].name])
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", *(path.name for path in paths[1:])}
    assert opened.word(1)  # who has it open still reads it


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.search.index.segment_file.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        build_segments(tmp_path, invented_turns(episodes=1, words=50))
    assert not list(tmp_path.iterdir())


def test_every_five_words_that_were_said_are_found(turns: Sequence[SpokenTurn]) -> None:
    one, many = Indexed(turns), Indexed(turns, max_words=1_500)
    for turn in turns[::3]:
        words = normal_words(turn.text)
        for at in range(0, len(words) - 4, 7):
            said = words[at : at + 5]
            for index in (one, many):
                first = index.moments(" ".join(said), limit=1)[0]
                assert first.score == 1.0
                assert normal_words(index.quote(first).text[slice(*index.quote(first).match)]) == said


def test_stale_episodes_are_not_seen(turns: Sequence[SpokenTurn]) -> None:
    index = Indexed(turns)
    words = " ".join(normal_words(turns[0].text)[:6])
    [part] = index.parts
    parts = [SegmentView(1, part.segment, frozenset({turns[0].episode_id}))]
    assert index.moments(words)[0].episode_id == turns[0].episode_id
    assert all(moment.episode_id != turns[0].episode_id for moment in search(parts, parse_query(words)))
    assert search(parts, parse_query(words), Filter(episode_ids={turns[0].episode_id})) == []


def test_searches_at_once_are_as_good_as_one_after_another(turns: Sequence[SpokenTurn]) -> None:
    index = Indexed(turns)
    queries = [" ".join(turn.text.split()[2:9]).replace("e", "") for turn in turns[:40]]
    alone = [index.moments(query) for query in queries]
    found: list[list[object]] = [[] for _ in range(4)]

    def ask(into: list[object]) -> None:
        into.extend(index.moments(query) for query in queries)

    threads = [threading.Thread(target=ask, args=(into,)) for into in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answers == alone for answers in found)
