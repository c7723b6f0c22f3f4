"""Writing and listing segments."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.search.index.segment import open_segment
from bot.search.index.segment_file import SegmentDamagedError
from bot.search.index_writer import IndexWriter
from bot.search.podcast_index import open_index, to_merge
from tests.unit.search.memory_source import MemorySource


def _source() -> MemorySource:
    source = MemorySource()
    for number, said in enumerate(("one kite", "two kites", "", "four kites")):
        source.put(1, *([said, "over the hill"] if said else []), episode=number)
    return source


async def test_a_segment_gets_so_many_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.search.index_writer._PIECE_WORDS", 30)
    source, folder = _source(), tmp_path / "new" / "folder"
    writer = IndexWriter(source, folder)
    left = dict((await source.state(1)).unindexed)
    await writer.build(1, left)
    # The gap after an episode counts as well.
    assert list(left) == [12, 13]
    assert set(source.indexed) == {10, 11}
    await writer.build(1, left)
    assert left == {}
    assert source.indexed[12] == ""
    assert len(source.segments(1)) == 2
    assert {path.name for path in folder.iterdir()} == source.segments(1)
    segment = open_segment(folder / source.indexed[10])
    assert segment.episodes.tolist() == [10, 11]
    assert segment.turns["turn_position"].tolist() == [0, 1, 0, 1]
    writer.close()


async def test_episodes_that_changed_meanwhile_are_left_out(tmp_path: Path) -> None:
    source = _source()
    writer = IndexWriter(source, tmp_path)
    left = dict((await source.state(1)).unindexed)
    source.put(1, "another kite", episode=1)
    await writer.build(1, left)
    assert set(source.indexed) == {10, 12, 13}
    writer.close()


async def test_merged_segments_are_deleted_once_nothing_is_in_them(tmp_path: Path) -> None:
    source = _source()
    writer = IndexWriter(source, tmp_path)
    for one, key in (await source.state(1)).unindexed.items():
        await writer.build(1, {one: key})
    index = open_index(tmp_path, 1, await source.state(1), None)
    views = to_merge(index)
    assert len(views) == 3
    # Another process has taken this one elsewhere, and its file must stay.
    source.indexed[10] = (elsewhere := source.indexed[10])
    await writer.merge(1, index, views[1:])
    assert source.indexed[10] == elsewhere
    assert len(source.segments(1)) == 2
    assert {path.name for path in tmp_path.iterdir()} == source.segments(1)
    writer.close()


async def test_damaged_segments_are_found_and_forgotten(tmp_path: Path) -> None:
    source = _source()
    writer = IndexWriter(source, tmp_path)
    await writer.build(1, dict((await source.state(1)).unindexed))
    [name] = source.segments(1)
    segment = open_segment(tmp_path / name)
    await writer.verify(segment)
    damaged = bytearray((tmp_path / name).read_bytes())
    damaged[-1] ^= 1
    (tmp_path / name).write_bytes(damaged)
    with pytest.raises(SegmentDamagedError):
        await writer.verify(segment)
    assert await writer.forget(1, [name]) == 3
    assert not (tmp_path / name).exists()
    assert set((await source.state(1)).unindexed) == {10, 11, 13}
    writer.close()


async def test_nothing_is_written_once_it_was_stopped(tmp_path: Path) -> None:
    source = _source()
    writer = IndexWriter(source, tmp_path)
    writer.stop()
    await writer.build(1, dict((await source.state(1)).unindexed))
    assert not source.indexed
    assert list(tmp_path.iterdir()) == []
    writer.close()
