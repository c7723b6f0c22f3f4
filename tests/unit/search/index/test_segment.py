"""Looking things up in a segment."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.search.index.hashing import deletion_hashes, phonetic_codes, phonetic_hashes, word_hashes
from bot.search.index.phonetics import phonetic_keys
from bot.search.index.segment import Segment
from bot.text.tokenizer import normal_words
from storage.models import SpokenTurn, TurnMark
from tests.unit.search.material import segments_of, turns_of

_TURNS = [
    *turns_of("the heron saw the lamp", "", "the 日本 café", episode=7),
    SpokenTurn(9, 0, "Mira Holt", 5, 900, "a kettle", TurnMark.SPONSOR),
]


@pytest.fixture
def segment(tmp_path: Path) -> Segment:
    [segment] = segments_of(tmp_path, _TURNS)
    return segment


def _ids(segment: Segment, *words: str) -> list[int]:
    ids: list[int] = segment.word_ids(word_hashes(words)).tolist()
    return ids


def test_words_have_ids_by_falling_frequency(segment: Segment) -> None:
    assert _ids(segment, "the", "submarine", "") == [1, 0, 0]
    vocabulary = segment.vocabulary()
    assert vocabulary[:2] == ["", "the"]
    assert _ids(segment, *vocabulary[1:]) == list(range(1, len(vocabulary)))
    assert segment.words(list(range(len(vocabulary)))) == vocabulary
    assert [segment.word(word_id) for word_id in range(len(vocabulary))] == vocabulary
    lengths = segment.byte_lengths(np.arange(len(vocabulary), dtype=np.uint32))
    assert lengths.tolist() == [len(word.encode()) for word in vocabulary]
    assert segment.counts[1] == 3


def test_a_word_beyond_the_common_ones_is_decoded(tmp_path: Path) -> None:
    many = [f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(5_000)]
    [segment] = segments_of(tmp_path, turns_of(" ".join(many)))
    assert sorted(segment.words(range(1, 5_001))) == sorted(many)


def test_places_lead_to_turns_and_episodes(segment: Segment) -> None:
    assert segment.episodes.tolist() == [7, 9]
    for turn, spoken in enumerate(_TURNS):
        start, end = int(segment.turn_word[turn]), segment.turn_end(turn)
        assert segment.words(segment.stream[start:end].tolist()) == normal_words(spoken.text)
        for place in range(start, end):
            assert segment.turn_at(place) == turn
            assert segment.episodes[segment.episode_at(place)] == spoken.episode_id
    assert segment.word_count == sum(len(normal_words(turn.text)) for turn in _TURNS)


def test_turns_keep_speakers_times_and_marks(segment: Segment, tmp_path: Path) -> None:
    assert list(segment.speakers) == ["", "Mira Holt"]
    assert segment.speaker_names == [frozenset(), {"mira", "holt"}]
    assert segment.turns["turn_start_ms"].tolist() == [-1, -1, -1, 5]
    assert segment.turns["turn_end_ms"].tolist() == [-1, -1, -1, 900]
    assert segment.has_marks
    assert segment.name == segment.path.name
    [talk] = segments_of(tmp_path, turns_of("only talk"))
    assert not talk.has_marks


@pytest.mark.parametrize("typed", ["kettle", "ketle", "kettel", "ketttle", "kettlex"])
def test_words_are_found_by_their_deletions(segment: Segment, typed: str) -> None:
    hashes, valid = deletion_hashes([typed])
    assert "kettle" in segment.words(segment.words_with_deletions(hashes[0][valid[0]]).tolist())


def test_words_are_found_by_their_sound(segment: Segment) -> None:
    hashes = phonetic_hashes(phonetic_codes(phonetic_keys(["keddle"])))
    assert "kettle" in segment.words(segment.words_with_sounds(hashes).tolist())


@pytest.mark.parametrize("turns", [turns_of(""), turns_of("🎉", "…")])
def test_a_segment_without_words_answers_too(tmp_path: Path, turns: Sequence[SpokenTurn]) -> None:
    [segment] = segments_of(tmp_path, turns)
    assert _ids(segment, "the") == [0]
    assert segment.word_count == 0
    hashes, valid = deletion_hashes(["kettle"])
    assert not len(segment.words_with_deletions(hashes[0][valid[0]]))


def test_pages_are_released_by_every_tenth_search(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    released: list[object] = []

    def release(file: object) -> None:
        released.append(file)

    monkeypatch.setattr("bot.search.index.segment_file.MappedFile.release", release)
    for _ in range(20):
        segment.note_search()
    assert len(released) == 2
