"""The tables of a segment."""

from pathlib import Path

import pytest

from bot.search.index.hashing import buckets, pair_hashes, word_hashes
from bot.search.index.segment import Segment
from tests.unit.search.material import segments_of, turns_of


def _postings(segment: Segment, word: str) -> list[int]:
    [word_id] = segment.word_ids(word_hashes([word])).tolist()
    places: list[int] = segment.word_places[
        segment.word_from[word_id] : segment.word_from[word_id + 1]
    ].tolist()
    return places


def _pair_postings(segment: Segment, first: str, second: str, apart: int) -> list[int]:
    hashes = pair_hashes(word_hashes([first]), word_hashes([second]), apart)
    [at] = buckets(hashes, segment.pair_bits).tolist()
    places: list[int] = segment.pair_places[segment.pair_from[at] : segment.pair_from[at + 1]].tolist()
    return places


def test_postings_are_where_words_and_pairs_were_said(tmp_path: Path) -> None:
    [segment] = segments_of(tmp_path, turns_of("red kite saw", "red kite"))
    assert _postings(segment, "kite") == [1, 4]
    assert _postings(segment, "saw") == [2]
    assert {0, 3} <= set(_pair_postings(segment, "red", "kite", 1))
    # Pairs run across turns.
    assert 2 in _pair_postings(segment, "saw", "red", 1)
    assert 1 in _pair_postings(segment, "kite", "red", 2)


def test_pairs_never_run_across_episodes(tmp_path: Path) -> None:
    [segment] = segments_of(tmp_path, [*turns_of("red kite", episode=1), *turns_of("owl", episode=2)])
    assert len(segment.pair_places) == 1


@pytest.mark.parametrize(("times", "is_listed"), [(2_000, True), (2_001, False)])
def test_stop_words_have_no_postings(tmp_path: Path, times: int, *, is_listed: bool) -> None:
    [segment] = segments_of(tmp_path, turns_of("kite " * times + "owl"))
    assert bool(_postings(segment, "kite")) == is_listed
    assert len(_postings(segment, "owl")) == 1


@pytest.mark.parametrize(("times", "is_listed"), [(2_000, True), (4_100, False)])
def test_pairs_that_are_said_all_the_time_have_no_postings(
    tmp_path: Path, times: int, *, is_listed: bool
) -> None:
    [segment] = segments_of(tmp_path, turns_of("you know " * times))
    assert bool(_pair_postings(segment, "you", "know", 1)) == is_listed


def test_only_words_and_speakers_in_use_are_stored(tmp_path: Path) -> None:
    [segment] = segments_of(tmp_path, turns_of("b a a", "c c c"))
    assert segment.vocabulary() == ["", "c", "a", "b"]
    assert list(segment.speakers) == [""]
